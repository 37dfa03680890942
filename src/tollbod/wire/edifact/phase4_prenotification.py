"""A pure prenotification in phase 4: IE015 of the type ENTRY or EXIT, and what answers it.

The canonical message is the national one (CC015N, CC014N). What phase 4 has no item for is taken
from the register of parties (the filer's contact), follows from who is who (the filer's role), or
is missing and told by the judge. The moment at the office is the arrival at the office of transit.
"""
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from tollbod.spec.edifact.ncts import FOLDER, Kind
from tollbod.spec.tables import NATIONAL, Structure
from tollbod.wire.edifact.phase4_canonical import put_path
from tollbod.wire.edifact.phase4_read import Placed
from tollbod.wire.edifact.phase4_rest import Known
from tollbod.wire.edifact.phase4_values import WAYS
from tollbod.wire.message import Message

PROFILE, PHASE = NATIONAL, "NO1"
FLOWS = {"ENTRY": "arrivalDateAndTime", "EXIT": "departureDateAndTime"}
MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{7}S[A-Z0-9]{5}[0-9]")
ROOTS = {"IE013": "CC013N", "IE014": "CC014N", "IE015": "CC015N"}
ABOUT_ONE = ("IE013", "IE014")
NOT_DEMANDED = ("GUAGUA", "NCTSAccDocHEA601LNG")    # a prenotification has no guarantee
SAID = ("TotNumOfIteHEA305", "DecDatHEA383", "DecPlaHEA394", "NCTSAccDocHEA601LNG",
        "DatOfCanReqHEA147")        # judged, or of no meaning here
# The day of a moment, as the rows of the answers of phase 4 have it.
DAYS = {"CC028N": ("TransitOperation", "acceptanceDateAndTime", "declarationAcceptanceDate")}


def is_one(kind: Kind, found: dict) -> bool:
    """Tell whether the items of phase 4 are those of a prenotification, or about one."""
    if kind.ie in ABOUT_ONE and MRN.fullmatch(_first(found, "HEAHEA/DocNumHEA5")):
        return True
    return kind.ie in ("IE013", "IE015") and _first(found, "HEAHEA/TypOfDecHEA24") in FLOWS


def demanded(row: Structure, items: tuple) -> tuple[Structure, tuple]:
    """Return a table of phase 4 and its rows without what a prenotification does not have."""
    pairs = [(field, item) for field, item in zip(row.children, items)
             if field.name not in NOT_DEMANDED]
    return (replace(row, children=tuple(field for field, _ in pairs)),
            tuple(item for _, item in pairs))


def content_in(kind: Kind, found: dict, header: dict, known: Known) -> tuple[dict, list[Any]]:
    """Return the national message of items of phase 4, and the items that it was made of."""
    flat = dict(header) | {"messageType": ROOTS[kind.ie]}
    used: list[Any] = [one for name in SAID if (one := _first(found, f"HEAHEA/{name}"))]
    if kind.ie in ABOUT_ONE:
        _about(flat, found)
        # A correction is refused whatever it says: nothing of it is lost.
        whole = found if kind.ie == "IE013" else [found.get("HEAHEA"), found.get("CUSOFFDEPEPT")]
        return flat, [*used, whole]
    for item, path, how in rows():
        group = path.rpartition("/")[0]
        if group not in ("Goods/GoodsItem", "Transport/CountryOfRouting"):
            _put(flat, path, _first(found, item), how, used)
    moment = _first(found, "CUSOFFTRARNS/ArrTimTRACUS085")
    anchor = FLOWS[_first(found, "HEAHEA/TypOfDecHEA24")]
    _put(flat, f"Transport/{anchor}", moment, "minute", used)
    transport = flat.setdefault("Transport", {})
    transport["CountryOfRouting"] = [_group("ITI", one, used) for one in found.get("ITI") or ()]
    transport["TransportDocument"] = list(_documents(found, used))
    flat.setdefault("Goods", {})["GoodsItem"] = [
        _item(one, used) for one in found.get("GOOITEGDS") or ()]
    _filer(flat, known)
    for name in ("Carrier", "Consignor", "Consignee"):
        _named(flat.get(name) or {}, known.parties)
    return flat, used


def _about(flat: dict, found: dict) -> None:
    """Put which prenotification a message is about, and why it is to be cancelled.

    The reason names the MRN that takes its place.
    """
    put_path(flat, "TransitOperation/MRN", _first(found, "HEAHEA/DocNumHEA5"))
    put_path(flat, "TransitOperation/LRN", _first(found, "HEAHEA/RefNumHEA4"))
    put_path(flat, "CustomsOfficeOfDeparture/referenceNumber",
             _first(found, "CUSOFFDEPEPT/RefNumEPT1"))
    if reason := _first(found, "HEAHEA/CanReaHEA250"):
        flat["Invalidation"] = {"justification": reason}
        if new := MRN.search(reason):
            flat["Invalidation"]["replacedByMRN"] = _like(reason, new[0])


