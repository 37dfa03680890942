"""An entry summary declaration made of the entry data in a transit declaration, and errors back.

The table `spec/ics2/transit.txt` says what stands where. What the filing has no room for is left
out; what an error names in the filing is named in the declaration again, where the table knows it.
"""
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from tollbod.case.carry import at, carry, many
from tollbod.ics2.case import HOUSE, MASTER
from tollbod.spec import regime_tables
from tollbod.spec.tables import ICS2

Plain = dict[str, Any]
ADDRESS = {"street": "street", "number": "number", "postcode": "postCode", "city": "city",
           "country": "country", "subDivision": "subDivision", "pOBox": "poBox",
           "streetAdditionalLine": "streetAdditionalLine", "streetAndNumber": "street"}
EQUIPMENT = ("containerSizeAndType", "containerPackedStatus", "containerSupplierType",
             "containerIdentificationNumber", "numberOfSeals")
STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


class Row(NamedTuple):
    """What stands in the filing, and where in the declaration it is taken from."""

    kind: str                   # value | time | place | party
    to: tuple[str, ...]
    source: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Return `transit.txt`."""
    return tuple(Row(kind, tuple(to.split("/")), tuple(source.split("/")))
                 for kind, to, source in regime_tables.rows("transit.txt", "ics2"))


def filing(declaration: Plain, ie: str, more: Plain) -> Plain:
    """Return the plain filing `ie` (IE3F50, IE3A50) of a transit declaration, with `more` laid on.

    `more` is what the declaration does not say: LRN or MRN, the office of first entry.
    """
    content: Plain = {"reEntryIndicator": "0", "splitConsignment": {
        "splitConsignmentIndicator": "0"}}
    for row in rows():
        for places, value in _values(declaration, row.source, ()):
            _put(content, row.to, places, _shaped(row.kind, value))
    master = content.get(MASTER, {})
    for house in many(master.get(HOUSE)):
        house.setdefault("containerIndicator", master.get("containerIndicator", ""))
    _load(declaration, many(master.get(HOUSE)))
    return carry(ICS2, ie, content | more)


def _values(here: Any, path: tuple[str, ...], places: tuple[int, ...]
            ) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield each value at a path with its places in the lists on the way."""
    if not path:
        yield places, here
        return
    name, every = path[0].removesuffix("[]"), path[0].endswith("[]")
    found = many(here.get(name)) if isinstance(here, dict) else []
    for n, one in enumerate(found if every else found[:1]):
        yield from _values(one, path[1:], (*places, n) if every else places)


def _put(content: Plain, path: tuple[str, ...], places: tuple[int, ...], value: Any) -> None:
    """Lay a value at a path; where a group repeats, at the place that it had in the declaration."""
    *groups, last = path
    left = list(places)
    for name in groups:
        if name.endswith("[]"):
            listed = content.setdefault(name.removesuffix("[]"), [])
            n = left.pop(0)
            listed.extend({} for _ in range(n + 1 - len(listed)))
            content = listed[n]
        else:
            content = content.setdefault(name, {})
    if isinstance(value, dict) and isinstance(content.get(last), dict):
        value = content[last] | value
    content[last] = value


def _shaped(kind: str, value: Any) -> Any:
    match kind:
        case "time":
            return {"DateTime": f"{value}Z"}
        case "party":
            return _party(value)
        case "place":
            country = at(value, "Address/country") or value.get("country")
            return {"location": value.get("location"), "UNLOCODE": value.get("UNLocode"),
                    "address": {"country": country} if country else None}
    return value


def _party(party: Plain) -> Plain:
    """Return a party: by the number that customs of the security area know it by, if it has one."""
    lines = {ADDRESS[name]: text for name, text in party.get("Address", {}).items()
             if name in ADDRESS}
    phone = at(party, "ContactPerson/phoneNumber")
    number = at(party, "SafetyAndSecurityIdentificationNumber/identificationNumber")
    return {"name": party.get("name"), "identificationNumber": number or
            party.get("identificationNumber"), "typeOfPerson": party.get("typeOfPerson"),
            "address": lines, "communication": [
                {"identifier": phone, "type": "TE"}] if phone else None}


def _load(declaration: Plain, houses: list[Plain]) -> None:
    """Lay the equipment where it belongs: at the goods it names, or at every house."""
    items = {item.get("declarationGoodsItemNumber"): houses[n]["goodsItem"][m]
             for n, house in enumerate(many(at(declaration, "Consignment/HouseConsignment") or []))
             for m, item in enumerate(many(house.get("ConsignmentItem")))
             if n < len(houses) and m < len(houses[n].get("goodsItem", ()))}
    for one in many(at(declaration, "Consignment").get("TransportEquipment")):
        if not one.get("containerIdentificationNumber"):
            continue                                    # ICS2 knows containers alone
        told = {name: one[name] for name in EQUIPMENT if one.get(name)} | {
            "seal": [{"identifier": seal["identifier"]} for seal in many(one.get("Seal"))]}
        named = [ref["declarationGoodsItemNumber"] for ref in many(one.get("GoodsReference"))]
        for place in [items[n] for n in named if n in items] if named else houses:
            place.setdefault("transportEquipment", []).append(told)


def back(path: str, root: str) -> str:
    """Return the place in the declaration `root` of a place in the filing; `/root` if unknown.

    >>> back("/IE3F50/consignmentMasterLevel/consignmentHouseLevel[2]/totalGrossMass", "CCA15D")
    '/CCA15D/Consignment/HouseConsignment[2]/grossMass'
    """
    steps = STEP.findall(path)[1:]
    names = tuple(name for name, _ in steps)
    for row in rows():
        known = tuple(one.removesuffix("[]") for one in row.to)
        if names[:len(known)] == known or names and known[:len(names)] == names:
            numbers = [number or "1" for (_, number), one in zip(steps, row.to)
                       if one.endswith("[]")]
            return f"/{root}/" + "/".join(_numbered(row.source, numbers))
    return f"/{root}"


def _numbered(source: tuple[str, ...], numbers: list[str]) -> Iterator[str]:
    left = list(numbers)
    for one in source:
        if not one.endswith("[]"):
            yield one
        elif left:
            yield f"{one[:-2]}[{left.pop(0)}]"
        else:
            yield one[:-2]
            return
