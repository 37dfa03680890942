"""The enquiry authority at destination: asked where goods are (IE142), it answers (IE143).

States: none, asked, answered, closed.
"""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Role, Send, Task, Wait, always, nothing, refuse,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding

NEEDS_TEXT = ("2", "4")         # C0013
RETURNED = "3"                  # C0012


class Enquiry(msgspec.Struct, frozen=True, kw_only=True):
    """An enquiry as the authority at destination knows it."""

    state: str = "none"
    mrn: str = ""
    request: dict[str, Any] = {}        # plain CD142C
    since: datetime | None = None
    timers: dict[str, datetime] = {}


# Learn

def requested(case: Enquiry, event: Event, _facts: Facts) -> Enquiry:
    """Learn the request (IE142)."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"),
                                   request=event.body)


# When

def textless(_case: Enquiry, event: Event, _facts: Facts) -> bool:
    """Hold if the answer's code demands a text and there is none (C0013)."""
    return event.body.get("code", "2") in NEEDS_TEXT and not event.body.get("text")


# Then

def ask_answer(case: Enquiry, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to find out and to answer."""
    limit = at(case.request, "Enquiry/limitForTheEnquiryResponseDate")
    yield Task("answer", f"Find out what became of {case.mrn} and answer before {limit}",
               f"Finn ut hva som skjedde med {case.mrn} og svar innen {limit}",
               ("answer",))


def respond(case: Enquiry, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer the enquiry (IE143): 1 unknown, 2 with text, 3 copy returned, 4 recovery here."""
    code = event.body.get("code", "2")
    yield Task("answer")
    yield Send("IE143", _departure(case), {
        "TransitOperation": {"MRN": case.mrn},
        "CustomsOfficeOfRequest": case.request["CustomsOfficeOfRequest"],
        "CustomsOfficeOfEnquiryAtDeparture": {"referenceNumber": at(
            case.request, "CustomsOfficeOfEnquiryAtDeparture/referenceNumber")},
        "Enquiry": {
            "enquiryResponseDate": f"{facts.now:%Y-%m-%d}", "responseCode": code,
            "text": event.body.get("text") if code in NEEDS_TEXT else None,
            "returnCopyReturnedDate": event.body.get("returned", f"{facts.now:%Y-%m-%d}")
            if code == RETURNED else None,
        },
    }, role="departure", case=case.mrn)


def _departure(case: Enquiry) -> str:
    return at(case.request, "CustomsOfficeOfDeparture/referenceNumber")


def tell_text(_case: Enquiry, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an answer without the text that its code demands."""
    yield refuse("13", "this response code needs a text (C0013)",
                 "denne svarkoden krever en tekst (C0013)", "C0013")


def close(_case: Enquiry, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the task: the enquiry is cancelled (IE059)."""
    yield Task("answer")


# fmt: off
TABLE = (
    #  in state     on                when      go to       then        learn
    On("none",      "IE142",          always,   "asked",    ask_answer, requested),
    On(ANY,         "IE142",          always,   "asked",    ask_answer, requested),
    On("asked",     "officer answer", textless, SAME,       tell_text),
    On("asked",     "officer answer", always,   "answered", respond),
    On("asked",     "IE059",          always,   "closed",   close),
    On("answered",  "IE059",          always,   "closed",   nothing),
    On(ANY,         "IE038",          always,   SAME,       nothing),
    On(ANY,         "IE906",          always,   SAME,       nothing),
)
# fmt: on

WAITS = {"asked": Wait("officer", "an officer finds out what became of the goods",
                       "en tjenesteperson undersøker hva som skjedde med varene")}


def answer(
    _case: Enquiry, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse another office's message with IE906."""
    yield from nack(event, facts, findings)


ROLE = Role("enquiry", TABLE, Enquiry, answer, WAITS)
