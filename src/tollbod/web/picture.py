"""The sequence picture of a movement: lanes for all who took part, a row for each thing done.

Built from a `Story`; knows columns and directions, not HTML. Lanes, from the left: who declared,
departure, the office of guarantee, each office of transit, destination, the trader there, others.
"""
from datetime import datetime
from typing import NamedTuple

from tollbod.case.carry import at, many
from tollbod.case.model import SAME
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.usage import Usage
from tollbod.office.roles import ROLES
from tollbod.spec import codes
from tollbod.web.story import Actor, Step, Story, office_name
from tollbod.web.words import Words

BAD = frozenset("IE009 IE019 IE035 IE051 IE055 IE056 IE057 IE906 IE917 "
                "IE3N99 IE3N01 IE3N07 IE3Q01".split())
GOOD = frozenset("released arrived passed unloading unloaded valid assessed presented".split()
                 + ["written off", "goods released"])
STOPPED = frozenset(["rejected", "not released", "revoked", "cancelled", "do not load", "stopped",
                     "invalidated"])
MOST_LANES = 12
PLACES = ("declarant", "departure", "guarantee", "transit", "exit", "destination", "trader",
          "enquiry", "recovery", "party")


class Lane(NamedTuple):
    """One column: what it is, whose, and its number."""

    actor: Actor
    title: str
    name: str
    code: str


class Row(NamedTuple):
    """One row: an arrow between two lanes, or something done in one (`left` is `right`)."""

    id: int
    day: str                    # where it differs from that of the row before
    time: str
    iso: str
    ie: str
    words: str
    left: int                   # first lane, from 1
    right: int
    to_right: bool
    bad: bool
    sender: str
    to: str
    refused: tuple[tuple[str, str, str], ...]       # code and rule, place, sentence
    is_message: bool


def lanes(story: Story, names: dict[str, str], words: Words) -> list[Lane]:
    """Return the lanes of everybody who sent or got anything, in their order."""
    seen = dict.fromkeys(actor for step in story.steps for actor in (step.sender, step.to)
                         if actor.role in (*ROLES, "party"))
    for one in (*story.offices, *story.guarantees):
        seen.setdefault(Actor(one.role, one.office))
    order = [Actor(one.role, one.office) for one in (*story.guarantees, *story.offices)]
    parts = _parts(story)

    def place(actor: Actor) -> tuple[int, int]:
        part = actor.role if actor.role in ROLES else parts.get(actor.id, "party")
        part = "declarant" if part == "holder" else part
        there = order.index(actor) if actor in order else len(order)
        return PLACES.index(part) if part in PLACES else len(PLACES), there

    found = []
    for actor in sorted(seen, key=place)[:MOST_LANES]:
        if actor.role == "party":
            title = words("text", parts.get(actor.id, "party"))
            found.append(Lane(actor, title, names.get(actor.id, actor.id), actor.id))
        else:
            found.append(Lane(actor, words("role", actor.role), office_name(actor.id), actor.id))
    return found


def _parts(story: Story) -> dict[str, str]:
    """Return which part each party plays: declarant, holder or trader at destination."""
    parts: dict[str, str] = {}
    destination, departure = story.office("destination"), story.office("departure")
    if destination and destination.case.trader:
        parts[destination.case.trader] = "trader"
    if departure:
        declarant = departure.case.declarant or departure.stream.place.case_id.partition(":")[0]
        parts[declarant] = "holder" if declarant == departure.case.holder else "declarant"
    return parts


def rows(story: Story, found: list[Lane], words: Words) -> list[Row]:
    """Return what happened, in order."""
    column = {lane.actor: number for number, lane in enumerate(found, 1)}
    named = {lane.actor: f"{lane.title} {lane.code}" for lane in found}
    told, day = [], ""
    for step in story.steps:
        if step.to not in column:
            continue
        to, sender = column[step.to], column.get(step.sender, column[step.to])
        today = words.day(step.row.at)
        told.append(Row(
            step.row.receipt, today if today != day else "", words.time(step.row.at),
            step.row.at.isoformat(), _head(step), _text(step, words), min(to, sender),
            max(to, sender), to >= sender, step.row.ie in BAD,
            named.get(step.sender, words("text", "officer")), named[step.to],
            tuple((f"{code} {rule}".strip(), path, words.chosen(english, bokmaal))
                  for code, rule, path, english, bokmaal in step.refused),
            step.row.ie.startswith("IE")))
        day = today
    return told


