"""What the risk analysis of a filing found, as customs tell each other (IE4S02), and for the desk.

Which codes the lists CL727, CL731, CL736, CL737 and CL739 hold is not public: those below are ours.
"""
from collections.abc import Iterable
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import Facts, Hit, Send
from tollbod.ics2.case import HOUSE, MASTER, MASTER_DOCUMENT, Filing
from tollbod.ics2.letters import second
from tollbod.spec.tables import ICS2

ORIGINAL = "9"                          # message function
AUTOMATIC, BY_OFFICER = "A", "M"        # type of analysis: by the filter, by a person
PRELOADING, FULL = "P", "F"             # category
NOTHING, NO_RISK, RISK, NO_LOADING = "0", "1", "2", "3"    # result
FIRST_ENTRY = "FIR"                     # place of control
INVOLVED = "involved"                   # the role of an office that was asked to screen it


def in_words(found: Iterable[Hit], nb: bool = False) -> str:
    """Say what hit, and where, for the officer who assesses it."""
    return "; ".join(f"{hit.criterion}{_group(hit)} {hit.nb if nb else hit.text}".rstrip()
                     + f" ({', '.join(hit.pointers)})" for hit in found)


def all_in_words(case: Filing, nb: bool = False) -> str:
    """Say what hit the filing, and which criteria hit others of its declaration."""
    own = {hit.criterion for hit in case.records}
    others = [one for one in case.found if one not in own]
    return "; ".join(filter(None, (in_words(case.records, nb), ", ".join(others))))


def _group(hit: Hit) -> str:
    return f" [{hit.group} {hit.level}]" if hit.group else ""


def results(records: Iterable[Hit], facts: Facts, verdict: str, by: str = AUTOMATIC
            ) -> list[dict[str, Any]]:
    """Return a record of each hit, or that there was none, with the verdict and its time."""
    done = {"resultCode": verdict, "dateAndTimeOfCompletion": second(facts.now)}
    return [record(hit, by) | done for hit in records] or [{"riskAnalysisType": by} | done]


def record(hit: Hit, by: str = AUTOMATIC) -> dict[str, Any]:
    """Return a hit in the shape of a result of risk analysis."""
    return {
        "riskAnalysisType": by, "riskAreaCode": hit.group or None, "riskLevel": hit.level or None,
        "riskCriteriaIdentifier": hit.criterion[:17], "resultText": hit.text or None,
        "pointer": [{"messageElementPath": path[-512:]} for path in hit.pointers]}


def risk_result(case: Filing, facts: Facts, verdict: str, by: str = BY_OFFICER) -> dict[str, Any]:
    """Return the content of IE4S02: every record, and the control recommended or loading denied."""
    return {
        "messageFunction": ORIGINAL, "functionalReference": case.mrn,
        "documentIssueDate": second(facts.now),
        "responsibleMemberState": {"country": facts.office[:2]},
        "riskAnalysis": [{
            "riskAnalysisRequestReference": case.mrn,
            "category": PRELOADING if case.about.preloading else FULL,
            "riskAnalysisResult": results(case.records, facts, verdict, by)}],
        "controlRecommendations": [{
            "placeOfControl": FIRST_ENTRY,
            "controlSubject": {"consignmentMasterLevel": goods(case.declaration)}}]
        if verdict == RISK else None,
        "doNotLoadDetails": {"transportDocument": list(case.documents)}
        if verdict == NO_LOADING else None}


def goods(body: dict[str, Any]) -> dict[str, Any]:
    """Return which goods a control is about: houses by their documents, and that of all."""
    named = {
        HOUSE: [{"transportDocumentHouseLevel": document}
                for house in many(at(body, f"{MASTER}/{HOUSE}"))
                if (document := house.get("transportDocumentHouseLevel"))],
        "transportDocumentMasterLevel": at(body, MASTER_DOCUMENT)}
    return {name: value for name, value in named.items() if value}


def tell_involved(case: Filing, facts: Facts, verdict: str) -> Iterable[Send]:
    """Tell every office that was asked to screen it what came of it (IE4S02)."""
    for office in case.involved:
        yield Send("IE4S02", office, risk_result(case, facts, verdict), role=INVOLVED,
                   case=case.mrn, edition=ICS2)
