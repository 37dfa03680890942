"""Word a refusal: findings as the repeated group FunctionalError of IE056, IE057 and IE906.

Source: structures of CC056C, CC057C, CC906C, CD906C; G0009 (pointer), G0010 (reason), G0217.
"""
from tollbod.findings import Finding

MOST = 9999             # FunctionalError 0..9999
POINTER = 512           # an..512; a longer path is cut from the left, its end says more
REASON = 7              # an..7


def functional_errors(findings: tuple[Finding, ...], root: str) -> list[dict[str, str]]:
    """Return the findings as FunctionalError groups, in order, as many as there is room for."""
    return [_one(finding, root) for finding in findings[:MOST]]


def _one(finding: Finding, root: str) -> dict[str, str]:
    error = {
        "errorPointer": (finding.path or f"/{root}")[-POINTER:],
        "errorCode": finding.code,
        "errorReason": (finding.rule or "N/A")[:REASON],
    }
    if finding.value:
        error["originalAttributeValue"] = finding.value[:POINTER]
    return error


def reason(findings: tuple[Finding, ...]) -> str:
    """Return the findings as one text for `rejectionReason` (an..512), saying how many were cut."""
    said = "; ".join(finding.text for finding in findings[:5])
    more = len(findings) - 5
    least = "at least " * (len(findings) >= MOST)       # the check tells no more than that
    tail = f" (and {least}{more} more)" if more > 0 else ""
    return said[: POINTER - len(tail)] + tail
