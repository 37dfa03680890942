"""By when a prenotification must be filed: which row of the law holds, and what follows from it.

Pure: everything that depends on the clock is asked with a moment.
"""
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tollbod.prenotification.question import Question
from tollbod.prenotification.route import Crossing
from tollbod.spec import prenotification_law, security_zone
from tollbod.spec.prenotification_law import Deadline

LONG_FLIGHT = timedelta(hours=4)        # PRE-TIME-03: exactly four hours is a long flight
SHORT_TRAIN = timedelta(hours=2)
ATLANTIC_VOYAGE = timedelta(hours=24)   # PRE-TIME-09: under 24 hours
FOUR_HOURS = timedelta(hours=4)         # PRE-MISS-02, PRE-BCP-08
OWN_FAULT = ("consignor", "filer", "network")


class Due(NamedTuple):
    """A deadline as it applies: the row, the period, the moment, what is missing to know it."""

    row: Deadline
    period: timedelta               # the row's offset; longer where an outage makes it so
    at: datetime | None             # None while the moment of its event is not known
    needs: tuple[str, ...]          # fields that would decide between rows, or the event
    rules: tuple[tuple[Deadline, timedelta, datetime | None], ...]  # all that may hold, it first

    def missed(self, moment: datetime) -> bool | None:
        """Tell whether what is filed at a moment is late; None while the deadline is unknown."""
        if self.at is None:
            return None
        return moment >= self.at if self.row.strictly else moment > self.at


def deadline(asked: Question, crossing: Crossing, data: str) -> Due:
    """Return the deadline of a data set at a crossing.

    Of the rows that may hold, as long as not everything is known, the strictest is taken: the one
    with the earliest moment, or with the longest period where moments cannot be compared.
    """
    may, needs = _rows(asked, crossing, data)
    applied = [(row, _period(asked, row), asked.at(row.event, crossing.flow)) for row in may]
    rules = sorted(applied, key=_strictness)
    row, period, event = rules[0]
    needs += [one.event for one, _, at in applied if at is None and one.event not in needs]
    if row.event == "crossing" and event is None:
        needs = ["arrival" if crossing.flow == "entry" else "departure"]
    at = event - period if event and (len(may) == 1 or _comparable(applied)) else None
    return Due(row, period, at, tuple(needs), tuple(
        (one, longer, then - longer if then else None) for one, longer, then in rules))


def _strictness(applied: tuple[Deadline, timedelta, datetime | None]) -> tuple:
    _, period, event = applied
    latest = datetime.max.replace(tzinfo=UTC)
    return (event - period if event else latest, -period)


def _comparable(applied: list) -> bool:
    """Tell whether the earliest known moment is surely the strictest.

    Loading and departure come before arrival: a row that hangs on one of them, unknown, may be
    earlier, unless its moment is after the event less four hours, as for a short flight.
    """
    unknown = [row for row, _, event in applied if event is None]
    return all(row.case == "short" for row in unknown)


def _rows(asked: Question, crossing: Crossing, data: str) -> tuple[list[Deadline], list[str]]:
    may: list[Deadline] = []
    needs: list[str] = []
    for row in prenotification_law.deadlines(asked.regime):
        if (row.flow, row.data, row.mode) == (crossing.flow, data, asked.mode):
            holds, missing = _case(row.case, asked, crossing)
            if holds is not False:
                may.append(row)
            if holds:
                break
            needs += [one for one in missing if one not in needs and holds is None]
    return may, needs


def _case(case: str, asked: Question, crossing: Crossing) -> tuple[bool | None, tuple[str, ...]]:
    """Tell whether a case is given, None if that is not known, and what would tell."""
    if case == "any":
        return True, ()
    if case == "container":
        return (asked.cargo == "container" if asked.cargo else None), ("cargo",)
    if case == "near":
        return _port("near", crossing.out, asked, crossing, outside=True)
    if case == "atlantic":
        there, missing = _port("atlantic", crossing.into, asked, crossing, outside=False)
        return _both(there, missing, _under(ATLANTIC_VOYAGE, asked), ("duration",))
    limit = {"short": LONG_FLIGHT, "short train": SHORT_TRAIN}[case]
    return _under(limit, asked), ("duration",)


def _under(limit: timedelta, asked: Question) -> bool | None:
    length = asked.length()
    return None if length is None else length < limit


def _both(one: bool | None, missing: tuple[str, ...], other: bool | None,
          lacking: tuple[str, ...]) -> tuple[bool | None, tuple[str, ...]]:
    if one is False or other is False:
        return False, ()
    if one and other:
        return True, ()
    return None, (*(missing if one is None else ()), *(lacking if other is None else ()))


def _port(kind: str, country: str, asked: Question, crossing: Crossing, *,
          outside: bool) -> tuple[bool | None, tuple[str, ...]]:
    """Tell whether the port on one side of the border is of a kind."""
    first = (crossing.flow == "entry") == outside       # the port that the voyage begins in
    name, port = ("from-port", asked.from_port) if first else ("to-port", asked.to_port)
    if port and port[:2] != country and (port[:2], country) != ("GB", "XI"):
        port = ""                                       # of another stretch of the route
    found = security_zone.basin(kind, country, port, asked.regime)
    return (None if found is None else bool(found)), (name,)


def _period(asked: Question, row: Deadline) -> timedelta:
    """Return the ordinary period; in an outage by own fault four hours, or longer if that is.

    PRE-BCP-07..09. The page speaks of the filer and the network provider; an authorised
    consignor whose own system is down is a filer.
    """
    return max(FOUR_HOURS, row.offset) if asked.outage in OWN_FAULT else row.offset


def held_until(due: Due, filed: datetime, arrival: datetime | None) -> datetime | None:
    """Return until when goods are held that were prenotified late; None if it was in time.

    After arrival: four hours from filing, or the ordinary period if that is longer (PRE-MISS-02,
    PRE-MISS-03). Too late, but before arrival: the page is silent; customs has its ordinary
    period (ours).
    """
    if not due.missed(filed):
        return None
    forgotten = arrival is not None and filed >= arrival
    return filed + (max(FOUR_HOURS, due.row.offset) if forgotten else due.row.offset)
