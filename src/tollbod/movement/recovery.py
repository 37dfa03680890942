"""The recovery authority of another country: asked to recover a debt (IE150), it says whether it
does (IE151) and tells when the debt is collected (IE152).

States: none, asked, accepted, declined, collected. Convention App. I, recovery between countries.
"""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Case, Effect, Event, Facts, On, Role, Send, Task, Wait, always, nothing,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding
from tollbod.movement import speakers


class Recovery(Case, frozen=True, kw_only=True):
    """A request for recovery as the authority that was asked knows it."""

    mrn: str = ""
    departure: str = ""                 # the office that sent the request
    request: dict[str, Any] = {}        # plain CD150C


# Learn

def requested(case: Recovery, event: Event, facts: Facts) -> Recovery:
    """Learn the request (IE150)."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"),
                                   departure=facts.sender, request=event.body)


# Then

def ask_acceptance(case: Recovery, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer whether the debt is recovered here."""
    text = at(case.request, "Recovery/text")
    yield Task("recovery", f"Recover the debt of {case.mrn}? {text}",
               f"Kreve inn skylden for {case.mrn}? {text}",
               ("accept-recovery", "decline-recovery"))


def accept(case: Recovery, event: Event, facts: Facts) -> Iterable[Effect]:
    """The debt is recovered here: tell so (IE151) and ask an officer to collect it."""
    yield _answer(case, event, facts, "1")
    yield Task("recovery", f"Collect the debt of {case.mrn}", f"Krev inn skylden for {case.mrn}",
               ("dispatch-recovery",))


def decline(case: Recovery, event: Event, facts: Facts) -> Iterable[Effect]:
    """The debt is not recovered here: tell so (IE151)."""
    yield Task("recovery")
    yield _answer(case, event, facts, "0")


def _answer(case: Recovery, event: Event, facts: Facts, flag: str) -> Send:
    return Send("IE151", case.departure, {
        "TransitOperation": {"MRN": case.mrn},
        "CustomsOfficeOfRecoveryRequesting": {"referenceNumber": _requesting(case)},
        "CustomsOfficeOfRecoveryRequested": {"referenceNumber": facts.office},
        "Recovery": {
            "recoveryAcceptance": flag, "recoveryCommunicationDate": f"{facts.now:%Y-%m-%d}",
            "text": event.body.get("text")},
    }, "departure", case.mrn)


def _requesting(case: Recovery) -> str:
    return at(case.request, "CustomsOfficeOfRecoveryRequesting/referenceNumber")


def dispatch(case: Recovery, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell that the debt is collected, and when (IE152)."""
    yield Task("recovery")
    yield Send("IE152", case.departure, {
        "TransitOperation": {"MRN": case.mrn},
        "CustomsOfficeOfRecoveryAtDeparture": {"referenceNumber": _requesting(case)},
        "CustomsOfficeOfRecovery": {"referenceNumber": facts.office},
        "Recovery": {"collectionDate": event.body.get("collected") or f"{facts.now:%Y-%m-%d}",
                     "text": event.body.get("text")},
    }, "departure", case.mrn)


# fmt: off
TABLE = (
    #  in state   on                          when    go to        then            learn
    On("none",     "IE150",                     always, "asked",     ask_acceptance, requested),
    On("declined", "IE150",                     always, "asked",     ask_acceptance, requested),
    On("asked",    "officer accept-recovery",   always, "accepted",  accept),
    On("asked",    "officer decline-recovery",  always, "declined",  decline),
    On("accepted", "officer dispatch-recovery", always, "collected", dispatch),
    On(ANY,        "IE906",                     always, SAME,        nothing),
)
# fmt: on

WAITS = {
    "asked": Wait("officer", "an officer decides whether the debt is recovered here",
                  "en tjenesteperson avgjør om skylden kreves inn her"),
    "accepted": Wait("officer", "the debt is collected here for another country",
                     "skylden kreves inn her for et annet land"),
}


def answer(
    _case: Recovery, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse another office's message with IE906."""
    yield from nack(event, facts, findings, "recovery")


ROLE = Role("recovery", TABLE, Recovery, answer, WAITS, heard=speakers.AHEAD)
