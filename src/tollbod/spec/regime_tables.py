"""How the tables of `spec/regimes` with cells between bars are read: law by regime and day."""
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

REGIMES = ("founding", "current")


class Span(NamedTuple):
    """From a day on, perhaps until another, both included."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        """Tell whether a day lies within."""
        return self.first <= day and (self.last is None or day <= self.last)


@cache
def rows(name: str, folder: str = "regimes") -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table, each as its cells."""
    text = (files("tollbod.spec") / folder / name).read_text("utf-8")
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.splitlines()
                 if line and not line.startswith("#"))


def span(first: str, last: str) -> Span:
    """Return the days between two cells; "-" is no last day.

    >>> span("2021-03-15", "-").covers(date(2021, 3, 14))
    False
    """
    return Span(date.fromisoformat(first), None if last == "-" else date.fromisoformat(last))


def of(regime: str, cell: str) -> bool:
    """Tell whether a row with this cell is of a regime.

    >>> of("current", "both"), of("current", "founding")
    (True, False)
    """
    return cell in (regime, "both")
