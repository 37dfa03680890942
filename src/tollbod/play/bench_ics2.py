"""Filings of ICS2, measured: a driver lodges, worker processes decide, all is durable.

A filing counts when it is accepted: lodged at intake, judged, registered (IE3R01), its transport
document granted, its analysis done. HTTP is measured apart.
"""
import time
from collections.abc import Iterator

import msgspec

from tollbod.case.model import Party
from tollbod.office import intake
from tollbod.play.bench_lives import NODE, workers
from tollbod.play.specimen import HOLDER, PARTIES
from tollbod.play.specimen_ics2 import express, road
from tollbod.store.streams import Store

SECONDS = 10.0                  # how long filings by road are lodged
OPEN = 128                      # lodged and not accepted at a time
LARGE, FILINGS = 1_000, 8       # houses of one filing, and how many such
LARGEST = 10_000                # houses of the one that is measured alone
PATIENCE_SECONDS = 120.0


def figures(conninfo: str) -> Iterator[tuple[str, float, str]]:
    """Measure filings by road, and houses of minimum data sets."""
    world = f"ics2{time.time_ns()}"
    with Store(conninfo) as store, workers(conninfo):
        store.create_world(world)
        for party in PARTIES:
            subscriber = msgspec.structs.replace(party, notices=("IE3N03",))
            store.put_party(world, party.id, msgspec.json.encode(subscriber))
        driver = _Driver(store, world)
        driver.all([road("WARM-1")])
        yield "ics2_f50_accepted_per_second", driver.steady(), "1/s"
        many = [express(f"L{n}", LARGE) for n in range(FILINGS)]
        yield "ics2_f32_houses_per_second", FILINGS * LARGE / driver.all(many), "1/s"
        yield "ics2_f32_10000_houses_answered", driver.all([express("XL", LARGEST)]), "s"


class _Driver:
    """A filer: lodges, and counts what is accepted by the notices in its mailbox."""

    def __init__(self, store: Store, world: str) -> None:
        self.store, self.world = store, world
        self.lodged = self.accepted = self.marker = 0

    def lodge(self, data: bytes) -> None:
        """Lodge one filing; it must be taken."""
        taken = intake.receive(self.store, NODE, self.world, HOLDER, data)
        assert not isinstance(taken, intake.Refusal), taken.findings
        self.lodged += 1

    def look(self) -> None:
        """Count the filings whose analysis is done."""
        for row in self.store.mailbox(self.world, HOLDER, self.marker, 1000):
            self.marker = row.n
            assert row.ie in ("IE3R01", "IE3N03"), row.ie
            self.accepted += row.ie == "IE3N03"

    def steady(self) -> float:
        """Keep so many open for some seconds; how many are accepted per second."""
        began, before, number = time.perf_counter(), self.accepted, 0
        while time.perf_counter() - began < SECONDS:
            while self.lodged - self.accepted < OPEN:
                number += 1
                self.lodge(road(f"R{number}"))
            self.look()
        rate = (self.accepted - before) / (time.perf_counter() - began)
        self._rest()
        return rate

    def all(self, filings: list[bytes]) -> float:
        """Lodge filings and wait until all are accepted; how many seconds that took."""
        began = time.perf_counter()
        for data in filings:
            self.lodge(data)
        self._rest()
        return time.perf_counter() - began

    def _rest(self) -> None:
        end = time.perf_counter() + PATIENCE_SECONDS
        while self.accepted < self.lodged:
            assert time.perf_counter() < end, f"{self.lodged - self.accepted} are not accepted"
            self.look()
            time.sleep(0.002)
