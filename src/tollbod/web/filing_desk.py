"""The officer's page of a filing: why it was picked out, what it says, what to do about it.

Every act is one that a task of the case asks for, or the presentation of the goods; the answer
tells what became of it. Files that came with answers are handed out as files, never shown here.
"""
import secrets
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tollbod.case.model import Task
from tollbod.office import attachments
from tollbod.office.roles import ROLES
from tollbod.spec.tables import ICS2
from tollbod.store.streams import Store
from tollbod.web import (
    access, declaration_parts, desk, filing_story, ics2_cases, pages, visitors,
)
from tollbod.web.desk import ActBody
from tollbod.web.problems import Problem
from tollbod.web.story import Office, Story
from tollbod.wire import forms

MOST_BYTES, MOST_FIELDS = 100_000, 20
DETAILS = {                     # what an officer may tell with an act
    "control": ("place", "day", "endangered"), "involve": ("office",),
    "ask-information": ("text", "code", "pointer"),
    "ask-to-amend": ("text", "code", "pointer"), "ask-screening": ("methods", "text"),
    "announce-control": ("place", "day"), "control-result": ("result",),
}
CHOICES = {"result": ("satisfactory", "stopped"), "endangered": ("no", "yes")}
UNASKED = ("present",)          # acts that no task asks for


class FileLine(msgspec.Struct, frozen=True):
    """A file that a message of a case names."""

    receipt: int
    id: str
    filename: str
    media: str
    ie: str
    came: bool


@get("/filings/{reference:str}", include_in_schema=False)
async def one(request: Request, reference: FromPath[str]) -> Response:
    """Show a filing to an officer."""
    return await _one(request, reference, [])


async def _one(request: Request, reference: str, faults: list[dict[str, str]]) -> Response:
    who = visitors.officer(request)
    house, w = access.house(request), pages.tongue(request)
    _, now, frozen = await house.work(pages.version_of, who.world)
    found = await house.work(_found, who.world, reference)
    if found is None:
        return pages.missing(request, w("text", "not_found_filing"))
    names = await house.work(pages.names_of, who.world, found)
    case = ics2_cases.filing(found)
    tasks = await house.work(_tasks, who.world, case)
    files = await house.work(_files, who.world, found)
    whole = await house.work(declaration_parts.of, who.world, house.node.repository, case.case)
    return pages.page(
        request, "filing_desk.html",
        **filing_story.shown(request, found, names, now, w), frozen=frozen, faults=faults,
        reference=reference, tasks=tasks, files=files, whole=whole, details=DETAILS,
        choices=CHOICES, acts=_acts(case, tasks) if who.serves(case.office) else [],
        id=secrets.token_hex(8))


def _found(store: Store, world: str, reference: str) -> Story | None:
    return ics2_cases.find(store, world, None, reference)


def _tasks(store: Store, world: str, one: Office) -> list[Task]:
    return [msgspec.json.decode(row.body, type=Task) for row in store.tasks(world, one.office)
            if row.key == one.stream.key]


def _acts(one: Office, tasks: list[Task]) -> list[str]:
    """Return what an officer may do: what the tasks ask for, and what needs no task."""
    foreseen = {row.event.removeprefix("officer ") for row in ROLES["filing"].table
                if row.state == one.stream.phase and row.event.startswith("officer ")}
    asked = [do for task in tasks for do in task.acts if do in foreseen]
    return list(dict.fromkeys([*asked, *(do for do in UNASKED if do in foreseen)]))


def _files(store: Store, world: str, found: Story) -> list[FileLine]:
    """Return the files that the messages to the office name, and which of them are here."""
    told = []
    for step in found.steps:
        row = step.row
        if step.to.role == "filing" and row.ie.startswith("IE3") and b"binary" in row.body:
            message = forms.read(row.body, ICS2)
            told += [FileLine(row.receipt, one.id, one.filename, one.media, row.ie, came)
                     for one, came in attachments.parts(store, world, row, message)]
    return told


@post("/filings/{reference:str}", include_in_schema=False, status_code=200)
async def act(request: Request, reference: FromPath[str]) -> Response:
    """Do what an officer chose, or show why it is refused."""
    who = visitors.officer(request)
    form = await visitors.form(request, MOST_BYTES, MOST_FIELDS)
    house, w = access.house(request), pages.tongue(request)
    found = await house.work(_found, who.world, reference)
    if found is None:
        return pages.missing(request, w("text", "not_found_filing"))
    case, do = ics2_cases.filing(found), form.get("do", "")
    tasks = await house.work(_tasks, who.world, case)
    if do not in _acts(case, tasks):
        return await _one(request, reference, [{
            "text": "this cannot be done now: somebody else may have acted meanwhile",
            "nb": "dette kan ikke gjøres nå: en annen kan ha handlet i mellomtiden"}])
    details = {name: form[name] for name in DETAILS.get(do, ()) if form.get(name)}
    try:
        done = await house.patiently(desk.act, who, case.office, case.case.mrn,
                                     ActBody(do, details, form.get("id", "")))
    except Problem as problem:
        return await _one(request, reference, [{"text": problem.detail, "nb": problem.nb}])
    if done.refused:
        return await _one(request, reference, [dict(one) for one in done.refused])
    return Redirect(f"/filings/{quote(reference)}", status_code=303)


@get("/filings/{reference:str}/files/{receipt:int}/{name:str}", include_in_schema=False)
async def file(request: Request, reference: FromPath[str], receipt: FromPath[int],
               name: FromPath[str]) -> Response:
    """Hand out a file that came with a message of a filing, to be saved and not shown."""
    who = visitors.officer(request)
    house, w = access.house(request), pages.tongue(request)
    found = await house.work(_found, who.world, reference)
    row = next((step.row for step in found.steps if step.row.receipt == receipt), None) \
        if found else None
    data = await house.work(attachments.find, who.world, row, name) if row else None
    if data is None:
        return pages.missing(request, w("text", "not_found_file"))
    media = attachments.media_of(data)
    return Response(data, media_type=media or "application/octet-stream", headers={
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(_filename(row, name))}",
        "Content-Security-Policy": "sandbox; default-src 'none'"})


def _filename(row: Any, name: str) -> str:
    """Return what the message calls a file for people."""
    told = {one.id: one.filename for one in attachments.named(forms.read(row.body, ICS2))}
    return told.get(name) or name


PATHS = [one, act, file]
