"""What the office of departure writes: each effect is a message, a task or a timer.

Contents follow the structures of the messages; what the structure has room for is carried over
from the declaration (`case.carry`).
"""
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tollbod.case.carry import at, carry, many
from tollbod.case.model import Effect, Event, Facts, Name, Send, Task, Timer, refuse
from tollbod.case.money import written
from tollbod.case.office_answers import nack
from tollbod.case.refusal import functional_errors, reason
from tollbod.findings import Finding
from tollbod.movement.departure_case import Departure, Use
from tollbod.movement.parties import with_names
from tollbod.spec.timers import minutes

P6 = "p6"
REJECTIONS = {"IE013": "013", "IE014": "014", "IE015": "015", "IE054": "054", "IE141": "141",
              "IE170": "170"}                                       # CL560 businessRejectionType


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _second(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}" if moment else ""


def _to_declarant(case: Departure, ie: str, changes: dict[str, Any]) -> Send:
    """Write a message to the declarant, carried over from the declaration."""
    root = f"CC{ie[2:]}C"
    return Send(ie, case.declarant, carry(P6, root, case.declaration, changes))


def _dates(case: Departure) -> dict[str, Any]:
    return {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/declarationAcceptanceDate": _day(case.accepted),
        "TransitOperation/releaseDate": _day(case.released) or None,
    }


