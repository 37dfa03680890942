"""What happened to one movement, put together from the streams: for the API and for the pages.

Knows which rows of the store belong to a movement, who sent each and to whom, and what the
receiving office made of it. Does not know how that is shown, nor who may see it.
"""
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from tollbod.case.carry import many
from tollbod.guarantees import usage as usages
from tollbod.guarantees.usage import Usage
from tollbod.ics2.table import UNTOLD
from tollbod.office.decide import decode
from tollbod.office.envelope import Envelope
from tollbod.office.roles import ROLES
from tollbod.spec import codes
from tollbod.store.records import Message, Place, Stream
from tollbod.store.streams import Store
from tollbod.web.answers import WaitingAnswer

DECLARED = ("departure", "prenotification")     # kept by the LRN of who declared
ORDER = ("prenotification", "departure", "transit", "exit", "destination",
         "enquiry", "recovery", "guarantee")
BECAME = ("proposes", "confirms", "rejects", "voids")   # what became of an act for four eyes
MOST = 2000                     # messages of one movement that are shown


class Actor(NamedTuple):
    """Who sends or gets: role `party`, `officer`, `clock`, or an office's role."""

    role: str
    id: str                     # a party's id or an office's reference number


class Step(NamedTuple):
    """One message, act or timer, and what came of it where it went."""

    row: Message
    sender: Actor
    to: Actor
    before: str                 # state of the receiving office; "" where nobody decides
    after: str
    taken: int | None           # number of the table's row; None: not decided (yet)
    refused: tuple[tuple[str, str, str, str, str], ...]     # code, rule, path, text, nb
    by: str = ""                # the officer who acted
    second: dict[str, Any] = {}     # proposes, confirms, rejects or voids: which act, by whom


class Office(NamedTuple):
    """One office's stream of the movement."""

    stream: Stream
    role: str
    office: str
    name: str
    case: Any
    waiting: WaitingAnswer | None


class Story(NamedTuple):
    """A movement as all the offices of this node know it."""

    mrn: str
    lrn: str
    offices: tuple[Office, ...]
    guarantees: tuple[Office, ...]
    steps: tuple[Step, ...]
    used: dict[str, Usage]          # GRN: what the movement has taken and not given back

    def office(self, role: str) -> Office | None:
        """Return the first office of a role."""
        return next((one for one in self.offices if one.role == role), None)

    @property
    def state(self) -> str:
        """Return the state at the office of departure, or at the first office that is ours."""
        return self.offices[0].stream.phase if self.offices else ""

    @property
    def waiting(self) -> WaitingAnswer | None:
        """Return what the movement as a whole waits for; None when it is over."""
        return waits(self.offices)

    @property
    def own(self) -> frozenset[str]:
        """Return the parties whose movement it is: declarant, holder, trader at destination, filer.
        """
        found = set()
        for one in self.offices:
            case = one.case
            if one.role == "departure":
                found |= {case.declarant or one.stream.place.case_id.partition(":")[0],
                          case.holder}
            if one.role == "prenotification":
                found.add(case.filer)
            if one.role == "destination":
                found.add(case.trader)
            if one.role == "filing":
                found |= {one.stream.place.case_id.partition(":")[0], *case.speakers}
        return frozenset(found - {""})


def waits(offices: Iterable[Office]) -> WaitingAnswer | None:
    """Return what a movement as a whole waits for; None when it is over.

    It is over when the office of departure is done, where that is ours. An office that waits for
    another office is passed over for that other one.
    """
    offices = tuple(offices)
    if any(one.role == "departure" and not one.waiting for one in offices):
        return None
    found = [one.waiting for one in offices if one.waiting]
    real = [wait for wait in found if not wait.whom.startswith("office of")]
    return (real or found or [None])[0]


def outward(one: Office) -> Office:
    """Return an office as the parties of its case may see it.

    Of a control that is decided, but not announced, they learn nothing: neither its state nor why
    the case waits.
    """
    shown = UNTOLD.get(one.stream.phase) if one.role == "filing" else None
    if shown is None:
        return one
    wait = ROLES["filing"].waits[shown]
    told = one.waiting and msgspec.structs.replace(
        one.waiting, whom=wait.whom, because=wait.why, because_nb=wait.nb)
    return one._replace(stream=one.stream._replace(phase=shown), waiting=told,
                        case=msgspec.structs.replace(one.case, state=shown, control={}))


