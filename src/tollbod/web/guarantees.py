"""The path of a guarantee: what was put up, what is available, for what one is still liable."""
import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from tollbod.case.money import NoRate, exact, written
from tollbod.documents import statement as paper
from tollbod.documents import typeset
from tollbod.guarantees import forecast, usage
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.usage import Usage
from tollbod.national import countries
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.store.streams import Store
from tollbod.web import access, statements
from tollbod.web.access import BEARER
from tollbod.web.answers import (
    CodeAnswer, EntryAnswer, ExpectedAnswer, GuaranteeAnswer, PrecheckAnswer, StatementAnswer,
    UsageAnswer,
)
from tollbod.web.documented import ERRORS, NOT_FOUND
from tollbod.web.documents import PAPER, PDF, Tongue
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

LONGEST = 200                   # usages that are listed one by one, those that bind longest first
MOST_ENTRIES = 1000             # entries of a statement at once
Amount = Annotated[str | None, QueryParameter(
    name="amount", description="Would this be covered? 7000.00; not stored, no code needed")]
Currency = Annotated[str, QueryParameter(name="currency", description="Of the amount")]
After = Annotated[int, QueryParameter(name="after", ge=0, description="Marker: later ones only")]


@get("/guarantees/{grn:str}", guards=[access.anybody], security=BEARER, tags=["guarantees"],
     responses=ERRORS | {404: NOT_FOUND})
async def guarantee(request: Request, grn: FromPath[str], amount: Amount = None,
                    currency: Currency = "EUR") -> GuaranteeAnswer:
    """What is left of a guarantee, what binds it, what comes back: for its holder and officers.

    With `amount` it is a check before filing: would a declaration with that amount be covered?
    """
    house, who = access.house(request), access.caller(request)
    key, office, case = await mine(house, who, grn)
    return await house.work(answer, who, key, office, case, amount, currency)


@get("/guarantees/{grn:str}/statement", guards=[access.anybody], security=BEARER,
     tags=["guarantees"], responses=ERRORS | {404: NOT_FOUND})
async def statement_of(request: Request, grn: FromPath[str], after: After = 0) -> StatementAnswer:
    """Every entry of a guarantee with its movement and message, in order: for its holder."""
    house, who = access.house(request), access.caller(request)
    key, _, case = await mine(house, who, grn)
    return await house.work(_statement, key, case, after)


@get("/guarantees/{grn:str}/statement.pdf", guards=[access.anybody], security=BEARER,
     tags=["guarantees"], media_type=PDF, responses=ERRORS | {200: PAPER, 404: NOT_FOUND})
async def statement_paper(request: Request, grn: FromPath[str], after: After = 0,
                          language: Tongue = "en") -> Response[bytes]:
    """The statement as PDF/A, for its holder and the guarantor: it never goes with goods."""
    house, who = access.house(request), access.caller(request)
    key, office, case = await mine(house, who, grn)
    told = await house.work(answer, who, key, office, case, None, case.currency)
    stated = await house.work(_statement, key, case, after)
    now = await house.work(_now, who.world)
    data = await asyncio.get_running_loop().run_in_executor(
        None, _paper, told, stated, now, language)
    return Response(data, media_type=PDF)


def _statement(store: Store, key: str, case: Guarantee, after: int) -> StatementAnswer:
    lines, marker = statements.page(store, key, after, MOST_ENTRIES)
    return StatementAnswer(case.grn, case.currency, [EntryAnswer(*line) for line in lines], marker)


def _now(store: Store, world: str) -> datetime:
    return store.now(world)


def _paper(told: GuaranteeAnswer, stated: StatementAnswer, now: datetime, language: str) -> bytes:
    def amount(smallest: int) -> str:
        return written(smallest, told.currency)
    known = {"grn": told.grn, "holder": told.holder, "type": told.type, "state": told.state,
             "currency": told.currency, "reference": amount(told.reference_cent),
             "available": amount(told.available_cent), "liable": amount(told.still_liable_cent),
             "as_of": f"{now:%Y-%m-%d %H:%M} UTC"}
    lines = [paper.Line(f"{one.at:%Y-%m-%d %H:%M:%S}", one.message, one.movement,
                        f"{amount(one.amount)} {one.debit} – {one.credit}", amount(one.free),
                        amount(one.liable)) for one in stated.entries]
    return typeset.pdf(paper.sheet(known, lines, language, now))


async def mine(house: House, who: Caller, grn: str) -> tuple[str, str, Guarantee]:
    """Return key, office and case of a guarantee that the caller may see. Raises Problem 404."""
    office = office_of(house, grn)
    key = f"{who.world}/{office}/guarantee/{grn}"
    case = await house.work(_read, key)
    if case is None or ("officer" not in who.scopes and case.holder != who.party):
        raise Problem(404, "No such guarantee", "no guarantee of yours has this GRN",
                      "ingen garanti som er din, har denne GRN")
    return key, office, case


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


def answer(store: Store, who: Caller, key: str, office: str, case: Guarantee, amount: str | None,
           currency: str) -> GuaranteeAnswer:
    """Return what is told of a guarantee; who used which access code is told to its holder only."""
    world, his = key.partition("/")[0], who.party == case.holder
    now, due = store.now(world), _due(store, world)
    open_ = sorted(usage.read(store.kept_under(key, usage.OPEN)),
                   key=lambda one: (one.state != "reserved", one.since))
    days = forecast.expected(case, open_[:LONGEST], due, now.date())
    alert, alert_nb = forecast.alert(case, days)
    return GuaranteeAnswer(
        case.grn, case.type, case.state, case.holder, office, case.reference, case.free,
        case.liable, sorted(one.mrn for one in open_), currency=case.currency,
        valid_from=case.valid_from, valid_to=case.valid_to,
        usages=[_usage(one, now, due, his) for one in open_[:LONGEST]],
        expected=[ExpectedAnswer(*one) for one in days], alert=alert, alert_nb=alert_nb,
        codes=[CodeAnswer(one.number, one.master, one.given, one.by, one.withdrawn,
                          one.used if his else 0, one.last if his else None)
               for one in case.access_codes],
        locked=case.locked, precheck=_precheck(case, amount, currency, now, days))


def _due(store: Store, world: str) -> Callable[[str], date | None]:
    """Return how to learn by when goods are due, from the office of departure where it is ours."""
    def due(mrn: str) -> date | None:
        key = store.address(world, f"departure/{mrn}")
        stream = store.stream(key) if key else None
        return decode(ROLES["departure"], stream.state).limit if stream else None
    return due


def _usage(one: Usage, now: datetime, due: Callable[[str], date | None], his: bool
           ) -> UsageAnswer:
    bound = one.bound if one.state == "reserved" else 0
    return UsageAnswer(one.mrn, one.state, one.amount, bound, one.since,
                       (now - one.since).days, due(one.mrn), one.code if his else 0)


def _precheck(case: Guarantee, amount: str | None, currency: str, now: datetime,
              days: list[forecast.Expected]) -> PrecheckAnswer | None:
    if amount is None:
        return None
    try:
        if (wanted := exact(amount, currency)) < 0:
            raise ValueError("a declaration covers no negative amount")
        found = forecast.verdict(case, wanted, currency, now.date(), days)
    except (NoRate, ArithmeticError, ValueError) as error:
        raise Problem(400, "Not understood", "amount is digits with a point and at most the "
                      "decimals of its currency, such as 7000.00; currency is one that has a rate",
                      "amount er sifre med punktum og høyst valutaens desimaler, for eksempel "
                      "7000.00; currency er en som har kurs") from error
    return PrecheckAnswer(*found)
