"""The pages of guarantees: the office's register, and what a holder sees of its own.

Officers see everything but who used which access code, which is the holder's alone. A holder's
pages lie under /holders/PARTY; elsewhere than in the test environment they need a session that was
opened with that party's access token. What is done here is done by the same acts as over the API.
"""
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from tollbod.guarantees import csv_list, register
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.register import CHANGEABLE
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.store.streams import Store
from tollbod.web import (
    access, desk, guarantee_register, guarantees, pages, picture, statements, visitors,
)
from tollbod.web.desk import ActBody
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller
from tollbod.web.words import Words

PAGE_LENGTH, ENTRIES = 50, 100
MOST_BYTES = 1_000_000
DETAILS = {"change": CHANGEABLE, "give-code": ("access_code",), "suspend": ("reason",),
           "revoke": ("reason",), "resume": (), "unlock": ()}
OFFERED = {                     # state: what an officer may do
    "issued": ("revoke",), "valid": ("change", "suspend", "revoke", "give-code"),
    "suspended": ("change", "resume", "revoke"), "revoked": (),
}


# The list

@get("/guarantees", include_in_schema=False)
async def listed(request: Request) -> Response:
    """List the register, and offer to add to it."""
    who = visitors.officer(request)
    return await _list(request, who, "", {})


@get("/holders/{party:str}/guarantees", include_in_schema=False)
async def of_holder(request: Request, party: FromPath[str]) -> Response:
    """List the guarantees of one holder."""
    return await _list(request, visitors.party(request, party), party, {})


async def _list(request: Request, who: Caller, holder: str, told: Mapping[str, str],
                **more: Any) -> Response:
    house, w = access.house(request), pages.tongue(request)
    after = request.query_params.get("after", "").replace("\0", "")
    rows, now, frozen = await house.work(_rows, who.world, holder, after)
    lines = [_line(case, w) for _, case in rows]
    return pages.page(
        request, "guarantees.html", lines=lines, holder=holder, now=now, frozen=frozen,
        base=f"/holders/{holder}/guarantees" if holder else "/guarantees",
        next=rows[-1][0] if len(rows) == PAGE_LENGTH else "", fields=csv_list.COLUMNS,
        due=csv_list.DUE, told=dict.fromkeys(csv_list.COLUMNS, "") | dict(told),
        id=secrets.token_hex(8), **{"faults": [], "report": None} | more)


def _rows(store: Store, world: str, holder: str, after: str) -> tuple[list, Any, bool]:
    beginning = f"guarantee/{holder}/" if holder else "guarantee/"
    found = []
    for name, key in store.addresses_under(world, beginning, after, PAGE_LENGTH):
        case = decode(ROLES["guarantee"], store.stream(key).state)
        if name == register.name_of(case):              # a voucher was nobody's before it was sold
            found.append((name, case))
    return found, store.now(world), store.is_frozen(world)


def _line(case: Guarantee, w: Words) -> dict[str, Any]:
    def told(amount: int) -> str:
        return w.amount(amount, case.currency)
    return {"grn": case.grn, "holder": case.holder or case.guarantor, "type": case.type,
            "state": case.state, "tone": picture.tone(case.state), "locked": case.locked,
            "free": told(case.free), "reference": told(case.reference),
            "liable": told(case.liable)}


@post("/guarantees", include_in_schema=False, status_code=200)
async def registered(request: Request) -> Response:
    """Register what the form tells, or show what is wrong with it."""
    who = visitors.officer(request)
    form = await _form(request)
    told = {name: form[name] for name in csv_list.COLUMNS if form.get(name)}
    house, grn = access.house(request), told.get("grn", "")
    office = guarantees.office_of(house, grn)
    if not office or not grn.isalnum():
        return await _list(request, who, "", told, faults=[{
            "text": f"'{grn}' is of no office here", "nb": f"«{grn}» hører ikke til her"}])
    done = await house.patiently(desk.act, who, office, grn,
                                 ActBody("register", told, form.get("id", "")))
    if done.refused:
        return await _list(request, who, "", told, faults=done.refused)
    return Redirect(f"/guarantees/{grn}", status_code=303)