def _filer(flat: dict, known: Known) -> None:
    """Give the filer its name and contact by the register, and the role that follows."""
    filer = flat.setdefault("Filer", {})
    number = filer.get("identificationNumber", "")
    party = known.parties.get(number) if number else None
    _named(filer, known.parties)
    filer["role"] = _role(flat, number)
    if party is not None and party.contact:
        filer["ContactPerson"] = {"name": party.contact, "phoneNumber": party.phone,
                                  "eMailAddress": party.mail}


def _role(flat: dict, number: str) -> str:
    """Return who the filer is in the transport; who is none of the others is their agent."""
    for name, role in (("Carrier", "transporter"), ("Consignor", "exporter"),
                       ("Consignee", "importer")):
        if number and (flat.get(name) or {}).get("identificationNumber") == number:
            return role
    return "agent"


def _named(party: dict, parties: Mapping) -> None:
    """Give a party that has a number only the name of the register."""
    known = parties.get(party.get("identificationNumber", ""))
    if known is not None and not party.get("name"):
        party["name"] = known.name


def _item(one: dict, used: list[Any]) -> dict:
    """Return a goods item: its packages are those of all its lines, one if it says no number."""
    new = _group("GOOITEGDS", one, used)
    used.append(one.get("IteNumGDS7"))
    packages = one.get("PACGS2") or ()
    counts = [line.get("NumOfPacGS24") or line.get("NumOfPieGS25") or "1" for line in packages]
    used.extend(line.get(name) for line in packages for name in ("NumOfPacGS24", "NumOfPieGS25"))
    if counts and all(count.isdecimal() for count in counts):
        new["numberOfPackages"] = str(sum(int(count) for count in counts))
    for container in (one.get("CONNR2") or ())[:1]:
        new["containerIdentificationNumber"] = container.get("ConNumNR21")
        used.append(container)
    return new


def _documents(found: dict, used: list[Any]) -> Iterator[dict]:
    """Yield the transport documents of all items, each once; their types have an N here."""
    seen = set()
    for one in found.get("GOOITEGDS") or ():
        for document in one.get("PRODOCDC2") or ():
            type_, reference = document.get("DocTypDC21", ""), document.get("DocRefDC23", "")
            longer = type_ if type_.startswith("N") else _like(type_, f"N{type_}")
            if not re.fullmatch(r"N7[0-9]{2}", longer):
                continue
            used.extend((type_, reference))
            if (longer, reference) not in seen:
                seen.add((longer, reference))
                yield {"type": longer, "referenceNumber": reference}


def _group(name: str, one: dict, used: list[Any]) -> dict:
    """Return a repeated group by its rows."""
    new: dict = {}
    for item, path, how in rows():
        group, _, leaf = item.partition("/")
        if group == name:
            _put(new, path.rpartition("/")[2], one.get(leaf, ""), how, used)
    return new


def _put(into: dict, path: str, value: str, how: str, used: list[Any]) -> None:
    """Put a value at its place, in the words of today."""
    if value:
        used.append(value)
        put_path(into, path, _like(value, WAYS[how][0](value)))


def _like(value: str, text: str) -> str:
    """Return a text at the place of another."""
    return value.like(text) if isinstance(value, Placed) else text


def _first(found: dict, path: str) -> str:
    """Return the first value at a path of items."""
    group, _, name = path.partition("/")
    value = (found.get(group) or [{}])[0].get(name, "")
    return value[0] if isinstance(value, list) else value


class Row(NamedTuple):
    """A line of the table: item of phase 4, path in the national message, how, and in words."""

    item: str
    path: str
    how: str
    en: str = ""
    nb: str = ""


@cache
def rows() -> tuple[tuple[str, str, str], ...]:
    """Return what is carried as it is: item of phase 4, path in CC015N, how."""
    return tuple(one[:3] for one in table() if one.how in WAYS)


@cache
def table() -> tuple[Row, ...]:
    """Return the whole table, with what is made by code or known from the register."""
    lines = (FOLDER / "prenotification.txt").read_text("utf-8").splitlines()
    return tuple(Row(*re.split(r" {2,}| \| ", line)) for line in lines if line[0] != "#")


# What answers it

def answer_out(flat: dict, message: Message) -> None:
    """Put what the answers of phase 4 have and the national ones do not: the principal, days."""
    if message.profile != PROFILE:
        return
    flat["HolderOfTheTransitProcedure"] = {"identificationNumber": message.recipient}
    if place := DAYS.get(message.kind):
        group, moment, day = place
        flat[group][day] = flat[group].get(moment, "")[:10]


def answer_in(flat: dict, kinds: Iterable[str]) -> None:
    """Make the moment of a day, for what reads an answer back."""
    for group, moment, day in (DAYS[kind] for kind in kinds if kind in DAYS):
        if found := (flat.get(group) or {}).get(day):
            flat[group][moment] = f"{found}T00:00:00"
