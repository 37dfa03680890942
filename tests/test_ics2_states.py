"""Every state, transition and timer of the ICS2 process has its row here, or its reason.

The rows are ours; that each of them is taken by a scenario is a law of its own (test_scenarios).
Where the reference material lies beside the checkout, the list below is held against it.
"""
import json
from pathlib import Path

import pytest
from tollbod.case.model import ANY
from tollbod.ics2 import query
from tollbod.ics2.table import ROLE
from tollbod.spec.ics2_law import kinds, uppers
from tollbod.spec.timers import minutes

DIVERGENCES = Path(__file__).parents[1] / "DIVERGENCES.md"

# machine, its transition by state and the state after: in what state of ours, on what, to what.
# fmt: off
ROWS = """
ENF   | -                                  | Registered  | none | IE3Fxx | registered
ENF   | -                                  | Rejected    | none | IE3Fxx | rejected
ENF   | Registered                         | Accepted    | registered | tell granted | assessed
ENF   | Registered                         | Rejected    | registered | tell taken | rejected
ENF   | Accepted                           | Pending linking | registered | tell granted | pending linking
ENF   | Accepted                           | Linked      | pending linking | tell standing | linked
ENF   | Pending linking                    | Linked      | pending linking | tell standing | linked
ENF   | Registered, Accepted, Pending linking, Linked | Invalidated | linked | IE3Q04 | invalidated
ENF   | Registered, Accepted, Pending linking, Linked | Invalidated | linked | timer validity | invalidated
ENS   | -                                  | Complete    | registered | tell granted | assessed
ENS   | -                                  | Pending completeness | registered | tell granted | pending completeness
ENS   | Pending completeness               | Complete    | pending completeness | tell parts | assessed
ENS   | Pending completeness               | Pending completeness | pending completeness | timer linking | same state
ENS   | Pending completeness               | Considered complete for full risk analysis | pending completeness | officer analyse | assessed
ENS   | Complete                           | Ready for full risk analysis | pending completeness | tell parts | under assessment
ENS   | Considered complete for full risk analysis | Ready for full risk analysis | pending completeness | officer analyse | under assessment
ENS   | Ready for full risk analysis       | Full RA complete - no further action for now | under assessment | officer no-risk | assessed
ENS   | Ready for full risk analysis       | Full RA complete - risk identified | under assessment | officer control | control recommended
ENS   | Ready for full risk analysis       | Full RA complete - DNL | under assessment | officer do-not-load | do not load
ENS   | Full RA complete - *               | Ready for full risk analysis | assessed | IE3Axx | under assessment
ENS   | Full RA complete - *               | Arrived     | assessed | tell arrival | arrived
ENS   | Full RA complete - *               | Arrived     | control recommended | tell arrival | arrived for control
ENS   | Full RA complete - *               | Partially arrived | assessed | tell arrival | partially arrived
ENS   | Arrived, Partially arrived, Full RA complete - * (road and rail: no arrival notice) | Presented | arrived | officer present | presented
ENS   | Arrived, Partially arrived, Full RA complete - * (road and rail: no arrival notice) | Presented | partially arrived | officer present | presented
ENS   | Arrived, Partially arrived, Full RA complete - * (road and rail: no arrival notice) | Presented | assessed | officer present | presented
PLACI | -                                  | Pre-loading RA ongoing | registered | tell granted | under assessment
PLACI | Pre-loading RA ongoing             | Referral open | under assessment | officer ask-screening | referral open
PLACI | Referral open                      | Pre-loading RA ongoing | referral open | IE3R03 | under assessment
PLACI | Pre-loading RA ongoing, Referral open | Pre-loading RA complete | under assessment | officer no-risk | assessed
PLACI | Pre-loading RA ongoing, Referral open | DNL issued | under assessment | officer do-not-load | do not load
"""
# fmt: on
OURS = [tuple(cell.strip() for cell in line.split("|")) for line in ROWS.strip().splitlines()]
# Codes of states that no filing has here: filings that an officer links by hand.
NO_STATE_OF_OURS = {"06", "07"}


@pytest.fixture(scope="module")
def source(shared):
    path = shared / "reference" / "ics2"
    if not path.is_dir():
        pytest.skip("the reference material is not here")
    return path


def test_each_transition_has_its_row():
    """What the list names stands in the table of filings."""
    table = {(row.state, row.event, row.to) for row in ROLE.table}
    missing = [one for one in OURS if one[3:] not in table and (ANY, *one[4:]) not in table]
    assert not missing


def test_no_transition_of_the_process_is_left_out(source):
    """Each machine of the process, transition by transition."""
    machines = json.loads((source / "states.json").read_text())["machines"]
    theirs = {(name, ", ".join((before or "-").split("|")), after)
              for name, machine in machines.items()
              for before, _, after, _ in machine["transitions"]}
    assert theirs == {one[:3] for one in OURS}


def test_every_code_of_a_state_can_be_told(source):
    """IE3R08 tells each state that CL744 has a public code for; the others stand in DIVERGENCES."""
    codes = set(json.loads((source / "states.json").read_text())["state_codes_CL744_subset"])
    told = {code for pair in query.STATES.values() for code in pair if code}
    told |= {*query.COMPLETE, query.CONSIDERED, query.PENDING_LINKING, query.LINKED}
    assert codes - told == NO_STATE_OF_OURS and told <= codes
    assert "association" in DIVERGENCES.read_text("utf-8")


def test_every_timer_is_one_of_ours(source):
    """The times of the risk analysis by kind; the 200 days; a time for linking for each master."""
    deadlines = json.loads((source / "deadlines.json").read_text())
    for row in deadlines["risk_timers_from_receipt"]:
        hours = [int(text.removesuffix("h")) for name, text in row.items()
                 if name != "filings" and text.endswith("h")]
        for kind in row["filings"]:
            assert kinds()[kind].minutes == (60 * max(hours) if hours else None), kind
    days = int(deadlines["other"]["validity_of_unarrived_ens"].split()[0])
    assert minutes("entry filing") == days * 24 * 60
    masters = {kind.name for kind in kinds().values() if kind.level == "master"}
    assert {name for name, upper in uppers().items() if upper.minutes} == masters
    for name in masters:
        assert uppers()[name].minutes < kinds()[name].minutes


def test_linking_keys_are_those_of_the_process(source):
    """Each pair of kinds that the process links is one that the table links, or an F25."""
    keys = json.loads((source / "states.json").read_text())["linking_keys"]
    ours = {(upper, lower) for upper, one in uppers().items() for lower in one.answered_by}
    for pair in keys:
        left, right = (side.split("|") for side in pair.split("-"))
        if "F25" in right or right == ["F44"]:
            continue                    # by MRN or house waybill; by the number of the item
        assert any({(a, b), (b, a)} & ours for a in left for b in right if "/" not in a) or (
            left == ["F43/F44"] and {(b, "F44") for b in right} <= ours), pair
