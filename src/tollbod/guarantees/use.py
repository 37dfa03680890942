"""The use of a guarantee: checked (IE200), reserved (IE203), credited (IE209), ended (IE204).

Postings by type: where there is a reference amount (0, 1, 9) the amount is free again on arrival;
what only one movement may use (2, 4) is bound as a whole and stays used, unless the movement was
cancelled. The guarantor is liable until write-off. Each message that comes again changes nothing.
"""
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Post, Send, always, nothing,
)
from tollbod.case.money import convert
from tollbod.guarantees import access, usage
from tollbod.guarantees.account import (
    BOUND, FREE, LIABLE, SPENT, SURETY, Guarantee,
)
from tollbod.guarantees.allow import asked, judged, travelling
from tollbod.guarantees.usage import Usage

MRN = "TransitOperation/MRN"


def taken(case: Guarantee, event: Event, facts: Facts) -> tuple[int, int]:
    """Return what an IE203 takes, in the guarantee's currency: liable for, and bound."""
    want = event.read(asked)
    amount = convert(want.amount_cent, "EUR", case.currency, facts.now.date())
    return amount, case.reference if case.once else amount


def new_usage(case: Guarantee, event: Event, facts: Facts) -> Usage:
    """Return what an IE203 takes of the guarantee, as it is kept."""
    want = event.read(asked)
    amount, bound = taken(case, event, facts)
    code = access.valid(case, want.access_code, facts)
    return Usage(want.mrn, amount, bound, want.amount_cent, "reserved", facts.now,
                 code.number if code else 0, want.departure)


# Who may ask

