"""Cancelling a prenotification: asked for with a reason and the MRN of the new one, then decided.

PRE-AMEND-02, PRE-AMEND-03: since nothing can be corrected, a new one takes the place of the old;
both then name each other.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.numbers import mrn
from tollbod.prenotification.case import Prenotified
from tollbod.prenotification.letters import EDITION, second, to_filer
from tollbod.prenotification.lodging import not_the_filer, tell_stranger

STATES = ("clear", "under assessment", "information asked", "control ordered")
NEW = "/CC014N/Invalidation/replacedByMRN"


# Learn

def requested(case: Prenotified, event: Event, _facts: Facts) -> Prenotified:
    """Learn that cancellation is asked for, why, and what takes its place."""
    return msgspec.structs.replace(
        case, cancelling=at(event.body, "Invalidation/justification"),
        replaced_by=at(event.body, "Invalidation/replacedByMRN"))


def kept(case: Prenotified, _event: Event, _facts: Facts) -> Prenotified:
    """Learn that it stays as it is."""
    return msgspec.structs.replace(case, cancelling="", replaced_by="")


def linked(case: Prenotified, event: Event, _facts: Facts) -> Prenotified:
    """Learn the MRN of the one that this one has replaced."""
    return msgspec.structs.replace(case, replaces=at(event.body, "TransitOperation/MRN"))


# When

def names_no_other(case: Prenotified, event: Event, _facts: Facts) -> bool:
    """Hold if no other MRN is named that takes its place."""
    return at(event.body, "Invalidation/replacedByMRN") in ("", case.mrn)


def names_a_stranger(case: Prenotified, event: Event, facts: Facts) -> bool:
    """Hold if the MRN that is named is no prenotification of the same filer."""
    return facts.filer_of(at(event.body, "Invalidation/replacedByMRN")) != case.filer


def at_the_border(case: Prenotified, _event: Event, _facts: Facts) -> bool:
    """Hold if the goods are at the border already."""
    return case.presented is not None


def not_asked(case: Prenotified, _event: Event, _facts: Facts) -> bool:
    """Hold if nobody asks for cancellation."""
    return not case.cancelling


# Then

def ask_to_cancel(case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to decide on the request."""
    yield Task("cancel", f"Cancel the prenotification? {case.cancelling} ({case.replaced_by} takes "
               "its place)", f"Kansellere forhåndsvarselet? {case.cancelling} (erstattes av "
               f"{case.replaced_by})", ("cancel", "refuse-cancel"))


def cancel_it(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Cancel it and tell the filer (IE009)."""
    for task in ("assess", "cancel", "control"):
        yield Task(task)
    for timer in ("expiry", "information"):
        yield Timer(timer, None)
    yield _decision(case, event, facts, "1", case.replaced_by)
    there = mrn.prenotified_at(case.replaced_by)        # perhaps it was the office that was wrong
    yield Send("IEN90", there, {
        "TransitOperation": {"MRN": case.mrn, "replacedByMRN": case.replaced_by},
        "CustomsOfficeOfDeparture": {"referenceNumber": there}},
        "prenotification", case.replaced_by, EDITION)


def keep_it(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the cancellation and tell the filer (IE009)."""
    yield Task("cancel")
    yield _decision(case, event, facts, "0", "")


def _decision(case: Prenotified, event: Event, facts: Facts, decision: str, new: str) -> Effect:
    return to_filer(case, "IE009", {"Invalidation": {
        "decisionDateAndTime": second(facts.now), "decision": decision,
        "initiatedByCustoms": "0", **({"justification": text} if (
            text := event.body.get("text") or case.cancelling) else {}),
        **({"replacedByMRN": new} if new else {})}})


def tell_new(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a request that names no new prenotification."""
    yield refuse("13", "name the MRN of the new prenotification that takes the place of this one",
                 "oppgi MRN på det nye forhåndsvarselet som erstatter dette", "N0008", NEW)


def tell_stranger_new(_case: Prenotified, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a request that names somebody else's prenotification, or none."""
    new = at(event.body, "Invalidation/replacedByMRN")
    yield refuse("14", f"{new} is no prenotification of yours",
                 f"{new} er ikke ditt forhåndsvarsel", "N0009", NEW)


def tell_border(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to cancel what is at the border."""
    yield refuse("92", "the goods are at the border; it cannot be cancelled any more",
                 "varene er ved grensen; det kan ikke lenger kanselleres")


def tell_not_asked(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to decide on what nobody asked for."""
    yield refuse("92", "there is no request for cancellation",
                 "det er ingen anmodning om kansellering")


# fmt: off
def _rows(state: str) -> tuple[On, ...]:
    """Return the rows of a cancellation in a state."""
    return (
        On(state, "IE014",                 always, SAME,        ask_to_cancel, requested),
        On(state, "officer cancel",        always, "cancelled", cancel_it),
        On(state, "officer refuse-cancel", always, SAME,        keep_it,     kept),
    )


FIRST = (
    On(ANY, "IE014",                 not_the_filer,    SAME, tell_stranger),
    On(ANY, "IE014",                 names_no_other,   SAME, tell_new),
    On(ANY, "IE014",                 names_a_stranger, SAME, tell_stranger_new),
    On(ANY, "IE014",                 at_the_border,    SAME, tell_border),
    On(ANY, "officer cancel",        not_asked,        SAME, tell_not_asked),
    On(ANY, "officer refuse-cancel", not_asked,        SAME, tell_not_asked),
    On(ANY, "IEN90",                 always,           SAME, nothing, linked),
)
ROWS = tuple(row for state in STATES for row in _rows(state))
# fmt: on
