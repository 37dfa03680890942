"""What a guarantee allows: days, amounts, the forecast, the register (reasons: their own file)."""
from datetime import UTC, date, datetime

import msgspec
import pytest

from tollbod.guarantees import csv_list, forecast, register
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.allow import Asked, Case, reasons, travelling
from tollbod.guarantees.usage import Usage

DAY = date(2026, 5, 4)
PLAIN = Case(
    Guarantee(state="valid", grn="25NO3650010001230", type="9", holder="NO1", reference=100_00,
              free=100_00, not_for=("suspended", "sensitive")),
    Asked("26NO36500100000JJ1", "NO1", "9", "AC01", 50_00, ("NO", "SE", "DE"), "NO365001",
          "DE004851", ("030481",)),
    None, True, DAY)

USAGE = Usage("26NO36500100000JJ1", 60_00, 60_00, 60_00, "reserved",
              datetime(2026, 5, 4, 8, tzinfo=UTC))


def test_the_plain_case_is_covered():
    assert reasons(PLAIN, "founding") == reasons(PLAIN, "current") == ()


@pytest.mark.parametrize("state, codes", [
    ("valid", ()), ("suspended", ("G02",)), ("revoked", ("G02",)), ("issued", ("G02",)),
    ("none", ("G01",))])
def test_only_a_valid_guarantee_covers(state, codes):
    guarantee = msgspec.structs.replace(PLAIN.guarantee, state=state)
    assert reasons(PLAIN._replace(guarantee=guarantee)) == codes


@pytest.mark.parametrize("name, day, codes", [
    ("valid_from", DAY, ()), ("valid_from", date(2026, 5, 5), ("G02",)),
    ("valid_to", DAY, ()), ("liberated", date(2026, 5, 3), ("G02",)), ("liberated", DAY, ())])
def test_the_first_and_the_last_day_count(name, day, codes):
    guarantee = msgspec.structs.replace(PLAIN.guarantee, **{name: day})
    assert reasons(PLAIN._replace(guarantee=guarantee)) == codes


@pytest.mark.parametrize("free, own, amount, covered", [
    (100_00, 0, 100_00, True), (100_00, 0, 100_01, False), (0, 0, 1, False),
    (40_00, 60_00, 100_00, True), (40_00, 60_00, 100_01, False)])
def test_what_the_movement_has_taken_itself_counts_as_free(free, own, amount, covered):
    guarantee = msgspec.structs.replace(PLAIN.guarantee, free=free)
    used = msgspec.structs.replace(USAGE, bound=own) if own else None
    case = Case(guarantee, PLAIN.want._replace(amount_cent=amount), used, True, DAY)
    assert (reasons(case) == ()) is covered


def test_what_is_told_travels_by_the_public_list():
    """CL252 of phase 6 has no G07; the founding page has no G13 (GUAR-10)."""
    assert travelling(("G02", "G06", "G07", "G13"), "founding") == ("G02", "G06")
    assert travelling(("G02", "G13"), "current") == ("G02", "G13")


def test_amounts_are_compared_in_the_guarantees_own_currency():
    krone = msgspec.structs.replace(PLAIN.guarantee, currency="NOK", reference=575_00, free=575_00)
    assert reasons(PLAIN._replace(guarantee=krone)) == ()
    more = PLAIN.want._replace(amount_cent=50_01)
    assert reasons(PLAIN._replace(guarantee=krone, want=more)) == ("G09",)


@pytest.mark.parametrize("amount", ["Infinity", "-Infinity", "NaN", "1e999999", "1e21", "x", "-1",
                                    "1e3", "1_000", "+5", "1000.005", "1,000", "5.", ".5", "٥", ""])
def test_what_is_no_amount_is_a_fault_and_no_failure(amount):
    told = {"grn": "26NO3650010000505", "type": "1", "holder": "NO1", "amount": amount}
    assert [fault.name for fault in register.faults(told, DAY)] == ["amount"]


def test_a_country_that_is_none_is_told():
    """A misprint would leave the guarantee valid where it is not to be."""
    told = {"grn": "26NO3650010000505", "type": "1", "holder": "NO1", "amount": "1"}
    assert register.faults(told | {"not_valid_in": "SE GB XI"}, DAY) == []
    fault, = register.faults(told | {"not_valid_in": "SE ZZ"}, DAY)
    assert fault.name == "not_valid_in" and "ZZ" in fault.en and "ZZ" in fault.nb


def test_a_list_that_is_broken_in_the_middle_says_where():
    text = 'grn,type,holder\n26NO3650010000505,1,NO1\n"26NO365,1,NO1\n'
    line, = csv_list.read(text, DAY)
    assert line.number == 3 and "nothing was registered" in line.faults[0].en


@pytest.mark.parametrize("first, last, covered", [
    (None, None, True), (None, DAY, True), (None, date(2026, 5, 3), False),
    (date(2026, 5, 5), None, False)])
def test_the_check_before_filing_knows_the_days_of_the_guarantee(first, last, covered):
    guarantee = msgspec.structs.replace(PLAIN.guarantee, valid_from=first, valid_to=last)
    assert forecast.verdict(guarantee, 50_00, "EUR", DAY, []).covered is covered


def test_no_more_is_promised_for_a_day_after_the_last():
    days = [forecast.Expected(date(2026, 5, 10), 50_00, 100_00)]
    case = msgspec.structs.replace(PLAIN.guarantee, free=50_00)
    assert forecast.verdict(case, 80_00, "EUR", DAY, days).from_day == date(2026, 5, 10)
    locked = msgspec.structs.replace(case, locked=True)
    assert not forecast.verdict(locked, 50_00, "EUR", DAY, days).covered, "every code is G03"
    ends = msgspec.structs.replace(case, valid_to=date(2026, 5, 9))
    assert forecast.verdict(ends, 80_00, "EUR", DAY, days).from_day is None


def test_nothing_is_promised_for_a_day_that_is_past():
    """Goods that are overdue bind the amount until somebody finds them: no day is known."""
    usages = [USAGE, msgspec.structs.replace(USAGE, mrn="26NO36500100000KJ9", bound=10_00)]
    due = {USAGE.mrn: date(2026, 5, 3), "26NO36500100000KJ9": DAY}.get
    case = msgspec.structs.replace(PLAIN.guarantee, free=30_00)
    assert forecast.expected(case, usages, due, DAY) == [forecast.Expected(DAY, 10_00, 40_00)]


@pytest.mark.parametrize("holder", ["A/B", "A\0", "x" * 18, ["NO1"]])
def test_a_holder_is_a_number_of_a_party(holder):
    told = {"grn": "26NO3650010000505", "type": "1", "holder": holder, "amount": "1"}
    assert [fault.name for fault in register.faults(told, DAY)] == ["holder"]
