"""Goods with entry data that a carrier presents at an office of transit (CC117D): they enter there.

The office passes it on to ICS2 (CD117D, to the bridge at the same office), which routes the goods.
What it cannot pass on is refused (CC058D). The crossing is registered apart, as any other.
"""
from collections.abc import Iterable
from typing import Any

from tollbod.case.carry import at, carry, many
from tollbod.case.model import SAME, Effect, Event, Facts, On, Send, always, refuse
from tollbod.case.refusal import functional_errors, reason
from tollbod.findings import Finding

P6 = "p6"
ENS = "N355"                    # previous document: the entry summary declaration


def entries(record: dict[str, Any]) -> tuple[str, ...]:
    """Return the MRNs of the entry summary declarations that a record names."""
    return tuple(one["referenceNumber"] for one in many(at(record, "Consignment/PreviousDocument"))
                 or [] if isinstance(one, dict) and one.get("type") == ENS)


# When

def without_entry(case: Any, event: Event, _facts: Facts) -> bool:
    """Hold if the movement names no such entry summary declaration."""
    given = at(event.body, "EnsOperation/ENSMRN")
    known = entries(case.record)
    return not known or bool(given) and given not in known


# Then

def tell_unknown(_case: Any, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a presentation of a movement that is not awaited here (CC058D)."""
    number = at(event.body, "TransitOperation/MRN")
    yield refuse("90", f"MRN {number} is not known here", f"MRN {number} er ikke kjent her", "",
                 "/CC117D/TransitOperation/MRN")


def tell_no_entry(_case: Any, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a presentation: the movement holds no such entry data (CC058D)."""
    yield refuse("14", "the movement names no such entry summary declaration; goods of another one "
                 "are presented under it", "forsendelsen oppgir ingen slik summarisk "
                 "innførselsdeklarasjon; varer på en annen legges fram på den", "",
                 "/CC117D/EnsOperation/ENSMRN")


def pass_on(case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell ICS2 that the goods are here (CD117D)."""
    number = at(event.body, "EnsOperation/ENSMRN") or entries(case.record)[0]
    who = {name: event.body[name] for name in ("HolderOfTheTransitProcedure", "Consignment")
           if event.body.get(name)}
    body = carry(P6, "CD117D", event.body, {
        "EnsOperation": {"ENSMRN": number, "dispatchToIcs2CrIndicator": "1"},
        "CustomsOfficeOfEnsPresentationActual": {"referenceNumber": facts.office}} | (
            {} if who else {"HolderOfTheTransitProcedure": {
                "identificationNumber": facts.sender}}))
    yield Send("IE117", facts.office, body, role="bridge", case=case.mrn, root="CD117D")


def answer(event: Event, facts: Facts, findings: tuple[Finding, ...]) -> Iterable[Send]:
    """Refuse a presentation (CC058D)."""
    functional = all(one.layer != "state" for one in findings)
    who = {name: event.body[name] for name in ("HolderOfTheTransitProcedure", "Consignment")
           if event.body.get(name)} or {
               "HolderOfTheTransitProcedure": {"identificationNumber": facts.sender}}
    yield Send("IE058", facts.sender, carry(P6, "CC058D", who, {
        "TransitOperation": {
            "MRN": at(event.body, "TransitOperation/MRN"), "businessRejectionType": "117",
            "rejectionDateAndTime": f"{facts.now:%Y-%m-%dT%H:%M:%S}",
            "rejectionCode": "12" if functional else "4",
            "rejectionReason": None if functional else reason(findings)},
        "CustomsOfficeOfTransitActual": {"referenceNumber": facts.office},
        "FunctionalError": functional_errors(findings, "CC117D") if functional else None}))


ROWS = (
    On("none",     "IE117", always,        SAME, tell_unknown),
    On("expected", "IE117", without_entry, SAME, tell_no_entry),
    On("expected", "IE117", always,        SAME, pass_on),
)
