"""At the border: the goods are presented with the MRN or the slip, held, controlled, let pass.

Who comes without a prenotification is recorded, flagged and held until one is filed (PRE-MISS-01).
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Task, Timer, always, refuse,
)
from tollbod.prenotification.case import Prenotified
from tollbod.prenotification.letters import second, to_filer

OUTCOMES = ("satisfactory", "stopped")


# Learn

def presented(case: Prenotified, event: Event, facts: Facts) -> Prenotified:
    """Learn that the goods are at the border, shown by MRN or slip."""
    return msgspec.structs.replace(case, presented=facts.now,
                                   shown=event.body.get("shown") or "mrn")


def controlled(case: Prenotified, event: Event, _facts: Facts) -> Prenotified:
    """Learn the result of the control."""
    return msgspec.structs.replace(case, control=event.body["result"])


def came_without(case: Prenotified, event: Event, facts: Facts) -> Prenotified:
    """Learn of goods that came without a prenotification."""
    return msgspec.structs.replace(
        case, presented=facts.now, lrn=facts.case,
        flags=(f"arrived without prenotification: {event.body.get('text') or facts.case}",))


def filed_after(case: Prenotified, event: Event, _facts: Facts) -> Prenotified:
    """Learn under which MRN it was prenotified at last."""
    return msgspec.structs.replace(case, replaced_by=event.body["mrn"])


# When

def still_held(case: Prenotified, _event: Event, facts: Facts) -> bool:
    """Hold if it was filed late and its time is not over."""
    return case.held_until is not None and facts.now < case.held_until


def was_presented(case: Prenotified, _event: Event, _facts: Facts) -> bool:
    """Hold if the goods are at the border already."""
    return case.presented is not None


def to_be_held(case: Prenotified, event: Event, facts: Facts) -> bool:
    """Hold if the goods are at the border already and may not go on yet."""
    return was_presented(case, event, facts) and still_held(case, event, facts)


def no_result(_case: Prenotified, event: Event, _facts: Facts) -> bool:
    """Hold if the result is none that a control has."""
    return event.body.get("result") not in OUTCOMES


def stopped(_case: Prenotified, event: Event, _facts: Facts) -> bool:
    """Hold if the control stops the goods."""
    return event.body.get("result") == "stopped"


def not_filed(_case: Prenotified, event: Event, facts: Facts) -> bool:
    """Hold if no prenotification of ours has the MRN that is named."""
    return not facts.filer_of(event.body.get("mrn", ""))


# Then

def let_pass(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Let the goods pass and tell the filer (IEN25)."""
    for task in ("assess", "control", "cancel"):
        yield Task(task)
    yield Timer("expiry", None)
    outcome = case.control if case.control in OUTCOMES else "passed"
    yield to_filer(case, "IEN25", {"TransitOperation/closedDateAndTime": second(facts.now),
                                   "TransitOperation/outcome": outcome})


def hold_goods(case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Hold the goods until the time of a late filing is over (PRE-MISS-02, PRE-MISS-03)."""
    for task in ("assess", "control"):
        yield Task(task)
    yield Timer("expiry", None)
    yield Timer("hold", case.held_until)


def on_hold(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Keep the goods at the border while they are assessed."""
    yield Timer("expiry", None)


def control_here(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to control the goods that were presented."""
    yield Timer("expiry", None)
    yield Task("control", "Control the goods of the prenotification",
               "Kontroller varene i forhåndsvarselet", ("control-result",))


def tell_result(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a result that is none."""
    yield refuse("14", f"result: {' or '.join(OUTCOMES)}", f"result: {' eller '.join(OUTCOMES)}")


def hold_unnotified(case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Hold goods that came without a prenotification, and ask for its MRN."""
    yield Task("unnotified", f"Held: {case.flags[0]}; the transporter must file at once",
               f"Holdt: ankommet uten forhåndsvarsel ({case.lrn}); transportøren må avgi det "
               "umiddelbart", ("notified",))


def tell_not_filed(_case: Prenotified, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an MRN that is no prenotification of ours."""
    yield refuse("90", f"no prenotification has the MRN {event.body.get('mrn', '')!s:.40}",
                 f"intet forhåndsvarsel har MRN {event.body.get('mrn', '')!s:.40}")


def go_on_there(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the record: the goods now follow the late prenotification, and its time."""
    yield Task("unnotified")


# fmt: off
ROWS = (
    #  in state           on                           when        to               then             learn
    On("clear",           "officer present",           still_held, "held",          hold_goods,      presented),
    On("clear",           "officer present",           always,     "closed",        let_pass,        presented),
    On("control ordered", "officer present",           always,     "under control", control_here,    presented),
    On("under control",   "officer control-result",    no_result,  SAME,            tell_result),
    On("under control",   "officer control-result",    stopped,    "stopped",       let_pass,        controlled),
    On("under control",   "officer control-result",    still_held, "held",          hold_goods,      controlled),
    On("under control",   "officer control-result",    always,     "closed",        let_pass,        controlled),
    On("held",            "timer hold",                always,     "closed",        let_pass),
    On("none",            "officer arrive-unnotified", always,     "not notified",  hold_unnotified, came_without),
    On("not notified",    "officer notified",          not_filed,  SAME,            tell_not_filed),
    On("not notified",    "officer notified",          always,     "notified",      go_on_there,     filed_after),
)
# fmt: on