def find(store: Store, world: str, reference: str, party: str | None) -> Story | None:
    """Return the story of an MRN, an LRN or `holder:LRN`; None if there is none.

    For an LRN the sender counts: `party` looks among its own, None (an officer) among all, the
    latest first.
    """
    if len(reference) > 80 or "\0" in reference:
        return None
    key = store.address(world, f"departure/{reference}") or \
        store.address(world, f"prenotification/{reference}")
    if key is None:
        rows = store.query("by_lrn", world=world, lrn=reference, party=party)
        key = rows[0][0] if rows else None
    streams = store.movement_streams(world, key or reference)
    return tell(store, world, key or reference, streams) if streams else None


def tell(store: Store, world: str, movement: str, streams: list[Stream]) -> Story:
    """Put the story of a movement together."""
    offices = ordered(streams)
    rows = [row for row in store.movement_rows(world, movement, MOST)]
    made = {}
    for one in offices:
        for link in store.history(one.stream.key):
            said = json.loads(link.what)
            made[said["receipt"]] = said
    steps = tuple(step(row, made.get(row.receipt)) for row in rows)
    keys = dict.fromkeys(row.key for row in rows if Place.of(row.key).role == "guarantee")
    found = [store.stream(key) for key in keys]
    guarantees = tuple(_office(one) for one in found if one)
    departure = next((one for one in offices if one.role in (*DECLARED, "filing")), None)
    mrn = next((one.stream.movement for one in offices if one.stream.movement), "")
    lrn = departure.case.lrn or departure.stream.place.case_id.partition(":")[2] \
        if departure else ""
    used = {one.case.grn: usage for one in guarantees
            for usage in usages.read(store.kept(one.stream.key, [usages.OPEN + mrn]).items())}
    return Story(mrn, lrn, tuple(offices), guarantees, steps, used)


def ordered(streams: list[Stream]) -> list[Office]:
    """Return the offices of a movement's streams, from departure to destination."""
    return sorted((_office(one) for one in streams), key=_order(streams))


def _order(streams: list[Stream]) -> Any:
    """Departure first, then the offices of transit as they were declared, then destination."""
    declared: list[str] = []
    for stream in streams:
        if stream.place.role == "departure":
            case = decode(ROLES["departure"], stream.state)
            group = many(case.declaration.get("CustomsOfficeOfTransitDeclared"))
            declared = [office.get("referenceNumber", "") for office in group]

    def place(one: Office) -> tuple[int, int, str]:
        there = declared.index(one.office) if one.office in declared else len(declared)
        part = ORDER.index(one.role) if one.role in ORDER else len(ORDER)
        return part, there, one.office
    return place


def _office(stream: Stream) -> Office:
    place = stream.place
    wait = msgspec.json.decode(stream.waiting, type=WaitingAnswer) if stream.waiting else None
    if stream.held:
        wait = WaitingAnswer("officer", None, f"the case was set aside: {stream.held}",
                             f"saken er satt til side: {stream.held}")
    return Office(stream, place.role, place.office, office_name(place.office),
                  decode(ROLES[place.role], stream.state), wait)


def office_name(code: str) -> str:
    """Return the usual name of an office; its number if it is in no list."""
    office = codes.office(code)
    return office.name if office else code


def step(row: Message, said: dict[str, Any] | None) -> Step:
    """Return a row of the store as a step; `said` is the line of the history, if there is one."""
    said = said or {}
    refused = tuple(tuple(one) for one in said.get("refused", ()))
    return Step(row, _sender(row), _to(row), said.get("from", ""), said.get("to", ""),
                said.get("row"), refused, row.sender.split("/", 2)[2] if
                row.sender.startswith("officer/") else "",
                {became: said[became] for became in BECAME if became in said})


def _sender(row: Message) -> Actor:
    if row.origin:
        place = Place.of(row.origin)
        return Actor(place.role, place.office)
    if row.sender.startswith("officer/"):
        return Actor("officer", row.sender.split("/")[1])
    return Actor("clock", "") if row.ie == "timer" else Actor("party", row.sender)


def _to(row: Message) -> Actor:
    place = Place.of(row.key)
    if place.office:
        return Actor(place.role, place.office)
    if place.role == "mailbox":
        return Actor("party", place.case_id)
    envelope = msgspec.msgpack.decode(row.body, type=Envelope)
    return Actor(envelope.role, envelope.office)
