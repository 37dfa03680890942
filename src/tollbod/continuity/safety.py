"""A safety and security document (SSD) that came by mail, as the prenotification that it becomes.

The officer reads the boxes off the paper, by the names of the form (`spec/documents/ssd.txt`).
Further goods items have their boxes with a number: `description2`. Filed is when the paper came in.
"""
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tollbod.continuity.outage import Outage, moment, text
from tollbod.findings import Finding
from tollbod.rules.check import check
from tollbod.wire.message import from_plain

EDITION, ROOT = "no1", "CC015N"
TYPES = {"IM": "ENTRY", "EX": "EXIT"}
MOST_ITEMS = 99
# box of the form: path in the message, and what stands there if the box is empty
BOXES = {
    "role": ("Filer/role", "agent"),
    "notifier": ("Filer/name", ""),
    "contact": ("Filer/ContactPerson/name", ""),
    "phone": ("Filer/ContactPerson/phoneNumber", ""),
    "mail": ("Filer/ContactPerson/eMailAddress", ""),
    "carrier": ("Carrier/name", ""),
    "mode": ("Transport/modeOfTransportAtTheBorder", ""),
    "means": ("Transport/identificationNumber", ""),
    "container": ("Transport/containerIndicator", "0"),
    "from": ("Transport/countryOfDeparture", ""),
    "to": ("Transport/countryOfDestination", ""),
    "loading": ("Transport/placeOfLoading", ""),
    "unloading": ("Transport/placeOfUnloading", ""),
    "gross": ("Goods/grossMass", ""),
}
MOMENTS = {"loaded": "loadingDateAndTime", "departure": "departureDateAndTime",
           "first_arrival": "arrivalDateAndTime"}
GOODS = {"description": "descriptionOfGoods", "commodity": "commodityCode",
         "packages": "numberOfPackages", "item_gross": "grossMass", "dangerous": "UNNumber"}
OFFICES = ("CustomsOfficeOfDeparture", "CustomsOfficeOfTransitDeclared",
           "CustomsOfficeOfDestinationDeclared")


def faults(case: Outage, told: dict, now: datetime) -> Iterator[Finding]:
    """Yield what the boxes of a paper lack for a prenotification, each by its name."""
    came, begun = moment(told.get("received", f"{now:%FT%TZ}")), moment(told.get("begun"))
    if came is None or came > now or begun is not None and came < begun:
        yield _fault("received", "the paper came in after it was begun and not in the future",
                     "papiret kom inn etter at det ble begynt, og ikke i fremtiden")
        return
    content = {"messageSender": "-", "messageRecipient": "-", "messageIdentification": "-",
               "preparationDateAndTime": f"{now:%FT%T}", "messageType": ROOT}
    for one in check(from_plain(EDITION, ROOT, content | body(case, told, now), "NO1")):
        name = box_of(one.path)
        if one.code == "13":
            yield _fault(name, f"box {name} is empty: a prenotification must have it",
                         f"felt {name} er tomt: et forhåndsvarsel må ha det", "13")
        else:
            yield _fault(name, f"box {name}: {one.text}", f"felt {name}: {one.nb or one.text}",
                         one.code)


def faults_of_entry(told: dict) -> Iterator[Finding]:
    """Yield what a paper lacks that stands for an entry summary declaration until it is filed."""
    if text(told.get("type")).upper() != "IM":
        yield _fault("type", "entry is what is filed in ICS2: type IM",
                     "det er innførsel som leveres i ICS2: type IM")


def _fault(name: str, said: str, nb: str, code: str = "14") -> Finding:
    return Finding("state", code, "BCP", name, 0, said, nb)


