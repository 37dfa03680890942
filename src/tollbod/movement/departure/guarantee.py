"""Guarantees at departure: checked (IE200), reserved (IE203), credited (IE209), ended (IE204)."""
from collections.abc import Iterable
from functools import wraps
from typing import Any

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, Task, Then, Timer, always, nothing, refuse,
)
from tollbod.case.money import NoRate, convert, smallest, written
from tollbod.findings import Finding
from tollbod.movement.deadlines import start
from tollbod.movement.departure.case import Departure, Use
from tollbod.movement.departure.letters import (
    P6, dates, day, here, to_declarant,
)
from tollbod.movement.departure.release import (
    ask_control, ask_new_times, ask_release, delayed, held_back, hold_back, kept_here, let_go,
    no_release,
    overdue, release, simplified, to_be_controlled, wait_release,
)
from tollbod.spec import guarantee_law

# CL286: the types of guarantee that are checked and reserved with their office of guarantee.
RESERVED_TYPES = frozenset("01249")
WITH_GOODS = frozenset("29")            # asked for with the commodity codes of the goods (C0815)


# Learn

def uses(declaration: dict[str, Any], facts: Facts) -> tuple[Use, ...]:
    """List the guarantees that an office of guarantee has to confirm, amounts in cent."""
    found = []
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
            found.append(Use(grn, kind, code, office, _cent(reference, facts)))
    return _merged(found)


def _merged(found: list[Use]) -> tuple[Use, ...]:
    """Return each guarantee once: what is declared twice of one is asked for as one amount."""
    merged: dict[str, Use] = {}
    for use in found:
        before = merged.get(use.grn)
        if before:
            total = before.amount_cent + use.amount_cent
            use = msgspec.structs.replace(before, amount_cent=total)
        merged[use.grn] = use
    return tuple(merged.values())


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
    said = {reference["GRN"]: reference for guarantee in many(event.body.get("Guarantee"))
            for reference in many(guarantee.get("GuaranteeReference"))}
    return msgspec.structs.replace(
        case, uses=tuple(_answer(use, good, said.get(use.grn)) for use in case.uses)
    )


def _answer(use: Use, good: str, said: dict[str, Any] | None) -> Use:
    if said is None:
        return use
    reasons = tuple(reason["code"] for reason in many(said.get("InvalidGuaranteeReason")))
    barred = tuple(one["guaranteeNotValidIn"] for one in many(said.get("ValidityLimitation")))
    return msgspec.structs.replace(use, status="refused" if reasons else good, reasons=reasons,
                                   not_valid_in=barred)