@post("/guarantees/import", include_in_schema=False, status_code=200)
async def imported(request: Request) -> Response:
    """Register the guarantees of a file and report line by line."""
    who = visitors.officer(request)
    visitors.from_here(request)
    house, sent = access.house(request), (await request.form()).get("list")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return await _list(request, who, "", {}, faults=[{
            "text": "the list is text in UTF-8", "nb": "listen er tekst i UTF-8"}])
    report = await house.patiently(guarantee_register.register_lines, house, who, text)
    return await _list(request, who, "", {}, report=report)


async def _form(request: Request) -> dict[str, str]:
    return visitors.plainly(await visitors.form(request, MOST_BYTES, 40))


# One guarantee

@get("/guarantees/{grn:str}", include_in_schema=False)
async def one(request: Request, grn: FromPath[str]) -> Response:
    """Show a guarantee to an officer."""
    return await _one(request, visitors.officer(request), grn, "", [])


@get("/holders/{party:str}/guarantees/{grn:str}", include_in_schema=False)
async def own(request: Request, party: FromPath[str], grn: FromPath[str]) -> Response:
    """Show a guarantee to its holder, with who used which access code."""
    return await _one(request, visitors.party(request, party), grn, party, [])


async def _one(request: Request, who: Caller, grn: str, holder: str,
               faults: list[dict[str, str]]) -> Response:
    house, w = access.house(request), pages.tongue(request)
    after = request.query_params.get("after", "")
    try:
        key, office, case = await guarantees.mine(house, who, grn)
    except Problem:
        return pages.missing(request, w("guarantee", "none"))
    told = await house.work(guarantees.answer, who, key, office, case, None, "EUR")
    entries, marker = await house.work(statements.page, key,
                                       int(after) if after.isdecimal() else 0, ENTRIES)
    now = await house.work(lambda store: (store.now(who.world), store.is_frozen(who.world)))
    values = register.as_told(case, {})
    return pages.page(
        request, "guarantee.html", told=told, case=case, holder=holder, entries=entries,
        more=marker if len(entries) >= ENTRIES else 0, now=now[0], frozen=now[1], faults=faults,
        tone=picture.tone(case.state), id=secrets.token_hex(8),
        percent=round(100 * case.free / case.reference) if case.reference else 0,
        acts=[(do, DETAILS[do]) for do in _offered(case)],
        values={name: _written(values.get(name)) for do in DETAILS for name in DETAILS[do]})


def _offered(case: Guarantee) -> tuple[str, ...]:
    return (*(("unlock",) if case.locked else ()), *OFFERED.get(case.state, ()))


def _written(value: Any) -> str:
    """Return a value as a form shows it."""
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


@post("/guarantees/{grn:str}", include_in_schema=False, status_code=200)
async def act(request: Request, grn: FromPath[str]) -> Response:
    """Do what an officer chose, or show why it is refused."""
    who = visitors.officer(request)
    form = await _form(request)
    house, do = access.house(request), form.get("do", "")
    office = guarantees.office_of(house, grn)
    if do not in DETAILS or not office or not grn.isalnum():
        raise Problem(400, "Not understood", f"do is one of {', '.join(DETAILS)}",
                      f"do er en av {', '.join(DETAILS)}")
    details = {name: form.get(name, "") for name in DETAILS[do]}
    done = await house.patiently(desk.act, who, office, grn,
                                 ActBody(do, details, form.get("id", "")))
    if done.refused:
        return await _one(request, who, grn, "", done.refused)
    return Redirect(f"/guarantees/{grn}", status_code=303)


PATHS = [listed, of_holder, registered, imported, one, own, act]
