"""Another Member State's office that is asked to screen a filing: it sees it, asks, and answers.

It is told of a hit (IE4N03), asks for the declaration (IE4Q10), screens it by its own control
filter (IE4R05) and answers (IE4S01). What its officer wants to know of the filer goes through the
office that has the filing (IE4Q04, IE4R02). Last it hears what came of it (IE4S02). Which codes
customs use among themselves is not public: see `result`.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, Case, Effect, Event, Facts, Hit, On, Role, Send, Task, Wait, always, nothing,
)
from tollbod.findings import Finding
from tollbod.ics2 import result
from tollbod.ics2.letters import answer_office, second
from tollbod.spec.tables import ICS2

ENS = "ENSF"                            # the part of a declaration that is asked for: all of it
FILING = "filing"


class Involved(Case, frozen=True, kw_only=True):
    """A filing of another office as this one knows it."""

    mrn: str = ""
    responsible: str = ""               # the office that has the filing
    kind: str = ""
    declarant: str = ""
    subject: dict[str, Any] = {}        # its goods, as a control names them
    records: tuple[Hit, ...] = ()       # what our own criteria hit
    said: str = ""                      # what came last, in words


# Learn

def told_of_hit(case: Involved, event: Event, facts: Facts) -> Involved:
    """Learn of which filing it is, and who has it."""
    return msgspec.structs.replace(case, mrn=event.body["functionalReference"],
                                   responsible=facts.sender)


def seen(case: Involved, event: Event, facts: Facts) -> Involved:
    """Learn what of the declaration our own criteria hit."""
    ens = event.body["relatedENS"]
    kind = ens.get("SpecificCircumstanceIndicator", "")
    return msgspec.structs.replace(
        case, kind=kind, records=facts.found(ens, f"IE3{kind}"), subject=result.goods(ens),
        declarant=at(ens, "declarant/identificationNumber"))


def heard(case: Involved, event: Event, _facts: Facts) -> Involved:
    """Learn what the filer, or the office that has the filing, said."""
    said = [text for group in many(event.body.get("additionalInformationResponse"))
            for one in many(group.get("additionalInformation")) if (text := one.get("text"))]
    said += [one.get("description", "") for one in many(event.body.get("error"))]
    return msgspec.structs.replace(case, said="; ".join(said)[:1000])


# When

def hits_nothing_here(_case: Involved, event: Event, facts: Facts) -> bool:
    """Hold if none of our own criteria hits the declaration."""
    return not facts.found(event.body["relatedENS"], "")


# Then

def ask_for_it(case: Involved, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask for the declaration (IE4Q10)."""
    yield _to_responsible(case, "IE4Q10", {
        "functionalReference": case.mrn, "MRN": case.mrn,
        "ENSQueryParameters": [{"parameter": ENS}]})


