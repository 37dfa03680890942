"""The duty to prenotify: the cases that a customs lawyer reads, and the tables behind them.

The cases stand in golden/duty/cases.txt with the requirement each shows.
"""
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tollbod.prenotification import answer, question
from tollbod.prenotification.duty import duty
from tollbod.prenotification.question import FIELDS, Question
from tollbod.spec import codes, prenotification_law, regime_tables, security_zone

CASES = Path(__file__).parents[1] / "golden" / "duty" / "cases.txt"
LEAST_CASES = 60


def cases():
    """Every case: its title, the words that ask, the lines that must come out."""
    title, asks, expected = "", "", []
    for line in [*CASES.read_text("utf-8").splitlines(), "end"]:
        if line[:1] not in ("", " ", "#"):
            if title:
                yield pytest.param(asks, expected, id=title)
            title, asks, expected = " ".join(line.split()), "", []
        elif line.startswith("    ") and not asks:
            asks = line.strip()
        elif line.startswith("    "):
            expected.append(line.strip())


def ask(words):
    """The question of a case: names and values, alternating."""
    parts = words.split()
    given = dict(zip(parts[::2], parts[1::2], strict=True))
    asked = question.read(given)
    assert isinstance(asked, Question), asked
    return asked


def shown(found):
    """An answer in the words of the cases."""
    if not found.due:
        return [f"= none: {found.because.en}"]
    told = answer.plain(found)
    lines = [f"= {one_line(one, found.asked)}" for one in told["notifications"]]
    lines += [f"= or {one_line(one, found.asked)}" for one in told["alternatives"]]
    return lines + [f"* {note['en']}" for note in told["notes"]]


def one_line(one, asked):
    where, deadline = one["office"], one["deadline"]
    office = where["code"] or where["country"]
    if where["may_be"]:
        office = f"one of {len(where['may_be'])} in {where['country']}"
    rule = deadline["rules"][0]
    parts = [one["flow"] + (" minimum" if one["data"] == "minimum" else ""), one["system"], office,
             one["variant"], f"by {deadline['at'] or 'an unknown moment'}",
             rule["article"] + ("" if rule["in_founding_page"] else " (EU law only)")]
    if asked.filed:
        held = one["filed"]["held_until"]
        parts += ["late", f"held until {held}"] if one["filed"]["late"] else ["in time"]
    if asked.role:
        parts.append("may file" if one["role_may_file"] else "may not file")
    if where["named_fits"] is False:
        parts.append("not that office")
    undecided = [name for name in deadline["needs"] if name not in ("loading", "departure")]
    return ", ".join(parts + ([f"if {' and '.join(undecided)} is not known"] if undecided else []))


@pytest.mark.parametrize(("asks", "expected"), list(cases()))
def test_case(asks, expected):
    """Each case of the table gives what it says, all of it and nothing else."""
    assert shown(duty(ask(asks))) == expected


def test_there_are_cases_enough_and_each_is_one_of_a_kind():
    """At least sixty, no two alike."""
    found = list(cases())
    assert len(found) >= LEAST_CASES
    assert len({one.id for one in found}) == len(found)
    assert all(one.values[1] for one in found)


# The zone

@pytest.mark.parametrize(("country", "founding", "current"), [
    ("NO", True, True), ("SE", True, True), ("DE", True, True), ("CH", True, True),
    ("LI", True, True), ("IS", False, False), ("GB", False, False), ("XI", False, True),
    ("SJ", False, False), ("FO", False, False), ("GL", False, False), ("RU", False, False),
    ("AD", False, True),
])
def test_the_zone(country, founding, current):
    """ZONE-02: who is in, by the page and by the list of today."""
    day = date(2025, 2, 12)
    assert security_zone.inside(country, day) is founding
    assert security_zone.inside(country, day, "current") is current


