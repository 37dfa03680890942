"""The worker: claims streams, decides on their messages, commits many decisions in one turn.

What goes wrong in a decision is caught here and nowhere else: the case is given back, and after
the third time set aside, whole, for a person.
"""
import secrets
import signal
import threading
import time
from functools import partial
from itertools import groupby
from operator import attrgetter

import msgspec
import structlog

from tollbod.case.model import Floor, Keep, Name, Party, Post, Task, Timer
from tollbod.national import countries
from tollbod.office import heard, joined, told_before
from tollbod.office.addresses import Addresses
from tollbod.office.decide import Answer, Step, Surroundings, decide, decode
from tollbod.office.kept import Kept
from tollbod.office.node import CREW, Node
from tollbod.office.roles import ROLES
from tollbod.office.waiting import waiting
from tollbod.risk.control_filter import FILTER, Criterion
from tollbod.store.chain import link
from tollbod.store.records import Claimed, Decided, Place
from tollbod.store.streams import BalanceError, Store

STREAMS = 16                    # a turn takes at most so many streams
MESSAGES = 128                  # and so many messages, shared evenly among them
IDLE_SECONDS = 0.25             # how long to wait for a hint when there is nothing to do
REGISTER_SECONDS = 1.0          # how long what the register of parties says is remembered

log = structlog.get_logger()


class Worker:
    """One worker on one connection; `slot` is its number among the living."""

    def __init__(self, store: Store, node: Node, slot: int) -> None:
        self.store, self.node, self.slot = store, node, slot
        self.fence = secrets.randbits(60)
        self.remembered: dict[tuple[str, str], tuple[float, bytes | None]] = {}
        self.decided: list[Decided] = []
        self.addresses = Addresses(store, node)
        self.decisions = 0

    def turn(self) -> int:
        """Commit what was decided, claim what is next, decide on it; how many messages."""
        claims, broken = self._commit(STREAMS)
        self.addresses = Addresses(self.store, self.node, claims)
        for key, messages in groupby(claims, key=attrgetter("key")):
            self._stream(key, list(messages))
        return len(claims) + broken

    def flush(self) -> None:
        """Commit what was decided and claim nothing more."""
        if self.decided:
            self._commit(0)

    def _commit(self, want: int) -> tuple[list[Claimed], int]:
        """Commit what was decided; what is claimed, and how many streams broke a floor."""
        decided, self.decided = self.decided, []
        try:
            return self.store.turn(self.slot, self.fence, decided, want, MESSAGES), 0
        except BalanceError as error:
            log.error("decision breaks a balance", streams=error.keys)
            for key in error.keys:
                self.store.release(key, self.fence, error)
            return [], len(error.keys)

    def drain(self) -> int:
        """Work until nothing is left to decide; how many messages were decided."""
        total = 0
        while count := self.turn():
            total += count
        self.flush()
        return total

    def _stream(self, key: str, messages: list[Claimed]) -> None:
        """Decide on the messages of one stream; a failure sets nothing back but itself.

        What was decided before it stands; the message that failed is the first to be tried again.
        """
        first = messages[0]
        result = Decided(key, first.n, first.n - 1, b"", "", "", b"", first.head)
        try:
            self._decide(result, messages)
        except Exception as error:  # noqa: BLE001  the one place: set aside for a person
            log.error("decision failed", stream=key, error=repr(error)[:1000])
            if result.last < first.n:
                self.store.release(key, self.fence, error)
                return
        self.decided.append(result)
        self.decisions += len(result.history)

    def _decide(self, result: Decided, messages: list[Claimed]) -> None:
        """Decide on message after message; after each, `result` may be committed."""
        place = Place.of(result.key)
        if place.role not in ROLES:
            return _desk(result, messages)
        role, key = ROLES[place.role], result.key
        around = self._surroundings(key, messages)
        case, last = decode(role, messages[0].state), result.last
        try:
            for message in messages:
                done = decide(case, message, around, self._answer(key, message))
                around.kept.learn(done.effects)
                result.head = link(result.head, done.what)
                result.history.append((message.n, message.at, message.ie, done.what, result.head))
                _carry_out(result, message, done)
                if message.tries > 1:
                    result.kept.append((f"answer/{message.n}", None))
                case, last = done.case, message.n
        finally:
            result.state, result.phase = msgspec.msgpack.encode(case), case.state
            result.movement, result.waiting = getattr(case, "mrn", ""), waiting(role, case)
            result.last = last          # of what was decided before a failure, the case is whole

    def _answer(self, key: str, message: Claimed) -> Answer | None:
        """Return what an officer answers to a message that held its stream; asked on a retry."""
        if message.tries < 2:
            return None
        found = self.store.kept(key, [f"answer/{message.n}"])
        return msgspec.json.decode(found[f"answer/{message.n}"], type=Answer) if found else None

    def _surroundings(self, key: str, messages: list[Claimed]) -> Surroundings:
        place, known = Place.of(key), self.addresses
        return Surroundings(
            party=lambda id: self._party(place.world, id),
            profile=countries.of(place.office[:2]),
            criteria=self._criteria(place.world),
            reaches=self.node.reaches,
            address=lambda send: known.of(place, send),
            declarant_of=lambda mrn: known.whose(place.world, "departure", mrn),
            filer_of=lambda mrn: known.whose(place.world, "prenotification", mrn),
            kept=Kept(self.store, key, {one.movement for one in messages}, messages[0].n == 1),
            keyed=self.node.keyed, regime=self.node.regime,
            entry_of=lambda name: joined.entry_of(self.store, place.world, name),
            exit_in=lambda name: joined.exit_in(self.store, place.world, name),
            told=partial(told_before.letters, self.store, key),
            on_paper=lambda party, lrn: known.begun_on_paper(place.world, party, lrn),
        )

    def _register(self, world: str, id: str) -> bytes | None:
        known = self.remembered.get((world, id))
        now = time.monotonic()
        if known and now - known[0] < REGISTER_SECONDS:
            return known[1]
        if len(self.remembered) > 10_000:
            self.remembered.clear()
        body = self.store.party(world, id)
        self.remembered[world, id] = (now, body)
        return body

    def _party(self, world: str, id: str) -> Party | None:
        body = self._register(world, id) if id and id != FILTER else None
        return msgspec.json.decode(body, type=Party) if body else None

    def _criteria(self, world: str) -> tuple[Criterion, ...]:
        body = self._register(world, FILTER)
        return msgspec.json.decode(body, type=tuple[Criterion, ...]) if body else ()


