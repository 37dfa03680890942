"""The tables of the in-memory twin, and how messages are numbered into them.

Knows what a row of the store is and the two steps that every call shares: lock (here: create) the
streams, deliver into them. Nothing here is a transaction: one thread, one call after the other.
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tollbod.store.records import Arrival, Message, Place
from tollbod.store.worlds import UnknownWorld


@dataclass(slots=True)
class Row:
    """A stream's row; see schema/001_streams.sql for what its columns mean."""

    key: str
    passive: bool
    since: datetime
    order: int                              # place in the queue of those that wait for a worker
    last_in: int = 0
    last_done: int = 0
    until: datetime | None = None
    fence: int | None = None
    slot: int | None = None
    tries: int = 0
    held: str | None = None
    movement: str = ""
    phase: str = ""
    head: bytes = b""
    waiting: bytes = b""
    state: bytes = b""


@dataclass(slots=True)
class Clock:
    """A world's clock: stands still at `frozen`, or runs `ahead` of real time."""

    frozen: datetime | None
    ahead: timedelta


@dataclass
class Tables:
    """Everything that one store keeps; several twins on the same tables are its connections.

    `real` tells real time, by which leases run; a simulation gives one of its own.
    """

    real: Callable[[], datetime]
    receipt: int = 0                        # the sequence: the last number given
    order: int = 0                          # counts the calls that let a stream wait
    worlds: dict[str, Clock] = field(default_factory=dict)
    streams: dict[str, Row] = field(default_factory=dict)
    ready: dict[str, Row] = field(default_factory=dict)         # has messages, is not held
    inbox: dict[str, list[Message]] = field(default_factory=dict)
    receipts: dict[int, Message] = field(default_factory=dict)
    seen: dict[tuple, tuple[bytes, int]] = field(default_factory=dict)
    history: dict[str, list] = field(default_factory=dict)      # key: Links
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    tasks: dict[tuple[str, str], tuple[datetime, bytes]] = field(default_factory=dict)
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)
    entries: dict[str, list] = field(default_factory=dict)      # key: Entries
    balances: dict[str, dict] = field(default_factory=dict)     # key: {(account, currency): ...}
    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)        # (key, name): body
    parties: dict[tuple[str, str], bytes] = field(default_factory=dict)
    links: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self) -> int:
        """Return the next number of a receipt."""
        self.receipt += 1
        return self.receipt

    def now(self, world: str) -> datetime:
        """Return what a world's clock shows. Raises UnknownWorld."""
        clock = self.worlds.get(world)
        if clock is None:
            raise UnknownWorld(world)
        return clock.frozen or self.real() + clock.ahead

    def lock(self, keys: Iterable[str]) -> None:
        """Create the streams that are missing, in the order of their keys."""
        for key in sorted(set(keys) - self.streams.keys()):
            self.streams[key] = Row(key, not Place.of(key).office, self.real(), self.order)

    def deliver(self, rows: Iterable[tuple[int, Arrival, datetime]]) -> None:
        """Number messages (receipt, message, time) into their streams, in the order given."""
        self.order += 1
        for receipt, new, at in rows:
            row = self.streams[new.key]
            if row.last_in == row.last_done:
                row.since, row.order = self.real(), self.order
            row.last_in += 1
            if row.passive:
                row.last_done = row.last_in
            elif row.held is None:
                self.ready[new.key] = row
            message = Message(new.key, row.last_in, receipt, new.sender, new.ident, new.ie,
                              new.movement, new.origin, at, new.body)
            self.inbox.setdefault(new.key, []).append(message)
            self.receipts[receipt] = message

    def wait_again(self, row: Row) -> None:
        """Put a stream at the end of the queue, or out of it when nothing is left to decide."""
        row.since, row.order = self.real(), self.order
        if row.last_in > row.last_done and row.held is None and not row.passive:
            self.ready[row.key] = row
        else:
            self.ready.pop(row.key, None)


def of_world(world: str, key: str) -> bool:
    """Tell whether a key belongs to a world."""
    return key.startswith(f"{world}/")
