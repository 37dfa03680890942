"""What every part of the office of departure writes with: letters to the declarant, dates, records.

Contents follow the structures of the messages; what the structure has room for is carried over
from the declaration (`case.carry`).
"""
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from tollbod.case.carry import at, carry, many
from tollbod.case.model import Facts, Send
from tollbod.movement.departure.case import Departure, holds_entry_data
from tollbod.movement.departure.combined import with_ens
from tollbod.movement.parties import with_names
from tollbod.spec.codes import codelist

P6 = "p6"
WITH_ENTRY = frozenset("IE004 IE009 IE028 IE056 IE060 IE928 IEA29 IEA70 IEA91".split())
NO_RISK = "N"                   # CL107: a national risk result is not forwarded
# What no message carries to a country outside the security area (C0812).
SECURITY_OFFICES = frozenset({
    "CustomsOfficeOfExitForTransitDeclared", "CustomsOfficeOfExitForTransitActual"})
SECURITY_ONLY = frozenset({
    "specificCircumstanceIndicator", "Carrier", "PlaceOfUnloading", "TransportCharges"})


def day(moment: datetime | date | None) -> str:
    """Return a date as messages write it (an10); empty for None."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def second(moment: datetime | None) -> str:
    """Return a date and time as messages write it (an19, UTC); empty for None."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}" if moment else ""


def form(declaration: dict[str, Any], ie: str) -> str:
    """Return which form of a message answers a declaration: with entry data it has its own."""
    joined = ie in WITH_ENTRY and holds_entry_data(declaration)
    return f"CC{ie[2:]}{'D' if joined else 'C'}"


def to_declarant(case: Departure, ie: str, changes: dict[str, Any]) -> Send:
    """Write a message to the declarant, carried over from the declaration."""
    root = form(case.declaration, ie)
    body = carry(case.edition, root, case.declaration, changes)
    return Send(ie, case.declarant, body, edition=case.edition, root=root)


def to_bridge(case: Departure, ie: str, changes: dict[str, Any],
              source: dict[str, Any] | None = None) -> Send:
    """Write to the bridge to ICS2 at the office of first entry, of the declaration or a source."""
    root = f"CD{ie[2:]}D"
    body = carry(P6, root, case.declaration if source is None else source, changes)
    return Send(ie, case.entry, body, role="bridge", case=case.mrn, root=root)


def withdrawal(case: Departure) -> Send:
    """Write the request that ICS2 withdraw the entry data (CD014D)."""
    return to_bridge(case, "IE014", {
        "TransitOperation": {"MRN": case.mrn}, "EnsOperation": {"ENSMRN": case.ens},
        "HolderOfTheTransitProcedure": {"identificationNumber": case.holder}}, {})


def reference(case: Departure) -> dict[str, Any]:
    """Return the movement's reference: the MRN once there is one, the LRN before (C0467)."""
    return {
        "TransitOperation/LRN": None if case.mrn else case.lrn,
        "TransitOperation/MRN": case.mrn or None,
    }


def dates(case: Departure) -> dict[str, Any]:
    """Return the MRN and the days of acceptance and release, as far as they are known."""
    return {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/declarationAcceptanceDate": day(case.accepted) or None,
        "TransitOperation/releaseDate": day(case.released) or None,
    }


def here(case: Departure) -> dict[str, str]:
    """Return our own office as a group."""
    return {"referenceNumber": case.declaration["CustomsOfficeOfDeparture"]["referenceNumber"]}


def listed(offices: Iterable[str]) -> list[dict[str, str]]:
    """Return offices as a numbered group (R0987)."""
    return [{"sequenceNumber": str(n), "referenceNumber": office}
            for n, office in enumerate(offices, 1)]


def control_code(case: Departure) -> str:
    """Return the result at departure: A3 simplified without control, A2 none, else as found."""
    if case.control in ("A1", "A2"):
        return case.control
    return "A3" if case.simplified else "A2"                                    # G0126


def record(case: Departure, root: str, to: str, facts: Facts, more: dict[str, Any] | None = None
           ) -> dict[str, Any]:
    """Return the record of the movement for office `to` (IE001, IE050, IE160 and answers)."""
    full = _charged_once(with_ens(case, with_names(sealed(case), facts.party)))
    return for_office(to, carry(P6, root, full, dates(case) | {
        "ControlResult": {"code": control_code(case), "date": day(case.limit)},         # G0127
        "Consignment/containerIndicator": at(full, "Consignment/containerIndicator", "0"),
        "RiskAnalysisIdentification": _risk(full, facts.office, to),
    } | (more or {})))


def _charged_once(declaration: dict[str, Any]) -> dict[str, Any]:
    """Return a declaration whose houses repeat no charges: records tell them once (C0337).

    Entry data have them at both levels (C0944).
    """
    consignment = declaration["Consignment"]
    if not consignment.get("TransportCharges"):
        return declaration
    houses = [{name: value for name, value in house.items() if name != "TransportCharges"}
              for house in many(consignment.get("HouseConsignment"))]
    return declaration | {"Consignment": consignment | {"HouseConsignment": houses}}


def _risk(declaration: dict[str, Any], here: str, to: str) -> dict[str, str] | None:
    """Return what the risk analysis tells where a result has to go along (C0813): nothing found."""
    secure = at(declaration, "TransitOperation/security") in ("1", "2", "3")
    area = codelist("CL147" if secure else "CL010")
    return {"code": NO_RISK} if area.has(here[:2]) and area.has(to[:2]) else None


def for_office(office: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a message without security data if the office is outside that area (C0812)."""
    if codelist("CL147").has(office[:2]):
        return body
    fit = {name: value for name, value in body.items() if name not in SECURITY_OFFICES}
    for group in ("TransitOperation", "Consignment"):
        if group in fit:
            fit[group] = _without_security(fit[group])
    return fit


def _without_security(group: dict[str, Any]) -> dict[str, Any]:
    """Return a group without security data at any level, and without N355 (R0093)."""
    kept: dict[str, Any] = {}
    for name, value in group.items():
        if name in SECURITY_ONLY:
            continue
        if isinstance(value, dict):
            value = _without_security(value)
        elif isinstance(value, list):
            value = [_without_security(one) if isinstance(one, dict) else one for one in value
                     if name != "PreviousDocument" or one.get("type") != "N355"]
        kept[name] = value
    return kept


def _whole(consignment: dict[str, Any]) -> dict[str, Any]:
    """Return equipment that holds all goods, named one by one as phase 5 demands (C0670)."""
    items = [item["declarationGoodsItemNumber"] for house in many(consignment["HouseConsignment"])
             for item in many(house["ConsignmentItem"])]
    return {"sequenceNumber": "1", "numberOfSeals": "0", "GoodsReference": [
        {"sequenceNumber": str(n), "declarationGoodsItemNumber": item}
        for n, item in enumerate(items, 1)]}


def sealed(case: Departure) -> dict[str, Any]:
    """Return the declaration with the seals that the office affixed."""
    if not case.seals:
        return case.declaration
    consignment = dict(case.declaration["Consignment"])
    equipment = [dict(e) for e in many(consignment.get("TransportEquipment"))]
    equipment = equipment or [_whole(consignment)]
    seals = many(equipment[0].get("Seal"))
    fixed = [{"sequenceNumber": str(len(seals) + n), "identifier": seal}
             for n, seal in enumerate(case.seals, 1)]
    equipment[0] |= {"Seal": seals + fixed, "numberOfSeals": str(len(seals) + len(fixed))}
    consignment["TransportEquipment"] = equipment
    return case.declaration | {"Consignment": consignment}
