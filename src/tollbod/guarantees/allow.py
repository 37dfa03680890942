"""What a guarantee allows: the reasons G01 to G13 for which it does not cover a movement.

Pure. The order is that of the founding document's list; every reason that holds is told. Which of
them are judged, and as what they travel, is the regime's matter (`spec.guarantee_law`).
"""
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from tollbod.case.carry import at, many
from tollbod.case.model import Facts
from tollbod.case.money import convert, smallest
from tollbod.guarantees import access, usage
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.usage import Usage
from tollbod.spec import guarantee_law

REGISTERED = frozenset({"valid", "suspended", "revoked", "issued"})


class Asked(NamedTuple):
    """What an IE200 or IE203 asks of one guarantee."""

    mrn: str
    holder: str
    type: str
    access_code: str
    amount_cent: int                        # EUR cent (R0267)
    countries: tuple[str, ...]
    departure: str = ""
    destination: str = ""                   # told for type 2 only (C0233)
    commodities: tuple[str, ...] = ()       # told for types 2 and 9 only (C0815)


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
        departure=at(body, "CustomsOfficeOfDeparture/referenceNumber"),
        destination=at(body, "CustomsOfficeOfDestinationDeclared/referenceNumber"),
        commodities=tuple(_commodities(body)),
    )


def _commodities(body: dict[str, Any]) -> list[str]:
    houses = many(body.get("Consignment", {}).get("HouseConsignment"))
    codes = [at(item, "Commodity/CommodityCode") for house in houses
             for item in many(house.get("ConsignmentItem"))]
    return [code["harmonizedSystemSubHeadingCode"] + code.get("combinedNomenclatureCode", "")
            for code in codes if code]


class Case(NamedTuple):
    """All that a reason may depend on."""

    guarantee: Guarantee
    want: Asked
    own: Usage | None                       # what the movement has taken already
    code_is_right: bool
    on: date

    @property
    def amount(self) -> int:
        """Return the amount asked for in the guarantee's own currency."""
        return convert(self.want.amount_cent, "EUR", self.guarantee.currency, self.on)


def in_force(one: Guarantee, on: date) -> bool:
    """Tell whether a guarantee may be used on a day."""
    begun = one.valid_from is None or one.valid_from <= on
    over = any(day is not None and day < on for day in (one.valid_to, one.liberated))
    return one.state == "valid" and begun and not over


def _too_much(case: Case) -> bool:
    one = case.guarantee
    own = case.own.bound if case.own and case.own.state == "reserved" else 0    # given back first
    left = one.reference if one.once else one.free + own
    return case.amount > left


def _used(case: Case) -> bool:
    """Tell whether another movement has used a guarantee that only one may use."""
    return case.guarantee.free < case.guarantee.reference and case.own is None


def _other_offices(case: Case) -> bool:
    """Tell whether other offices are declared; the destination is told for type 2 only (C0233)."""
    one, want = case.guarantee, case.want
    pairs = ((one.departure, want.departure), (one.destination, want.destination))
    return one.type == "2" and any(mine and theirs and mine != theirs for mine, theirs in pairs)


def _other_commodity(case: Case) -> bool:
    mine, declared = case.guarantee.commodities, case.want.commodities
    return bool(mine) and any(not code.startswith(mine) for code in declared)


def _barred(kind: str) -> Callable[[Case], bool]:
    """Return the test whether goods of a kind are declared for which the guarantee is barred."""
    return lambda case: (kind in case.guarantee.not_for
                         and guarantee_law.are(kind, case.want.commodities, case.on))


# In the order of the founding page; G01 stands alone, because nothing else can be known then.
TESTS: tuple[tuple[str, Callable[[Case], bool]], ...] = (
    ("G02", lambda case: not in_force(case.guarantee, case.on)),
    ("G03", lambda case: not case.code_is_right),
    ("G04", lambda case: case.want.holder != case.guarantee.holder),
    ("G05", lambda case: case.guarantee.type == "4" and _used(case)),
    ("G06", _barred("suspended")),
    ("G07", _barred("sensitive")),
    ("G08", lambda case: bool(set(case.want.countries) & set(case.guarantee.not_valid_in))),
    ("G09", _too_much),
    ("G10", lambda case: case.guarantee.type == "2" and _used(case)),
    ("G11", _other_offices),
    ("G12", _other_commodity),
    ("G13", lambda case: case.want.type != case.guarantee.type),
)


def reasons(case: Case, regime: str = "founding") -> tuple[str, ...]:
    """Return the reasons for which the guarantee does not cover what is asked; none: it does."""
    if case.guarantee.state not in REGISTERED:
        return ("G01",)
    judged = guarantee_law.reasons(regime)
    return tuple(code for code, holds in TESTS if judged[code].travels and holds(case))


def judged(guarantee: Guarantee, want: Asked, facts: Facts) -> tuple[str, ...]:
    """Return the reasons against what an office of departure asks, as known here and now."""
    right = access.used(guarantee, want.access_code, facts) is not None
    own = usage.of(want.mrn, facts)
    return reasons(Case(guarantee, want, own, right, facts.now.date()), facts.regime)


def travelling(codes: tuple[str, ...], regime: str) -> tuple[str, ...]:
    """Return reasons as they travel (CL252), each code once.

    >>> travelling(("G02", "G07", "G13"), "founding")
    ('G02', 'G06')
    """
    known = guarantee_law.reasons(regime)
    return tuple(dict.fromkeys(known[code].travels for code in codes))