def gone(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the last answer of a guarantee and, with it, the release."""
    return let_go(answered(case, event, facts), event, facts)


# When

def unexpected(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold for an answer that none of the present guarantees waits for: an older question's."""
    due = "asked" if event.name == "IE201" else "checked"
    told = {
        reference["GRN"]
        for guarantee in many(event.body.get("Guarantee"))
        for reference in many(guarantee.get("GuaranteeReference"))
    }
    return not any(use.grn in told and use.status == due for use in case.uses)


def more_to_come(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if other guarantees have not been answered yet."""
    due = "asked" if event.name == "IE201" else "checked"
    return any(use.status == due for use in answered(case, event, facts).uses)


def refused(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if any guarantee is refused, now that all are answered."""
    return any(use.status == "refused" for use in answered(case, event, facts).uses)


# Then

def ask(case: Departure, facts: Facts) -> Iterable[Effect]:
    """Ask each office of guarantee whether the guarantee is good (IE200); wait for its answer."""
    for use in case.uses:
        yield _question(case, "IE200", use)
    if case.uses:
        yield start("guarantee answer", facts)


def ask_again(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask an office of guarantee that is silent once more; an officer may end the wait."""
    silent = [use for use in case.uses if use.status in ("asked", "checked")]
    asked = [use for use in silent if use.status == "asked"]
    for use in asked or silent:
        yield _question(case, "IE200" if asked else "IE203", use)
    yield start("guarantee answer", facts)
    offices = ", ".join(dict.fromkeys(use.office for use in asked or silent))
    yield Task("guarantee", f"The office of guarantee {offices} does not answer",
               f"Garantitollstedet {offices} svarer ikke", ("ask-guarantee", "no-release"))


def no_longer_silent() -> Iterable[Effect]:
    """Stop waiting for offices of guarantee: all have answered, or it does not matter."""
    yield Timer("guarantee answer", None)
    yield Task("guarantee")


def use_guarantees(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Reserve every guarantee (IE203), now that all are checked."""
    yield from no_longer_silent()
    yield start("guarantee answer", facts)
    for use in case.uses:
        yield _question(case, "IE203", use)


def _countries(case: Departure) -> list[str]:
    """List the countries the movement touches, in order, each once."""
    declared = case.declaration
    offices = [here(case)["referenceNumber"],
               *case.offices("CustomsOfficeOfTransitDeclared"), case.declared_destination]
    routing = many(declared.get("Consignment", {}).get("CountryOfRoutingOfConsignment"))
    return list(dict.fromkeys([o[:2] for o in offices] + [r["country"] for r in routing]))


def _question(case: Departure, ie: str, use: Use) -> Send:
    """Write IE200 (check) or IE203 (use) to the office of guarantee of one guarantee."""
    reference = {
        "sequenceNumber": "1", "GRN": use.grn, "accessCode": use.access_code,
        "amountConcerned": written(use.amount_cent, "EUR"), "currency": "EUR",
    }
    body = {
        "TransitOperation": {
            "MRN": case.mrn, "declarationAcceptanceDate": day(case.accepted),
        },
        "CustomsOfficeOfDeparture": here(case),
        "HolderOfTheTransitProcedure": {"identificationNumber": case.holder},
        "CountryInvolved": [
            {"sequenceNumber": str(n), "country": country}
            for n, country in enumerate(_countries(case), 1)
        ],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": use.type,
                       "GuaranteeReference": [reference]}],
    }
    if use.type == "2":                                                         # C0233
        body["CustomsOfficeOfDestinationDeclared"] = case.declaration[
            "CustomsOfficeOfDestinationDeclared"]
    if use.type in WITH_GOODS:                                                  # C0815
        body["Consignment"] = {"HouseConsignment": goods(case.declaration)}
    return Send(ie, use.office, carry(P6, f"CD{ie[2:]}C", body), role="guarantee", case=use.grn)


def goods(declaration: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the goods as an office of guarantee is told them: commodity codes, house by house."""
    houses = []
    for house in many(declaration.get("Consignment", {}).get("HouseConsignment")):
        named = [item["Commodity"] for item in many(house.get("ConsignmentItem"))
                 if at(item, "Commodity/CommodityCode")]
        if named:
            houses.append({"sequenceNumber": str(len(houses) + 1), "ConsignmentItem": [
                {"sequenceNumber": str(n), "Commodity": commodity}
                for n, commodity in enumerate(named, 1)]})
    return houses


def unaskable(declaration: dict[str, Any], root: str, facts: Facts) -> list[Finding]:
    """Return why no office of guarantee could be asked: goods without a code, unknown currency,
    one guarantee named twice and not alike.

    A declaration's currency has a row of its own.
    """
    found = []
    kinds = {guarantee.get("guaranteeType") for guarantee in many(declaration.get("Guarantee"))}
    if kinds & WITH_GOODS and not goods(declaration):
        found.append(Finding(
            "rules", "13", "C0815", f"/{root}/Consignment/HouseConsignment/ConsignmentItem/"
            "Commodity/CommodityCode", 0, "a guarantee of type 2 or 9 is asked for with the "
            "commodity codes of the goods: at least one item must have one",
            "en garanti av type 2 eller 9 spørres det om med varekodene: minst én vare må ha en"))
    for grn in _unlike(declaration):
        found.append(Finding(
            "rules", "14", "", f"/{root}/Guarantee/GuaranteeReference/GRN", 0,
            f"{grn} is named twice, with another type or access code: name it once, with the sum",
            f"{grn} er nevnt to ganger, med ulik type eller tilgangskode: nevn den én gang, med "
            "summen", grn))
    for currency in unknown_currencies(declaration, facts) if root != "CC015C" else ():
        found.append(Finding(
            "codes", "12", "CL048", f"/{root}/Guarantee/GuaranteeReference/currency", 0,
            f"no exchange rate for {currency}; give the amount in another currency",
            f"ingen valutakurs for {currency}; oppgi beløpet i en annen valuta", currency))
    return found


def _unlike(declaration: dict[str, Any]) -> list[str]:
    """List the guarantees that are named more than once under another type or access code."""
    named: dict[str, set[tuple[str, str]]] = {}
    for guarantee in many(declaration.get("Guarantee")):
        for reference in many(guarantee.get("GuaranteeReference")):
            if grn := reference.get("GRN"):
                alike = (guarantee["guaranteeType"], reference.get("accessCode", "").upper())
                named.setdefault(grn, set()).add(alike)
    return [grn for grn, alike in named.items() if len(alike) > 1]


def _notice(case: Departure, ie: str, use: Use, said: dict[str, str]) -> Send:
    """Write IE204 (use ends) or IE209 (amount credited) about one guarantee."""
    reference = {"sequenceNumber": "1", "GRN": use.grn,
                 "CustomsOfficeOfGuarantee": {"referenceNumber": use.office}}
    body = {
        "TransitOperation": {"MRN": case.mrn} | said,
        "CustomsOfficeOfDeparture": here(case),
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": use.type,
                       "GuaranteeReference": [reference]}],
    }
    return Send(ie, use.office, body, role="guarantee", case=use.grn)


def credit(case: Departure, event: Event) -> Iterable[Send]:
    """Credit the reference amount of every guarantee on arrival (IE209)."""
    when = at(event.body, "TransitOperation/arrivalDateAndTimeActual")
    for use in case.uses:
        if use.status == "reserved":
            yield _notice(case, "IE209", use, {"arrivalDateAndTimeActual": when})


def discharge(case: Departure, facts: Facts) -> Iterable[Send]:
    """End the liability of every guarantee (IE204 with the day of release, C0255)."""
    for use in case.uses:
        if use.status == "reserved":
            yield _notice(case, "IE204", use, {"releaseDate": day(facts.now)})


def give_back(case: Departure, facts: Facts, uses: tuple[Use, ...] | None = None
              ) -> Iterable[Send]:
    """Give back what was reserved or asked for (IE204 with the day the use is cancelled)."""
    for use in case.uses if uses is None else uses:
        if use.status != "refused":
            yield _notice(case, "IE204", use, {"usageCancellationDate": day(facts.now)})


def give_back_late(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give back what an office reserves after all (IE204) although it had refused before."""
    late = answered(case, event, facts)
    for before, after in zip(case.uses, late.uses):
        if (before.status, after.status) == ("refused", "reserved"):
            yield from give_back(case, facts, (after,))


def all_answered(then: Then) -> Then:
    """Return what follows when the last office of guarantee has answered: nobody waits any more."""
    @wraps(then)
    def answered_and_then(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
        yield from no_longer_silent()
        yield from then(case, event, facts)
    return answered_and_then


def _reason(number: int, code: str, case: Departure, facts: Facts) -> dict[str, str]:
    """Return one reason of IE055; where list CL252 has no G07, the text of G06 says it."""
    told = {"sequenceNumber": str(number), "code": code}
    commodities = [at(item["Commodity"], "CommodityCode/harmonizedSystemSubHeadingCode")
                   for house in goods(case.declaration) for item in house["ConsignmentItem"]]
    on = facts.now.date()
    g07 = guarantee_law.reasons(facts.regime)["G07"]
    if code == g07.travels and guarantee_law.are("sensitive", commodities, on) \
            and not guarantee_law.are("suspended", commodities, on):
        told["text"] = f"G07: {g07.words}"
    return told


def tell_guarantee(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the declarant which guarantees are not valid and why (IE055); start the timer."""
    yield from no_longer_silent()
    yield Task("amendment")
    references = [
        {
            "sequenceNumber": str(n), "GRN": use.grn,
            "InvalidGuaranteeReason": [
                _reason(m, code, case, facts) for m, code in enumerate(use.reasons, 1)
            ],
        }
        for n, use in enumerate((u for u in case.uses if u.status == "refused"), 1)
    ]
    yield to_declarant(case, "IE055", dates(case) | {"GuaranteeReference": references})
    yield start("guarantee amendment", facts)


def too_late(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the release (IE051): no valid guarantee came in time."""
    yield Timer("guarantee amendment", None)
    yield Task("release")
    yield from no_release(case, event, facts)


def wait_for_guarantee(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a release before the guarantee is reserved."""
    yield refuse("92", "the guarantee is not reserved yet; its office has not answered",
                 "garantien er ikke reservert ennå; garantitollstedet har ikke svart")


# fmt: off
ROWS = (
    #  in state              on                            when              go to                  then                learn
    On("accepted",           "IE201",                      unexpected,       SAME,                  nothing),
    On("accepted",           "IE201",                      more_to_come,     SAME,                  nothing,            answered),
    On("accepted",           "IE201",                      refused,          "guarantee not valid", tell_guarantee,     answered),
    On("accepted",           "IE201",                      always,           SAME,                  use_guarantees,     answered),
    On("accepted",           "IE205",                      unexpected,       SAME,                  give_back_late),
    On("accepted",           "IE205",                      more_to_come,     SAME,                  nothing,            answered),
    On("accepted",           "IE205",                      refused,          "guarantee not valid", tell_guarantee,     answered),
    On("accepted",           "IE205",                      to_be_controlled, "under control",       all_answered(ask_control), answered),
    On("accepted",           "IE205",                      held_back,        "covered",             all_answered(hold_back), answered),
    On("accepted",           "IE205",                      overdue,          "covered",             all_answered(ask_new_times), answered),
    On("accepted",           "IE205",                      delayed,          "covered",             all_answered(wait_release), answered),
    On("accepted",           "IE205",                      simplified,       "released",            all_answered(release), gone),
    On("accepted",           "IE205",                      always,           "covered",             all_answered(ask_release), answered),
    On("accepted",           "timer guarantee answer",     always,           SAME,                  ask_again),
    On("accepted",           "officer ask-guarantee",      always,           SAME,                  ask_again),
    On("accepted",           "officer release",            always,           SAME,                  wait_for_guarantee),
    On("guarantee not valid", "timer guarantee amendment", always,           "not released",        too_late,           kept_here),
    On("guarantee not valid", "officer no-release",        always,           "not released",        too_late,           kept_here),
    On(ANY,                  "IE201",                      always,           SAME,                  nothing),
    On(ANY,                  "IE205",                      always,           SAME,                  give_back_late),
)
# fmt: on
