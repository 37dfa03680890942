"""Messages about unknown numbers: one stream a sender and office, nothing learnt, nothing lost."""
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tollbod.case.model import ANY, always, no_more
from tollbod.movement.departure.entry_data import asked_to_cancel, in_ics2, of_amendment
from tollbod.movement.departure.on_the_way import under_way
from tollbod.numbers import mrn
from tollbod.office import strangers
from tollbod.office.roles import DOORS, PRENOTIFICATION_DOORS, ROLES
from tollbod.play import scenario_letters as letters
from tollbod.play.scenario import fresh_name
from tollbod.play.scenario_player import Player
from tollbod.play.scenario_words import parse
from tollbod.play.world import World

SCENARIOS = Path(__file__).parents[1] / "scenarios"
AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
STORY = """# nothing
world usual at 2026-05-04T08:00Z
"""


@pytest.fixture
def world(conninfo):
    one = World(conninfo, fresh_name(), AT)
    Player(parse(STORY, SCENARIOS / "departure" / "x.scenario"), one, lambda *_: None).play()
    yield one
    one.close()


def lodged(world, party, ie, number, **more):
    """Lodge a message of a template about an MRN."""
    template = (SCENARIOS / "messages" / f"{ie}.xml").read_bytes()
    known = {"MRN": number, "LRN": "none", "id": f"{ie}-{number}", "sender": party,
             "now": "2026-05-04T08:00:00", "today": "2026-05-04"} | more
    return world.lodge(party, letters.made(template, (), known.__getitem__))


def unknown(serial):
    return mrn.issue(2026, "NO", f"365001{serial:06d}", "J")


def streams(world, role):
    return [one for one in world.store.movements(world.name, role=role, limit=1000)]


def test_many_unknown_numbers_are_one_stream_and_each_is_answered(world):
    for n in range(25):
        for ie in ("IE014", "IE141"):
            assert lodged(world, "NO310000019", ie, unknown(n)).verdict == "new"
        assert lodged(world, "DE100000001", "IE044", unknown(n)).verdict == "new"
    world.settle()
    assert [one.key.split("/", 1)[1] for one in streams(world, "departure")] == [
        "NO365001/departure/?NO310000019"]
    assert [one.key.split("/", 1)[1] for one in streams(world, "destination")] == [
        "DE004851/destination/?DE100000001"]
    told = world.mailbox("NO310000019", 0) + world.mailbox("DE100000001", 0)
    assert len(told) == 75 and {one.ie for one in told} == {"IE056", "IE057"}
    assert all(b"<errorCode>90<" in one.body for one in told)
    assert not world.held()


def test_an_office_that_asks_about_unknown_numbers_has_one_stream_too(world):
    for n in range(5):
        assert lodged(world, "DE100000001", "IE007", unknown(n)).verdict == "new"
    world.settle()
    assert [one.key.split("/", 1)[1] for one in streams(world, "departure")] == [
        "NO365001/departure/?DE004851"]
    told = world.mailbox("DE100000001", 0)
    assert [one.ie for one in told] == ["IE057"] * 5
    assert all(b"<errorCode>90<" in one.body for one in told)


def test_arrivals_of_unknown_numbers_have_a_limit_a_day(world, monkeypatch):
    monkeypatch.setattr(strangers, "MOST_ARRIVALS", 3)
    party = "DE100000001"
    for n in range(3):
        assert lodged(world, party, "IE007", unknown(n)).verdict == "new"
    world.settle()
    refused = lodged(world, party, "IE007", unknown(3))
    assert (refused.verdict, refused.status) == ("refused", 429)
    assert lodged(world, party, "IE007", unknown(2)).verdict == "again", "a repeat costs nothing"
    assert lodged(world, "DE100000002", "IE007", unknown(4)).verdict == "new", "each has its own"
    world.advance(timedelta(days=1, minutes=1))
    assert lodged(world, party, "IE007", unknown(3)).verdict == "new"
    world.settle()
    assert len(world.mailbox(party, 0)) == 4


OF_A_CASE = (under_way, in_ics2, of_amendment, asked_to_cancel)       # never hold without one


def learning(role, ie):
    """List what the rows would learn from a message where there is no case."""
    for row in ROLES[role].table:
        if row.event == ie and row.state in ("none", ANY) and row.when not in OF_A_CASE:
            if row.learn is not no_more:
                yield row.learn.__name__
            if row.when is always:
                return


def test_nothing_is_learnt_where_there_is_no_case():
    """A row that fits `none` and does not open a case may only tell; else strangers would mix."""
    traders = {(door.role, ie) for doors in (DOORS, PRENOTIFICATION_DOORS)
               for ie, door in doors.items()}
    offices = {("departure", row.event) for row in ROLES["departure"].table
               if row.event.startswith("IE")}
    reach = {(role, ie) for role, ie in traders | offices
             if role in strangers.KEEPS_ONE and not strangers.opens(role, ie)}
    assert ("destination", "IE044") in reach and ("departure", "IE002") in reach
    assert not {(role, ie): found for role, ie in reach if (found := list(learning(role, ie)))}
