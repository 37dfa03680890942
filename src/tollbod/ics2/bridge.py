"""The bridge between transit and ICS2: entry data of a transit declaration become a filing.

It stands at the office of first entry, under the MRN of the transit. To transit it speaks the
messages of the common domain (CDA15D and its kin), to ICS2 it is a filer like any other: what its
filing is told, it tells the office of departure. Messages: DDNTA annex Q2 6.4.1; which follows on
which is read from their names (reference ics2, scenario S24).
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    SAME, Case, Effect, Event, Facts, Name, On, Role, Send, Tell, Wait, always, nothing,
)
from tollbod.findings import Finding
from tollbod.ics2 import from_transit
from tollbod.ics2.letters import second
from tollbod.rules.check import check
from tollbod.spec import ics2_law
from tollbod.spec.tables import ICS2
from tollbod.wire.message import from_plain

DECLARED, AMENDED, WITHDRAWN = "015", "013", "014"      # what a rejection is about (CL561)
FUNCTIONAL = "14"                   # error code of transit for what ICS2 has codes of its own
DECLARATION = "CCA15D"              # what the trader wrote, and errors point into
REASON, DESCRIPTION = 7, 512


class Bridge(Case, frozen=True, kw_only=True):
    """Entry data that came with a transit declaration, and the filing made of them."""

    mrn: str = ""                               # of the transit
    departure: str = ""                         # its office
    ens: str = ""                               # MRN of the filing
    kind: str = ""                              # F50 | F51 | F34
    declarant: str = ""
    representative: str = ""
    asked: str = ""                             # what the filing was last asked: CL561


# Learn

def learned(case: Bridge, event: Event, facts: Facts) -> Bridge:
    """Learn whose transit it is, and what kind of filing it makes."""
    return msgspec.structs.replace(
        case, mrn=at(event.body, "TransitOperation/MRN"), departure=facts.sender,
        kind=at(event.body, "TransitOperation/specificCircumstanceIndicator"),
        declarant=_number(event.body, "HolderOfTheTransitProcedure"),
        representative=_number(event.body, "Representative"), asked=DECLARED)


def registered(case: Bridge, event: Event, _facts: Facts) -> Bridge:
    """Learn the MRN of the filing."""
    return msgspec.structs.replace(case, ens=at(event.body, "MRN"))


def amending(case: Bridge, _event: Event, _facts: Facts) -> Bridge:
    """Learn that the filing was asked to change."""
    return msgspec.structs.replace(case, asked=AMENDED)


def withdrawing(case: Bridge, _event: Event, _facts: Facts) -> Bridge:
    """Learn that the filing was asked to end."""
    return msgspec.structs.replace(case, asked=WITHDRAWN)


def _number(body: dict[str, Any], group: str) -> str:
    return (at(body, f"{group}/SafetyAndSecurityIdentificationNumber/identificationNumber")
            or at(body, f"{group}/identificationNumber"))


# When

def refused_by_ics2(_case: Bridge, event: Event, facts: Facts) -> bool:
    """Hold if no filing can be made of the entry data: ICS2 would refuse it."""
    return bool(_faults(event, facts))


# Then

def _content(event: Event, facts: Facts, ie: str) -> dict[str, Any]:
    """Return the filing, or its amendment, that the entry data make."""
    operation, office = event.body["TransitOperation"], {"referenceNumber": facts.office}
    reference = {"MRN": operation["ENSMRN"]} if "ENSMRN" in operation else {
        "LRN": operation["MRN"]}
    question = operation.get("referralRequestReference")
    return from_transit.filing(event.body, ie, reference | {
        "customsOfficeOfFirstEntry": office, "referralRequestReference": question})


def _faults(event: Event, facts: Facts) -> list[Finding]:
    kind = at(event.body, "TransitOperation/specificCircumstanceIndicator")
    ie = f"IE3{'A' if event.name == 'IEA13' else 'F'}{kind[1:]}"
    if facts.now.date() < ics2_law.release_of(kind, facts.regime).first:
        return [Finding("rules", FUNCTIONAL, "R0014", f"/{ie}/SpecificCircumstanceIndicator", 0,
                        f"{kind} is not filed in ICS2 yet", f"{kind} leveres ikke i ICS2 ennå")]
    return check(from_plain(ICS2, ie, _content(event, facts, ie)))


def _to_departure(case: Bridge, ie: str, body: dict[str, Any]) -> Send:
    return Send(ie, case.departure, body, role="departure", case=case.mrn, root=f"CD{ie[2:]}D")


def _about(case: Bridge, **more: str) -> dict[str, Any]:
    return {"TransitOperation": {"MRN": case.mrn}, "EnsOperation": {"ENSMRN": case.ens} | more}


def _moment(facts: Facts) -> str:
    return f"{facts.now:%Y-%m-%dT%H:%M:%S}"


def file(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """File the entry data in ICS2 (IE3F50, IE3F51 or IE3F34)."""
    ie = f"IE3{case.kind}"
    yield _to_ics2(facts, ie, _content(event, facts, ie), f"bridge:{case.mrn}")


def _to_ics2(facts: Facts, ie: str, body: dict[str, Any], case: str) -> Send:
    return Send(ie, facts.office, body, role="filing", case=case, edition=ICS2)


def refuse_entry_data(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse entry data of which no filing can be made (CD906D): nothing is registered."""
    yield _to_departure(case, "IE906", {"Header": {"MRN": case.mrn}, "FunctionalError": [
        {"errorPointer": _place(one.path), "errorCode": FUNCTIONAL,
         "errorReason": (one.rule or one.code)[:REASON]} for one in _faults(event, facts)]})


