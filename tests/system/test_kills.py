"""kill -9 of any process of a running house, again and again, while clients drive lives over HTTP.

The web process, the foreman, a worker, the guard of the database and PostgreSQL itself are killed
at random; what was acknowledged is there once and was decided once. TOLLBOD_KILLS sets how many
processes die (20).
"""
import json
import os
import random
import time
from collections import Counter

from installation import KINDS, Installation, free_ports
from tollbod.play.specimen import CONSIGNEE, HOLDER
from tollbod.store import chain
from tollbod.store.streams import Store
from tollbod.web import crew
from traffic import GRN, REFERENCE_CENT, Client, Traffic, make_world

KILLS = int(os.environ.get("TOLLBOD_KILLS", "20"))
PAUSE_SECONDS = 0.5                     # between two kills
POSTMASTER_SECONDS = 3.5                # dying sooner each time would be a server that cannot run
OPEN_LIVES = 12                         # begun and not ended at a time, so that kills hit work
REST_SECONDS = 60.0
SOON_SECONDS = 30.0                     # it goes on at all; how soon is printed, 5 at most, aim 2
WORLD = "kills"
# To the holder and to the consignee in one life; each message once.
HOLDERS = ("IE928", "IE028", "IE029", "IE045")
CONSIGNEES = ("IE043", "IE025")


def test_nothing_is_lost_or_doubled_whoever_is_killed(tmp_path):
    house = Installation(tmp_path / "house", free_ports(1)[0])
    with house:
        make_world(house.url, WORLD)
        urls = dict.fromkeys(("NO", "SE", "DE"), house.url)
        with Traffic(urls, WORLD, OPEN_LIVES) as traffic:
            killed = rage(house, traffic)
            try:
                traffic.finish(REST_SECONDS)
            except AssertionError as error:
                error.add_note(unfinished(house))
                raise
        balance = Client(house.url, "officer", WORLD).ask("GET", f"/guarantees/{GRN}").json()
        with house.database() as conninfo, Store(conninfo) as store:
            print(f"{dict(killed)} killed, {traffic.lives} lives, "
                  f"{sum(one.repeats for one in traffic.clients)} requests repeated")
            settle(store)
            look_at_store(store, traffic)
    assert balance["available_cent"] == REFERENCE_CENT and balance["movements"] == []
    assert balance["still_liable_cent"] == 0
    look_at_mailboxes(traffic)


def test_how_soon_it_goes_on(tmp_path):
    """From a kill to the next decision; from nothing to ready, the database made on the way."""
    house, seconds = Installation(tmp_path / "house", free_ports(1)[0], WORKERS="1"), {}
    try:
        seconds["first start"] = house.start()
        make_world(house.url, WORLD)
        with Traffic({"NO": house.url}, WORLD, 0, parts=("_declare", "_read_holder")) as traffic:
            for kind in ("none", *["worker"] * 2, *KINDS[1:]):
                time.sleep(1.1)                         # one that dies at once is followed later
                house.kill(kind)
                seconds[kind] = max(seconds.get(kind, 0), next_decision(traffic))
            house.kill("web")
            seconds["start after a kill"] = house.start()
            seconds["web"] = next_decision(traffic)
    finally:
        house.end()
    print({name: round(value, 2) for name, value in seconds.items()})
    assert max(seconds.values()) < SOON_SECONDS, seconds


def test_a_kill_while_it_starts(tmp_path):
    """Whoever else is killed meanwhile, and when: it becomes ready, once PostgreSQL is back."""
    chance, killed = random.Random(3), []
    with Installation(tmp_path / "house", free_ports(1)[0]) as house:
        for kind in ("postmaster", "guard", "postmaster"):
            house.kill_all()
            house.start(wait=False)
            end = time.monotonic() + SOON_SECONDS
            while not house.processes()[kind] and time.monotonic() < end:
                time.sleep(0.005)
            time.sleep(0.1 * chance.random())
            killed.append(house.kill(kind))
            house.await_ready()
    assert all(killed)


