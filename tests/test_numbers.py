"""Reference numbers: real ones are fine, broken ones are named, and no text makes them raise."""
import doctest
import importlib
import json
import pkgutil
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tollbod.numbers
from tollbod.numbers import (KINDS, access_code, container, grn, lrn, mrn, nodi, office, orgnr,
                             reference, seal)
from tollbod.play import number as play

MODULES = ["tollbod.numbers", "tollbod.play.number",
           *(f"tollbod.numbers.{module.name}"
             for module in pkgutil.iter_modules(tollbod.numbers.__path__))]
TODAY = date(2026, 3, 9)
ALPHABET = reference.DIGITS
CAPITALS = ALPHABET[10:]
countries = st.text(CAPITALS, min_size=2, max_size=2)
own_parts = st.text(ALPHABET, min_size=12, max_size=12)

# kind, as written, verdict, a word of what is said (R0028, R0318, R0324, R0410 and the schema)
TABLE = [
    ("mrn",         "24GB000246J8NY33L7",        "fine",  ""),
    ("mrn",         "24 gb 000246 j8ny33l7",     "fine",  ""),
    ("mrn",         "18GB0000601001EB15",        "fine",  ""),
    ("mrn",         "23GB000246IF9W5YJ0",        "fine",  ""),
    ("mrn",         "24GB000246B72DUJL4",        "odd",   "check digit is 4, but 3"),
    ("mrn",         "24NO02091D3HAVFST5",        "odd",   "check digit"),
    ("mrn",         "25GB0002466YBYPKJF",        "odd",   "fallback"),
    ("mrn",         "27GB0000601001EBJ9",        "odd",   "2027 has not begun"),
    ("mrn",         "25GB000246Z3G0TUX4",        "wrong", "17th character is X"),
    ("mrn",         "25GB000246Z3G0TUA4",        "wrong", "an export or exit number"),
    ("mrn",         "25GB000246Z3G0TUJX",        "wrong", "ends in X"),
    ("mrn",         "2GGB000246Z3G0TUJ4",        "wrong", "begins with 2GGB"),
    ("mrn",         "25G1000246Z3G0TUJ4",        "wrong", "begins with 25G1"),
    ("mrn",         "25GB0002æ6Z3G0TUJ4",        "wrong", "something else"),
    ("mrn",         "²5GB000246Z3G0TUJ4",        "wrong", "something else"),
    ("mrn",         "25GB000246Z3G0TUJ",         "wrong", "17 characters"),
    ("mrn",         "",                          "wrong", "0 characters"),
    ("grn",         "20GB0000010000GX1",         "fine",  ""),
    ("grn",         "05DE3300BE0001067A001017",  "fine",  ""),
    ("grn",         "20GB0000010000GX2",         "odd",   "check digit"),
    ("grn",         "05DE3300BE00010671001017",  "wrong", "voucher is 1001017"),
    ("grn",         "20GB0000010000GXA",         "wrong", "17th character"),
    ("grn",         "20GB0000010000GX",          "wrong", "16 characters"),
    ("grn",         "2000000010000GX12",         "wrong", "begins with 2000"),
    ("lrn",         "NO12345620260309000017",    "fine",  ""),
    ("lrn",         "anything, really",          "fine",  ""),
    ("lrn",         "ABCDEFGH99999999000001",    "fine",  ""),
    ("lrn",         "NO12345620260231000017",    "odd",   "yyyymmdd"),
    ("lrn",         "NO12345620260310000017",    "odd",   "has not come"),
    ("lrn",         "x" * 23,                    "wrong", "at most 22"),
    ("lrn",         " ",                         "wrong", "empty"),
    ("access_code", "a1B2",                      "fine",  ""),
    ("access_code", "A1",                        "odd",   "4 of A-Z"),
    ("access_code", "A1-2",                      "odd",   "4 of A-Z"),
    ("access_code", "A1B2C",                     "wrong", "5 characters"),
    ("eori",        "GB123456789000",            "fine",  ""),
    ("eori",        "NO123456789",               "fine",  ""),
    ("eori",        "G1123456789000",            "wrong", "two letters"),
    ("eori",        "GB",                        "wrong", "after the country"),
    ("eori",        "GB1234567890123456",        "wrong", "at most 17"),
    ("orgnr",       "974 761 076",               "fine",  ""),
    ("orgnr",       "913144929",                 "fine",  ""),
    ("orgnr",       "123456789",                 "odd",   "check digit"),
    ("orgnr",       "974761076MVA",              "wrong", "VAT"),
    ("orgnr",       "97476107",                  "wrong", "9 digits"),
    ("orgnr",       "٩٧٤٧٦١٠٧٦",                 "wrong", "9 digits"),
    ("nodi",        "NO123456",                  "fine",  ""),
    ("nodi",        "NO-12345",                  "odd",   "something else"),
    ("nodi",        "NO1234567",                 "wrong", "9 characters"),
    ("office",      "no371001",                  "fine",  ""),
    ("office",      "SE603303",                  "fine",  ""),
    ("office",      "N0371001",                  "wrong", "not an office"),
    ("container",   "CSQU 305438-3",             "fine",  ""),
    ("container",   "CSQU3054384",               "odd",   "check digit is 4, but 3"),
    ("container",   "WAGON 12",                  "odd",   "standard form"),
    ("container",   "é" * 11,                    "wrong", "plain characters"),
    ("container",   "X" * 18,                    "wrong", "plain characters"),
    ("seal",        "NO-4711 a",                 "fine",  ""),
    ("seal",        "x" * 21,                    "wrong", "at most 20"),
    ("seal",        "",                          "wrong", "empty"),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_documentation_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_kind_has_the_one_shape_and_shows_an_example():
    for name, kind in KINDS.items():
        assert kind.module.__name__ == f"tollbod.numbers.{name}"
        assert ">>>" in kind.module.__doc__ and "Source:" in kind.module.__doc__
        assert kind.en and kind.nb and kind.module.compact and kind.module.explain


@pytest.mark.parametrize(("kind", "text", "expected", "said"), TABLE)
def test_verdict(kind, text, expected, said):
    faults = KINDS[kind].module.check(text, on=TODAY)
    assert play.verdict(faults) == expected
    assert said in " ".join(fault.en for fault in faults)
    assert all(fault.nb and fault.nb != fault.en for fault in faults)


@given(st.sampled_from(sorted(KINDS)),
       st.one_of(st.text(), st.text(ALPHABET + "æ² -F", max_size=26),
                 st.characters(codec=None).map(lambda char: char * 18),
                 st.sampled_from([row[1] for row in TABLE])))
def test_no_text_raises_and_the_parts_joined_are_the_number(kind, text):
    module = KINDS[kind].module
    number = module.compact(text)
    assert module.compact(number) == number
    assert module.check(text, on=TODAY) == module.check(number, on=TODAY)
    for language in ("en", "nb"):
        parts = module.explain(text, language)
        assert "".join(part for part, _ in parts) == number
        assert all(meaning for _, meaning in parts)


@given(st.from_regex("(([0-1][0-9]|[2][0-4])[A-Z]{2}[A-Z0-9]{13}[0-9])"
                     "|(([2][4-9]|[3-9][0-9])[A-Z]{2}[A-Z0-9]{12}[J-M][0-9])", fullmatch=True))
def test_no_mrn_that_the_schema_takes_is_wrong(number):
    assert "wrong" not in {fault.severity for fault in mrn.check(number)}


@given(st.integers(2024, 2099), countries, own_parts, st.sampled_from("JKLM"))
def test_an_issued_mrn_is_fine(year, country, own, letter):
    number = mrn.issue(year, country, own, letter)
    assert mrn.check(number, on=date(year, 1, 1)) == []
    assert [part for part, _ in mrn.explain(number)] == [
        f"{year % 100:02}", country, own, letter, number[-1]]


@given(st.integers(2000, 2024), countries, st.text(ALPHABET, min_size=13, max_size=13))
def test_an_issued_mrn_of_phase_4_is_fine(year, country, own):
    assert mrn.check(mrn.issue(year, country, own, letter=""), on=date(year, 1, 1)) == []


@given(st.integers(2000, 2099), countries, own_parts,
       st.one_of(st.just(""), st.from_regex(r"\A[A-Z][0-9]{6}\Z", fullmatch=True)))
def test_an_issued_grn_is_fine(year, country, own, voucher):
    assert grn.check(grn.issue(year, country, own, voucher), on=date(year, 1, 1)) == []


def values_mod_11(text):
    """Each character's value modulo 11 and the weighted remainder, counted here once more."""
    letters = [value for value in range(10, 39) if value % 11]
    worth = {char: value for char, value in zip(ALPHABET, [*range(10), *letters], strict=True)}
    values = [worth[char] % 11 for char in text]
    return values, sum(value << place for place, value in enumerate(values)) % 11


@given(own_parts, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_changed_character_is_seen_but_for_the_blind_spots(own, place, put):
    right = mrn.issue(2026, "NO", own, "J")
    changed = right[:place] + put + right[place + 1:]
    if changed == right or mrn.check(changed):
        return
    assert place < 17
    before, remainder = values_mod_11(right[:17])
    after, other = values_mod_11(changed[:17])
    assert before == after or {remainder, other} == {0, 10}


def test_the_blind_spots_are_as_few_as_the_modulus_promises():
    """Of all single changes in the middle of one number about one in eleven goes unseen."""
    right = mrn.issue(2026, "NO", mrn.serial("371001", 123456), "J")
    changes = [right[:place] + put + right[place + 1:]
               for place in range(4, 16) for put in ALPHABET if put != right[place]]
    unseen = [changed for changed in changes if not mrn.check(changed)]
    assert len(changes) == 420
    assert len(unseen) / len(changes) < 0.16


@given(st.tuples(st.text(ALPHABET, min_size=6, max_size=6), st.integers(0, 36**6 - 1)),
       st.tuples(st.text(ALPHABET, min_size=6, max_size=6), st.integers(0, 36**6 - 1)))
def test_a_serial_is_read_back_and_no_two_are_alike(one, two):
    first, second = mrn.serial(*one), mrn.serial(*two)
    assert (first[:6], int(first[6:], 36)) == one
    assert (first == second) == (one == two)


@pytest.mark.parametrize("attempt", [
    lambda: mrn.serial("371001", 36**6), lambda: mrn.serial("371001", 36**7, width=7),
    lambda: mrn.serial("371001", -1), lambda: mrn.serial("NO371001", 1),
    lambda: mrn.issue(26, "NO", "371001000001", "J"), lambda: mrn.issue(2026, "no", "0" * 12, "J"),
    lambda: mrn.issue(2023, "NO", "0" * 12, "J"), lambda: mrn.issue(2026, "NO", "0" * 12, "A"),
    lambda: mrn.issue(2025, "NO", "0" * 13, ""), lambda: mrn.issue(2026, "NO", "0" * 11, "J"),
    lambda: grn.issue(2026, "NO", "0" * 12, "A1"), lambda: grn.issue(2026, "NO", "0" * 11),
    lambda: lrn.issue("NO123456", TODAY, 10**6), lambda: lrn.issue("NO1", TODAY, 1),
    lambda: lrn.issue("no123456", TODAY, 1), lambda: lrn.issue("NO123456", TODAY, -1),
])
def test_nothing_is_issued_that_would_not_be_right(attempt):
    with pytest.raises((ValueError, OverflowError)):
        attempt()


@given(st.text(ALPHABET, min_size=8, max_size=8), st.dates(), st.integers(0, 10**6 - 1))
def test_an_issued_lrn_is_fine_and_read_back(sender, on, serial):
    number = lrn.issue(sender, on, serial)
    assert len(number) == 22 and lrn.check(number, on=on) == []
    assert [part for part, _ in lrn.explain(number)] == [sender, number[8:16], f"{serial:06}"]
    assert nodi.check(sender) == []


@given(st.randoms(use_true_random=False))
def test_an_issued_access_code_is_fine_and_legible(random):
    code = access_code.issue(random.randrange)
    assert access_code.check(code) == []
    assert access_code.same(code.lower(), code) and not set(code) & set("0O1I")


def test_an_access_code_is_not_repeated_in_what_is_said_against_it():
    assert not any("SECRET" in fault.en + fault.nb for fault in access_code.check("SECRET"))
    assert not access_code.same("\udc80", "ABCD")


@given(st.from_regex(r"\A[A-Z]{3}[UJZ][0-9]{6}\Z", fullmatch=True))
def test_a_container_s_check_digit_is_the_one_of_the_mrn(body):
    assert container.check(body + reference.check_digit(body)) == []


@given(st.text("AB-", max_size=5), st.integers(0, 99999), st.integers(0, 40), st.integers(1, 6))
def test_a_row_of_seals_goes_to_its_ends_and_back(roll, low, more, width):
    seals = [f"{roll}{at:0{width}}" for at in range(low, low + more + 1)]
    assert list(seal.consecutive(seals[0], seals[-1])) == seals
    assert seal.rows(seals) == [(seals[0], seals[-1])]


@given(st.lists(st.text("A019 ", min_size=1, max_size=20).map(seal.compact).filter(bool)))
def test_any_seals_come_back_from_their_rows(seals):
    back = [mark for first, last in seal.rows(seals) for mark in seal.consecutive(first, last)]
    assert back == seals


@pytest.mark.parametrize(("first", "last"), [
    ("A1", "B2"), ("A2", "A1"), ("A", "B"), ("A1", "A99999"), ("A01", "A2"), ("A1", "A02"),
    ("", "A1"), ("A1", "A" * 21), ("A", "A1"),
])
def test_seals_that_are_no_row(first, last):
    with pytest.raises(ValueError, match=r"seal|roll|written"):
        seal.consecutive(first, last)


@pytest.mark.parametrize(("kind", "value", "code", "verdict"), [
    ("mrn", "18gb 0000 6010 01EB 15", 0, "fine"),
    ("MRN", "24GB000246B72DUJL4", 0, "odd"),
    ("access-code", "ABCDE", 1, "wrong"),
    ("orgnr", "\udc80\x1b[31m", 1, "wrong"),
])
def test_command_says_the_same_to_people_and_programs(capsys, kind, value, code, verdict):
    assert play.run(kind, value, json_out=True, on=TODAY) == code
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verdict"], answer["given"]) == (verdict, value)
    for language in ("en", "nb"):
        assert play.run(kind, value, language=language, on=TODAY) == code
        shown = capsys.readouterr().out
        assert play.VERDICTS[verdict][language == "nb"] in shown and "\x1b" not in shown
        assert all(fault[language] in re.sub(r"\s+", " ", shown) for fault in answer["faults"])


def test_command_tells_that_it_tidied_the_spelling(capsys):
    play.run("office", "no 371001")
    assert "as given: 'no 371001'" in capsys.readouterr().out
    play.run("office", "NO371001")
    assert "as given" not in capsys.readouterr().out


def test_command_names_the_kinds_when_there_is_no_such_kind(capsys):
    assert play.run("mnr", "1") == 2
    shown = capsys.readouterr().out
    assert "Did you mean mrn?" in shown and all(f"  {name}" in shown for name in KINDS)
    assert play.run("[bold]", "1", json_out=True) == 2
    assert json.loads(capsys.readouterr().out)["kinds"] == list(KINDS)


def test_an_office_and_an_organisation_are_told_apart():
    assert office.check("974761076") and orgnr.check("NO371001")
