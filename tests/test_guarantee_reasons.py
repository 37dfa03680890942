"""Each reason G01 to G13 alone and with each other, through the office of guarantee (GUAR-04..15).

What is expected stands in golden/guarantees/reasons.txt, not in the product: the rows are played
as acts and messages, and the codes are read from the IE201 that comes back.
"""
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from tollbod.case.model import Event, Facts, Keep, Send, step
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.office import TABLE

GOLDEN = Path(__file__).parents[1] / "golden" / "guarantees" / "reasons.txt"
GRN = {"2": "26NO3650010000204", "4": "26NO3650010000077A000001", "9": "26NO3650010000912"}
BEFORE, DAY = (datetime(2026, 5, day, 8, tzinfo=UTC) for day in (1, 4))
HOLDER, CODE, FISH = "NO310000019", "AC01", "030481"


class Row(NamedTuple):
    """One reason: the codes expected, and what makes it hold."""

    reason: str
    founding: str
    current: str
    type: str
    registered: str
    asked: str
    earlier: str


def _read() -> tuple[dict[str, Row], set[tuple[str, str]]]:
    lines = [line for line in GOLDEN.read_text("utf-8").splitlines() if line[:1] not in ("#", "")]
    never = {tuple(line.split()[1:3]) for line in lines if line.startswith("never")}
    rows = [Row(*line.split()) for line in lines if not line.startswith("never")]
    return {row.reason: row for row in rows}, never


ROWS, NEVER = _read()
TOGETHER = [(code,) for code in ROWS] + [p for p in combinations(ROWS, 2) if p not in NEVER]


class Office:
    """The table of the office of guarantee, with the rows beside one case."""

    def __init__(self, regime: str, grn: str) -> None:
        self.case, self.rows, self.regime, self.grn = Guarantee(), {}, regime, grn

    def do(self, name: str, body: dict, now: datetime) -> list[str]:
        """Play one event; the codes of the answer, if there is one."""
        facts = Facts(now=now, office="NO365001", sender="NO365001", case=self.grn,
                      kept=self.rows.get, keyed=lambda text: f"<{text}>", regime=self.regime)
        decision = step(TABLE, self.case, Event(name, body), facts)
        self.case = decision.case
        self.rows |= {one.name: one.body for one in decision.effects if isinstance(one, Keep)}
        sent = [one.body for one in decision.effects if isinstance(one, Send)]
        return [reason["code"] for body in sent
                for reason in body["Guarantee"][0]["GuaranteeReference"][0][
                    "InvalidGuaranteeReason"]]


def _told(rows: list[Row], column: str) -> dict[str, list[str]]:
    """What rows say in a column: names with the values that all of them give."""
    told: dict[str, list[str]] = {}
    for row in rows:
        name, _, value = getattr(row, column).partition("=")
        if value:
            told.setdefault(name, []).append(value)
    return told


def _question(mrn: str, kind: str, grn: str, **told: str | list[str]) -> dict:
    body = {
        "TransitOperation": {"MRN": mrn, "declarationAcceptanceDate": "2026-05-04"},
        "CustomsOfficeOfDeparture": {"referenceNumber": told.get("departure", "NO365001")},
        "HolderOfTheTransitProcedure": {"identificationNumber": told.get("holder", HOLDER)},
        "CountryInvolved": [{"country": one} for one in told.get("countries", ["NO"])],
        "Guarantee": [{"guaranteeType": kind, "GuaranteeReference": [{
            "GRN": grn, "accessCode": told.get("code", CODE),
            "amountConcerned": told.get("amount", "10.00"), "currency": "EUR"}]}],
    }
    if kind == "2":                                                             # C0233
        body["CustomsOfficeOfDestinationDeclared"] = {"referenceNumber": "DE004851"}
    if kind in "29":                                                            # C0815
        body["Consignment"] = {"HouseConsignment": [{"ConsignmentItem": [
            {"Commodity": {"CommodityCode": {"harmonizedSystemSubHeadingCode": code}}}
            for code in [FISH, *told.get("goods", [])]]}]}
    return body


def _played(rows: list[Row], regime: str) -> list[str]:
    """Play what the rows say; the codes that come back."""
    kind = next((row.type for row in rows if row.type != "-"), "9")
    grn, office = GRN[kind], Office(regime, GRN[kind])
    entered, asked = _told(rows, "registered"), _told(rows, "asked")
    if all(row.registered != "nothing" for row in rows):
        office.do("officer register", {
            "grn": grn, "type": kind, "holder": HOLDER, "access_codes": CODE,
            "amount": "10000.00"} | {n: ",".join(v) for n, v in entered.items()}, BEFORE)
        assert office.case.state == "valid"
    if any(row.earlier == "used" for row in rows):
        fits = entered.get("departure", ["NO365001"])[0]
        assert office.do("IE203", _question(
            "26NO3650010000001J1", kind, grn, departure=fits), BEFORE) == []
    declared = {"9": "2", "2": "9"}[kind] if "type" in asked else kind
    goods = asked.pop("goods", [])
    one = {name: values[0] for name, values in asked.items()}
    return office.do("IE200", _question("26NO3650010000002J1", declared, grn, goods=goods,
                                        countries=["NO", "SE", "DE"], **one), DAY)


@pytest.mark.parametrize("regime", ("founding", "current"))
@pytest.mark.parametrize("kind", GRN)
def test_what_fits_is_covered(kind, regime):
    plain = Row("none", "-", "-", kind, "-", "-", "-")
    assert _played([plain], regime) == []


@pytest.mark.parametrize("regime", ("founding", "current"))
@pytest.mark.parametrize("reasons", TOGETHER, ids="-".join)
def test_only_the_codes_expected_come_back(reasons, regime):
    rows = [ROWS[reason] for reason in reasons]
    due = [code for row in rows if (code := getattr(row, regime)) != "-"]
    if "G01" in due:
        due = ["G01"]
    assert _played(rows, regime) == list(dict.fromkeys(due))


def test_what_the_question_does_not_tell_is_no_other_office():
    """The destination is told for type 2 only: under another type it is not known to differ."""
    right = Row("G13", "G02", "G13", "2", "destination=DE004851", "type=other", "-")
    assert _played([right], "current") == ["G13"] and _played([right], "founding") == ["G02"]


def test_all_thirteen_are_there_alone_and_in_pairs():
    assert list(ROWS) == [f"G{n:02}" for n in range(1, 14)]
    assert len(TOGETHER) == 13 + 13 * 12 // 2 - len(NEVER)
