"""One data set, filed once: every message made of it is valid, and what is missing has a name.

PRENOTIF-04, PRE-HOW-01.
"""
import json
import re
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from tollbod.cli import app
from tollbod.office import filings
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


def test_the_fields_are_those_that_the_messages_are_made_of():
    """No message needs what has no field, and no field is for nothing."""
    used = {"prepared", "flow", "items[]"}
    derived = {"start", "security", "now", "border[].office", "border[].arrival", "items[]"}
    for kind in filings.KINDS:
        for row in filings.table(kind)[2]:
            inside = re.search(r"\[(\w+)\]", row.path)
            for part in row.source.split(" unless "):
                name = re.sub(r"^@?Z?", "", part)
                if name[0] in ".#":
                    used.add(f"{inside[1]}[]{name.strip('#')}".removesuffix("."))
                elif part[0] == "+":
                    used.add(part[1:].replace(".", "[]."))
                elif part[0] != "=":
                    used.add(name)
    assert used - derived == set(filings.fields())
    assert filings.faults(filings.example()) == ()


@pytest.mark.parametrize("day, flow, kinds", [
    ("2024-02-26", "ENTRY", ("combined",)), ("2024-03-01", "ENTRY", ("ens", "transit")),
    ("2026-05-04", "EXIT", ("prenotification",))])
def test_the_law_says_what_to_make(day, flow, kinds):
    """PRE-ICS2-01, PRE-HOW-06, PRE-COMB-01: the same data, by day and direction."""
    data = filings.example(datetime.fromisoformat(f"{day}T00:00Z"))
    if flow == "EXIT":
        data |= {"flow": "EXIT", "from": "NO", "to": "RU", "routing": ["NO", "RU"]}
    assert filings.wanted(data, "founding", NOW) == kinds
    assert filings.wanted({}, "founding", NOW) == ()


def test_within_the_zone_it_is_a_transit():
    data = filings.example() | {"from": "NO", "to": "SE", "routing": ["NO", "SE"]}
    assert filings.wanted(data, "founding", NOW) == ("transit",)


def test_an_exit_is_combined_from_the_office_of_departure():
    """PRE-EU-03: through the Union, with Security 2; the border of the zone is not in Norway."""
    data = filings.example() | {"flow": "EXIT", "from": "NO", "to": "US", "routing": [
        "NO", "SE", "DE", "US"], "departure_office": "NO365001", "destination_office": "DE004851"}
    made = filings.made(data, "combined", NOW)
    assert (made.missing, made.findings) == ((), ())
    assert made.message.get("TransitOperation/security") == "2"
    assert made.message.get("CustomsOfficeOfDeparture/referenceNumber") == "NO365001"
    assert [one.get("referenceNumber") for one in
            made.message.all("CustomsOfficeOfTransitDeclared")] == ["SE603340"]
    del data["departure_office"]
    assert "departure_office" in filings.made(data, "combined", NOW).missing


def test_the_command_tells_and_writes(tmp_path):
    file = tmp_path / "data.json"
    run = CliRunner().invoke(app, ["filing", "ens"])
    file.write_text(run.stdout, "utf-8")
    told = json.loads(run.stdout)
    assert told | {name: "" for name in ("departure", "arrival", "transit")} == \
        filings.example() | {name: "" for name in ("departure", "arrival", "transit")}
    assert datetime.fromisoformat(told["departure"]) > datetime.now(UTC)
    for kind in filings.KINDS:          # what is printed can be made into everything, today
        assert CliRunner().invoke(app, ["filing", kind, str(file)]).exit_code == 0, kind
    assert "make: ens transit" in CliRunner().invoke(app, ["filing", "due", str(file)]).stdout
    done = CliRunner().invoke(app, ["filing", "ens", str(file)])
    assert done.exit_code == 0 and "<IE3F50" in done.stdout
    file.write_text(json.dumps(filings.example() | {"charges": ""}), "utf-8")
    lacks = CliRunner().invoke(app, ["filing", "ens", str(file)])
    assert lacks.exit_code == 1 and "missing for ens: charges" in lacks.stderr
    for wrong in ("[]", '{"flow": [1]}', '{"items": 5}', '{"colour": "red"}',
                  '{"items": [[{}, 1]]}'):
        file.write_text(wrong, "utf-8")
        assert CliRunner().invoke(app, ["filing", "ens", str(file)]).exit_code == 2, wrong
