"""Which countries are in the customs security zone on a day, and by which agreement.

Tables: `spec/regimes/security_zone.txt`, `security_agreements.txt` and, for sea ports that lie
near the zone or far out in it, `near_ports.txt`. A place is a country (ISO 3166) or a UN/LOCODE.
"""
from datetime import date
from functools import cache
from typing import NamedTuple

from tollbod.spec import regime_tables
from tollbod.spec.regime_tables import Span


class Member(NamedTuple):
    """A country of the zone, or a place apart from its country; `why` tells by what."""

    place: str
    days: Span
    why: str


class Agreement(NamedTuple):
    """A version of the agreement that makes Norway part of the zone."""

    first: date
    version: str
    en: str
    nb: str


@cache
def members(regime: str) -> dict[str, tuple[Member, ...]]:
    """Return every place that is in the zone at some time, or taken out of its country."""
    found: dict[str, tuple[Member, ...]] = {}
    for which, place, first, last, why in regime_tables.rows("security_zone.txt"):
        if regime_tables.of(regime, which):
            one = Member(place, regime_tables.span(first, last), why)
            found[place] = (*found.get(place, ()), one)
    return found


def inside(place: str, day: date, regime: str = "founding") -> bool:
    """Tell whether a country, or a port by its UN/LOCODE, is in the zone on a day.

    >>> inside("NO", date(2009, 6, 30)), inside("NO", date(2009, 7, 1))
    (False, True)
    >>> inside("ES", date(2022, 1, 1)), inside("ESCEU", date(2022, 1, 1))
    (True, False)
    """
    known = members(regime)
    if len(place) > 2 and (apart := [m for m in known.get(place, ()) if m.days.covers(day)]):
        return not apart[0].why.startswith("out")
    return any(one.days.covers(day) for one in known.get(place[:2], ()))


def third_country(place: str, day: date, regime: str = "founding") -> bool:
    """Tell whether a place is outside the zone: what no row names is.

    >>> third_country("SJ", date(2022, 1, 1)), third_country("CH", date(2022, 1, 1))
    (True, False)
    """
    return not inside(place, day, regime)


def agreement(day: date) -> Agreement | None:
    """Return the version of the agreement in force on a day; None before there was one.

    >>> agreement(date(2013, 5, 1)).version
    'EEA-2012'
    """
    found = None
    for first, version, english, bokmaal in regime_tables.rows("security_agreements.txt"):
        if date.fromisoformat(first) <= day:
            found = Agreement(date.fromisoformat(first), version, english, bokmaal)
    return found


@cache
def _ports(regime: str, kind: str) -> dict[str, str]:
    return {place: basin for which, what, place, basin, _ in regime_tables.rows("near_ports.txt")
            if what == kind and regime_tables.of(regime, which)}


def basin(kind: str, country: str, port: str, regime: str = "founding") -> str | None:
    """Return the basin in which a place is `near` or `atlantic`; "" if it is neither.

    None where the country has ports of both sorts and none is given.

    >>> basin("near", "RU", "RULED"), basin("near", "RU", "RUMMK"), basin("near", "RU", "")
    ('Baltic', '', None)
    """
    ports = _ports(regime, kind)
    if port in ports or country in ports:
        return ports.get(port) or ports[country]
    split = not port and any(one.startswith(country) and one != country for one in ports)
    return None if split else ""
