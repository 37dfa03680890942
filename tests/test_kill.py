"""Nothing is lost, doubled or out of order, whoever is killed -9 at whatever moment.

Workers, those who send, the one who fires timers and PostgreSQL itself are killed at random; leases
run out under workers that stall; each message from outside is delivered twice. TOLLBOD_KILLS sets
how many processes die (20); PostgreSQL dies every few seconds meanwhile.
"""
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from tollbod.store import chain, guard, schema
from tollbod.store.records import Arrival, Decided, Out
from tollbod.store.server import Server
from tollbod.store.streams import Store

KILLS = int(os.environ.get("TOLLBOD_KILLS", "20"))
PER_SENDER = max(40, 2 * KILLS)         # messages of each sender to each of the cases
CASES = [f"w/{office}/case/{i}" for office in ("NO1", "SE1") for i in range(6)]
HOT = "w/NO1/guarantee/hot"
SENDERS, WORKERS, LEASE_SECONDS = 3, 4, 1.0
PAUSE_SECONDS = 0.2                     # between two kills
SERVER_SECONDS = 4.0                    # between two kills of PostgreSQL: dying at once, again and
                                        # again, would be a server that cannot run
fork = multiprocessing.get_context("fork")


@pytest.fixture
def server(monkeypatch):
    """A server of this test's own, to be killed."""
    monkeypatch.delenv("TOLLBOD_DATABASE", raising=False)
    place = Path(tempfile.mkdtemp(prefix="tb-kill-"))
    place.chmod(0o755)
    with Server(place / "pg") as conninfo:
        schema.migrate(conninfo)
        yield conninfo, place / "pg"
    shutil.rmtree(place, ignore_errors=True)


# --- those who are killed -----------------------------------------------------------------------

def decide(claims):
    """One stream's messages: a `go` is answered to its peer, to the hot stream and to a party."""
    first, state, head = claims[0], int(claims[0].state or b"0"), claims[0].head
    out = Decided(first.key, first.n, claims[-1].n, b"", "counting", "", b"", head)
    for one in claims:
        state, what = state + 1, f"{one.sender} {one.ident}".encode()
        head = chain.link(head, what)
        out.history.append((one.n, one.at, one.ie, what, head))
        if one.ie == "go":
            number = int(one.ident.rpartition(" ")[2])
            peer = one.key.replace("/NO1/", "/?/").replace("/SE1/", "/NO1/").replace("/?/", "/SE1/")
            fresh = f"{one.key}-{one.sender}-{number}" if number % 9 == 0 else HOT
            out.sends += [(one.n, i, Out(key, "echo", "", one.body))
                          for i, key in enumerate((peer, fresh, "w//mailbox/party"))]
            out.posts.append((one.n, 0, "limit", "free", number + 1, "NOK", ""))
            if number % 3 == 0:
                out.timers.append((f"{one.sender} {number}", one.at + timedelta(milliseconds=50)))
    out.state, out.head = b"%d" % state, head
    return out


def work(conninfo, slot, stop):
    chance, fence = random.Random(), random.SystemRandom().getrandbits(60)
    store, decided = Store(conninfo, lease=LEASE_SECONDS), []
    while not stop.is_set():
        claims, streams = store.turn(slot, fence, decided, want=6, most=30), defaultdict(list)
        for one in claims:
            streams[one.key].append(one)
        decided = [decide(rows) for rows in streams.values()]
        time.sleep(chance.random() * 0.004 if claims else 0.003)
        if claims and chance.random() < 0.02:
            time.sleep(LEASE_SECONDS * 1.2)              # stalls: its leases are stolen


def send(conninfo, sender, stop):
    """Begins anew whenever it is killed: repeats are what identity is for."""
    chance, store = random.Random(sender), Store(conninfo)
    for number in range(PER_SENDER):
        rows = [Arrival(key, sender, f"{key} {number}", b"d", "go", "", "", b"%d" % number)
                for key in chance.sample(CASES, len(CASES))]
        for some in (rows[:4], rows[4:], rows):
            receipts = store.take(some)
            assert all(row.verdict in ("new", "again") for row in receipts), receipts
        if stop.is_set():
            return
        time.sleep(chance.random() * PAUSE_SECONDS)


def fire(conninfo, _, stop):
    store = Store(conninfo)
    while not stop.is_set():
        if not store.fire(most=20):
            time.sleep(0.01)


# --- the test -----------------------------------------------------------------------------------

