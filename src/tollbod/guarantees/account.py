"""A guarantee as its office of guarantee keeps it: one stream for each GRN.

Two figures are kept apart: what is available (credited on arrival, IE209) and for what the
guarantor is still liable (until write-off, IE204). Both stand in the double-entry ledger under
the accounts named here; the ledger refuses to let `free` fall below zero.
"""
from datetime import date, datetime
from typing import Any

import msgspec

FREE, BOUND = "free", "bound"               # free + bound = reference amount
LIABLE, SURETY = "liable", "surety"         # liable + surety = 0
REFERENCE = "reference amount"              # what was put up, negative: the ledger sums to zero


class Usage(msgspec.Struct, frozen=True):
    """What one movement has taken of the guarantee."""

    amount_cent: int
    state: str                              # reserved | credited
    since: datetime


class Guarantee(msgspec.Struct, frozen=True, kw_only=True):
    """One guarantee: what was registered, and what is used of it."""

    state: str = "none"                     # none | valid | revoked
    grn: str = ""
    type: str = ""
    holder: str = ""
    guarantor: str = ""
    reference_cent: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    not_valid_in: tuple[str, ...] = ()      # countries
    access_codes: tuple[str, ...] = ()
    free_cent: int = 0
    liable_cent: int = 0
    usages: dict[str, Usage] = {}           # MRN: what it has taken and not yet given back
    ended: Usage | None = None              # the usage that ended last
    since: datetime | None = None       # when this state was entered
    timers: dict[str, datetime] = {}


def registered(grn: str, body: dict[str, Any]) -> Guarantee:
    """Return a guarantee as an officer registers it; raises ValueError for what is impossible."""
    amount = int(body["reference_cent"])
    if amount < 0:
        raise ValueError("the reference amount cannot be negative")
    return Guarantee(
        grn=grn,
        type=str(body["type"]),
        holder=str(body["holder"]),
        guarantor=str(body.get("guarantor", "")),
        reference_cent=amount,
        valid_from=_day(body.get("valid_from")),
        valid_to=_day(body.get("valid_to")),
        not_valid_in=tuple(body.get("not_valid_in", ())),
        access_codes=tuple(body.get("access_codes", ())),
        free_cent=amount,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