def _head(step: Step) -> str:
    return step.row.ie if step.row.ie.startswith("IE") else ""


def _text(step: Step, words: Words) -> str:
    name = step.row.ie
    if name.startswith("IE"):
        return words.event(name).removeprefix(name).strip()
    if name == "timer":
        return words.event(f"timer {step.row.ident.rpartition(' ')[0]}")
    return words("act", name.removeprefix("officer ").removeprefix("tell "))


def tone(state: str) -> str:
    """Return how a state is coloured: go, hold or stop."""
    return "go" if state in GOOD else "stop" if state in STOPPED else "hold"


class Next(NamedTuple):
    """What an office can take in its present state, and where that leads."""

    role: str
    office: str
    events: list[tuple[str, list[str]]]         # event in words, states in words


def possible(story: Story, words: Words) -> list[Next]:
    """Return what can change the state at each office next, read off the tables of the roles."""
    found = []
    for one in story.offices:
        events: dict[str, list[str]] = {}
        for row in ROLES[one.role].table:
            if row.state == one.stream.phase and row.to not in (SAME, row.state):
                leads = events.setdefault(words.event(row.event), [])
                to = words("state", row.to)
                if to not in leads:
                    leads.append(to)
        if events:
            found.append(Next(words("role", one.role), one.office, list(events.items())))
    return found


def route(case: object) -> list[str]:
    """Return the places of a declaration, from departure to destination, each once in a row.

    A prenotification has one office; before and after it stand the countries of the transport.
    """
    declaration = getattr(case, "declaration", None) or getattr(case, "record", {})
    groups = ("CustomsOfficeOfDeparture", "CustomsOfficeOfTransitDeclared",
              "CustomsOfficeOfDestinationDeclared")
    offices = [one for group in groups for one in many(declaration.get(group))]
    found = [place(at(one, "referenceNumber")) for one in offices if at(one, "referenceNumber")]
    if transport := declaration.get("Transport"):
        return [at(transport, "countryOfDeparture"), *found[:1],
                at(transport, "countryOfDestination")]
    return [one for n, one in enumerate(found) if n == 0 or one != found[n - 1]]


def place(code: str) -> str:
    """Return where an office is: its city, else its name."""
    office = codes.office(code)
    return (office.city or office.name or code).title() if office else code


def summary(story: Story, words: Words) -> list[str]:
    """Return a movement in a few words: route, type, procedure."""
    first = story.offices[0].case if story.offices else None
    declaration = getattr(first, "declaration", None) or getattr(first, "record", {})
    parts = [" → ".join(route(first)), at(declaration, "TransitOperation/declarationType")]
    if isinstance(getattr(first, "simplified", None), bool):
        parts.append(words("text", "simplified" if first.simplified else "normal"))
    if story.lrn:
        parts.append(f"LRN {story.lrn}")
    return [part for part in parts if part]


class Account(NamedTuple):
    """A guarantee in amounts of the page's language."""

    grn: str
    reference: str
    available: str
    liable: str
    here: str
    percent: int


def accounts(story: Story, words: Words) -> list[Account]:
    """Return the guarantees that cover a movement."""
    return [_account(one.case, story.used.get(one.case.grn), words) for one in story.guarantees
            if one.case.state != "none"]


def _account(case: Guarantee, used: Usage | None, words: Words) -> Account:
    def told(amount: int) -> str:
        return words.amount(amount, case.currency)
    percent = round(100 * case.free / case.reference) if case.reference else 0
    return Account(case.grn, told(case.reference), told(case.free), told(case.liable),
                   told(used.amount) if used else "", percent)


def age(since: datetime | None, now: datetime, words: Words) -> str:
    """Return for how long something has waited."""
    return words.age(max(0, int((now - since).total_seconds()))) if since else ""
