"""The portal of those who file in ICS2: their filings, drafts, and the forms of all messages.

A form is made of the table of its message. It works without scripts: each button saves what is
written and shows the page anew. Who may look: see visitors.
"""
import secrets
from datetime import datetime

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from tollbod.findings import Finding
from tollbod.office import door, ics2_door, intake
from tollbod.office.attachments import File
from tollbod.spec import ics2_law, ics2_words
from tollbod.store.streams import Store
from tollbod.web import (
    access, answers_to_questions, drafts, filing_message, form_parts, ics2_cases, pages, party,
    picture, table_form, tokens, visitors,
)
from tollbod.web.drafts import Draft
from tollbod.web.house import House
from tollbod.web.messages import number
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller
from tollbod.web.words import Words
from tollbod.wire.as4.agreement import agreed
from tollbod.wire.xml import MAX_BYTES

PAGE_LENGTH = 50
MOST_BYTES = 2_000_000
LARGEST_FILE = MAX_BYTES + 10_000
LARGEST_ANSWER = int(agreed()["largest compressed"]) + MOST_BYTES
# How people look for a kind of filing: by who they are, then by how it travels.
SHELVES = (
    ("road", ("F50",)), ("rail", ("F51",)), ("post", ("F43", "F44", "F40", "F41", "F42", "F45")),
    ("express", ("F32", "F30", "F31", "F33", "F34")),
    ("air", ("F23", "F24", "F20", "F28", "F27", "F29", "F21", "F22", "F25", "F26")),
    ("sea", ("F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17")),
)


