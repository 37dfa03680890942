"""On the way: crossings, exits, incidents, records for undeclared offices, the arrival (IE006)."""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.movement.deadlines import start
from tollbod.movement.departure.cancellation import decision
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.guarantee import credit
from tollbod.movement.departure.letters import (
    P6, for_office, here, listed, record,
)
from tollbod.movement.status import UNDER_WAY

TRANSIT, EXIT = "CustomsOfficeOfTransitDeclared", "CustomsOfficeOfExitForTransitDeclared"
# A question for a record: the answer, its structure, where the asking office stands, its role.
RECORDS = {
    "IE114": ("IE115", "CD115C", "CustomsOfficeOfTransitActual", "transit"),
    "IE164": ("IE165", "CD165C", "CustomsOfficeOfExitForTransitActual", "exit"),
    "IE002": ("IE003", "CD003C", "CustomsOfficeOfDestinationActual", "destination"),
    "IE027": ("IE038", "CD038C", "CustomsOfficeOfRequest", ""),
}
UNKNOWN, CANCELLED, OTHER = "1", "2", "4"       # requestRejectionReasonCode, as in CL581


# Learn

def overtaken(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that an open request for cancellation comes too late: the goods are looked for."""
    return case.overtaken()


def departed(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that the transport has started, as an officer recorded it."""
    return msgspec.structs.replace(case.overtaken(), departed=True)


def crossing(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn which office of transit was crossed (IE118); before release it is irregular."""
    office = at(event.body, "CustomsOfficeOfTransitActual/referenceNumber")
    flags = case.flags if case.released else (*case.flags, f"crossed {office} before release")
    return msgspec.structs.replace(
        case.overtaken(), crossed=tuple(dict.fromkeys((*case.crossed, office))), flags=flags)


def exit_(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn at which office the goods left the security area (IE168)."""
    office = at(event.body, "CustomsOfficeOfExitForTransitActual/referenceNumber")
    return msgspec.structs.replace(
        case.overtaken(), left=tuple(dict.fromkeys((*case.left, office))))


def incident(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn an incident during the transport (IE180)."""
    return msgspec.structs.replace(
        case.overtaken(), incidents=(*case.incidents, event.body))


def refused_passage(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn that an office of transit refused the passage (IE119)."""
    office = at(event.body, "CustomsOfficeOfTransitActual/referenceNumber")
    return msgspec.structs.replace(case, flags=(*case.flags, f"passage refused at {office}"))


def diverted(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn that an office that was not declared has got the record."""
    _, _, group, role = RECORDS[event.name]
    office = at(event.body, f"{group}/referenceNumber")
    asked = case.asked if not role else tuple(dict.fromkeys((*case.asked, (office, role))))
    return msgspec.structs.replace(case, asked=asked)


def arrival(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the arrival (IE006) and where; a crossing that was not reported is flagged."""
    office = at(event.body, "CustomsOfficeOfDestinationActual/referenceNumber")
    silent = [o for o in case.offices(TRANSIT) if o not in case.crossed]
    flags = tuple(f"arrived without a crossing reported by {o}" for o in silent)
    return msgspec.structs.replace(case.overtaken(), arrived=facts.now, destination=office,
                                   flags=(*case.flags, *flags))


# When

def under_way(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold while the goods are released and have not arrived: another office may get the record."""
    return case.state in ("released", "status asked", "holder asked", "under enquiry")


def told_before(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if this office has told the arrival before: it is told once more, nothing is new."""
    office = at(event.body, "CustomsOfficeOfDestinationActual/referenceNumber")
    return case.arrived is not None and office == case.destination


# Then

def too_late_if_open(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse an open request for cancellation (IE009): the transport has started."""
    if case.request and case.request.overtaken:
        yield Task("cancel")
        yield decision(case, facts, False, "The transport has started.")


def give_record(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the record to an office that was not declared (IE115, IE165, IE003, IE038)."""
    ie, root, group, role = RECORDS[event.name]
    office = event.body[group]
    more: dict[str, Any] = {group: office}
    if group == "CustomsOfficeOfTransitActual":
        more[group] = office | _covered_there(case, office)
    if event.name == "IE027":
        more["TransitOperation/status"] = UNDER_WAY[case.state]                 # C0365
    to = office["referenceNumber"]
    body = record(case, root, to, facts, more)
    consignment = body["Consignment"]
    incidents = [one for told in case.incidents for one in many(told["Consignment"]["Incident"])]
    if incidents and "Incident" not in consignment:
        body = carry(P6, root, body, {"Consignment/Incident": [
            one | {"sequenceNumber": str(n)} for n, one in enumerate(incidents, 1)]})
    yield Send(ie, to, body, role or _asker(event), case.mrn)


def _covered_there(case: Departure, office: dict[str, str]) -> dict[str, str]:
    """Return the flag of IE115: 1 if a guarantee is not valid in the country of the office."""
    country = office["referenceNumber"][:2]
    barred = any(country in use.not_valid_in for use in case.uses)
    return {"guaranteeNotValidForCountry": "1" if barred else "0"}


def _asker(event: Event) -> str:
    """Return the role of the office that queries a movement (IE027): a competent office."""
    return "enquiry"


def deny_record(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Answer that there is no record to give, and why (C0365, C0811)."""
    ie, root, group, role = RECORDS[event.name]
    office = event.body[group]
    why = UNKNOWN if not case.mrn else CANCELLED if case.state == "cancelled" else OTHER
    told = dict(office)
    if group == "CustomsOfficeOfTransitActual":
        told |= _covered_there(case, office)
    body: dict[str, Any] = {
        "TransitOperation": {"MRN": at(event.body, "TransitOperation/MRN"),
                             "requestRejectionReasonCode": why},
        group: told,
    }
    if case.mrn:
        body["CustomsOfficeOfDeparture"] = here(case)
    yield Send(ie, office["referenceNumber"], carry(P6, root, body), role or _asker(event),
               at(event.body, "TransitOperation/MRN"))


def forward_incident(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Forward an incident: IE182 to the declarant, IE181 to the offices still ahead."""
    operation = {"MRN": case.mrn, "incidentNotificationDateAndTime":
                 at(event.body, "TransitOperation/incidentNotificationDateAndTime")}
    told = {
        "TransitOperation": operation, "CustomsOfficeOfDeparture": here(case),
        "CustomsOfficeOfIncidentRegistration": event.body["CustomsOfficeOfIncidentRegistration"],
        "Consignment": event.body["Consignment"],
    }
    yield Send("IE182", case.declarant, carry(case.edition, "CC182C", told),
               edition=case.edition)
    more = {
        "CustomsOfficeOfDestinationDeclared": {"referenceNumber": case.declared_destination},
        TRANSIT: listed(o for o in case.offices(TRANSIT) if o not in case.crossed),
        EXIT: listed(o for o in case.offices(EXIT) if o not in case.left),
    }
    registered = at(event.body, "CustomsOfficeOfIncidentRegistration/referenceNumber")
    for office, role in ahead(case):
        if office != registered:
            body = for_office(office, carry(P6, "CD181C", told, more))
            yield Send("IE181", office, body, role, case.mrn)
    yield from too_late_if_open(case, event, facts)


def ahead(case: Departure) -> list[tuple[str, str]]:
    """Return the offices that have not reported the goods yet, with their roles."""
    passed = {(office, "transit") for office in case.crossed}
    passed |= {(office, "exit") for office in case.left}
    return [one for one in case.ahead() if one not in passed]


def ask_passage(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the officers that the passage was refused (IE119); the goods still are on the way."""
    office = at(event.body, "CustomsOfficeOfTransitActual/referenceNumber")
    text = at(event.body, "TransitOperation/text")
    yield Task("passage", f"Passage refused at {office}: {text}",
               f"Passering nektet ved {office}: {text}", ("noted",))


def noted(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the tasks: an officer has taken note."""
    yield Task("passage")
    yield Task("told")


def arrive(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Credit the guarantee (IE209), tell the offices not passed (IE024), await the results."""
    yield Timer("arrival", None)
    yield Timer("status", None)
    yield Timer("holder reply", None)
    yield Timer("enquiry reply", None)
    yield Timer("recovery", None)
    yield Task("cancel")
    yield Task("enquiry")
    yield from too_late_if_open(case, event, facts)
    yield from credit(case, event)
    body = {
        "TransitOperation": {"MRN": case.mrn, "arrivalDateAndTimeActual":
                             at(event.body, "TransitOperation/arrivalDateAndTimeActual")},
        "CustomsOfficeOfDeparture": here(case),
        "CustomsOfficeOfDestinationDeclared": {"referenceNumber": case.declared_destination},
        "CustomsOfficeOfDestinationActual": event.body["CustomsOfficeOfDestinationActual"],
        TRANSIT: listed(o for o in case.offices(TRANSIT) if o not in case.crossed),
        EXIT: listed(o for o in case.offices(EXIT) if o not in case.left),
    }
    for office, role in ahead(case):
        if (office, role) != (case.destination, "destination"):
            letter = for_office(office, carry(P6, "CD024C", body))
            yield Send("IE024", office, letter, role, case.mrn)
    yield start("results", facts)


def tell_unknown(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about an MRN that this office never gave."""
    mrn = at(event.body, "TransitOperation/MRN")
    yield refuse("90", f"MRN {mrn} is not known here", f"MRN {mrn} er ikke kjent her",
                 "", f"/{event.body.get('messageType', '*')}/TransitOperation/MRN")


# fmt: off
def _asking(ie: str) -> tuple[On, ...]:
    """Return the rows of a question for the record."""
    return (
        On(ANY, ie, under_way, SAME, give_record, diverted),
        On(ANY, ie, always,    SAME, deny_record),
    )


ROWS = (
    #  in state      on              when          go to      then                learn
    On("none",       "IE118",        always,       SAME,      tell_unknown),
    On("none",       "IE168",        always,       SAME,      tell_unknown),
    On("none",       "IE180",        always,       SAME,      tell_unknown),
    On("none",       "IE119",        always,       SAME,      tell_unknown),
    On("none",       "IE006",        always,       SAME,      tell_unknown),
    On("none",       "IE018",        always,       SAME,      tell_unknown),
    On(ANY,          "IE118",        always,       SAME,      too_late_if_open,   crossing),
    On(ANY,          "IE168",        always,       SAME,      too_late_if_open,   exit_),
    On(ANY,          "IE119",        always,       SAME,      ask_passage,        refused_passage),
    On(ANY,          "officer noted", always,      SAME,      noted),
    On(ANY,          "IE180",        under_way,    SAME,      forward_incident,   incident),
    On(ANY,          "IE180",        always,       SAME,      too_late_if_open,   incident),
    On("released",   "officer depart", always,     SAME,      too_late_if_open,   departed),
    On("released",   "IE006",        always,       "arrived", arrive,             arrival),
    On(ANY,          "IE006",        told_before,  SAME,      nothing),
    *_asking("IE114"),
    *_asking("IE164"),
    *_asking("IE002"),
    *_asking("IE027"),
)
# fmt: on
