"""Filings of ICS2, measured: filers lodge at the same time, worker processes decide, all durably.

A filing counts when it is accepted: lodged at intake, judged, registered (IE3R01), its transport
document granted, its analysis done (IE3N03: a pre-loading filing is answered, loading may begin).
HTTP is measured apart.
"""
import re
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from statistics import quantiles

import msgspec

from tollbod.case.model import Party
from tollbod.office import intake
from tollbod.play.bench_lives import NODE, workers
from tollbod.play.specimen import HOLDER, PARTIES
from tollbod.play.specimen_ics2 import express, road
from tollbod.store.streams import Store

SECONDS = 10.0                  # how long filings by road are lodged
FILERS = 4                      # lodge at the same time, as callers over HTTP do
OPEN = 128                      # lodged and not accepted at a time
LARGE, FILINGS = 1_000, 8       # houses of one filing, and how many such
LARGEST = 10_000                # houses of the one that is measured alone
ROADS, PARCELS = 200.0, 20.0    # filings a second at which pre-loading answers are measured
HOUSES = 100                    # of each of the pre-loading filings then
PATIENCE_SECONDS = 120.0
LRN = re.compile(rb"<LRN>([^<]+)</LRN>")
MARK = "MARK000000"


def figures(conninfo: str) -> Iterator[tuple[str, float, str]]:
    """Measure filings by road, houses of minimum data sets, and how soon these are answered."""
    world = f"ics2{time.time_ns()}"
    with Store(conninfo) as store, workers(conninfo):
        store.create_world(world)
        for party in PARTIES:
            subscriber = msgspec.structs.replace(party, notices=("IE3N03",))
            store.put_party(world, party.id, msgspec.json.encode(subscriber))
        filers = Filers(conninfo, world)
        filers.all([express("WARM", 2), *islice(filers.forms("W", road), 50)])
        yield "ics2_f50_accepted_per_second", filers.steady(SECONDS), "1/s"
        many = [express(f"L{n}", LARGE) for n in range(FILINGS)]
        yield "ics2_f32_houses_per_second", FILINGS * LARGE / filers.all(many), "1/s"
        yield "ics2_f32_10000_houses_answered", filers.all([express("XL", LARGEST)]), "s"
        cuts = filers.answers(SECONDS)
        yield "ics2_preloading_answer_p50", cuts[9], "s"
        yield "ics2_preloading_answer_p95", cuts[18], "s"
        yield "ics2_preloading_at_houses", PARCELS * HOUSES, "1/s"
        yield "ics2_preloading_at_f50", ROADS, "1/s"


class Filers:
    """Those who lodge, and who counts what is accepted by the notices in the mailbox."""

    def __init__(self, conninfo: str, world: str) -> None:
        self.conninfo, self.world, self.store = conninfo, world, Store(conninfo)
        self.lodged: dict[str, float] = {}          # LRN: when
        self.accepted: dict[str, float] = {}        # LRN: after how many seconds
        self.lrns: dict[str, str] = {}              # MRN: LRN
        self.marker = 0

    def forms(self, mark: str, make: Callable[[str], bytes]) -> Iterator[bytes]:
        """Yield filings that differ in their references; to make them costs next to nothing."""
        form = make(MARK)
        for number in count():
            yield form.replace(MARK.encode(), f"{mark}{number:0{len(MARK) - len(mark)}}".encode())

    def lodge(self, store: Store, data: bytes) -> None:
        """Lodge one filing; it must be taken."""
        lrn = LRN.search(data)[1].decode()
        self.lodged[lrn] = time.perf_counter()
        taken = intake.receive(store, NODE, self.world, HOLDER, data)
        assert not isinstance(taken, intake.Refusal), taken.findings

    def look(self) -> None:
        """Count the filings whose analysis is done."""
        rows = self.store.mailbox(self.world, HOLDER, self.marker, 1000)
        for row in rows:
            self.marker = row.n
            assert row.ie in ("IE3R01", "IE3N03"), row.ie
            if row.ie == "IE3R01":
                self.lrns[row.movement] = LRN.search(row.body)[1].decode()
            else:
                lrn = self.lrns[row.movement]
                self.accepted[lrn] = time.perf_counter() - self.lodged[lrn]
        if not rows:
            time.sleep(0.005)

    def steady(self, seconds: float) -> float:
        """Keep so many open for some seconds; how many are accepted per second."""
        began, before = time.perf_counter(), len(self.accepted)

        def filing(source: Iterator[bytes]) -> Callable[[Store], None]:
            def file(store: Store) -> None:
                while time.perf_counter() - began < seconds:
                    if len(self.lodged) - len(self.accepted) < OPEN:
                        self.lodge(store, next(source))
                    else:
                        time.sleep(0.002)
            return file
        self._together([filing(self.forms(f"R{n}", road)) for n in range(FILERS)])
        rate = (len(self.accepted) - before) / (time.perf_counter() - began)
        self._rest()
        return rate

    def all(self, filings: list[bytes]) -> float:
        """Lodge filings and wait until all are accepted; how many seconds that took."""
        began = time.perf_counter()
        for data in filings:
            self.lodge(self.store, data)
        self._rest()
        return time.perf_counter() - began

    def answers(self, seconds: float) -> list[float]:
        """Lodge both kinds at a steady rate; after how many seconds pre-loading was answered.

        What is returned are the 19 cuts between the twentieths.
        """
        began = time.perf_counter()

        def filing_at(rate: float, source: Iterator[bytes]) -> Callable[[Store], None]:
            def file(store: Store) -> None:
                for number, data in zip(range(int(rate * seconds)), source):
                    time.sleep(max(0.0, began + number / rate - time.perf_counter()))
                    self.lodge(store, data)
            return file
        jobs = [filing_at(ROADS / FILERS, self.forms(f"S{n}", road)) for n in range(FILERS)]
        jobs.append(filing_at(PARCELS, self.forms("P", lambda lrn: express(lrn, HOUSES))))
        self._together(jobs)
        self._rest()
        return quantiles([took for lrn, took in self.accepted.items() if lrn[0] == "P"], n=20)

    def _together(self, jobs: list[Callable[[Store], None]]) -> None:
        """Do all jobs at once, each on a connection of its own, and count meanwhile."""
        threads = [threading.Thread(target=self._job, args=(job,)) for job in jobs]
        for one in threads:
            one.start()
        while any(one.is_alive() for one in threads):
            self.look()

    def _job(self, job: Callable[[Store], None]) -> None:
        with Store(self.conninfo) as store:
            job(store)

    def _rest(self) -> None:
        end = time.perf_counter() + PATIENCE_SECONDS
        while len(self.accepted) < len(self.lodged):
            assert time.perf_counter() < end, "filings are not accepted"
            self.look()
