"""One filing on a page, for those who filed it: where it stands, what is asked, what they may do.

They see the messages between themselves and customs; the officer's page is in `filing_desk`.
"""
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tollbod.case.carry import at, many
from tollbod.case.model import SAME
from tollbod.ics2.amendment import OPEN, TAKEN
from tollbod.office import door, intake
from tollbod.office.roles import ROLES
from tollbod.spec import ics2_law, ics2_words
from tollbod.store.streams import Store
from tollbod.web import (
    access, answers_to_questions, drafts, filing_message, ics2_cases, ics2_limits, messages,
    pages, picture, visitors,
)
from tollbod.web.drafts import Draft
from tollbod.web.house import House
from tollbod.web.story import Office, Story
from tollbod.web.tokens import Caller
from tollbod.web.words import Words

MOST_BYTES, MOST_FIELDS = 100_000, 20
GOODS = 50                      # that are shown


# Who filed it

@get("/filers/{owner:str}/filings/{reference:str}", include_in_schema=False)
async def own(request: Request, owner: FromPath[str], reference: FromPath[str]) -> Response:
    """Show a filing to a party of it."""
    return await _own(request, visitors.party(request, owner), reference, [])


async def _own(request: Request, who: Caller, reference: str, faults: list[dict[str, str]]
               ) -> Response:
    house, w = access.house(request), pages.tongue(request)
    version, now, frozen = await house.work(pages.version_of, who.world)
    if same := pages.unchanged(request, version):
        return same
    found = await house.work(ics2_cases.find, who.world, who.party, reference)
    if found is None:
        return pages.missing(request, w("text", "not_found_filing"))
    names = await house.work(pages.names_of, who.world, found)
    one = ics2_cases.filing(found)
    mine = who.party in one.case.speakers
    asked = ics2_cases.last_question(found, who.party) if one.case.state in ics2_cases.OPEN \
        else None
    told = shown(request, found, names, now, w)
    if not ics2_cases.supplied(found, who.party):
        told["goods"] = []
    return pages.page(
        request, "filing.html", **told, frozen=frozen, version=version, reference=reference,
        owner=who.party, faults=faults, asked=asked, mine=mine,
        may_amend=mine and one.case.state in TAKEN, may_end=mine and one.case.state in OPEN)


def shown(request: Request, found: Story, names: dict[str, str], now: datetime, w: Words
           ) -> dict[str, Any]:
    """Return what both pages show of a filing."""
    one = ics2_cases.filing(found)
    case, house = one.case, access.house(request)
    lanes = picture.lanes(found, names, w)
    ie, content = filing_message.filed(found, case)
    kind = ie[3:]
    limit = ics2_limits.of(content, ics2_law.kinds()[kind], house.node.regime) \
        if kind and content else None
    return {
        "story": found, "one": one, "case": case, "kind": kind, "now": now, "lanes": lanes,
        "rows": picture.rows(found, lanes, w), "wait": one.waiting, "tone": picture.tone,
        "title": w.chosen(*ics2_words.kind(kind)) if kind else "", "limit": limit,
        "filed": case.registered, "next": _next(one, w), "content": content,
        "goods": _goods(content), "timers": sorted(case.timers.items(), key=lambda t: t[1])}


def _next(one: Office, w: Words) -> tuple[list, list]:
    """Return what can change the state: by those who filed it, and by customs or the clock."""
    found: tuple[dict, dict] = {}, {}
    for row in ROLES["filing"].table:
        if row.state == one.stream.phase and row.to not in (SAME, row.state):
            mine = row.event.startswith("IE3")
            leads = found[not mine].setdefault(w.event(row.event), [])
            if (to := w("state", row.to)) not in leads:
                leads.append(to)
    return list(found[0].items()), list(found[1].items())


def _goods(content: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the goods of a filing in short: number of the house, description, mass."""
    told = []
    for n, house in enumerate(many(at(content, "consignmentMasterLevel/consignmentHouseLevel")), 1):
        for item in many(house.get("goodsItem")) if isinstance(house, dict) else ():
            told.append((str(n), str(at(item, "commodity/descriptionOfGoods")),
                         str(at(item, "weight/grossMass"))))
    return told[:GOODS]


@post("/filers/{owner:str}/filings/{reference:str}", include_in_schema=False, status_code=200)
async def act(request: Request, owner: FromPath[str], reference: FromPath[str]) -> Response:
    """Begin the answer to a question, or invalidate the filing."""
    who = visitors.party(request, owner)
    told = await visitors.form(request, MOST_BYTES, MOST_FIELDS)
    house, w = access.house(request), pages.tongue(request)
    found = await house.work(ics2_cases.find, who.world, who.party, reference)
    if found is None:
        return pages.missing(request, w("text", "not_found_filing"))
    if told.get("do") == "answer":
        draft = await house.work(_answer, who, found)
        if draft is not None:
            return Redirect(f"/filers/{who.party}/drafts/{draft.id}", status_code=303)
    elif told.get("do") == "invalidate" and told.get("sure"):
        taken = await house.work(_invalidated, house, who, found)
        if isinstance(taken, intake.Refusal):
            return await _own(request, who, reference, [
                {"text": one.text, "nb": one.nb} for one in taken.findings])
    return Redirect(f"/filers/{who.party}/filings/{reference}", status_code=303)


def _answer(store: Store, who: Caller, found: Story) -> Draft | None:
    """Return a new draft that answers what is asked; None if no message answers it."""
    asked = ics2_cases.last_question(found, who.party)
    case = ics2_cases.filing(found).case
    if asked is None or not answers_to_questions.ie_of(asked):
        return None
    draft = answers_to_questions.begun(asked, case, who, store.now(who.world))
    drafts.save(store, who.world, who.party, draft)
    return draft


def _invalidated(store: Store, house: House, who: Caller, found: Story) -> Any:
    """Lodge the request to invalidate a filing (IE3Q04)."""
    case = ics2_cases.filing(found).case
    tree = {name: case.head[name] for name in
            ("declarant", "representative", "transportDocument", "addressedMemberState",
             "customsOfficeOfFirstEntry") if name in case.head}
    now = store.now(who.world)
    made = filing_message.made(Draft("", "IE3Q04", now, tree, {"MRN": case.mrn}), now, now.date())
    return door.receive(store, house.node, who.world, who.party, made.data)


@get("/filers/{owner:str}/letters/{name:str}", include_in_schema=False)
async def letter(request: Request, owner: FromPath[str], name: FromPath[str]) -> Response:
    """Show a message that a party sent or was sent, as readable XML; with `?raw` its bytes."""
    who = visitors.party(request, owner)
    house, w = access.house(request), pages.tongue(request)
    row = await house.work(messages.find, messages.number(name.removesuffix(".xml")))
    if row is None or not access.may_read(who, row):
        return pages.missing(request, w("text", "not_found_message"))
    return await pages.shown_message(request, row, who.party)


PATHS = [own, act, letter]
