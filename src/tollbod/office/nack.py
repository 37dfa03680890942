"""IE917, the XML NACK: the answer to bytes that are no message, or that do not fit its structure.

Source: structure of CC917C / CD917C; G0011 to G0013.
"""
from datetime import datetime

from tollbod.findings import Finding
from tollbod.wire import xml
from tollbod.wire.message import Unreadable, from_plain

MOST = 9999             # XMLError 1..9999
# Codes that CL030 has only had since phase 6: what a sender of phase 5 is told in their place.
OF_PHASE_5 = {"18": "15", "35": "15", "39": "51", "40": "51", "53": "51", "54": "50", "55": "50"}


def xml_errors(findings: tuple[Finding, ...], edition: str = "p6") -> list[dict[str, str]]:
    """Return findings of the structure as XMLError groups, in order, in the codes of an edition."""
    known = OF_PHASE_5 if edition == "p5" else {}
    return [_one(finding._replace(code=known.get(finding.code, finding.code)))
            for finding in findings[:MOST]]


def _one(finding: Finding) -> dict[str, str]:
    error = {
        "errorLineNumber": str(finding.line), "errorColumnNumber": "0",
        "errorPointer": finding.path[:512] or None,                             # G0012
        "errorCode": finding.code, "errorText": finding.text[:512],
        "originalAttributeValue": finding.value[:512] or None,
    }
    return {name: value for name, value in error.items() if value is not None}


def unreadable(error: Unreadable, country: str, party: str, at: datetime, number: str) -> bytes:
    """Return the IE917 (CC917C) that answers bytes from which no message could be read."""
    finding = Finding("schema", error.code, "", "", error.line, error.text, error.nb)
    return nack((finding,), country, party, at, number)


def nack(
    findings: tuple[Finding, ...], country: str, party: str, at: datetime, number: str,
    answers: str = "",
) -> bytes:
    """Return the bytes of an IE917 to a party that tells these findings.

    `answers` is the identification of the message that is answered, where it could be read.
    """
    return xml.write(from_plain("p6", "CC917C", {
        "messageSender": f"NTA.{country}", "messageRecipient": party[:35],
        "preparationDateAndTime": f"{at:%Y-%m-%dT%H:%M:%S}",
        "messageIdentification": number[:35], "messageType": "CC917C",
        "correlationIdentifier": answers[:35] or None,
        "XMLError": xml_errors(findings),
    }, "NCTS6"))
