"""The paths of the test environment: move time, play the officer, make a world of one's own.

They exist only where the node is a test environment. Each world has a clock, parties, guarantees
and a history of its own; what happens in one is not seen in another.
"""
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody

from tollbod.case.model import Party
from tollbod.office import clock, officer
from tollbod.risk.control_filter import FILTER, Criterion
from tollbod.store.streams import Store
from tollbod.store.worlds import ClockGoesBack
from tollbod.web import access, desk, guarantees, tokens
from tollbod.web.access import BEARER
from tollbod.web.answers import ClockAnswer, OutcomeAnswer, WorldAnswer, told
from tollbod.web.desk import ActBody
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

MOST_WORLDS = 2000
MOST_ENTRIES = 500              # parties, guarantees of one world
LONGEST_ADVANCE = timedelta(days=3660)
SECOND = "second officer"       # confirms what the office of the test bench proposes
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class ClockBody(msgspec.Struct, frozen=True):
    """How far the clock of the caller's world is to go."""

    advance: Annotated[str, told("ISO 8601: PT45M, P6D, PT0S")]


class OfficerBody(msgspec.Struct, frozen=True):
    """An act of an officer at an office; all fields that are not named here are its details."""

    office: Annotated[str, told("NO371001")]
    case: Annotated[str, told("MRN, LRN or GRN; for resolve the key of what was set aside")]
    do: Annotated[str, told("present, control, seal, release, crossing, remarks, register ...")]
    by: Annotated[str, told("Who acts; nobody named: the office, also where two must")] = ""
    id: Annotated[str, told("The same again is the same act")] = ""


class GuaranteeBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guarantee as its office registers it."""

    grn: str
    type: str
    holder: str
    reference_cent: Annotated[int, told("Reference amount in EUR cent")]
    access_codes: list[str] = []
    office: Annotated[str, told("Office of guarantee; that of the GRN if empty")] = ""
    guarantor: str = ""
    valid_from: str = ""
    valid_to: str = ""
    not_valid_in: list[str] = []


class WorldBody(msgspec.Struct, frozen=True):
    """A world to be made."""

    name: Annotated[str, told("a-z, 0-9 and -; one is made up if empty")] = ""
    clock: Annotated[datetime | None, told("Where its clock stands still; null: it runs with the "
                                           "real time")] = None
    parties: list[Party] = []
    guarantees: list[GuaranteeBody] = []
    criteria: Annotated[list[Criterion], told("Its control filter")] = []


@get("/test/clock", guards=[access.anybody], security=BEARER, tags=["test"], responses=ERRORS)
async def clock_shows(request: Request) -> ClockAnswer:
    """What the clock of the caller's world shows."""
    return await access.house(request).work(_shows, access.caller(request).world)


@post("/test/clock", guards=[access.officer], security=BEARER, tags=["test"], status_code=200,
      responses=ERRORS | {409: problem("Somebody else moved the clock")})
async def clock_advances(request: Request, data: JSONBody[ClockBody]) -> ClockAnswer:
    """Move the clock of the caller's world: each timer that falls due fires at its own time.

    Answers when everything that followed is decided. A clock that ran goes on running from there.
    """
    try:
        by = msgspec.convert(data.advance, timedelta)
    except msgspec.ValidationError:
        by = timedelta(-1)
    if not timedelta(0) <= by <= LONGEST_ADVANCE:
        raise Problem(400, "Not understood", "advance is an ISO 8601 duration such as PT45M; time "
                      "only goes forward, by ten years at most", "advance er en varighet etter ISO "
                      "8601, for eksempel PT45M; tiden går bare fremover, høyst ti år")
    return await access.house(request).patiently(_advance, access.caller(request).world, by)


def _advance(store: Store, world: str, by: timedelta) -> ClockAnswer:
    ran = not store.is_frozen(world)
    try:
        shown = clock.advance(store, world, by, lambda: clock.settled(store, world))
        if ran:
            store.set_clock(world, shown - datetime.now(UTC))
    except ClockGoesBack as error:
        raise Problem(409, "Clock moved", f"{error}; somebody else moved it too",
                      "noen andre flyttet også klokken") from error
    except TimeoutError as error:
        raise Problem(503, "Not settled", str(error), "verdenen har fortsatt meldinger som ikke er "
                      "behandlet", headers={"Retry-After": "2"}) from error
    return _shows(store, world)


def _shows(store: Store, world: str) -> ClockAnswer:
    return ClockAnswer(world, store.now(world), not store.is_frozen(world))


@post("/test/officer", guards=[access.officer], security=BEARER, tags=["test"], status_code=200,
      responses=ERRORS | {404: NOT_FOUND})
async def play_officer(request: Request, data: JSONBody[dict[str, Any]]) -> OutcomeAnswer:
    """Play the officer of any office: {"office", "case", "do", "by"?, "id"?, details ...}.

    Answers the state of the case and why the act was refused, if it was.
    """
    try:
        body = msgspec.convert(data, OfficerBody)
    except msgspec.ValidationError as error:
        raise Problem(400, "Not understood", str(error)) from error
    details = {name: value for name, value in data.items()
               if name not in OfficerBody.__struct_fields__}
    who = access.caller(request)
    return await access.house(request).patiently(_play, who, body, details)


