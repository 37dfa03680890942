"""Combined prenotification and transit declaration, as phase 5 carries it (Security 1 or 3).

An entry names the office of entry as office of departure and as first office of transit
(PRE-COMB-03), and is refused where entry has moved to ICS2. Phase 6 needs no such rows: its rules
let a country that is outside release with Security 0 or 2 only (R0087).
"""
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from tollbod.case.carry import at, many
from tollbod.case.model import Effect, Event, Facts, Name, refuse
from tollbod.movement.departure.case import Departure, holds_entry_data
from tollbod.spec import prenotification_law, security_zone

ENTRY = ("1", "3")
EXIT = ("2", "3")
ENS = "N355"                    # previous document: an entry summary declaration


def _entry_here(event: Event, facts: Facts) -> bool:
    """Tell whether it is a combined entry at an office of a country that takes them in NCTS."""
    return (event.edition == "p5" and at(event.body, "TransitOperation/security") in ENTRY
            and prenotification_law.taken_in_ncts(facts.office[:2]))


def moved(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if it prenotifies an entry that is filed in ICS2 by now."""
    if not _entry_here(event, facts):
        return False
    day = facts.now.astimezone(ZoneInfo(facts.profile.zone)).date()
    code = at(event.body, "Consignment/modeOfTransportAtTheBorder")
    modes = [prenotification_law.MODES[code]] if code in prenotification_law.MODES else [
        *prenotification_law.MODES.values()]
    return not any(one.name == "NCTS" for mode in modes for one in
                   prenotification_law.systems_for(facts.regime, "entry", mode, "general", day))


def entered_elsewhere(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if goods from a third country do not have this office as first office of transit."""
    dispatch = at(event.body, "Consignment/countryOfDispatch")
    if not dispatch or not _entry_here(event, facts):
        return False
    first = next((one["referenceNumber"] for one in
                  many(event.body.get("CustomsOfficeOfTransitDeclared"))), "")
    outside = security_zone.third_country(dispatch, facts.now.date(), facts.regime)
    return outside and first != facts.office


def tell_moved(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a combined entry where entry has moved to ICS2, and point there."""
    yield refuse("14", "entry by this mode of transport has moved to ICS2: file an entry summary "
                 "declaration (ENS) there, and declare the transit with Security 0",
                 "innførsel med denne transportmåten er flyttet til ICS2: gi en summarisk "
                 "innførselsdeklarasjon (ENS) der, og deklarer transitteringen med sikkerhet 0",
                 "N0003", "/CC015C/TransitOperation/security")


def tell_elsewhere(_case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse a combined entry whose first office of transit is not the office of entry."""
    yield refuse("14", f"a combined entry has the office of entry, {facts.office}, as office of "
                 "departure and as first office of transit",
                 f"en kombinert innførsel har innpasseringstollstedet, {facts.office}, som "
                 "avgangstollsted og som første transittollsted", "N0010",
                 "/CC015C/CustomsOfficeOfTransitDeclared")


def with_ens(case: Departure, declaration: dict[str, Any]) -> dict[str, Any]:
    """Return a declaration that names the entry summary it holds, in phase 5 itself.

    Records between offices are phase 6 and must name one (R0093); the data are in this declaration.
    """
    holds = case.edition == "p5" or holds_entry_data(case.declaration)
    if not holds or at(declaration, "TransitOperation/security") not in ENTRY:
        return declaration
    consignment = declaration["Consignment"]
    before = many(consignment.get("PreviousDocument"))
    if any(one.get("type") == ENS for one in before):
        return declaration
    own = {"sequenceNumber": str(len(before) + 1), "type": ENS,
           "referenceNumber": case.ens or case.mrn}
    return declaration | {"Consignment": consignment | {"PreviousDocument": [*before, own]}}


def hold_exit_data(case: Departure) -> Iterable[Name]:
    """Let the transit be found by who has a part in it as the one that holds their exit data.

    Whoever prenotifies the same exit once more is told so (N0012; PRE-EU-06).
    """
    if at(case.declaration, "TransitOperation/security") not in EXIT:
        return
    consignment = case.declaration["Consignment"]
    parties = (case.declarant, case.holder,
               at(case.declaration, "Representative/identificationNumber"),
               at(consignment, "Carrier/identificationNumber"))
    documents = [one for level in (consignment, *many(consignment.get("HouseConsignment")))
                 for one in many(level.get("TransportDocument"))]
    for party in dict.fromkeys(filter(None, parties)):
        for one in documents:
            yield Name(f"exit data/{party} {one.get('type', '')} {one.get('referenceNumber', '')}")
