"""Customs pushes: messages of ICS2 for a party that has an endpoint are carried there, in order.

The bytes are those that a pull would bring, made once; the next one goes out when the receipt of
the last is here and confirms what was sent. An endpoint that is away or answers wrong is tried
again after a pause that doubles up to a quarter of an hour; after so many failures in a row it is
stopped until a person lets it go on. Meanwhile all of it lies in the mailbox, and may be pulled.
"""
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from tollbod.office import as4_mailbox
from tollbod.office.as4 import Call, Gate, lodged
from tollbod.office.node import Node
from tollbod.store.connection import StoreUnavailable
from tollbod.store.records import Message
from tollbod.store.streams import Store
from tollbod.transport.as4 import Dialled, Unreachable
from tollbod.wire.as4 import token
from tollbod.wire.as4.agreement import Refused
from tollbod.wire.as4.station import Post, confirm, told

BATCH = 50                      # messages to one party before the next has its turn
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=15)
MOST_TRIES = 30                 # in a row: about six hours
DIAL_SECONDS = 10.0             # how long one endpoint may hold up the others
ROUND_SECONDS = 0.5
PAUSE_SECONDS = 2.0             # after the database went away
STATE = "push"                  # row beside what went out: how it stands with an endpoint

log = structlog.get_logger()


class Line(Protocol):
    """What carries bytes to an endpoint: raises Unreachable."""

    def post(self, media: str, data: bytes) -> tuple[str, bytes]:
        """Send a body; content type and body of the answer."""


class State(msgspec.Struct, frozen=True):
    """How it stands with an endpoint: failures in a row, when it is tried again, and why not."""

    failures: int = 0
    again: datetime | None = None
    why: str = ""

    @property
    def stopped(self) -> bool:
        """Tell whether it waits for a person."""
        return self.failures >= MOST_TRIES


def state(store: Store, world: str, party: str) -> State:
    """Return how it stands with the endpoint of a party."""
    body = store.kept(_key(world, party), [STATE]).get(STATE)
    return msgspec.json.decode(body, type=State) if body else State()


def resume(store: Store, world: str, party: str) -> None:
    """Let an endpoint be tried again at once."""
    store.forget(_key(world, party), STATE)
    store.notify()


def _key(world: str, party: str) -> str:
    return f"{world}//as4out/{party}"


def push(call: Call, party: str, line: Line) -> int:
    """Carry what waits for a party; how many were confirmed."""
    stands = state(call.store, call.world, party)
    if stands.stopped or (stands.again and call.at < stands.again):
        return 0
    done = 0
    for _ in range(BATCH):
        row = as4_mailbox.waiting(call, party)
        if row is None:
            return done
        try:
            _carry(call, party, row, line)
        except (Unreachable, Refused) as error:
            _fail(call, party, stands, error)
            return done
        if stands.failures:
            call.store.forget(_key(call.world, party), STATE)
            stands = State()
        done += 1
    return done


def _carry(call: Call, party: str, row: Message, line: Line) -> None:
    """Send a message and take its receipt. Raises Unreachable, Refused."""
    sent = as4_mailbox.made(call, party, row)
    came, signed = call.gate.station.read(Post(*line.post(*sent)), call.at)
    if token.fingerprint(signed.certificate) not in call.gate.registered.get(party, ()):
        raise Refused("EBMS:0004", "the answer is signed by no certificate of this party", "A002")
    if came.kind == "Error":
        raise told(came)
    confirm(sent, came)
    as4_mailbox.passed(call, party, row.n, came.ref)


def _fail(call: Call, party: str, before: State, error: Exception) -> None:
    """Note a failure, and when it is tried again."""
    failures = before.failures + 1
    pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
    now = State(failures, call.at + pause, str(error)[:500])
    call.store.keep(_key(call.world, party), STATE, msgspec.json.encode(now))
    log.warning("an endpoint did not take a message", party=party, failures=failures,
                stopped=now.stopped, error=str(error)[:300])


def round(store: Store, node: Node, world: str, gate: Gate, lines: dict[str, Line], at: datetime
          ) -> int:
    """Push to every party once; how many messages were confirmed."""
    call = Call(store, gate, world, at, lodged(store, node, world))
    return sum(push(call, party, lines[party]) for party in gate.pushed)


def run(conninfo: str, node: Node, world: str, gate: Gate, dial: Callable[[str], Dialled],
        stop: threading.Event) -> None:
    """Push until `stop` is set; `dial` returns the line to an address."""
    lines: dict[str, Line] = {party: dial(url) for party, url in gate.pushed.items()}
    with Store(conninfo) as store:
        while not stop.is_set():
            try:
                moved = round(store, node, world, gate, lines, datetime.now(UTC))
            except StoreUnavailable as error:
                log.warning("pushing waits for the database", error=str(error)[:300])
                stop.wait(PAUSE_SECONDS)
                continue
            if not moved:
                store.wait(ROUND_SECONDS)