def _play(store: Store, who: Caller, body: OfficerBody, details: dict[str, Any]) -> OutcomeAnswer:
    case = body.case
    if body.do not in ("register", "resolve"):
        case = _case(store, who.world, body.office, case)
    given = ActBody(body.do, details, body.id, body.by or tokens.OFFICER)
    done = desk.act(store, who, body.office, case, given)
    if not done.proposed or body.by:
        return done
    second = ActBody("confirm", {}, f"{done.receipt} confirmed", SECOND)
    return desk.act(store, who, body.office, case, second)


def _case(store: Store, world: str, office: str, case: str) -> str:
    """Return the case of an LRN as the office keeps it (`declarant:LRN`); else what was given."""
    rows = store.query("by_lrn", world=world, lrn=case, party=None)
    place = f"{world}/{office}/departure/"
    return next((key.removeprefix(place) for key, in rows if key.startswith(place)), case)


@post("/test/worlds", tags=["test"], status_code=201, request_max_body_size=2_000_000,
      responses={409: problem("The name is taken"), 429: problem("Too many worlds")})
async def make_world(request: Request, data: JSONBody[WorldBody]) -> WorldAnswer:
    """Make a fresh world with parties and guarantees; answers a token for each who acts in it.

    A token of a world says which world it is for: all other paths then work in that world. New
    ones: POST /token with `client_id`, `client_secret=demo` and `world`.
    """
    house = access.house(request)
    if data.name and not NAME.fullmatch(data.name):
        raise Problem(400, "Not understood", "name: at most 40 of a-z, 0-9 and -",
                      "name: høyst 40 av a-z, 0-9 og -")
    if data.clock and data.clock.utcoffset() is None:
        raise Problem(400, "Not understood", "clock: a time with its zone, 2026-05-04T08:00:00Z",
                      "clock: et tidspunkt med sone, 2026-05-04T08:00:00Z")
    if len(data.parties) > MOST_ENTRIES or len(data.guarantees) > MOST_ENTRIES:
        raise Problem(400, "Not understood", f"at most {MOST_ENTRIES} parties and guarantees",
                      f"høyst {MOST_ENTRIES} parter og garantier")
    return await house.patiently(_make, house, data)


def _make(store: Store, house: House, body: WorldBody) -> WorldAnswer:
    for one in body.guarantees:
        office = one.office or guarantees.office_of(house, one.grn)
        if not house.node.hosts(office):
            raise Problem(422, "Another node's office", f"{one.grn[:24]}: office {office[:20]!r} "
                          f"is not one of {', '.join(house.node.countries)}",
                          f"{one.grn[:24]}: tollstedet {office[:20]!r} er ikke blant "
                          f"{', '.join(house.node.countries)}")
    world = body.name or f"w-{secrets.token_hex(6)}"
    if len(store.worlds()) >= MOST_WORLDS:
        raise Problem(429, "Too many worlds", "remove some: DELETE /test/worlds/NAME",
                      "fjern noen: DELETE /test/worlds/NAVN", headers={"Retry-After": "60"})
    if not store.create_world(world, body.clock or timedelta(0)):
        raise Problem(409, "Name taken", f"there is a world {world} already",
                      f"det finnes allerede en verden {world}")
    if body.criteria:                       # before anything is decided there, and remembered
        store.put_party(world, FILTER, msgspec.json.encode(body.criteria))
    furnish(store, house, world, body.parties, body.guarantees)
    callers = [Caller(one.id, frozenset(["trader"]), world) for one in body.parties]
    callers.append(Caller(tokens.OFFICER, frozenset([tokens.OFFICER]), world))
    return WorldAnswer(world, store.now(world),
                       {who.party: tokens.issue(house, who) for who in callers})


def furnish(
    store: Store, house: House, world: str, parties: list[Party],
    registered: list[GuaranteeBody],
) -> None:
    """Enter parties into the register of a world and register guarantees at their offices."""
    for party in parties:
        store.put_party(world, party.id, msgspec.json.encode(party))
    lodged = []
    for one in registered:
        details = msgspec.to_builtins(one)
        office = details.pop("office", "") or guarantees.office_of(house, one.grn)
        lodged.append(officer.act(store, world, office, one.grn, "register", tokens.OFFICER,
                                  f"register {one.grn}", details))
    for key, receipt in lodged:
        try:
            officer.outcome(store, key, receipt)
        except TimeoutError as error:
            raise Problem(503, "Not settled", str(error), "garantiene er ikke registrert ennå",
                          headers={"Retry-After": "2"}) from error


@delete("/test/worlds/{name:str}", guards=[access.officer], security=BEARER, tags=["test"],
        responses=ERRORS | {403: problem("Another world than that of the token")})
async def drop_world(request: Request, name: FromPath[str]) -> None:
    """Remove a world and all that happened in it; the token must be of that world."""
    house, who = access.house(request), access.caller(request)
    if name != who.world or name == house.world:
        raise Problem(403, "Not allowed", "only a world made at POST /test/worlds may be removed, "
                      "with a token of its own", "bare en verden laget med POST /test/worlds kan "
                      "fjernes, med et token for den")
    await house.patiently(lambda store: store.drop_world(name))


PATHS = [clock_shows, clock_advances, play_officer, make_world, drop_world]
