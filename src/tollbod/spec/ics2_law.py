"""What the tables say of filings of ICS2: their kinds, the releases, the stop words."""
from datetime import date
from functools import cache
from typing import NamedTuple

from tollbod.spec import regime_tables


class Kind(NamedTuple):
    """A kind of filing: of which mode and level, and how long its risk analysis may take."""

    name: str                   # F50
    mode: str                   # sea | air | road | rail
    level: str                  # full | minimum | master | house
    preloading: bool            # answered before loading
    minutes: int | None         # None: it has no timer of its own


class Upper(NamedTuple):
    """What completes a filing: the kinds of those that it names, and how long a master waits."""

    answered_by: tuple[str, ...]
    minutes: int | None         # None: it is not a master


class Release(NamedTuple):
    """From when kinds of filing are taken."""

    name: str                   # R1 | R2 | R3
    modes: tuple[str, ...]
    who: str
    kinds: tuple[str, ...]
    first: date


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of filing by its name.

    >>> kinds()["F50"].minutes, kinds()["F32"].preloading
    (60, True)
    """
    return {name: Kind(name, mode, level, preloading == "yes",
                       None if minutes == "-" else int(minutes))
            for name, mode, level, preloading, minutes in regime_tables.rows("filings.txt", "ics2")}


@cache
def uppers() -> dict[str, Upper]:
    """Return the kinds of filing that others complete.

    >>> uppers()["F12"]
    Upper(answered_by=('F14', 'F15'), minutes=720)
    """
    return {name: Upper(tuple(below.split()), None if minutes == "-" else int(minutes))
            for name, below, minutes in regime_tables.rows("linking.txt", "ics2")}


@cache
def answers(lower: str, upper: str) -> bool:
    """Tell whether a kind of filing is one that the upper kind waits for.

    >>> answers("F16", "F13"), answers("F16", "F12")
    (True, False)
    """
    return upper in uppers() and lower in uppers()[upper].answered_by


@cache
def releases(regime: str) -> tuple[Release, ...]:
    """Return the releases of a regime, one row for each mode and who files.

    >>> sorted({one.name for one in releases("founding")})
    ['R1', 'R2', 'R3']
    """
    return tuple(Release(name, tuple(modes.split()), who, tuple(kinds_.split()),
                         date.fromisoformat(first))
                 for of, name, modes, who, kinds_, first in regime_tables.rows("ics2_releases.txt")
                 if regime_tables.of(regime, of))


def release_of(kind: str, regime: str) -> Release:
    """Return the release with which a kind of filing began.

    >>> release_of("F50", "founding").first, release_of("F50", "current").first
    (datetime.date(2024, 3, 1), datetime.date(2025, 4, 1))
    """
    return next(one for one in releases(regime) if kind in one.kinds)


def active(day: date, regime: str) -> tuple[str, ...]:
    """Return the releases that have begun on a day, wholly or for some who file.

    >>> active(date(2021, 3, 14), "founding"), active(date(2023, 3, 1), "founding")
    ((), ('R1', 'R2'))
    """
    return tuple(dict.fromkeys(one.name for one in releases(regime) if one.first <= day))


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Return the words that say nothing, by element."""
    found: dict[str, set[str]] = {}
    for element, words in regime_tables.rows("stop_words.txt", "ics2"):
        found.setdefault(element, set()).update(words.split())
    return {element: frozenset(words) for element, words in found.items()}

