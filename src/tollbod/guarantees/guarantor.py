"""What a guarantor tells: vouchers sold (IE224), changes (IE225), liability cancelled (IE228).

A voucher is issued to a guarantor by an officer, one case each, and becomes valid when the
guarantor tells to whom it was sold. Only the guarantor of a guarantee may speak about it. A message
about several guarantees is given to each of their cases, which takes its own part.
"""
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, Name, On, always, nothing, refuse,
)
from tollbod.case.money import smallest
from tollbod.guarantees import access
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.acts import adjust
from tollbod.guarantees.register import name_of

# A cancellation takes effect on the 16th day after it is told (Conv. App. I; general knowledge).
NOTICE_DAYS = 16


def own_part(event: Event, facts: Facts) -> dict[str, Any]:
    """Return the part of a message that is about this guarantee."""
    references = many(event.body.get("GuaranteeReference"))
    return next(one for one in references if one["GRN"].strip() == facts.case)


def place(event: Event, facts: Facts, name: str) -> str:
    """Return the path of an element of the part that is about this guarantee."""
    grns = [one["GRN"].strip() for one in many(event.body.get("GuaranteeReference"))]
    number = f"[{grns.index(facts.case) + 1}]" if len(grns) > 1 else ""
    return f"/{event.body['messageType']}/GuaranteeReference{number}/{name}"


# When

def not_the_guarantor(case: Guarantee, _event: Event, facts: Facts) -> bool:
    """Hold if the sender is not the guarantor of a guarantee of that number."""
    return not case.guarantor or facts.sender != case.guarantor


def too_early(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the cancellation, or the end of the liability, leaves less than the days of notice.

    The liability cannot end before the guarantee does.
    """
    told = own_part(event, facts)
    return told["invalidityDate"] < _noticed(facts) \
        or told["liabilityLiberationDate"] < told["invalidityDate"]


def shortened(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if a change ends the validity, or lets it begin anew, without the days of notice."""
    told, first = own_part(event, facts), _noticed(facts)
    ends, begins = told.get("invalidityDate", ""), told.get("validityDate", "")
    stands = f"{case.valid_to or date.max}"
    begun = not case.valid_from or case.valid_from <= facts.now.date()
    return bool(ends and ends < first and f"{_day_before(ends)}" < stands
                or begins > f"{facts.now:%Y-%m-%d}" and begun)


def _noticed(facts: Facts) -> str:
    """Return the first day on which something told today can take effect."""
    return f"{facts.now.date() + timedelta(days=NOTICE_DAYS)}"


def unfit(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the change is in another currency, or leaves less than what is bound."""
    told = own_part(event, facts)
    return told["currency"] != case.currency or updated(case, event, facts).free < 0


# Learn

def sold(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn to whom a voucher was sold, with which access code, and how long it is valid."""
    told = own_part(event, facts)
    case = msgspec.structs.replace(
        case, holder=at(event.body, "HolderOfTheTransitProcedure/identificationNumber"),
        valid_from=date.fromisoformat(told["issueDate"]),
        valid_to=date.fromisoformat(told["expiryDate"]), copy_given=told["copyGiven"] == "1")
    return access.added(case, told["accessCode"], True, facts.sender, facts)


def updated(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn what the guarantor has changed: amounts, validity, restriction."""
    told = own_part(event, facts)
    amount = told.get("referenceAmount")
    reference = smallest(amount, case.currency) if amount else case.reference
    first, over = told.get("validityDate"), told.get("invalidityDate")
    barred = set(case.not_for) - {"suspended"}
    if told["restrictedUseSuspendedGoods"] == "1":
        barred.add("suspended")
    return msgspec.structs.replace(
        case, former=case.reference, reference=reference,
        free=case.free + reference - case.reference,
        percentage=int(told.get("percentageOfReferenceAmount", case.percentage)),
        certificates=int(told.get("numberOfCertificates", case.certificates)),
        valid_from=date.fromisoformat(first) if first else case.valid_from,
        valid_to=_day_before(over) if over else case.valid_to,
        invalid=told.get("invalidityReasonCode", case.invalid), not_for=tuple(sorted(barred)))


def cancelled(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn until when the guarantee is valid and when the guarantor's liability ends."""
    told = own_part(event, facts)
    return msgspec.structs.replace(
        case, valid_to=min(_day_before(told["invalidityDate"]), case.valid_to or date.max),
        liberated=date.fromisoformat(told["liabilityLiberationDate"]))


def _day_before(day: str) -> date:
    return date.fromisoformat(day) - timedelta(days=1)


# Then

def tell_not_yours(_case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse: the sender is not the guarantor of a guarantee of this number."""
    yield refuse("12", "you are not the guarantor of a guarantee with this GRN",
                 "du er ikke garantist for en garanti med denne GRN", "",
                 place(event, facts, "GRN"))


def list_under_holder(case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """List the voucher among the guarantees of the holder to whom it was sold."""
    yield Name(name_of(case))


def tell_unfit(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse: another currency, or less than what movements have bound."""
    yield refuse("14", f"the currency is {case.currency}, and the reference amount cannot fall "
                 "below what movements have bound",
                 f"valutaen er {case.currency}, og referansebeløpet kan ikke bli mindre enn det "
                 "forsendelser har bundet", "", place(event, facts, "referenceAmount"))


def tell_too_early(_case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse: the days of notice are not kept."""
    first = _noticed(facts)
    yield refuse("14", f"a cancellation takes effect on the {NOTICE_DAYS}th day: {first} or later; "
                 "the liability ends then or later",
                 f"en oppsigelse virker fra den {NOTICE_DAYS}. dagen: {first} eller senere; "
                 "ansvaret opphører da eller senere", "", place(event, facts, "invalidityDate"))


# fmt: off
ROWS = (
    #  in state      on       when               go to    then             learn
    On(ANY,          "IE224", not_the_guarantor, SAME,    tell_not_yours),
    On("issued",     "IE224", always,            "valid", list_under_holder, sold),
    On(ANY,          "IE225", not_the_guarantor, SAME,    tell_not_yours),
    On("valid",      "IE225", unfit,             SAME,    tell_unfit),
    On("valid",      "IE225", shortened,         SAME,    tell_too_early),
    On("valid",      "IE225", always,            SAME,    adjust,          updated),
    On(ANY,          "IE228", not_the_guarantor, SAME,    tell_not_yours),
    On("valid",      "IE228", too_early,         SAME,    tell_too_early),
    On("valid",      "IE228", always,            SAME,    nothing,         cancelled),
)
# fmt: on
