"""Timers of a movement: how long each runs, and which belong to a state and end with it."""
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from tollbod.case.carry import at
from tollbod.case.model import SAME, Effect, Event, Facts, On, Then, Timer
from tollbod.spec import timers

Deadline = Callable[[Any, Facts], Timer]


def start(name: str, facts: Facts) -> Timer:
    """Start a timer for as long as the table of timers says, in working days where it says so."""
    if timers.in_working_days(name):
        return Timer(name, facts.profile.working_days_after(facts.now, timers.days(name)))
    return Timer(name, facts.now + timedelta(minutes=timers.minutes(name)))


def answer(_case: Any, facts: Facts) -> Timer:
    """By when the record that was asked for should be here."""
    return start("record", facts)


def coming(case: Any, _facts: Facts) -> Timer:
    """When the goods are overdue: some days after the limit date of the record (G0127)."""
    limit = datetime.fromisoformat(at(case.record, "ControlResult/date")).replace(tzinfo=UTC)
    return Timer("expected", limit + timedelta(days=timers.days("arrival")))


def keeping(_case: Any, facts: Facts) -> Timer:
    """How long the record of goods that were turned away is kept."""
    return start("record kept", facts)


def reporting(case: Any, facts: Facts) -> Timer:
    """By when the results of an arrival are due: later at an authorised consignee."""
    due = start("report simplified" if case.procedure == "simplified" else "report", facts)
    return Timer("report", due.due)


def resolving(_case: Any, facts: Facts) -> Timer:
    """By when the office of departure should have said how discrepancies end (G0064)."""
    return start("resolution", facts)


def waiting_for_goods(rows: tuple[On, ...]) -> tuple[On, ...]:
    """Return the rows of an office ahead with the timers of its waits: a record, then goods."""
    rows = with_deadlines(rows, "record asked", answer, ("record",))
    rows = with_deadlines(rows, "expected", coming, ("expected", "record kept"))
    return with_deadlines(rows, "refused", keeping, ("record kept",))


def with_deadlines(rows: tuple[On, ...], states: str | tuple[str, ...], begin: Deadline,
                   names: tuple[str, ...]) -> tuple[On, ...]:
    """Return the rows so that states begin a timer when they are entered and end all of them."""
    spanned = (states,) if isinstance(states, str) else states

    def kept(row: On) -> On:
        enters = row.to in spanned and row.state not in spanned
        leaves = row.state in spanned and row.to not in (SAME, *spanned)
        if enters:
            return row._replace(then=_and(row.then, lambda case, facts: (begin(case, facts),)))
        if leaves:
            return row._replace(then=_and(row.then, lambda _case, _facts: (
                Timer(name, None) for name in names)))
        return row
    return tuple(map(kept, rows))


def _and(then: Then, more: Callable[[Any, Facts], Iterable[Effect]]) -> Then:
    @wraps(then)
    def then_and(case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
        yield from then(case, event, facts)
        yield from more(case, facts)
    return then_and
