"""All 229 requirements of the founding pages: claimed, waiting for something, or departed from.

`./tollbod trace` prints the same; DIVERGENCES.md gives the reasons.
"""
import pytest
from tollbod.play import trace

LATER = {"ics2", "risk", "access", "edifact", "fallback", "documents"}
# The chapters of prenotification wait for nothing but these: data that only ICS2 takes, and paper.
CHAPTERS = ("ZONE", "PRENOTIF", "PRE")
STILL = {"ics2", "fallback"}


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
    """ZONE, PRENOTIF, PRE-*: shown, departed from with a reason, or part of ICS2 or fallback."""
    open_ = [one.id for one, claimed, apart in standing
             if one.id.startswith(CHAPTERS) and not claimed and not apart
             and one.when not in STILL]
    assert open_ == []
