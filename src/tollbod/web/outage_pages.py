"""The pages of outages: the officer's list and each outage; and a trader's own, with what it sent.

An officer registers, permits, keeps account of papers and ends; a trader asks, prints the papers of
its permission, and sees after recovery what became of each of its messages. The same acts as over
the API.
"""
import asyncio
import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tollbod.continuity import outage
from tollbod.continuity.outage import CAUSES, Outage
from tollbod.continuity.safety import BOXES, GOODS, MOMENTS
from tollbod.documents import kinds
from tollbod.store.streams import Store
from tollbod.web import access, desk, outages, pages, received, visitors
from tollbod.web.desk import ActBody
from tollbod.web.documents import PDF
from tollbod.web.messages import LARGEST_RECEIPT, MOST
from tollbod.web.problems import Problem
from tollbod.web.received import MISSING, SentAnswer
from tollbod.web.tokens import Caller

MOST_BYTES, MOST_FIELDS, SHOWN = 100_000, 60, 50
SAFETY = ("type", "border_office", "received", *BOXES, *MOMENTS, *GOODS, "transport_document",
          "routing")
DETAILS = {                     # act: what is told with it
    "permit-fallback": ("at", "forms"), "refuse-fallback": (), "end-outage": (),
    "register-paper": ("number", "kind", "holder", "begun", "lrn"), "close-paper": ("number",),
    "close-outage": (),
}
OFFERED = {"asked": ("permit-fallback", "refuse-fallback", "end-outage"),
           "permitted": ("register-paper", "close-paper", "end-outage"),
           "over": ("register-paper", "close-paper", "close-outage")}
TONES = {"asked": "hold", "permitted": "stop", "over": "hold"}
PAPERS = {"transit": "fallback", "ssd": "ssd"}


# The officer's

@get("/outages", include_in_schema=False)
async def listed(request: Request) -> Response:
    """List the outages, and offer to register one."""
    return await _list(request, visitors.officer(request), "", {}, [])


@post("/outages", include_in_schema=False, status_code=200)
async def reported(request: Request) -> Response:
    """Register an outage that somebody asked about by telephone, under the next number."""
    who = visitors.officer(request)
    form = await visitors.form(request, MOST_BYTES, MOST_FIELDS)
    house, office = access.house(request), form.get("office", "")
    number = await house.work(outages.next_number, who.world, office)
    told = {name: form[name] for name in ("cause", "asked_by", "began", "reason", "expected")
            if form.get(name)}
    done = await _done(request, who, office, number, "report-outage", told, form)
    if isinstance(done, list):
        return await _list(request, who, "", form, done)
    return Redirect(f"/outages/{number}", status_code=303)


async def _list(request: Request, who: Caller, party: str, told: dict[str, str],
                faults: list[dict[str, str]]) -> Response:
    house = access.house(request)
    cases = await house.work(outages.found, who)
    now, frozen = await house.work(_clock, who.world)
    return pages.page(request, "outages.html", 422 if faults else 200, cases=cases[::-1],
                      party=party, told=told, faults=faults, causes=CAUSES, tones=TONES, now=now,
                      frozen=frozen, id=secrets.token_hex(8))


def _clock(store: Store, world: str) -> tuple[Any, bool]:
    return store.now(world), store.is_frozen(world)


@get("/outages/{number:str}", include_in_schema=False)
async def one(request: Request, number: FromPath[str]) -> Response:
    """Show an outage to an officer, with what can be done about it."""
    return await _one(request, visitors.officer(request), number, "", [])


async def _one(request: Request, who: Caller, number: str, party: str,
               faults: list[dict[str, str]]) -> Response:
    house, w = access.house(request), pages.tongue(request)
    case = await house.work(outages.read, who, number)
    if case is None:
        return pages.missing(request, w("outage", "none"))
    now, frozen = await house.work(_clock, who.world)
    registered = {paper.number: paper for paper in case.papers}
    return pages.page(
        request, "outage.html", 422 if faults else 200, case=case, party=party, faults=faults,
        now=now, frozen=frozen, registered=registered, tones=TONES, kinds=outage.KINDS,
        acts=() if party else OFFERED.get(case.state, ()), details=DETAILS, safety=SAFETY,
        papers=PAPERS, id=secrets.token_hex(8))


