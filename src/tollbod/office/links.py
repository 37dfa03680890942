"""Links between nodes: offices of another installation hear us only by these numbered messages.

A message to an office run elsewhere lies in the passive stream `world//link/COUNTRY`, numbered by
the sender, with an envelope that says for whom it is. `carry` asks the receiver for the last number
it has and gives what comes after, the same bytes as often as it takes; `take` accepts only the next
number, in the commit that numbers it into the receiving stream. The sender keeps no mark but in
memory.
"""
import hmac
import threading
import time
from hashlib import sha256

import msgspec
import structlog

from tollbod.office import ics2_door, strangers
from tollbod.office.envelope import Envelope
from tollbod.office.node import Node
from tollbod.office.roles import DOORS, ROLES
from tollbod.store.records import Arrival, Message, Place
from tollbod.store.streams import Store
from tollbod.transport.http import Line, Unreachable, sign

BATCH = 100                 # messages given at once
LARGEST = 64 * 1024 * 1024  # bytes of one batch
IDLE_SECONDS = 0.2
PAUSE_SECONDS = 1.0         # after a failure

log = structlog.get_logger()


def authentic(node: Node, path: str, body: bytes, signature: str) -> bool:
    """Tell whether a request to the receiving end was signed with the secret of our nodes."""
    return bool(node.secret) and hmac.compare_digest(sign(node.secret, path, body), signature)


def name_of(link: str, to: str) -> str:
    """Return the name under which the receiver counts a link: who gives, and to which country."""
    return f"{link}>{to}"


def taken(store: Store, world: str, link: str, to: str) -> int:
    """Return the last number taken from a link; 0 before the first."""
    return store.link_take(world, name_of(link, to), 1, [])


def take(store: Store, node: Node, world: str, link: str, to: str, first: int, data: bytes) -> int:
    """Take a batch from another node; the last number now taken. ValueError on what is no batch.

    Only offices run here are served, and nobody else speaks for them. Raises UnknownWorld.
    """
    envelopes = [msgspec.msgpack.decode(one, type=Envelope)
                 for one in msgspec.msgpack.decode(data, type=list[bytes])]
    for one in envelopes:
        _judge(node, to, one)
    arrivals = [_arrival(store, world, name_of(link, to), number, one)
                for number, one in enumerate(envelopes, first)]
    last = store.link_take(world, name_of(link, to), first, arrivals)
    store.notify()
    return last


def _judge(node: Node, to: str, one: Envelope) -> None:
    """Raise ValueError for a message that another node cannot have for us.

    What it sends is a message between offices: no officer's act, no timer and no trader's message.
    """
    if one.role not in ROLES or not node.hosts(one.office) or one.office[:2] != to:
        raise ValueError(f"{one.role} at office {one.office} is not run by this node")
    if one.origin.count("/") < 3 or node.hosts(Place.of(one.origin).office):
        raise ValueError(f"{one.origin} is no case of another node: nobody else speaks for ours")
    if not one.ie.startswith("IE") or one.ie in DOORS or one.ie in ics2_door.DOORS:
        raise ValueError(f"{one.ie} is not what one office sends to another")


def _arrival(store: Store, world: str, name: str, number: int, one: Envelope) -> Arrival:
    key = f"{world}/{one.office}/{one.role}/{one.case}"
    if one.role == "departure":
        key = store.address(world, f"departure/{one.case}") or strangers.stream_for(
            store, key, one.ie, Place.of(one.origin).office)
    elif one.role == "filing":
        key = store.address(world, f"filing/{one.case}") or key
    return Arrival(key, one.origin, f"{name} {number}", sha256(one.body).digest(), one.ie,
                   one.movement, one.origin, one.body)


def carry(store: Store, line: Line, world: str, country: str, after: int | None = None) -> int:
    """Give a node what it lacks of our link to it; the last number it has now. Raises Unreachable.

    `after` is what it has if that is known; else it is asked.
    """
    if after is None:
        after = line.last(world)
    while rows := store.link_rows(world, country, after, BATCH):
        some = _bounded(rows)
        last = line.give(world, some[0].n, msgspec.msgpack.encode([row.body for row in some]))
        if last <= after:
            raise Unreachable(f"{country} takes nothing after {after}")
        after = last
    return after


def _bounded(rows: list[Message]) -> list[Message]:
    """Return as many of the first rows as make a batch that is not too large; at least one."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.body)
        if count and size > LARGEST // 4:
            return rows[:count]
    return rows


def run(conninfo: str, node: Node, stop: threading.Event) -> None:
    """Carry on all links until `stop` is set; each on its own: who is away holds up nobody else."""
    threads = [threading.Thread(target=_keep, args=(conninfo, node, country, stop), daemon=True)
               for country in node.peers]
    for thread in threads:
        thread.start()
    while not stop.is_set() and all(thread.is_alive() for thread in threads):
        time.sleep(IDLE_SECONDS)                # who runs us begins anew if one has died
    stop.set()
    for thread in threads:
        thread.join()


def _keep(conninfo: str, node: Node, country: str, stop: threading.Event) -> None:
    """Carry to one country, world by world; what fails is tried again and again."""
    line = Line(node.peers[country], node.countries[0], country, node.secret)
    has: dict[str, int] = {}                    # world: the last number that the other node has
    with Store(conninfo) as store:
        while not stop.is_set():
            wanting = [world for world, last in store.link_ends(country)
                       if has.get(world) != last]
            failed = [world for world in wanting
                      if not _carried(store, line, world, country, has)]
            if failed:
                stop.wait(PAUSE_SECONDS)
            elif not wanting:
                store.wait(IDLE_SECONDS)
    line.close()


def _carried(store: Store, line: Line, world: str, country: str, has: dict[str, int]) -> bool:
    """Carry what one world has for a country; whether the other node took it."""
    try:
        has[world] = carry(store, line, world, country, has.get(world))
    except Unreachable as error:
        has.pop(world, None)                    # it is asked again: it may have been restored
        log.warning("link is down", country=country, world=world, error=str(error)[:300])
        return False
    return True
