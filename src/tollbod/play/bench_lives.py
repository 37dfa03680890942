"""Whole transit lives, measured: a driver lodges messages, worker processes decide, all is durable.

A life is IE015 to IE045 under the simplified procedure at both ends, with an office of transit and
a guarantee: some twenty messages. The driver speaks to `office.intake` directly, one commit a
message; HTTP is measured apart.
"""
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles

import msgspec
import psutil

from tollbod.case.model import Party
from tollbod.office import intake, officer
from tollbod.office.node import Node
from tollbod.office.worker import run
from tollbod.play.specimen import CONSIGNEE, HOLDER, PARTIES, arrival, declaration, remarks
from tollbod.store.streams import Store
from tollbod.wire import xml

NODE = Node(("NO", "SE", "DE"), test=True)
GRN = "25NO3650010001230"
DEPARTURE, TRANSIT, DESTINATION = "NO365001", "SE603340", "DE004851"
WORKERS = 2
OPEN_LIVES = 48                 # begun and not ended at a time


def prepare(store: Store, world: str, parties: tuple[Party, ...] = PARTIES) -> None:
    """Make a world with its traders and one large guarantee."""
    store.create_world(world)
    for party in parties:
        store.put_party(world, party.id, msgspec.json.encode(party))
    officer.act(store, world, DEPARTURE, GRN, "register", "bench", "register", {
        "grn": GRN, "type": "1", "holder": HOLDER, "reference_cent": 10**15,
        "access_codes": ["AC01"],
    })


@contextmanager
def workers(conninfo: str, count: int = WORKERS, node: Node = NODE
            ) -> Iterator[list[psutil.Process]]:
    """Run `count` worker processes; they end with the block."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=run, args=(conninfo, node, slot), daemon=True)
                 for slot in range(count)]
    for process in processes:
        process.start()
    try:
        yield [psutil.Process(process.pid) for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(10)
            if process.is_alive():
                process.kill()


class Driver:
    """The traders and the officer at the border, playing many lives at once."""

    def __init__(self, store: Store, world: str) -> None:
        self.store, self.world = store, world
        self.run = f"{time.time_ns():x}"[-10:]
        self.begun: dict[str, float] = {}           # LRN: when its IE015 was lodged
        self.accepted: list[float] = []             # seconds from IE015 to IE028
        self.finished = 0
        self.markers = {HOLDER: 0, CONSIGNEE: 0}

    def lodge(self, party: str, data: bytes) -> None:
        """Lodge one message as a trader; it must be taken."""
        taken = intake.receive(self.store, NODE, self.world, party, data)
        assert not isinstance(taken, intake.Refusal), taken.findings

    def begin(self) -> None:
        """Lodge a new declaration."""
        number = len(self.begun) + 1
        lrn = f"B{self.run}{number:08d}"
        self.begun[lrn] = time.perf_counter()
        self.lodge(HOLDER, declaration(lrn, f"{lrn}-15", GRN))

    def react(self) -> int:
        """Read both mailboxes and do what each message calls for; how many there were."""
        rows = [(party, row) for party in self.markers
                for row in self.store.mailbox(self.world, party, self.markers[party], 500)]
        for party, row in rows:
            self.markers[party] = row.n
            act = ACTS.get(row.ie)
            if act:
                act(self, row)
        return len(rows)

    def accept(self, row) -> None:
        """Note how long the MRN took."""
        lrn = xml.read(row.body).get("TransitOperation/LRN")
        self.accepted.append(time.perf_counter() - self.begun[lrn])

    def travel(self, row) -> None:
        """The goods are released: cross the border and arrive."""
        mrn = row.movement
        officer.act(self.store, self.world, TRANSIT, mrn, "crossing", "bench", f"{mrn}-118")
        self.lodge(CONSIGNEE, arrival(mrn, f"{mrn}-07"))

    def unload(self, row) -> None:
        """Unloading is permitted: report it."""
        self.lodge(CONSIGNEE, remarks(row.movement, f"{row.movement}-44"))

    def end(self, _row) -> None:
        """The movement is written off."""
        self.finished += 1


ACTS = {"IE028": Driver.accept, "IE029": Driver.travel, "IE043": Driver.unload,
        "IE045": Driver.end}


def lives(conninfo: str, seconds: float, world: str) -> Iterator[tuple[str, float, str]]:
    """Measure whole lives per second with OPEN_LIVES begun at a time, and what they store."""
    store = Store(conninfo)
    prepare(store, world)
    with workers(conninfo) as processes:
        driver = Driver(store, world)
        _play(driver, 3.0)                                          # warm
        before, began, size = driver.finished, time.perf_counter(), _written(store)
        _play(driver, seconds)
        ended = driver.finished - before
        yield "lives_per_second", ended / (time.perf_counter() - began), "1/s"
        yield "stored_per_life", (_written(store) - size) / max(1, ended) / 1000, "kB"
        yield "memory_workers_under_load", _pss(processes), "MB"
        yield "memory_driver_under_load", _pss([psutil.Process()]), "MB"
    store.close()


def _play(driver: Driver, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        while len(driver.begun) - driver.finished < OPEN_LIVES:
            driver.begin()
        if not driver.react():
            time.sleep(0.002)


def latency(conninfo: str, per_second: float, seconds: float, world: str
            ) -> Iterator[tuple[str, float, str]]:
    """Measure IE015 in to IE028 out with lives begun at a steady rate."""
    store = Store(conninfo)
    prepare(store, world)
    with workers(conninfo):
        driver = Driver(store, world)
        _play_steadily(driver, per_second, 3.0)                     # warm
        driver.accepted.clear()
        _play_steadily(driver, per_second, seconds)
        cuts = quantiles(driver.accepted, n=20)
        yield "ie015_to_ie028_p50", cuts[9] * 1000, "ms"
        yield "ie015_to_ie028_p95", cuts[18] * 1000, "ms"
        yield "ie015_to_ie028_at", per_second, "lives/s"
    store.close()


def _play_steadily(driver: Driver, per_second: float, seconds: float) -> None:
    began = time.perf_counter()
    done = 0
    while (now := time.perf_counter() - began) < seconds:
        while done < now * per_second:
            driver.begin()
            done += 1
        if not driver.react():
            time.sleep(0.001)


def _written(store: Store) -> int:
    """Return how much has been written: tables and write-ahead log, bytes."""
    connection = store.connected()
    row = connection.execute(
        "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') + pg_database_size(current_database())"
    ).fetchone()
    return int(row[0])


def _pss(processes: list[psutil.Process]) -> float:
    """Return the memory of processes in MB, shared pages divided among their users."""
    return sum(process.memory_full_info().pss for process in processes) / 1e6


def fsync_ms(folder: str, rounds: int = 100) -> float:
    """Return the median time of one write and fsync on the disk of `folder`, ms."""
    path = os.path.join(folder, "fsync.probe")
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(rounds):
            file.write(b"x" * 8192)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    os.unlink(path)
    return sorted(times)[rounds // 2] * 1000
