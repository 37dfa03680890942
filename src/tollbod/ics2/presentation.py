"""Presentation of the goods at the border, and the control there. By road and rail no arrival is
notified first: the goods are presented, by the national interface.
"""
from collections.abc import Iterable
from datetime import date, datetime, time, UTC
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Task, Timer, always, refuse,
)
from tollbod.ics2 import routing
from tollbod.ics2.case import HOUSE, MASTER, Filing
from tollbod.ics2.letters import second, to_filer

RESULTS = ("satisfactory", "stopped")


# When

def not_complete(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it is a minimum data set: a full filing is still to come."""
    return case.about.level == "minimum"


def says_no_result(_case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if the act does not say how the control went."""
    return event.body.get("result") not in RESULTS


def stopped(_case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if the goods are stopped."""
    return event.body["result"] == "stopped"


def not_arrived(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it comes by sea or air: its arrival is notified before the goods are presented."""
    return case.about.mode in ("sea", "air")


# Then

def let_in(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the presentation: the goods may enter (TO_ENTRY)."""
    yield Timer("validity", None)
    yield Timer("assessment", None)
    yield from routing.signals(case, facts, routing.TO_ENTRY)


def tell_not_complete(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the presentation: before arrival a full filing is due."""
    yield refuse("92", "this is the minimum data set before loading; goods are presented under a "
                 "full filing", "dette er minimumsdatasettet før lasting; varer legges fram på en "
                 "fullstendig deklarasjon")


def tell_not_arrived(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the presentation: the arrival is notified first (IE3N06)."""
    yield refuse("92", "by sea and air the arrival is notified first (IE3N06)",
                 "med skip og fly meldes ankomsten først (IE3N06)")


def control_now(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Have the control carried out that was announced on arrival (TO_CONTROL)."""
    yield from routing.signals(case, facts, routing.TO_CONTROL)
    yield Task("control", "Control the goods", "Kontroller varene", ("control-result",))


def control_at_entry(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Order the control: the filer is told (IE3N08; TO_CONTROL), an officer carries it out."""
    yield Timer("validity", None)
    yield from routing.signals(case, facts, routing.TO_CONTROL)
    yield Task("announce")
    yield to_filer(case, "IE3N08", control_notice(case, facts))
    yield Task("control", "Control the goods", "Kontroller varene", ("control-result",))


def control_notice(case: Filing, facts: Facts) -> dict[str, Any]:
    """Return what a notice of a control says: where, when, and of which goods."""
    houses = [{"transportDocumentHouseLevel": document}
              if (document := house.get("transportDocumentHouseLevel")) else
              {"goodsItem": [{"goodsItemNumber": item["goodsItemNumber"]}
                             for item in many(house.get("goodsItem"))]}
              for house in many(at(case.declaration, f"{MASTER}/{HOUSE}"))]
    place = {"placeOfExamination": case.control["place"]} if case.control.get("place") else {
        "referenceNumber": facts.office}
    day = case.control.get("day")
    return {
        "notificationDate": second(facts.now),
        "scheduledControlDate": second(datetime.combine(date.fromisoformat(day), time(), UTC))
        if day else None,
        "customsOfficeOfControl": {"referenceNumber": facts.office},
        "control": [{"examinationPlace": place, "controlSubject": {
            "consignmentMasterLevel": {HOUSE: houses}}}]}


def tell_no_such_result(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask for a result that says something."""
    yield refuse("14", f"result: {' or '.join(RESULTS)}", f"result: {' eller '.join(RESULTS)}")


def end_control(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the result of the control: the goods may enter, or stay with customs."""
    yield Task("control")
    yield Timer("assessment", None)
    yield from routing.signals(case, facts, routing.DENIED if stopped(case, event, facts)
                               else routing.TO_ENTRY)


def _presented(state: str) -> On:
    return On(state, "officer present", always, "under control", control_at_entry)


# fmt: off
ROWS = (
    #  in state               on                          when          go to                then               learn
    On("assessed",            "officer present",          not_complete, SAME,                tell_not_complete),
    On("assessed",            "officer present",          not_arrived,  SAME,                tell_not_arrived),
    On("assessed",            "officer present",          always,       "presented",         let_in),
    On("arrived",             "officer present",          always,       "presented",         let_in),
    On("partially arrived",   "officer present",          always,       "presented",         let_in),
    On("arrived for control", "officer present",          always,       "under control",     control_now),
    _presented("control recommended"),
    _presented("control announced"),
    _presented("do not load"),
    On("under control",       "officer control-result",   says_no_result,    SAME,                tell_no_such_result),
    On("under control",       "officer control-result",   stopped,      "stopped",           end_control),
    On("under control",       "officer control-result",   always,       "presented",         end_control),
)
# fmt: on