def acknowledge(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Acknowledge the declaration (IE928) and ask an officer to accept it."""
    yield _to_declarant(case, "IE928", {})
    yield Task("accept", "Accept the declaration", "Godta deklarasjonen", ("accept",))


def allocate(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Send IE928 and the MRN (IE028); ask each office of guarantee (IE200)."""
    if event.name == "IE015":
        yield _to_declarant(case, "IE928", {})
    else:
        yield Task("accept")
    yield Name(f"departure/{case.mrn}")
    changes = {k: v for k, v in _dates(case).items() if v}
    yield _to_declarant(case, "IE028", changes)
    if case.control == "decided":
        yield _control_decision(case, facts, "0")
    for use in case.uses:
        yield _guarantee_letter(case, "IE200", use)


def allocate_covered(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the MRN; no guarantee has to be asked for, an officer goes on."""
    yield from allocate(case, event, facts)
    yield from ask_release(case, event, facts)


def allocate_and_control(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the MRN; no guarantee has to be asked for, the goods are controlled."""
    yield from allocate(case, event, facts)
    yield from ask_control(case, event, facts)


def allocate_and_release(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the MRN and release at once: no guarantee has to be asked for, and nobody waits."""
    yield from allocate(case, event, facts)
    yield from release(case, event, facts)


def _countries(case: Departure) -> list[str]:
    """List the countries the movement touches, in order, each once."""
    declaration = case.declaration
    offices = [at(declaration, "CustomsOfficeOfDeparture/referenceNumber")]
    for transit in many(declaration.get("CustomsOfficeOfTransitDeclared")):
        offices.append(transit["referenceNumber"])
    offices.append(at(declaration, "CustomsOfficeOfDestinationDeclared/referenceNumber"))
    routing = many(declaration.get("Consignment", {}).get("CountryOfRoutingOfConsignment"))
    return list(dict.fromkeys([o[:2] for o in offices] + [r["country"] for r in routing]))


def _guarantee_letter(case: Departure, ie: str, use: Use) -> Send:
    """Write IE200 (check) or IE203 (use) to the office of guarantee of one guarantee."""
    reference = {
        "sequenceNumber": "1", "GRN": use.grn, "accessCode": use.access_code,
        "amountConcerned": written(use.amount_cent, "EUR"), "currency": "EUR",
    }
    body = {
        "TransitOperation": {
            "MRN": case.mrn, "declarationAcceptanceDate": _day(case.accepted),
        },
        "CustomsOfficeOfDeparture": case.declaration["CustomsOfficeOfDeparture"],
        "HolderOfTheTransitProcedure": {"identificationNumber": case.holder},
        "CountryInvolved": [
            {"sequenceNumber": str(n), "country": country}
            for n, country in enumerate(_countries(case), 1)
        ],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": use.type,
                       "GuaranteeReference": [reference]}],
    }
    if use.type == "2":                                                         # C0233
        body["CustomsOfficeOfDestinationDeclared"] = case.declaration[
            "CustomsOfficeOfDestinationDeclared"]
    if use.type in "29":                                                        # C0815
        body["Consignment"] = case.declaration["Consignment"]
    root = f"CD{ie[2:]}C"
    return Send(ie, use.office, carry(P6, root, body), role="guarantee", case=use.grn)


def use_guarantees(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Reserve every guarantee (IE203), now that all are checked."""
    for use in case.uses:
        yield _guarantee_letter(case, "IE203", use)


def tell_guarantee(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the declarant which guarantees are not valid and why (IE055); start the timer."""
    references = [
        {
            "sequenceNumber": str(n), "GRN": use.grn,
            "InvalidGuaranteeReason": [
                {"sequenceNumber": str(m), "code": code} for m, code in enumerate(use.reasons, 1)
            ],
        }
        for n, use in enumerate((u for u in case.uses if u.status == "refused"), 1)
    ]
    changes = _dates(case) | {"GuaranteeReference": references}
    yield _to_declarant(case, "IE055", changes)
    yield Timer("guarantee", facts.now + timedelta(minutes=minutes("guarantee amendment")))


def _control_decision(case: Departure, facts: Facts, kind: str) -> Send:
    """Write the control decision (IE060): type 0 control. It never tells which criterion hit."""
    return _to_declarant(case, "IE060", {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/LRN": None,
        "TransitOperation/controlNotificationDateAndTime": _second(facts.now),
        "TransitOperation/notificationType": kind,
        "TypeOfControls": [{"sequenceNumber": "1", "type": "10"}],
    })


def control(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the control (IE060) and ask for its result."""
    yield _control_decision(case, facts, "0")
    yield from ask_control(case, _event, facts)


def ask_control(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to control the goods."""
    yield Task("release")
    yield Task("control", "Control the goods or the documents",
               "Kontroller varene eller dokumentene", ("result", "no-release"))


def ask_release(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer for what release under the normal procedure still lacks."""
    acts = [act for act, done in (("present", case.presented), ("control", case.control),
                                  ("seal", case.sealed)) if not done]
    yield Task("control")
    yield Task("release", "Release for transit", "Frigi til transittering",
               (*acts, "release", "no-release"))


def wait_for_guarantee(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a release before the guarantee is reserved."""
    yield refuse("92", "the guarantee is not reserved yet; its office has not answered",
                 "garantien er ikke reservert ennå; garantitollstedet har ikke svart")


def _control_code(case: Departure) -> str:
    """Return the result at departure: A3 simplified without control, A2 none, else as found."""
    if case.control in ("A1", "A2"):
        return case.control
    return "A3" if case.simplified else "A2"                                    # G0126


def records(case: Departure, facts: Facts) -> Iterable[Send]:
    """Write what release sends: IE029 to the declarant, IE050 and IE001 to the offices ahead."""
    result = {"code": _control_code(case), "date": _day(case.released)}
    declaration = _sealed(case)
    release_letter = carry(P6, "CC029C", declaration, _dates(case) | {
        "Consignment/containerIndicator": at(declaration, "Consignment/containerIndicator", "0"),
        "ControlResult": result | {"controlledBy": facts.office},
    })
    yield Send("IE029", case.declarant, release_letter)
    full = with_names(declaration, facts.party)
    changes = _dates(case) | {
        "ControlResult": result,
        "Consignment/containerIndicator": at(declaration, "Consignment/containerIndicator", "0"),
    }
    for transit in many(declaration.get("CustomsOfficeOfTransitDeclared")):
        office = transit["referenceNumber"]
        yield Send("IE050", office, carry(P6, "CD050C", full, changes), "transit", case.mrn)
    office = at(declaration, "CustomsOfficeOfDestinationDeclared/referenceNumber")
    yield Send("IE001", office, carry(P6, "CD001C", full, changes), "destination", case.mrn)


def _sealed(case: Departure) -> dict[str, Any]:
    """Return the declaration with the seals that the office affixed."""
    if not case.seals:
        return case.declaration
    consignment = dict(case.declaration["Consignment"])
    equipment = [dict(e) for e in many(consignment.get("TransportEquipment"))]
    equipment = equipment or [{"sequenceNumber": "1", "numberOfSeals": "0"}]
    seals = many(equipment[0].get("Seal"))
    fixed = [{"sequenceNumber": str(len(seals) + n), "identifier": seal}
             for n, seal in enumerate(case.seals, 1)]
    equipment[0] |= {"Seal": seals + fixed, "numberOfSeals": str(len(seals) + len(fixed))}
    consignment["TransportEquipment"] = equipment
    return case.declaration | {"Consignment": consignment}


def release(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Release for transit: the declarant and the offices ahead are told."""
    yield Task("release")
    yield Task("control")
    yield from records(case, facts)


def no_release(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the release (IE051) and free what was reserved (IE204)."""
    yield Task("release")
    yield Task("control")
    text = event.body.get("text") or "The transit is not released."
    if event.name == "timer guarantee":
        text = "No valid guarantee was given in time."
    yield _to_declarant(case, "IE051", {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/declarationSubmissionDateAndTime": _second(case.lodged),
        "TransitOperation/noReleaseMotivationCode": event.body.get("code") or "Z1",
        "TransitOperation/noReleaseMotivationText": text,
    })
    for use in case.uses:
        if use.status == "reserved":
            yield _end_use(case, use, {"usageCancellationDate": _day(facts.now)})


def _end_use(case: Departure, use: Use, dates: dict[str, str]) -> Send:
    """Tell the office of guarantee that the liability ends (IE204)."""
    return _credit_letter(case, "IE204", use, dates)


def _credit_letter(case: Departure, ie: str, use: Use, dates: dict[str, str]) -> Send:
    reference = {"sequenceNumber": "1", "GRN": use.grn,
                 "CustomsOfficeOfGuarantee": {"referenceNumber": use.office}}
    body = {
        "TransitOperation": {"MRN": case.mrn} | dates,
        "CustomsOfficeOfDeparture": case.declaration["CustomsOfficeOfDeparture"],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": use.type,
                       "GuaranteeReference": [reference]}],
    }
    return Send(ie, use.office, body, role="guarantee", case=use.grn)


def credit(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Credit the reference amount of every guarantee on arrival (IE209)."""
    when = at(event.body, "TransitOperation/arrivalDateAndTimeActual")
    for use in case.uses:
        yield _credit_letter(case, "IE209", use, {"arrivalDateAndTimeActual": when})


def ask_write_off(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer of departure to decide on the discrepancies."""
    yield Task("discrepancies", "Decide on the discrepancies found at destination",
               "Avgjør uoverensstemmelsene funnet ved bestemmelsesstedet", ("write-off",))


def write_off(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Write the movement off (IE045) and end the liability of its guarantees (IE204)."""
    yield Task("discrepancies")
    yield _to_declarant(case, "IE045", {
        "TransitOperation/MRN": case.mrn, "TransitOperation/writeOffDate": _day(facts.now),
    })
    for use in case.uses:
        yield _end_use(case, use, {"releaseDate": _day(facts.now)})


def answer(
    case: Departure, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse: IE056 to a trader (CC056C), IE906 to an office."""
    if event.name not in REJECTIONS:
        yield from nack(event, facts, findings)
        return
    known = case.declaration or event.body
    functional = all(f.layer != "state" for f in findings)
    accepted = bool(case.accepted)                                              # C0467
    changes = {
        "TransitOperation": {
            "LRN": None if accepted else at(known, "TransitOperation/LRN"),
            "MRN": case.mrn if accepted else None,
            "businessRejectionType": REJECTIONS[event.name],
            "rejectionDateAndTime": _second(facts.now),
            "rejectionCode": "12" if functional else "4",
            "rejectionReason": None if functional else reason(findings),
        },
        "FunctionalError": functional_errors(findings, event.body.get("messageType", "CC015C")),
    }
    yield Send("IE056", facts.sender, carry(P6, "CC056C", known, changes))
