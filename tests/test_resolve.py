"""What was set aside is tried again, or an officer answers it: its sender is told."""
from datetime import UTC, datetime

import pytest

from tollbod.office import officer
from tollbod.play import specimen
from tollbod.play.world import World
from tollbod.wire import xml

GRN = "25NO3650010001230"
CASE = f"{specimen.HOLDER}:R1"


@pytest.fixture
def world(conninfo, request):
    """A world of its own, with a case at departure that an officer sets aside."""
    name = f"resolve-{request.node.name[-20:]}"
    made = World(conninfo, name, datetime(2026, 5, 4, 8, tzinfo=UTC))
    for party in specimen.PARTIES:
        made.party(party)
    made.lodge(specimen.HOLDER, specimen.declaration("R1", "M1", GRN))
    key = f"{made.name}/NO365001/departure/{CASE}"
    made.store.hold(key, "a fault of ours")
    made.settle()
    yield made, key
    made.close()


def resolve(world, key, ident, **details):
    """Resolve what was set aside."""
    done, receipt = officer.act(world.store, world.name, "NO365001", key, "resolve", "kari", ident,
                                details)
    world.settle()
    return officer.outcome(world.store, done, receipt)


def letters(world):
    return [(one.ie, xml.read(one.body)) for one in world.mailbox(specimen.HOLDER, 0)]


def test_tried_again(world):
    world, key = world
    assert letters(world) == [] and world.held()
    assert [name for name, *_ in world.tasks()] == ["held"]
    assert resolve(world, key, "r1").state == "resolved"
    assert world.held() == [] and world.tasks() == []
    assert [ie for ie, _ in letters(world)][:2] == ["IE928", "IE028"]


def test_answered(world):
    world, key = world
    resolve(world, key, "r1", answer="Our system cannot take it; lodge it anew.")
    assert world.held() == [] and world.tasks() == []
    (ie, told), = letters(world)
    assert ie == "IE056" and "lodge it anew" in told.get("TransitOperation/rejectionReason")
    assert "kari" in told.get("TransitOperation/rejectionReason")
    assert world.store.stream(key).last_done == 1
    assert world.store.kept(key, ["answer/1"]) == {}
    # The case goes on: the same LRN may be lodged anew.
    world.lodge(specimen.HOLDER, specimen.declaration("R1", "M2", GRN))
    world.settle()
    assert [ie for ie, _ in letters(world)][1:3] == ["IE928", "IE028"]


def test_only_the_message_that_held_it_is_answered(world):
    """What waits behind it is decided as ever."""
    world, key = world
    world.lodge(specimen.HOLDER, specimen.declaration("R1", "M2", GRN))
    resolve(world, key, "r1", answer="Not this one.")
    assert [ie for ie, _ in letters(world)][:3] == ["IE056", "IE928", "IE028"]
