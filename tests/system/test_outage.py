"""The database goes away while messages come in, hangs, or has no room left on its disk.

A sender is told 503, when to come again, and in a sentence why; or is answered late. What was
acknowledged is there, and what was refused can be sent again as it is.
"""
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import psutil
import psycopg
import pytest

from installation import Installation, free_ports
from tollbod.play.specimen import HOLDER, declaration
from tollbod.store import chain, guard
from tollbod.store.server import Server
from tollbod.store.streams import Store
from traffic import GRN, Client, make_world

WORLD = "outage"
LATEST_SECONDS = 15.0                   # by then a request is answered, whatever is wrong
BACK_SECONDS = 30.0
DISK_MB = 140                           # of the small disk; an empty database takes about a third
LOG_BYTES = 1_000_000                   # how much is written to PostgreSQL's log at a time


class Sender:
    """A trader who lodges declarations and notes how each was answered."""

    def __init__(self, house):
        self.url, self.taken, self.refused = house.url, {}, {}
        self.token = make_world(house.url, WORLD)[HOLDER]

    def send(self, number):
        """Lodge declaration `number` once, the same bytes each time; the status."""
        lrn = f"O{number:08d}"
        data = self.refused.get(number) or declaration(lrn, f"{lrn}-15", GRN)
        answer = httpx.post(f"{self.url}/api/v1/messages", content=data, trust_env=False,
                            headers={"Authorization": f"Bearer {self.token}"}, timeout=40)
        if answer.status_code in (200, 202):
            self.taken[lrn] = answer.json()["id"]
            self.refused.pop(number, None)
        else:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert "database" in answer.json()["detail"] and "send the same again" in answer.text
            self.refused[number] = data
        return answer.status_code

    def resend(self):
        """Lodge again what was refused; all of it must be taken now."""
        for number in list(self.refused):
            assert self.send(number) in (200, 202)

    def answers(self):
        """Return LRN and kind of all that was sent to the trader once each message is decided."""
        client, end = Client(self.url, HOLDER, WORLD), time.monotonic() + BACK_SECONDS
        while True:
            rows = client.ask("GET", "/messages", params={"limit": 1000}).json()["messages"]
            found = [row["correlation"] for row in rows if row["ie"] == "IE028"]
            if len(found) >= len(self.taken):
                return sorted(found)
            assert time.monotonic() < end, f"{len(found)} of {len(self.taken)} are answered"
            time.sleep(0.1)


def look(store, sender):
    """Each message that was acknowledged is there and was answered, each once."""
    assert sender.answers() == sorted(f"{lrn}-15" for lrn in sender.taken)
    rows = store.call("select ident, receipt::text from inbox where ie = 'IE015'")
    assert sorted(rows) == sorted((f"{lrn}-15", id) for lrn, id in sender.taken.items())
    assert store.held(WORLD) == [] and chain.verify(store) == []


def back(house):
    """Wait until the house is ready again."""
    began = time.monotonic()
    while not house.ready():
        assert time.monotonic() - began < BACK_SECONDS, house.said()
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture
def stopping(tmp_path):
    """A house on somebody else's database (TOLLBOD_DATABASE), and that database."""
    server = Server(tmp_path / "own")
    house = Installation(tmp_path / "house", free_ports(1)[0], DATABASE=server.start())
    try:
        with house:
            yield house, server
    finally:
        server.stop()


def test_a_database_that_is_stopped_and_started(stopping):
    house, server = stopping
    sender = Sender(house)
    assert sender.send(1) == 202
    server.stop()
    began = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        ready = pool.submit(house.ready)
        assert set(pool.map(sender.send, range(2, 8))) == {503}
        assert not ready.result()
    assert time.monotonic() - began < LATEST_SECONDS
    server.start()
    back(house)
    sender.resend()
    with Store(server.start()) as store:
        look(store, sender)
    assert len(sender.taken) == 7


def test_a_database_that_hangs(stopping):
    """All its processes are stopped: connections stay open, and nothing answers."""
    house, server = stopping
    sender = Sender(house)
    assert sender.send(1) == 202
    began = time.monotonic()
    with hanging(server), ThreadPoolExecutor(6) as pool:
        assert set(pool.map(sender.send, range(2, 8))) == {503}
    assert time.monotonic() - began < LATEST_SECONDS
    back(house)
    sender.resend()
    with Store(server.start()) as store:
        look(store, sender)


@contextmanager
def hanging(server):
    """Let all processes of a server stand still."""
    first = psutil.Process(guard.postmaster(server.folder))
    everybody = [first, *first.children(recursive=True)]
    for one in everybody:
        with suppress(psutil.NoSuchProcess):
            one.suspend()
    try:
        yield
    finally:
        for one in everybody:
            with suppress(psutil.NoSuchProcess):
                one.resume()


def test_a_crash_of_the_database_is_waited_for(tmp_path):
    """PostgreSQL is killed while it is spoken to: it comes back so soon that nobody is told."""
    with Installation(tmp_path / "house", free_ports(1)[0]) as house:
        sender, ending, statuses = Sender(house), threading.Event(), []

        def keep_sending():
            number = 0
            while not ending.is_set():
                number += 1
                statuses.append(sender.send(number))

        thread = threading.Thread(target=keep_sending)
        thread.start()
        try:
            time.sleep(0.5)
            house.kill("postmaster")
            time.sleep(2.0)
        finally:
            ending.set()
            thread.join()
        assert set(statuses) == {202}
        with house.database() as conninfo, Store(conninfo) as store:
            look(store, sender)


# A full disk

@pytest.fixture
def small_disk(tmp_path):
    """A small disk of one's own; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(place)]
    try:
        made = subprocess.run(words, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no small disk can be made here: {error}")
    if made.returncode:
        pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
    yield place
    for words in (["umount", str(place)], ["umount", "-l", str(place)]):
        if subprocess.run(words, capture_output=True).returncode == 0:
            break


def test_a_full_disk(small_disk):
    """First there is no room for data, then none for PostgreSQL's log; then room is made."""
    ballast = small_disk / "ballast"
    house = Installation(small_disk / "house", free_ports(1)[0])
    house.log = small_disk.with_suffix(".log")
    with house:
        sender = Sender(house)
        assert sender.send(1) == 202
        fill(ballast)
        number = 1
        while not sender.refused:
            number += 1
            sender.send(number)
            assert number < 3000, "the disk does not get full"
        told = len(sender.taken)
        exhaust_log(house)
        for more in range(number + 1, number + 4):
            sender.send(more)
        assert sender.refused
        os.truncate(ballast, 0)
        seconds = back(house)
        sender.resend()
        with house.database() as conninfo, Store(conninfo) as store:
            look(store, sender)
        print(f"{told} messages until it was full, ready {seconds:.1f} s after room was made")


def fill(ballast):
    """Write until the disk is full."""
    with open(ballast, "wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass


def exhaust_log(house):
    """Fill the write-ahead log until PostgreSQL cannot go on."""
    with house.database() as conninfo, suppress(psycopg.OperationalError), \
            psycopg.connect(conninfo, autocommit=True, connect_timeout=3) as connection:
        for _ in range(200):
            connection.execute("select pg_logical_emit_message(true, 'full', repeat('x', %s))",
                               (LOG_BYTES,))
