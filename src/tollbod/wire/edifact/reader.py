"""Interchanges read message by message: envelopes, counts, references, duplicates.

Yields each message as it ends, and each interchange after its messages. What is wrong with an
envelope stands in its `faults`; what is inside messages is judged elsewhere. Bytes in which no
interchange can be found are `Unreadable`.
"""
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from tollbod.wire.edifact import marks as service
from tollbod.wire.edifact.envelope import Group, Header, Interchange, Message
from tollbod.wire.edifact.faults import MAX_FAULTS_INTERCHANGE, Fault
from tollbod.wire.edifact.opening import opening
from tollbod.wire.edifact.scanner import CUT, DANGLING, FINE, Scanner
from tollbod.wire.edifact.tokens import split
from tollbod.wire.message import Unreadable

MAX_INTERCHANGES = 1_000        # in a file
MAX_MESSAGES = 50_000           # in an interchange
MAX_SEGMENTS = 100_000          # in a message
_NUMBER = re.compile(r"-?[0-9]{1,20}(?:[.,][0-9]{1,20})?")     # what else it is, is told as such
ENVELOPE = {"UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNO", "UNP"}


@dataclass(frozen=True)
class Agreement:
    """What the two sides have agreed on; empty means whatever comes is taken.

    `seen` has the (sender, recipient, reference) of interchanges that came before.
    """

    senders: Container[str] = ()
    recipients: Container[str] = ()
    seen: Container[tuple[str, str, str]] = ()
    tests: Container[str] = ("1", "2", "3", "4")     # of the test indicator (0035)
    lenient: str = ""               # a codec that is used whatever repertoire is announced


def read(source: bytes | BinaryIO, agreement: Agreement = Agreement(),
         ) -> Iterator[Message | Interchange]:
    """Yield the messages of every interchange as they end, and each interchange after them."""
    scanner, seen = Scanner(source), set()
    for number in range(1, MAX_INTERCHANGES + 1):
        if number > 1 and not scanner.look():
            return
        reader = _Reader(scanner, agreement, seen, number)
        yield from reader.run()
        seen.add(reader.key)
        if reader.stop:
            return
    if scanner.look():
        raise Unreadable("35", f"There are more than {MAX_INTERCHANGES:,} interchanges in the "
                         "file. Split it.", f"Det er flere enn {MAX_INTERCHANGES} utvekslinger "
                         "i filen. Del den opp.", scanner.line)


