"""What goes into the store and what comes out of it, as plain records.

Times are aware and UTC. Bodies and states are bytes that the store gives back unchanged; it keeps
them compressed.
"""
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

ZLIB_HEAD = b"x\x01"                                     # how zlib begins at level 1
SHORTEST = 200                                           # bytes; below, compressing does not pay


def pack(body: bytes) -> bytes:
    """Bytes as they are kept: compressed when that is shorter."""
    if len(body) < SHORTEST and not body.startswith(ZLIB_HEAD):
        return body
    packed = zlib.compress(body, 1)
    return packed if len(packed) < len(body) or body.startswith(ZLIB_HEAD) else body


def unpack(kept: bytes) -> bytes:
    """The bytes that `pack` was given.

    >>> unpack(pack(b"x" * 5000)) == b"x" * 5000, unpack(pack(b"x\\x01 odd")) == b"x\\x01 odd"
    (True, True)
    """
    return zlib.decompress(kept) if kept.startswith(ZLIB_HEAD) else kept


class Place(NamedTuple):
    """A stream's key in its parts: `world/office/role/case`; the case may hold slashes.

    >>> Place.of("demo/NO371001/departure/LRN/1").case_id
    'LRN/1'
    """

    world: str
    office: str
    role: str
    case_id: str

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(key):
        return Place(*key.split("/", 3))


class Arrival(NamedTuple):
    """A message from outside. Its identity in its world is (sender, ident)."""

    key: str                    # the stream it goes to
    sender: str                 # authenticated, never from the body
    ident: str
    digest: bytes               # of the canonical content
    ie: str
    movement: str               # MRN, or ''
    origin: str                 # '' unless a stream sent it
    body: bytes


class Receipt(NamedTuple):
    """What became of an arrival: new, again (the first receipt) or other (refused, 409)."""

    verdict: str
    id: int
    n: int
    at: datetime


class Out(NamedTuple):
    """A message that a decision sends to another stream or a party's mailbox."""

    key: str
    ie: str
    movement: str
    body: bytes


class Claimed(NamedTuple):
    """One message of a claimed stream, with the stream's state before the first of them."""

    key: str
    n: int
    receipt: int
    sender: str
    ident: str
    ie: str
    movement: str
    origin: str
    at: datetime
    body: bytes
    state: bytes
    head: bytes
    tries: int                  # 1 the first time

    world = property(lambda self: Place.of(self.key).world)
    office = property(lambda self: Place.of(self.key).office)
    role = property(lambda self: Place.of(self.key).role)
    case_id = property(lambda self: Place.of(self.key).case_id)


@dataclass(slots=True)
class Decided:
    """What was decided on one stream, for its messages `first` to `last`.

    Each of them has exactly one row in `history`; its time there is the time of what it sends and
    posts. An amount moves from `debit` to `credit`: the balance of an account is what was credited
    less what was debited.
    """

    key: str
    first: int
    last: int
    state: bytes
    phase: str
    movement: str
    waiting: bytes
    head: bytes
    history: list = field(default_factory=list)     # (n, at, ie, what, hash)
    sends: list = field(default_factory=list)       # (n, i, Out)
    timers: list = field(default_factory=list)      # (name, due); None stops it
    tasks: list = field(default_factory=list)       # (name, body); None closes it
    names: list = field(default_factory=list)       # addresses that lead to this stream
    posts: list = field(default_factory=list)       # (n, i, debit, credit, amount, currency, MRN)
    floors: list = field(default_factory=list)      # (account, currency, floor); None lifts it
    kept: list = field(default_factory=list)        # (name, body); None takes the row away


class Message(NamedTuple):
    """A message as it lies in an inbox."""

    key: str
    n: int
    receipt: int
    sender: str
    ident: str
    ie: str
    movement: str
    origin: str
    at: datetime
    body: bytes


class Stream(NamedTuple):
    """A stream as it stands."""

    key: str
    last_in: int
    last_done: int
    phase: str
    movement: str
    waiting: bytes
    state: bytes
    head: bytes
    held: str | None
    tries: int
    since: datetime
    passive: bool

    place = property(lambda self: Place.of(self.key))


class Link(NamedTuple):
    """One link of a stream's history."""

    n: int
    at: datetime
    ie: str
    what: bytes
    hash: bytes


class Task(NamedTuple):
    """Work that waits for an officer."""

    key: str
    name: str
    office: str
    since: datetime
    body: bytes


class Timer(NamedTuple):
    """A timer that runs."""

    key: str
    name: str
    due: datetime


class Entry(NamedTuple):
    """One posting."""

    n: int
    i: int
    debit: str
    credit: str
    amount: int
    currency: str
    movement: str
    at: datetime


class Balance(NamedTuple):
    """What stands on an account of a stream's ledger."""

    account: str
    currency: str
    amount: int
    floor: int | None


class Movement(NamedTuple):
    """A movement in a list: its departure stream and where it stands."""

    key: str
    movement: str
    phase: str
    waiting: bytes
    held: str | None
    receipt: int                # of its first message: the page marker
    at: datetime
