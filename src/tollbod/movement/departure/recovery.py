"""Recovery of the debt: IE035 to the holder, IE023 to the guarantor, IE063 to the offices.

The office of departure stands in for the recovery authority at departure; which office that is
comes from the national profile.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at, carry
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing,
)
from tollbod.case.money import written
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.letters import (
    P6, dates, day, for_office, listed, to_declarant,
)


# Learn

def dispatched(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn that recovery is taken over or done elsewhere (IE151, IE152)."""
    said = f"{event.name}: {at(event.body, 'CustomsOfficeOfRecoveryRequested/referenceNumber')}"
    return msgspec.structs.replace(case, flags=(*case.flags, said))


# Then

def authority(facts: Facts) -> dict[str, str]:
    """Return the recovery authority at departure as a group."""
    return {"referenceNumber": facts.profile.recovery_office(facts.office)}


def claimed(case: Departure) -> dict[str, str]:
    """Return the amount that is claimed: what the guarantees covered, in euro."""
    return {"amountClaimed": written(sum(use.amount_cent for use in case.uses) or 1, "EUR"),
            "currency": "EUR"}


def recover(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the recovery: IE035 to the declarant, IE063 to every office that has the record."""
    for timer in ("arrival", "holder reply", "enquiry reply", "recovery", "results"):
        yield Timer(timer, None)
    yield Task("enquiry")
    text = event.body.get("text") or "The debt is to be recovered."
    yield to_declarant(case, "IE035", dates(case) | {
        "TransitOperation/releaseDate": None,
        "RecoveryNotification": {
            "recoveryNotificationDate": day(facts.now), "recoveryNotificationText": text,
            **claimed(case)},
        "CustomsOfficeOfRecoveryAtDeparture": authority(facts),
    })
    for office, role in case.ahead():
        body = for_office(office, carry(P6, "CD063C", _told(case, facts)))
        yield Send("IE063", office, body, role, case.mrn)
    yield Task("recovery", "Recover the debt", "Krev inn skylden",
               ("recovered", "tell-guarantor"))


def _told(case: Departure, facts: Facts) -> dict:
    return {
        "TransitOperation": {"MRN": case.mrn, "recoveryCommunicationDate": day(facts.now)},
        "CustomsOfficeOfDestinationDeclared": {"referenceNumber": case.declared_destination},
        "CustomsOfficeOfTransitDeclared": listed(case.offices("CustomsOfficeOfTransitDeclared")),
        "CustomsOfficeOfExitForTransitDeclared": listed(
            case.offices("CustomsOfficeOfExitForTransitDeclared")),
        "CustomsOfficeOfRecoveryAtDeparture": authority(facts),
    }


def tell_guarantor(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the guarantor (IE023); the act names it in `guarantor`."""
    guarantor = event.body.get("guarantor") or case.declarant
    body = carry(P6, "CC023C", case.declaration, {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/declarationAcceptanceDate": day(case.accepted),
        "CustomsOfficeOfRecoveryAtDeparture": authority(facts),
        "GuarantorNotification": {
            "guarantorNotificationDate": day(facts.now),
            "guarantorNotificationText": event.body.get("text")},
    })
    yield Send("IE023", guarantor, body)


def close(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """The debt is paid: write the movement off (IE045), end the liability (IE204)."""
    from tollbod.movement.departure.guarantee import discharge

    yield Task("recovery")
    yield to_declarant(case, "IE045", {
        "TransitOperation/MRN": case.mrn, "TransitOperation/writeOffDate": day(facts.now),
    })
    yield from discharge(case, facts)


# fmt: off
ROWS = (
    #  in state          on                        when    go to          then            learn
    On("released",       "officer recover",        always, "under recovery", recover),
    On("under recovery", "officer tell-guarantor", always, SAME,          tell_guarantor),
    On("under recovery", "officer recovered",      always, "written off", close),
    On("under recovery", "IE151",                  always, SAME,          nothing,        dispatched),
    On("under recovery", "IE152",                  always, SAME,          nothing,        dispatched),
)
# fmt: on
