"""The worker where a decision goes wrong: what stands, what is tried again, what is set aside."""
import secrets
import time
from datetime import timedelta

import pytest
from test_guarantees_account import GRN, _Only, letter

from tollbod.office import officer
from tollbod.office.node import Node
from tollbod.office.worker import Worker
from tollbod.play.world import guarantee_key
from tollbod.store.records import Arrival
from tollbod.store.streams import Store


class Hand:
    """A worker with one guarantee of 10,000 EUR in a world of its own."""

    def __init__(self, conninfo: str) -> None:
        self.world = f"hand-{secrets.token_hex(6)}"
        self.key = guarantee_key(self.world, GRN["1"])
        self.store = Store(conninfo)
        self.store.create_world(self.world, timedelta(0))
        self.worker = Worker(_Only(self.store, self.world), Node(("NO", "SE", "DE"), test=True),
                             secrets.randbits(30))
        officer.act(self.store, self.world, "NO365001", GRN["1"], "register", "officer", "r", {
            "grn": GRN["1"], "type": "1", "holder": "NO310000019", "access_codes": ["AC01"],
            "reference_cent": 10_000_00})
        self.worker.drain()

    def take(self, ident: str, ie: str, body: bytes) -> None:
        """Put a message of an office of departure into the guarantee's inbox."""
        origin = f"{self.world}/NO365001/departure/x"
        self.store.take([Arrival(self.key, origin, ident, b"d", ie, "26NO3650010000001J1",
                                 origin, body)])

    def work(self, until) -> None:
        """Work until something holds: a stream that failed rests for a moment."""
        end = time.monotonic() + 10
        while not until() and time.monotonic() < end:
            self.worker.drain()
            time.sleep(0.02)
        assert until()

    def done(self) -> int:
        """Return how many messages of the guarantee are decided."""
        return self.store.stream(self.key).last_done


@pytest.fixture
def hand(conninfo):
    """Give a worker with one guarantee."""
    hand = Hand(conninfo)
    yield hand
    hand.store.close()


def test_what_was_decided_before_a_failure_stands(hand):
    for n in range(3):
        hand.take(f"{n}", "IE203", letter(n))
    hand.take("bad", "officer change", b"no JSON")
    hand.take("later", "IE203", letter(4))
    hand.worker.turn()
    hand.worker.flush()
    assert hand.done() == 4 and hand.store.stream(hand.key).held is None
    hand.work(lambda: hand.store.stream(hand.key).held)
    assert hand.done() == 4 and not hand.worker.decided
    assert [row.key for row in hand.store.held(hand.world)] == [hand.key]


def test_a_floor_that_is_broken_at_the_last_commit_gives_the_stream_back(hand):
    """The worker is asked to end with decisions in hand, and the database refuses them."""
    hand.take("1", "IE203", letter(1))
    hand.worker.turn()
    hand.store.call("update balance set floor = amount where key = %s and account = 'free'",
                    (hand.key,))
    hand.worker.flush()
    stream = hand.store.stream(hand.key)
    assert (stream.last_done, stream.tries, stream.held) == (1, 1, None)
    hand.store.call("update balance set floor = 0 where key = %s and account = 'free'",
                    (hand.key,))
    hand.work(lambda: hand.done() == 2)
    free = {row.account: row.amount for row in hand.store.balances(hand.key)}["free"]
    assert free == 9_900_00
