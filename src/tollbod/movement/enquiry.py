"""The enquiry authority at destination: asked where goods are (IE142), it answers (IE143).

Until the enquiry is closed the two authorities may ask (IE145) and tell (IE144) each other more.

States: none, asked, answered, closed.
"""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Case, Effect, Event, Facts, On, Role, Send, Task, Wait, always, nothing, refuse,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding
from tollbod.movement import speakers
from tollbod.movement.information import letter, said

NEEDS_TEXT = ("2", "4")         # C0013
RETURNED = "3"                  # C0012


class Enquiry(Case, frozen=True, kw_only=True):
    """An enquiry as the authority at destination knows it."""

    mrn: str = ""
    request: dict[str, Any] = {}        # plain CD142C
    told: tuple[str, ...] = ()          # what departure told besides (IE144), in words

    @property
    def departure(self) -> str:
        """Return the office of departure."""
        return at(self.request, "CustomsOfficeOfDeparture/referenceNumber")


# Learn

def requested(case: Enquiry, event: Event, _facts: Facts) -> Enquiry:
    """Learn the request (IE142)."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"),
                                   request=event.body)


def informed(case: Enquiry, event: Event, _facts: Facts) -> Enquiry:
    """Learn what the authority at departure tells besides (IE144)."""
    return msgspec.structs.replace(case, told=(*case.told, said(event)))


# When

def enquired(case: Enquiry, _event: Event, _facts: Facts) -> bool:
    """Hold while there is an enquiry, answered or not."""
    return case.state in ("asked", "answered")


def textless(_case: Enquiry, event: Event, _facts: Facts) -> bool:
    """Hold if the answer's code demands a text and there is none (C0013)."""
    return event.body.get("code", "2") in NEEDS_TEXT and not event.body.get("text")


# Then

def ask_answer(case: Enquiry, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to find out and to answer."""
    limit = at(case.request, "Enquiry/limitForTheEnquiryResponseDate")
    told = f" ({'; '.join(case.told)})"[:300] if case.told else ""
    yield Task("answer", f"Find out what became of {case.mrn} and answer before {limit}{told}",
               f"Finn ut hva som skjedde med {case.mrn} og svar innen {limit}{told}",
               ("answer", "ask-departure"))


def ask_inform(_case: Enquiry, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer for what the authority at departure wants to know (IE145)."""
    yield Task("information", f"Departure asks: {said(event)}", f"Avgang spør: {said(event)}",
               ("inform-departure",))


def inform(case: Enquiry, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the authority at departure what is known here (IE144)."""
    yield Task("information")
    yield _letter("IE144", case, event)


def ask_departure(case: Enquiry, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask the authority at departure for more (IE145)."""
    yield _letter("IE145", case, event)


def _letter(ie: str, case: Enquiry, event: Event) -> Send:
    ends = (at(case.request, "CustomsOfficeOfEnquiryAtDeparture/referenceNumber"),
            at(case.request, "CustomsOfficeOfRequest/referenceNumber"))
    body = letter(ie, case.mrn, ends, at(case.request, "Enquiry/date"), event)
    return Send(ie, case.departure, body, "departure", case.mrn)


def respond(case: Enquiry, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer the enquiry (IE143): 1 unknown, 2 with text, 3 copy returned, 4 recovery here."""
    code = event.body.get("code", "2")
    yield Task("answer")
    yield Send("IE143", case.departure, {
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


def tell_text(_case: Enquiry, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an answer without the text that its code demands."""
    yield refuse("13", "this response code needs a text (C0013)",
                 "denne svarkoden krever en tekst (C0013)", "C0013")


def close(_case: Enquiry, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the tasks: the enquiry is cancelled (IE059)."""
    yield Task("answer")
    yield Task("information")


# fmt: off
TABLE = (
    #  in state     on                when      go to       then        learn
    On("none",      "IE142",          always,   "asked",    ask_answer, requested),
    On(ANY,         "IE142",          always,   "asked",    ask_answer, requested),
    On("asked",     "officer answer", textless, SAME,       tell_text),
    On("asked",     "officer answer", always,   "answered", respond),
    On("asked",     "IE059",          always,   "closed",   close),
    On("answered",  "IE059",          always,   "closed",   close),
    On(ANY,         "officer ask-departure",    enquired, SAME, ask_departure),
    On(ANY,         "officer inform-departure", enquired, SAME, inform),
    On(ANY,         "IE145",          enquired, SAME,       ask_inform),
    On("asked",     "IE144",          always,   SAME,       ask_answer, informed),
    On("answered",  "IE144",          always,   SAME,       nothing,    informed),
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
    yield from nack(event, facts, findings, "enquiry")


ROLE = Role("enquiry", TABLE, Enquiry, answer, WAITS, heard=speakers.AHEAD)
