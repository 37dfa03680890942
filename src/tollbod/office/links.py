"""Links between nodes: offices of another installation hear us only by these numbered messages.

A message to an office run elsewhere lies in the passive stream `world//link/COUNTRY`, numbered by
the sender, with an envelope that says for whom it is. `carry` asks the receiver for the last number
it has and gives what comes after, the same bytes as often as it takes; `take` accepts only the next
number, in the commit that numbers it into the receiving stream. The sender keeps no mark.
"""
import hmac
import threading
from hashlib import sha256

import msgspec
import structlog

from tollbod.office.envelope import Envelope
from tollbod.office.node import Node
from tollbod.store.records import Arrival
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

    Only offices run here are served, and only by offices of the node that speaks.
    """
    envelopes = [msgspec.msgpack.decode(one, type=Envelope)
                 for one in msgspec.msgpack.decode(data, type=list[bytes])]
    arrivals = []
    for number, one in enumerate(envelopes, first):
        if not node.hosts(one.office) or one.office[:2] != to:
            raise ValueError(f"office {one.office} is not run by this node")
        arrivals.append(_arrival(store, world, name_of(link, to), number, one))
    last = store.link_take(world, name_of(link, to), first, arrivals)
    store.notify()
    return last


def _arrival(store: Store, world: str, name: str, number: int, one: Envelope) -> Arrival:
    key = f"{world}/{one.office}/{one.role}/{one.case}"
    if one.role == "departure":
        key = store.address(world, f"departure/{one.case}") or key
    return Arrival(key, one.origin, f"{name} {number}", sha256(one.body).digest(), one.ie,
                   one.movement, one.origin, one.body)


def carry(store: Store, line: Line, world: str, country: str) -> int:
    """Give a node what it lacks of our link to it; how many messages. Raises Unreachable."""
    after, given = line.last(world), 0
    while rows := store.link_rows(world, country, after, BATCH):
        last = line.give(world, rows[0].n, msgspec.msgpack.encode([row.body for row in rows]))
        if last <= after:
            raise Unreachable(f"{country} takes nothing after {after}")
        given, after = given + last - after, last
    return given


def run(conninfo: str, node: Node, stop: threading.Event) -> None:
    """Carry on all links until `stop` is set; a node that is away is tried again and again."""
    store = Store(conninfo)
    lines = {country: Line(url, node.countries[0], country, node.secret)
             for country, url in node.peers.items()}
    while not stop.is_set():
        moved = 0
        for country, line in lines.items():
            try:
                moved += sum(carry(store, line, world, country) for world in store.worlds())
            except Unreachable as error:
                log.warning("link is down", country=country, error=str(error)[:300])
                stop.wait(PAUSE_SECONDS)
        if not moved:
            store.wait(IDLE_SECONDS)
    for line in lines.values():
        line.close()
    store.close()
