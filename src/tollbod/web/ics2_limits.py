"""By when a filing is due by law: worked out from what it tells, by the deadlines that exist."""
from datetime import datetime
from typing import Any, NamedTuple

from tollbod.case.carry import at, many
from tollbod.prenotification import deadlines, route
from tollbod.prenotification.question import Question
from tollbod.prenotification.route import Crossing
from tollbod.spec.ics2_law import Kind

MEANS = "activeBorderTransportMeans"
WAYS = (f"{MEANS}/countriesOfRoutingOfMeansOfTransport",
        "consignmentMasterLevel/countriesOfRoutingOfConsignment",
        "consignmentMasterLevel/consignmentHouseLevel/countriesOfRoutingOfConsignment")
OFFICE = "customsOfficeOfFirstEntry/referenceNumber"


class Limit(NamedTuple):
    """The legal limit of a filing: the moment if it is known, and the rule in both languages."""

    at: datetime | None
    en: str
    nb: str
    article: str
    strictly: bool              # what is filed at that very moment is late


def of(content: dict[str, Any], kind: Kind, regime: str) -> Limit | None:
    """Return the legal limit of what a filing tells; None where no deadline is its own."""
    asked = _question(content, kind, regime)
    found = route.crossings(asked) if asked.arrival or asked.departure else ()
    crossing = next((one for one in found if one.flow == "entry"),
                    Crossing("entry", asked.origin, asked.to))
    data = "minimum" if kind.level == "minimum" else "full"
    try:
        due = deadlines.deadline(asked, crossing, data)
    except IndexError:
        return None             # the law has no row for such a data set
    row = due.row
    return Limit(due.at, row.en, row.nb, row.article, row.strictly)


def _question(content: dict[str, Any], kind: Kind, regime: str) -> Question:
    countries = _route(content)
    office = at(content, OFFICE)[:2] or at(content, "addressedMemberState/country")
    master = content.get("consignmentMasterLevel") or {}
    container = {"1": "container", "0": "other"}.get(at(master, "containerIndicator"), "")
    return Question(
        origin=countries[0] if countries else "", via=tuple(countries[1:]), to=office,
        mode=kind.mode, cargo=container, regime=regime,
        departure=_moment(content, "actualDateAndTimeOfDeparture")
        or _moment(content, "estimatedDateAndTimeOfDeparture"),
        arrival=_moment(content, "estimatedDateAndTimeOfArrival"))


def _route(content: dict[str, Any]) -> list[str]:
    for way in WAYS:
        if found := [one.get("country", "") for one in many(at(content, way))
                     if isinstance(one, dict)]:
            return [one for one in found if len(one) == 2]
    return []


def _moment(content: dict[str, Any], name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(at(content, f"{MEANS}/{name}/DateTime"))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None