def box_of(path: str) -> str:
    """Return the box whose content stands at a path; what has none keeps its own name.

    >>> box_of("/CC015N/Filer/ContactPerson"), box_of("/CC015N/Goods/GoodsItem[2]/grossMass")
    ('contact', 'item_gross2')
    """
    item = re.search(r"GoodsItem\[(\d+)\]", path)
    number = item[1] if item and item[1] != "1" else ""
    plain = "/".join(part.partition("[")[0] for part in path.split("/")[2:])
    named = {place: box for box, (place, _) in BOXES.items()} | {
        f"Transport/{place}": box for box, place in MOMENTS.items()} | {
        f"Goods/GoodsItem/{place}": box for box, place in GOODS.items()} | {
        f"{place}/referenceNumber": "border_office" for place in OFFICES} | {
        "TransitOperation/declarationType": "type", "Goods/numberOfPackages": "packages",
        "TransitOperation/LRN": "lrn", "Filer/identificationNumber": "holder"}
    box = named.get(plain) or next(
        (box for place, box in named.items() if place.startswith(f"{plain}/")),
        "transport_document" if "TransportDocument" in plain else plain)
    return f"{box}{number}"


def reference(told: dict) -> str:
    """Return the reference of the prenotification: the filer's own, or the paper's number."""
    return text(told.get("lrn")) or text(told.get("number"))[-22:]


def body(case: Outage, told: dict, now: datetime) -> dict[str, Any]:
    """Return the content of the prenotification (CC015N) that an SSD says."""
    items = list(_items(told))
    counts = [one.get("numberOfPackages", "") for one in items]
    new: dict[str, Any] = {"TransitOperation": {
        "LRN": reference(told), "declarationType": TYPES.get(text(told.get("type")).upper(), "")}}
    new |= {name: {"referenceNumber": text(told.get("border_office"))} for name in OFFICES}
    _put(new, "Filer/identificationNumber", text(told.get("holder")))
    for box, (path, usual) in BOXES.items():
        _put(new, path, text(told.get(box)) or usual)
    for box, name in MOMENTS.items():
        if at := moment(told.get(box)):
            _put(new, f"Transport/{name}", f"{at:%FT%T}")
    for name, some in (("CountryOfRouting", _routing(told)), ("TransportDocument", _paper(told))):
        if some:
            new.setdefault("Transport", {})[name] = [
                {"sequenceNumber": str(n)} | one for n, one in enumerate(some, 1)]
    if all(count.isdecimal() for count in counts):
        _put(new, "Goods/numberOfPackages", str(sum(int(count) for count in counts)))
    new.setdefault("Goods", {})["GoodsItem"] = [
        {"sequenceNumber": str(n)} | one for n, one in enumerate(items, 1)]
    came = moment(told.get("received")) or now
    new["Paper"] = {"referenceNumber": text(told.get("number")), "outage": case.cause,
                    "receivedDateAndTime": f"{came:%FT%T}"}
    return {name: group for name, group in new.items() if group}


def _items(told: dict) -> Iterator[dict[str, str]]:
    """Yield the goods items; a single one has the gross mass of all."""
    for n in range(1, MOST_ITEMS + 1):
        end = "" if n == 1 else str(n)
        found = {name: value for box, name in GOODS.items()
                 if (value := text(told.get(f"{box}{end}")))}
        if not found and n > 1:
            return
        if not told.get("description2") and "gross" in told:
            found.setdefault("grossMass", text(told["gross"]))
        yield {name: found[name] for name in GOODS.values() if name in found}


def _routing(told: dict) -> list[dict[str, str]]:
    return [{"country": one} for one in text(told.get("routing")).split()]


def _paper(told: dict) -> list[dict[str, str]]:
    """Return the transport document: its type and its number, as the form has them."""
    type_, _, number = text(told.get("transport_document")).partition(" ")
    return [{"type": type_, "referenceNumber": number}] if number else []


def _put(new: dict, path: str, value: str) -> None:
    """Put a value at its place, unless it is empty."""
    *way, last = path.split("/")
    for name in way if value else ():
        new = new.setdefault(name, {})
    if value:
        new[last] = value
