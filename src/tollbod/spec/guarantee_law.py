"""Which reasons against a guarantee hold under which regime, and which goods are restricted.

Tables: `spec/regimes/guarantee_reasons.txt` and `spec/regimes/restricted_goods.txt`.
"""
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tollbod.spec.regime_tables import REGIMES


class Reason(NamedTuple):
    """A reason G01 to G13: the code that travels for it ("" where it is not judged), and words."""

    code: str
    travels: str
    words: str


class Restricted(NamedTuple):
    """Goods that a guarantee may be barred for, from a day on and perhaps until another."""

    first: date
    last: date | None
    kind: str               # sensitive | suspended
    code: str               # beginning of the commodity code


def _lines(name: str) -> list[str]:
    text = (files("tollbod.spec") / "regimes" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def reasons(regime: str) -> dict[str, Reason]:
    """Return the reasons of a regime, in the order in which they are judged.

    >>> reasons("founding")["G07"].travels, reasons("current")["G07"].travels
    ('G06', '')
    """
    column = 1 + REGIMES.index(regime)
    found = {}
    for line in _lines("guarantee_reasons.txt"):
        cells = line.split(maxsplit=3)
        travels = cells[column] if cells[column] != "-" else ""
        found[cells[0]] = Reason(cells[0], travels, cells[3])
    return found


@cache
def restricted() -> tuple[Restricted, ...]:
    """Return the table of restricted goods."""
    rows = [line.split(maxsplit=4) for line in _lines("restricted_goods.txt")]
    return tuple(Restricted(date.fromisoformat(first),
                            None if last == "-" else date.fromisoformat(last), kind, code)
                 for first, last, kind, code, _ in rows)


def are(kind: str, commodities: Iterable[str], on: date) -> bool:
    """Tell whether any of these commodity codes is of a kind of restricted goods on a day.

    >>> are("sensitive", ["22083000"], date(2026, 5, 4)), are("sensitive", ["0304"], date.max)
    (True, False)
    """
    rows = [row for row in restricted()
            if row.kind == kind and row.first <= on and (row.last is None or on <= row.last)]
    return any(code.startswith(row.code) for code in commodities for row in rows)
