"""The pages for people: the list of movements, the picture of one, a message, and the log-in.

Server-rendered; the same path with `?live=VERSION` answers the part that changes, or 304 while
nothing has. In the test environment anybody may look; elsewhere an officer logs in with a secret.
"""
import hmac
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from tollbod.case.model import Party
from tollbod.national import countries
from tollbod.office import heard
from tollbod.store.records import Message, Movement, Place
from tollbod.store.streams import Store
from tollbod.web import (
    access, documents, messages, movements, picture, problems, story, tokens, xml_page,
)
from tollbod.web.body import bounded
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.web.redacted import hidden
from tollbod.web.tokens import Caller
from tollbod.web.words import LANGUAGES, Words, preferred, words

COOKIE, LANGUAGE = "tollbod_officer", "tollbod_language"
SESSION_SECONDS = 8 * 3600
PAGE_LENGTH = 50
HTML = "text/html"
STATIC = {"style.css": "text/css", "forms.css": "text/css", "forms.js": "text/javascript",
          "live.js": "text/javascript",
          "mark.svg": "image/svg+xml"}


class Closed(Exception):
    """Who looks is nobody: `reason` is shown beside the log-in."""


@cache
def _templates() -> Environment:
    made = Environment(loader=PackageLoader("tollbod.web"), autoescape=True,
                       undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return made


def tongue(request: Request) -> Words:
    """Return the language of a request: the one chosen, else the browser's."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen not in LANGUAGES:
        chosen = preferred(request.headers.get("accept-language", ""))
    node = access.house(request).node
    return words(chosen, countries.of(node.countries[0]).zone)


def admit(request: Request) -> None:
    """Let in whoever may look. Raises Closed."""
    house = access.house(request)
    if house.node.test:
        return
    who = tokens.read(house, request.cookies.get(COOKIE, ""))
    if not who or "officer" not in who.scopes or who.world != house.world:
        raise Closed


def page(request: Request, name: str, status: int = 200, **values: Any) -> Response[str]:
    """Return a page of a template."""
    house, w = access.house(request), tongue(request)
    here = request.url.path
    text = _templates().get_template(name).render(
        w=w, here=here, test=house.node.test, part="live" in request.query_params,
        session=not house.node.test and COOKIE in request.cookies, **values)
    return Response(text, status_code=status, media_type=HTML,
                    headers={"Vary": "Cookie, Accept-Language",
                             "Referrer-Policy": "same-origin"})     # forms tell where they are from


def closed(request: Request, _reason: Closed) -> Response[str]:
    """Ask for the secret, or say that there is none to ask for."""
    opened = bool(access.house(request).officer_secret)
    return page(request, "login.html", 401 if opened else 403, opened=opened, wrong=False)


def missing(request: Request, name: str) -> Response[str]:
    """Return the page that says that something is not there."""
    return page(request, "missing.html", 404, text=name)


def no_page(request: Request, error: NotFoundException) -> Response:
    """Answer for a path that does not exist: a page for a browser, JSON for a program."""
    browser = "text/html" in request.headers.get("accept", "")
    if browser and not request.url.path.startswith("/api/"):
        return missing(request, tongue(request)("text", "not_found_page"))
    return problems.framework(request, error)


def not_a_page(request: Request, error: MethodNotAllowedException) -> Response:
    """Answer a browser that goes to where a form is sent: with the page that has the form."""
    browser = "text/html" in request.headers.get("accept", "")
    if browser and request.method == "GET" and not request.url.path.startswith("/api/"):
        return Redirect(request.url.path.rpartition("/")[0] or "/", status_code=303)
    return problems.framework(request, error)


# Following live

def version_of(store: Store, world: str) -> tuple[str, datetime, bool]:
    """Return what changes whenever something happens, the world's time, and if it stands still."""
    now = store.now(world)
    undecided = "" if store.idle(world) else f"-{datetime.now(UTC).timestamp()}"
    last = store.value("last_receipt")
    return f"{last}-{now:%H%M}{undecided}", now, store.is_frozen(world)


def unchanged(request: Request, version: str) -> Response | None:
    """Return the answer to who follows a page and has this version; None: there is another."""
    if request.query_params.get("live") == version:
        return Response(None, status_code=304)
    return None


# The list

@get("/", include_in_schema=False)
async def front(request: Request) -> Response:
    """Show the newest movements."""
    admit(request)
    house, w = access.house(request), tongue(request)
    before = messages.number(request.query_params.get("before", "")) or None
    version, now, frozen = await house.work(version_of, house.world)
    if same := unchanged(request, version):
        return same
    lines = await house.work(_lines, house, before, w, now)
    older = lines[-1]["marker"] if len(lines) == PAGE_LENGTH else None
    return page(request, "movements.html", lines=lines, now=now, frozen=frozen, version=version,
                older=older, before=before)


def _lines(
    store: Store, house: House, before: int | None, w: Words, now: datetime
) -> list[dict[str, Any]]:
    rows = movements.newest(store, house.node, house.world, None, before, PAGE_LENGTH)
    return [_line(store, row, w, now) for row in rows]


def _line(store: Store, row: Movement, w: Words, now: datetime) -> dict[str, Any]:
    place = Place.of(row.key)
    offices = movements.offices(store, row)
    wait, case = story.waits(offices), offices[0].case
    held = next((one.stream.held for one in offices if one.stream.held), None)
    return {
        "reference": row.movement or place.case_id, "mrn": row.movement,
        "lrn": movements.lrn(place),
        "route": picture.route(case) or [picture.place(place.office)], "state": row.phase,
        "tone": picture.tone(row.phase), "wait": wait, "held": held, "marker": row.receipt,
        "age": picture.age(wait.since if wait else None, now, w), "at": row.at,
    }


# One movement

@get("/movements/{reference:path}", include_in_schema=False)
async def movement(request: Request, reference: FromPath[str]) -> Response:
    """Show the sequence picture of one movement."""
    admit(request)
    house, w = access.house(request), tongue(request)
    version, now, frozen = await house.work(version_of, house.world)
    if same := unchanged(request, version):
        return same
    found = await house.work(story.find, house.world, reference.strip("/"), None)
    if found is None:
        return missing(request, w("text", "not_found_movement"))
    names = await house.work(names_of, house.world, found)
    lanes = picture.lanes(found, names, w)
    return page(request, "movement.html", story=found, now=now, frozen=frozen, version=version,
                lanes=lanes, rows=picture.rows(found, lanes, w), tone=picture.tone,
                next=picture.possible(found, w), accounts=picture.accounts(found, w),
                summary=picture.summary(found, w), wait=found.waiting,
                papers=documents.offered(found),
                held=[one for one in found.offices if one.stream.held])


def names_of(store: Store, world: str, found: story.Story) -> dict[str, str]:
    """Return the names of the parties of a movement, by their id."""
    ids = {actor.id for step in found.steps for actor in (step.sender, step.to)
           if actor.role == "party"}
    bodies = {id: store.party(world, id) for id in ids if id.isalnum()}
    return {id: msgspec.json.decode(body, type=Party).name for id, body in bodies.items() if body}


@get("/documents/{kind:str}/{reference:path}", include_in_schema=False)
async def document(request: Request, kind: FromPath[str], reference: FromPath[str]) -> Response:
    """Show a paper of a movement in the language of the pages."""
    admit(request)
    house, w = access.house(request), tongue(request)
    found = await house.work(story.find, house.world, reference.strip("/"), None)
    if found is None or kind not in documents.offered(found):
        return missing(request, w("text", "not_found_document"))
    return await documents.answer(kind, documents.choose(found, kind, None), w.language)


# One message

@get("/messages/{name:str}", include_in_schema=False)
async def message(request: Request, name: FromPath[str]) -> Response:
    """Show a message as readable XML; with `?raw` the bytes as they are stored."""
    admit(request)
    house, w = access.house(request), tongue(request)
    receipt = messages.number(name.removesuffix(".xml"))
    row = await house.work(messages.find, receipt)
    place = Place.of(row.key) if row is not None else None
    if place is None or place.world != house.world or place.role == "interchange":
        return missing(request, w("text", "not_found_message"))
    return await shown_message(request, row)


async def shown_message(request: Request, row: Message, owner: str = "") -> Response:
    """Return the page of a message; `owner` is the party who reads it as its own."""
    house, w = access.house(request), tongue(request)
    data = hidden(messages.content(row))
    if row.ie == "CONTRL":
        data = data.replace(b"'", b"'\n")
    if "raw" in request.query_params:
        kind = "application/xml" if row.ie.startswith("IE") else "application/json"
        return Response(data, media_type=kind)
    step = story.step(row, None)
    rejected = await house.work(heard.rejection, house.node, row)
    return page(request, "message.html", row=row, rejected=rejected, lines=xml_page.lines(data),
                now=None, frozen=False, version="", title=w.event(row.ie), owner=owner,
                sender=w.actor(*step.sender), to=w.actor(*step.to))


# Language, log-in, files

@get("/language/{code:str}", include_in_schema=False)
async def language(request: Request, code: FromPath[str], to: FromQuery[str] = "/") -> Redirect:
    """Choose a language and go back to the page one came from."""
    local = to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
    chosen = code if code in LANGUAGES else "en"
    cookie = Cookie(LANGUAGE, value=chosen, max_age=365 * 86400, samesite="lax", httponly=True)
    return Redirect(local, cookies=[cookie])


@post("/login", include_in_schema=False, status_code=200)
async def login(request: Request) -> Response:
    """Let an officer in who knows the secret, or a holder who has an access token."""
    house = access.house(request)
    form = dict(parse_qsl((await bounded(request, 10_000)).decode(errors="replace")))
    if form.get("token"):
        return _with_token(request, house, form["token"].strip())
    given = form.get("secret", "").encode()
    if not house.officer_secret or not hmac.compare_digest(given, house.officer_secret.encode()):
        opened = bool(house.officer_secret)
        return page(request, "login.html", 403, opened=opened, wrong=opened)
    who = Caller(tokens.OFFICER, frozenset([tokens.OFFICER]), house.world)
    token = tokens.issue(house, who, SESSION_SECONDS)
    return Redirect("/", status_code=303, cookies=[_session(house, token, SESSION_SECONDS)])


def _with_token(request: Request, house: House, token: str) -> Response:
    """Let a party in for as long as its access token is good: to its own guarantees."""
    who = tokens.read(house, token)
    if who is None or who.world != house.world:
        return page(request, "login.html", 403, opened=bool(house.officer_secret), wrong=True)
    cookie = _session(house, token, tokens.LIFE_SECONDS)
    return Redirect(f"/holders/{who.party}/guarantees", status_code=303, cookies=[cookie])


def _session(house: House, token: str, seconds: int) -> Cookie:
    return Cookie(COOKIE, value=token, max_age=seconds, httponly=True, samesite="strict",
                  secure=house.issuer.startswith("https:"))


@get("/logout", include_in_schema=False)
async def logout() -> Redirect:
    """End an officer's session in this browser."""
    return Redirect("/", status_code=303, cookies=[Cookie(COOKIE, value="", max_age=0)])


@get("/static/{name:str}", include_in_schema=False)
async def static(name: FromPath[str]) -> Response[bytes]:
    """Return one of the few files that the pages use."""
    if name not in STATIC:
        raise Problem(404, "Not found", "there is no such file", "filen finnes ikke")
    data = (files("tollbod.web") / "static" / name).read_bytes()
    return Response(data, media_type=STATIC[name], headers={"Cache-Control": "no-cache"})


PATHS = [front, movement, document, message, language, login, logout, static]
HANDLERS = {Closed: closed, NotFoundException: no_page,
            MethodNotAllowedException: not_a_page}
