"""All 229 requirements of the founding pages: claimed, waiting for something, or departed from.

`./tollbod trace` prints the same; DIVERGENCES.md gives the reasons.
"""
import pytest
from tollbod.play import trace

LATER = {"access"}
# The chapters of prenotification and of outages wait for nothing.
CHAPTERS = ("ZONE", "PRENOTIF", "PRE", "BCP")
MINE = 97


@pytest.fixture(scope="module")
def standing():
    """Each requirement with whether it is claimed and whether DIVERGENCES.md speaks of it."""
    claimed, apart = trace.claims(), trace.diverging()
    return [(one, one.id in claimed, one.id in apart) for one in trace.requirements()]


def test_every_requirement_stands_somewhere(standing):
    """None is forgotten: what is due now is claimed, the rest names what it waits for."""
    assert len(standing) == 229
    lost = [one.id for one, claimed, apart in standing
            if not (claimed or apart or one.when in LATER)]
    assert lost == []


def test_none_of_prenotification_is_open(standing):
    """ZONE, PRENOTIF, PRE-*, BCP: each is shown by something; a departure is not enough."""
    mine = [(one, claimed) for one, claimed, _ in standing
            if one.chapter.startswith(CHAPTERS)]
    assert len(mine) == MINE
    assert [one.id for one, claimed in mine if not claimed or one.when != trace.NOW] == []
