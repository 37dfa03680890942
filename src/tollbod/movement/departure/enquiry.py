"""Enquiry: no arrival (IE006) or no results (IE018) in time; status, holder, then destination.

The office of departure stands in for the enquiry authority at departure. Order: status request
(IE094), request to the holder (IE140), enquiry request (IE142), recovery after seven months.
"""
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from tollbod.case.carry import at, carry
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing,
)
from tollbod.movement.deadlines import start
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.debt import owing
from tollbod.movement.departure.letters import (
    P6, day, here, second, to_declarant,
)
from tollbod.movement.departure.on_the_way import (
    arrival, arrive, overtaken, too_late_if_open,
)
from tollbod.movement.departure.recovery import recover
from tollbod.movement.status import UNDER_WAY
from tollbod.spec.timers import days

RECOVERY_AT_DESTINATION = "4"       # responseCode, CL029


# Learn

def informed(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn what the holder told about the movement that did not arrive (IE141)."""
    return enquired(msgspec.structs.replace(case, information=event.body), event, facts)


def enquired(case: Departure, _event: Event, facts: Facts) -> Departure:
    """Learn which authority at destination gets the enquiry: where the holder says, or declared."""
    told = at(case.information, "CustomsOfficeOfDestinationActual/referenceNumber")
    office = facts.profile.enquiry_office(case.destination or told or case.declared_destination)
    return msgspec.structs.replace(case, enquired=office, enquired_on=facts.now)


# When

def recovered_there(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the destination recovers (response code 4)."""
    return at(event.body, "Enquiry/responseCode") == RECOVERY_AT_DESTINATION


# Then

def ask_status(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the office of destination what it knows (IE094); start the long limit."""
    yield from too_late_if_open(case, event, facts)
    yield Send("IE094", _destination(case), {
        "TransitOperation": {"MRN": case.mrn, "status": UNDER_WAY[case.state]},
        "CustomsOfficeOfDeparture": here(case),
        "CustomsOfficeOfDestination": {"referenceNumber": _destination(case)},
    }, "destination", case.mrn)
    yield start("status", facts)
    yield start("recovery", facts)


def _destination(case: Departure) -> str:
    return case.destination or case.declared_destination


def ask_holder(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the declarant where the goods are (IE140), with a limit for the answer."""
    yield Timer("status", None)
    yield to_declarant(case, "IE140", {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/requestOnNonArrivedMovementDate": day(facts.now),
        "TransitOperation/limitForResponseDate":
            day(facts.now + timedelta(days=days("holder reply"))),
        "CustomsOfficeOfEnquiryAtDeparture": _authority(facts),
    })
    yield start("holder reply", facts)


def _authority(facts: Facts) -> dict[str, str]:
    return {"referenceNumber": facts.profile.enquiry_office(facts.office)}


def enquire(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Send the enquiry to the authority at destination (IE142) with what the holder told."""
    yield Timer("holder reply", None)
    yield Timer("status", None)
    yield Task("enquiry")
    told, office = case.information, case.enquired
    body = {
        "TransitOperation": {"MRN": case.mrn},
        "CustomsOfficeOfDeparture": here(case),
        "CustomsOfficeOfRequest": {"referenceNumber": office},
        "CustomsOfficeOfEnquiryAtDeparture": _authority(facts),
        "Enquiry": {
            "date": day(facts.now),
            "TC11DeliveryDate": at(told, "Enquiry/TC11DeliveryDate") or None,
            "text": at(told, "Enquiry/text") or None,
            "limitForTheEnquiryResponseDate":
                day(facts.now + timedelta(days=days("enquiry reply"))),
        },
        "Consignment": told.get("Consignment"),
    }
    yield Send("IE142", office, carry(P6, "CD142C", body), "enquiry", case.mrn)
    yield start("enquiry reply", facts)


def decide_enquiry(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer what to do after the answer to the enquiry (IE143)."""
    yield Timer("enquiry reply", None)
    code, text = at(event.body, "Enquiry/responseCode"), at(event.body, "Enquiry/text")
    yield Task("enquiry", f"The enquiry was answered (code {code}): {text}",
               f"Etterlysningen er besvart (kode {code}): {text}",
               ("enquire", "recover", "ask-information"))


def call_off(case: Departure, facts: Facts) -> Iterable[Effect]:
    """Cancel the enquiry (IE059): what was asked for has come."""
    yield Task("enquiry")
    yield Task("information")
    yield Timer("enquiry reply", None)
    office = case.enquired
    yield Send("IE059", office, {
        "TransitOperation": {"MRN": case.mrn,
                             "cancelEnquiryNotificationDateAndTime": second(facts.now)},
        "CustomsOfficeOfDeparture": here(case),
        "CustomsOfficeOfRequest": {"referenceNumber": office},
    }, "enquiry", case.mrn)


def end_enquiry(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """The goods have arrived after all: cancel the enquiry, go on as on arrival."""
    yield from call_off(case, facts)
    yield from arrive(case, event, facts)


# fmt: off
ROWS = (
    #  in state          on                     when             go to             then            learn
    On("released",       "timer arrival",       always,          "status asked",   ask_status,     overtaken),
    On("status asked",   "IE095",               always,          "holder asked",   ask_holder),
    On("status asked",   "timer status",        always,          "holder asked",   ask_holder),
    On("status asked",   "IE006",               always,          "arrived",        arrive,         arrival),
    On("holder asked",   "IE141",               always,          "under enquiry",  enquire,        informed),
    On("holder asked",   "timer holder reply",  always,          "under enquiry",  enquire,        enquired),
    On("holder asked",   "IE006",               always,          "arrived",        arrive,         arrival),
    On("under enquiry",  "IE143",               recovered_there, "under recovery", recover,        owing),
    On("under enquiry",  "IE143",               always,          SAME,             decide_enquiry),
    On("under enquiry",  "officer enquire",     always,          SAME,             enquire),
    On("under enquiry",  "officer recover",     always,          "under recovery", recover,        owing),
    On("under enquiry",  "timer enquiry reply", always,          "under recovery", recover,        owing),
    On("under enquiry",  "timer recovery",      always,          "under recovery", recover,        owing),
    On("under enquiry",  "IE006",               always,          "arrived",        end_enquiry,    arrival),
    On("arrived",        "timer results",       always,          "results asked",  enquire,        enquired),
    On("results asked",  "IE143",               always,          SAME,             decide_enquiry),
    On("results asked",  "officer enquire",     always,          SAME,             enquire),
    On("results asked",  "officer recover",     always,          "under recovery", recover,        owing),
    On("results asked",  "timer enquiry reply", always,          "under recovery", recover,        owing),
    On(ANY,              "IE095",               always,          SAME,             nothing),
    On(ANY,              "IE143",               always,          SAME,             nothing),
)
# fmt: on
