"""Recovery of the debt: IE035 to the holder, IE023 to the guarantor, IE063 to the offices.

Another country's recovery authority may be asked to do it (IE150); it says yes or no (IE151) and
tells when the debt is collected (IE152).

The office of departure stands in for the recovery authority at departure; which office that is
comes from the national profile.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at, carry
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.case.money import written
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.debt import (
    book, left, open_debt, owed, owing, paid, part_only, tell_unpayable, unpayable,
)
from tollbod.movement.departure.exports import recover_exports
from tollbod.movement.departure.letters import (
    P6, dates, day, for_office, listed, to_declarant,
)
from tollbod.movement.parties import address
from tollbod.movement.departure.on_the_way import overtaken, too_late_if_open


# Learn

def asked_elsewhere(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn which recovery authority is asked: as named, or that of the destination."""
    named = event.body.get("authority") or case.destination or case.declared_destination
    return msgspec.structs.replace(case, recovery_at=facts.profile.recovery_office(named))


def declined(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that the authority does not recover: another may be asked."""
    return msgspec.structs.replace(case, recovery_at="")


def owed_and_overtaken(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn how much is claimed, and that an open request for cancellation comes too late."""
    return owing(overtaken(case, event, facts), event, facts)


# When

def asked_before(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if an authority was asked to recover and has not declined."""
    return bool(case.recovery_at)


def needs_guarantor(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if a guarantee of our own country is told of and no registered guarantor is named."""
    ours = any(grn[2:4] == facts.office[:2] for grn in _told_guarantees(case))          # C0014
    return ours and facts.party(event.body.get("guarantor", "")) is None


def of_the_asked(case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold if the message comes from the authority that was asked."""
    return case.recovery_at == facts.sender


def declines(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if the authority that was asked says no."""
    return of_the_asked(case, event, facts) and at(
        event.body, "Recovery/recoveryAcceptance") == "0"


# Then

def ask_recovery(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask a recovery authority elsewhere to recover the debt (IE150)."""
    party = facts.party(event.body.get("guarantor", ""))
    guarantor = party and {"identificationNumber": party.id, "name": party.name,
                           "Address": address(party)}
    yield Send("IE150", case.recovery_at, {
        "TransitOperation": {"MRN": case.mrn},
        "CustomsOfficeOfRecoveryRequesting": authority(facts),
        "CustomsOfficeOfRecoveryRequested": {"referenceNumber": case.recovery_at},
        "Recovery": {"recoveryCommunicationDate": day(facts.now),
                     "text": event.body.get("text") or "Please recover the debt."},
        "GuaranteeReference": [
            {"sequenceNumber": str(n), "GRN": grn,
             "Guarantor": guarantor if grn[2:4] == facts.office[:2] else None}
            for n, grn in enumerate(_told_guarantees(case), 1)],                        # C0004
    }, "recovery", case.mrn)


def _told_guarantees(case: Departure) -> list[str]:
    """List the guarantees that a request for recovery tells of (C0004)."""
    return [use.grn for use in case.uses if use.type in "1249"]


def tell_asked_before(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to ask twice: one authority recovers the debt."""
    yield refuse("92", f"{case.recovery_at} was asked already and has not declined",
                 f"{case.recovery_at} er allerede spurt og har ikke avslått")


def tell_guarantor_needed(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a request without the guarantor of our guarantee."""
    yield refuse("13", "name the registered guarantor of the guarantee (C0014)",
                 "oppgi den registrerte kausjonisten for garantien (C0014)", "C0014")


def show_answer(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Show an officer what the authority that was asked answers (IE151, IE152)."""
    when = at(event.body, "Recovery/collectionDate")
    yes = at(event.body, "Recovery/recoveryAcceptance") == "1"
    text, nb = (
        (f"{facts.sender} collected the debt on {when}; close the recovery",
         f"{facts.sender} krevde inn skylden {when}; avslutt innkrevingen") if when
        else (f"{facts.sender} recovers the debt", f"{facts.sender} krever inn skylden") if yes
        else (f"{facts.sender} does not recover the debt",
              f"{facts.sender} krever ikke inn skylden"))
    yield _task(text, nb)


def _task(text: str, nb: str) -> Task:
    return Task("recovery", text, nb, ("recovered", "tell-guarantor", "ask-recovery"))


def authority(facts: Facts) -> dict[str, str]:
    """Return the recovery authority at departure as a group."""
    return {"referenceNumber": facts.profile.recovery_office(facts.office)}


def claimed(case: Departure) -> dict[str, str]:
    """Return the amount that is claimed: what the guarantees covered, in euro."""
    return {"amountClaimed": written(owed(case), "EUR"), "currency": "EUR"}


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
    yield from recover_exports(case, authority(facts), facts)
    yield from open_debt(case)
    yield _task("Recover the debt", "Krev inn skylden")


def recover_goods_under_way(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the recovery while the goods are on the way: an open request comes too late."""
    yield from too_late_if_open(case, event, facts)
    yield from recover(case, event, facts)


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


def book_part(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Book a part of the debt as paid; the rest is still to be recovered."""
    yield from book(case)
    rest = written(left(case), "EUR")
    yield _task(f"Recover the rest of the debt, {rest} EUR", f"Krev inn resten, {rest} EUR")


def close(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the debt as paid, write the movement off (IE045), end the liability (IE204)."""
    from tollbod.movement.departure.guarantee import discharge

    yield from book(case)
    yield Task("recovery")
    yield Task("information")
    yield to_declarant(case, "IE045", {
        "TransitOperation/MRN": case.mrn, "TransitOperation/writeOffDate": day(facts.now),
    })
    yield from discharge(case, facts)


# fmt: off
ROWS = (
    #  in state          on                        when    go to          then            learn
    On("released",       "officer recover",        always, "under recovery", recover_goods_under_way, owed_and_overtaken),
    On("under recovery", "officer tell-guarantor", always, SAME,          tell_guarantor),
    On("under recovery", "officer recovered",      unpayable, SAME,       tell_unpayable),
    On("under recovery", "officer recovered",      part_only, SAME,       book_part,      paid),
    On("under recovery", "officer recovered",      always, "written off", close,          paid),
    On("under recovery", "officer ask-recovery",   asked_before,    SAME, tell_asked_before),
    On("under recovery", "officer ask-recovery",   needs_guarantor, SAME, tell_guarantor_needed),
    On("under recovery", "officer ask-recovery",   always, SAME,          ask_recovery,   asked_elsewhere),
    On("under recovery", "IE151",                  declines,     SAME,    show_answer,    declined),
    On("under recovery", "IE151",                  of_the_asked, SAME,    show_answer),
    On("under recovery", "IE151",                  always, SAME,          nothing),
    On("under recovery", "IE152",                  of_the_asked, SAME,    show_answer),
    On("under recovery", "IE152",                  always, SAME,          nothing),
    On("written off",    "IE151",                  always, SAME,          nothing),
    On("written off",    "IE152",                  always, SAME,          nothing),
)
# fmt: on
