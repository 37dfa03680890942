"""Transit declarations that hold entry data (CCA15D, Security 1 or 3): passed on to ICS2.

Where the country of first entry opts in, the office of departure gives the data to the bridge
there (CDA15D). Only when ICS2 has taken them (CD928D, CD927D) the trader gets its MRN; goods that
enter here wait for the end of the risk analysis (CDA93D) too. Questions, controls, amendments and
the withdrawal go the same way. Source: DDNTA annex Q2 6.4.1; reference ics2, scenario S24.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, Name, On, Refuse, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.findings import Finding
from tollbod.movement.deadlines import start
from tollbod.movement.departure.amendment import accept_amendment, amended
from tollbod.movement.departure.cancellation import (
    asked as cancellation_asked, cancel, decided, granted, refuse_cancel,
)
from tollbod.movement.departure.case import Departure, first_entry, holds_entry_data
from tollbod.movement.departure.letters import (
    P6, dates, reference, second, to_bridge, to_declarant, withdrawal,
)
from tollbod.numbers import mrn
from tollbod.spec import ens_in_transit

PHYSICAL = "10"                 # type of control (CL716)
AMENDMENT = "013"


# Learn

def number(case: Departure, facts: Facts) -> str:
    """Return a new MRN for the declaration; its letter tells which security data it holds."""
    security = at(case.declaration, "TransitOperation/security", "0")
    return mrn.issue(facts.now.year, facts.office[:2],
                     mrn.serial(facts.office[2:], facts.receipt), mrn.letter(security))


def to_be_asked(case: Departure, facts: Facts) -> Departure:
    """Learn the MRN under which ICS2 knows the transit, and the office where the goods enter."""
    return msgspec.structs.replace(
        case, mrn=number(case, facts), entry=first_entry(case.declaration))


def registered(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the MRN of the entry summary declaration."""
    return msgspec.structs.replace(case, ens=at(event.body, "EnsOperation/ENSMRN"))


def taken(case: Departure, _event: Event, facts: Facts) -> Departure:
    """Learn that the declaration is accepted: ICS2 has taken its entry data."""
    return msgspec.structs.replace(case, accepted=facts.now)


