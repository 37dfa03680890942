"""The path of a guarantee: what was put up, what is available, for what one is still liable."""
from litestar import Request, get
from litestar.params import FromPath

from tollbod.guarantees.account import Guarantee
from tollbod.national import countries
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.access import BEARER
from tollbod.web.answers import GuaranteeAnswer
from tollbod.web.documented import ERRORS, NOT_FOUND
from tollbod.web.house import House
from tollbod.web.problems import Problem


@get("/guarantees/{grn:str}", guards=[access.anybody], security=BEARER, tags=["guarantees"],
     responses=ERRORS | {404: NOT_FOUND})
async def guarantee(request: Request, grn: FromPath[str]) -> GuaranteeAnswer:
    """What is left of a guarantee: for its holder, and for officers."""
    house, who = access.house(request), access.caller(request)
    office = office_of(house, grn)
    case = await house.work(_read, f"{who.world}/{office}/guarantee/{grn}")
    if case is None or ("officer" not in who.scopes and case.holder != who.party):
        raise Problem(404, "No such guarantee", "no guarantee of yours has this GRN",
                      "ingen garanti som er din, har denne GRN")
    return GuaranteeAnswer(grn, case.type, case.state, case.holder, office, case.reference_cent,
                           case.free_cent, case.liable_cent, sorted(case.usages))


def office_of(house: House, grn: str) -> str:
    """Return the office of guarantee that keeps a GRN; empty if no office of ours does."""
    country = grn[2:4] if house.node.hosts(grn[2:4]) else house.node.countries[0]
    try:
        return countries.of(country).guarantee_office(grn)
    except KeyError:
        return ""


def _read(store: Store, key: str) -> Guarantee | None:
    stream = store.stream(key) if "\0" not in key else None
    case = decode(ROLES["guarantee"], stream.state) if stream else None
    return case if case and case.state != "none" else None
