"""The store's promises, one by one: intake, turns, the clock, timers, the ledger, what is held."""
import hashlib
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tollbod.store import chain, schema
from tollbod.store.records import Arrival, Decided, Out, Place, pack, unpack
from tollbod.store.streams import BalanceError, Store
from tollbod.store.worlds import ClockGoesBack, UnknownWorld

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
CASE = "w/NO371001/departure/LRN1"
GRN = "w/NO371001/guarantee/23NO01"


@pytest.fixture(scope="module")
def empty(conninfo):
    """A database of this module's own, so that nobody else's worker claims its streams."""
    name = "store_" + hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:12]
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    own = make_conninfo(conninfo, dbname=name)
    schema.migrate(own)
    yield own
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def store(empty):
    """The store with an empty world `w`, whose clock stands at noon."""
    with Store(empty) as store:
        for world in store.worlds():
            store.drop_world(world)
        store.create_world("w", NOON)
        yield store
        assert chain.verify(store) == []


def arrival(key=CASE, ident="1", body=b"<CC015C/>", sender="trader", ie="IE015"):
    return Arrival(key, sender, ident, hashlib.sha256(body).digest(), ie, "", "", body)


def decide(claims, **more):
    """A Decided for the claimed messages of one stream, with a proper chain."""
    head, history = claims[0].head, []
    for one in claims:
        head = chain.link(head, one.ident.encode())
        history.append((one.n, NOON, one.ie, one.ident.encode(), head))
    given = {"state": b"state", "phase": "accepted", "movement": "26NO1", "waiting": b""} | more
    return Decided(claims[0].key, claims[0].n, claims[-1].n, head=head, history=history, **given)


# --- intake -------------------------------------------------------------------------------------

def test_a_message_is_taken_once_and_its_repeat_gets_the_same_receipt(store):
    first, = store.take([arrival()])
    again, other = store.take([arrival(), arrival(body=b"<CC015C>changed</CC015C>")])
    assert (first.verdict, again.verdict, other.verdict) == ("new", "again", "other")
    assert first.id == again.id == other.id and first.n == 1 and first.at == NOON
    assert [row.body for row in store.inbox(CASE)] == [b"<CC015C/>"]


def test_an_interchange_is_taken_whole_in_its_order_with_its_own_repeats(store):
    keys = ["w/SE1/b/2", "w/NO1/a/1", "w/SE1/b/2"]
    rows = [arrival(key, str(i)) for i, key in enumerate(keys)] + [arrival(keys[0], "0")]
    receipts = store.take(rows)
    assert [row.verdict for row in receipts] == ["new", "new", "new", "again"]
    assert [row.n for row in receipts] == [1, 1, 2, 1]
    assert [row.ident for row in store.inbox("w/SE1/b/2")] == ["0", "2"]
    assert store.take([]) == []


def test_one_identity_in_two_worlds_is_two_messages(store):
    store.create_world("x", NOON)
    one, two = store.take([arrival(), arrival("x/NO371001/departure/LRN1")])
    assert (one.verdict, two.verdict) == ("new", "new")


def test_a_message_for_a_world_that_is_not_there_is_refused_whole(store):
    with pytest.raises(UnknownWorld):
        store.take([arrival(), arrival("nowhere/NO1/departure/1")])
    assert store.inbox(CASE) == []


def test_eight_senders_of_the_same_at_once_get_one_receipt(empty, store):
    """Half of them send other content under the same identification."""
    rounds, clients = 40, 8
    barrier, answers = threading.Barrier(clients), [None] * clients

    def client(number):
        with Store(empty) as own:
            got = []
            for i in range(rounds):
                barrier.wait()
                rows = [arrival(f"w/NO1/departure/{i}", f"race {i}", b"AB"[number % 2:][:1]),
                        arrival(f"w/NO1/departure/{-i}", f"same {i}")]
                got.append(own.take(rows if number < 4 else rows[::-1])[::1 if number < 4 else -1])
            answers[number] = got

    run(client, clients)
    for i in range(rounds):
        for which in range(2):
            receipts = [answer[i][which] for answer in answers]
            assert len({row.id for row in receipts}) == 1
            verdicts = [row.verdict for row in receipts]
            assert verdicts.count("new") == 1
            assert verdicts.count("other") == (4 if which == 0 else 0)


