"""Lodging a pure prenotification: judged, given its MRN (IE028), assessed before anything else.

It cannot be corrected (PRE-AMEND-01): IE013 is always refused, a new one is lodged instead.
"""
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, Name, On, Refuse, Task, Timer, always, broken, refuse, reject,
)
from tollbod.numbers import mrn
from tollbod.prenotification import requirements
from tollbod.prenotification.case import Prenotified
from tollbod.prenotification.letters import EDITION, second, to_filer
from tollbod.spec.timers import minutes


# Learn

def lodged(case: Prenotified, event: Event, facts: Facts) -> Prenotified:
    """Learn the prenotification, its MRN, its deadline, and whether it is late."""
    due = requirements.obligation(event.body, facts)
    number = mrn.issue_prenotification(
        facts.now.year, facts.office[:2], mrn.serial(facts.office[2:], facts.receipt))
    late = bool(due and due.late)
    return msgspec.structs.replace(
        case, lrn=at(event.body, "TransitOperation/LRN"), mrn=number,
        filer=requirements.filer(event.body, facts),
        declaration=event.body, edition=EDITION, declared_by=facts.message,
        lodged=requirements.filed(event.body, facts),
        deadline=due.due.at if due else None, late=late,
        held_until=due.held_until if due and late else None, hits=facts.hits,
        replaces=at(event.body, "TransitOperation/replacesMRN"),
        flags=("filed after its deadline",) if late else ())


# When

def unfit(_case: Prenotified, event: Event, facts: Facts) -> bool:
    """Hold if it breaks a national rule, or does not belong in NCTS."""
    return bool(requirements.findings(event.body, facts))


def suspicious(_case: Prenotified, _event: Event, facts: Facts) -> bool:
    """Hold if a criterion of safety and security hits it."""
    return bool(facts.hits)


def not_the_filer(case: Prenotified, _event: Event, facts: Facts) -> bool:
    """Hold if the message comes from another party than the prenotification."""
    return facts.sender != case.filer


# Then

def tell_unfit(_case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse it for every rule that it breaks (IE056)."""
    yield Refuse(requirements.findings(event.body, facts))


def give_mrn(case: Prenotified, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Send the MRN (IE028): it is assessed and nothing speaks against it."""
    yield Name(f"prenotification/{case.mrn}")
    for document in many(case.declaration["Transport"]["TransportDocument"]):
        yield Name(f"prenotified/{document['referenceNumber']}/{case.mrn}")
    yield Timer("expiry", facts.now + timedelta(minutes=minutes("prenotification")))
    yield to_filer(case, "IE028", {
        "TransitOperation/acceptanceDateAndTime": second(case.lodged),
        "TransitOperation/deadlineDateAndTime": second(case.deadline),
        "TransitOperation/late": "1" if case.late else "0",
        "TransitOperation/heldUntilDateAndTime": second(case.held_until),
    })


def give_mrn_and_ask(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Send the MRN (IE028) and ask an officer to assess what the control filter hit."""
    yield from give_mrn(case, event, facts)
    yield assess(case)


def assess(case: Prenotified) -> Task:
    """Ask an officer to assess: nothing to do, a control, or more information."""
    said = ", ".join(case.flags)
    return Task("assess", f"Assess the prenotification: criteria {', '.join(case.hits)}"
                + (f"; {said}" if said else ""),
                f"Vurder forhåndsvarselet: kriterier {', '.join(case.hits)}",
                ("no-risk", "control", "ask-information"))


def tell_no_correction(_case: Prenotified, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a correction: a new prenotification, then the cancellation of this one."""
    yield refuse("92", "a prenotification cannot be corrected: lodge a new one, then ask for the "
                 "cancellation of this one and name the new MRN",
                 "et forhåndsvarsel kan ikke korrigeres: send et nytt, be så om å få dette "
                 "kansellert og oppgi det nye MRN", "N0007",
                 f"/{event.body.get('messageType', '*')}/TransitOperation")


def tell_stranger(_case: Prenotified, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message of somebody else about a prenotification."""
    yield refuse("14", "only who filed the prenotification may send this about it",
                 "bare den som avga forhåndsvarselet, kan sende dette om det", "",
                 f"/{event.body.get('messageType', '*')}")


def tell_unknown(_case: Prenotified, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about a prenotification that this office does not know."""
    number = at(event.body, "TransitOperation/MRN")
    yield refuse("90", f"MRN {number} is not known here", f"MRN {number} er ikke kjent her",
                 "", f"/{event.body.get('messageType', '*')}/TransitOperation/MRN")


def lapse(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Let a prenotification lapse whose goods never came."""
    yield Task("assess")
    yield Task("cancel")


def _lodging(state: str, refused: str) -> tuple[On, ...]:
    """Return the rows of a prenotification where there is none: an LRN may be used anew."""
    return (
        On(state, "IE015", broken,     refused,            reject),
        On(state, "IE015", unfit,      refused,            tell_unfit),
        On(state, "IE015", suspicious, "under assessment", give_mrn_and_ask, lodged),
        On(state, "IE015", always,     "clear",            give_mrn,         lodged),
    )


# fmt: off
ROWS = (
    On("none", "IE013", always,        SAME, tell_unknown),
    On("none", "IE014", always,        SAME, tell_unknown),
    On("none", "IEN63", always,        SAME, tell_unknown),
    On(ANY,    "IE013", not_the_filer, SAME, tell_stranger),
    On(ANY,    "IE013", always,        SAME, tell_no_correction),
    *_lodging("none", "rejected"),
    *_lodging("rejected", SAME),
    On("clear",           "timer expiry", always, "expired", lapse),
    On("control ordered", "timer expiry", always, "expired", lapse),
)
# fmt: on
