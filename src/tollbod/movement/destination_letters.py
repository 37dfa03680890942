"""What the office of destination writes."""
from collections.abc import Iterable
from typing import Any

from tollbod.case.carry import at, carry
from tollbod.case.model import Effect, Event, Facts, Send, Task
from tollbod.case.office_answers import nack
from tollbod.case.refusal import functional_errors, reason
from tollbod.findings import Finding
from tollbod.movement.destination_case import Destination

P6 = "p6"
REJECTIONS = {"IE007": "007", "IE044": "044"}                       # CL570 businessRejectionType


def _here(facts: Facts) -> dict[str, str]:
    return {"referenceNumber": facts.office}


def _trader(case: Destination) -> dict[str, str]:
    return {"identificationNumber": case.trader}


def advise(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Advise the office of departure of the arrival (IE006); ask an officer to go on."""
    yield _arrival_advice(case, facts)
    yield Task("unloading", "Verify the arrival against the record and permit the unloading",
               "Kontroller ankomsten mot forhåndsmeldingen og gi lossetillatelse",
               ("permit-unloading",))


def _arrival_advice(case: Destination, facts: Facts) -> Send:
    departure = case.record["CustomsOfficeOfDeparture"]
    return Send("IE006", departure["referenceNumber"], {
        "TransitOperation": {
            "MRN": case.mrn,
            "arrivalDateAndTimeActual": f"{facts.now:%Y-%m-%dT%H:%M:%S}",
        },
        "CustomsOfficeOfDeparture": departure,
        "CustomsOfficeOfDestinationActual": _here(facts),
    }, role="departure", case=case.mrn)


def _permission(case: Destination, facts: Facts) -> Send:
    body = carry(P6, "CC043C", case.record, {
        "CustomsOfficeOfDestinationActual": _here(facts), "TraderAtDestination": _trader(case),
    })
    return Send("IE043", case.trader, body)


def permit_at_once(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Advise departure of the arrival (IE006) and permit the unloading (IE043) in one go."""
    yield _arrival_advice(case, facts)
    yield _permission(case, facts)


def permit(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Permit the unloading: IE043 where the trader is known, and the remarks may be keyed in."""
    yield Task("unloading")
    if case.trader:
        yield _permission(case, facts)
    yield Task("remarks", "Key in the unloading remarks when they come on paper",
               "Registrer lossemerknadene når de kommer på papir", ("remarks",))


def go_on(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Permit the unloading to go on: IE043 with the number of the continuation (G0510)."""
    body = carry(P6, "CC043C", case.record, {
        "CustomsOfficeOfDestinationActual": _here(facts), "TraderAtDestination": _trader(case),
        "CTLControl": {"continueUnloading": str(min(len(case.remarks), 9))},
        "TransitOperation/declarationType": None,                               # C0027
        "TransitOperation/declarationAcceptanceDate": None,
        "HolderOfTheTransitProcedure": None, "Consignment": None,
    })
    yield Send("IE043", case.trader, body)


def ask_result(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to verify the remarks and to give the result."""
    yield Task("remarks")
    yield Task("result", "Verify the unloading remarks and give the result",
               "Kontroller lossemerknadene og gi resultatet", ("result",))


def ask_control(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to control the goods: the remarks show differences."""
    yield Task("remarks")
    yield Task("result", "Control the goods: the unloading remarks show differences",
               "Kontroller varene: lossemerknadene viser avvik", ("result",))


def _code(case: Destination) -> str:
    """Return the result: what an officer gave, else A2 (considered satisfactory)."""
    return case.result.get("code", "A2")


def complete(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Send the results to departure (IE018) and release the goods to the trader (IE025)."""
    yield Task("result")
    yield Task("remarks")
    yield _results(case, facts)
    if case.trader:
        indicator = "4" if _code(case) == "B1" else "1"                         # CL164
        yield Send("IE025", case.trader, {
            "TransitOperation": {"MRN": case.mrn, "releaseDate": f"{facts.now:%Y-%m-%d}",
                                 "releaseIndicator": indicator},
            "CustomsOfficeOfDestinationActual": _here(facts),
            "TraderAtDestination": _trader(case),
        })


def _results(case: Destination, facts: Facts) -> Send:
    remark = case.remarks[-1] if case.remarks else {}
    seals = at(remark, "UnloadingRemark/stateOfSeals", "1") if case.sealed else None
    code = _code(case)
    differs = code in ("A5", "B1")                                              # C0930
    consignment = remark.get("Consignment") if differs else None
    said = at(remark, "UnloadingRemark/unloadingRemark") or case.result.get("text", "")
    other = None if not differs or consignment else said or "Differences found at unloading"
    departure = case.record["CustomsOfficeOfDeparture"]
    body: dict[str, Any] = {
        "TransitOperation": {
            "MRN": case.mrn,
            "bindingItinerary": at(case.record, "TransitOperation/bindingItinerary", "0"),
            "otherThingsToReport": other,
        },
        "CustomsOfficeOfDeparture": departure,
        "CustomsOfficeOfDestinationActual": _here(facts),
        "ControlResult": {"code": code, "date": f"{facts.now:%Y-%m-%d}", "stateOfSeals": seals,
                          "text": case.result.get("text")},
        "Consignment": consignment,
    }
    return Send("IE018", departure["referenceNumber"], carry(P6, "CD018C", {}, body),
                role="departure", case=case.mrn)


def answer(
    case: Destination, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse: IE057 to a trader (CC057C), IE906 to an office."""
    if event.name not in REJECTIONS:
        yield from nack(event, facts, findings)
        return
    functional = all(f.layer != "state" for f in findings)
    unknown = any(f.code == "90" for f in findings)
    yield Send("IE057", facts.sender, carry(P6, "CC057C", event.body, {
        "TransitOperation": {
            "MRN": case.mrn or at(event.body, "TransitOperation/MRN"),
            "businessRejectionType": REJECTIONS[event.name],
            "rejectionDateAndTime": f"{facts.now:%Y-%m-%dT%H:%M:%S}",
            "rejectionCode": "12" if functional else "1" if unknown else "4",
            "rejectionReason": None if functional else reason(findings),
        },
        "TraderAtDestination": {"identificationNumber": facts.sender},
        "FunctionalError": functional_errors(findings, event.body.get("messageType", "CC007C")),
    }))
