"""What the office of departure keeps of a movement, and how it learns it from what comes in."""
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import Event, Facts
from tollbod.case.money import NoRate, convert, smallest
from tollbod.numbers import mrn

# CL286: the types of guarantee that are checked and reserved with their office of guarantee.
RESERVED_TYPES = frozenset("01249")


class Use(msgspec.Struct, frozen=True):
    """One guarantee that covers the movement, and how its office of guarantee has answered."""

    grn: str
    type: str
    access_code: str
    office: str
    amount_cent: int                    # IE200 and IE203 always speak in EUR (R0267)
    status: str = "asked"               # asked | checked | reserved | refused
    reasons: tuple[str, ...] = ()       # G01 to G13


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """A movement as its office of departure knows it."""

    state: str = "none"
    lrn: str = ""
    mrn: str = ""
    declarant: str = ""                 # the party that sent the declaration: it gets the answers
    declaration: dict[str, Any] = {}    # plain CC015C
    declared_by: str = ""               # identification of the IE015 (correlation of the answers)
    lodged: datetime | None = None
    accepted: datetime | None = None
    released: datetime | None = None
    arrived: datetime | None = None
    uses: tuple[Use, ...] = ()
    presented: bool = False
    control: str = ""                   # "" undecided | none | decided | A1 A2 A3
    sealed: bool = False
    seals: tuple[str, ...] = ()         # affixed by the office
    crossed: tuple[str, ...] = ()       # offices of transit that reported the crossing
    destination: str = ""               # actual office of destination
    results: dict[str, Any] = {}        # plain CD018C
    since: datetime | None = None       # when this state was entered
    timers: dict[str, datetime] = {}

    @property
    def simplified(self) -> bool:
        """Tell whether the authorised consignor's authorisation (C521) is claimed (G0114)."""
        return any(a.get("type") == "C521" for a in many(self.declaration.get("Authorisation")))

    @property
    def holder(self) -> str:
        """Return the number of the holder of the transit procedure."""
        return at(self.declaration, "HolderOfTheTransitProcedure/identificationNumber")


def declared(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration; it has no MRN yet."""
    return msgspec.structs.replace(
        case,
        lrn=at(event.body, "TransitOperation/LRN"),
        declarant=facts.sender,
        declaration=event.body,
        declared_by=facts.message,
        lodged=facts.now,
        control="decided" if facts.hits else "",
    )


def accepted(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration and give it its MRN; each guarantee is now asked for."""
    if event.name == "IE015":
        case = declared(case, event, facts)
    security = at(case.declaration, "TransitOperation/security", "0")
    number = mrn.issue(
        facts.now.year,
        facts.office[:2],
        mrn.serial(facts.office[2:], facts.receipt),
        mrn.letter(security),
    )
    return msgspec.structs.replace(
        case, mrn=number, accepted=facts.now, uses=tuple(_uses(case.declaration, facts))
    )


def accepted_and_gone(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration, its MRN, and that the goods are released at the same moment."""
    return let_go(accepted(case, event, facts), event, facts)


def _uses(declaration: dict[str, Any], facts: Facts) -> list[Use]:
    """List the guarantees that an office of guarantee has to confirm, amounts in cent."""
    uses = []
    for guarantee in many(declaration.get("Guarantee")):
        kind = guarantee.get("guaranteeType", "")
        if kind not in RESERVED_TYPES:
            continue
        for reference in many(guarantee.get("GuaranteeReference")):
            grn = reference.get("GRN", "")
            office = facts.profile.guarantee_office(grn)
            if not facts.reaches(office[:2]):       # our own office then answers G01
                office = facts.profile.guarantee_office("")
            code = reference.get("accessCode", "")
            uses.append(Use(grn, kind, code, office, _cent(reference, facts)))
    return uses


def _cent(reference: dict[str, str], facts: Facts) -> int:
    currency = reference["currency"]
    amount = smallest(reference["amountToBeCovered"], currency)
    return convert(amount, currency, "EUR", facts.now.date())


def unknown_currencies(declaration: dict[str, Any], facts: Facts) -> list[str]:
    """List the currencies of the declared guarantees for which there is no rate."""
    unknown = []
    for guarantee in many(declaration.get("Guarantee")):
        for reference in many(guarantee.get("GuaranteeReference")):
            try:
                _cent(reference, facts)
            except NoRate:
                unknown.append(reference["currency"])
    return unknown


def answered(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn what an office of guarantee answered (IE201 to the check, IE205 to the use)."""
    good = "checked" if event.name == "IE201" else "reserved"
    said: dict[str, tuple[str, ...]] = {}
    for guarantee in many(event.body.get("Guarantee")):
        for reference in many(guarantee.get("GuaranteeReference")):
            reasons = many(reference.get("InvalidGuaranteeReason"))
            said[reference["GRN"]] = tuple(reason["code"] for reason in reasons)
    uses = tuple(_answer(use, good, said.get(use.grn)) for use in case.uses)
    return msgspec.structs.replace(case, uses=uses)


def _answer(use: Use, good: str, reasons: tuple[str, ...] | None) -> Use:
    if reasons is None:
        return use
    status = "refused" if reasons else good
    return msgspec.structs.replace(use, status=status, reasons=reasons)


def presented(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that goods and documents were presented at the office."""
    return msgspec.structs.replace(case, presented=True)


def control_decided(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the decision on control: `"decision": "none"` or `"control"`."""
    control = "none" if event.body.get("decision") == "none" else "decided"
    return msgspec.structs.replace(case, control=control)


def control_done(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the result of the control (A1 satisfactory, A2 considered satisfactory)."""
    return msgspec.structs.replace(case, control=event.body.get("code", "A1"))


def seals_fixed(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the decision on sealing: the seals affixed, or none (`"seals": []`)."""
    seals = tuple(event.body.get("seals", ()))
    return msgspec.structs.replace(case, sealed=True, seals=seals)


def let_go(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the release, and the guarantee's answer that brought it about where one did."""
    if event.name == "IE205":
        case = answered(case, event, facts)
    if event.name == "officer result":
        case = control_done(case, event, facts)
    return msgspec.structs.replace(case, released=facts.now)


def crossing(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn which office of transit was crossed (IE118)."""
    office = at(event.body, "CustomsOfficeOfTransitActual/referenceNumber")
    return msgspec.structs.replace(case, crossed=(*case.crossed, office))


def arrival(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the arrival (IE006): where, and that it was told now."""
    office = at(event.body, "CustomsOfficeOfDestinationActual/referenceNumber")
    return msgspec.structs.replace(case, arrived=facts.now, destination=office)


def results(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the results of the control at destination (IE018)."""
    return msgspec.structs.replace(case, results=event.body)
