"""A world played in this process: its own clock, traders and guarantees in the one database.

Knows how the players of a story (traders, officers, other offices, the clock) reach the customs
house without HTTP, and what can be looked up afterwards. `world_http` does the same over HTTP; the
scenario player knows only what the two have in common.
"""
import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from tollbod.case.model import Party, Task
from tollbod.case.office_answers import SPEAKER
from tollbod.national import countries
from tollbod.office import border_door, clock, door, intake, officer, outgoing, strangers
from tollbod.office.decide import Surroundings
from tollbod.office.node import Node
from tollbod.office.roles import ROLES
from tollbod.office.worker import Worker
from tollbod.risk.control_filter import FILTER, Criterion
from tollbod.store.records import Arrival, Claimed, Place
from tollbod.store.streams import Store
from tollbod.wire import forms
from tollbod.wire.message import digest

COUNTRIES = ("NO", "SE", "DE", "GB", "XI")
SILENT = {"DK": ""}                 # reached, but nobody answers unless the scenario speaks for it
# To which role an office's message goes that a scenario makes up; all others go to departure.
RECEIVER = {
    "IE001": "destination", "IE003": "destination", "IE049": "destination",
    "IE050": "transit", "IE115": "transit", "IE160": "exit", "IE165": "exit",
    "IE142": "enquiry", "IE059": "enquiry", "IE038": "enquiry",
    "IE150": "recovery",
    "IE190": "export", "IE040": "export", "IE042": "export", "IE048": "export",
    "IE200": "guarantee", "IE203": "guarantee", "IE204": "guarantee", "IE209": "guarantee",
}
PATIENCE = 30.0                     # seconds until everything must be decided


class Lodged(NamedTuple):
    """What became of a message: `new` or `again` with its receipt, or a refusal (status)."""

    verdict: str                                # new | again | refused
    receipt: int = 0
    status: int = 202
    findings: tuple[tuple[str, str, str], ...] = ()         # code, rule, path


class Told(NamedTuple):
    """What became of an officer's act: the reasons if it was refused, or that nothing was found."""

    refused: tuple[tuple[str, str], ...] = ()               # code, sentence
    status: int = 200
    second: tuple = ()          # a proposal that nobody in particular made: how it is confirmed


class Letter(NamedTuple):
    """A message that was sent: its number for the receiver, and its receipt."""

    n: int
    receipt: int
    ie: str
    to: str                                     # a party's id or an office
    sender: str                                 # the party or office it is from
    movement: str
    body: bytes
    role: str = ""                              # of the office that it is for


class Movement(NamedTuple):
    """A movement as its declarant knows it; the MRN is empty until it has one."""

    party: str
    office: str                                 # of departure
    lrn: str
    mrn: str = ""

    @property
    def case(self) -> str:
        """Return the reference by which an officer of departure finds it."""
        return self.mrn or f"{self.party}:{self.lrn}"


class Standing(NamedTuple):
    """Where a movement, or a guarantee, stands at one office."""

    role: str
    office: str
    state: str
    waits_for: str


class _OneWorld(Store):
    """A store whose turns claim the streams of one world only."""

    world = ""

    def turn(self, slot, fence, decided=(), want=16, most=128, world=""):
        """Take a turn of this world, whatever is asked for."""
        return super().turn(slot, fence, decided, want, most, self.world)


class _Worker(Worker):
    """A worker in whose countries an officer may have to accept declarations."""

    accepted_by_officer = False

    def _surroundings(self, key: str, messages: list[Claimed]) -> Surroundings:
        around = super()._surroundings(key, messages)
        if not self.accepted_by_officer:
            return around
        profile = msgspec.structs.replace(around.profile, accepted_by_officer=True)
        return around._replace(profile=profile)


