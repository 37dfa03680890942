"""A node of a simulation: one country, its store's twin, workers that crash, and its links.

Knows what can go wrong between two nodes and inside one; whether it does is drawn from the
simulation's randomness. What runs is the product: Worker, links.carry, links.take.
"""
import random
import traceback
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tollbod.office import links
from tollbod.office.node import Node
from tollbod.office.worker import Worker
from tollbod.play.twin import Twin
from tollbod.play.twin_tables import Tables
from tollbod.store.records import Claimed
from tollbod.transport.http import Unreachable

WORLD = "sim"
REAL = datetime(2026, 1, 1, tzinfo=UTC)         # where the time of leases begins
LEASE_SECONDS = 10.0
SUSPECT = 3             # a stream tried so often is spared: seven crashes in a row would hold it


class Chances(NamedTuple):
    """How often what goes wrong; of one in each step."""

    crash: float = 0.0              # a worker dies with what it has decided
    lost_answer: float = 0.0        # a turn is committed, its answer lost, and it is asked again
    steal: float = 0.0              # a worker is so slow that its leases run out
    lost: float = 0.0               # of a batch on a link
    unanswered: float = 0.0
    late: float = 0.0
    doubled: float = 0.0


FAULTS = Chances(0.05, 0.05, 0.05, 0.1, 0.1, 0.15, 0.1)
NONE = Chances()


class Connection(Twin):
    """A twin whose turns may lose their answer, and that remembers why a decision failed."""

    def __init__(self, tables: Tables, house: "House") -> None:
        super().__init__(tables, LEASE_SECONDS)
        self.house = house

    def turn(self, slot, fence, decided=(), want=16, most=128, world="", again=False):
        """Take a turn; with bad luck its answer is lost and it is taken again."""
        found = super().turn(slot, fence, decided, want, most, world)
        if self.house.unlucky("lost_answer", found):
            return super().turn(slot, fence, decided, want, most, world, True)
        return found

    def release(self, key, fence, error):
        """Give a stream back, and note what happened."""
        if isinstance(error, Exception):
            text = "".join(traceback.format_exception(error))
            self.house.failures[key] = text
        return super().release(key, fence, error)


class House:
    """One country's node."""

    def __init__(self, country: str, others: list[str], draw: random.Random, at: datetime) -> None:
        self.country, self.random = country, draw
        self.node = Node((country,), {other: "sim" for other in others}, "sim", True)
        self.seconds = 0.0
        self.tables = Tables(lambda: REAL + timedelta(seconds=self.seconds))
        self.store = Connection(self.tables, self)
        self.store.create_world(WORLD, at)
        self.chances = NONE
        self.failures: dict[str, str] = {}          # key: traceback of the last failed decision
        self.crashes = self.decisions = 0
        self.workers = [self._worker(slot) for slot in range(2)]

    def _worker(self, slot: int) -> Worker:
        worker = Worker(Connection(self.tables, self), self.node, slot)
        worker.fence = self.random.getrandbits(60)
        return worker

    def unlucky(self, what: str, claims: list[Claimed] | None = None) -> bool:
        """Draw whether something goes wrong; never to a stream that went wrong often already."""
        chance = getattr(self.chances, what)
        if not chance or any(one.tries >= SUSPECT for one in claims or ()):
            return False
        return self.random.random() < chance

    def busy(self) -> bool:
        """Tell whether anything is left to decide or to commit."""
        return bool(self.tables.ready) or any(worker.decided for worker in self.workers)

    def work(self) -> None:
        """Let one worker take its turn, and perhaps die of it, or be too slow."""
        slot = self.random.randrange(len(self.workers))
        worker = self.workers[slot]
        before = worker.decisions
        worker.turn()
        self.decisions += worker.decisions - before
        self.seconds += 0.01
        suspects = any(self.tables.streams[one.key].tries >= SUSPECT for one in worker.decided)
        if worker.decided and not suspects and self.unlucky("crash"):
            self.crashes += 1
            self.workers[slot] = self._worker(slot)
        elif worker.decided and not suspects and self.unlucky("steal"):
            self.seconds += LEASE_SECONDS + 1
            self.workers[1 - slot].turn()

    def settle(self) -> None:
        """Let everything be decided that lies here."""
        for _ in range(100_000):
            if not self.busy():
                return
            self.work()
            if not self.progress():
                self.seconds += LEASE_SECONDS + 1
        raise AssertionError(f"{self.country} never comes to rest")

    def progress(self) -> bool:
        """Tell whether some worker holds decisions, or some stream may be claimed now."""
        now = self.tables.real()
        return any(worker.decided for worker in self.workers) or any(
            row.until is None or row.until < now for row in self.tables.ready.values())


class Line:
    """A link on a bad network: from one house to another; takes the place of http.Line."""

    def __init__(self, giver: House, taker: House) -> None:
        self.giver, self.taker = giver, taker
        self.stray: list[tuple[int, bytes]] = []    # batches that are still on their way

    def last(self, world: str) -> int:
        """Return the last number taken. Raises Unreachable."""
        if self.giver.unlucky("lost"):
            raise Unreachable("the question was lost")
        return links.taken(self.taker.store, world, self.giver.country, self.taker.country)

    def give(self, world: str, first: int, body: bytes) -> int:
        """Give a batch; it may be lost, come late, come twice, or its answer be lost."""
        if self.giver.unlucky("lost"):
            raise Unreachable("the batch was lost")
        if self.giver.unlucky("late"):
            self.stray.append((first, body))
            raise Unreachable("the batch is late")
        last = self._take(first, body)
        if self.giver.unlucky("doubled"):
            self.stray.append((first, body))
        if self.giver.unlucky("unanswered"):
            raise Unreachable("the answer was lost")
        return last

    def carry(self) -> int:
        """Carry what waits, as the product does; how much was given."""
        while self.stray and self.giver.random.random() < 0.3:
            self._take(*self.stray.pop(self.giver.random.randrange(len(self.stray))))
        waiting = self.giver.tables.streams.get(f"{WORLD}//link/{self.taker.country}")
        if waiting is None or waiting.last_in == self.taken():
            return 0
        try:
            return links.carry(self.giver.store, self, WORLD, self.taker.country)
        except Unreachable:
            return 0

    def taken(self) -> int:
        """Return what the taker has, without asking over the network."""
        name = links.name_of(self.giver.country, self.taker.country)
        return self.taker.tables.links.get((WORLD, name), 0)

    def _take(self, first: int, body: bytes) -> int:
        return links.take(self.taker.store, self.taker.node, WORLD, self.giver.country,
                          self.taker.country, first, body)