def _place(path: str) -> str:
    return from_transit.back(path, DECLARATION)[-DESCRIPTION:]


def tell_registered(case: Bridge, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure the MRN of the filing (CD928D)."""
    at_ = at(event.body, "registrationDate/DateTime").removesuffix("Z")
    yield Name(f"bridge/{case.ens}")
    yield _to_departure(case, "IE928", _about(case, ensRegistrationDateAndTime=at_))


def tell_data_taken(case: Bridge, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure that the entry data are taken (CD927D)."""
    yield _to_departure(case, "IE927", {"TransitOperation": {"MRN": case.mrn}})


def tell_taken_and_assessed(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell that the entry data are taken (CD927D), and assessed at once (CDA93D)."""
    yield from tell_data_taken(case, event, facts)
    yield from tell_assessed(case, event, facts)


def tell_rejected(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure that ICS2 refuses it, with each error (CD056D)."""
    yield _rejection(case, facts, [
        (at(one, "pointer/messageElementPath"), at(one, "validationCode"), at(one, "description"))
        for one in many(event.body.get("error"))])


def tell_unfit_amendment(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse an amendment of which no filing can be made (CD056D)."""
    case = amending(case, event, facts)
    yield _rejection(case, facts, [(one.path, one.rule or one.code, one.text)
                                   for one in _faults(event, facts)])


def _rejection(case: Bridge, facts: Facts, errors: list[tuple[str, str, str]]) -> Send:
    return _to_departure(case, "IE056", _about(case) | {
        "TransitOperation": {"MRN": case.mrn, "businessRejectionType": case.asked,
                             "rejectionDateAndTime": _moment(facts)},
        "FunctionalError": [
            {"errorPointer": _place(path), "errorCode": FUNCTIONAL, "errorReason": code[:REASON],
             "errorDescription": text[:DESCRIPTION]} for path, code, text in errors]})


def tell_assessed(case: Bridge, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure that the risk analysis is done (CDA93D)."""
    done = at(event.body, "completionDate/DateTime").removesuffix("Z")
    yield _to_departure(case, "IEA93", _about(case) | {
        "TransitOperation": {"MRN": case.mrn, "completionDateAndTime": done}})


def pass_question(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Pass a question of ICS2 on to the office of departure (CDA70D)."""
    asked = at(event.body, "documentIssueDate/DateTime").removesuffix("Z")
    details = [_question(n, one) for n, one in
               enumerate(many(event.body["referralRequestDetails"]), 1)]
    yield _to_departure(case, "IEA70", _about(case, documentIssueDateAndTime=asked) | {
        "Representative": {"identificationNumber": case.representative}
        if case.representative else None,
        "RequestingCountry": {"country": facts.office[:2]}, "ReferralRequestDetails": details})


def _question(number: int, one: dict[str, Any]) -> dict[str, Any]:
    told = {name: one[name] for name in ("referralRequestReference", "requestType")}
    more = [{"sequenceNumber": str(n)} | {
        name: info[name] for name in ("code", "text") if info.get(name)}
        for n, info in enumerate(many(one.get("additionalInformation")), 1)]
    path = at(one, "pointer/messageElementPath")
    return {"sequenceNumber": str(number)} | told | {
        "AdditionalInformation": more,
        "Pointer": {"messageElementPath": _place(path)} if path else None}


def pass_answer(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Pass the declarant's answer on to ICS2 (IE3R02); files by their names, without the bytes."""
    answers = [{
        "referralRequestReference": one["referralRequestReference"],
        "additionalInformation": [
            {name: info[name] for name in ("code", "text") if info.get(name)}
            for info in many(one.get("AdditionalInformation"))],
        "binaryAttachment": [
            {"identification": file_["filename"], "filename": file_["filename"],
             "MIME": file_["MIME"], "description": file_["description"]}
            for file_ in many(one.get("BinaryAttachment"))],
    } for one in many(event.body["AdditionalInformationResponse"])]
    yield _to_ics2(facts, "IE3R02", _who(case) | {
        "documentIssueDate": second(facts.now), "MRN": case.ens,
        "responsibleMemberState": {"country": facts.office[:2]},
        "additionalInformationResponse": answers}, case.ens)


def _who(case: Bridge) -> dict[str, Any]:
    found: dict[str, Any] = {"declarant": {"identificationNumber": case.declarant}}
    if case.representative:
        found["representative"] = {"identificationNumber": case.representative}
    return found


def amend(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Amend the filing by the new entry data (IE3A50 and its kin)."""
    ie = f"IE3A{case.kind[1:]}"
    yield _to_ics2(facts, ie, _content(event, facts, ie), case.ens)


def tell_amended(case: Bridge, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure that the filing is amended (CD004D)."""
    done = at(event.body, "completionDate/DateTime").removesuffix("Z")
    yield _to_departure(case, "IE004", _about(case) | {
        "TransitOperation": {"MRN": case.mrn, "amendmentAcceptanceDateAndTime": done}})


def withdraw(case: Bridge, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask ICS2 to invalidate the filing (IE3Q04)."""
    yield _to_ics2(facts, "IE3Q04", _who(case) | {
        "documentIssueDate": second(facts.now), "MRN": case.ens,
        "customsOfficeOfFirstEntry": {"referenceNumber": facts.office}}, case.ens)


def tell_withdrawn(case: Bridge, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure that the filing is invalidated (CD009D)."""
    done = at(event.body, "completionDate/DateTime").removesuffix("Z")
    yield _to_departure(case, "IE009", _about(case) | {
        "Invalidation": {"decisionDateAndTime": done}})


def tell_control(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure of a control (CD060D): where, when, of which goods."""
    day = at(event.body, "scheduledControlDate/DateTime").removesuffix("Z")
    controls = [_control(n, one) for n, one in enumerate(many(event.body.get("control")), 1)]
    yield _to_departure(case, "IE060", _about(case) | {
        "TransitOperation": {
            "MRN": case.mrn, "controlNotificationDateAndTime": _moment(facts),
            "scheduledControlDateAndTime": day or None},
        "CustomsOfficeOfControl": {"referenceNumber": facts.office}, "Control": controls})


def _control(number: int, one: dict[str, Any]) -> dict[str, Any]:
    houses = many(at(one, "controlSubject/consignmentMasterLevel/consignmentHouseLevel"))
    documents = [house.get("transportDocumentHouseLevel") for house in houses]
    return {
        "sequenceNumber": str(number), "ExaminationPlace": one["examinationPlace"],
        "Consignment": {"HouseConsignment": [{"sequenceNumber": str(n)} | ({"TransportDocument": {
            "type": document["type"], "referenceNumber": document["documentNumber"]}}
            if document else {}) for n, document in enumerate(documents, 1)]}}


def present(case: Bridge, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the filing that the goods are here (CD117D): they are presented at the border."""
    yield Tell("present", "filing", case.ens, {
        "name": case.ens, "presenter": case.declarant, "stream": facts.case,
        "office": facts.office, "role": "bridge"}, facts.office)


def answer(
    _case: Bridge, _event: Event, _facts: Facts, _findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Answer nobody: what does not fit is told by the rows."""
    return ()


# fmt: off
TABLE = (
    #  in state      on                when             go to         then                     learn
    On("none",       "IEA15",          refused_by_ics2, "rejected",   refuse_entry_data,       learned),
    On("none",       "IEA15",          always,          "filed",      file,                    learned),
    On("filed",      "IE3R01",         always,          "registered", tell_registered,         registered),
    On("registered", "IE3N99",         always,          "rejected",   tell_rejected),
    On("registered", "IE3N01",         always,          "rejected",   tell_rejected),
    On("registered", "IE3N03",         always,          "valid",      tell_taken_and_assessed),
    On("registered", "tell accepted",  always,          "valid",      tell_data_taken),
    On("valid",      "tell accepted",  always,          SAME,         nothing),
    On("valid",      "IE3N03",         always,          SAME,         tell_assessed),
    On("valid",      "IE3Q02",         always,          SAME,         pass_question),
    On("valid",      "IEA71",          always,          SAME,         pass_answer),
    On("valid",      "IEA13",          refused_by_ics2, SAME,         tell_unfit_amendment),
    On("valid",      "IEA13",          always,          SAME,         amend,                   amending),
    On("valid",      "IE3N10",         always,          SAME,         tell_amended),
    On("valid",      "IE014",          always,          SAME,         withdraw,                withdrawing),
    On("valid",      "IE3R07",         always,          "withdrawn",  tell_withdrawn),
    On("valid",      "IE3N01",         always,          SAME,         tell_rejected),
    On("valid",      "IE3N99",         always,          SAME,         tell_rejected),
    On("valid",      "IE3N08",         always,          SAME,         tell_control),
    On("valid",      "IE117",          always,          SAME,         present),
    On("valid",      "tell presented", always,          SAME,         nothing),
)
# fmt: on
WAITS = {
    "filed": Wait("repository", "ICS2 registers the filing", "ICS2 registrerer deklarasjonen"),
    "registered": Wait("repository", "ICS2 judges the filing", "ICS2 vurderer deklarasjonen"),
    "valid": Wait("carrier", "the goods are to come in", "varene skal komme inn"),
}


def its_departure(case: Bridge, _event: Event, facts: Facts) -> bool:
    """The office of departure of the transit."""
    return case.departure in ("", facts.sender)


def where_it_enters(case: Bridge, event: Event, facts: Facts) -> bool:
    """The office of departure, or the office of transit where the goods come in."""
    return facts.sender == facts.office or its_departure(case, event, facts)


HEARD = dict.fromkeys(("IEA13", "IEA15", "IEA71", "IE014"), its_departure) | {
    "IE117": where_it_enters}
ROLE = Role("bridge", TABLE, Bridge, answer, WAITS, heard=HEARD)
