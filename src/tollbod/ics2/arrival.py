"""Arrival by sea and air: a notification of its own (IE3N06), told to each filing that it is about.

It names filings by MRN or transport document, or the vessel or flight with the time it was expected
(then all filings aboard, which the key of that conveyance knows). The notification gets an MRN of
its own, ending in Z (IE3R04); a filing that may not arrive tells so (IE3N07, error 71) and
stays as it is; a control that is recommended is announced now (IE3N08).
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Case, Effect, Event, Facts, On, Role, Send, Task, Tell, Timer, always, broken,
    nothing, reject,
)
from tollbod.findings import Finding
from tollbod.ics2.case import Filing, conveyance, name_of
from tollbod.ics2.letters import answer, letter, refused, second, subscribed, to_filer
from tollbod.ics2.presentation import control_notice
from tollbod.ics2.registration import number_of
from tollbod.spec.tables import ICS2

NOTIFIER = "personNotifyingTheArrival"


class Arrival(Case, frozen=True, kw_only=True):
    """An arrival notification: its number and who sent it."""

    lrn: str = ""
    mrn: str = ""
    notifier: str = ""


# Learn

def notified(case: Arrival, event: Event, facts: Facts) -> Arrival:
    """Learn the notification, with an MRN of its own."""
    return msgspec.structs.replace(case, lrn=at(event.body, "LRN"), mrn=number_of(facts, "Z"),
                                   notifier=facts.sender)


# When

def without_state(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if nothing was filed under the number that arrives."""
    return case.state == "none"


def only_minimum(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it is a minimum data set: what arrives is the full filing."""
    return case.about.level == "minimum"


def first_of_split(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if its goods are split, and it is not itself the filing of a later part."""
    split = case.declaration.get("splitConsignment") or {}
    return split.get("splitConsignmentIndicator") == "1" and not split.get("previousMRN")


# Then

def confirm_arrival(case: Arrival, event: Event, facts: Facts) -> Iterable[Effect]:
    """Confirm the arrival (IE3R04) and tell each filing that it names."""
    yield letter("IE3R04", facts.sender, event.body, {
        "LRN": case.lrn, "MRN": case.mrn, "registrationDate": second(facts.now),
        "customsOfficeOfFirstEntry": {"referenceNumber": facts.office}})
    told = {"notifier": facts.sender, "lrn": case.lrn, "office": facts.office, "parties": [
        one["identificationNumber"] for one in many(event.body.get("notifyParty"))]}
    named = [one["identification"] for one in many(event.body.get("relatedMRN"))]
    named += [name_of(one) for one in many(event.body.get("relatedTransportDocument"))]
    for name in named:
        yield Tell("arrival", "filing", name, told, facts.office)
    if not named:
        yield Tell("arrival", "key", conveyance(event.body), told)


def note_arrival(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Note the arrival: the goods may be presented; the 200 days are over."""
    yield Timer("validity", None)
    if previous := at(case.declaration, "splitConsignment/previousMRN"):
        yield Tell("rest", "filing", previous, {"mrn": case.mrn}, case.office)


def note_part(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Note the arrival of a part: it may be presented, the rest is to come."""
    yield Timer("validity", None)


def arrive_for_control(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note the arrival and announce the control: IE3N08 to notifier, notify parties and filer."""
    yield Timer("validity", None)
    yield Task("announce")
    notice = control_notice(case, facts)
    yield to_filer(case, "IE3N08", notice)
    for party in dict.fromkeys((event.body["notifier"], *event.body["parties"])):
        if party != case.filer:
            role = NOTIFIER if party == event.body["notifier"] else "notifyParty"
            yield letter("IE3N08", party, case.head, {"MRN": case.mrn} | notice | {
                role: {"identificationNumber": party}})


def tell_cannot_arrive(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the notifier, notify parties and a filer who subscribes: it may not arrive (IE3N07)."""
    document = next(iter(case.documents), None)
    told = {"MRN": case.mrn, "notificationDate": second(facts.now),
            "customsOfficeOfFirstEntry": {"referenceNumber": facts.office},
            "transportDocument": document,
            "error": [{"description": "the filing cannot arrive in the state that it is in",
                       "validationCode": "71", "pointer": {"messageElementPath": "/IE3N06"}}]}
    parties = [event.body["notifier"], *event.body["parties"]]
    if subscribed(case.filer, "IE3N07", facts):
        parties.append(case.filer)
    for party in dict.fromkeys(parties):
        yield letter("IE3N07", party, case.head, told)


def tell_not_known(_case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the notifier that nothing was filed under this number (IE3N99, error 90)."""
    fault = Finding("state", "90", "", "/IE3N06", 0, f"{facts.case} is not known here",
                    f"{facts.case} er ikke kjent her")
    yield refused("IE3N99", event.body["notifier"], {"LRN": event.body["lrn"]}, facts, (fault,),
                  "IE3N06")


# fmt: off
FILING = (
    #  in state               on              when           go to                  then
    On(ANY,                   "tell arrival", without_state, SAME,                  tell_not_known),
    On("assessed",            "tell arrival", only_minimum,  SAME,                  tell_cannot_arrive),
    On("assessed",            "tell arrival", first_of_split, "partially arrived",  note_part),
    On("assessed",            "tell arrival", always,        "arrived",             note_arrival),
    On("partially arrived",   "tell arrival", always,        "arrived",             nothing),
    On("partially arrived",   "tell rest",    always,        "arrived",             nothing),
    On(ANY,                   "tell rest",    always,        SAME,                  nothing),
    On("control recommended", "tell arrival", always,        "arrived for control", arrive_for_control),
    On("control announced",   "tell arrival", always,        "arrived for control", arrive_for_control),
    On("do not load",         "tell arrival", always,        "arrived for control", arrive_for_control),
    On(ANY,                   "tell arrival", always,        SAME,                  tell_cannot_arrive),
)
TABLE = (
    On("none", "IE3N06", broken, "rejected",   reject),
    On("none", "IE3N06", always, "registered", confirm_arrival, notified),
)
# fmt: on
ROLE = Role("arrival", TABLE, Arrival, answer, {}, owner=lambda case: case.notifier, edition=ICS2)