class Crowd:
    """The processes that are killed, and started again."""

    def __init__(self, conninfo):
        self.conninfo, self.stop = conninfo, fork.Event()
        self.members = [self.start(send, f"sender {i}") for i in range(SENDERS)]
        self.members += [self.start(work, slot) for slot in range(WORKERS)]
        self.members += [self.start(fire, 0)]

    def start(self, what, who):
        process = fork.Process(target=what, args=(self.conninfo, who, self.stop), daemon=True)
        process.what, process.who = what, who
        process.start()
        return process

    def kill_one(self, chance):
        alive = [i for i, one in enumerate(self.members) if one.is_alive()]
        i = chance.choice(alive + [i for i in alive if self.members[i].what is work] * 2)
        one = self.members[i]
        one.kill()
        one.join()
        assert one.exitcode in (0, -signal.SIGKILL), f"{one.who} died of itself"
        self.members[i] = self.start(one.what, one.who)
        return one.what.__name__

    def sending(self):
        return any(one.is_alive() for one in self.members if one.what is send)

    def end(self):
        self.stop.set()
        for one in self.members:
            one.join(5)
            if one.is_alive():
                one.kill()

    def fell_over(self):
        return [one.who for one in self.members if one.exitcode not in (0, -signal.SIGKILL, None)]


def kill_postmaster(folder):
    pid = guard.postmaster(folder)
    if pid is None:
        return False                                     # not back yet
    os.kill(pid, signal.SIGKILL)
    return True


def rage(crowd, folder, store):
    """Kills until there were enough, then waits until all is decided; who was killed."""
    chance, killed, begin, crashed = random.Random(11), Counter(), time.monotonic(), 0.0
    while killed["PostgreSQL"] < 2 or killed.total() < KILLS + killed["PostgreSQL"]:
        time.sleep(PAUSE_SECONDS)
        killed[crowd.kill_one(chance)] += 1
        if time.monotonic() - max(crashed, begin) > SERVER_SECONDS / (1 if crashed else 4):
            killed["PostgreSQL"] += kill_postmaster(folder)
            crashed = time.monotonic()
    while crowd.sending() or not store.idle("w") or store.next_due("w"):
        assert time.monotonic() - begin < 60 + 3 * KILLS, "it does not come to rest"
        time.sleep(0.1)
    crowd.end()
    return killed


def test_nothing_is_lost_doubled_or_out_of_order(server):
    conninfo, folder = server
    store = Store(conninfo)
    store.create_world("w")
    begin = time.monotonic()
    crowd = Crowd(conninfo)
    try:
        killed = rage(crowd, folder, store)
    finally:
        crowd.end()
    outer = SENDERS * PER_SENDER * len(CASES)
    print(f"{dict(killed)} killed, {outer} messages twice, {store.counts()['last_receipt']:.0f} "
          f"receipts, {time.monotonic() - begin:.1f} s")
    assert crowd.fell_over() == []
    assert killed["PostgreSQL"] >= 2 and store.held("w") == []
    assert chain.verify(store) == []
    look(store, outer)
    store.close()


def look(store, outer):
    """What must have come of it, row by row."""
    rows = store.call("select key, sender, ident, ie, origin, n, body from inbox order by key, n")
    kinds = Counter(row[3] for row in rows)
    due = SENDERS * len(CASES) * len(range(0, PER_SENDER, 3))
    assert kinds == {"go": outer, "echo": 3 * outer, "timer": due}, kinds
    assert len({row[:3] for row in rows}) == len(rows)   # no one twice in a stream
    for key in CASES:
        for sender in {row[1] for row in rows if row[0] == key and row[3] == "go"}:
            numbers = [int(row[6]) for row in rows if row[:2] == (key, sender) and row[3] == "go"]
            assert numbers == list(range(PER_SENDER))
    last = {}
    for key, sender, ident, ie, origin, n, _ in rows:    # each stream's sends arrive in its order
        if ie == "echo":
            place = tuple(map(int, ident.split(".")))
            assert last.get((key, sender), (0, 0)) < place, (key, sender, ident)
            last[key, sender] = place
    for key, state, done in store.call("select key, state, last_done from stream "
                                       "where not passive"):
        assert int(state) == done, key
    free = store.call("select sum(amount)::bigint from balance where account = 'free'")[0][0]
    assert free == SENDERS * len(CASES) * PER_SENDER * (PER_SENDER + 1) // 2
    assert store.call("select count(*) from seen")[0][0] == outer
