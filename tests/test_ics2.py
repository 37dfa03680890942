"""Filings of ICS2 beyond what a story tells: references, who files, releases."""
from datetime import UTC, date, datetime

import msgspec
import pytest
from tollbod.case.model import Party
from tollbod.play.scenario import fresh_name
from tollbod.play.specimen import HOLDER, PARTIES
from tollbod.play.specimen_ics2 import road
from tollbod.play.world import World
from tollbod.spec import ics2_law
from tollbod.spec.tables import ICS2, roots
from tollbod.wire import xml

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
OTHER = "NO310000027"


@pytest.fixture
def world(conninfo):
    one = World(conninfo, fresh_name(), AT)
    for party in PARTIES:
        one.party(msgspec.structs.replace(party, notices=("IE3N03",)))
    one.party(Party(id=OTHER, name="Fjell Handel (fictional)", street="Lia 2", city="Hamar",
                    country="NO"))
    yield one
    one.close()


def come(world, party=HOLDER):
    """Everything that has come to a party, as messages."""
    return [xml.read(letter.body, None) for letter in world.mailbox(party, 0)]


def test_an_lrn_is_used_once_and_the_answer_says_so(world):
    """The same LRN of another party is another; other content under it is refused (94)."""
    first = world.lodge(HOLDER, road("A1"))
    assert world.lodge(OTHER, road("A1")).verdict == "new"          # another's LRN
    refused = world.lodge(HOLDER, road("A1").replace(b">120.5<", b">121.5<"))
    assert (first.verdict, refused.status, refused.findings[0][0]) == ("new", 409, "94")


def test_what_is_filed_for_another_is_refused(world):
    """The sender is the declarant or the representative that the filing names (PRE-WHO-01)."""
    world.lodge(OTHER, road("A1"))
    world.settle()
    answer, = come(world, OTHER)
    assert [(one.get("validationCode"), one.get("pointer/messageElementPath"))
            for one in answer.all("error")] == [("14", "/IE3F50/declarant/identificationNumber")]


@pytest.mark.parametrize("day, founding, current", [
    ("2021-03-14", (), ()),
    ("2021-03-15", ("R1",), ("R1",)),
    ("2023-02-28", ("R1",), ("R1",)),
    ("2023-03-01", ("R1", "R2"), ("R1", "R2")),
    ("2024-02-29", ("R1", "R2"), ("R1", "R2")),
    ("2024-03-01", ("R1", "R2", "R3"), ("R1", "R2")),
    ("2024-06-03", ("R1", "R2", "R3"), ("R1", "R2", "R3")),
])
def test_releases_begin_on_their_days(day, founding, current):
    """ICS2-02, ICS2-07, ICS2-REL-01, ICS2-REL-03, ICS2-REL-05, ICS2-REL-09."""
    on = date.fromisoformat(day)
    assert ics2_law.active(on, "founding") == founding
    assert ics2_law.active(on, "current") == current


@pytest.mark.parametrize("regime", ["founding", "current"])
def test_every_filing_has_a_kind_and_a_release(regime):
    """Each message of a filing stands in the table, and in one release of each regime."""
    filings = {root[3:] for root in roots(ICS2) if root.startswith("IE3F")}
    assert set(ics2_law.kinds()) == filings
    for kind in filings:
        assert len([one for one in ics2_law.releases(regime) if kind in one.kinds]) == 1, kind


def test_modes_go_live_with_their_release():
    """Post and express by air first, then all air, then sea, road and rail (ICS2-REL-08)."""
    first = {name: {kind.mode for kind in ics2_law.kinds().values()
                    if ics2_law.release_of(kind.name, "founding").name == name}
             for name in ("R1", "R2", "R3")}
    assert first == {"R1": {"air"}, "R2": {"air"}, "R3": {"sea", "road", "rail"}}
