"""Interchanges judged: by syntax and directory, and what is of NCTS in them as any message.

Knows in which order a message is judged: by its directory, as phase 4, and as the message of today
by schema, code lists and rules; every finding stands at its EDIFACT place.
"""
import re
from dataclasses import dataclass, field
from typing import BinaryIO

from tollbod.findings import Finding
from tollbod.rules.check import check
from tollbod.spec.edifact.ncts import Kind, named
from tollbod.spec.edifact.ncts_carried import fates
from tollbod.spec.tables import messages
from tollbod.wire.edifact import ncts
from tollbod.wire.edifact.envelope import Message
from tollbod.wire.edifact.faults import MAX_FAULTS_INTERCHANGE, plain
from tollbod.wire.edifact.judge import Verdict, judge
from tollbod.wire.edifact.reader import Agreement
from tollbod.wire.message import Unreadable

DIRECTORIES = {"d96b": "strict"}        # every other profile: the directory with what NCTS needs


@dataclass(slots=True)
class Judgement:
    """What is wrong with a file of interchanges, and what today's messages have no place for."""

    findings: list[Finding] = field(default_factory=list)
    losses: list[Finding] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)     # how many messages of each kind
    unreadable: bool = False
    rejected: bool = False          # whether syntax or directory are broken: CONTRL tells of it

    @property
    def syntax(self) -> str:
        """Return valid or invalid by syntax and directory alone, unreadable."""
        return "unreadable" if self.unreadable else "invalid" if self.rejected else "valid"

    @property
    def verdict(self) -> str:
        """Return valid, invalid or unreadable, the content of messages too."""
        return "unreadable" if self.unreadable else "invalid" if self.findings else "valid"


def judged(source: bytes | BinaryIO, layer: str = "all", profile: str | None = None,
           lenient: str = "") -> Judgement:
    """Return the judgement on a file of interchanges, read as a stream.

    The profile `d96b` judges by syntax and the plain directory only; `lenient` names a codec in
    which the bytes are read whatever repertoire is announced.
    """
    found, directory = Judgement(), DIRECTORIES.get(profile or "", "ncts")
    try:
        for one in judge(source, directory, Agreement(lenient=lenient)):
            if isinstance(one, Verdict):
                found.kinds |= {plain(name): many for name, many in one.kinds.items()}
                found.findings += of_verdict(one, layer)
                found.rejected |= not one.fine
            elif directory == "ncts" and not one.faults and is_ours(one.message) and \
                    len(found.findings) + len(found.losses) < MAX_FAULTS_INTERCHANGE:
                more, left = of_message(one.message, layer)
                found.findings += more
                found.losses += left
    except Unreadable as fault:
        found.findings.append(Finding("schema", fault.code, "", "", fault.line, fault.text,
                                      fault.nb))
        found.unreadable = True
    return found


def is_ours(message: Message) -> bool:
    """Tell whether the mapping of NCTS has the message."""
    return named(message.association, message.identifier[0]) is not None


def of_verdict(verdict: Verdict, layer: str = "all") -> list[Finding]:
    """Return what syntax and directory say of an interchange."""
    where = verdict.interchange.where
    return [one for one in (fault.finding(where) for fault in verdict.faults())
            if layer in ("all", one.layer)]


def of_message(message: Message, layer: str) -> tuple[list[Finding], list[Finding]]:
    """Return what is wrong with a message that is right by its directory, and what is left out."""
    reading = ncts.read_message(message)
    found = [one for one in reading.findings if layer in ("all", one.layer)]
    if reading.message is not None and not reading.findings:
        found += reading.placed(one for one in check(reading.message, layer)
                                if not _cannot_be_said(one, reading.kind))
    where = message.interchange.where
    return ([one._replace(path=where + one.path) for one in found],
            [one._replace(path=where + one.path) for one in reading.losses])


def _cannot_be_said(one: Finding, kind: Kind) -> bool:
    """Tell whether an answer of an office lacks only what phase 4 has no place for."""
    if one.code != "13" or not messages("p4")[kind.root].sender.startswith("Office"):
        return False
    path = re.sub(r"\[\d+\]", "", one.path).split("/", 2)[-1]
    return any(fate.path == path or fate.path.startswith(path + "/")
               for fate in fates(kind.root) if fate.fate == "lost")
