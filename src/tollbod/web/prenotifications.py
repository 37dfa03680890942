"""Has somebody prenotified this transport? For those who carry it, filed it, or are customs."""
from typing import Annotated

from litestar import Request, get
from litestar.params import QueryParameter

from tollbod.case.carry import at
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.prenotification.case import Prenotified
from tollbod.store.records import Place
from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.access import BEARER
from tollbod.web.answers import PrenotifiedAnswer
from tollbod.web.documented import ERRORS
from tollbod.web.tokens import Caller

# What stands for nothing: there it is as if nobody had filed.
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


def _told(store: Store, who: Caller, transport: str) -> PrenotifiedAnswer:
    key = store.address(who.world, f"prenotified/{transport}") if "\0" not in transport else None
    stream = store.stream(key) if key else None
    case = decode(ROLES["prenotification"], stream.state) if stream else None
    if case is None or case.state in GONE or not _may_see(case, who):
        return PrenotifiedAnswer(False)
    return PrenotifiedAnswer(
        True, case.mrn, Place.of(key).office, case.flow, case.state, case.filer, case.lodged,
        case.deadline, case.late, case.held_until)


def _may_see(case: Prenotified, who: Caller) -> bool:
    carrier = at(case.declaration, "Carrier/identificationNumber")
    return "officer" in who.scopes or who.party in (case.filer, carrier)
