"""The 17 messages between customs of ICS2: tables, XSD, JSON, and what the source says of them."""
import json as standard_json
import os
from pathlib import Path

import pytest
from tollbod.play.instances import PREPARED, maximal, minimal
from tollbod.rules.check import check
from tollbod.spec import tables, xsd
from tollbod.wire import json, xml

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TOLLBOD_SHARED") or ROOT / "../shared")
SOURCE = SHARED / "reference" / "ics2" / "cr_nes_messages_v2.json"
CUSTOMS = [root for root in tables.roots(tables.ICS2) if root.startswith("IE4")]
A_CHOICE = ("Indicator", "IndicatorString")     # one of two; our tables have no choice


@pytest.mark.parametrize("root", CUSTOMS)
@pytest.mark.parametrize("make", [minimal, maximal])
def test_each_is_written_and_read_in_both_forms(root, make):
    """XML and JSON give back the same content; structure and code lists find nothing."""
    message = make(tables.ICS2, root)
    back = xml.read(xml.write(message), None)
    assert back.profile == tables.ICS2 and back.plain() == message.plain()
    assert json.read(json.write(message), None).plain() == message.plain()
    assert check(back, "schema") == check(back, "codes", PREPARED) == []


def test_the_schema_is_handed_out():
    """One XSD holds a message, and says where its table is from."""
    text = xsd.text(tables.ICS2, "IE4S02").decode()
    assert '<xs:element name="IE4S02">' in text and "CR-for-NES" in text


@pytest.mark.skipif(not SOURCE.is_file(), reason="the reference tree is not here (TOLLBOD_SHARED)")
@pytest.mark.parametrize("root", CUSTOMS)
def test_the_table_says_what_the_source_says(root):
    """Every element of the source is a row at its place, as often; what is more is below a type."""
    elements = standard_json.loads(SOURCE.read_text())["messages"][root]["elements"]
    rows = list(tables.structure(tables.ICS2, root).walk())
    left_as_type = tuple(one["path"] + "/" for one in elements if "type" in one)
    own = [(path, str(row.low), str(row.high)) for path, row in rows
           if not path.startswith(left_as_type)]
    assert own == [(one["path"], "0" if one["path"].endswith(A_CHOICE) else one["min"], one["max"])
                   for one in elements]
    for place in left_as_type:
        assert any(path.startswith(place) for path, _ in rows), place


def test_what_is_pointed_to_is_what_traders_are_told():
    """The goods of a control notice (IE3N08) and of the decision between customs are one type."""
    told, said = (tables.structure(tables.ICS2, root).field(
        "control/controlSubject/consignmentMasterLevel") for root in ("IE3N08", "IE4N09"))
    assert [(path, row.low, row.high, row.format, row.codelist) for path, row in told.walk()] == [
        (path, row.low, row.high, row.format, row.codelist) for path, row in said.walk()]
