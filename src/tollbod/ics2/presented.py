"""Goods of a filing that a party presents at the border: routed, or told why not.

A presentation of its own (`presenting`) names them; who presents gets a part in the filing. What
is not decided yet waits (ENTRY_PENDING) and is routed by the officer's decision; after an amendment
it is presented once more.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import ANY, SAME, Effect, Event, Facts, On, Tell, always
from tollbod.ics2 import routing
from tollbod.ics2.assessment import find_no_risk, recommended, suspected
from tollbod.ics2.case import Filing
from tollbod.ics2.completeness import (
    WAITING, awaits, complete_and_clear, considered, suspected_now,
)
from tollbod.ics2.presentation import (
    control_at_entry, control_now, let_in, not_arrived, not_complete,
)
from tollbod.ics2.registration import heard

UNDECIDED = ("registered", "pending completeness", "under assessment", "referral open")
PARTS = ("pending linking", "linked", "joined")     # of a declaration that another one began
TO_CONTROL = ("control recommended", "control announced")
ROUTED = ("presented", "under control", "stopped")


# Learn

def connected(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn who presents the goods: that party has a part in them now."""
    return msgspec.structs.replace(
        case, presenters=tuple(dict.fromkeys((*case.presenters, event.body["presenter"]))))


# When

def stands_at_border(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if the goods were presented while they were being assessed."""
    return bool(case.presenters)


def completes_at_border(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if a declaration without hits is complete now, and its goods stand at the border."""
    by_land = not not_arrived(case, event, facts)
    lacks = event.name == "tell parts" and awaits(case, event, facts)
    hit = suspected(case, event, facts) or suspected_now(case, event, facts)
    return stands_at_border(case, event, facts) and by_land and not lacks and not hit


def undecided(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold while nothing is decided about the goods."""
    return case.state in UNDECIDED


def part_of_another(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it is a part of a declaration that another filing began: that one is presented."""
    return case.state in PARTS


def routed(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if the goods were presented and routed before."""
    return case.state in ROUTED


# Then

def _answered(case: Filing, event: Event, why: tuple[str, str] = ("", "")) -> Tell:
    """Tell the presentation what became of the goods; `why` they are not taken, en and nb."""
    return Tell("presented", event.body.get("role", "presentation"), event.body["stream"], {
        "name": event.body["name"], "mrn": case.mrn, "why": why[0], "nb": why[1]},
        event.body["office"], named=False)


def take_in(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the presentation: the goods may enter (TO_ENTRY)."""
    yield from let_in(case, event, facts)
    yield _answered(case, event)


def take_to_control(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the presentation and order the control (IE3N08; TO_CONTROL)."""
    yield from control_at_entry(case, event, facts)
    yield _answered(case, event)


def take_to_announced(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the presentation; the control that was announced on arrival begins (TO_CONTROL)."""
    yield from control_now(case, event, facts)
    yield _answered(case, event)


def keep_waiting(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Let the goods wait: their assessment is not done (ENTRY_PENDING)."""
    yield from routing.signals(case, facts, routing.PENDING)
    yield _answered(case, event)


def tell_routing(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell who presents them once more where the goods stand."""
    yield from routing.signals(case, facts, routing.BY_STATE[case.state], event.body["presenter"])
    yield _answered(case, event)


def refuse_minimum(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Do not take it: before arrival a full filing is due."""
    yield _answered(case, event, (
        "this is the minimum data set before loading; present the goods under their full filing",
        "dette er minimumsdatasettet før lasting; legg varene fram på den fullstendige "
        "deklarasjonen"))


def refuse_part(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Do not take it: the goods are presented under the master filing."""
    yield _answered(case, event, (
        "this is a part of a declaration: present the goods under the master filing",
        "dette er en del av en deklarasjon: legg varene fram på hoveddeklarasjonen"))


def refuse_before_arrival(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Do not take it: by sea and air the arrival is notified first (IE3N06)."""
    yield _answered(case, event, (
        "by sea and air the arrival is notified first (IE3N06)",
        "med skip og fly meldes ankomsten først (IE3N06)"))


def tell_not_notified(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell that no valid filing stands behind the goods (NON_NOTIFIED)."""
    yield Tell("not-notified", "presentation", event.body["stream"],
               {"name": event.body["name"]}, event.body["office"], named=False)


def clear_and_let_in(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Find no risk (IE3N03); the goods stand at the border and may enter (TO_ENTRY)."""
    yield from find_no_risk(case, event, facts)
    yield from let_in(case, event, facts)


def complete_and_let_in(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Assess it whole: complete, nothing hits (IE3N03); goods at the border enter (TO_ENTRY)."""
    yield from complete_and_clear(case, event, facts)
    yield from let_in(case, event, facts)


def recommend_and_control(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Order the control of goods that stand at the border (IE3N03, IE3N08; TO_CONTROL)."""
    yield from control_at_entry(case, event, facts)
    yield from find_no_risk(case, event, facts)


PRESENT = "tell present"
# fmt: off
# Asked before the rows of the assessment: what waits at the border is decided with it.
FIRST = (
    On(WAITING,            "tell parts",      completes_at_border, "presented",  complete_and_let_in,   heard),
    On(WAITING,            "officer analyse", completes_at_border, "presented",  complete_and_let_in,   considered),
    On("under assessment", "officer no-risk", stands_at_border, "presented",     clear_and_let_in),
    On("under assessment", "officer control", stands_at_border, "under control", recommend_and_control, recommended),
)
ROWS = (
    #  in state              on       when          go to            then                   learn
    On("assessed",            PRESENT, not_complete, SAME,            refuse_minimum),
    On("assessed",            PRESENT, not_arrived,  SAME,            refuse_before_arrival),
    On("assessed",            PRESENT, always,       "presented",     take_in,               connected),
    On("arrived",             PRESENT, always,       "presented",     take_in,               connected),
    On("partially arrived",   PRESENT, always,       "presented",     take_in,               connected),
    On("arrived for control", PRESENT, always,       "under control", take_to_announced,     connected),
    *(row for state in TO_CONTROL for row in (
        On(state,             PRESENT, not_arrived,  SAME,            refuse_before_arrival),
        On(state,             PRESENT, always,       "under control", take_to_control,       connected))),
    On("do not load",         PRESENT, always,       SAME,            refuse_before_arrival),
    On(ANY,                   PRESENT, undecided,    SAME,            keep_waiting,          connected),
    On(ANY,                   PRESENT, part_of_another, SAME,         refuse_part),
    On(ANY,                   PRESENT, routed,       SAME,            tell_routing,          connected),
    On(ANY,                   PRESENT, always,       SAME,            tell_not_notified),
)
# fmt: on