def without_number(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that there is no movement: the number was never told."""
    return msgspec.structs.replace(case, mrn="", entry="")


def asked(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the question of ICS2, which the answer repeats."""
    return msgspec.structs.replace(case, question=event.body)


def to_amend(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the amendment that ICS2 is asked about."""
    return msgspec.structs.replace(case, amendment=event.body)


def not_amended(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that the amendment is refused."""
    return msgspec.structs.replace(case, amendment={})


def amended_in_ics2(case: Departure, _event: Event, facts: Facts) -> Departure:
    """Learn the amended declaration, which ICS2 has taken."""
    amendment = Event("IE013", case.amendment)
    return amended(case, amendment, facts)


def controlled(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that the goods are controlled here on entry."""
    return msgspec.structs.replace(case, control="decided", told_of_control=True)


# When

def not_taken(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if the country of first entry takes no entry data on this day: not yet."""
    office = first_entry(event.body)
    return holds_entry_data(event.body) and ens_in_transit.stance(
        office[:2], facts.now.date(), facts.regime) is None


def _to_be_passed_on(declaration: dict[str, Any], facts: Facts) -> bool:
    return holds_entry_data(declaration) and ens_in_transit.opts_in(
        first_entry(declaration)[:2], facts.now.date(), facts.regime)


def holds_entry(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if the declaration has entry data, which ICS2 is asked about first.

    Where goods enter in a country that opts out they are filed apart (N355, R0524).
    """
    return _to_be_passed_on(event.body, facts)


def case_holds_entry(case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold if the declaration that is accepted or completed has entry data for ICS2."""
    return _to_be_passed_on(case.declaration, facts)


def enters_here(case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold if the goods enter the security area here."""
    return case.entry == facts.office


def in_ics2(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if ICS2 has the entry data of the declaration."""
    return bool(case.ens)


def of_amendment(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if ICS2 refuses an amendment."""
    said = at(event.body, "TransitOperation/businessRejectionType")
    return bool(case.amendment) and said == AMENDMENT


def asked_to_cancel(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if a request for cancellation is undecided."""
    return case.request is not None and case.request.open


# Then

def tell_not_taken(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse entry data where none are taken in ICS2 yet."""
    office = first_entry(event.body)
    yield refuse("14", f"{office[:2]} takes no entry data in ICS2 on this day: declare the transit "
                 "without them (CC015C)", f"{office[:2]} tar ikke imot inngangsdata i ICS2 denne "
                 "dagen: meld transitteringen uten dem (CC015C)",
                 "N0014", f"/{event.body['messageType']}/TransitOperation/security")


def ask_entry(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the entry data to ICS2 (CDA15D); the bridge there answers under the MRN."""
    yield Task("accept")
    yield Timer("presentation", None)
    yield Name(f"departure/{case.mrn}")
    yield to_bridge(case, "IEA15", {"TransitOperation/MRN": case.mrn,
                                     "TransitOperation/ensFiling": "1"})


def ask_entry_again(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the entry data to a silent ICS2 once more (CDA15D); an officer may refuse them."""
    yield from ask_entry(case, event, facts)
    yield start("entry answer", facts)
    yield Task("silent", f"ICS2 at {case.entry} does not answer about the entry data",
               f"ICS2 ved {case.entry} svarer ikke om inngangsdataene", ("ask-entry", "refuse"))


def refuse_unanswered(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the declaration: ICS2 does not answer, or for the officer's reason."""
    yield Task("silent")
    text = event.body.get("text") or "ICS2 does not answer about the entry data"
    yield refuse("14", text, event.body.get("text") or "ICS2 svarer ikke om inngangsdataene")


def acknowledge_entry(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Acknowledge the declaration (CC928D), with the MRN of the entry summary declaration."""
    yield to_declarant(case, "IE928", {"EnsOperation": event.body["EnsOperation"]})


def tell_refused(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse what ICS2 refuses, with its errors at their places in what the trader wrote."""
    yield Task("silent")
    yield Refuse(tuple(
        Finding("rules", one["errorCode"], one["errorReason"], one["errorPointer"], 0,
                one.get("errorDescription") or one["errorReason"],
                one.get("errorDescription") or one["errorReason"])
        for one in many(event.body.get("FunctionalError"))))


def give_number(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the trader both MRNs (CC028D): of the transit and of the entry summary declaration."""
    yield Task("silent")
    yield to_declarant(case, "IE028", dates(case) | {
        "EnsOperation": {"ENSMRN": case.ens}})


def give_number_and_present(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the trader both MRNs (CC028D), and ICS2 that the goods are here (CD117D)."""
    yield from give_number(case, event, facts)
    yield to_bridge(case, "IE117", {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/arrivalNotificationDateAndTime": second(facts.now),
        "EnsOperation": {"ENSMRN": case.ens, "dispatchToIcs2CrIndicator": "1"},
        "CustomsOfficeOfEnsPresentationActual": {"referenceNumber": facts.office},
        "HolderOfTheTransitProcedure": {"identificationNumber": case.holder}}, {})


def pass_question(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Pass a question of ICS2 on to the declarant (CCA70D)."""
    told = {name: event.body[name] for name in
            ("EnsOperation", "RequestingCountry", "ReferralRequestDetails")}
    yield to_declarant(case, "IEA70", {"TransitOperation": {"MRN": case.mrn}} | told)


def pass_answer(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Pass the declarant's answer on to ICS2 (CDA71D)."""
    yield to_bridge(case, "IEA71", {"TransitOperation": {"MRN": case.mrn}}, event.body)


def pass_amendment(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask ICS2 whether the entry data may be amended so (CDA13D)."""
    yield to_bridge(case, "IEA13", {
        "TransitOperation/MRN": case.mrn, "TransitOperation/ENSMRN": case.ens,
        "TransitOperation/ensFiling": "1"}, event.body)


def ask_withdrawal(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask ICS2 to withdraw the entry data (CD014D)."""
    yield withdrawal(case)


def tell_entry_control(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the declarant of the control that ICS2 wants (CC060D): where, when, of which goods."""
    told = {name: event.body[name] for name in
            ("EnsOperation", "CustomsOfficeOfControl", "Control")}
    operation = event.body["TransitOperation"]
    yield to_declarant(case, "IE060", reference(case) | told | {
        "TransitOperation/controlNotificationDateAndTime":
            operation["controlNotificationDateAndTime"],
        "TransitOperation/scheduledControlDateAndTime":
            operation.get("scheduledControlDateAndTime"),
        "TransitOperation/notificationType": "0",
        "TypeOfControls": [{"sequenceNumber": "1", "type": PHYSICAL}]})


def accept_amended(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept the amendment that ICS2 has taken (CC004D)."""
    yield from _naming_ens(case, accept_amendment(case, Event("IE013", case.amendment), facts))


def cancel_both(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Cancel the declaration whose entry data ICS2 has withdrawn (CC009D)."""
    yield from _naming_ens(case, cancel(case, event, facts))


def _naming_ens(case: Departure, effects: Iterable[Effect]) -> Iterable[Effect]:
    """Yield the effects; each letter names the entry summary declaration too."""
    for effect in effects:
        if isinstance(effect, Send) and not effect.role:
            effect = msgspec.structs.replace(effect, body=carry(
                P6, effect.root, effect.body, {"EnsOperation": {"ENSMRN": case.ens}}))
        yield effect


def ask_after_withdrawal(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to decide on the cancellation: ICS2 has withdrawn the entry data already."""
    yield Task("cancel", "Decide on the cancellation: ICS2 has withdrawn the entry data",
               "Avgjør kanselleringen: ICS2 har trukket tilbake inngangsdataene",
               ("cancel", "refuse-cancel"))


def tell_too_late(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to amend entry data that ICS2 has assessed."""
    yield refuse("92", "the entry data were assessed by ICS2: they can be amended no more; ask for "
                 "the cancellation of the declaration and lodge a new one",
                 "inngangsdataene er vurdert av ICS2 og kan ikke endres mer; be om å få "
                 "deklarasjonen kansellert og send en ny")


# fmt: off
ASKED, ASSESSED = "entry asked", "entry under assessment"
ROWS = (
    #  in state   on       when         go to        then                     learn
    On(ASKED,    "IE928", always,       SAME,        acknowledge_entry,       registered),
    On(ASKED,    "IE906", always,       "rejected",  tell_refused,            without_number),
    On(ASKED,    "IE056", always,       "rejected",  tell_refused,            without_number),
    On(ASKED,    "IE927", enters_here,  ASSESSED,    give_number_and_present, taken),
    On(ASKED,    "IE927", always,       ASSESSED,    give_number,             taken),
    On(ASKED,    "timer entry answer", always, SAME, ask_entry_again),
    On(ASKED,    "officer ask-entry",  always, SAME, ask_entry_again),
    On(ASKED,    "officer refuse",     always, "rejected", refuse_unanswered, without_number),
    On(ASSESSED, "IE060", always,       SAME,        tell_entry_control,      controlled),
    On(ASSESSED, "IE013", always,       SAME,        pass_amendment,          to_amend),
    On(ASSESSED, "IE004", always,       SAME,        accept_amended,          amended_in_ics2),
    On(ASSESSED, "IE014", always,       SAME,        ask_withdrawal,          cancellation_asked),
    On(ASSESSED, "IE009", always,       "cancelled", cancel_both,             granted),
    On(ANY,      "IE013", in_ics2,      SAME,        tell_too_late),
)
# In any state: what ICS2 and the trader say about entry data besides the way to acceptance.
ANYWHERE = (
    On(ANY, "IEA70", in_ics2,         SAME, pass_question, asked),
    On(ANY, "IEA70", always,          SAME, nothing),
    On(ANY, "IEA71", in_ics2,         SAME, pass_answer),
    On(ANY, "IE060", in_ics2,         SAME, tell_entry_control),
    On(ANY, "IE060", always,          SAME, nothing),
    On(ANY, "IE009", asked_to_cancel, SAME, ask_after_withdrawal),
    On(ANY, "IE009", always,          SAME, nothing),
    On(ANY, "IE056", of_amendment,    SAME, tell_refused,  not_amended),
    On(ANY, "IE056", asked_to_cancel, SAME, refuse_cancel, decided),
    On(ANY, "IE056", always,          SAME, nothing),
)
# fmt: on
