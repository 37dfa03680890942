"""Has somebody prenotified this transport? For those who carry it, filed it, or are customs.

The path of the API and a trader's page (PRE-WHO-03).
"""
from typing import Annotated

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from tollbod.case.carry import at
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.prenotification.case import Prenotified
from tollbod.store.records import Place
from tollbod.store.streams import Store
from tollbod.web import access, pages, picture, visitors
from tollbod.web.access import BEARER
from tollbod.web.answers import PrenotifiedAnswer
from tollbod.web.documented import ERRORS
from tollbod.web.tokens import Caller

# What stands for nothing: there it is as if nobody had filed.
OVER = ("closed", "stopped")
MOST = 1000                     # prenotifications that name one document
GONE = ("none", "rejected", "cancelled", "expired")
Transport = Annotated[str, QueryParameter(
    name="transport", min_length=1, max_length=70,
    description="Reference number of a transport document: CMR, bill of lading, air waybill")]


@get("/prenotifications", guards=[access.anybody], security=BEARER, tags=["movements"],
     responses=ERRORS)
async def notified(request: Request, transport: Transport) -> PrenotifiedAnswer:
    """Has somebody prenotified the transport with this document, and where does it stand?

    Told to who filed it, to the transporter that it names by number, and to officers; to others it
    is as if nobody had (PRE-WHO-03).
    """
    house, who = access.house(request), access.caller(request)
    return await house.work(_told, who, transport)


@get("/holders/{party:str}/prenotified", include_in_schema=False)
async def page(request: Request, party: FromPath[str]) -> Response:
    """Show a trader whether somebody has prenotified a transport, and where it stands."""
    who, house = visitors.party(request, party), access.house(request)
    transport = request.query_params.get("transport", "").strip()[:70]
    told = await house.work(_told, who, transport) if transport else None
    return pages.page(request, "prenotified.html", party=party, transport=transport, told=told,
                      tone=picture.tone(told.state) if told else "")


def _told(store: Store, who: Caller, transport: str) -> PrenotifiedAnswer:
    beginning = f"prenotified/{transport}/".replace("\0", "")
    found = []
    for name, key in store.addresses_under(who.world, beginning, limit=MOST):
        case = decode(ROLES["prenotification"], store.stream(key).state)
        # somebody else may name the same document
        if name == f"{beginning}{case.mrn}" and case.state not in GONE and _may_see(case, who):
            found.append((case.state not in OVER, case.lodged, Place.of(key).office, case))
    if not found:
        return PrenotifiedAnswer(False)
    *_, office, case = max(found, key=lambda one: one[:2])      # what is awaited, the newest
    return PrenotifiedAnswer(
        True, case.mrn, office, case.flow, case.state, case.filer, case.lodged,
        case.deadline, case.late, case.held_until)


def _may_see(case: Prenotified, who: Caller) -> bool:
    carrier = at(case.declaration, "Carrier/identificationNumber")
    return "officer" in who.scopes or who.party in (case.filer, carrier)
