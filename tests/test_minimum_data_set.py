"""The few data before loading: their annex by day, their content, demanded by each of the messages.

PRE-HOW-03, PRE-ICS2-06, and the data of a prenotification beside the WCO's framework, PRE-BG-01.
"""
import re
from datetime import date
from pathlib import Path

import pytest

from tollbod.prenotification import answer, question
from tollbod.prenotification.duty import duty
from tollbod.rules.check import check
from tollbod.spec import prenotification_law, tables
from tollbod.wire import forms, xml

MESSAGES = Path(__file__).parents[1] / "scenarios" / "ics2" / "messages"
HOUSE = "consignmentMasterLevel/consignmentHouseLevel"
KINDS = ("F23", "F24", "F32", "F43")


def filing(kind):
    """A right filing of a kind, made of the scenarios' template."""
    text = (MESSAGES / f"IE3{kind}.xml").read_text("utf-8")
    for old, new in {"{LRN}": "L1", "{now}": "2026-05-04T08:00:00",
                     "{sender}": "NO310000019"}.items():
        text = text.replace(old, new)
    return forms.read(re.sub(r"\{[^}]+\}", "X1", text).encode())


def without(message, path):
    """The same message without an element below the house."""
    *way, last = f"{HOUSE}/{path}".split("/")
    node = message.root
    for name in way:
        node = next(child for child in node.children if child.name == name)
    node.children = [child for child in node.children if child.name != last]
    return forms.read(xml.write(message))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("one", prenotification_law.contents(), ids=lambda one: one.name)
def test_each_element_is_demanded(kind, one):
    """Without what it must hold a filing is refused; what is told if known may be missing."""
    assert check(filing(kind), on=date(2026, 5, 4)) == []
    if one.more == ("if known",):
        assert tables.structure("ics2", f"IE3{kind}").field(f"{HOUSE}/{one.name}") is not None
        return
    found = check(without(filing(kind), one.name), on=date(2026, 5, 4))
    assert any(one.name.split("/")[-1] in each.text or one.name in each.path for each in found)
    assert {each.code for each in found} & {"12", "13", "14"}


@pytest.mark.parametrize("day, annex", [
    ("2021-03-14", ""), ("2021-03-15", "tollforskriften vedlegg 2 (K)"),
    ("2022-12-31", "tollforskriften vedlegg 2 (K)"),
    ("2023-01-01", "vareførselsforskriften vedlegg 2")])
def test_the_annex_is_that_of_the_day(day, annex):
    assert prenotification_law.annex(date.fromisoformat(day)) == annex


def test_the_duty_names_it_for_the_minimum_data_set_alone():
    asked = question.read({"from": "CN", "to": "NO", "mode": "air", "consignment": "general",
                           "arrival": "2023-06-01T12:00Z"})
    full, few = answer.plain(duty(asked))["notifications"]
    assert (full["data"], full["contents"]) == ("full", None)
    assert few["contents"]["annex"] == "vareførselsforskriften vedlegg 2"
    assert len(few["contents"]["elements"]) == 9
    assert {one["role"] for one in few["may_file"]} != {
        one.name for one in prenotification_law.filers("full", "NCTS")}


def test_every_element_of_a_prenotification_stands_beside_the_framework():
    """Once, and no other: a new element needs its row, or a reason why it is ours."""
    rows = dict(prenotification_law.framework())
    assert len(rows) == len(prenotification_law.framework())
    envelope = {"messageSender", "messageRecipient", "preparationDateAndTime", "messageType",
                "messageIdentification", "correlationIdentifier"}
    for path in _leaves(tables.structure("no1", "CC015N").children):
        beside = [row for row in rows if path == row or path.startswith(f"{row}/")]
        assert len(beside) == 1 or path in envelope or path.endswith("sequenceNumber"), path
    used = {row for row in rows if any(
        path == row or path.startswith(f"{row}/")
        for path in _leaves(tables.structure("no1", "CC015N").children))}
    assert used == set(rows)
    assert sum(not said.startswith("ours") for said in rows.values()) > 25


def _leaves(fields, group=""):
    for field in fields:
        name = f"{group}{field.name}"
        yield from _leaves(field.children, f"{name}/") if field.children else [name]
