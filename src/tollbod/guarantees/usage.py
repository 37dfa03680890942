"""What one movement has taken of a guarantee: a row beside the case, by its MRN.

`open/MRN` while anything is bound or anybody liable, `over/MRN` afterwards. The rows are what the
queries, the statement and the forecast tell; what is free stands in the case and in the ledger.
"""
from datetime import datetime

import msgspec

from tollbod.case.model import Facts, Keep

OPEN, OVER = "open/", "over/"
MOST = 9999                         # usages told at once: Usage 0..9999 of IE037


class Usage(msgspec.Struct, frozen=True):
    """What one movement has taken; amounts in the smallest unit of the guarantee's currency."""

    mrn: str
    amount: int                         # for which the guarantor is liable
    bound: int                          # of the reference amount; all of it for types 2 and 4
    asked_cent: int                     # what IE203 asked for, in EUR
    state: str                          # reserved | credited | discharged | cancelled
    since: datetime                     # reserved
    code: int = 0                       # number of the access code that was used
    office: str = ""                    # of departure
    arrived: str = ""                   # arrivalDateAndTimeActual of the IE209
    ended: datetime | None = None


def of(mrn: str, facts: Facts) -> Usage | None:
    """Return what a movement has taken and not yet given back in full."""
    body = facts.kept(OPEN + mrn)
    return msgspec.msgpack.decode(body, type=Usage) if body else None


def read(rows: list[tuple[str, bytes]]) -> list[Usage]:
    """Return the usages of kept rows."""
    return [msgspec.msgpack.decode(body, type=Usage) for _, body in rows]


def listed(facts: Facts, most: int = MOST) -> list[Usage]:
    """Return usages, longest bound first: the open ones, then those that are over."""
    found = read(facts.kept_under(OPEN, most))
    if len(found) < most:
        found += read(facts.kept_under(OVER, most - len(found)))
    return sorted(found, key=lambda usage: (usage.ended is not None, usage.since, usage.mrn))


def keep(usage: Usage) -> Keep:
    """Keep a usage that is open."""
    return Keep(OPEN + usage.mrn, msgspec.msgpack.encode(usage))


def close(usage: Usage) -> tuple[Keep, Keep]:
    """Keep a usage as one that is over."""
    return Keep(OPEN + usage.mrn, None), Keep(OVER + usage.mrn, msgspec.msgpack.encode(usage))
