"""Unloading: permitted (IE043), reported (IE044 or on paper), judged, completed (IE018, IE025)."""
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from tollbod.case.carry import at, carry
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Send, Task, always, nothing, refuse,
)
from tollbod.movement.destination.arrival import tell_somebody_else, tell_unknown
from tollbod.movement.destination.case import Destination
from tollbod.movement.destination.letters import P6, here, permission, trader

RELEASED, WAITING = "1", "4"        # releaseIndicator, CL164
TASKS = ("unloading", "remarks", "result", "overdue")       # what is done once there are results


# Learn

def permitted(case: Destination, _event: Event, facts: Facts) -> Destination:
    """Learn that an officer permitted the unloading."""
    return msgspec.structs.replace(case, permitted=facts.now)


def remarked(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn the unloading remarks, by message or keyed in from paper: equal in effect."""
    return msgspec.structs.replace(case, remarks=(*case.remarks, event.body))


def resulted(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn the result of the control: code A1, A2, A5 or B1, and a text."""
    return msgspec.structs.replace(case, result=event.body)


# When

def not_the_one_who_arrived(case: Destination, _event: Event, facts: Facts) -> bool:
    """Hold if the unloading remarks come from another trader than the arrival."""
    return facts.sender != case.trader


def incomplete(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the unloading goes on (unloadingCompletion 0)."""
    return at(event.body, "UnloadingRemark/unloadingCompletion", "1") == "0"


def conform(case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the unloading showed no difference and the seals, if any, were in good state.

    Goods that are told of are a difference (G0360), whatever the remark says of itself.
    """
    remark = event.body.get("UnloadingRemark", {})
    fine = remark.get("conform") == "1" and remark.get("stateOfSeals", "1") == "1"
    return fine and not differences(case, event)


def differences(case: Destination, event: Event) -> set[str]:
    """Return what the remarks tell of the goods, but for the gross mass if it is the record's.

    Phase 4 demands the gross mass of every message; it is no difference by being there.
    """
    told = event.body.get("Consignment") or {}
    known = at(case.record, "Consignment/grossMass")
    same = bool(known) and Decimal(told.get("grossMass", "-1")) == Decimal(known)
    return told.keys() - ({"grossMass"} if same else set())


def major(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold for the result B1 (not satisfactory): the goods wait for its resolution."""
    return event.body.get("code") == "B1"


def trader_waits(case: Destination, _event: Event, _facts: Facts) -> bool:
    """Hold if a trader is named: it is permitted to unload (IE043) before it is told the rest."""
    return bool(case.trader)


def resolved(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the discrepancies are resolved (IE049 with 1)."""
    return at(event.body, "TransitOperation/discrepanciesResolved") == "1"


# Then

def permit(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Permit the unloading: IE043 where the trader is known, and the remarks may be keyed in."""
    yield Task("unloading")
    if case.trader:
        yield permission(case, facts)
    yield Task("remarks", "Key in the unloading remarks when they come on paper",
               "Registrer lossemerknadene når de kommer på papir", ("remarks",))


def go_on(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Permit the unloading to go on: IE043 with the number of the continuation (G0510)."""
    body = carry(case.edition, "CC043C", case.record, {
        "CustomsOfficeOfDestinationActual": here(facts), "TraderAtDestination": trader(case),
        "CTLControl": {"continueUnloading": str(min(len(case.remarks), 9))},
        "TransitOperation/declarationType": None,                               # C0027
        "TransitOperation/declarationAcceptanceDate": None,
        "HolderOfTheTransitProcedure": None, "Consignment": None,
    })
    yield Send("IE043", case.trader, body, edition=case.edition)


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


def code(case: Destination) -> str:
    """Return the result: what an officer gave, else A2 (considered satisfactory)."""
    return case.result.get("code", "A2")


def complete(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Send the results to departure (IE018) and tell the trader about the goods (IE025)."""
    for task in TASKS:
        yield Task(task)
    yield _results(case, facts)
    yield from _goods(case, facts, WAITING if code(case) == "B1" else RELEASED)


def release_goods(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Release the goods after all (IE025): the discrepancies are resolved."""
    yield Task("overdue")
    yield from _goods(case, facts, RELEASED)


def keep_goods(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Release nothing: the discrepancies stand, and the debt is recovered at departure."""
    yield Task("overdue")


def _goods(case: Destination, facts: Facts, indicator: str) -> Iterable[Send]:
    """Write the goods release notification (IE025) where the trader is known."""
    if case.trader:
        yield Send("IE025", case.trader, {
            "TransitOperation": {"MRN": case.mrn, "releaseDate": f"{facts.now:%Y-%m-%d}",
                                 "releaseIndicator": indicator},
            "CustomsOfficeOfDestinationActual": here(facts),
            "TraderAtDestination": trader(case),
        }, edition=case.edition)


def _results(case: Destination, facts: Facts) -> Send:
    remark = case.remarks[-1] if case.remarks else {}
    seals = at(remark, "UnloadingRemark/stateOfSeals", "1") if case.sealed else None
    differs = code(case) in ("A5", "B1")                                        # C0930
    consignment = remark.get("Consignment") if differs else None
    said = at(remark, "UnloadingRemark/unloadingRemark") or case.result.get("text", "")
    other = None if not differs or consignment else said or "Differences found at unloading"
    body: dict[str, Any] = {
        "TransitOperation": {
            "MRN": case.mrn,
            "bindingItinerary": at(case.record, "TransitOperation/bindingItinerary", "0"),
            "otherThingsToReport": other,
        },
        "CustomsOfficeOfDeparture": {"referenceNumber": case.departure},
        "CustomsOfficeOfDestinationActual": here(facts),
        "ControlResult": {"code": code(case), "date": f"{facts.now:%Y-%m-%d}",
                          "stateOfSeals": seals, "text": case.result.get("text")},
        "Consignment": consignment,
    }
    return Send("IE018", case.departure, carry(P6, "CD018C", {}, body), role="departure",
                case=case.mrn)


def tell_permission_first(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a result before the trader at destination was permitted to unload."""
    yield refuse("92", "permit the unloading first (IE043): the trader at destination waits for it",
                 "gi lossetillatelse først (IE043): aktøren ved bestemmelsesstedet venter på den")


def tell_overdue(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Remind the officers: the results are due at the office of departure."""
    yield Task("overdue", "The results (IE018) are due: departure will make an enquiry",
               "Resultatet (IE018) er forfalt: avgang vil sende en etterlysning", ("noted",))


def tell_unresolved(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Remind the officers: departure has not said in time how the discrepancies end (IE049)."""
    yield Task("overdue", "The office of departure has not resolved the discrepancies in time",
               "Avgangstollstedet har ikke avklart uoverensstemmelsene i tide", ("noted",))


# fmt: off
def _overdue(state: str) -> On:
    return On(state, "timer report", always, SAME, tell_overdue)


ROWS = (
    #  in state                 on                          when                     go to                     then             learn
    On("none",                  "IE044",                    always,                  SAME,                     tell_unknown),
    On("arrived",               "officer permit-unloading", always,                  "unloading",              permit,          permitted),
    On("arrived",               "officer result",           trader_waits,            SAME,                     tell_permission_first),
    On("arrived",               "officer result",           major,                   "waiting for resolution", complete,        resulted),
    On("arrived",               "officer result",           always,                  "goods released",         complete,        resulted),
    On("unloading",             "IE044",                    not_the_one_who_arrived, SAME,                     tell_somebody_else),
    On("unloading",             "IE044",                    incomplete,              SAME,                     go_on,           remarked),
    On("unloading",             "IE044",                    conform,                 "goods released",         complete,        remarked),
    On("unloading",             "IE044",                    always,                  "under control",          ask_control,     remarked),
    On("unloading",             "officer remarks",          incomplete,              SAME,                     nothing,         remarked),
    On("unloading",             "officer remarks",          conform,                 "unloaded",               ask_result,      remarked),
    On("unloading",             "officer remarks",          always,                  "under control",          ask_control,     remarked),
    On("unloaded",              "officer result",           major,                   "waiting for resolution", complete,        resulted),
    On("unloaded",              "officer result",           always,                  "goods released",         complete,        resulted),
    On("under control",         "officer result",           major,                   "waiting for resolution", complete,        resulted),
    On("under control",         "officer result",           always,                  "goods released",         complete,        resulted),
    *map(_overdue, ("arrived", "unloading", "unloaded", "under control")),
    On("waiting for resolution", "timer resolution",        always,                  SAME,                     tell_unresolved),
    On("waiting for resolution", "IE049",                   resolved,                "goods released",         release_goods),
    On("waiting for resolution", "IE049",                   always,                  "not resolved",           keep_goods),
)
# fmt: on