def run(work, many):
    threads = [threading.Thread(target=work, args=(i,)) for i in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_reader_of_a_mailbox_misses_nothing_while_many_write(empty, store):
    writers, each = 6, 60

    def write(number):
        with Store(empty) as own:
            for i in range(each):
                own.take([arrival("w//mailbox/P", f"{number} {i}"),
                          arrival(f"w//mailbox/{i % 3}", f"other {number} {i}")])

    thread = threading.Thread(target=run, args=(write, writers))
    thread.start()
    seen, marker = [], 0
    while thread.is_alive() or store.mailbox("w", "P", marker):
        rows = store.mailbox("w", "P", marker, limit=7)
        seen += rows
        marker = rows[-1].n if rows else marker
    assert [row.n for row in seen] == list(range(1, writers * each + 1))
    assert store.idle("w") and store.turn(1, 1) == []    # nobody decides in a mailbox


# --- turns --------------------------------------------------------------------------------------

def test_a_decision_writes_its_stream_and_sends_in_one_commit(store):
    store.take([arrival(body=b"<CC015C>" + b"goods " * 900 + b"</CC015C>")])
    claims = store.turn(1, 7)
    assert not store.idle("w") and store.turn(2, 8) == []
    assert claims[0].body.startswith(b"<CC015C>goods ") and len(claims[0].body) == 5417
    assert (claims[0].world, claims[0].office, claims[0].role, claims[0].case_id) == \
        ("w", "NO371001", "departure", "LRN1")
    sends = [(1, 0, Out("w//mailbox/P", "IE928", "", b"one")),
             (1, 1, Out(GRN, "IE203", "26NO1", b"two")),
             (1, 2, Out("w//mailbox/P", "IE028", "26NO1", b"three"))]
    decided = decide(claims, state=b"s" * 3000, sends=sends, names=["departure/26NO1"],
                     tasks=[("control", b"{}")], timers=[("late", NOON + timedelta(hours=1))])
    following = store.turn(1, 7, [decided])
    assert [row.key for row in following] == [GRN] and store.refused == []
    assert [(row.n, row.ident, row.body) for row in store.mailbox("w", "P")] == \
        [(1, "1.0", b"one"), (2, "1.2", b"three")]
    stream = store.stream(CASE)
    assert (stream.last_in, stream.last_done, stream.state) == (1, 1, b"s" * 3000)
    assert store.address("w", "departure/26NO1") == CASE and store.addresses(CASE)
    assert [task.name for task in store.tasks("w")] == ["control"]
    assert [timer.name for timer in store.timers(CASE)] == ["late"]
    store.turn(1, 7, [decide(following)], want=0)


def test_two_streams_of_a_turn_may_name_the_same_and_the_last_has_it(store):
    """Two filings of one house document: neither decision is lost."""
    store.take([arrival(), arrival(key="w/NO371001/departure/LRN2", ident="other")])
    claims = store.turn(1, 7)
    store.turn(1, 7, [decide([claim], names=["filed/H-1"]) for claim in claims])
    assert store.address("w", "filed/H-1") == claims[-1].key
    assert all(store.stream(claim.key).last_done == 1 for claim in claims)


def test_the_same_turn_again_changes_nothing(store):
    store.take([arrival()])
    decided = decide(store.turn(1, 7), sends=[(1, 0, Out("w//mailbox/P", "IE928", "", b"x"))],
                     posts=[(1, 0, "limit", "free", 5, "NOK", "26NO1")])
    store.turn(1, 7, [decided])
    store.turn(1, 7, [decided])
    assert store.refused == [CASE] and store.stolen == 1
    assert len(store.mailbox("w", "P")) == len(store.history(CASE)) == len(store.entries(CASE)) == 1


def test_a_stolen_lease_makes_the_late_decision_void(store, empty):
    store.take([arrival()])
    hasty = Store(empty, lease=0.01)
    late = decide(hasty.turn(1, 7), sends=[(1, 0, Out("w/SE1/new/1", "IE001", "", b"late"))])
    time.sleep(0.05)
    thief = store.turn(2, 8)
    assert thief[0].tries == 2
    hasty.turn(1, 7, [late], want=0)
    assert hasty.refused == [CASE] and store.stream("w/SE1/new/1") is None
    store.turn(2, 8, [decide(thief)], want=0)
    assert store.refused == []
    hasty.close()


def test_a_worker_that_starts_again_gets_its_own_streams_back_at_once(store):
    store.take([arrival(ident=str(i), key=f"{CASE}{i}") for i in range(3)])
    assert len(store.turn(1, 7)) == 3
    assert len(store.turn(1, 8)) == 1                    # suspects come alone, the rest later
    assert store.turn(2, 9) == []


def test_messages_of_a_stream_come_in_order_and_not_too_many_at_once(store):
    store.take([arrival(ident=str(i)) for i in range(20)])
    claims = store.turn(1, 7, most=8)
    assert [row.n for row in claims] == list(range(1, 9))
    store.take([arrival(ident="20")])
    claims = store.turn(1, 7, [decide(claims[:5])], most=8)       # a part of them is fine
    assert [row.n for row in claims] == list(range(6, 14))


def test_streams_share_the_messages_of_a_turn_evenly(store):
    store.take([arrival(f"w/NO1/departure/{i}", f"{i}.{n}") for i in range(3) for n in range(9)])
    many = Counter(row.key for row in store.turn(1, 7, want=2, most=8))
    assert sorted(many.values()) == [4, 4]
    assert len(store.turn(2, 8, want=2, most=8)) == 8    # the only one left gives all of them
    store.take([arrival(f"w/NO1/exit/{i}", f"x{i}") for i in range(9)])
    assert len(store.turn(3, 9, most=2)) == 9            # at least one of each


def test_a_turn_may_claim_in_one_world_only(store):
    store.create_world("v", NOON)
    store.take([arrival(), arrival("v/NO1/departure/1")])
    assert [row.world for row in store.turn(1, 7, world="v")] == ["v"]
    assert not store.idle("v") and not store.idle("w")


def test_the_last_word_on_a_timer_or_task_wins_and_the_next_decision_may_stop_it(store):
    store.take([arrival()])
    due = NOON + timedelta(hours=1)
    claims = store.turn(1, 7)
    store.turn(1, 7, [decide(claims, timers=[("a", due), ("a", None), ("b", None), ("b", due)],
                             tasks=[("t", b"1"), ("t", b"2"), ("u", b"1"), ("u", None)])])
    assert [timer.name for timer in store.timers(CASE)] == ["b"]
    assert store.task(CASE, "t").body == b"2" and store.task(CASE, "u") is None
    store.take([arrival(ident="2")])
    store.turn(1, 7, [decide(store.turn(1, 7), timers=[("b", None)], tasks=[("t", None)])])
    assert store.timers(CASE) == [] and store.tasks("w") == []
    assert store.next_due("w") is None


# --- the ledger ---------------------------------------------------------------------------------

def test_balances_follow_the_postings_and_never_fall_below_their_floor(store):
    store.take([arrival(GRN, "g1"), arrival(CASE)])
    claims = store.turn(1, 7)
    by_key = {row.key: row for row in claims}
    open_it = decide([by_key[GRN]], posts=[(1, 0, "limit", "free", 1000, "NOK", ""),
                                           (1, 1, "free", "reserved", 300, "NOK", "26NO1")],
                     floors=[("free", "NOK", 0)])
    store.turn(1, 7, [open_it, decide([by_key[CASE]])])
    assert {(row.account, row.amount, row.floor) for row in store.balances(GRN)} == \
        {("free", 700, 0), ("limit", -1000, None), ("reserved", 300, None)}
    assert [row.amount for row in store.entries(GRN, "26NO1")] == [300]

    store.take([arrival(GRN, "g2"), arrival(CASE, "2")])
    by_key = {row.key: row for row in store.turn(1, 7)}
    too_much = decide([by_key[GRN]], posts=[(2, 0, "free", "reserved", 701, "NOK", "26NO2")])
    with pytest.raises(BalanceError) as error:
        store.turn(1, 7, [too_much, decide([by_key[CASE]])])
    assert error.value.keys == [GRN]
    assert store.stream(CASE).last_done == 2 and store.stream(GRN).last_done == 1
    all_of_it = decide([by_key[GRN]], posts=[(2, 0, "free", "reserved", 700, "NOK", "26NO2")])
    store.turn(1, 7, [all_of_it])
    assert store.refused == [] and store.balances(GRN)[0].amount == 0


# --- what is set aside --------------------------------------------------------------------------

def test_the_third_failure_sets_a_stream_aside_and_tells_the_desk(store):
    store.take([arrival(), arrival(ident="2")])
    for tries in (1, 2, 3):
        claims = claim_soon(store)
        assert [row.tries for row in claims] == ([1, 1] if tries == 1 else [tries])   # then alone
        assert store.release(CASE, 7, ValueError("no such office")) is (tries == 3)
    assert store.stream(CASE).held == "no such office"
    assert [row.key for row in store.held("w")] == [CASE]
    desk = store.turn(1, 7)
    assert [(row.ie, row.origin, row.role) for row in desk] == [("held", CASE, "desk")]
    assert desk[0].case_id == CASE and b"no such office" in desk[0].body
    store.take([arrival(ident="3")])                      # what comes later is taken and waits
    assert store.turn(2, 8) == []
    assert store.unhold(CASE) and not store.unhold(CASE)
    assert [row.ident for row in store.turn(2, 8)] == ["1", "2", "3"]


def claim_soon(store):
    """What can be claimed after the pause that follows a failure."""
    end = time.monotonic() + 5
    while not (claims := store.turn(1, 7)) and time.monotonic() < end:
        time.sleep(0.02)
    return claims


def test_a_desk_that_fails_has_no_desk_of_its_own_and_silence_is_failure_too(store, empty):
    desk = f"w/NO371001/desk/{CASE}"
    store.take([arrival(desk)])
    hasty = Store(empty, lease=0.001)
    for _ in range(6):
        assert hasty.turn(1, 7)
        time.sleep(0.005)
    assert hasty.turn(1, 7) == []
    assert "no outcome" in store.stream(desk).held and store.idle("w")
    assert not store.hold(desk, "again")
    hasty.close()


def test_a_poisonous_message_does_not_drag_others_down(store, empty):
    """The worker dies on it, with whatever it had claimed, until the poison is set aside."""
    store.take([arrival(f"w/NO1/departure/{i}", str(i)) for i in range(12)])
    for life in range(20):
        with Store(empty) as worker:
            claims = worker.turn(1, life + 1)
            while claims and not any(row.ident == "5" for row in claims):
                claims = worker.turn(1, life + 1, [decide([row]) for row in claims])
            if store.idle("w"):
                break
    assert [row.key for row in store.held("w")] == ["w/NO1/departure/5"]
    assert all(store.stream(f"w/NO1/departure/{i}").last_done == 1 for i in range(12) if i != 5)


# --- the clock and its timers -------------------------------------------------------------------

def test_a_clock_goes_forward_only(store):
    assert store.now("w") == NOON and store.is_frozen("w")
    assert store.set_clock("w", NOON + timedelta(minutes=45)) == NOON + timedelta(minutes=45)
    with pytest.raises(ClockGoesBack):
        store.set_clock("w", NOON)
    assert not store.create_world("w")
    assert store.create_world("ahead", timedelta(days=400))
    assert store.now("ahead") > datetime.now(UTC) + timedelta(days=399)
    for unknown in (store.now, lambda world: store.set_clock(world, NOON)):
        with pytest.raises(UnknownWorld):
            unknown("nowhere")


def test_due_timers_become_messages_in_their_order_once(store):
    store.take([arrival(), arrival(GRN, "g1")])
    claims = store.turn(1, 7)
    minutes = [5, 3, 90, 4]
    store.turn(1, 7, [decide([row], timers=[
        (f"t{i}", NOON + timedelta(minutes=m)) for i, m in enumerate(minutes)]) for row in claims])
    assert store.fire("w") == 0 and store.fire() == 0
    assert store.next_due("w") == NOON + timedelta(minutes=3)
    store.set_clock("w", NOON + timedelta(minutes=5))
    assert store.fire() == 0                              # the clock of this world stands still
    assert store.fire("w", most=4) == 4 and store.fire("w") == 2 and store.fire("w") == 0
    rows = store.inbox(CASE, after=1)
    assert [row.ident.split()[0] for row in rows] == ["t1", "t3", "t0"]
    assert rows[0].body == b'{"name": "t1", "due": "2026-12-01T12:03:00.000000Z"}'
    assert {(row.sender, row.ie, row.at) for row in rows} == \
        {("clock", "timer", NOON + timedelta(minutes=5))}
    store.set_clock("w", timedelta(days=400))
    assert store.fire() == 2 and len(store.inbox(GRN)) == 5


def test_who_waits_is_woken(store, empty):
    with Store(empty) as waiting:
        assert not waiting.wait(0.01)
        store.notify()
        assert waiting.wait(5)


# --- links, and dropping a world ----------------------------------------------------------------

def test_a_link_takes_only_the_next_number(store):
    rows = [arrival(ident=str(i)) for i in (1, 2, 3)]
    assert store.link_take("w", "SE", 2, rows[1:]) == 0
    assert store.link_take("w", "SE", 1, rows[:2]) == 2
    assert store.link_take("w", "SE", 1, rows[:2]) == 2
    assert store.link_take("w", "SE", 2, rows[1:]) == 3
    assert store.link_take("w", "SE", 4, []) == 3
    assert [row.ident for row in store.inbox(CASE)] == ["1", "2", "3"]


def test_a_world_that_is_dropped_leaves_nothing_and_others_alone(store):
    store.create_world("w-2", NOON)
    store.take([arrival(), arrival("w-2/NO1/departure/1")])
    store.put_party("w", "P", b"{}")
    store.drop_world("w")
    assert store.worlds() == ["w-2"] and store.stream(CASE) is None
    assert store.stream("w-2/NO1/departure/1").last_in == 1
    assert store.party("w", "P") is None
    assert store.create_world("w", NOON)
    assert store.take([arrival()])[0].verdict == "new"


@pytest.mark.parametrize("body", [b"", b"x", b"x\x01 odd", b"<a/>" * 500, bytes(range(256)) * 2])
def test_bytes_come_back_as_they_were(body):
    assert unpack(pack(body)) == body
    assert Place.of("w/o/r/a/b/c").case_id == "a/b/c"
