"""What a guarantee allows: the reasons G01 to G13 for which it does not cover a movement.

Pure. The order is that of the founding document's list; every reason that holds is told.
"""
from datetime import date
from typing import Any, NamedTuple

from tollbod.case.carry import at, many
from tollbod.case.money import smallest
from tollbod.guarantees.account import Guarantee
from tollbod.numbers import access_code


class Asked(NamedTuple):
    """What an IE200 or IE203 asks of one guarantee."""

    mrn: str
    holder: str
    type: str
    access_code: str
    amount_cent: int
    countries: tuple[str, ...]


def asked(body: dict[str, Any]) -> Asked:
    """Read what an IE200 or IE203 (one guarantee, one reference; R0267: EUR) asks."""
    guarantee = many(body["Guarantee"])[0]
    reference = many(guarantee["GuaranteeReference"])[0]
    return Asked(
        mrn=at(body, "TransitOperation/MRN"),
        holder=at(body, "HolderOfTheTransitProcedure/identificationNumber"),
        type=guarantee["guaranteeType"],
        access_code=reference["accessCode"],
        amount_cent=smallest(reference["amountConcerned"], reference["currency"]),
        countries=tuple(country["country"] for country in many(body["CountryInvolved"])),
    )


def reasons(guarantee: Guarantee, want: Asked, on: date) -> tuple[str, ...]:
    """Return the codes (CL252) for which `guarantee` does not cover `want`; none: it does."""
    if guarantee.state == "none":
        return ("G01",)
    used = sum(u.amount_cent for m, u in guarantee.usages.items() if m == want.mrn)
    tests = (
        ("G02", guarantee.state != "valid" or not _in_time(guarantee, on)),
        ("G03", not _knows(guarantee, want.access_code)),
        ("G04", want.holder != guarantee.holder),
        ("G08", bool(set(want.countries) & set(guarantee.not_valid_in))),
        ("G09", want.amount_cent > guarantee.free_cent + used),
        ("G13", want.type != guarantee.type),
    )
    return tuple(code for code, holds in tests if holds)


def _in_time(guarantee: Guarantee, on: date) -> bool:
    begun = guarantee.valid_from is None or guarantee.valid_from <= on
    return begun and (guarantee.valid_to is None or on <= guarantee.valid_to)


def _knows(guarantee: Guarantee, code: str) -> bool:
    return any(access_code.same(code, known) for known in guarantee.access_codes)
