"""Where a route crosses the border of the security zone: in, out, both, or not at all."""
from typing import NamedTuple

from tollbod.prenotification.question import Question
from tollbod.spec import security_zone


class Crossing(NamedTuple):
    """One passage of the zone's border: which way, from which country and into which."""

    flow: str               # entry | exit
    out: str                # the third country
    into: str               # the country of the zone: that of the office


def places(asked: Question) -> list[str]:
    """Return the countries of the route in order; a port stands for its country.

    What is said twice in a row counts once.
    """
    ports = {port[:2]: port for port in (asked.from_port, asked.to_port) if port}
    found: list[str] = []
    for country in (asked.origin, *asked.via, asked.to):
        if not found or found[-1][:2] != country:
            found.append(ports.get(country, country))
    return found


def crossings(asked: Question) -> tuple[Crossing, ...]:
    """Return each passage of the border of the zone, in the order of the route.

    A country that joined or left the zone counts as it was on the day of the entry or the exit.
    """
    way = places(asked)
    found = []
    for here, there in zip(way, way[1:], strict=False):
        if not _in(here, asked, "entry") and _in(there, asked, "entry"):
            found.append(Crossing("entry", here[:2], there[:2]))
        elif _in(here, asked, "exit") and not _in(there, asked, "exit"):
            found.append(Crossing("exit", there[:2], here[:2]))
    return tuple(found)


def within(asked: Question) -> bool:
    """Tell whether the route never leaves the zone."""
    return all(_in(place, asked, "entry") for place in places(asked))


def _in(place: str, asked: Question, flow: str) -> bool:
    day = asked.day(flow)
    return day is not None and security_zone.inside(place, day, asked.regime)
