"""The control filter: which criteria of a dated table hit a message.

Pure: the criteria come in. A hit suppresses the automatic release and makes a task; no message to
a trader ever tells which criterion it was.
"""
from datetime import date
from typing import Any

import msgspec

from tollbod.case.carry import many


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion: where it looks (`Consignment/HouseConsignment/...`), how, and for what."""

    id: str
    path: str
    how: str                            # equals | starts | contains
    value: str
    first_day: date | None = None
    last_day: date | None = None
    reason: str = ""                    # for the officer


TESTS = {
    "equals": lambda text, value: text == value,
    "starts": lambda text, value: text.startswith(value),
    "contains": lambda text, value: value.casefold() in text.casefold(),
}


def hits(body: dict[str, Any], criteria: tuple[Criterion, ...], on: date) -> tuple[str, ...]:
    """Return the ids of the criteria in force on a day that hit the plain message."""
    return tuple(
        c.id for c in criteria
        if (c.first_day is None or c.first_day <= on)
        and (c.last_day is None or on <= c.last_day)
        and any(TESTS[c.how](text, c.value) for text in _values(body, c.path.split("/")))
    )


def _values(here: Any, path: list[str]) -> list[str]:
    if not path:
        return [here] if isinstance(here, str) else []
    return [text for one in many(here) if isinstance(one, dict)
            for text in _values(one.get(path[0]), path[1:])]