def test_a_third_country_is_what_is_not_in_the_zone():
    """ZONE-01: for every country of the list; `current` is the EU's own list on its day."""
    day = date(2025, 2, 12)
    listed = set(codes.codelist("CL147").codes())
    for country in codes.codelist("CL008").codes():
        for regime in regime_tables.REGIMES:
            inside = security_zone.inside(country, day, regime)
            assert security_zone.third_country(country, day, regime) is not inside
        assert security_zone.inside(country, day, "current") is (country in listed), country


def test_the_agreement_by_version():
    """PRE-BG-02, PRE-BG-03, PRE-BG-07: chapter IIa of protocol 10, of 2009, 2012 and 2021."""
    assert security_zone.agreement(date(2009, 6, 30)) is None
    versions = [security_zone.agreement(date(year, 12, 31)).version for year in (2009, 2012, 2021)]
    assert versions == ["EEA-2009", "EEA-2012", "EEA-2021"]
    assert "protocol 10 chapter IIa" in security_zone.agreement(date(2009, 7, 1)).en


# The tables

def test_every_place_of_the_tables_exists():
    """Countries, ports and offices are those of the public lists."""
    countries, ports = codes.codelist("CL008"), codes.codelist("CL244")
    named = [row[1] for row in regime_tables.rows("security_zone.txt")]
    named += [row[2] for row in regime_tables.rows("near_ports.txt")]
    for _, served in prenotification_law.offices().values():
        named += served
    assert [one for one in named if not (countries if len(one) == 2 else ports).has(one)] == []
    assert [one for one in prenotification_law.offices() if not codes.office(one)] == []


def test_offices_have_a_flag_of_their_own():
    """PRE-HOW-07: none of them has ENT or EXT in the public list; several lack DEP or TRA."""
    flagged = [codes.office(one) for one in prenotification_law.offices()]
    assert not any(one.roles & {"ENT", "EXT"} for one in flagged)
    assert any("DEP" not in one.roles for one in flagged)


def test_the_ground_is_that_of_the_day():
    """PRE-TIME-04, NCTS-GEN-04: the acts changed with the year 2023."""
    before, after = date(2022, 12, 31), date(2023, 1, 1)

    def said(flow, day):
        return [act.nb for act in prenotification_law.grounds("NO", flow, day)]
    assert said("exit", before) == ["tollforskriften § 3-1-11"]
    assert "vareførselsloven § 5-1" in said("exit", after)[0]
    assert "vareførselsloven § 2-1" in said("entry", after)[0]
    assert said("entry", before) == ["tollforskriften § 3-1-4"]


def test_every_deadline_of_the_page_says_so():
    """PRE-TIME-10: rail and inland waterway come from the Union's law, and say it."""
    for row in prenotification_law.deadlines("founding"):
        assert row.in_page is (row.mode not in ("rail", "inland"))
        assert row.article.startswith("art. ")


@pytest.mark.parametrize("regime", regime_tables.REGIMES)
@pytest.mark.parametrize("mode", question.MODES)
def test_there_is_always_a_deadline(regime, mode):
    """PRE-HOW-04: each way in and out has one, whatever is known; the last row is for any case."""
    for first, last in (("US", "NO"), ("NO", "US"), ("US", "DE")):
        for day in ("2010-01-01", "2022-06-01", "2024-06-01", "2026-06-01"):
            found = duty(ask(f"from {first} to {last} mode {mode} on {day} regime {regime}"))
            assert found.due
            for one in found.notifications:
                assert one.due.row.flow == one.flow and one.due.needs and one.law


# To the second

