"""The master air waybill of a house that a minimum data set has named already (F25 after F23).

It gets no MRN of its own: it says which earlier filing it belongs to (by MRN, or by the number of
the house waybill), and is confirmed under that one's MRN. The earlier filing learns master waybill
and carrier, who is told from then on.
"""
import re
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Tell, always,
)
from tollbod.findings import Finding
from tollbod.ics2.assessment import assessment_complete
from tollbod.ics2.case import HOUSE, MASTER, Filing, Waybill, head, name_of, packed
from tollbod.ics2.letters import refused, second, letter, to_carrier

KIND = "F25"
MRN = re.compile("[0-9]{2}[A-Z]{2}[A-Z0-9]{14}")
PREVIOUS = "previousDocument/identification"
GONE = ("none", "rejected", "invalidated")
WHY = {
    "90": ("no minimum data set of yours is known under this reference",
           "ingen minimumsdata fra deg er kjent under denne referansen"),
    "80": ("that filing does not name this house waybill",
           "den deklarasjonen oppgir ikke dette hus-fraktbrevet"),
    "81": ("this house waybill has its master waybill already",
           "dette hus-fraktbrevet har allerede sitt hovedfraktbrev"),
}


# Learn

def noted(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn the reference; it gets no MRN."""
    return msgspec.structs.replace(
        case, lrn=at(event.body, "LRN"), office=facts.office, filer=facts.sender, kind=KIND,
        stream=facts.case, head=head(event.body, facts.office), content=packed(event.body),
        registered=facts.now)


def waybilled(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn master waybill and carrier of one of its houses."""
    told = event.body
    return msgspec.structs.replace(case, waybills=case.waybills | {
        told["house"]: Waybill(told["document"], told["carrier"])})


# When

def refers(_case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if it is the reference to a master waybill (F25)."""
    return event.ie == f"IE3{KIND}"


def does_not_fit(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if the earlier filing is not there for this sender, house and waybill."""
    return bool(_fault(case, event))


def _fault(case: Filing, event: Event) -> str:
    told = event.body
    if case.kind != "F23" or case.state in GONE or told["sender"] not in case.speakers:
        return "90"
    if told["house"] not in {name_of(one) for one in case.houses}:
        return "80"
    return "81" if told["house"] in case.waybills else ""


# Then

def refer(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask the earlier filing whether this waybill fits it."""
    house = event.body[MASTER][HOUSE]
    previous = at(event.body, PREVIOUS)
    document = house["transportDocumentHouseLevel"]
    named = previous if MRN.fullmatch(previous) else name_of(document | {
        "documentNumber": previous})
    yield Tell("waybill", "filing", named, {
        "stream": case.stream, "office": case.office, "sender": case.filer,
        "house": name_of(document), "document": house["transportDocumentMasterLevel"],
        "carrier": at(house, "carrier/identificationNumber")}, case.office)


def tell_not_fitting(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the reference why it does not fit."""
    yield _back("not referred", event, {"code": _fault(case, event)})


def take_waybill(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Take the waybill; it is confirmed under the MRN of this filing."""
    yield _back("referred", event, {"mrn": case.mrn})


def take_waybill_assessed(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Take the waybill; now the carrier can be told too that the analysis is done (IE3N03)."""
    yield from take_waybill(case, event, facts)
    yield from assessment_complete(case, facts)


def confirm_reference(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Confirm the reference under the MRN of the earlier filing (IE3R01)."""
    told = {"MRN": event.body["mrn"], "registrationDate": second(facts.now)}
    yield letter("IE3R01", case.filer, case.head, told)
    yield from to_carrier(case, facts, "IE3R01", told)


def reject_reference(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Reject the reference: the earlier filing does not know it so (IE3N01)."""
    code = event.body["code"]
    path = f"/IE3{KIND}/{PREVIOUS}" if code == "90" else (
        f"/IE3{KIND}/{MASTER}/{HOUSE}/transportDocumentHouseLevel/documentNumber")
    yield refused("IE3N01", case.filer, case.declaration, facts, (
        Finding("state", code, "", path, 0, *WHY[code]),), f"IE3{KIND}")


def _back(what: str, event: Event, body: dict) -> Tell:
    return Tell(what, "filing", event.body["stream"], body, event.body["office"], named=False)


# fmt: off
FILED = (
    On("none",       "IE3Fxx",            refers,       "registered", refer,                 noted),
)
ROWS = (
    On(ANY,          "tell waybill",      does_not_fit, SAME,         tell_not_fitting),
    On("assessed",   "tell waybill",      always,       SAME,         take_waybill_assessed, waybilled),
    On(ANY,          "tell waybill",      always,       SAME,         take_waybill,          waybilled),
    On("registered", "tell referred",     always,       "joined",     confirm_reference),
    On("registered", "tell not referred", always,       "rejected",   reject_reference),
)
# fmt: on
