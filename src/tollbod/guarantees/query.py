"""Queries: IE034 asks, IE037 answers with usage, exposure, or owner and guarantor.

Query 1 usage, 2 exposure, 3 both, 4 owner (R0261, R0263, C0270, C0280, C0285, C0817). Who asks is
the holder (role 1) or the guarantor (role 2, who names the owner), with a valid access code; all
else is refused alike. A query on several guarantees is answered for each of them.
"""
from collections.abc import Iterable
from datetime import date
from typing import Any

from tollbod.case.carry import at
from tollbod.case.model import ANY, SAME, Effect, Event, Facts, On, Party, Send, always, refuse
from tollbod.case.money import written
from tollbod.guarantees import access, usage
from tollbod.guarantees.account import BY_GUARANTOR, Guarantee
from tollbod.guarantees.guarantor import own_part, place
from tollbod.guarantees.usage import Usage

FULL = "3"                          # guaranteeMonitoringCode: full monitoring (C0286)
HOLDER, GUARANTOR = "1", "2"        # role of the requester (CL156)
USAGE, EXPOSURE, BOTH, OWNER = "1234"


def _code(event: Event, facts: Facts) -> str:
    return at(own_part(event, facts), "AccessCode/accessCode")


# When

def not_entitled(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the requester is not who may ask about this guarantee, with a valid access code."""
    role = at(event.body, "Requester/role")
    named = at(event.body, "Requester/identificationNumber")
    due = {HOLDER: case.holder, GUARANTOR: case.guarantor}.get(role, "")
    owner = at(own_part(event, facts), "Owner/identificationNumber", case.holder)
    right = access.used(case, _code(event, facts), facts)
    return not due or facts.sender != due or named != due or owner != case.holder or right is None


def unanswerable(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the answer needs what the register does not say."""
    return bool(_lacks(case, event, facts))


def _lacks(case: Guarantee, event: Event, facts: Facts) -> list[tuple[str, str]]:
    """Return what an answer lacks, in both languages."""
    query = at(own_part(event, facts), "GuaranteeQuery/queryIdentifier")
    lacks = []
    if case.type in BY_GUARANTOR and not facts.party(case.guarantor):
        lacks.append(("the guarantor is not in the register", "garantisten er ikke registrert"))
    if query == OWNER and not facts.party(case.holder):
        lacks.append(("the holder is not in the register", "innehaveren er ikke registrert"))
    if query in (EXPOSURE, BOTH) and case.once:                                 # R0261
        lacks.append((f"for type {case.type} only queries 1 and 4 are answered",
                      f"for type {case.type} besvares bare spørsmål 1 og 4"))
    if case.type == "2" and not (case.departure and case.destination) and query != OWNER:
        lacks.append(("its offices are not registered", "tollstedene er ikke registrert"))
    return lacks


# Learn

def heard(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn that an access code was tried, if the requester is who may ask."""
    if facts.sender not in (case.holder, case.guarantor):
        return case                     # a stranger cannot lock a guarantee by asking
    return access.heard(case, _code(event, facts), facts)


# Then

def tell_not_entitled(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse: number, requester, owner and access code do not go together."""
    yield from access.alarm(case)
    yield refuse("12", "GRN, requester, role, owner and access code do not go together",
                 "GRN, spørrer, rolle, eier og tilgangskode hører ikke sammen", "",
                 place(event, facts, "GRN"))


def tell_unanswerable(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse: the register lacks what the answer has to tell."""
    lacks = _lacks(case, event, facts)
    yield refuse("14", "; ".join(en for en, _ in lacks), "; ".join(nb for _, nb in lacks), "",
                 place(event, facts, "GRN"))


def tell(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer the query (IE037)."""
    told = own_part(event, facts)
    query = told["GuaranteeQuery"]
    asks = query["queryIdentifier"]
    reference: dict[str, Any] = {
        "sequenceNumber": "1", "GRN": case.grn,
        "acceptanceDateAndTime": f"{case.registered:%Y-%m-%dT%H:%M:%S}",
        "guaranteeType": case.type, "guaranteeMonitoringCode": FULL, "GuaranteeQuery": query,
    }
    used = usage.listed(facts)
    if asks == OWNER:
        reference["Owner"] = _named(facts.party(case.holder))
    if asks in (USAGE, BOTH):
        reference["Usage"] = _usages(case, used, query)
    if asks in (EXPOSURE, BOTH) and case.type != "4":
        reference["Exposure"] = {
            "exposure": written(case.liable, case.currency),
            "exposureCounter": str(sum(one.ended is None for one in used)),
            "balance": written(case.free, case.currency), "currency": case.currency}
    if case.type in BY_GUARANTOR:
        reference["Guarantor"] = _named(facts.party(case.guarantor))
    if asks != OWNER:
        reference |= _kind(case)
    yield Send("IE037", facts.sender, {
        "Requester": event.body["Requester"],
        "CustomsOfficeOfGuarantee": {"referenceNumber": facts.office},
        "GuaranteeReference": [reference],
    }, edition=event.edition)


def _named(party: Party) -> dict[str, Any]:
    address = {"streetAndNumber": party.street, "postcode": party.postcode, "city": party.city,
               "country": party.country}
    return {"identificationNumber": party.id, "name": party.name,
            "Address": {name: text for name, text in address.items() if text}}


def _usages(case: Guarantee, used: list[Usage], query: dict[str, str]) -> list[dict[str, str]]:
    """Return the usages of the period asked for, longest bound first, as many as there is room."""
    first, last = query.get("periodFromDate", ""), query.get("periodToDate", "9999")
    found = [one for one in used if one.amount and first <= f"{one.since:%Y-%m-%d}" <= last]
    return [_usage(case, one, n) for n, one in enumerate(found[:usage.MOST], 1)]


def _usage(case: Guarantee, one: Usage, number: int) -> dict[str, str]:
    told = {
        "sequenceNumber": str(number), "MRN": one.mrn,
        "coveredAmount": written(one.amount, case.currency), "currency": case.currency,
        "lockDate": f"{one.since:%Y-%m-%d}",
        "arrivalDateAndTime": one.arrived if case.type in "01" else "",         # C0231
        "releaseDate": f"{one.ended:%Y-%m-%d}" if one.ended else "",
    }
    return {name: text for name, text in told.items() if text}


def _kind(case: Guarantee) -> dict[str, Any]:
    """Return the group of the guarantee's kind (C0280)."""
    amount = {"guaranteeAmount": written(case.secured, case.currency), "currency": case.currency}
    if case.type == "2":
        return {"IndividualGuaranteeByGuarantor": amount | {
            "CustomsOfficeOfDeparture": {"referenceNumber": case.departure},
            "CustomsOfficeOfDestination": {"referenceNumber": case.destination}}}
    if case.type == "4":
        return {"IndividualGuaranteeVoucher": {
            "issueDate": _day(case.valid_from or case.registered),
            "expiryDate": _day(case.valid_to or date.max),
            "copyGiven": "1" if case.copy_given else "0", "TIRCarnet": "0"}}
    whole = {}
    if case.type in "01":                                                       # C0231
        whole = {"referenceAmount": written(case.reference, case.currency),
                 "percentageOfReferenceAmount": str(case.percentage)}
    group = whole | amount | {
        "numberOfCertificates": str(case.certificates),
        "validityStartDate": _day(case.valid_from or case.registered),
        "validityEndDate": _day(case.valid_to), "liabilityLiberationDate": _day(case.liberated),
        "restrictedUseForSuspendedGoods": "1" if "suspended" in case.not_for else "0",
        "ValidityLimitation": [{"sequenceNumber": str(n), "guaranteeNotValidIn": country}
                               for n, country in enumerate(case.not_valid_in, 1)],
    }
    return {"ComprehensiveGuarantee": {name: told for name, told in group.items() if told}}


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


# fmt: off
ROWS = (
    #  in state  on       when          go to  then               learn
    On(ANY,      "IE034", not_entitled, SAME,  tell_not_entitled, heard),
    On(ANY,      "IE034", unanswerable, SAME,  tell_unanswerable, heard),
    On(ANY,      "IE034", always,       SAME,  tell,              heard),
)
# fmt: on
