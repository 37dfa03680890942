"""What a guarantee allows: each reason alone, every pair, the order, the regimes (GUAR-04..15)."""
from datetime import UTC, date, datetime
from itertools import combinations

import msgspec
import pytest

from tollbod.guarantees import csv_list, forecast, register
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.allow import Asked, Case, reasons, travelling
from tollbod.guarantees.usage import Usage
from tollbod.spec import guarantee_law

DAY = date(2026, 5, 4)
PLAIN = Case(
    Guarantee(state="valid", grn="25NO3650010001230", type="9", holder="NO1", reference=100_00,
              free=100_00, not_for=("suspended", "sensitive")),
    Asked("26NO36500100000JJ1", "NO1", "9", "AC01", 50_00, ("NO", "SE", "DE"), "NO365001",
          "DE004851", ("030481",)),
    None, True, DAY)

USAGE = Usage("26NO36500100000JJ1", 60_00, 60_00, 60_00, "reserved",
              datetime(2026, 5, 4, 8, tzinfo=UTC))

# What makes each reason hold: changes of the guarantee, changes of what is asked. A function gets
# what was there before, so that two of them can be laid over one another.
MAKES = {
    "G02": ({"valid_to": date(2026, 5, 3)}, {}),
    "G03": ({}, {}),
    "G04": ({}, {"holder": "NO2"}),
    "G05": ({"type": "4", "free": 0}, {"type": "4"}),
    "G06": ({}, {"commodities": lambda old: (*old, "220710")}),
    "G07": ({}, {"commodities": lambda old: (*old, "220830")}),
    "G08": ({"not_valid_in": ("SE",)}, {}),
    "G09": ({}, {"amount_cent": 100_01}),
    "G10": ({"type": "2", "free": 0}, {"type": "2"}),
    "G11": ({"type": "2", "destination": "SE603330"}, {"type": "2"}),
    "G12": ({"commodities": ("0304",)}, {"commodities": lambda old: (*old, "0201")}),
    "G13": ({}, {"type": "1"}),
}
# Pairs that no guarantee can have: one is about vouchers, the other about type 2.
NEVER = {("G05", "G10"), ("G05", "G11")}


def made(*codes: str) -> Case:
    """The plain case, with what makes these reasons hold."""
    guarantee, want = {}, PLAIN.want._asdict()
    for code in codes:
        guarantee |= MAKES[code][0]
        for name, value in MAKES[code][1].items():
            want[name] = value(want[name]) if callable(value) else value
    return Case(msgspec.structs.replace(PLAIN.guarantee, **guarantee), Asked(**want), None,
                "G03" not in codes, DAY)


def expected(codes: tuple[str, ...], regime: str) -> tuple[str, ...]:
    """Those of the reasons that a regime judges, in the order of its list."""
    judged = guarantee_law.reasons(regime)
    return tuple(code for code in judged if code in codes and judged[code].travels)


def test_the_plain_case_is_covered():
    assert reasons(PLAIN, "founding") == reasons(PLAIN, "current") == ()


@pytest.mark.parametrize("regime", guarantee_law.REGIMES)
@pytest.mark.parametrize("code", MAKES)
def test_each_reason_alone(code, regime):
    assert reasons(made(code), regime) == expected((code,), regime)


@pytest.mark.parametrize("regime", guarantee_law.REGIMES)
@pytest.mark.parametrize("pair", [p for p in combinations(MAKES, 2) if p not in NEVER],
                         ids=lambda pair: "-".join(pair))
def test_every_pair_of_reasons_is_told_in_order(pair, regime):
    assert reasons(made(*pair), regime) == expected(pair, regime)


def test_what_does_not_exist_has_no_other_reason():
    case = made("G02", "G03", "G04", "G08", "G09")
    unknown = case._replace(guarantee=Guarantee())
    assert reasons(unknown) == ("G01",)


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


@pytest.mark.parametrize("amount", ["Infinity", "-Infinity", "NaN", "1e999999", "1e21", "x", "-1"])
def test_what_is_no_amount_is_a_fault_and_no_failure(amount):
    told = {"grn": "26NO3650010000505", "type": "1", "holder": "NO1", "amount": amount}
    assert [fault.name for fault in register.faults(told, DAY)] == ["amount"]


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
    ends = msgspec.structs.replace(case, valid_to=date(2026, 5, 9))
    assert forecast.verdict(ends, 80_00, "EUR", DAY, days).from_day is None
