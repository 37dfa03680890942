"""What an officer of the office of guarantee does: register, change, suspend, resume, revoke."""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import (
    SAME, Effect, Event, Facts, Floor, Name, On, Post, Refuse, Send, Task, always, nothing,
    refuse,
)
from tollbod.findings import Finding
from tollbod.guarantees import register
from tollbod.guarantees.account import FREE, REFERENCE, Guarantee

TOLD = frozenset("149")          # types whose guarantor is told of a revocation


# When

def impossible(_case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if what is to be registered is wrong somewhere."""
    return bool(_faults(event, facts))


def unchangeable(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the change is wrong somewhere, or would leave less than what is bound."""
    return bool(_faults_of_change(case, event, facts))


def _faults(event: Event, facts: Facts) -> list[register.Fault]:
    told = {"grn": facts.case} | event.body
    wrong = register.faults(told, facts.now.date(), sold=event.name != "officer issue")
    if told["grn"] != facts.case:
        wrong.append(register.Fault("grn", f"the case is {facts.case}, not {told['grn']}",
                                    f"saken er {facts.case}, ikke {told['grn']}"))
    if event.name == "officer issue" and event.body.get("type") != "4":
        wrong.append(register.Fault("type", "only vouchers (type 4) are issued to a guarantor",
                                    "bare kuponger (type 4) utstedes til en garantist"))
    return wrong + register.strangers(event.body, register.TOLD)


def _faults_of_change(case: Guarantee, event: Event, facts: Facts) -> list[register.Fault]:
    told = register.as_told(case, event.body)
    wrong = register.strangers(event.body, register.CHANGEABLE)
    wrong += register.faults(told, facts.now.date(), sold=bool(case.holder))
    if not wrong and register.changed(case, event.body, facts).free < 0:
        wrong.append(register.Fault("amount", "more than that is bound by movements",
                                    "mer enn det er bundet av forsendelser"))
    return wrong


# Learn

def registered(_case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn what an officer registers."""
    return register.registered({"grn": facts.case} | event.body, facts)


def changed(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn what has changed."""
    return register.changed(case, event.body, facts)


def invalid(case: Guarantee, event: Event, _facts: Facts) -> Guarantee:
    """Learn why the guarantee is no longer valid."""
    return msgspec.structs.replace(case, invalid=str(event.body.get("reason", "")))


# Then

def open_account(case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Put the reference amount on the account, which may never be overdrawn."""
    yield Floor(FREE, case.currency, 0)
    yield Name(register.name_of(case))
    if case.reference:
        yield Post(REFERENCE, FREE, case.reference, case.currency, "")


def adjust(case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Book the difference that a change of the reference amount makes."""
    more = case.reference - case.former
    if more:
        debit, credit = (REFERENCE, FREE) if more > 0 else (FREE, REFERENCE)
        yield Post(debit, credit, abs(more), case.currency, "")


def tell_impossible(_case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the registration, telling all that is wrong."""
    yield _refusal(_faults(event, facts))


def tell_unchangeable(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the change, telling all that is wrong."""
    yield _refusal(_faults_of_change(case, event, facts))


def _refusal(wrong: list[register.Fault]) -> Refuse:
    return Refuse(tuple(Finding("state", "14", "", one.name, 0, f"{one.name}: {one.en}",
                                f"{one.name}: {one.nb}") for one in wrong))


def tell_unknown(_case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an act on a guarantee that is not registered."""
    yield refuse("90", "this guarantee is not registered here",
                 "denne garantien er ikke registrert her")


def tell_guarantor(case: Guarantee, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the guarantor that the guarantee is revoked: IE231, of a voucher IE229; unlock no more.
    """
    yield Task("locked")
    if not case.guarantor or case.type not in TOLD:
        return
    reference = {
        "GRN": case.grn, "invalidityDate": f"{facts.now:%Y-%m-%d}",
        "CustomsOfficeOfGuarantee": {"referenceNumber": facts.office},
    }
    if case.type == "4":
        yield Send("IE229", case.guarantor, {
            "Guarantor": {"identificationNumber": case.guarantor},
            "GuaranteeReference": reference})
        return
    text = str(event.body.get("reason") or "")
    yield Send("IE231", case.guarantor, {
        "HolderOfTheTransitProcedure": {"identificationNumber": case.holder},
        "GuaranteeReference": reference | ({"invalidityReasonText": text[:512]} if text else {})})


# fmt: off
ROWS = (
    #  in state      on                  when          go to        then               learn
    On("none",       "officer register", impossible,   SAME,        tell_impossible),
    On("none",       "officer register", always,       "valid",     open_account,      registered),
    On("none",       "officer issue",    impossible,   SAME,        tell_impossible),
    On("none",       "officer issue",    always,       "issued",    open_account,      registered),
    On("valid",      "officer change",   unchangeable, SAME,        tell_unchangeable),
    On("valid",      "officer change",   always,       SAME,        adjust,            changed),
    On("suspended",  "officer change",   unchangeable, SAME,        tell_unchangeable),
    On("suspended",  "officer change",   always,       SAME,        adjust,            changed),
    On("valid",      "officer suspend",  always,       "suspended", nothing,           invalid),
    On("suspended",  "officer resume",   always,       "valid",     nothing,           invalid),
    On("issued",     "officer revoke",   always,       "revoked",   tell_guarantor,    invalid),
    On("valid",      "officer revoke",   always,       "revoked",   tell_guarantor,    invalid),
    On("suspended",  "officer revoke",   always,       "revoked",   tell_guarantor,    invalid),
    On("none",       "officer revoke",   always,       SAME,        tell_unknown),
)
# fmt: on
