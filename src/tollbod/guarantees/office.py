"""The office of guarantee. The table is the whole behaviour: read it first.

One case for each GRN, so that what is asked of one guarantee is decided in order. States: none,
valid, revoked. Sources: founding document NCTS (guarantee management), states.json.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, Floor, On, Post, Role, Send, always, no_more, nothing,
    refuse,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding
from tollbod.guarantees.account import (
    BOUND, FREE, LIABLE, REFERENCE, SURETY, Guarantee, Usage, registered,
)
from tollbod.guarantees.allow import asked, reasons


# When

def not_covered(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the guarantee does not cover what is asked."""
    return bool(reasons(case, asked(event.body), facts.now.date()))


def taken_already(case: Guarantee, event: Event, _facts: Facts) -> bool:
    """Hold if this movement has its reservation already: it is confirmed, not doubled."""
    return asked(event.body).mrn in case.usages


def unused(case: Guarantee, event: Event, _facts: Facts) -> bool:
    """Hold if the movement has taken nothing of this guarantee, or has given it back."""
    return at(event.body, "TransitOperation/MRN") not in case.usages


def credited(case: Guarantee, event: Event, _facts: Facts) -> bool:
    """Hold if the movement's amount was credited before."""
    return case.usages[at(event.body, "TransitOperation/MRN")].state == "credited"


# Learn

def register(_case: Guarantee, event: Event, _facts: Facts) -> Guarantee:
    """Learn what an officer registers."""
    return registered(event.body["grn"], event.body)


def reserved(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Bind the amount: less is free, and the guarantor is liable for more."""
    want = asked(event.body)
    usage = Usage(want.amount_cent, "reserved", facts.now)
    return msgspec.structs.replace(
        case,
        free_cent=case.free_cent - want.amount_cent,
        liable_cent=case.liable_cent + want.amount_cent,
        usages=case.usages | {want.mrn: usage},
    )


def freed(case: Guarantee, event: Event, _facts: Facts) -> Guarantee:
    """Give the amount back on arrival; the guarantor stays liable."""
    mrn = at(event.body, "TransitOperation/MRN")
    usage = msgspec.structs.replace(case.usages[mrn], state="credited")
    return msgspec.structs.replace(
        case, free_cent=case.free_cent + usage.amount_cent, usages=case.usages | {mrn: usage}
    )


def discharged(case: Guarantee, event: Event, _facts: Facts) -> Guarantee:
    """End the liability, and give the amount back if that was not done on arrival."""
    mrn = at(event.body, "TransitOperation/MRN")
    usage = case.usages[mrn]
    back = usage.amount_cent if usage.state == "reserved" else 0
    return msgspec.structs.replace(
        case,
        free_cent=case.free_cent + back,
        liable_cent=case.liable_cent - usage.amount_cent,
        ended=usage,
        usages={m: u for m, u in case.usages.items() if m != mrn},
    )


# Then

def open_account(case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Put the reference amount on the account, which may never be overdrawn."""
    yield Floor(FREE, "EUR", 0)
    yield Post(REFERENCE, FREE, case.reference_cent, "EUR", "")


def _answer(case: Guarantee, event: Event, facts: Facts, codes: tuple[str, ...]) -> Send:
    """Write IE201 or IE205: the guarantee as asked, with the reasons against it if any."""
    guarantee = many(event.body["Guarantee"])[0]
    reference: dict[str, Any] = {
        "sequenceNumber": "1",
        "GRN": many(guarantee["GuaranteeReference"])[0]["GRN"],
        "CustomsOfficeOfGuarantee": {"referenceNumber": facts.office},          # C0417
        "ValidityLimitation": [
            {"sequenceNumber": str(n), "guaranteeNotValidIn": country}
            for n, country in enumerate(case.not_valid_in, 1)
        ],
        "InvalidGuaranteeReason": [
            {"sequenceNumber": str(n), "code": code} for n, code in enumerate(codes, 1)
        ],
    }
    ie = {"IE200": "IE201", "IE203": "IE205"}[event.name]
    mrn = at(event.body, "TransitOperation/MRN")
    body = {
        "TransitOperation": {"MRN": mrn},
        "CustomsOfficeOfDeparture": event.body["CustomsOfficeOfDeparture"],
        "HolderOfTheTransitProcedure": event.body["HolderOfTheTransitProcedure"],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": guarantee["guaranteeType"],
                       "GuaranteeReference": [reference]}],
    }
    return Send(ie, facts.sender, body, role="departure", case=mrn)


def refuse_use(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer with every reason why the guarantee does not cover the movement."""
    yield _answer(case, event, facts, reasons(case, asked(event.body), facts.now.date()))


def confirm(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that the guarantee covers the movement."""
    yield _answer(case, event, facts, ())


def reserve(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the reservation and confirm it (IE205)."""
    want = asked(event.body)
    yield Post(FREE, BOUND, want.amount_cent, "EUR", want.mrn)
    yield Post(SURETY, LIABLE, want.amount_cent, "EUR", want.mrn)
    yield _answer(case, event, facts, ())


def credit(case: Guarantee, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Book the amount back to what is free (IE209)."""
    mrn = at(event.body, "TransitOperation/MRN")
    yield Post(BOUND, FREE, case.usages[mrn].amount_cent, "EUR", mrn)


def discharge_credited(case: Guarantee, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Book the end of the liability (IE204) after the credit on arrival."""
    mrn = at(event.body, "TransitOperation/MRN")
    yield Post(LIABLE, SURETY, case.ended.amount_cent, "EUR", mrn)


def discharge(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the amount back and the end of the liability (IE204 without an IE209 before)."""
    mrn = at(event.body, "TransitOperation/MRN")
    yield Post(BOUND, FREE, case.ended.amount_cent, "EUR", mrn)
    yield from discharge_credited(case, event, facts)


def tell_unknown(_case: Guarantee, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an act on a guarantee that is not registered."""
    yield refuse("90", "this guarantee is not registered here",
                 "denne garantien er ikke registrert her")


# fmt: off
TABLE = (
    #  in state   on                  when           go to      then                 learn
    On("none",    "officer register", always,        "valid",   open_account,        register),
    On("valid",   "officer revoke",   always,        "revoked", nothing),
    On("none",    "officer revoke",   always,        SAME,      tell_unknown),

    On(ANY,       "IE200",            not_covered,   SAME,      refuse_use),
    On(ANY,       "IE200",            always,        SAME,      confirm),
    On(ANY,       "IE203",            taken_already, SAME,      confirm),
    On(ANY,       "IE203",            not_covered,   SAME,      refuse_use),
    On(ANY,       "IE203",            always,        SAME,      reserve,             reserved),
    On(ANY,       "IE209",            unused,        SAME,      nothing),
    On(ANY,       "IE209",            credited,      SAME,      nothing),
    On(ANY,       "IE209",            always,        SAME,      credit,              freed),
    On(ANY,       "IE204",            unused,        SAME,      nothing),
    On(ANY,       "IE204",            credited,      SAME,      discharge_credited,  discharged),
    On(ANY,       "IE204",            always,        SAME,      discharge,           discharged),
    On(ANY,       "IE906",            always,        SAME,      nothing,             no_more),
)
# fmt: on


def answer(
    _case: Guarantee, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse an office's message with IE906."""
    yield from nack(event, facts, findings)


ROLE = Role("guarantee", TABLE, Guarantee, answer, {})
