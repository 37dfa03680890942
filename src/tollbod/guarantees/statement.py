"""A statement of a guarantee: each entry of its ledger with movement, message and balances.

Pure: entries and the names of the messages come in.
"""
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tollbod.guarantees.account import FREE, LIABLE


class Line(NamedTuple):
    """One entry, with what was free and for what one was liable after it."""

    n: int                  # number of the message within the guarantee's case
    at: datetime
    message: str            # IE203, IE209, IE204, IE225, or the officer's act
    movement: str
    debit: str
    credit: str
    amount: int
    free: int
    liable: int


def lines(entries: Iterable[Any], names: Mapping[int, str],
          before: Mapping[str, int] | None = None) -> list[Line]:
    """Return the lines of a statement from the entries in their order; `before` them stood this."""
    balance = {FREE: 0, LIABLE: 0} | dict(before or {})
    found = []
    for one in entries:
        for account, amount in ((one.debit, -one.amount), (one.credit, one.amount)):
            if account in balance:
                balance[account] += amount
        found.append(Line(one.n, one.at, names.get(one.n, ""), one.movement, one.debit,
                          one.credit, one.amount, balance[FREE], balance[LIABLE]))
    return found