def offered(w: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of filing that are taken, by shelf, each with what it is in words."""
    return [(shelf, [(kind, w.chosen(*ics2_words.kind(kind))) for kind in kinds
                     if f"IE3{kind}" in ics2_door.DOORS]) for shelf, kinds in SHELVES]


# Lists

@get("/filings", include_in_schema=False)
async def listed(request: Request) -> Response:
    """List the filings of all for an officer; in the test environment offer whom to act as."""
    who = visitors.officer(request)
    house, w = access.house(request), pages.tongue(request)
    before = number(request.query_params.get("before", "")) or None
    lines = await house.work(ics2_cases.newest, who.world, None, before, PAGE_LENGTH)
    traders = await house.work(party.all_of, who.world) if house.node.test else []
    now, frozen = await house.work(_clock, who.world)
    return pages.page(request, "filings.html", lines=lines, now=now, frozen=frozen, owner="",
                      traders=traders, drafts=[], asked=[], shelves=[], tone=picture.tone,
                      faults=[],
                      older=lines[-1].marker if len(lines) == PAGE_LENGTH else None)


@get("/filers/{owner:str}", include_in_schema=False)
async def own(request: Request, owner: FromPath[str]) -> Response:
    """List a party's filings, its drafts, and what is asked of it; offer to begin a filing."""
    return await _own(request, visitors.party(request, owner), [])


async def _own(request: Request, who: Caller, faults: list[dict[str, str]]) -> Response:
    house, w = access.house(request), pages.tongue(request)
    before = number(request.query_params.get("before", "")) or None
    lines = await house.work(ics2_cases.newest, who.world, who.party, before, PAGE_LENGTH)
    asked = await house.work(ics2_cases.asked, who.world, who.party)
    begun = await house.work(drafts.all_of, who.world, who.party)
    now, frozen = await house.work(_clock, who.world)
    return pages.page(request, "filings.html", lines=lines, now=now, frozen=frozen,
                      owner=who.party, traders=[], drafts=begun, asked=asked, shelves=offered(w),
                      tone=picture.tone, faults=faults,
                      older=lines[-1].marker if len(lines) == PAGE_LENGTH else None)


def _clock(store: Store, world: str) -> tuple[datetime, bool]:
    return store.now(world), store.is_frozen(world)


# Beginning

@post("/filers/{owner:str}/drafts", include_in_schema=False, status_code=200)
async def begin(request: Request, owner: FromPath[str]) -> Response:
    """Begin a draft: of a kind, like another filing, or the amendment of one."""
    who = visitors.party(request, owner)
    told = await visitors.form(request, 10_000, 5)
    house = access.house(request)
    draft = await house.work(_begun, house, who, told)
    if draft is None:
        return pages.missing(request, pages.tongue(request)("text", "not_found_filing"))
    try:
        await house.work(drafts.save, who.world, who.party, draft)
    except drafts.TooMany:
        return await _own(request, who, [{
            "text": f"you have {drafts.MOST} drafts: send some or throw them away",
            "nb": f"du har {drafts.MOST} utkast: send eller kast noen"}])
    return Redirect(f"/filers/{who.party}/drafts/{draft.id}", status_code=303)


def _begun(store: Store, house: House, who: Caller, told: dict[str, str]) -> Draft | None:
    """Return the new draft that a form asks for; None if there is nothing to begin from."""
    kind, now = told.get("kind", ""), store.now(who.world)
    lrn = f"{now:%y%m%d}{secrets.token_hex(4).upper()}"
    if kind in ics2_law.kinds():
        known = tokens.party(store, who.world, who.party)
        tree = filing_message.beginning(kind, lrn, known, house.node.countries[0])
        return Draft(drafts.new_id(), f"IE3{kind}", now, tree)
    found = ics2_cases.find(store, who.world, who.party, told.get("filing", ""))
    if found is None or not ics2_cases.supplied(found, who.party):
        return None
    case = ics2_cases.filing(found).case
    if told.get("do") == "amend":
        if not case.kind:
            return None
        ie, fixed = f"IE3A{case.kind[1:]}", {"MRN": case.mrn}
        if case.open_referral is not None and case.open_referral.type == "AMD":
            fixed["referralRequestReference"] = case.open_referral.reference
        return Draft(drafts.new_id(), ie, now, filing_message.like(case.declaration, ie), fixed)
    ie, content = filing_message.filed(found, case)
    if not ie:
        return None
    return Draft(drafts.new_id(), ie, now, filing_message.like(content, ie, lrn))


# The form

@get("/filers/{owner:str}/drafts/{id:str}", include_in_schema=False)
async def draft(request: Request, owner: FromPath[str], id: FromPath[str]) -> Response:
    """Show a draft; with `?check` what is wrong with it."""
    who = visitors.party(request, owner)
    house = access.house(request)
    found = await house.work(drafts.find, who.world, who.party, id)
    if found is None:
        return pages.missing(request, pages.tongue(request)("text", "not_found_draft"))
    checked = "check" in request.query_params
    return await _form(request, who, found, None, checked=checked)


async def _form(request: Request, who: Caller, found: Draft, told: list[Finding] | None,
                checked: bool = False) -> Response:
    """Show the form of a draft; `told` are findings of whoever refused it."""
    house, w = access.house(request), pages.tongue(request)
    now, frozen = await house.work(_clock, who.world)
    earlier = await house.work(_earlier, who, found)
    files = await house.work(drafts.files, who.world, who.party, found.id)
    asked = await house.work(_asked, who, found)
    whole = answers_to_questions.with_files(found, files)
    made = filing_message.made(whole, now, now.date(), earlier)
    shown = told if told is not None else made.findings if checked else []
    rows = filing_message.table(found)
    placed = form_parts.placed(found.ie, rows, found.tree, shown, w)
    about = form_parts.Asked(w, placed, filing_message.known(found))
    parts = form_parts.parts(rows, found.tree, about)
    kind = filing_message.kind_of(found.ie)
    return pages.page(
        request, "filing_form.html", draft=found, owner=who.party, parts=parts,
        faults=placed, checked=checked or told is not None, now=now, frozen=frozen,
        suggested=form_parts.suggestions(parts, w, house.node.countries),
        title=w.chosen(*ics2_words.kind(kind)) if kind else w.event(found.ie),
        names=form_parts.called(parts),
        limit=filing_message.limit(made, found.ie, house.node.regime), kind=kind, files=files,
        asked=asked, answers=found.ie in answers_to_questions.GROUPS)


def _asked(store: Store, who: Caller, found: Draft) -> ics2_cases.Asked | None:
    """Return the question that a draft answers, or that its amendment is asked for by."""
    story = ics2_cases.find(store, who.world, who.party, found.mrn)
    return ics2_cases.last_question(story, who.party) if story else None


def _earlier(store: Store, who: Caller, found: Draft) -> dict[str, dict] | None:
    """Return the filing that a draft amends, by which some rules judge it."""
    story = ics2_cases.find(store, who.world, who.party, found.mrn)
    case = ics2_cases.filing(story).case if story else None
    return {f"IE3{case.kind}": case.declaration} if case and case.kind else None


@post("/filers/{owner:str}/drafts/{id:str}", include_in_schema=False, status_code=200,
      request_max_body_size=LARGEST_ANSWER)
async def written(request: Request, owner: FromPath[str], id: FromPath[str]) -> Response:
    """Save what was written, and do what the button says."""
    who = visitors.party(request, owner)
    house, w = access.house(request), pages.tongue(request)
    told, files = await visitors.parts(request, MOST_BYTES, table_form.MOST_FIELDS)
    found = await house.work(drafts.find, who.world, who.party, id)
    if found is None:
        return pages.missing(request, w("text", "not_found_draft"))
    do, _, name = told.pop("do", "save").partition(":")
    if do == "forget":
        await house.work(drafts.forget, who.world, who.party, id)
        return Redirect(f"/filers/{who.party}", status_code=303)
    now, _ = await house.work(_clock, who.world)
    kept, anchor = _edited(found, told, do, name, now, w)
    await house.work(drafts.save, who.world, who.party, kept)
    if do == "unfile":
        await house.work(drafts.drop_file, who.world, who.party, id, name)
    if unfit := await _with_files(house, who, kept, files):
        return await _form(request, who, kept, unfit)
    if do == "send":
        return await _sent(request, who, kept)
    checked = "?check" if do == "check" else ""
    return Redirect(f"/filers/{who.party}/drafts/{id}{checked}{anchor}", status_code=303)


def _edited(found: Draft, told: dict[str, str], do: str, name: str, now: datetime, w: Words
            ) -> tuple[Draft, str]:
    """Return the draft as it was written, and where in the form to go on."""
    rows, anchor = filing_message.table(found), ""
    known = filing_message.known(found)
    tree = form_parts.moments(table_form.read(rows, told, found.tree, known), w)
    if do in ("check", "send"):
        tree = table_form.settled(rows, tree)
    try:
        if do == "add":
            tree, anchor = table_form.added(rows, tree, name), f"#{name}"
        elif do == "drop":
            tree, anchor = table_form.dropped(rows, tree, name), f"#{name.rpartition('/')[0]}"
    except (LookupError, table_form.Full):
        pass                        # no such place, or no room: what was written is saved
    return Draft(found.id, found.ie, now, tree, found.fixed), anchor


async def _with_files(house: House, who: Caller, draft: Draft, files: list[UploadFile]
                      ) -> list[Finding]:
    """Keep the files that were chosen with a draft; why one cannot be."""
    for one in files:
        try:
            await house.work(answers_to_questions.take_file, who, draft, one.filename,
                             await one.read())
        except answers_to_questions.Unfit as unfit:
            return [Finding("state", "12", "", "", 0, unfit.en, unfit.nb)]
    return []


@post("/filers/{owner:str}/drafts/{id:str}/look", include_in_schema=False, status_code=200,
      request_max_body_size=MOST_BYTES)
async def looked(request: Request, owner: FromPath[str], id: FromPath[str]
                 ) -> dict[str, tuple[str, ...]]:
    """Tell what is wrong with what is written just now, by field; nothing is saved."""
    who = visitors.party(request, owner)
    told = await visitors.form(request, MOST_BYTES, table_form.MOST_FIELDS)
    house, w = access.house(request), pages.tongue(request)
    found = await house.work(drafts.find, who.world, who.party, id)
    if found is None:
        return {}
    now, _ = await house.work(_clock, who.world)
    kept, _ = _edited(found, told, "", "", now, w)
    rows = filing_message.table(kept)
    whole = table_form.settled(rows, kept.tree)
    if table_form.copies(kept.ie, rows, whole) != table_form.copies(kept.ie, rows, kept.tree):
        return {}                   # an empty group between others: places would be told wrongly
    earlier = await house.work(_earlier, who, kept)
    made = filing_message.made(kept, now, now.date(), earlier)
    return form_parts.placed(kept.ie, rows, whole, made.findings, w)


async def _sent(request: Request, who: Caller, draft: Draft) -> Response:
    """Lodge a draft that nothing is wrong with; else show what is."""
    house = access.house(request)
    earlier = await house.work(_earlier, who, draft)
    files = await house.work(drafts.files, who.world, who.party, draft.id)
    whole = answers_to_questions.with_files(draft, files)
    made = filing_message.made(whole, draft.at, draft.at.date(), earlier)
    if made.findings:
        return await _form(request, who, draft, made.findings)
    taken = await house.patiently(door.receive, house.node, who.world, who.party, made.data,
                                  tuple(File(one.id, one.data) for one in files))
    if isinstance(taken, intake.Refusal):
        return await _form(request, who, draft, list(taken.findings))
    await house.work(drafts.forget, who.world, who.party, draft.id)
    reference = made.message.get("MRN") or f"r{taken[0].id}"
    return Redirect(f"/filers/{who.party}/filings/{reference}", status_code=303)


# A file

@post("/filers/{owner:str}/messages", include_in_schema=False, status_code=200,
      request_max_body_size=LARGEST_FILE)
async def by_file(request: Request, owner: FromPath[str]) -> Response:
    """Lodge a message that was made elsewhere, of any kind."""
    who = visitors.party(request, owner)
    visitors.from_here(request)
    house = access.house(request)
    sent = (await request.form()).get("file")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    taken = await house.work(door.receive, house.node, who.world, who.party, data)
    if isinstance(taken, intake.Refusal):
        return await _own(request, who, [{"text": f"{one.code} {one.path}: {one.text}",
                                          "nb": f"{one.code} {one.path}: {one.nb or one.text}"}
                                         for one in taken.findings[:PAGE_LENGTH]])
    return Redirect(f"/filers/{who.party}", status_code=303)


PATHS = [listed, own, begin, draft, written, looked, by_file]
