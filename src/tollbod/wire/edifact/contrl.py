"""CONTRL, the answer to an interchange: written from a verdict, and read when it comes.

Knows UCI, UCF, UCM, UCS and UCD of syntax versions 3 (CONTRL:D:3) and 4 (CONTRL:4:1). A verdict
has all that is said; what was only one of several faults of a level stays in the findings.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from tollbod.wire.edifact import write
from tollbod.wire.edifact.envelope import Elements, Group, Header, Interchange, Message, at
from tollbod.wire.edifact.faults import MEANINGS, Fault
from tollbod.wire.edifact.judge import Rejected, Verdict
from tollbod.wire.edifact.marks import EARLY, repertoire
from tollbod.wire.edifact.reader import ENVELOPE

REJECTED, ACKNOWLEDGED, RECEIVED = "4", "7", "8"
IDENTIFIERS = {3: ["CONTRL", "D", "3", "UN"], 4: ["CONTRL", "4", "1", "UN"]}
TESTS = {3: ("1",), 4: ("1", "2", "3", "4")}         # of 0035, which an answer gives back
MOST_SEGMENTS, MOST_ELEMENTS = 999, 99      # UCS in a message, UCD in a UCS


def wanted(verdict: Verdict) -> bool:
    """Return whether a CONTRL is to be sent: asked for, or something is wrong; never to one."""
    if verdict.types == {"CONTRL"}:
        return False
    return verdict.interchange.acknowledgement in ("1", "2") or not verdict.fine


def possible(verdict: Verdict) -> bool:
    """Return whether an answer can be addressed, and is not an answer to an answer."""
    one = verdict.interchange
    named = all(part.strip() for part in (one.sender, one.recipient, one.reference))
    return named and verdict.types != {"CONTRL"}


def action(verdict: Verdict) -> str:
    """Return what becomes of the interchange (0083)."""
    if verdict.interchange.faults or next(_beyond(verdict), None) is not None:
        return REJECTED
    if not verdict.fine or verdict.interchange.acknowledgement == "1":
        return ACKNOWLEDGED
    return RECEIVED


def answer(verdict: Verdict, reference: str, moment: datetime) -> bytes:
    """Return the CONTRL interchange that answers; only if `possible`."""
    one = verdict.interchange
    version = 4 if one.version == "4" else 3
    clean = _Clean(_level_of(one, version), version)
    segments: list[Elements] = [[["UNH"], ["1"], IDENTIFIERS[version]],
                                _uci(verdict, clean)]
    for group, messages in groupby(_told(verdict), key=lambda message: message.group):
        if not group:
            for message in messages:
                segments += _message(message, clean)
    inside = {number: list(messages) for number, messages in
              groupby(_told(verdict), key=lambda message: message.group) if number}
    for group in one.groups:
        if (group.faults or group.number in inside) and not _nameless(group, version):
            segments.append(_ucf(group, clean))
            for message in inside.get(group.number, ()):
                segments += _message(message, clean)
    back = [one.header.get(2, part) for part in (0, 1, 2)]
    return write.interchange(
        clean([one.header.get(3, 0), one.header.get(3, 1)], (35, 4)),
        clean(back, (35, 4, 14 if version == 3 else 35)), reference, moment, [segments],
        clean.level, version, one.test if one.test in TESTS[version] else "")


def _level_of(one: Interchange, version: int) -> str:
    """Return the repertoire of an answer: that of the interchange, if it has what is given back."""
    level = one.header.get(1)
    known = repertoire(level) if version == 4 or level in EARLY else None
    given = one.sender + one.recipient + one.reference
    if known is None or known.strange.search(given):
        return "UNOC" if version == 3 else "UNOY"
    return level


def _beyond(verdict: Verdict) -> Iterator[Fault]:
    """Yield the faults of messages and groups that UCM and UCF cannot name: UCI tells of them."""
    version = 4 if verdict.interchange.version == "4" else 3
    for group in verdict.interchange.groups:
        if _nameless(group, version):
            yield from group.faults
    for message in verdict.rejected:
        if _unnamed(message):
            yield from message.faults


def _nameless(group: Group, version: int) -> bool:
    """Return whether a group lacks what UCF needs to name it."""
    needed = [group.reference] if version == 4 else [group.reference, group.header.get(2),
                                                     group.header.get(3)]
    return not all(one.strip() for one in needed)


def _told(verdict: Verdict) -> list[Rejected]:
    """Return the messages that UCM can name, groups last and in order."""
    return sorted((one for one in verdict.rejected
                   if not _unnamed(one) and one.identifier[0] != "CONTRL"),
                  key=lambda one: one.group)


def _unnamed(message: Rejected) -> bool:
    """Return whether a message lacks what UCM needs to name it."""
    return not (message.reference.strip() and all(one.strip() for one in message.identifier[:4]))


@dataclass(frozen=True)
class _Clean:
    """Makes what came fit to be sent back: no strange characters, no more than there is room."""

    level: str
    version: int

    def __call__(self, parts: list[str], sizes: tuple[int, ...]) -> list[str]:
        """Return the parts, cut and without characters that the level lacks."""
        known = repertoire(self.level)
        return [self._writable(known.strange.sub("", part[:size]), known.codec)
                for part, size in zip(parts, sizes)]

    @staticmethod
    def _writable(value: str, codec: str) -> str:
        return value.encode(codec, "ignore").decode(codec)


def _uci(verdict: Verdict, clean: _Clean) -> Elements:
    """Return UCI: what becomes of the interchange, and its first fault."""
    one = verdict.interchange
    route = 14 if clean.version == 3 else 35
    sizes = (35, 4, route)
    faults = one.faults or list(_beyond(verdict))
    return [["UCI"], clean([one.reference], (14,)),
            clean([one.header.get(2, part) for part in range(3)], sizes),
            clean([one.header.get(3, part) for part in range(3)], sizes),
            [action(verdict)], *_reason(faults)]


def _ucf(group: Group, clean: _Clean) -> Elements:
    """Return UCF: what becomes of a group."""
    head = group.header
    return [["UCF"], clean([head.get(5)], (14,)), clean([head.get(2), head.get(2, 1)], (35, 4)),
            clean([head.get(3), head.get(3, 1)], (35, 4)),
            [REJECTED if group.faults else ACKNOWLEDGED], *_reason(group.faults)]


def _message(message: Rejected, clean: _Clean) -> list[Elements]:
    """Return UCM and, below it, UCS and UCD for every segment at fault."""
    sizes = (6, 3, 3, 2 if clean.version == 3 else 3, 6)
    whole = [fault for fault in message.faults if fault.level == "message"]
    segments = [[["UCM"], clean([message.reference], (14,)),
                 clean(list(message.identifier), sizes), [REJECTED], *_reason(whole)]]
    inner = sorted((fault for fault in message.faults if fault.level in ("segment", "element")),
                   key=lambda fault: fault.segment)
    for count, (number, faults) in enumerate(groupby(inner, key=lambda fault: fault.segment)):
        if count == MOST_SEGMENTS:
            break
        segments += _segment(number, list(faults), clean.version)
    return segments


def _segment(number: int, faults: list[Fault], version: int) -> list[Elements]:
    """Return UCS for a segment, one for each code, and UCD for its elements."""
    codes = list(dict.fromkeys(fault.code for fault in faults if fault.level == "segment"))
    found: list[Elements] = [[["UCS"], [str(number)], [code]] for code in codes]
    found = found or [[["UCS"], [str(number)]]]
    below = [[["UCD"], [fault.code], _place(fault, version)]
             for fault in faults if fault.level == "element"]
    return found + below[:MOST_ELEMENTS]


def _reason(faults: list[Fault]) -> Elements:
    """Return code, segment and place of the fault that stands first, for UCI, UCF and UCM.

    Of several with its code one at a segment of the envelope, which alone has a name here.
    """
    if not faults:
        return []
    first = min(faults, key=lambda fault: fault.offset)
    first = next((one for one in faults if one.code == first.code and one.tag in ENVELOPE), first)
    tag = first.tag if first.tag in ENVELOPE or first.tag == "UNA" else ""
    place = [str(first.element)] + ([str(first.component)] if first.component else []) \
        if first.element > 1 and tag else [""]
    return [[first.code], [tag], place]


def _place(fault: Fault, version: int) -> list[str]:
    """Return the position of an element (0098), of its component (0104), and occurrence (0136)."""
    place = [str(fault.element), str(fault.component or "")]
    return [*place, str(fault.repeat + 1)] if version == 4 and fault.repeat else place


# A CONTRL that comes

@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a CONTRL says: of what, what becomes of it, why, where."""

    level: str                  # interchange, group, message, segment or element
    reference: str = ""
    identifier: tuple[str, ...] = ()
    action: str = ""
    code: str = ""
    tag: str = ""               # the segment of the envelope at fault
    segment: int = 0
    element: int = 0
    component: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a CONTRL says about an interchange, in order."""

    reference: str
    sender: str                 # of the interchange that it answers
    recipient: str
    action: str
    lines: list[Told] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """Return whether the whole interchange is rejected."""
        return self.action == REJECTED

    def becomes(self, message: str) -> str:
        """Return `rejected`, `acknowledged` or `received` for a message's reference."""
        named = any(line.level == "message" and line.reference == message and
                    line.action == REJECTED for line in self.lines)
        if named or self.rejected:
            return "rejected"
        return "received" if self.action == RECEIVED else "acknowledged"


