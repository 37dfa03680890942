"""The results of the destination (IE018): write-off (IE045), discrepancies (IE019), their end."""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing,
)
from tollbod.movement.deadlines import start
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.debt import drop, owing
from tollbod.movement.departure.enquiry import call_off
from tollbod.movement.departure.exports import report_exports, tell_results
from tollbod.movement.departure.guarantee import discharge
from tollbod.movement.departure.letters import day, here, to_declarant
from tollbod.movement.departure.on_the_way import arrival
from tollbod.movement.departure.recovery import recover


# Learn

def results(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the results of the control at destination (IE018)."""
    office = at(event.body, "CustomsOfficeOfDestinationActual/referenceNumber")
    return msgspec.structs.replace(case, results=event.body, destination=office)


# When

def in_order(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold for results A1 (satisfactory) and A2 (considered satisfactory)."""
    return at(event.body, "ControlResult/code") in ("A1", "A2")


def minor_and_automatic(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold for result A5 where the national profile writes minor discrepancies off by itself."""
    minor = at(event.body, "ControlResult/code") == "A5"
    return minor and facts.profile.writes_off_minor


def major(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold for result B1 (not satisfactory)."""
    return at(event.body, "ControlResult/code") == "B1"


# Then

def stop_asking(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Wait for results no longer; if they had been asked for (IE142), call that off (IE059).

    The export system hears of them (IE042).
    """
    yield Timer("results", None)
    yield from report_exports(case, event)
    if case.state == "results asked":
        yield from call_off(case, facts)


def write_off(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Write the movement off (IE045) and end the liability of its guarantees (IE204)."""
    yield from stop_asking(case, event, facts)
    for task in ("discrepancies", "recovery", "information"):
        yield Task(task)
    for timer in ("discrepancies", "recovery"):
        yield Timer(timer, None)
    yield to_declarant(case, "IE045", {
        "TransitOperation/MRN": case.mrn, "TransitOperation/writeOffDate": day(facts.now),
    })
    yield from drop(case)
    yield from discharge(case, facts)


def ask_write_off(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask an officer of departure to decide on minor discrepancies (A5)."""
    yield from stop_asking(case, event, facts)
    yield Task("discrepancies", "Decide on the discrepancies found at destination",
               "Avgjør uoverensstemmelsene funnet ved bestemmelsesstedet", ("write-off",))


def tell_discrepancies(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the declarant of major discrepancies (IE019) and start the time to resolve them."""
    yield from stop_asking(case, event, facts)
    yield to_declarant(case, "IE019", {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/discrepanciesNotificationDate": day(facts.now),
        "TransitOperation/discrepanciesNotificationText":
            at(event.body, "TransitOperation/otherThingsToReport") or None,
    })
    yield Task("discrepancies", "Resolve the major discrepancies found at destination",
               "Avklar de vesentlige uoverensstemmelsene funnet ved bestemmelsesstedet",
               ("resolve-discrepancies", "confirm-discrepancies"))
    yield start("discrepancies", facts)


def _solved(case: Departure, facts: Facts, yes: bool) -> Send:
    """Tell the office of destination how the discrepancies ended (IE049)."""
    operation = {"MRN": case.mrn, "discrepanciesResolved": "1" if yes else "0"}
    if yes:
        operation["writeOffDate"] = day(facts.now)                              # C0354
    return Send("IE049", case.destination, {
        "TransitOperation": operation,
        "CustomsOfficeOfDeparture": here(case),
        "CustomsOfficeOfDestinationActual": {"referenceNumber": case.destination},
    }, "destination", case.mrn)


def resolve(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """The discrepancies are resolved: IE049 to the destination, then write-off."""
    yield _solved(case, facts, True)
    yield from write_off(case, event, facts)


def not_resolved(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """The discrepancies stand: IE049 to the destination, then recovery (IE035)."""
    yield Task("discrepancies")
    yield Timer("discrepancies", None)
    yield _solved(case, facts, False)
    yield from recover(case, event, facts)


def stay_unresolved(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the destination at once that nothing will be resolved: the debt is being recovered."""
    yield from report_exports(case, event)
    yield _solved(case, facts, False)


def stay_written_off(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the destination at once that nothing is open: the movement is written off."""
    yield _solved(case, facts, True)


# fmt: off
def _coming(state: str) -> tuple[On, ...]:
    """Return the rows of the results in a state that waits for them."""
    return (
        On(state, "IE018", in_order,            "written off",        write_off,          results),
        On(state, "IE018", minor_and_automatic, "written off",        write_off,          results),
        On(state, "IE018", major,               "discrepancies open", tell_discrepancies, results),
        On(state, "IE018", always,              "discrepancies",      ask_write_off,      results),
    )


ROWS = (
    *_coming("arrived"),
    *_coming("results asked"),
    #  in state              on                               when    go to             then
    On("discrepancies",      "officer write-off",             always, "written off",    write_off),
    On("discrepancies open", "officer resolve-discrepancies", always, "written off",    resolve),
    On("discrepancies open", "officer confirm-discrepancies", always, "under recovery", not_resolved, owing),
    On("discrepancies open", "timer discrepancies",           always, "under recovery", not_resolved, owing),

    #  late: the debt is being recovered, or paid          when      go to          then              learn
    On("under recovery",     "IE006",                      always,   SAME,          nothing,          arrival),
    On("under recovery",     "IE018",                      in_order, "written off", write_off,        results),
    On("under recovery",     "IE018",                      major,    SAME,          stay_unresolved,  results),
    On("under recovery",     "IE018",                      always,   SAME,          tell_results,     results),
    On("written off",        "IE018",                      major,    SAME,          stay_written_off, results),
    On("written off",        "IE018",                      always,   SAME,          nothing),
)
# fmt: on
