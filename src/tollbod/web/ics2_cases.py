"""Filings as the pages show them: those of a party, one of them, and what is asked about it.

Reads the store and makes records; knows no path and no HTML.
"""
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from tollbod.case.carry import at, many
from tollbod.ics2.case import Filing
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.spec.tables import ICS2
from tollbod.store.records import Message, Movement, Place, Stream
from tollbod.store.streams import Store
from tollbod.web import story
from tollbod.web.answers import WaitingAnswer
from tollbod.web.messages import number
from tollbod.web.story import Actor, Office, Story
from tollbod.wire import forms

QUESTIONS = ("IE3Q02", "IE3Q03")
ASKED = ("IE3Q01", *QUESTIONS)
OPEN = ("referral open", "do not load")
MOST_OPEN = 200
ANSWERS = {"RFI": "IE3R02", "RFS": "IE3R03"}


class Line(NamedTuple):
    """A filing in a list."""

    reference: str              # by which its page is found
    mrn: str
    lrn: str
    kind: str
    state: str
    wait: WaitingAnswer | None
    held: str | None
    at: datetime
    marker: int
    filer: str


class Question(NamedTuple):
    """One question of a letter: its reference, kind, and what it says."""

    reference: str
    type: str
    texts: tuple[str, ...]
    codes: tuple[str, ...]
    pointer: str
    documents: tuple[str, ...]
    methods: tuple[str, ...]
    document: dict[str, str]    # of the house that it is about


class Asked(NamedTuple):
    """The last letter that asks something about a filing, and its questions."""

    letter: Message
    questions: tuple[Question, ...]


def newest(store: Store, world: str, party: str | None, before: int | None, limit: int
           ) -> list[Line]:
    """Return filings, newest first: of a party, or of everybody."""
    if party is None:
        return [_line(store, row, _as_it_is)
                for row in store.movements(world, before, limit, "filing")]
    rows = store.query("movements_of", world=world, party=party, role="filing", limit=limit,
                       before=2**62 if before is None else before)
    return [_line(store, Movement(*row)) for row in rows]


def asked(store: Store, world: str, party: str) -> list[Line]:
    """Return the filings about which a party is asked something now, newest question first."""
    rows = store.query("asked_of", world=world, party=party, ies=list(ASKED), states=list(OPEN),
                       limit=MOST_OPEN)
    return [_line(store, Movement(*row)) for row in rows]


def _as_it_is(one: Office) -> Office:
    return one


def _line(store: Store, row: Movement, seen: Callable[[Office], Office] = story.outward) -> Line:
    stream = store.stream(row.key)
    case, place = _case(stream), Place.of(row.key)
    filer, _, lrn = place.case_id.partition(":")
    one = seen(story.ordered([stream])[0])
    return Line(row.movement or f"r{row.receipt}", row.movement, lrn, case.kind, one.stream.phase,
                one.waiting, row.held, row.at, row.receipt, filer)


def _case(stream: Stream) -> Filing:
    return decode(ROLES["filing"], stream.state)


def find(store: Store, world: str, party: str | None, reference: str) -> Story | None:
    """Return the story of a filing by its MRN, or by `r` and the number of its receipt.

    None if there is none, or if it is not this party's.
    """
    stream = _stream(store, world, reference)
    if stream is None:
        return None
    case = _case(stream)
    mine = {stream.place.case_id.partition(":")[0], *case.speakers, case.carrier}
    if party is not None and party not in mine:
        return None
    found = story.tell(store, world, stream.key, [stream])
    return found if party is None else found._replace(
        lrn=case.lrn, offices=tuple(map(story.outward, found.offices)),
        steps=tuple(one for one in found.steps if Actor("party", party) in (one.sender, one.to)))


def _stream(store: Store, world: str, reference: str) -> Stream | None:
    if not reference.isascii() or not reference.isalnum():
        return None
    key = store.address(world, f"filing/{reference}")
    if key is None and reference[0] == "r":
        row = store.message(number(reference[1:]))
        place = Place.of(row.key) if row is not None else None
        key = row.key if place and (place.world, place.role) == (world, "filing") else None
    return store.stream(key) if key else None


def supplied(found: Story, party: str) -> bool:
    """Tell whether a party supplied a filing, and so may read it; its carrier may not."""
    one = filing(found)
    return party in (one.stream.place.case_id.partition(":")[0], *one.case.speakers)


def filing(found: Story) -> Office:
    """Return the office of a filing, with its case."""
    return next(one for one in found.offices if one.role == "filing")


def last_question(found: Story, party: str) -> Asked | None:
    """Return the newest letter to a party that asks something, if there is one."""
    rows = [one.row for one in found.steps
            if one.row.ie in ASKED and one.to == Actor("party", party)]
    return Asked(rows[-1], _questions(rows[-1])) if rows else None


def _questions(row: Message) -> tuple[Question, ...]:
    content = forms.read(row.body, ICS2).plain()
    return tuple(_question(one) for one in many(content.get("referralRequestDetails")))


def _question(one: dict[str, Any]) -> Question:
    said = many(one.get("additionalInformation"))
    return Question(
        one.get("referralRequestReference", ""), one.get("requestType", ""),
        tuple(part["text"] for part in said if part.get("text")),
        tuple(part["code"] for part in said if part.get("code")),
        at(one, "pointer/messageElementPath") or "",
        tuple(f"{part.get('type', '')} {part.get('referenceNumber', '')}".strip()
              for part in many(one.get("supportingDocuments"))),
        tuple(part["method"] for part in many(one.get("recommendedHRCMScreeningMethod"))),
        one.get("transportDocumentHouse") or {})
