"""The paths of movements: where one stands, what happened, and what it waits for."""
from typing import Annotated

from litestar import Request, get
from litestar.params import FromPath, QueryParameter

from tollbod.office.node import Node
from tollbod.store.records import Movement, Place
from tollbod.store.streams import Store
from tollbod.web import access, story
from tollbod.web.access import BEARER
from tollbod.web.answers import (
    EventAnswer, MovementAnswer, MovementLine, MovementsAnswer, OfficeAnswer, ReasonAnswer,
)
from tollbod.web.documented import ERRORS, NOT_FOUND
from tollbod.web.problems import Problem
from tollbod.web.story import Actor, Office, Step
from tollbod.web.tokens import Caller

Before = Annotated[int | None, QueryParameter(
    name="before", ge=1, le=2**62, description="Marker of the last one shown: older ones follow")]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=200)]


@get("/movements", guards=[access.anybody], security=BEARER, tags=["movements"], responses=ERRORS)
async def listed(request: Request, before: Before = None, limit: Limit = 50) -> MovementsAnswer:
    """My movements, newest first: declared by me, or that I was sent anything about."""
    house, who = access.house(request), access.caller(request)
    return MovementsAnswer(await house.work(_lines, house.node, who, before, limit))


def _lines(
    store: Store, node: Node, who: Caller, before: int | None, limit: int
) -> list[MovementLine]:
    rows = newest(store, node, who.world, party_of(who), before, limit)
    return [_line(store, row) for row in rows]


def party_of(who: Caller) -> str | None:
    """Return whose movements a caller sees; None: all, for officers."""
    return None if "officer" in who.scopes else who.party


def newest(
    store: Store, node: Node, world: str, party: str | None, before: int | None, limit: int
) -> list[Movement]:
    """Return movements, newest first: each once, where it began or where it came in to us."""
    found = []
    for role in ("departure", "prenotification", "destination"):
        if party is None:
            rows = store.movements(world, before, limit, role)
        else:
            rows = _of_party(store, world, party, before, limit, role)
        found += [row for row in rows
                  if role != "destination" or (row.movement and not node.hosts(row.movement[2:4]))]
    return sorted(found, key=lambda row: -row.receipt)[:limit]


def _of_party(store: Store, world: str, party: str, before: int | None, limit: int,
              role: str) -> list[Movement]:
    last = 2**62 if before is None else before
    rows = store.query("movements_of", world=world, party=party, before=last, limit=limit,
                       role=role)
    return [Movement(*row) for row in rows]


def offices(store: Store, row: Movement) -> list[Office]:
    """Return the offices of a movement of the list."""
    world = Place.of(row.key).world
    streams = store.movement_streams(world, row.movement) if row.movement else []
    return story.ordered(streams or [store.stream(row.key)])


def lrn(place: Place) -> str:
    """Return the LRN by which an office keeps a declaration or a prenotification."""
    return place.case_id.partition(":")[2] if place.role in story.DECLARED else ""


def _line(store: Store, row: Movement) -> MovementLine:
    place = Place.of(row.key)
    return MovementLine(row.movement, lrn(place), place.office, row.phase,
                        story.waits(offices(store, row)), row.at, row.receipt)


@get("/movements/{reference:path}", guards=[access.anybody], security=BEARER, tags=["movements"],
     responses=ERRORS | {404: NOT_FOUND})
async def one(request: Request, reference: FromPath[str]) -> MovementAnswer:
    """One movement by its MRN or LRN: its state at each office, what happened, what it waits for.

    A trader sees its own movements (declarant, holder of the procedure, trader at destination) and
    of what happened the messages it sent or was sent; an officer sees everything, with the grounds.
    """
    house, who = access.house(request), access.caller(request)
    told = await house.work(_told, who, reference.strip("/"))
    if told is None:
        raise Problem(404, "No such movement", "there is no such movement of yours; give its MRN, "
                      "or the LRN under which you declared it", "det finnes ingen slik "
                      "forsendelse som er din; oppgi MRN, eller LRN som du meldte den med")
    return told


def _told(store: Store, who: Caller, reference: str) -> MovementAnswer | None:
    party = party_of(who)
    found = story.find(store, who.world, reference, party)
    if found is None or (party is not None and party not in found.own):
        return None
    if party is not None:
        found = found._replace(offices=tuple(map(story.outward, found.offices)))
    return MovementAnswer(
        found.mrn, found.lrn, found.state, found.waiting,
        [_office(one) for one in (*found.offices, *(found.guarantees if party is None else ()))],
        [_event(step, who) for step in found.steps if party is None or _mine(step, who)])


def _mine(step: Step, who: Caller) -> bool:
    me = Actor("party", who.party)
    return me in (step.sender, step.to)


def _office(one: Office) -> OfficeAnswer:
    return OfficeAnswer(one.role, one.office, one.name, one.stream.phase, one.waiting,
                        one.stream.held or "")


def _event(step: Step, who: Caller) -> EventAnswer:
    row = step.row
    grounds = None
    if "officer" in who.scopes and step.taken is not None:
        grounds = {"row": step.taken, "from": step.before, "to": step.after,
                   "refused": [dict(zip(("code", "rule", "path", "text", "nb"), one))
                               for one in step.refused],
                   **({"by": step.by} if step.by else {}), **step.second}
    mine = step.sender == Actor("party", who.party)
    return EventAnswer(str(row.receipt), row.at, row.ie, said(step.sender), said(step.to),
                       access.may_read(who, row), step.after,
                       [ReasonAnswer(*one) for one in step.refused] if mine else [], grounds)


def said(actor: Actor) -> str:
    """Return an actor in a word or two: a party's id, or `departure NO365001`."""
    return actor.id if actor.role == "party" else f"{actor.role} {actor.id}".strip()
