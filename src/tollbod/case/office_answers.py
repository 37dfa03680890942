"""The refusal that one office gives another: IE906, the functional NACK (CD906C).

The trader's refusals differ by role (IE056, IE057) and stand with their role.
"""
from collections.abc import Iterable

from tollbod.case.carry import at
from tollbod.case.model import Event, Facts, Send
from tollbod.case.refusal import functional_errors
from tollbod.findings import Finding

# From the role that refuses to the role that spoke: who hears an IE906.
SPEAKER = {
    "IE001": "departure", "IE003": "departure", "IE010": "departure", "IE024": "departure",
    "IE049": "departure", "IE050": "departure", "IE063": "departure", "IE094": "departure",
    "IE115": "departure", "IE160": "departure", "IE165": "departure", "IE181": "departure",
    "IE200": "departure", "IE203": "departure", "IE204": "departure", "IE209": "departure",
    "IE059": "departure", "IE142": "departure", "IE038": "departure",
    "IE002": "destination", "IE006": "destination", "IE018": "destination",
    "IE095": "destination", "IE114": "transit", "IE118": "transit", "IE119": "transit",
    "IE180": "transit", "IE164": "exit", "IE168": "exit", "IE143": "enquiry", "IE027": "enquiry",
    "IE201": "guarantee", "IE205": "guarantee",
    "IE144": "enquiry", "IE145": "enquiry",
    "IE150": "departure", "IE151": "recovery", "IE152": "recovery",
    "IE190": "departure", "IE191": "export", "IE040": "departure", "IE042": "departure",
    "IE048": "departure",
}
# Where a message says under what its sender keeps the case; others keep it under the MRN.
KEPT_BY = {"guarantee": "Guarantee/GuaranteeReference/GRN",
           "export": "AESResults/ExportOperation/MRN"}
# Roles that hear from departure alone, also what either end may say (IE144, IE145).
HEAR_DEPARTURE = ("enquiry", "recovery", "export")


def nack(event: Event, facts: Facts, findings: tuple[Finding, ...], here: str = ""
         ) -> Iterable[Send]:
    """Answer another office's message with IE906; an IE906 itself is never answered."""
    if event.name not in SPEAKER:
        return
    mrn = at(event.body, "TransitOperation/MRN")
    root = event.body.get("messageType", "CD906C")
    body = {"Header": {"MRN": mrn}, "FunctionalError": functional_errors(findings, root)}
    role, case = speaker(event, here)
    yield Send("IE906", facts.sender, body, role=role, case=case)


def speaker(event: Event, here: str = "") -> tuple[str, str]:
    """Return the role that sent a message to the role `here`, and under what it keeps the case."""
    role = SPEAKER.get(event.name, "")
    if role and here in HEAR_DEPARTURE:
        role = "departure"
    return role, at(event.body, KEPT_BY.get(role, "TransitOperation/MRN"))
