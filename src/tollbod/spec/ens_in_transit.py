"""Which countries take an entry summary declaration (ENS) inside the transit declaration, by day.

Table: `spec/regimes/ens_in_transit.txt`. A country opts in (the transit declaration may carry the
data, CCA15D) or out (an ENS is filed apart and named in the transit as previous document N355).
"""
from datetime import date
from functools import cache
from typing import NamedTuple

from tollbod.spec import ics2_law, regime_tables
from tollbod.spec.regime_tables import Span

BY_ROAD = "F50"                 # the kind whose release is called R3 in the table


class Stance(NamedTuple):
    """How a country takes entry data from day to day, and by what that is known."""

    country: str
    joined: bool
    days: Span
    why: str


@cache
def stances(regime: str) -> tuple[Stance, ...]:
    """Return `ens_in_transit.txt` for a regime."""
    begins = ics2_law.release_of(BY_ROAD, regime).first.isoformat()
    return tuple(
        Stance(country, way == "in",
               regime_tables.span(begins if first == "R3" else first, last), why)
        for of, country, way, first, last, why in regime_tables.rows("ens_in_transit.txt")
        if regime_tables.of(regime, of))


def stance(country: str, day: date, regime: str) -> Stance | None:
    """Return how a country takes entry data on a day; None if it takes none.

    >>> stance("SE", date(2026, 5, 4), "founding").joined
    True
    >>> stance("NO", date(2026, 5, 4), "founding").joined
    False
    """
    return next((one for one in stances(regime)
                 if one.country == country and one.days.covers(day)), None)


def opts_in(country: str, day: date, regime: str) -> bool:
    """Tell whether a country takes entry data in the transit declaration on a day.

    >>> opts_in("SE", date(2024, 2, 29), "founding"), opts_in("SE", date(2024, 3, 1), "founding")
    (False, True)
    """
    found = stance(country, day, regime)
    return found is not None and found.joined


def opts_out(country: str, day: date, regime: str) -> bool:
    """Tell whether a country takes entry data apart from the transit only, on a day.

    >>> opts_out("NO", date(2025, 3, 31), "current"), opts_out("NO", date(2025, 4, 1), "current")
    (False, True)
    """
    found = stance(country, day, regime)
    return found is not None and not found.joined