@dataclass
class _Reader:
    """One interchange on its way in."""

    scanner: Scanner
    agreement: Agreement
    seen: set
    number: int
    interchange: Interchange | None = None
    group: Group | None = None
    message: Message | None = None
    references: set = field(default_factory=set)
    nested: int = 0                 # groups begun inside a group
    outside: bool = False           # whether messages stood outside groups
    stop: bool = False
    told: set = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes an interchange the same as another."""
        return (self.interchange.sender, self.interchange.recipient, self.interchange.reference)

    def run(self) -> Iterator[Message | Interchange]:
        """Yield what is in the interchange, and it."""
        found = opening(self.scanner, self.agreement.lenient)
        segments = self.scanner.segments(found.marks, found.repertoire)
        raw, offset, line, how = next(segments)
        header = Header(raw, split(raw, found.marks), offset, line, how)
        self.interchange = Interchange(self.number, found.marks, found.repertoire, found.version,
                                       found.una, header)
        if found.early:
            self.fault(found.early[0], "UNB", value=found.early[1])
        if found.unusable:
            self.fault("una", "UNA", said=(found.unusable,))
        self._opening(found.level, found.version)
        ends, message, raws = {"", found.marks.element, found.marks.component}, None, []
        for raw, offset, line, how in segments:
            tag = raw[:3]
            if tag in ENVELOPE and raw[3:4] in ends and how < CUT:
                yield from self._envelope(tag, Header(raw, split(raw, found.marks), offset, line,
                                                      how))
                message = self.message
                raws = message.raws if message is not None else []
                if self.interchange.messages > MAX_MESSAGES:
                    self.fault("limit", "UNH", said=(MAX_MESSAGES, "messages", "meldinger"))
                    self.stop = True
                    break
            elif message is not None and how == FINE and len(raws) < MAX_SEGMENTS:
                raws.append(raw)        # the plain case, written out: it runs for every segment
                message.offsets.append(offset)
                message.lines.append(line)
            elif how >= CUT:
                self._broken_off(raw, offset, line, how)
            elif message is not None:
                self._inside(raw, offset, line, how)
            else:
                self._once("blanks" if raw[:1].isspace() else "outside",
                           tag if tag.isalnum() else "?", offset, line, raw)
        yield from self._finish()

    def _opening(self, level: str, version: str) -> None:
        """Judge what UNB says of syntax, addresses and reference."""
        one, agreed = self.interchange, self.agreement
        if version not in ("1", "2", "3", "4"):
            self.fault("version", "UNB", 2, 2, value=version)
        if service.repertoire(level) is None or version != "4" and level not in service.EARLY:
            self.fault("level", "UNB", 2, 1, said=(one.syntax,), value=level)
        if agreed.senders and one.sender not in agreed.senders:
            self.fault("sender", "UNB", 3, 1, value=one.sender)
        if agreed.recipients and one.recipient not in agreed.recipients:
            self.fault("recipient", "UNB", 4, 1, value=one.recipient)
        if one.reference and (self.key in self.seen or self.key in agreed.seen):
            self.fault("duplicate", "UNB", 6, value=one.reference)
        known = ("1", "2", "3", "4") if version == "4" else ("1",)
        if one.test in known and one.test not in agreed.tests:
            self.fault("test", "UNB", 12, value=one.test)

    # what comes

    def _inside(self, raw: str, offset: int, line: int, how: int) -> None:
        """Add a segment to the open message."""
        message = self.message
        if len(message.raws) >= MAX_SEGMENTS and raw[:3] != "UNT":
            if not message.dropped:
                self._of_message("limit", "UNH", said=(MAX_SEGMENTS, "segments", "segmenter"))
            message.dropped += 1
            return
        if how != FINE:
            message.odd[len(message.raws)] = how
        message.raws.append(raw)
        message.offsets.append(offset)
        message.lines.append(line)

    def _envelope(self, tag: str, header: Header) -> Iterator[Message | Interchange]:
        """Take a segment of the envelope."""
        if tag == "UNH":
            yield from self._ends()
            self._begin_message(header)
        elif tag == "UNT":
            if self.message is None:
                self._once("outside", tag, header.offset, header.line, header.raw)
                return
            self._inside(header.raw, header.offset, header.line, header.how)
            self.message.closed = True
            self._trailer(self.message.faults, "message", header, self.message.count,
                          self.message.reference, f"{self.message.path}/UNT", "segments",
                          "segmenter")
            yield self.message
            self.message = None
        elif tag == "UNG":
            yield from self._ends()
            self._begin_group(header)
        elif tag == "UNE":
            yield from self._ends()
            self._end_group(header)
        elif tag == "UNZ":
            yield from self._ends()
            self._end(header)
        elif tag == "UNB":
            yield from self._ends()
            self._once("nested", tag, header.offset, header.line, header.raw,
                       ("interchange", "UNZ"))
        else:
            # Packages came with version 4, and so did the code that refuses them.
            self._once("package" if self.interchange.syntax == 4 else "outside", tag,
                       header.offset, header.line, header.raw)

    def _begin_message(self, header: Header) -> None:
        """Open a message."""
        one = self.interchange
        one.messages += 1
        if self.group is not None:
            self.group.messages += 1
        else:
            self.outside = True
        if one.groups and self.outside:
            self._once("mixed", "UNH", header.offset, header.line, header.raw)
        self.message = Message(one, self.group, one.messages, header=header.elements)
        self._inside(header.raw, header.offset, header.line, header.how)
        reference = self.message.reference
        if ("UNH", reference) in self.references:
            self._of_message("duplicate", "UNH", 2, value=reference)
        self.references.add(("UNH", reference))
        if self.group is not None and self.group.header.get(1) not in ("", header.get(2)):
            self.group.faults.append(self._at(
                "group type", "group", "UNG", self.group.header, 2,
                said=(self.group.header.get(1),), value=header.get(2)))

    def _begin_group(self, header: Header) -> None:
        """Open a group."""
        if self.group is not None:
            self._once("nested", "UNG", header.offset, header.line, header.raw, ("group", "UNE"))
            self.nested += 1
            return
        groups = self.interchange.groups
        if len(groups) >= MAX_MESSAGES:
            self.fault("limit", "UNG", said=(MAX_MESSAGES, "groups", "grupper"))
            return
        self.group = Group(len(groups) + 1, header)
        groups.append(self.group)
        if self.outside:
            self._once("mixed", "UNG", header.offset, header.line, header.raw)
        if ("UNG", self.group.reference) in self.references:
            self.group.faults.append(self._at("duplicate", "group", "UNG", header, 6,
                                              value=self.group.reference))
        self.references.add(("UNG", self.group.reference))

    def _end_group(self, header: Header) -> None:
        """Close the group."""
        if self.nested:
            self.nested -= 1
            return
        group, self.group = self.group, None
        if group is None:
            self._once("outside", "UNE", header.offset, header.line, header.raw)
            return
        group.trailer = header
        self._trailer(group.faults, "group", header, group.messages, group.reference,
                      f"UNG[{group.number}]/UNE", "messages", "meldinger")
        if not group.messages:
            group.faults.append(self._at("empty", "group", "UNE", header, said=("UNG",)))

    def _end(self, header: Header) -> None:
        """Close the interchange."""
        one = self.interchange
        self._unclosed_group()
        one.trailer = header
        count = len(one.groups) or one.messages
        what = ("groups", "grupper") if one.groups else ("messages", "meldinger")
        self._trailer(one.faults, "interchange", header, count, one.reference, "UNZ", *what)

    def _finish(self) -> Iterator[Message | Interchange]:
        """Close what is still open, and look at what comes after."""
        one = self.interchange
        yield from self._ends()
        if one.trailer is None:
            self._unclosed_group()
            self.stop = True
            one.faults.append(Fault("no trailer", "interchange", "UNZ", "UNZ", self.scanner.at,
                                    self.scanner.line, said=("UNZ", "UNB")))
        elif not one.messages and not one.groups:
            one.faults.insert(0, self._at("empty", "interchange", "UNZ", one.trailer,
                                          said=("UNB",)))
        after = self.scanner.look() if not self.stop else b""
        if after and not after.startswith((b"UNA", b"UNB")):
            self.stop = True
            one.faults.append(Fault("after", "interchange", "UNZ", "UNZ", self.scanner.at,
                                    self.scanner.line,
                                    value=after[:60].decode("latin-1").rstrip()))
        yield one

    def _ends(self) -> Iterator[Message]:
        """Yield a message that is open though something else begins."""
        if self.message is not None:
            self._of_message("no trailer", "UNT", said=("UNT", "UNH"))
            yield self.message
            self.message = None

    def _unclosed_group(self) -> None:
        """Close a group that has no UNE."""
        if self.group is not None:
            self.group.faults.append(self._at("no trailer", "group", "UNE", self.group.header,
                                              said=("UNE", "UNG")))
            self.group = None

    # faults

    def _trailer(self, faults: list, level: str, header: Header, count: int, reference: str,
                 path: str, what: str, nb: str) -> None:
        """Compare a trailer's count and reference with what came."""
        tag, said = header.raw[:3], header.get(1)
        number = count if level == "message" else 0
        if _NUMBER.fullmatch(said) and float(said.replace(",", ".")) != count:
            faults.append(Fault("count", level, tag, f"{path}/{_COUNTS[tag]}", header.offset + 4,
                                header.line, number, 2, 0, 0, (count, what, nb), said))
        if header.get(2) and header.get(2) != reference:
            begins = {"UNT": "UNH", "UNE": "UNG", "UNZ": "UNB"}[tag]
            faults.append(Fault("reference", level, tag, f"{path}/{_REFERENCES[tag]}",
                                header.offset, header.line, number, 3, 0, 0, (begins, reference),
                                header.get(2)))

    def _at(self, key: str, level: str, tag: str, header: Header, element: int = 0,
            component: int = 0, said: tuple = (), value: str = "") -> Fault:
        """Return a fault at a segment of the envelope."""
        return Fault(key, level, tag, tag, header.offset, header.line, 0, element, component, 0,
                     said, value)

    def fault(self, key: str, tag: str, element: int = 0, component: int = 0,
              said: tuple = (), value: str = "") -> None:
        """Add a fault of the interchange, at UNB or at what ends it."""
        header = self.interchange.trailer or self.interchange.header
        self.interchange.faults.append(self._at(key, "interchange", tag, header, element,
                                                component, said, value))

    def _once(self, key: str, tag: str, offset: int, line: int, raw: str, said: tuple = (),
              ) -> None:
        """Add a fault of the interchange that is told once for a tag."""
        if (key, tag) not in self.told and len(self.told) < MAX_FAULTS_INTERCHANGE:
            self.told.add((key, tag))
            self.interchange.faults.append(Fault(key, "interchange", tag, tag, offset, line,
                                                 said=said, value=raw[:60]))

    def _of_message(self, key: str, tag: str, element: int = 0, said: tuple = (),
                    value: str = "") -> None:
        """Add a fault of the open message, at its UNH or, where UNT is missing, at its end."""
        message = self.message
        number = 1 if tag == "UNH" else message.count
        index = 0 if tag == "UNH" else len(message.raws) - 1
        message.faults.append(Fault(key, "message", tag, f"{message.path}/{tag}",
                                    message.offsets[index], message.lines[index], number, element,
                                    0, 0, said, value))

    def _broken_off(self, raw: str, offset: int, line: int, how: int) -> None:
        """Tell of a file that ends in the middle of something."""
        key, said = ("dangling", self.interchange.marks.release) if how == DANGLING else \
            ("cut", self.interchange.marks.terminator)
        tag = raw[:3] if raw[:3].isalnum() else "?"
        self.interchange.faults.append(Fault(key, "interchange", tag, tag, offset, line,
                                             said=(said,), value=raw[:60]))
        marks = self.interchange.marks
        if tag == "UNZ" and raw[3:4] in ("", marks.element, marks.component) and \
                self.message is None:
            self.interchange.trailer = Header(raw, split(raw, self.interchange.marks), offset,
                                              line, how)
            self.stop = True


_COUNTS = {"UNT": "0074", "UNE": "0060", "UNZ": "0036"}
_REFERENCES = {"UNT": "0062", "UNE": "0048", "UNZ": "0020"}
