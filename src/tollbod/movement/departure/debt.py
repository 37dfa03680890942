"""The debt of a movement under recovery: its own account, in double entry, until nothing is left.

Accounts of the movement's own ledger, in euro cent: `debt` is what is owed and may not fall below
zero; it is claimed once (from `claim`), and ends as `paid` or, when results show that no debt
arose, as `dropped`. The guarantor's liability stands in the guarantee's ledger and ends with the
write-off (IE204): no message ends a part of it.
"""
from collections.abc import Iterable
from decimal import InvalidOperation

import msgspec

from tollbod.case.model import Effect, Event, Facts, Floor, Post, refuse
from tollbod.case.money import smallest, written
from tollbod.movement.departure.case import Departure

DEBT, CLAIM, PAID, DROPPED = "debt", "claim", "paid", "dropped"
MOST_CENT = 10**16


def owed(case: Departure) -> int:
    """Return what the guarantees covered, in cent; what they did not cover is one cent at least."""
    return sum(use.amount_cent for use in case.uses) or 1


def left(case: Departure) -> int:
    """Return what is still to be paid, in cent."""
    return case.debt_cent - sum(case.payments)


def told(case: Departure, event: Event) -> int | None:
    """Return the payment that an act tells, all that is left if it names none; None: no amount."""
    given = event.body.get("amount")
    if given in (None, ""):
        return left(case)
    try:
        cent = smallest(str(given), "EUR")
    except (InvalidOperation, ValueError):
        return None
    return cent if 0 < cent < MOST_CENT else None


# Learn

def owing(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn how much is claimed."""
    return msgspec.structs.replace(case, debt_cent=owed(case))


def paid(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn a payment."""
    return msgspec.structs.replace(case, payments=(*case.payments, told(case, event)))


# When

def unpayable(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the payment is no amount, or more than what is left of the debt."""
    amount = told(case, event)
    return amount is None or amount > left(case)


def part_only(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the payment leaves a part of the debt."""
    return told(case, event) < left(case)


# Then

def open_debt(case: Departure) -> Iterable[Effect]:
    """Book the debt that is claimed; it can only be paid once."""
    yield Floor(DEBT, "EUR", 0)
    yield Post(CLAIM, DEBT, case.debt_cent, "EUR", case.mrn)


def book(case: Departure) -> Iterable[Effect]:
    """Book the last payment."""
    yield Post(DEBT, PAID, case.payments[-1], "EUR", case.mrn)


def drop(case: Departure) -> Iterable[Effect]:
    """Book that what is left of a claimed debt is owed no more."""
    if case.debt_cent and left(case):
        yield Post(DEBT, DROPPED, left(case), "EUR", case.mrn)


def tell_unpayable(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the payment: it is no amount, or more than what is owed."""
    rest = written(left(case), "EUR")
    yield refuse("14", f"amount: what was paid, in euro, at most {rest}",
                 f"amount: det som er betalt, i euro, høyst {rest}")