MOMENTS = [     # asks, filed in time, the first late second
    ("from RU to NO mode road arrival {0}", "11:00:00", "11:00:01"),
    ("from NO to RU mode road departure {0}", "11:00:00", "11:00:01"),
    ("from NO to US mode air departure {0}", "11:30:00", "11:30:01"),
    ("from US to NO mode air duration 4:00:00 arrival {0}", "08:00:00", "08:00:01"),
    ("from GB to NO mode air duration 3:59:59 departure {0}", "11:59:59", "12:00:00"),
    ("from US to NO mode sea cargo other arrival {0}", "08:00:00", "08:00:01"),
    ("from NO to US mode sea cargo other departure {0}", "10:00:00", "10:00:01"),
    ("from IS to NO mode sea cargo other arrival {0}", "10:00:00", "10:00:01"),
    ("from NO to IS mode sea cargo other departure {0}", "10:00:00", "10:00:01"),
]


@pytest.mark.parametrize(("words", "last", "first"), MOMENTS)
def test_to_the_second(words, last, first):
    """PRE-TIME-01..06: the last moment in time, and the first that is late."""
    asks = words.format("2022-06-01T12:00:00Z")
    for moment, late in ((last, False), (first, True)):
        [one] = duty(ask(f"{asks} filed 2022-06-01T{moment}Z")).notifications
        assert one.late is late


def test_the_clock_runs_to_the_deadline():
    """A second before, at it and after it."""
    asks = "from RU to NO mode road arrival 2022-06-01T12:00Z now 2022-06-01T{}Z"
    for now, left, missed in (("10:59:59", 1, False), ("11:00:00", 0, False),
                              ("11:00:01", -1, True)):
        told = answer.plain(duty(ask(asks.format(now))))
        clock = told["notifications"][0]["deadline"]["clock"]
        assert (clock["left_seconds"], clock["missed"]) == (left, missed)


def test_the_transporter_is_responsible_whoever_files():
    """PRE-WHO-01, PRE-WHO-02: five roles may file in NCTS, the transporter answers for it."""
    for role in ("transporter", "agent", "importer", "exporter", "declarant"):
        asks = f"from RU to NO mode road on 2022-06-01 role {role}"
        [one] = answer.plain(duty(ask(asks)))["notifications"]
        assert one["role_may_file"] and one["responsible"]["en"] == "the transporter"


# What is asked

@pytest.mark.parametrize(("field", "text"), [
    ("from", "Norway"), ("from", "ZZ"), ("mode", "foot"), ("arrival", "tomorrow"),
    ("arrival", "2022-06-01T12:00"), ("arrival", "0001-01-01T00:00Z"), ("duration", "long"),
    ("value", "NaN"), ("value", "-1"), ("from-port", "XXXXX"), ("office", "NO999999"),
    ("combined", "perhaps"), ("on", "2022-13-01"), ("regime", "old"), ("goods", "gold"),
    ("via", " ".join(["SE"] * 21)), ("colour", "blue"),
])
def test_what_cannot_be_understood_is_told_by_field(field, text):
    """Each in both languages; nothing is thrown."""
    faults = question.read({"from": "RU", "to": "NO", "mode": "road"} | {field: text})
    assert [fault.field for fault in faults] == [field]
    assert faults[0].en and faults[0].nb


def test_lengths_of_time():
    """As people write them."""
    for text in ("3:59", "3h59min", "PT3H59M", "239min", "3:59:00"):
        asked = question.read({"from": "GB", "to": "NO", "mode": "air", "duration": text})
        assert asked.duration == timedelta(hours=3, minutes=59)


def test_a_moment_without_a_zone_is_local_where_a_page_asks():
    """Summer time in Oslo."""
    asked = question.read({"from": "RU", "to": "NO", "mode": "road", "arrival": "2022-06-01T14:00"},
                          question.OSLO)
    assert asked.arrival == datetime(2022, 6, 1, 12, tzinfo=UTC)


def test_an_answer_is_json_and_says_what_was_asked():
    """The shape that the command, the API and the page share."""
    told = json.loads(json.dumps(answer.plain(duty(ask(
        "from NO via SE,DE to US mode sea departure 2022-06-01T12:00Z cargo other")))))
    assert told["asked"]["via"] == ["SE", "DE"] and told["due"]
    assert {field.name for field in FIELDS} >= told["asked"].keys()
