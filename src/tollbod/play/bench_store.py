"""How fast the store alone is: lives of messages without any office in them.

A life is what a whole transit asks of the database: 4 messages from outside, 11 between offices, 6
to parties, each of 5 kB; 15 decisions, 3 timers, 2 postings. Real time for the deciding itself is
not in these figures. Each is measured in a database of its own.
"""
import multiprocessing
import os
import random
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tollbod.store import schema
from tollbod.store.chain import link
from tollbod.store.records import Arrival, Decided, Out
from tollbod.store.streams import Store

OFFICES = "NO371001/departure NO371001/guarantee SE603330/transit SE603330/destination".split()
# Which of these hears step 0, 1, 2 ...; the last three steps come from outside, like step 0.
STEPS = (0, 1, 0, 2, 0, 2, 3, 0, 2, 3, 0, 1, 2, 3, 0)
HOPS = 11
OUTSIDE = (0, 12, 13, 14)
SECONDS = 5.0
DUE = datetime(2099, 1, 1, tzinfo=UTC)
WORKERS, SENDERS = 2, 4
FEW = 8                         # streams; fewer are not worth a commit of their own at once


def measure(conninfo):
    """Yields each figure: name, value, unit."""
    with own_database(conninfo) as own:
        yield from lives(own)
    with own_database(conninfo) as own:
        yield from hot_stream(own)
    with own_database(conninfo) as own:
        yield from timers(own)
    with own_database(conninfo) as own:
        yield from intake(own)


@contextmanager
def own_database(conninfo):
    """A fresh database with the schema, on the same server; dropped afterwards."""
    name = f"bench_{os.getpid()}_{time.time_ns()}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    own = make_conninfo(**conninfo_to_dict(conninfo) | {"dbname": name})
    try:
        schema.migrate(own)
        with Store(own) as store:
            store.create_world("w")
            store.call("checkpoint")
        yield own
    finally:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


def message_text(size=5000, seed=1):
    """XML of about that size which compresses like a declaration does."""
    chance, lines, words = random.Random(seed), [], "steel fish pumps paper timber cable".split()
    while sum(map(len, lines)) < size:
        lines.append(f"<ConsignmentItem><goodsItemNumber>{len(lines)}</goodsItemNumber>"
                     f"<Commodity><descriptionOfGoods>{' '.join(chance.sample(words, 3))}"
                     f"</descriptionOfGoods><harmonizedSystemSubHeadingCode>"
                     f"{chance.randrange(10**6):06}</harmonizedSystemSubHeadingCode></Commodity>"
                     f"<grossMass>{chance.randrange(10**6) / 100}</grossMass></ConsignmentItem>\n")
    return "".join(lines).encode()


BODIES = [message_text(seed=i) for i in range(50)]


# --- whole lives --------------------------------------------------------------------------------

def key_of(step, case):
    """The stream that hears a step of a case."""
    return f"w/{OFFICES[STEPS[step]]}/{case}"


def decide(claims):
    """The decision on one stream's messages in a life."""
    first = claims[0]
    out = Decided(first.key, first.n, claims[-1].n, first.body[:600], "released", "26NO1", b"",
                  first.head)
    for one in claims:
        step, case, what = int(one.ident.split(".")[0]) if one.sender == "trader" \
            else int(one.body[:2]), one.case_id, one.body[:120]
        out.head = link(out.head, what)
        out.history.append((one.n, one.at, one.ie, what, out.head))
        if step < HOPS:
            body = b"%02d" % (step + 1) + one.body[2:]
            out.sends.append((one.n, 0, Out(key_of(step + 1, case), "IE001", "26NO" + case, body)))
        if step % 2 == 0 and step < 12:
            out.sends.append((one.n, 1, Out(f"w//mailbox/{hash(case) % 500}", "IE029",
                                            "26NO" + case, one.body)))
        if step in (2, 6, 9):
            out.timers.append((f"t{step}", DUE))
        if step in (1, 11):
            out.posts.append((one.n, 0, "free", "reserved", 700, "NOK", "26NO" + case))
    return out


def by_stream(claims):
    """The messages claimed, stream by stream."""
    streams = {}
    for one in claims:
        streams.setdefault(one.key, []).append(one)
    return streams.values()


def work(conninfo, slot, end, answers):
    """A worker: turns until the end; answers how many messages in how many turns."""
    store, fence, decided, many, turns = Store(conninfo), random.getrandbits(60), [], 0, 0
    while time.time() < end:
        claims = store.turn(slot, fence, decided, want=16)
        decided = [decide(rows) for rows in by_stream(claims)]
        many, turns = many + len(claims), turns + bool(claims)
        if len(claims) < FEW:
            time.sleep(0.002)                            # a larger batch is worth the wait
    answers.put((many, turns))


