"""Messages judged by their directory: structure, repetition, length, format, code values.

Collects everything that is wrong, up to a limit, and goes on with the next segment. Envelopes
are judged by the reader; here their elements are.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import BinaryIO, NamedTuple

from tollbod.spec.edifact import tables
from tollbod.wire.edifact.elements import Flaw, flaws, quick
from tollbod.wire.edifact.envelope import Header, Interchange, Message
from tollbod.wire.edifact.faults import MAX_FAULTS, MAX_FAULTS_INTERCHANGE, Fault
from tollbod.wire.edifact.grammar import Grammar
from tollbod.wire.edifact.marks import Marks
from tollbod.wire.edifact.reader import Agreement, read
from tollbod.wire.edifact.scanner import HUGE, MAX_SEGMENT
from tollbod.wire.edifact.walk import Walk

KEPT = 20_000               # texts of segments known to be right, in each judge


@dataclass(slots=True)
class Rejected:
    """A message with faults: what CONTRL says of it, without its content."""

    number: int
    group: int                      # 0: in no group
    reference: str
    identifier: tuple[str, ...]     # type, version, release, agency, association
    faults: list[Fault]


@dataclass(slots=True)
class Verdict:
    """An interchange that has been read to its end, and its messages that have faults."""

    interchange: Interchange
    rejected: list[Rejected] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)     # how many messages of each kind
    types: set[str] = field(default_factory=set)

    def faults(self) -> Iterator[Fault]:
        """Yield all faults: of the interchange, of groups, of messages."""
        yield from self.interchange.faults
        for group in self.interchange.groups:
            yield from group.faults
        for message in self.rejected:
            yield from message.faults

    @property
    def fine(self) -> bool:
        """Return whether nothing is wrong."""
        return next(self.faults(), None) is None


class Judged(NamedTuple):
    """A message and what is wrong with it."""

    message: Message
    faults: list[Fault]


def judge(source: bytes | BinaryIO, profile: str = "ncts", agreement: Agreement = Agreement(),
          ) -> Iterator[Judged | Verdict]:
    """Yield every message judged, and after its messages each interchange's verdict."""
    verdict, told = None, 0
    for one in read(source, agreement):
        if isinstance(one, Interchange):
            verdict = verdict or Verdict(one)
            _envelope(one)
            yield verdict
            verdict, told = None, 0
            continue
        verdict = verdict or Verdict(one.interchange)
        found = judge_message(one, profile) if told < MAX_FAULTS_INTERCHANGE else \
            [*one.faults, *_header(one)]
        if len(verdict.kinds) < MAX_FAULTS or one.kind in verdict.kinds:
            verdict.kinds[one.kind] = verdict.kinds.get(one.kind, 0) + 1
            verdict.types.add(one.identifier[0])
        if found:
            told += len(found)
            verdict.rejected.append(Rejected(
                one.number, one.group.number if one.group else 0, one.reference,
                (*one.identifier, one.association), found))
        yield Judged(one, found)


def verdicts(source: bytes | BinaryIO, profile: str = "ncts",
             agreement: Agreement = Agreement()) -> Iterator[Verdict]:
    """Yield the verdict on each interchange."""
    return (one for one in judge(source, profile, agreement) if isinstance(one, Verdict))


def judge_message(message: Message, profile: str = "ncts") -> list[Fault]:
    """Return everything that is wrong with a message, its envelope's faults first."""
    found = [*message.faults, *_header(message)]
    try:
        table = tables.message(*message.identifier, profile)
    except tables.UnknownMessage:
        found.append(_unknown(message))
        found += [_odd(message, index, how) for index, how in message.odd.items()
                  if message.raws[index][:3] not in ("UNH", "UNT")]
    else:
        judge_ = _judge(table.type, message.identifier, profile, message.marks,
                        message.interchange.syntax)
        found += Walk(judge_.grammar, judge_.tests, judge_.known, message).run()
        if len(judge_.known) > KEPT:
            judge_.known.clear()
    return found[:MAX_FAULTS]


class _Judge(NamedTuple):
    """What judging a kind of message needs, for one set of marks."""

    grammar: Grammar
    tests: dict
    known: set[str]


@cache
def grammar_of(identifier: tuple[str, ...], profile: str) -> Grammar:
    """Return the grammar of a message; UnknownMessage if no directory has it."""
    return Grammar(tables.message(*identifier, profile))