def test_no_two_crews_share_a_slot(tmp_path):
    """Not on one data folder, and not on two that share a database; a crew keeps its slots."""
    held = [crew._slots(tmp_path / folder, 2) for folder in ("one", "one", "two")]
    slots = [slot for _, some in held for slot in some]
    assert len(set(slots)) == 6 and max(slots) < 2**31
    for lock, _ in held:
        os.close(lock)
    lock, again = crew._slots(tmp_path / "one", 2)
    os.close(lock)
    assert again == held[0][1]


def next_decision(traffic):
    """Lodge a declaration; the seconds until it is answered."""
    began, before = time.monotonic(), len(traffic.mailboxes[HOLDER])
    traffic.begin_more(1)
    while not any(row["ie"] == "IE028" for row in traffic.mailboxes[HOLDER][before:]):
        assert time.monotonic() - began < REST_SECONDS and not traffic.failures
        time.sleep(0.01)
    return time.monotonic() - began


def rage(house, traffic):
    """Kill at random until there were enough; how many of each kind."""
    chance, killed, crashed = random.Random(20), Counter(), time.monotonic()
    while killed.total() < KILLS:
        time.sleep(PAUSE_SECONDS * 2 * chance.random())
        traffic.begin_more(max(0, OPEN_LIVES - traffic.lives + len(traffic.ended)))
        traffic.going()
        kind = KINDS[killed.total()] if killed.total() < len(KINDS) else chance.choice(KINDS)
        if kind == "postmaster":
            time.sleep(max(0.0, crashed + POSTMASTER_SECONDS - time.monotonic()))
            crashed = time.monotonic()
        killed[kind] += bool(house.kill(kind, chance.choice))
        if kind == "web":
            house.start(wait=chance.random() < 0.5)
    house.await_ready()
    return killed


def unfinished(house):
    """What hangs, for whoever has to find out why."""
    with house.database() as conninfo, Store(conninfo) as store:
        rows = store.call(
            "select key, movement, phase, last_in, last_done, tries, held, until - now(), "
            "convert_from(waiting, 'UTF8') from stream where last_in > last_done or held <> '' or "
            "(split_part(key, '/', 3) in ('departure', 'destination') "
            " and phase not in ('written off', 'goods released', 'rejected'))")
        return "\n".join(str(row) for row in rows)


def settle(store):
    """Wait until the workers have decided everything."""
    end = time.monotonic() + REST_SECONDS
    while not store.idle(WORLD):
        assert time.monotonic() < end, "not everything is decided"
        time.sleep(0.05)


def look_at_store(store, traffic):
    """What was acknowledged is there once, was decided once, and the books are in order."""
    assert store.held(WORLD) == []
    assert chain.verify(store) == []
    rows = store.call("select sender, ident, receipt::text from inbox where origin = '' "
                      "and starts_with(ie, 'IE')")
    assert len(rows) == len({row[:2] for row in rows}) == len(traffic.acknowledged)
    for who, answers in traffic.acknowledged.items():
        assert {id for _, id in answers} == {row[2] for row in rows if row[:2] == who}, who
        assert [status for status, _ in answers[1:]] == [200] * (len(answers) - 1), answers
    decided = Counter(json.loads(what)["receipt"]
                      for what, in store.call("select what from history"))
    active = {int(row[0]) for row in store.call(
        "select i.receipt from inbox i join stream s using (key) where not s.passive")}
    assert set(decided) == active and set(decided.values()) == {1}
    sums = store.call("select key, currency, sum(amount)::bigint from balance group by 1, 2")
    assert sums and {row[2] for row in sums} == {0}, sums


def look_at_mailboxes(traffic):
    """Each party got each message of each life once, numbered without gaps."""
    for party, expected in ((HOLDER, HOLDERS), (CONSIGNEE, CONSIGNEES)):
        rows = traffic.mailboxes[party]
        assert [row["marker"] for row in rows] == list(range(1, len(rows) + 1))
        assert Counter(row["ie"] for row in rows) == dict.fromkeys(expected, traffic.lives)
        assert len({(row["mrn"] or row["lrn"] or row["correlation"], row["ie"])
                    for row in rows}) == len(rows)
        assert len({row["identification"] for row in rows}) == len(rows)
    assert len(traffic.ended) == traffic.lives and set(traffic.ended.values()) == {"IE045"}
