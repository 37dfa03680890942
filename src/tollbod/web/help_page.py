"""The page of help: what ICS2 asks of whom and when, and whom to ask (ICS2-11). No log-in.

The contact is what whoever runs the house has configured (TOLLBOD_CONTACT, TOLLBOD_CONTACT_MAIL,
TOLLBOD_CONTACT_PHONE); the rest is read off the tables: releases, deadlines, kinds of filing.
"""
from datetime import UTC, datetime

from litestar import Request, Response, get

from tollbod.spec import ics2_law, prenotification_law
from tollbod.spec.prenotification_law import Deadline
from tollbod.store.streams import Store
from tollbod.web import access, filing_pages, pages


@get("/help", include_in_schema=False)
async def shown(request: Request) -> Response:
    """Show whom to ask, what is in force today, and by when filings are due."""
    house, w = access.house(request), pages.tongue(request)
    now = await house.work(Store.now, house.world) if house.node.test else datetime.now(UTC)
    regime = house.node.regime
    return pages.page(
        request, "help.html", contact=house.contact, releases=ics2_law.releases(regime),
        active=ics2_law.active(now.date(), regime), limits=limits(regime),
        shelves=filing_pages.offered(w), today=now.date())


def limits(regime: str) -> list[Deadline]:
    """Return the deadlines of filings by the law of a regime, in the order of the table."""
    return [row for row in prenotification_law.deadlines(regime) if row.flow == "entry"]
