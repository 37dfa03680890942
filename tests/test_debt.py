"""The debt under recovery in the ledger: claimed once, paid in parts, never twice, dropped."""
from collections import Counter
from datetime import UTC, datetime

import pytest

from tollbod.case.model import Event, Facts, Floor, Post, Refuse, step
from tollbod.movement.departure import debt
from tollbod.movement.departure.case import Departure, Use
from tollbod.movement.departure.table import TABLE
from tollbod.national import countries

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
FACTS = Facts(now=NOW, office="NO365001", profile=countries.of("NO"))
MRN = "26NO365001000001J0"
USE = Use("25NO3650010001230", "1", "AC01", "NO365001", 3000_00)


class Account:
    """A movement under recovery and what its ledger says."""

    def __init__(self) -> None:
        self.case = Departure(state="under recovery", mrn=MRN, declarant="NO310000019",
                              uses=(USE,), debt_cent=3000_00)
        self.stands: Counter[str] = Counter()
        self.post(debt.open_debt(self.case))

    def post(self, effects) -> bool:
        """Book what effects post, as the ledger does; whether something was refused."""
        effects = tuple(effects)
        for one in effects:
            if isinstance(one, Post):
                assert one.amount > 0 and (one.currency, one.movement) == ("EUR", MRN)
                self.stands[one.debit] -= one.amount
                self.stands[one.credit] += one.amount
        assert sum(self.stands.values()) == 0 and self.stands["debt"] >= 0
        return any(isinstance(one, Refuse) for one in effects)

    def pay(self, **told) -> bool:
        """Tell a payment; whether it was refused."""
        decision = step(TABLE, self.case, Event("officer recovered", told), FACTS)
        self.case = decision.case
        return self.post(decision.effects)


def test_a_debt_is_claimed_once_and_paid_in_parts():
    account = Account()
    assert any(isinstance(one, Floor) for one in debt.open_debt(account.case))
    assert account.stands == {"claim": -3000_00, "debt": 3000_00}
    assert not account.pay(amount="1000.00") and account.case.state == "under recovery"
    assert account.pay(amount="2000.01") and account.stands["debt"] == 2000_00
    assert not account.pay(amount="1999.99") and account.case.state == "under recovery"
    assert not account.pay(amount="0.01") and account.case.state == "written off"
    assert account.stands == {"claim": -3000_00, "debt": 0, "paid": 3000_00}
    assert account.pay(), "paid already"


@pytest.mark.parametrize("amount", [
    "0", "-1.00", "NaN", "many", "1e20", "3000.01", "Infinity", "1e999999"])
def test_what_is_no_payment_is_refused(amount):
    account = Account()
    assert account.pay(amount=amount) and account.stands["paid"] == 0


def test_what_is_not_owed_after_all_is_dropped():
    account = Account()
    account.pay(amount="1000.00")
    account.post(debt.drop(account.case))
    assert account.stands == {"claim": -3000_00, "debt": 0, "paid": 1000_00, "dropped": 2000_00}


def test_without_any_sum_a_cent_is_claimed():
    """IE035 tells an amount; a waiver has none that an office of guarantee keeps."""
    assert debt.owed(Departure()) == 1
