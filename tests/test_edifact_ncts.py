"""NCTS messages in EDIFACT: read, written, and read back."""
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tollbod.rules.check import check
from tollbod.spec import tables
from tollbod.spec.edifact import ncts as mapping
from tollbod.wire import forms
from tollbod.wire.edifact import ncts
from tollbod.wire.edifact.judge import Judged, judge

ROOT = Path(__file__).parents[1]
# Every message that a trader of the founding documents sends or gets, and answers besides.
ASKED = ("IE004 IE005 IE007 IE008 IE009 IE013 IE014 IE015 IE016 IE019 IE021 IE022 IE025 IE026 "
         "IE028 IE029 IE035 IE043 IE044 IE045 IE051 IE055 IE058 IE060 IE140 IE141 IE182 IE906 "
         "IE917 IE928")
WHEN = datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
GOOD = [path for path in sorted((ROOT / "golden/messages/good").glob("*.xml"))
        if any(one.canonical == path.stem.partition("_")[2] for one in mapping.kinds())]


def back(written, **more):
    """Return what a reader makes of a written message, which must be right by the directory."""
    data = ncts.write_interchange([written], sender="NO310000019", recipient="NTA.NO",
                                  reference="R1", when=WHEN)
    [found] = [one for one in judge(data) if isinstance(one, Judged)]
    assert found.faults == []
    return ncts.read_message(found.message, **more)


@pytest.mark.parametrize("kind", mapping.kinds(), ids=lambda kind: kind.root)
def test_every_item_of_every_message_has_a_row(kind):
    """In the order of the structure, and its path is one of a message of today."""
    assert {one.ie for one in mapping.kinds()} >= set(ASKED.split())
    structures = [tables.structure("p6", one.canonical) for one in mapping.kinds()]

    def walk(rows, fields, base):
        assert [row.name for row in rows] == [field.name for field in fields]
        for row, field in zip(rows, fields):
            path = "/".join(part for part in (base, row.canonical) if part)
            path = path.replace("ConsignmentItem/../", "")
            if row.canonical and row.how != "made":
                assert any(one.field(path) for one in structures), (row.path, path)
            if row.how not in ("made", "party"):
                walk(row.children, field.children, path)
    walk(mapping.items(kind.root), tables.structure("p4", kind.root).children, "")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_message_comes_back_as_it_was(path):
    """What is not told as lost is equal; the rules find in it what they find in the original."""
    message = forms.read(path.read_bytes())
    written = ncts.write_message(message)
    reading = back(written)
    assert reading.message.kind == message.kind
    told = {one.path for one in written.losses}
    assert {one.path for one in ncts.losses(message, reading.message)} == told
    if not told and not written.missing:
        assert check(reading.message) == []