def feed(conninfo, end):
    """Several senders at once, a commit a message; keeps about 200 streams waiting."""
    threads = [threading.Thread(target=feed_alone, args=(conninfo, end, i)) for i in range(SENDERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def feed_alone(conninfo, end, case):
    """One sender."""
    store = Store(conninfo)
    while time.time() < end:
        case += SENDERS
        for step in OUTSIDE:
            body = b"%02d" % step + BODIES[case % len(BODIES)]
            store.take([Arrival(key_of(step, str(case)), "trader", f"{step}.{case}", b"d" * 32,
                                "IE015", "", "", body)])
        while case % 16 < SENDERS and time.time() < end \
                and store.counts()["streams_waiting"] > 200:
            time.sleep(0.003)


def lives(conninfo):
    """Decisions/s in turns of 16, and what a life costs in log and tables."""
    context, end = multiprocessing.get_context("fork"), time.time() + SECONDS
    store, answers = Store(conninfo), context.Queue()
    log, size = position(store), table_bytes(store)
    crowd = [context.Process(target=work, args=(conninfo, slot, end, answers))
             for slot in range(WORKERS)] + [context.Process(target=feed, args=(conninfo, end))]
    for one in crowd:
        one.start()
    turned = [answers.get() for _ in range(WORKERS)]
    for one in crowd:
        one.join()
    decisions = store.call("select count(*) from history")[0][0]
    whole = decisions / len(STEPS)
    yield ("store_decisions", decisions / SECONDS, "1/s")
    yield ("store_lives", whole / SECONDS, "1/s")
    yield ("store_batch", sum(row[0] for row in turned) / max(1, sum(row[1] for row in turned)),
                 "1/turn")
    yield ("store_wal_per_decision", (position(store) - log) / decisions / 1000, "kB")
    yield ("store_wal_per_life", (position(store) - log) / whole / 1000, "kB")
    yield ("store_tables_per_life", (table_bytes(store) - size) / whole / 1000, "kB")
    store.close()


def position(store):
    """How many bytes of log were written so far."""
    return int(store.call("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")[0][0])


def table_bytes(store):
    """Size of the database on disk."""
    return store.call("select pg_database_size(current_database())")[0][0]


# --- one thing at a time ------------------------------------------------------------------------

def hot_stream(conninfo, many=10_000, most=64):
    """Reservations on one guarantee: asked, decided, posted, answered."""
    store, key = Store(conninfo), "w/NO371001/guarantee/23NO00000000001"
    for start in range(0, many, 250):
        store.take([Arrival(key, "office", str(i), b"d" * 32, "IE203", "26NO1", "",
                            BODIES[0][:1500]) for i in range(start, start + 250)])
    begin, claims = time.perf_counter(), store.turn(1, 1, want=1, most=most)
    while claims:
        first, head, history = claims[0], claims[0].head, []
        for one in claims:
            head = link(head, one.body[:40])
            history.append((one.n, one.at, one.ie, one.body[:40], head))
        decided = Decided(
            key, first.n, claims[-1].n, first.body[:300], "open", "", b"", head, history,
            [(one.n, 0, Out("w//mailbox/office", "IE205", "26NO1", one.body)) for one in claims],
            posts=[(one.n, 0, "free", "reserved", 7, "NOK", "26NO1") for one in claims])
        claims = store.turn(1, 1, [decided], want=1, most=most)
    yield ("store_hot_guarantee", many / (time.perf_counter() - begin), "reservations/s")
    store.close()


def timers(conninfo, many=20_000, others=200_000):
    """Timers that fall due together, among others that do not."""
    store, now = Store(conninfo), datetime.now(UTC)
    store.call("insert into stream (key) select 'w/NO371001/departure/' || i "
               "from generate_series(1, %s) i", (others,))
    store.call("insert into timer (world, key, name, due) "
               "select 'w', 'w/NO371001/departure/' || i,'overdue', "
               "case when i <= %s then %s else %s end from generate_series(1, %s) i",
               (many, now, now + timedelta(days=9), others))
    store.call("analyze")
    begin, fired = time.perf_counter(), 0
    while count := store.fire(most=1000):
        fired += count
    assert fired == many, fired
    yield ("store_timers", fired / (time.perf_counter() - begin), "1/s")
    store.close()


def intake(conninfo, many=1500):
    """Messages from outside, one commit each, one sender; and as one interchange."""
    store = Store(conninfo)
    rows = [Arrival(f"w/NO371001/departure/{i}", "trader", str(i), b"d" * 32, "IE015", "", "",
                    BODIES[i % 50]) for i in range(3 * many)]
    begin = time.perf_counter()
    for row in rows[:many]:
        store.take([row])
    yield ("store_intake", many / (time.perf_counter() - begin), "1/s")
    begin = time.perf_counter()
    for start in range(many, 3 * many, 250):
        store.take(rows[start:start + 250])
    yield ("store_intake_interchange", 2 * many / (time.perf_counter() - begin), "1/s")
    store.close()
