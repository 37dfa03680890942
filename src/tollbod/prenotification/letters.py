"""What the office of a prenotification writes: letters to the filer, in the national edition."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tollbod.case.carry import at, carry
from tollbod.case.model import Event, Facts, Send
from tollbod.case.refusal import reason
from tollbod.findings import Finding
from tollbod.prenotification.case import Prenotified
from tollbod.prenotification.requirements import filer

EDITION = "no1"
REJECTIONS = {"IE013": "013", "IE014": "014", "IE015": "015", "IEN63": "N63"}


def second(moment: datetime | None) -> str | None:
    """Return a moment as messages write it (an19, UTC); None for None."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}" if moment else None


def to_filer(case: Prenotified, ie: str, changes: dict[str, Any], to: str = "") -> Send:
    """Write a message to the filer, or another who is named, carried over from the declaration."""
    root = f"CC{ie[2:]}N"
    told = {"TransitOperation/MRN": case.mrn} | changes
    return Send(ie, to or case.filer, carry(EDITION, root, case.declaration, told), edition=EDITION)


def answer(
    case: Prenotified, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse a message: CC056N with every finding, to who sent it."""
    known = {name: at(event.body, f"TransitOperation/{name}") or None for name in ("LRN", "MRN")}
    body = {
        "TransitOperation": {name: value for name, value in known.items() if value} | {
            "businessRejectionType": REJECTIONS.get(event.name, "N/A"),
            "rejectionDateAndTime": second(facts.now), "rejectionReason": reason(findings)},
        "CustomsOfficeOfDeparture": {"referenceNumber": facts.office},
        "FunctionalError": [_error(finding, event) for finding in findings],
    }
    yield Send("IE056", filer(event.body, facts), body, edition=EDITION)


def _error(finding: Finding, event: Event) -> dict[str, str]:
    error = {
        "errorPointer": (finding.path or f"/{event.body.get('messageType', '*')}")[-512:],
        "errorCode": finding.code, "errorReason": finding.rule[:20] or "N/A",
    }
    return error | ({"originalAttributeValue": finding.value[:512]} if finding.value else {})