def _judge(type_: str, identifier: tuple, profile: str, marks: Marks, syntax: int) -> _Judge:
    """Return the judge of a kind of message; at most a few sets of marks are kept."""
    key = identifier, profile, marks, syntax
    if key not in _JUDGES:
        if len(_JUDGES) > 32:
            _JUDGES.clear()
        grammar = grammar_of(identifier, profile)
        inside = {node.row.name for node in grammar.nodes}
        tests = {tag: quick(segment, marks) for tag, segment in grammar.table.segments.items()
                 if tag in inside}
        _JUDGES[key] = _Judge(grammar, tests, set())
    return _JUDGES[key]


_JUDGES: dict[tuple, _Judge] = {}


def _unknown(message: Message) -> Fault:
    """Say that no directory has the message."""
    known = ", ".join(sorted({":".join(one) for one in tables.identifiers()}))
    return Fault("type", "message", "UNH", f"{message.path}/UNH/S009", *message.place(0, 2), 1, 3,
                 1, 0, (known,), ":".join(message.identifier))


# Elements of the envelope

def _header(message: Message) -> list[Fault]:
    """Judge the elements of UNH and UNT."""
    found = []
    segments = tables.service(message.interchange.syntax)
    tests = _envelope_tests(message.interchange.syntax, message.marks)
    last = [len(message.raws) - 1] if message.closed and len(message.raws) > 1 else []
    for index in (0, *last):
        tag, raw = message.raws[index][:3], message.raws[index]
        if tag in segments and (" " in raw or not tests[tag](raw)):
            for flaw in flaws(raw, segments[tag], message.marks, message.interchange.syntax):
                at = message.place(index, max(flaw.element - 1, 0), max(flaw.component - 1, 0))
                found.append(_fault(flaw, "message", tag, f"{message.path}/{tag}", at, index + 1))
    for index, how in message.odd.items():
        if index in (0, *last):
            found.append(_odd(message, index, how))
    return found


@lru_cache(64)
def _envelope_tests(syntax: int, marks: Marks) -> dict:
    """Return quick tests for UNH and UNT."""
    return {tag: quick(tables.service(syntax)[tag], marks) for tag in ("UNH", "UNT")}


def _odd(message: Message, index: int, how: int) -> Fault:
    """Say that a segment has characters it may not have, or is too long."""
    raw = message.raws[index]
    tag = raw[:3] if raw[:3].isalnum() else "?"
    level = "message" if tag in ("UNH", "UNT") else "segment"
    known = message.interchange.repertoire
    if how == HUGE:
        return Fault("huge", level, tag, f"{message.path}/{tag}", *message.place(index),
                     index + 1, said=(MAX_SEGMENT,))
    value = known.strange.search(raw)
    return Fault("strange", level, tag, f"{message.path}/{tag}", *message.place(index),
                 index + 1, said=(known.level,), value=value[0] if value else "\n")


def _envelope(one: Interchange) -> None:
    """Judge the elements of UNB, UNG, UNE and UNZ."""
    headers = [("interchange", one.header, one.faults, "")]
    if one.trailer is not None:
        headers.append(("interchange", one.trailer, one.faults, ""))
    for group in one.groups:
        headers.append(("group", group.header, group.faults, f"UNG[{group.number}]/"))
        if group.trailer is not None:
            headers.append(("group", group.trailer, group.faults, f"UNG[{group.number}]/"))
    for level, header, faults, where in headers:
        faults += _of_header(one, level, header, where)
        if len(faults) > MAX_FAULTS_INTERCHANGE:
            return


def _of_header(one: Interchange, level: str, header: Header, where: str) -> list[Fault]:
    """Judge the elements of one segment of the envelope."""
    tag = header.raw[:3]
    path = f"{where}{tag}" if where[:3] != tag else where[:-1]
    at = header.offset, header.line
    strange, found = one.repertoire.strange, []
    for number, parts in enumerate(header.elements, 1):
        for place, part in enumerate(parts, 1):
            odd = strange.search(part) if isinstance(part, str) else None
            if odd:             # told first: that it is no number, say, only follows from it
                found.append(Fault("strange", level, tag, path, *at, 0, number,
                                   place if len(parts) > 1 else 0, 0, (one.repertoire.level,),
                                   odd[0]))
    found += [_fault(flaw, level, tag, path, at, 0) for flaw in
              flaws(header.raw, tables.service(one.syntax)[tag], one.marks, one.syntax)]
    if header.how == HUGE:
        found.append(Fault("huge", level, tag, path, *at, said=(MAX_SEGMENT,)))
    return found


def _fault(flaw: Flaw, level: str, tag: str, path: str, at: tuple[int, int], segment: int,
           ) -> Fault:
    """Return a flaw as a fault of the level."""
    return Fault(flaw.key, level, tag, f"{path}/{flaw.id}" if flaw.id else path, *at, segment,
                 flaw.element, flaw.component, flaw.repeat, flaw.said, flaw.value)
