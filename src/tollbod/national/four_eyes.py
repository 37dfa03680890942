"""Which acts of an officer need a second officer who confirms them: the table `four_eyes.txt`."""
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

EVERY = "*"


class Mark(msgspec.Struct, frozen=True):
    """One act that needs a second officer, in one state of one role, and why."""

    country: str                # or * for every country without rows of its own
    role: str
    act: str
    state: str
    first: date
    last: date | None
    why: str
    nb: str


@cache
def marks() -> tuple[Mark, ...]:
    """Return all rows of the table."""
    found = []
    text = (files("tollbod.national") / "four_eyes.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            country, role, act, state, first, last, why, nb = map(str.strip, line.split("|"))
            found.append(Mark(country, role, act, state, date.fromisoformat(first),
                              None if last == "-" else date.fromisoformat(last), why, nb))
    return tuple(found)


def mark(country: str, role: str, act: str, state: str, on: date) -> Mark | None:
    """Return why an act needs a second officer, if it does.

    >>> mark("NO", "departure", "write-off", "discrepancies", date(2026, 5, 4)).why[:11]
    'a liability'
    >>> mark("GB", "departure", "write-off", "discrepancies", date(2026, 5, 4))
    >>> mark("NO", "departure", "release", "covered", date(2026, 5, 4))
    """
    own = any(one.country == country for one in marks())
    whose = country if own else EVERY
    return next((one for one in marks()
                 if (one.country, one.role, one.act, one.state) == (whose, role, act, state)
                 and one.first <= on and (one.last is None or on <= one.last)), None)
