"""Judging a message without lodging it: all layers, all findings, in the order of the document.

The layers are looked up here and nowhere else. Pure: no clock, no store; the day on which code
lists are judged comes in, or is the day on which the message was prepared. So do the other
messages of the case and the register of parties, without which some conditions are not judged.
"""
from collections.abc import Iterable
from datetime import date
from itertools import islice

from tollbod.findings import Finding
from tollbod.rules import codes, rulebook, structure
from tollbod.rules.case_file import Earlier
from tollbod.rules.ics2 import script
from tollbod.rules.judge import judge
from tollbod.rules.judge_tests import Register
from tollbod.rules.offices import with_candidates
from tollbod.rules.rule import Beside
from tollbod.rules.structure import Found
from tollbod.spec import xsd
from tollbod.spec.tables import ICS2
from tollbod.wire.message import Message
from tollbod.wire.xml import parse, write

MAX_FINDINGS = 9_999    # the repetitions that a rejection has room for
MAX_FINDINGS_ICS2 = 99_999              # the same of IE3N99


def check(message: Message, layer: str = "all", on: date | None = None,
          earlier: Earlier | None = None, register: Register | None = None,
          beside: Beside | None = None) -> list[Finding]:
    """Return what is wrong with the message, as many as a rejection tells, in all layers or in one.

    The layers are `schema`, `codes` and `rules`. `beside` is what rules may know besides the
    message, where an office judges; without it the day and the earlier messages.
    A place that fails the schema is not judged by its code list as well, and a message that fails
    it is not judged by conditions and rules: they would read sense into what is not there.
    """
    found: list[Found] = []
    most = MAX_FINDINGS_ICS2 if message.profile == ICS2 else MAX_FINDINGS
    on = on or prepared_on(message)
    said = _refused(message) if layer in ("all", "schema") else None
    if said is not None:
        found += islice(structure.examine(message), most)
        if not found:
            found.append((message.root, _unexplained(message, said)))
    formless = bool(found)
    if layer in ("all", "codes"):
        found = _merged(message, found, islice(codes.examine(message, on), most))
    if layer in ("all", "rules") and not formless:
        judged = ((node, with_candidates(message, one))
                  for node, one in judge(message, earlier, on, register))
        found = _merged(message, found, islice(judged, most))
        if message.profile == ICS2:
            found = _merged(message, found, script.examine(message))
        ruled = rulebook.judge(message, beside or Beside(on=on, earlier=earlier))
        found = _merged(message, found, islice(ruled, most))
    told = [finding for _, finding in found[:most]]
    if len(told) == most:
        told[-1] = _last(told[-1], most)
    return told


def _last(finding: Finding, most: int) -> Finding:
    """Return the finding that fills the list, saying so."""
    return finding._replace(
        text=f"{finding.text} No more than {most} findings are told; there may be others.",
        nb=f"{finding.nb} Det fortelles høyst {most} funn; det kan være flere.")


def prepared_on(message: Message) -> date | None:
    """Return the day on which a message was prepared or issued, None where it names no day."""
    given = message.get("preparationDateAndTime") or message.get("documentIssueDate/DateTime")
    try:
        return date.fromisoformat(given.strip()[:10])
    except ValueError:
        return None


def _refused(message: Message) -> str | None:
    """Return what libxml2 says against the message by the XSD of its table, None if nothing."""
    schema = xsd.schema(message.profile, message.kind)
    tree = message.tree if message.tree is not None else parse(write(message))
    return None if schema.validate(tree) else " ".join(one.message for one in schema.error_log)


def _unexplained(message: Message, said: str) -> Finding:
    """Tell in the schema's own words what no row of the table explains; tests hold it unused."""
    return Finding("schema", "18", "", message.root.path(), message.root.line,
                   f"The schema refuses the message: {said}", f"Skjemaet avviser meldingen: {said}")


def _merged(message: Message, first: list[Found], second: Iterable[Found]) -> list[Found]:
    """Return both in the order of the document, without a second finding at one place."""
    taken = {finding.path for _, finding in first}
    more = [pair for pair in second if pair[1].path not in taken]
    if not more:
        return first
    order: dict[int, int] = {}
    waiting = [message.root]
    while waiting:
        node = waiting.pop()
        order[id(node)] = len(order)
        waiting += reversed(node.children)
    return sorted(first + more, key=lambda pair: order[id(pair[0])])