def _carry_out(result: Decided, message: Claimed, done: Step) -> None:
    """Note in `result` what the commit has to write for one step."""
    for number, out in enumerate(done.outs, 1):
        result.sends.append((message.n, number, out))
    posts = 0
    for effect in done.effects:
        match effect:
            case Post():
                posts += 1
                result.posts.append((message.n, posts, effect.debit, effect.credit, effect.amount,
                                     effect.currency, effect.movement))
            case Floor():
                result.floors.append((effect.account, effect.currency, effect.amount))
            case Timer():
                result.timers.append((effect.name, effect.due))
            case Task():
                body = msgspec.json.encode(effect) if effect.acts else None
                result.tasks.append((effect.name, body))
            case Name():
                result.names.append(effect.name)
            case Keep():
                result.kept.append((effect.name, effect.body))


def _desk(result: Decided, messages: list[Claimed]) -> None:
    """Open a task for what a desk is told: a stream set aside, a message of ours not read."""
    result.phase = "open"
    for message in messages:
        what = msgspec.json.encode({"receipt": message.receipt, "event": message.ie,
                                    "body": message.body.decode()})
        result.head = link(result.head, what)
        result.history.append((message.n, message.at, message.ie, what, result.head))
        if message.ie in DESK_TASKS:
            task = DESK_TASKS[message.ie](message.ie, msgspec.json.decode(message.body))
            result.tasks.append((message.ie, msgspec.json.encode(task)))
        else:
            result.phase = "resolved"
            result.tasks += [(name, None) for name in DESK_TASKS]
        result.last = message.n


def _set_aside(name: str, told: dict) -> Task:
    """Return the task about a stream that was set aside: an officer retries it or answers."""
    return Task(name, f"{told['key']} was set aside: {told['why']} (resolve: try again, "
                "or with `answer` refuse the message that could not be decided)",
                f"{told['key']} ble satt til side: {told['why']} (resolve: prøv igjen, "
                "eller avslå med `answer` meldingen som ikke kunne behandles)", ("resolve",))


DESK_TASKS = {"held": _set_aside, heard.TOLD: heard.task}


def run(conninfo: str, node: Node, slot: int, stop: threading.Event | None = None) -> None:
    """Work until `stop` is set or the process is asked to end.

    The first worker of each crew also fires the timers. The links to other nodes are not its work.
    """
    stop = stop or _until_asked()
    store = Store(conninfo)
    worker = Worker(store, node, slot)
    while not stop.is_set():
        fired = store.fire() if slot % CREW == 0 else 0
        if not worker.turn() and not worker.decided and not fired:
            store.wait(IDLE_SECONDS)
    worker.flush()
    store.close()


def _until_asked() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
