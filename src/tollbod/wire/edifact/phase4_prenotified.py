"""A national prenotification, or what its filer sends about one, as items of phase 4.

The reverse of `phase4_prenotification`, by the same table. What phase 4 demands and a
prenotification does not say follows from it (days, totals, the town of the office); the kind of
package is told as package (PK), since only the number is known.
"""
from collections.abc import Mapping
from typing import Any

from tollbod.wire.edifact.phase4_journey import town
from tollbod.wire.edifact.phase4_prenotification import FLOWS, rows
from tollbod.wire.edifact.phase4_rest import LANGUAGES
from tollbod.wire.edifact.phase4_values import WAYS
from tollbod.wire.message import Message

PACKAGE = "PK"


def content_out(message: Message) -> dict[str, Any]:
    """Return the items of phase 4 that say a national message."""
    said = message.plain()
    operation = said.get("TransitOperation") or {}
    prepared = said.get("preparationDateAndTime", "")[:10].replace("-", "")
    office = (said.get("CustomsOfficeOfDeparture") or {}).get("referenceNumber", "")
    head = {"RefNumHEA4": operation.get("LRN", ""), "DocNumHEA5": operation.get("MRN", "")}
    found: dict[str, Any] = {"HEAHEA": [head], "CUSOFFDEPEPT": [{"RefNumEPT1": office}]}
    if message.kind == "CC015N":
        _declared(found, said, office, prepared)
    else:
        found["TRAPRIPC1"] = [{"TINPC159": message.sender}]
    if message.kind == "CC014N":
        head |= {"DatOfCanReqHEA147": prepared, "CanReaHEA250": _reason(said)}
    return found


def _reason(said: Mapping) -> str:
    """Return why it is to be cancelled, with the MRN that takes its place before it if not in it.

    It stands first, so that a reason too long for phase 4 does not lose it.
    """
    asked = said.get("Invalidation") or {}
    reason, new = asked.get("justification", ""), asked.get("replacedByMRN", "")
    return f"{new}: {reason}" if new not in reason else reason


def _declared(found: dict, said: Mapping, office: str, prepared: str) -> None:
    """Put what a prenotification says."""
    transport, goods = said.get("Transport") or {}, said.get("Goods") or {}
    items = goods.get("GoodsItem") or []
    for item, path, how in rows():
        group, _, name = item.partition("/")
        if group not in ("ITI", "GOOITEGDS"):
            _put(found.setdefault(group, [{}])[0], name, _at(said, path), how)
    found["HEAHEA"][0] |= {
        "DecDatHEA383": prepared, "DecPlaHEA394": town(office) or office,
        "TotNumOfIteHEA305": str(len(items)),
        "NCTSAccDocHEA601LNG": LANGUAGES.get(office[:2], office[:2])}
    flow = _at(said, "TransitOperation/declarationType")
    _put(found["CUSOFFTRARNS"][0], "ArrTimTRACUS085",
         transport.get(FLOWS.get(flow, ""), ""), "minute")
    found["ITI"] = [_group("ITI", one) for one in transport.get("CountryOfRouting") or ()]
    found["GOOITEGDS"] = [_item(number, one) for number, one in enumerate(items, 1)]
    documents = [{"DocTypDC21": one.get("type", "").removeprefix("N"),
                  "DocRefDC23": one.get("referenceNumber", "")}
                 for one in transport.get("TransportDocument") or ()]
    if items:
        found["GOOITEGDS"][0]["PRODOCDC2"] = documents


def _item(number: int, one: Mapping) -> dict:
    """Return a goods item with its one line of packages."""
    new = _group("GOOITEGDS", one) | {"IteNumGDS7": str(number)}
    new["PACGS2"] = [{"KinOfPacGS23": PACKAGE, "NumOfPacGS24": one.get("numberOfPackages", "")}]
    if container := one.get("containerIdentificationNumber"):
        new["CONNR2"] = [{"ConNumNR21": container}]
    return new


def _group(name: str, one: Mapping) -> dict:
    """Return a repeated group by its rows."""
    new: dict = {}
    for item, path, how in rows():
        group, _, leaf = item.partition("/")
        if group == name:
            _put(new, leaf, one.get(path.rpartition("/")[2], ""), how)
    return new


def _put(into: dict, name: str, value: str, how: str) -> None:
    """Put a value in the words of phase 4."""
    if value:
        into[name] = WAYS[how][1](value)


def _at(said: Mapping, path: str) -> str:
    """Return the text at a path; empty if there is none."""
    for name in path.split("/"):
        said = said.get(name, "") if isinstance(said, Mapping) else ""
    return said if isinstance(said, str) else ""