def its_departure(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """The office of departure of the movement: the one named, of the MRN's country.

    What is taken already is its own: no other office can ask for it anew.
    """
    mrn, sender = at(event.body, MRN), facts.sender
    own = usage.of(mrn, facts)
    return (sender == at(event.body, "CustomsOfficeOfDeparture/referenceNumber")
            and mrn[2:4] == sender[:2] and (own is None or own.office == sender))


HEARD = dict.fromkeys(("IE200", "IE203"), its_departure)


# When

def not_covered(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the guarantee does not cover what is asked."""
    return bool(judged(case, event.read(asked), facts))


def taken_already(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if this movement has its reservation already: it is confirmed, not doubled."""
    want = event.read(asked)
    own = usage.of(want.mrn, facts)
    return own is not None and own.asked_cent == want.amount_cent


def taken_otherwise(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if this movement has taken another amount before: that is given back first."""
    return usage.of(event.read(asked).mrn, facts) is not None


def unused(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the office that speaks has taken nothing of this guarantee for the movement."""
    own = usage.of(at(event.body, MRN), facts)
    return own is None or own.office != facts.sender


def credited(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the movement's amount was credited before."""
    return usage.of(at(event.body, MRN), facts).state == "credited"


def kept_used(case: Guarantee, _event: Event, _facts: Facts) -> bool:
    """Hold if a guarantee that only one movement may use stays used on arrival."""
    return case.once


def cancelled(_case: Guarantee, event: Event, _facts: Facts) -> bool:
    """Hold if the use is cancelled, not ended by release of the goods (C0255)."""
    return bool(at(event.body, "TransitOperation/usageCancellationDate"))


# Learn

def heard(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn that an access code was tried."""
    return access.heard(case, event.read(asked).access_code, facts)


def reserved(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Bind the amount: less is free, and the guarantor is liable for more."""
    amount, bound = taken(case, event, facts)
    return msgspec.structs.replace(case, free=case.free - bound, liable=case.liable + amount)


def reserved_anew(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Give back what the movement had taken, and bind what it asks for now."""
    old = usage.of(event.read(asked).mrn, facts)
    back = msgspec.structs.replace(
        case, free=case.free + (old.bound if old.state == "reserved" else 0),
        liable=case.liable - old.amount)
    return reserved(back, event, facts)


def freed(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Give the amount back on arrival; the guarantor stays liable."""
    own = usage.of(at(event.body, MRN), facts)
    return msgspec.structs.replace(case, free=case.free + own.bound)


def given_back(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """End the liability and give the amount back, as far as that was not done on arrival."""
    own = usage.of(at(event.body, MRN), facts)
    back = own.bound if own.state == "reserved" else 0
    return msgspec.structs.replace(case, free=case.free + back, liable=case.liable - own.amount)


def discharged(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """End the liability; what only one movement may use stays used."""
    own = usage.of(at(event.body, MRN), facts)
    return msgspec.structs.replace(case, liable=case.liable - own.amount)


# Then

def _move(debit: str, credit: str, amount: int, case: Guarantee, mrn: str) -> Iterator[Post]:
    """Post an amount; nothing is no posting."""
    if amount:
        yield Post(debit, credit, amount, case.currency, mrn)


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
            {"sequenceNumber": str(n), "code": code}
            for n, code in enumerate(travelling(codes, facts.regime)[:9], 1)
        ],
    }
    ie = {"IE200": "IE201", "IE203": "IE205"}[event.name]
    mrn = at(event.body, MRN)
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
    yield from access.alarm(case)
    yield _answer(case, event, facts, judged(case, event.read(asked), facts))


def confirm(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that the guarantee covers the movement."""
    yield _answer(case, event, facts, ())


def reserve(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the reservation and confirm it (IE205)."""
    new = new_usage(case, event, facts)
    yield from _move(FREE, BOUND, new.bound, case, new.mrn)
    yield from _move(SURETY, LIABLE, new.amount, case, new.mrn)
    yield usage.keep(new)
    yield _answer(case, event, facts, ())


def reserve_anew(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book back what was reserved before, and the new reservation."""
    old = usage.of(event.read(asked).mrn, facts)
    yield from _move(BOUND, FREE, old.bound if old.state == "reserved" else 0, case, old.mrn)
    yield from _move(LIABLE, SURETY, old.amount, case, old.mrn)
    yield from reserve(case, event, facts)


def _arrived(event: Event, facts: Facts, state: str) -> Usage:
    told = at(event.body, "TransitOperation/arrivalDateAndTimeActual")
    return msgspec.structs.replace(usage.of(at(event.body, MRN), facts), state=state, arrived=told)


def credit(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the amount back to what is free (IE209)."""
    own = _arrived(event, facts, "credited")
    yield from _move(BOUND, FREE, own.bound, case, own.mrn)
    yield usage.keep(own)


def note_arrival(_case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the arrival (IE209); the guarantee stays used."""
    yield usage.keep(_arrived(event, facts, "reserved"))


def _close(event: Event, facts: Facts, state: str) -> Iterable[Effect]:
    own = usage.of(at(event.body, MRN), facts)
    yield from usage.close(msgspec.structs.replace(own, state=state, ended=facts.now))


def give_back(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the amount back and the end of the liability: the use was cancelled (IE204)."""
    own = usage.of(at(event.body, MRN), facts)
    yield from _move(BOUND, FREE, own.bound if own.state == "reserved" else 0, case, own.mrn)
    yield from _move(LIABLE, SURETY, own.amount, case, own.mrn)
    yield from _close(event, facts, "cancelled")


def discharge(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the end of the liability (IE204), and the amount back if no IE209 came before."""
    own = usage.of(at(event.body, MRN), facts)
    yield from _move(BOUND, FREE, own.bound if own.state == "reserved" else 0, case, own.mrn)
    yield from _move(LIABLE, SURETY, own.amount, case, own.mrn)
    yield from _close(event, facts, "discharged")


def use_up(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Book the end of the liability (IE204); what was bound is spent for good."""
    own = usage.of(at(event.body, MRN), facts)
    yield from _move(BOUND, SPENT, own.bound, case, own.mrn)
    yield from _move(LIABLE, SURETY, own.amount, case, own.mrn)
    yield from _close(event, facts, "discharged")


# fmt: off
ROWS = (
    #  in state  on       when              go to  then           learn
    On(ANY,      "IE200", not_covered,      SAME,  refuse_use,    heard),
    On(ANY,      "IE200", always,           SAME,  confirm,       heard),
    On(ANY,      "IE203", taken_already,    SAME,  confirm),
    On(ANY,      "IE203", not_covered,      SAME,  refuse_use,    heard),
    On(ANY,      "IE203", taken_otherwise,  SAME,  reserve_anew,  reserved_anew),
    On(ANY,      "IE203", always,           SAME,  reserve,       reserved),
    On(ANY,      "IE209", unused,           SAME,  nothing),
    On(ANY,      "IE209", credited,         SAME,  nothing),
    On(ANY,      "IE209", kept_used,        SAME,  note_arrival),
    On(ANY,      "IE209", always,           SAME,  credit,        freed),
    On(ANY,      "IE204", unused,           SAME,  nothing),
    On(ANY,      "IE204", cancelled,        SAME,  give_back,     given_back),
    On(ANY,      "IE204", kept_used,        SAME,  use_up,        discharged),
    On(ANY,      "IE204", always,           SAME,  discharge,     given_back),
)
# fmt: on