def find_nothing(case: Involved, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that nothing was found (IE4S01)."""
    yield _screened(case, facts, result.NOTHING, result.AUTOMATIC)


def ask_to_screen(case: Involved, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to look at what our own criteria hit."""
    yield _task(case)


def go_on_screening(case: Involved, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask the officer to go on: an answer is here."""
    yield _task(case)


def _task(case: Involved) -> Task:
    hit, treff = result.in_words(case.records) or "-", result.in_words(case.records, True) or "-"
    said = f"; answered: {case.said}" if case.said else ""
    return Task("screen", f"Screen the filing {case.kind} of {case.responsible}: {hit}{said}",
                f"Vurder deklarasjonen {case.kind} hos {case.responsible}: {treff}"
                + (f"; svar: {case.said}" if case.said else ""),
                ("no-risk", "control", "ask-information"))


def find_no_risk_here(case: Involved, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that no risk was found (IE4S01)."""
    yield Task("screen")
    yield _screened(case, facts, result.NO_RISK, result.BY_OFFICER)


def find_risk_here(case: Involved, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that there is a risk, and recommend a control (IE4S01)."""
    yield Task("screen")
    yield _screened(case, facts, result.RISK, result.BY_OFFICER)


def ask_through(case: Involved, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the filer for information through the office that has the filing (IE4Q04)."""
    yield Task("screen")
    text = str(event.body.get("text", ""))[:512]
    yield _to_responsible(case, "IE4Q04", {
        "documentIssueDate": second(facts.now), "riskAnalysisRequestReference": case.mrn,
        "MRN": case.mrn, "responsibleMemberState": {"country": case.responsible[:2]},
        "declarant": {"identificationNumber": case.declarant} if case.declarant else None,
        "referralRequestDetails": [{
            "referralRequestReference": f"R{facts.receipt:X}", "requestType": "RFI",
            "additionalInformation": [{"text": text}] if text else None}]})


def hear_outcome(_case: Involved, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Note what came of it; nothing is left to do."""
    yield Task("screen")


def _screened(case: Involved, facts: Facts, verdict: str, by: str) -> Send:
    """Write the result of our screening."""
    name = f"Risk analysis, {facts.office}"
    return _to_responsible(case, "IE4S01", {
        "messageFunction": result.ORIGINAL, "functionalReference": case.mrn,
        "documentIssueDate": second(facts.now),
        "involvedMemberState": {"country": facts.office[:2]},
        "riskAnalyst": {"name": name, "communication": [{
            "identifier": f"risk@{facts.office.lower()}.example", "type": "EM"}]},
        "riskAnalysis": {
            "riskAnalysisRequestReference": case.mrn, "category": result.FULL,
            "riskAnalysisResult": result.results(case.records, facts, verdict, by)},
        "controlRecommendations": [{
            "placeOfControl": result.FIRST_ENTRY,
            "controlSubject": {"consignmentMasterLevel": case.subject}}]
        if verdict == result.RISK else None})


def _to_responsible(case: Involved, ie: str, body: dict[str, Any]) -> Send:
    kept = {name: value for name, value in body.items() if value is not None}
    return Send(ie, case.responsible, kept, role=FILING, case=case.mrn, edition=ICS2)


def answer(
    _case: Any, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse what the office that has the filing says (IE4N99)."""
    yield from answer_office(event, facts, findings, FILING)


def the_responsible(case: Involved, _event: Event, facts: Facts) -> bool:
    """The office that has the filing."""
    return case.responsible in ("", facts.sender)


# fmt: off
TABLE = (
    #  in state          on                         when               go to            then               learn
    On("none",           "IE4N03",                  always,            "asking",        ask_for_it,        told_of_hit),
    On("asking",         "IE4R05",                  hits_nothing_here, "screened",      find_nothing,      seen),
    On("asking",         "IE4R05",                  always,            "screening",     ask_to_screen,     seen),
    On("asking",         "IE4N99",                  always,            "told",          nothing,           heard),
    On("screening",      "officer no-risk",         always,            "screened",      find_no_risk_here),
    On("screening",      "officer control",         always,            "screened",      find_risk_here),
    On("screening",      "officer ask-information", always,            "referral open", ask_through),
    On("referral open",  "IE4R02",                  always,            "screening",     go_on_screening,   heard),
    On("referral open",  "IE4N99",                  always,            "screening",     go_on_screening,   heard),
    On(ANY,              "IE4S02",                  always,            "told",          hear_outcome),
)
# fmt: on
WAITS = {
    "asking": Wait("office of entry", "the declaration is asked for (IE4Q10)",
                   "det er bedt om deklarasjonen (IE4Q10)"),
    "screening": Wait("officer", "an officer screens the filing",
                      "en tjenesteperson vurderer deklarasjonen"),
    "referral open": Wait("filer", "a question to the filer is open, through the office that has "
                          "the filing (IE4Q04)", "et spørsmål til den som meldte, er åpent, "
                          "gjennom tollstedet som har deklarasjonen (IE4Q04)"),
}
HEARD = {ie: the_responsible for ie in ("IE4R05", "IE4R02", "IE4S02", "IE4N99")}
ROLE = Role("involved", TABLE, Involved, answer, WAITS, edition=ICS2, heard=HEARD)
