"""Every item of every phase 4 message has a place in EDIFACT, and comes back from it."""
import re
from datetime import UTC, datetime

import pytest

from tollbod.spec import tables
from tollbod.spec.edifact import ncts as mapping
from tollbod.wire.edifact import ncts, write
from tollbod.wire.edifact.judge import Judged, judge
from tollbod.wire.edifact.phase4_write import fitted, put

WHEN = datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
# They stand where another item stands: one of the two is there.
SHARED = ("OthGuaRefREF4", "NumOfPieGS25")
# Their places in D.96B hold less than phase 4 allows.
SHORTER = {"ConRefNumHEA", "ComCodTarCodGDS10"}
SAMPLES = {"n8": "20260504", "n12": "202605041015", "n14": "20260504101530",
           "n..11,3": "12345678.125", "n..15,2": "1234567890123.25"}


def sample(field):
    """Return a value of the full length that the item may have."""
    if field.format in SAMPLES:
        return SAMPLES[field.format]
    kind, most = re.fullmatch(r"(an?|n)(?:\.\.)?(\d+)", field.format).groups()
    if kind == "n" or field.name.startswith("SeaNum"):
        return "1" * int(most)
    letters = field.name.upper() if kind == "an" else "ABCDEFGHIJ"
    return (letters * 30)[:int(most)]


def full(rows, fields, copies):
    """Return every item that has a place, groups that may repeat as often as `copies`."""
    found = {}
    for row, field in zip(rows, fields):
        if field.name in SHARED:
            continue
        if field.children:
            some = [full(row.children, field.children, copies)
                    for _ in range(min(copies, field.high))]
            found[field.name] = [one for one in some if one]
        elif row.place is not None:
            found[field.name] = sample(field)
    return {name: content for name, content in found.items() if content}


def shorter(whole, items):
    """Yield the names of items that were cut; none may be left out."""
    assert whole.keys() == items.keys()
    for name, content in whole.items():
        if isinstance(content, list):
            assert len(content) == len(items[name])
            for one, other in zip(content, items[name]):
                yield from shorter(one, other)
        elif content != items[name]:
            yield name


@pytest.mark.parametrize("kind", mapping.kinds(), ids=lambda kind: kind.root)
@pytest.mark.parametrize("copies", [1, 3])
def test_every_item_comes_back(kind, copies):
    """In full length, by the directory with what NCTS needs; nothing is left unread."""
    rows = mapping.items(kind.root)
    whole = full(rows, tables.structure("p4", kind.root).children, copies)
    items = fitted(whole, kind)
    assert set(shorter(whole, items)) <= SHORTER
    segments = put(items, kind, "M1")
    data = write.interchange(["A", "ZZZ"], ["B", "ZZZ"], "R1", WHEN, [segments])
    [found] = [one for one in judge(data) if isinstance(one, Judged)]
    assert [fault.finding().text for fault in found.faults] == []
    reading = ncts.read_message(found.message)
    assert reading.items == items
    assert [one for one in reading.findings if one.code in ("35", "39", "50")] == []
    again = put(fitted(reading.items, kind), kind, "M1")
    assert write.interchange(["A", "ZZZ"], ["B", "ZZZ"], "R1", WHEN, [again]) == data
    assert b"".join(write.canonical(data)) == data


def test_only_known_items_have_no_place():
    """Languages of texts whose segments have no element for a language; of IE034 and IE037, which
    are our own design, what no answer of today says."""
    def without(rows):
        for row in rows:
            if row.children:
                yield from without(row.children)
            elif row.place is None:
                yield row.name
    names = {name for kind in mapping.kinds() if kind.root not in ("CD034A", "CD037A")
             for name in without(mapping.items(kind.root))}
    assert {name for name in names if not name.endswith("LNG")} == set()
