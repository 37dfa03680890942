"""The control filter: which criteria of a dated table hit a message, and where.

Pure: the criteria come in. A hit suppresses the automatic release and makes a task; no message to
a trader ever tells which criterion it was.
"""
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from tollbod.case.carry import many
from tollbod.case.model import Hit

FILTER = "control filter"               # under which id the register of a world keeps them
MOST_POINTERS = 9                       # of one hit (IE4S02)


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion: where it looks, how, and for what."""

    id: str
    path: str                           # Consignment/HouseConsignment/...; several: blanks between
    how: str                            # equals | starts | contains
    value: str
    first_day: date | None = None
    last_day: date | None = None
    reason: str = ""                    # for the officer
    nb: str = ""                        # the same in bokmål
    group: str = ""                     # DRUGS, CBRN ...: see spec/risk/families.txt
    level: str = ""                     # H | M | L


TESTS = {
    "equals": lambda text, value: text == value,
    "starts": lambda text, value: text.startswith(value),
    "contains": lambda text, value: value.casefold() in text.casefold(),
}


def hits(body: dict[str, Any], criteria: tuple[Criterion, ...], on: date) -> tuple[str, ...]:
    """Return the ids of the criteria in force on a day that hit the plain message."""
    texts: dict[str, list[str]] = {}
    return tuple(
        c.id for c in criteria if _in_force(c, on)
        and any(TESTS[c.how](text, c.value) for text in _texts(body, c.path, texts)))


def found(body: dict[str, Any], criteria: tuple[Criterion, ...], on: date, root: str
          ) -> tuple[Hit, ...]:
    """Return each hit with the XPaths of what it found, as a result of risk analysis has them."""
    made = []
    for one in criteria:
        if _in_force(one, on):
            places = tuple(place for path in one.path.split()
                           for place, text in _places(body, path.split("/"), f"/{root}")
                           if TESTS[one.how](text, one.value))
            if places:
                made.append(Hit(one.id, one.group, one.level, one.reason, one.nb,
                                places[:MOST_POINTERS]))
    return tuple(made)


def _in_force(one: Criterion, on: date) -> bool:
    return ((one.first_day is None or one.first_day <= on)
            and (one.last_day is None or on <= one.last_day))


def _texts(body: dict[str, Any], path: str, known: dict[str, list[str]]) -> list[str]:
    """Return the texts at a path; they are looked up once for all criteria."""
    if path not in known:
        known[path] = [text for one in path.split() for text in _values(body, one.split("/"))]
    return known[path]


def _values(here: Any, path: list[str]) -> list[str]:
    if not path:
        return [here] if isinstance(here, str) else []
    return [text for one in many(here) if isinstance(one, dict)
            for text in _values(one.get(path[0]), path[1:])]


def _places(here: Any, path: list[str], place: str) -> Iterator[tuple[str, str]]:
    """Yield the XPath and the text of each value: an index only where there are several."""
    if not path:
        if isinstance(here, str):
            yield place, here
        return
    for one in many(here):
        if not isinstance(one, dict) or path[0] not in one:
            continue
        below = many(one[path[0]])
        for n, child in enumerate(below, 1):
            index = f"[{n}]" if len(below) > 1 else ""
            yield from _places(child, path[1:], f"{place}/{path[0]}{index}")