@post("/outages/{number:str}", include_in_schema=False, status_code=200)
async def act(request: Request, number: FromPath[str]) -> Response:
    """Do what an officer chose, or show why it is refused."""
    who = visitors.officer(request)
    form = await visitors.form(request, MOST_BYTES, MOST_FIELDS)
    do = form.get("do", "")
    if do not in DETAILS:
        raise Problem(400, "Not understood", f"do is one of {', '.join(DETAILS)}",
                      f"do er en av {', '.join(DETAILS)}")
    names = (*DETAILS[do], *(SAFETY if form.get("kind") == "ssd" else ()))
    told = {name: form[name] for name in names if form.get(name)}
    done = await _done(request, who, number[:outages.OFFICE_LETTERS], number, do, told, form)
    if isinstance(done, list):
        return await _one(request, who, number, "", done)
    return Redirect(f"/outages/{number}", status_code=303)


async def _done(request: Request, who: Caller, office: str, number: str, do: str,
                told: dict[str, str], form: dict[str, str]) -> None | list[dict[str, str]]:
    """Do an act; what was refused, or nothing."""
    house = access.house(request)
    try:
        done = await house.patiently(desk.act, who, office, number,
                                     ActBody(do, told, form.get("id", "")))
    except Problem as problem:
        return [{"text": problem.detail, "nb": problem.nb}]
    return [dict(fault) for fault in done.refused] or None


# Of one trader

@get("/holders/{party:str}/outages", include_in_schema=False)
async def own(request: Request, party: FromPath[str]) -> Response:
    """List the outages that a trader asked about, and offer to ask."""
    return await _list(request, visitors.party(request, party), party, {}, [])


@post("/holders/{party:str}/outages", include_in_schema=False, status_code=200)
async def asked(request: Request, party: FromPath[str]) -> Response:
    """Ask for permission to use fallback, or show what is missing in the request."""
    who = visitors.party(request, party)
    form = await visitors.form(request, MOST_BYTES, MOST_FIELDS)
    told = {name: form.get(name, "") for name in ("cause", "began", "reason", "expected")}
    try:
        made = await access.house(request).patiently(
            outages.asked, who, form.get("office", ""), told)
    except Problem as problem:
        return await _list(request, who, party, form,
                           [{"text": problem.detail, "nb": problem.nb}])
    return Redirect(f"/holders/{party}/outages/{made.number}", status_code=303)


@get("/holders/{party:str}/outages/{number:str}", include_in_schema=False)
async def own_one(request: Request, party: FromPath[str], number: FromPath[str]) -> Response:
    """Show an outage to the trader who asked, with the papers of its permission."""
    return await _one(request, visitors.party(request, party), number, party, [])


@get("/holders/{party:str}/outages/{number:str}/{paper:str}/{name:str}",
     include_in_schema=False)
async def paper(request: Request, party: FromPath[str], number: FromPath[str],
                paper: FromPath[str], name: FromPath[str]) -> Response:
    """Return a form of the permission, numbered, to be filled in by hand."""
    house, w = access.house(request), pages.tongue(request)
    kind = name.removesuffix(".pdf")
    case = await house.work(outages.read, visitors.party(request, party), number)
    if case is None or paper not in case.numbers or kind not in PAPERS.values():
        return pages.missing(request, w("outage", "none"))
    data = await asyncio.get_running_loop().run_in_executor(
        None, kinds.pdf, kind, None, w.language, known_of(case, paper, kind))
    return Response(data, media_type=PDF, headers={
        "Content-Disposition": f'inline; filename="{paper}-{kind}.pdf"'})


def known_of(case: Outage, number: str, kind: str) -> dict[str, str]:
    """Return what a blank form of a permission says."""
    told = {"permission": case.permission}
    if kind == "ssd":
        own = "; ".join(filter(None, (case.reason, f"{case.expected or ''}")))
        return told | {"reference": number, "reason": own}
    return told | {"number": number, "cause": case.cause}


# After recovery

@get("/received/{party:str}", include_in_schema=False)
async def after(request: Request, party: FromPath[str]) -> Response:
    """Show what became of a trader's messages: the newest, or those that it names.

    For the trader and for officers; what never came is said to have never come.
    """
    try:
        who = visitors.party(request, party)
    except pages.Closed:
        who = visitors.officer(request)
    house = access.house(request)
    named = request.query_params.get("sent", "").replace("\0", "").split()[:MOST]
    rows = await house.work(received.sent, who.world, party.replace("\0", ""), named or None,
                            LARGEST_RECEIPT, MOST if named else SHOWN)
    if named:
        found = {row.identification: row for row in rows}
        rows = [found.get(name) or SentAnswer(name, MISSING) for name in named]
    now, frozen = await house.work(_clock, who.world)
    return pages.page(request, "received.html", rows=rows, party=party, named=" ".join(named),
                      now=now, frozen=frozen)


PATHS = [listed, reported, one, act, own, asked, own_one, paper, after]