class World:
    """One world in this process; every call that lodges something leaves it undecided."""

    remote = False

    def __init__(self, conninfo: str, name: str, at: datetime) -> None:
        self.name, self.node = name, Node(COUNTRIES, SILENT, test=True)
        self.store, own = Store(conninfo), _OneWorld(conninfo)
        own.world = name
        self.worker = _Worker(own, self.node, secrets.randbits(30))
        self.store.create_world(name, at)
        self.keys: dict[str, tuple] = {}                    # act: (key, receipt)
        self.parties: dict[str, Party] = {}
        self.presented, self.border = 0, ""     # how often goods were presented; the last stream

    def close(self) -> None:
        """Give the connections back; the world stays to be looked at."""
        self.store.close()
        self.worker.store.close()

    # Settings

    def party(self, party: Party) -> None:
        """Enter a trader into the register."""
        self.store.put_party(self.name, party.id, msgspec.json.encode(party))
        self.parties[party.id] = party

    def speaks(self, party: str, form: str) -> None:
        """From now on a trader speaks in this form and is spoken to in it."""
        self.party(msgspec.structs.replace(self.parties[party], form=form))

    def filter(self, criteria: Iterable[Criterion]) -> None:
        """Set the control filter."""
        self.store.put_party(self.name, FILTER, msgspec.json.encode(tuple(criteria)))

    def acceptance_by_officer(self) -> None:
        """From now on an officer accepts declarations under the normal procedure."""
        self.worker.accepted_by_officer = True

    def regime(self, name: str) -> None:
        """From now on the law of this regime holds."""
        self.worker.node = self.worker.node._replace(regime=name)

    # What goes in

    def lodge(self, party: str, data: bytes) -> Lodged:
        """Lodge a message as a trader."""
        got = door.receive(self.store, self.node, self.name, party, data)
        if isinstance(got, intake.Refusal):
            found = tuple((f.code, f.rule, f.path) for f in got.findings)
            return Lodged("refused", 0, got.status, found)
        return Lodged(got[0].verdict, got[0].id)

    def act(self, office: str, case: str, do: str, ident: str, details: dict[str, Any]) -> Told:
        """Lodge an officer's act; what came of it is told by `outcome`."""
        by = details.get("by", "officer")
        try:
            self.keys[ident] = officer.act(self.store, self.name, office, case, do, by, ident,
                                           details)
        except officer.Unknown as error:
            return Told((("404", str(error)),), 404)
        return Told()

    def outcome(self, ident: str) -> Told:
        """Tell what came of an act, now that everything is decided."""
        key, receipt = self.keys.pop(ident)
        result = officer.outcome(self.store, key, receipt)
        refused = tuple((one["code"], one["text"]) for one in result.refused)
        if result.proposed and self.store.message(receipt.id).sender.endswith("/officer"):
            place = Place.of(key)
            self.act(place.office, place.case_id, "confirm", f"{ident} confirmed",
                     {"by": "second officer"})
            return Told(refused, second=(f"{ident} confirmed",))
        return Told(refused)

    def letter(self, office: str, to: str, role: str, data: bytes, ident: str) -> None:
        """Lodge a message as another office does, for a role of the receiving office."""
        message = forms.read(data)
        mrn = (message.get("TransitOperation/MRN") or message.get("Header/MRN")
               or message.get("functionalReference"))
        grn = message.get("Guarantee/GuaranteeReference/GRN")
        role = role or RECEIVER.get(message.ie, "departure")
        key = f"{self.name}/{to}/{role}/{grn if role == 'guarantee' else mrn}"
        if role == "departure":
            key = self.store.address(self.name, f"departure/{mrn}") or strangers.stream_for(
                self.store, key, message.ie, office)
        speaker = SPEAKER.get(message.ie, "departure")
        origin = f"{self.name}/{office}/{speaker}/{grn if speaker == 'guarantee' else mrn}"
        self.store.take([Arrival(key, origin, ident, digest(message), message.ie, mrn, origin,
                                 data)])

    def present(self, party: str, office: str, request: str, goods: tuple[str, ...]) -> str:
        """Present goods at the border as a trader; the verdict of the receipt."""
        told = border_door.Presented(request, office, goods)
        if wrong := border_door.faults(told, self.node):
            raise ValueError(f"{wrong}")
        self.border = border_door.key_of(self.name, office, party, request)
        return border_door.present(self.store, self.name, party, told).verdict

    def settle(self) -> None:
        """Let everything be decided."""
        end = time.monotonic() + PATIENCE
        self.worker.drain()
        while not self.store.idle(self.name):
            if time.monotonic() > end:
                raise TimeoutError(f"not everything is decided after {PATIENCE} s")
            time.sleep(0.005)
            self.worker.drain()

    def advance(self, span: timedelta) -> None:
        """Move the clock on; timers fire on the way."""
        clock.advance(self.store, self.name, span, self.settle)

    # What can be looked up

    def now(self) -> datetime:
        """Return what the world's clock shows."""
        return self.store.now(self.name)

    def mailbox(self, party: str, after: int) -> list[Letter]:
        """Return what was sent to a party after number `after`."""
        rows = self.store.mailbox(self.name, party, after, 1000)
        known = self.parties.get(party)
        if known is None:
            return [_letter(row) for row in rows]
        return [_letter(row._replace(body=outgoing.own(self.store, self.node, row, known).data))
                for row in rows]

    def office_letters(self, mrn: str) -> list[Letter]:
        """Return all messages of a movement between offices, in order."""
        rows = self.store.movement_rows(self.name, mrn)
        return [_letter(row) for row in rows if row.origin and Place.of(row.key).role in ROLES
                and row.ie.startswith("IE")]

    def standing(self, movement: Movement) -> list[Standing]:
        """Return where a movement stands at each office; before it has an MRN, at departure."""
        if movement.mrn:
            streams = self.store.movement_streams(self.name, movement.mrn)
        else:
            streams = [self.store.stream(f"{self.name}/{movement.office}/{role}/"
                                         f"{movement.party}:{movement.lrn}")
                       for role in ("departure", "prenotification", "filing")]
        return [_standing(stream) for stream in streams if stream]

    def guarantee(self, grn: str) -> str:
        """Return the state of a guarantee."""
        stream = self.store.stream(guarantee_key(self.name, grn))
        return stream.phase if stream else "none"

    def balance(self, grn: str, account: str) -> int:
        """Return what stands on an account of a guarantee, in cent."""
        rows = self.store.balances(guarantee_key(self.name, grn))
        return next((row.amount for row in rows if row.account == account), 0)

    def routing(self, party: str) -> dict[str, Any]:
        """Return the last signal that a party was given at the border."""
        rows = self.store.inbox(f"{self.name}//routing/{party}", 0, 1000)
        return msgspec.json.decode(rows[-1].body) if rows else {}

    def presentation_faults(self) -> list[str]:
        """Return why goods of the last presentation were not taken."""
        stream = self.store.stream(self.border)
        case = msgspec.msgpack.decode(stream.state, type=ROLES["presentation"].kind)
        return [one.text for one in case.faults]

    def tasks(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return the open tasks: name, office, acts."""
        return [(task.name, task.office, msgspec.json.decode(task.body, type=Task).acts)
                for task in self.store.tasks(self.name)]

    def held(self) -> list[str]:
        """Return what was set aside, with its reason."""
        return [f"{stream.key}: {stream.held}" for stream in self.store.held(self.name)]

    def rows(self) -> set[tuple[str, int]]:
        """Return the rows of the tables that were taken in this world: role and number."""
        links = self.store.connected().execute(
            "select key, what from history where key >= %s and key < %s",
            (f"{self.name}/", f"{self.name}0"))
        return {(Place.of(key).role, msgspec.json.decode(what)["row"])
                for key, what in links if Place.of(key).role in ROLES}


def guarantee_office(grn: str) -> str:
    """Return the office of guarantee that keeps a GRN."""
    return countries.of(grn[2:4] if grn[2:4] in COUNTRIES else "NO").guarantee_office(grn)


def guarantee_key(world: str, grn: str) -> str:
    """Return the key of a guarantee's stream."""
    return f"{world}/{guarantee_office(grn)}/guarantee/{grn}"


def _letter(row) -> Letter:
    place = Place.of(row.key)
    to = place.case_id if place.role == "mailbox" else place.office
    sender = Place.of(row.origin).office if row.origin else row.sender
    return Letter(row.n, row.receipt, row.ie, to, sender, row.movement, row.body, place.role)


def _standing(stream) -> Standing:
    waiting = msgspec.json.decode(stream.waiting)["for"] if stream.waiting else ""
    place = stream.place
    return Standing(place.role, place.office, stream.phase or "none", waiting)
