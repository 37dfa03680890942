"""Outages over HTTP: an officer registers one and acts on it; who asked sees where it stands."""
import secrets
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from tollbod.continuity.outage import Outage, Paper
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.store.streams import Store
from tollbod.web import access, desk
from tollbod.web.access import BEARER
from tollbod.web.answers import OutcomeAnswer
from tollbod.web.desk import ActBody
from tollbod.web.documented import ERRORS, NOT_FOUND
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

OFFICE_LETTERS = 8              # an outage is named by its office: NO365001-26-0001


class OutageAnswer(Struct, frozen=True):
    """An outage: whose fault, who asked and permitted, what was begun on paper."""

    number: str
    state: str
    cause: str
    asked_by: str
    began: datetime | None
    reason: str
    expected: datetime | None
    permission: str
    permitted_by: str
    permitted_at: datetime | None
    forms: int
    ended: datetime | None
    papers: list[Paper]


@post("/outages/{number:str}", guards=[access.officer], security=BEARER, tags=["desk"],
      status_code=200, responses=ERRORS | {404: NOT_FOUND})
async def act(request: Request, number: FromPath[str], data: JSONBody[dict[str, Any]]
              ) -> OutcomeAnswer:
    """Register an outage, permit or refuse fallback, register and close papers, end it.

    `{"do": "report-outage", "cause": "customs", "asked_by": ..., "began": ...}`; then
    permit-fallback, refuse-fallback, register-paper, close-paper, end-outage, close-outage.
    """
    house, who = access.house(request), access.caller(request)
    details = {name: value for name, value in data.items() if name not in ("do", "id", "by")}
    body = ActBody(str(data.get("do", "")), details, str(data.get("id") or secrets.token_hex(12)))
    return await house.patiently(desk.act, who, number[:OFFICE_LETTERS], number, body)


@get("/outages/{number:str}", guards=[access.anybody], security=BEARER, tags=["desk"],
     responses=ERRORS | {404: NOT_FOUND})
async def outage(request: Request, number: FromPath[str]) -> OutageAnswer:
    """Where an outage stands: for officers, and for whoever asked for permission."""
    house, who = access.house(request), access.caller(request)
    case = await house.work(_read, who, number)
    if case is None:
        raise Problem(404, "No such outage", "there is no such outage that you asked about",
                      "det finnes ingen slik driftsstans som du har meldt")
    told = {name: getattr(case, name) for name in OutageAnswer.__struct_fields__}
    return OutageAnswer(**told | {"papers": list(case.papers)})


def _read(store: Store, who: Caller, number: str) -> Outage | None:
    key = f"{who.world}/{number[:OFFICE_LETTERS]}/outage/{number}"
    stream = store.stream(key) if "\0" not in key else None
    case = decode(ROLES["outage"], stream.state) if stream else None
    mine = case is not None and ("officer" in who.scopes or case.asked_by == who.party)
    return case if mine and case.state != "none" else None