def report(message: Message) -> Report:
    """Return what a CONTRL message says; it has been judged before."""
    lines, head, last = [], None, 0
    for elements in message.segments():
        one = Header("", elements, 0, 0)
        tag = at(elements, 0)
        if tag == "UCI":
            head = one
            lines.append(_level("interchange", one, 4))
        elif tag == "UCF":
            lines.append(_level("group", one, 4))
        elif tag == "UCM":
            lines.append(_level("message", one, 3))
        elif tag == "UCS":
            last = _number(one.get(1))
            lines.append(Told("segment", code=one.get(2), segment=last))
        elif tag == "UCD":
            lines.append(Told("element", code=one.get(1), segment=last,
                              element=_number(one.get(2)), component=_number(one.get(2, 1))))
    head = head or Header("", [], 0, 0)
    return Report(head.get(1), head.get(2), head.get(3), head.get(4), lines)


def _level(level: str, one: Header, action_at: int) -> Told:
    """Return what UCI, UCF or UCM says."""
    names = tuple(one.get(2, part) for part in range(5)) if level == "message" else ()
    return Told(level, one.get(1), names, one.get(action_at), one.get(action_at + 1),
                one.get(action_at + 2), 0, _number(one.get(action_at + 3)),
                _number(one.get(action_at + 3, 1)))


def meaning(code: str) -> str:
    """Return what a code of list 0085 means, in short.

    >>> meaning("29"), meaning("99")
    ('count does not match', 'unknown')
    """
    return MEANINGS.get(code, "unknown")


def _number(value: str) -> int:
    """Return a short number, 0 if it is none."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
