"""EDIFACT judged over the API: what is wrong in an interchange, without lodging it."""
from tollbod.findings import Finding
from tollbod.web.answers import CheckAnswer, finding_answer
from tollbod.wire.edifact.judge import verdicts
from tollbod.wire.message import Unreadable


def judged(data: bytes, layer: str) -> CheckAnswer:
    """Return the verdict on what came as EDIFACT, by syntax and directory."""
    kinds: dict[str, int] = {}
    found: list[Finding] = []
    try:
        for verdict in verdicts(data):
            kinds |= verdict.kinds
            where = verdict.interchange.where
            found += [one for one in (fault.finding(where) for fault in verdict.faults())
                      if layer in ("all", one.layer)]
    except Unreadable as error:
        found = [Finding("schema", error.code, "", "", error.line, error.text, error.nb)]
        return CheckAnswer("", "p4", "unreadable", [finding_answer(one) for one in found])
    return CheckAnswer(", ".join(kinds), "p4", "invalid" if found else "valid",
                       [finding_answer(one) for one in found])
