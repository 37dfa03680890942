"""What the pages read of a movement, the schema's versions, and what the doctor finds."""
import hashlib
import re
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tollbod.store import chain, schema, sql
from tollbod.store.records import Arrival, Decided, Out
from tollbod.store.server import ServerError
from tollbod.store.streams import Store

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
START = "w/NO371001/departure/LRN1"
END = "w/SE603330/destination/26NO1"
BOX = "w//mailbox/trader"


@pytest.fixture
def database(conninfo):
    """An empty database of the test's own."""
    name = "reads_" + hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:12]
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    yield make_conninfo(conninfo, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def lived(database):
    """A store in which one movement has gone from NO to SE, beside others."""
    schema.migrate(database)
    with Store(database) as store:
        store.create_world("w", NOON)
        arrive(store, START, "IE015")
        decide(store, [Out(BOX, "IE928", "", b"noted")], phase="submitted")
        arrive(store, START, "present")
        decide(store, [Out(BOX, "IE028", "26NO1", b"mrn"),
                       Out(END, "IE001", "26NO1", b"anticipated")],
               movement="26NO1", names=["departure/26NO1"], phase="released",
               posts=[(2, 0, "limit", "free", 10, "NOK", "26NO1")],
               timers=[("overdue", NOON + timedelta(days=8))], tasks=[("look", b"{}")])
        decide(store, [], movement="26NO1", phase="expected", waiting=b"arrival")
        arrive(store, "w/NO371001/departure/LRN2", "IE015")
        decide(store, [Out(BOX, "IE056", "", b"refused")], phase="rejected")
        yield store


def arrive(store, key, ie):
    store.take([Arrival(key, "trader", f"{key} {ie}", b"d", ie, "", "", ie.encode())])


def decide(store, outs, movement="", phase="", waiting=b"", **more):
    (one,) = store.turn(1, 1)
    head = chain.link(one.head, b"what")
    sends = [(one.n, i, out) for i, out in enumerate(outs)]
    store.turn(1, 1, [Decided(one.key, one.n, one.n, b"state", phase, movement, waiting, head,
                              [(one.n, NOON, one.ie, b"what", head)], sends, **more)], want=0)
    assert store.refused == []


# --- reads --------------------------------------------------------------------------------------

def test_all_messages_of_a_movement_in_the_order_they_came(lived):
    rows = lived.movement_rows("w", "26NO1")
    assert [row.ie for row in rows] == ["IE015", "IE928", "present", "IE028", "IE001"]
    assert rows == lived.movement_rows("w", START) and rows[0].body == b"IE015"
    assert lived.movement_rows("w", "26NO2") == [] == lived.movement_rows("v", "26NO1")
    assert [row.ie for row in lived.movement_rows("w", "w/NO371001/departure/LRN2")] == \
        ["IE015", "IE056"]


def test_the_streams_of_a_movement_and_the_list_of_movements(lived):
    streams = lived.movement_streams("w", "26NO1")
    assert [(row.key, row.phase, row.waiting) for row in streams] == \
        [(START, "released", b""), (END, "expected", b"arrival")]
    assert streams[0].place.office == "NO371001"
    listed = lived.movements("w")
    phases = [(row.movement, row.phase) for row in listed]
    assert phases == [("", "rejected"), ("26NO1", "released")]
    assert lived.movements("w", before=listed[0].receipt) == listed[1:]
    assert [row.key for row in lived.movements("w", role="destination")] == [END]


def test_single_rows_and_counts(lived):
    box = lived.mailbox("w", "trader", after=1)
    assert [row.ie for row in box] == ["IE028", "IE056"]
    assert lived.message(box[0].receipt) == box[0] and lived.message(0) is None
    assert box[0].origin == box[0].sender == START and box[0].at == NOON
    assert [row.n for row in lived.history(START)] == [1, 2]
    assert lived.task(START, "look").office == "NO371001"
    assert [row.key for row in lived.tasks("w", "NO371001")] == [START]
    assert lived.tasks("w", "SE603330") == []
    assert lived.stream("w/no/such/stream") is None and lived.address("w", "x") is None
    counts = lived.counts()
    assert counts["timers"] == counts["tasks"] == 1 and counts["streams_waiting"] == 0
    lived.put_party("w", "NO1", b"{}")
    lived.put_party("w", "NO1", b"{1}")
    assert lived.parties("w") == [("NO1", b"{1}")]


def test_every_query_can_be_run(lived):
    """Each is known to the server, whatever its values."""
    for query in sql.queries().values():
        assert query.sentence.endswith("."), query.name
        names = set(re.findall(r"%\((\w+)\)s", query.text))
        with lived.connected().transaction(force_rollback=True):
            lived.connected().execute("explain " + query.text, dict.fromkeys(names))


# --- the doctor ---------------------------------------------------------------------------------

@pytest.mark.parametrize("harm, why", [
    ("update history set what = 'other' where n = 1 and key like '%LRN1'", "hash chain is broken"),
    ("delete from history where n = 1 and key like '%LRN1'", "missing from the history"),
    ("delete from history where n = 2 and key like '%LRN1'", "history ends here"),
    ("update stream set head = 'x' where key like '%LRN1'", "not the head"),
    ("delete from stream where key like '%LRN1'", "without its stream"),
    ("update balance set amount = 11 where account = 'free'", "not the sum"),
    ("delete from balance where account = 'free'", "not the sum"),
    ("delete from inbox where ie = 'IE928'", "not numbered"),
    ("delete from inbox where ie = 'present'", "was confirmed"),
    ("update timer set key = 'w/a/b/c'", "belongs to no stream"),
])
def test_the_doctor_finds_what_was_changed_behind_our_back(lived, harm, why):
    assert chain.verify(lived) == []
    root = chain.root(lived)
    assert root == chain.root(lived) != chain.root(lived, root)
    lived.connected().execute(harm)
    breaks = chain.verify(lived)
    assert any(why in one.why for one in breaks), breaks


# --- versions -----------------------------------------------------------------------------------

def test_a_database_is_brought_up_once_and_a_newer_one_is_refused(database):
    names = [step.name for step in schema.steps()]
    assert schema.version(database) == 0
    assert schema.migrate(database) == names and schema.migrate(database) == []
    assert schema.version(database) == schema.steps()[-1].version
    with psycopg.connect(database) as connection:
        connection.execute("insert into schema_version values (999, 'from the future', '')")
    with pytest.raises(schema.NewerSchema, match="999"):
        schema.migrate(database)


def test_functions_are_replaced_and_tables_are_not(database):
    schema.migrate(database)
    with psycopg.connect(database) as connection:
        connection.execute("update schema_version set digest = 'old' where version = 3")
    assert schema.migrate(database) == [schema.steps()[2].name]
    with psycopg.connect(database) as connection:
        connection.execute("update schema_version set digest = 'old' where version = 1")
    with pytest.raises(schema.ChangedSchema, match="001_streams"):
        schema.migrate(database)


def test_a_server_that_may_forget_is_refused(database):
    with pytest.raises(ServerError, match="synchronous_commit"):
        schema.migrate(make_conninfo(database, options="-c synchronous_commit=off"))
    assert schema.version(database) == 0
