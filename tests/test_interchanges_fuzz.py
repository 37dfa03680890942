"""Interchanges of sound syntax and strange content at the door: taken, refused or rejected, never
more; no case is set aside, and what answers them is right by syntax and directory.
"""
import os
import random

import pytest
from test_folders import Place
from test_interchanges import MOST_MESSAGES, WHEN, declared, interchange
from web_house import NODE

from tollbod.office import door, outgoing
from tollbod.play import specimen
from tollbod.wire.edifact import write
from tollbod.wire.edifact.judge import judge

MRN = "26NO36500100000AJ5"
VALUES = ("", "0", "1", "9" * 12, "A", "T2", "ZZ", "NO365001", "DE004851", "20260504", "20269999",
          "25NO3650010001230", "x" * 35, "Ø", "-1", "1.5", specimen.HOLDER, "..", "C0'+:?", "CAL",
          "99999.999", "K1", "{", "<a>", "&")
SOUND = {
    "IE015": declared(),
    "IE007": interchange(specimen.arrival(MRN, "A1")),
    "IE044": interchange(specimen.remarks(MRN, "A2")),
}


class Door:
    """A world whose trader lodges one strange interchange after the other."""

    def __init__(self, place):
        self.place, self.count, self.met = place, 0, set()

    def lodge(self, head, segments):
        """Lodge segments as a message; what became of it."""
        self.count += 1
        for one in segments:
            if one[:2] == [["RFF"], ["ABE", "LRN1"]]:
                one[1] = ["ABE", f"LRN{self.count}"]
        data = write.interchange(head[2], head[3], f"F{self.count}", WHEN, [segments], test="1")
        got = door.receive(self.place.store, NODE, self.place.world, specimen.HOLDER, data)
        self.met |= {str(got.status)} if hasattr(got, "status") else {
            part.verdict for part in got[1].parts}

    def rest(self):
        """Let everything be decided, and read all that came of it."""
        self.place.worker.drain()
        assert self.place.store.held(self.place.world) == []
        rows = self.place.store.mailbox(self.place.world, specimen.HOLDER, 0, MOST_MESSAGES)
        for row in rows:
            made = outgoing.written(self.place.store, NODE, row, "edifact", self.place.party)
            verdict = list(judge(made.data))[-1]
            assert verdict.fine, (row.ie, [fault.text() for fault in verdict.faults()])


@pytest.fixture
def strange(conninfo, tmp_path):
    place = Place(conninfo, tmp_path)
    yield Door(place)
    place.store.close()


def parts(kind):
    """The header and the segments of a sound message, UNT left out, free to be changed."""
    *judged, verdict = judge(SOUND[kind])
    segments = [[list(element) for element in one] for one in judged[0].message.segments()]
    return verdict.interchange.header.elements, segments[:-1]


@pytest.mark.parametrize("kind", SOUND)
def test_each_segment_doubled_and_left_out(strange, kind):
    head, segments = parts(kind)
    for number in range(1, len(segments)):
        for times in (0, 2):
            _, fresh = parts(kind)
            fresh[number:number + 1] = [fresh[number], parts(kind)[1][number]][:times]
            strange.lodge(head, fresh)
    strange.rest()
    assert {"refused", "rejected"} & strange.met


@pytest.mark.parametrize("seed", range(int(os.environ.get("TOLLBOD_FUZZ", 3))))
def test_strange_values(strange, seed):
    chance = random.Random(seed)
    for _ in range(40):
        head, segments = parts(chance.choice(list(SOUND)))
        for _ in range(chance.choice((1, 1, 2, 4))):
            element = chance.choice(chance.choice(segments[1:])[1:] or [[""]])
            element[chance.randrange(len(element))] = chance.choice(VALUES)
        strange.lodge(head, segments)
    strange.rest()
    assert {"new", "refused", "rejected"} & strange.met
