"""What criteria would do, or have done: how often each hits, and whom it leaves in peace.

Pure: declared data and criteria come in. Before a criterion is put in force its hits can be counted
on what was declared; traders who are trusted (authorised operators) are counted by themselves, so
that one sees whether lawful trade is disturbed less.
"""
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import msgspec

from tollbod.risk.control_filter import Criterion, found

EXAMPLES = 5                    # of each criterion


class Declared(NamedTuple):
    """Something declared: under which number, by a trusted trader or not, what, and when."""

    mrn: str
    trusted: bool
    root: str
    body: dict[str, Any]
    on: date


class Example(msgspec.Struct, frozen=True):
    """Something that a criterion hit, and where."""

    mrn: str
    places: tuple[str, ...]


class Rate(msgspec.Struct, frozen=True):
    """How often a criterion hit, of how many, with some of what it hit."""

    criterion: str
    group: str
    hits: int
    share: float
    examples: tuple[Example, ...]


class Share(msgspec.Struct, frozen=True):
    """How many were judged, and which share of them no criterion stops."""

    judged: int
    without_control: float


class Report(msgspec.Struct, frozen=True):
    """The criteria one by one, and the two kinds of traders."""

    rates: tuple[Rate, ...]
    trusted: Share
    others: Share


def report(declared: Iterable[Declared], criteria: tuple[Criterion, ...]) -> Report:
    """Try criteria on declared data."""
    hit: dict[str, list[Example]] = {one.id: [] for one in criteria}
    judged, free = {True: 0, False: 0}, {True: 0, False: 0}
    for one in declared:
        results = found(one.body, criteria, one.on, one.root)
        for result in results:
            hit[result.criterion].append(Example(one.mrn, result.pointers))
        judged[one.trusted] += 1
        free[one.trusted] += not results
    count = sum(judged.values())
    return Report(
        tuple(Rate(one.id, one.group, len(hit[one.id]), _share(len(hit[one.id]), count),
                   tuple(hit[one.id][:EXAMPLES])) for one in criteria),
        *(Share(judged[kind], _share(free[kind], judged[kind])) for kind in (True, False)))


def _share(part: int, of: int) -> float:
    return round(part / of, 4) if of else 0.0
