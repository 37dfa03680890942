"""The whole behaviour of the office of destination: the rows of all its parts, in reading order.

States: none, record asked, expected, cancelled, closed, arrived (unloading is not permitted yet),
unloading, unloaded, under control, goods released, waiting for resolution, not resolved. Sources:
founding document NCTS (arrival and completion), states.json.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at, carry
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Role, Send, Wait, always, nothing,
)
from tollbod.case.office_answers import nack
from tollbod.case.refusal import reason
from tollbod.findings import Finding
from tollbod.movement import speakers
from tollbod.movement.deadlines import reporting, resolving, with_deadlines
from tollbod.movement.destination import arrival, unloading
from tollbod.movement.destination.case import Destination
from tollbod.movement.incident import incident_letter
from tollbod.movement.status import answer_status

REJECTIONS = {"IE007": "007", "IE044": "044"}                       # CL570 businessRejectionType


def tell_status(case: Destination, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure how the movement stands here (IE095)."""
    yield answer_status(case.state, case.mrn, event, facts)


def register_incident(case: Destination, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the office of departure of an incident that was registered here (IE180)."""
    yield incident_letter(case.mrn, case.departure, event, facts)


def heard(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn an incident during the transport (IE181)."""
    return msgspec.structs.replace(case, incidents=(*case.incidents, event.body))


AT_HAND = ("arrived", "unloading", "unloaded", "under control")     # until the results (IE018)

TABLE = (
    *with_deadlines(with_deadlines(
        (*arrival.ROWS, *unloading.ROWS), AT_HAND, reporting, ("report",)),
        "waiting for resolution", resolving, ("resolution",)),
    On("expected", "officer incident", always, SAME, register_incident),
    On(ANY, "IE181", always, SAME, nothing, heard),
    On(ANY, "IE063", always, SAME, nothing),
    On(ANY, "IE094", always, SAME, tell_status),
    On(ANY, "IE906", arrival.arrival_refused, "closed", arrival.end_elsewhere),
    On(ANY, "IE906", always, SAME, nothing),
)

WAITS = {
    "expected": Wait("carrier", "the goods have not arrived yet (IE007 or an officer)",
                     "varene har ikke kommet ennå (IE007 eller en tjenesteperson)"),
    "record asked": Wait("office of departure", "the record was asked for (IE002)",
                         "forhåndsmeldingen er etterspurt (IE002)"),
    "arrived": Wait("officer", "an officer permits the unloading, with or without control",
                    "en tjenesteperson gir lossetillatelse, med eller uten kontroll"),
    "unloading": Wait("trader at destination", "the unloading remarks (IE044 or on paper)",
                      "lossemerknadene (IE044 eller på papir)"),
    "unloaded": Wait("officer", "an officer verifies the unloading remarks",
                     "en tjenesteperson kontrollerer lossemerknadene"),
    "under control": Wait("officer", "the result of the control at destination",
                          "resultatet av kontrollen ved bestemmelsesstedet"),
    "waiting for resolution": Wait("office of departure", "the discrepancies are being resolved",
                                   "uoverensstemmelsene er under avklaring"),
}


def answer(
    case: Destination, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse: IE057 to a trader (CC057C), IE906 to an office."""
    if event.name not in REJECTIONS:
        yield from nack(event, facts, findings)
        return
    functional = all(f.layer != "state" or f.code == "14" and f.path for f in findings)
    unknown = any(f.code == "90" for f in findings)
    yield arrival.rejection(
        facts.sender, case.mrn or at(event.body, "TransitOperation/MRN"), REJECTIONS[event.name],
        "12" if functional else "1" if unknown else "4",
        None if functional else reason(findings), findings, facts,
        event.body.get("messageType", "CC007C"), event.edition)


def earlier(case: Destination) -> dict[str, dict]:
    """Return the record, and the permission once it is given, for conditions that look back."""
    found = {"CD001C": case.record} if case.record else {}
    if case.permitted:
        found["CC043C"] = carry("p6", "CC043C", case.record)
    return found


ROLE = Role("destination", TABLE, Destination, answer, WAITS, earlier,
            owner=lambda case: case.trader, heard=speakers.AHEAD)
