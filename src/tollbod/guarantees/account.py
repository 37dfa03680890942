"""A guarantee as its office of guarantee keeps it: one stream for each GRN.

Two figures are kept apart: what is available (credited on arrival, IE209) and for what the
guarantor is still liable (until write-off, IE204). Both stand in the double-entry ledger under
the accounts named here; the ledger refuses to let `free` fall below zero. What each movement has
taken stands in rows of its own (`usage`), so that the case stays small. Amounts are integers of
the smallest unit of the guarantee's currency.
"""
from datetime import date, datetime

import msgspec

from tollbod.case.model import Case

FREE, BOUND, SPENT = "free", "bound", "spent"   # free + bound + spent = reference amount
LIABLE, SURETY = "liable", "surety"             # liable + surety = 0
REFERENCE = "reference amount"                  # what was put up, negative: the ledger sums to zero

# CL251: the types of guarantee. With a GRN that its office of guarantee keeps: CL286.
TYPES = frozenset("01234589ABJR")
RESERVED = frozenset("01249")
ONCE = frozenset("24")                          # used by one movement only: G05, G10
WITH_CODES = frozenset("01")                    # whose access codes the holder may change (IE026)
BY_GUARANTOR = frozenset("1249")                # C0234
WITH_GOODS = frozenset("29")                    # IE200 and IE203 tell the goods (C0815)
VOUCHER_CENT = 10_000_00                        # of a voucher, type 4: EUR 10,000


class AccessCode(msgspec.Struct, frozen=True):
    """One access code: never the code itself, only its digest under the key of the node."""

    number: int                             # how the holder is told which one was used
    digest: str
    master: bool                            # the initial code, which authorises changes
    given: datetime
    by: str                                 # who made it: an officer or the holder
    withdrawn: datetime | None = None
    used: int = 0                           # how often
    last: datetime | None = None            # when last


class Guarantee(Case, frozen=True, kw_only=True):
    """One guarantee: what was registered, and what is used of it in sum."""

    state: str = "none"                     # none | issued | valid | suspended | revoked
    grn: str = ""
    type: str = ""
    holder: str = ""
    guarantor: str = ""
    currency: str = "EUR"
    reference: int = 0
    former: int = 0                         # the reference amount before the last change
    percentage: int = 100                   # of the reference amount that is secured
    registered: datetime | None = None
    valid_from: date | None = None
    valid_to: date | None = None            # the last day
    liberated: date | None = None           # when the guarantor's liability ends (IE228)
    invalid: str = ""                       # reason of invalidity, as given
    not_valid_in: tuple[str, ...] = ()      # countries
    departure: str = ""                     # offices that an individual guarantee is for (G11)
    destination: str = ""
    commodities: tuple[str, ...] = ()       # beginnings of commodity codes it is for (G12)
    not_for: tuple[str, ...] = ()           # suspended (G06), sensitive (G07)
    certificates: int = 0
    copy_given: bool = False
    access_codes: tuple[AccessCode, ...] = ()
    wrong: int = 0                          # wrong access codes since the last right one
    locked: bool = False
    free: int = 0
    liable: int = 0

    @property
    def secured(self) -> int:
        """Return the amount that the guarantor or the deposit secures (guarantee amount)."""
        return -(-self.reference * self.percentage // 100)

    @property
    def once(self) -> bool:
        """Tell whether one movement alone may use it."""
        return self.type in ONCE
