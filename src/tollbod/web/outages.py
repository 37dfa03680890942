"""Outages over HTTP: a trader asks or an officer registers one; an officer acts; who asked sees.

What a trader asks for is registered as the officer would, with the trader as who asked; nothing is
permitted by asking (PRE-BCP-04, PRE-BCP-06).
"""
import secrets
from datetime import datetime
from typing import Any, Literal

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
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

PAGE, TRIES = 100, 5
OFFICE_LETTERS = 8              # an outage is named by its office: NO365001-26-0001


class AskBody(Struct, frozen=True):
    """A request for permission to use fallback."""

    office: str
    cause: Literal["customs", "consignor", "filer", "network"]
    began: str                          # with its zone
    reason: str = ""                    # and when it is expected back: of one's own fault
    expected: str = ""


class AskedAnswer(Struct, frozen=True):
    """A request that was registered: its number, by which it is found."""

    number: str
    state: str


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


class OutagesAnswer(Struct, frozen=True):
    """Outages, by their numbers."""

    outages: list[OutageAnswer]


@post("/outages", guards=[access.trader], security=BEARER, tags=["desk"], status_code=202,
      responses=ERRORS | {422: problem("Something is missing or not so: nothing was registered")})
async def ask(request: Request, data: JSONBody[AskBody]) -> AskedAnswer:
    """Ask customs for permission to use fallback: whose fault, since when, and if own: why, until.

    An officer decides; GET /outages/{number} tells. Nothing may be begun on paper before.
    """
    house, who = access.house(request), access.caller(request)
    told = {"cause": data.cause, "began": data.began, "reason": data.reason,
            "expected": data.expected}
    return await house.patiently(asked, who, data.office, told)


def asked(store: Store, who: Caller, office: str, told: dict[str, str]) -> AskedAnswer:
    """Register a request of a party under the next number of an office. Raises Problem 422."""
    details = {name: text for name, text in told.items() if text} | {"asked_by": who.party}
    for _ in range(TRIES):
        number = next_number(store, who.world, office)
        done = desk.act(store, who, office, number,
                        ActBody("report-outage", details))
        taken = [one for one in done.refused if one["code"] == "92"]
        if not taken:               # nobody else was given the number meanwhile
            break
    if done.refused:
        raise Problem(422, "Not registered", "; ".join(one["text"] for one in done.refused),
                      "; ".join(one["nb"] for one in done.refused))
    return AskedAnswer(number, done.state)


def next_number(store: Store, world: str, office: str) -> str:
    """Return the number of the next outage of an office in this year: NO365001-26-0001."""
    beginning = f"outage/{office[:OFFICE_LETTERS]}-{store.now(world):%y}-".replace("\0", "")
    last = beginning
    while rows := store.addresses_under(world, beginning, last, PAGE):
        last = rows[-1][0]
    used = last.removeprefix(beginning)
    return f"{beginning.removeprefix('outage/')}{int(used or 0) + 1:04}"


@get("/outages", guards=[access.anybody], security=BEARER, tags=["desk"], responses=ERRORS)
async def listed(request: Request) -> OutagesAnswer:
    """The outages that I asked about; for officers all of their offices, the newest last."""
    house, who = access.house(request), access.caller(request)
    return OutagesAnswer([told_of(case) for case in await house.work(found, who)])


def found(store: Store, who: Caller) -> list[Outage]:
    """Return the outages that somebody may see."""
    officer = "officer" in who.scopes
    beginning = "outage/" if officer else f"outage-of/{who.party}/"
    cases, last = [], beginning
    while rows := store.addresses_under(who.world, beginning, last, PAGE):
        cases += [decode(ROLES["outage"], store.stream(key).state) for _, key in rows]
        last = rows[-1][0]
    return [case for case in cases if not officer or who.serves(case.number[:OFFICE_LETTERS])]


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
    case = await house.work(read, who, number)
    if case is None:
        raise Problem(404, "No such outage", "there is no such outage that you asked about",
                      "det finnes ingen slik driftsstans som du har meldt")
    return told_of(case)


def told_of(case: Outage) -> OutageAnswer:
    """Return an outage as the API tells it."""
    told = {name: getattr(case, name) for name in OutageAnswer.__struct_fields__}
    return OutageAnswer(**told | {"papers": list(case.papers)})


def read(store: Store, who: Caller, number: str) -> Outage | None:
    """Return an outage that somebody may see; None if there is none."""
    key = f"{who.world}/{number[:OFFICE_LETTERS]}/outage/{number}"
    stream = store.stream(key) if "\0" not in key else None
    case = decode(ROLES["outage"], stream.state) if stream else None
    mine = case is not None and ("officer" in who.scopes or case.asked_by == who.party)
    return case if mine and case.state != "none" else None
