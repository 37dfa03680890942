"""One data set, filed once: every message made of it is valid, and what is missing has a name.

PRENOTIF-04, PRE-HOW-01.
"""
import json
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from tollbod.cli import app
from tollbod.play import filings
from tollbod.rules.check import check
from tollbod.wire import forms, xml

NOW = datetime(2024, 2, 26, 8, tzinfo=UTC)
MESSAGES = {"transit": ("p6", "CC015C"), "combined": ("p5", "CC015C"),
            "prenotification": ("no1", "CC015N"), "ens": ("ics2", "IE3F50")}


@pytest.mark.parametrize("kind", filings.KINDS)
def test_each_message_is_valid_also_as_bytes(kind):
    made = filings.made(filings.example(), kind, NOW)
    assert (made.missing, made.findings) == ((), ())
    again = forms.read(xml.write(made.message))
    assert (again.profile, again.kind) == MESSAGES[kind]
    assert not check(again, on=NOW.date())


@pytest.mark.parametrize("kind, field, named", [
    ("transit", "holder.number", "holder.number"), ("transit", "guarantee.type", "guarantee.type"),
    ("combined", "destination_office", "destination_office"),
    ("prenotification", "filer.mail", "filer.mail"), ("prenotification", "means.number",
                                                      "means.number"),
    ("prenotification", "document", "document.type"), ("ens", "arrival", "arrival"),
    ("ens", "charges", "charges"), ("ens", "document.house", "document.house")])
def test_what_is_missing_is_told_by_the_name_it_has_in_the_data(kind, field, named):
    data = deepcopy(filings.example())
    *way, last = field.split(".")
    group = data
    for name in way:
        group = group[name]
    del group[last]
    assert named in filings.made(data, kind, NOW).missing


def test_of_goods_the_list_is_named():
    data = deepcopy(filings.example())
    del data["items"][0]["description"]
    for kind in filings.KINDS:
        assert "items.description" in filings.made(data, kind, NOW).missing


def test_what_is_wrong_and_not_missing_is_a_finding():
    data = filings.example() | {"mode": "X"}
    found = filings.made(data, "prenotification", NOW)
    assert found.missing == () and found.findings


def test_each_field_of_the_example_is_used_by_some_message():
    sources = {row.source for kind in filings.KINDS for row in filings.table(kind)[2]}
    used = {part.lstrip("@Z+").split(".")[0] for one in sources for part in one.split(" unless ")}
    lists = {"items", "routing", "transit", "flow"}
    assert set(filings.example()) <= used | lists


def test_the_command_tells_and_writes(tmp_path):
    file = tmp_path / "data.json"
    run = CliRunner().invoke(app, ["filing", "ens"])
    file.write_text(run.stdout, "utf-8")
    assert json.loads(run.stdout) == filings.example()
    done = CliRunner().invoke(app, ["filing", "ens", str(file)])
    assert done.exit_code == 0 and "<IE3F50" in done.stdout
    file.write_text(json.dumps(filings.example() | {"charges": ""}), "utf-8")
    lacks = CliRunner().invoke(app, ["filing", "ens", str(file)])
    assert lacks.exit_code == 1 and "missing for ens: charges" in lacks.stderr
    file.write_text("[]", "utf-8")
    assert CliRunner().invoke(app, ["filing", "ens", str(file)]).exit_code == 2
