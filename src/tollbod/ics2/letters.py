"""What the office of a filing writes to traders: each letter names whom and what it is about."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tollbod.case.carry import at, carry
from tollbod.case.model import Event, Facts, Send
from tollbod.findings import Finding
from tollbod.ics2.case import Filing, head
from tollbod.spec import codes
from tollbod.spec.tables import ICS2

# What is wrong with a filing in its life, not in itself: told by IE3N01, all else by IE3N99.
LIFE = frozenset("71 72 80 81 90 91 92 95 96 101 104".split())
POINTER, DESCRIPTION = 512, 512
AEO = ("AEOS", "AEOF")                  # how the register calls those authorisations


def second(moment: datetime) -> dict[str, str]:
    """Return a moment as ICS2 writes it."""
    return {"DateTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}


def letter(ie: str, to: str, about: dict[str, Any], changes: dict[str, Any]) -> Send:
    """Write a letter: what it has room for of what the filing names, with `changes`.

    To an office it goes to the bridge there, which filed the entry data of a transit.
    """
    body = carry(ICS2, ie, about, changes)
    if codes.office(to):
        return Send(ie, to, body, "bridge", about.get("LRN") or about.get("MRN", ""), ICS2)
    return Send(ie, to, body, edition=ICS2)


def to_filer(case: Filing, ie: str, changes: dict[str, Any]) -> Send:
    """Write to who filed it."""
    return letter(ie, case.filer, case.head, {"MRN": case.mrn} | changes)


def to_all(case: Filing, facts: Facts, ie: str, changes: dict[str, Any]) -> Iterable[Send]:
    """Write to the filer and the carrier, so far as each subscribes to this notice."""
    for party in dict.fromkeys((case.filer, case.carrier)):
        if subscribed(party, ie, facts):
            yield letter(ie, party, case.head, {"MRN": case.mrn} | changes)


def to_carrier(case: Filing, facts: Facts, ie: str, changes: dict[str, Any]) -> Iterable[Send]:
    """Write to the carrier too, if it is another than the filer and subscribes to it."""
    if case.carrier != case.filer and subscribed(case.carrier, ie, facts):
        yield letter(ie, case.carrier, case.head, {"MRN": case.mrn} | changes)


def subscribed(party: str, notice: str, facts: Facts) -> bool:
    """Tell whether a party of the register wants a notice; the bridge to transit wants all."""
    if codes.office(party):
        return True
    known = facts.party(party)
    return known is not None and notice in known.notices


def authorised(party: str, facts: Facts) -> bool:
    """Tell whether a party is an authorised economic operator for security and safety."""
    known = facts.party(party)
    return known is not None and any(kind in known.authorisations for kind in AEO)


def connected(party: str, facts: Facts) -> bool:
    """Tell whether a party can be written to: it is in the register."""
    return facts.party(party) is not None


def answer(
    case: Any, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse a message: IE3N01 if only its place in life is wrong, else IE3N99, all in one.

    Another office gets IE4N99.
    """
    if event.ie.startswith("IE4"):
        yield from answer_office(event, facts, findings, "involved")
        return
    life = all(finding.code in LIFE for finding in findings) and event.body.get("declarant")
    yield refused("IE3N01" if life else "IE3N99", facts.sender, event.body, facts, findings,
                  event.ie)


def answer_office(event: Event, facts: Facts, findings: tuple[Finding, ...], role: str
                  ) -> Iterable[Send]:
    """Refuse what another office says (IE4N99); a refusal itself is never answered."""
    if event.ie != "IE4N99":
        mrn = at(event.body, "functionalReference") or at(event.body, "MRN")
        yield Send("IE4N99", facts.sender, {
            "functionalReference": mrn, "notificationDate": second(facts.now),
            "error": [_error(finding, event.ie) for finding in findings]}, role=role, case=mrn,
            edition=ICS2)


def refused(ie: str, to: str, body: dict[str, Any], facts: Facts, findings: tuple[Finding, ...],
            root: str) -> Send:
    """Write a refusal with every finding: code, sentence and XPath."""
    reference = at(body, "LRN") or at(body, "functionalReference") or at(body, "MRN")
    return letter(ie, to, head(body, facts.office), {
        "functionalReference": reference if isinstance(reference, str) else None,
        "notificationDate": second(facts.now),
        "error": [_error(finding, root) for finding in findings],
    } if ie == "IE3N99" else {
        "notificationDate": second(facts.now),
        "error": [_error(finding, root) for finding in findings],
    })


def _error(finding: Finding, root: str) -> dict[str, Any]:
    rule = f" ({finding.rule})" if finding.rule else ""
    return {"description": finding.text[:DESCRIPTION - len(rule)] + rule,
            "validationCode": finding.code,
            "pointer": {"messageElementPath": (finding.path or f"/{root}")[-POINTER:]}}
