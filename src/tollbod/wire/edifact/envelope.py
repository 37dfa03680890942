"""Interchanges, groups and messages as they came: their headers, their segments, their places.

Knows where in the file everything stands; not whether it is right.
"""
from array import array
from dataclasses import dataclass, field

from tollbod.wire.edifact.faults import Fault
from tollbod.wire.edifact.marks import Marks, Repertoire
from tollbod.wire.edifact.tokens import Repeated, begins, split

Elements = list[list[str]]


def at(elements: Elements, element: int, component: int = 0) -> str:
    """Return a component by its index (the tag is element 0), or an empty text.

    >>> at([["UNH"], ["M1"], ["CUSDEC", "D"]], 2, 1), at([["UNH"]], 2)
    ('D', '')
    """
    if element >= len(elements):
        return ""
    parts = elements[element]
    if isinstance(parts, Repeated):
        parts = parts[0]
    return parts[component] if component < len(parts) else ""


@dataclass(slots=True)
class Header:
    """A segment of the envelope: its text, its elements and where it stands."""

    raw: str
    elements: Elements
    offset: int
    line: int
    how: int = 0

    def get(self, element: int, component: int = 0) -> str:
        """Return a component, or an empty text."""
        return at(self.elements, element, component)


@dataclass(slots=True)
class Interchange:
    """UNB to UNZ: the header, what it says, and what is wrong with the envelope."""

    number: int                     # in the file, from 1
    marks: Marks
    repertoire: Repertoire
    version: str
    una: str
    header: Header
    trailer: Header | None = None
    messages: int = 0
    groups: list["Group"] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def syntax(self) -> int:
        """Return the syntax version; 3 if it is none of 1 to 4."""
        return int(self.version) if self.version in ("1", "2", "3", "4") else 3

    @property
    def sender(self) -> str:
        """Return the sender's address (0004)."""
        return self.header.get(2)

    @property
    def recipient(self) -> str:
        """Return the recipient's address (0010)."""
        return self.header.get(3)

    @property
    def reference(self) -> str:
        """Return the interchange control reference (0020)."""
        return self.header.get(5)

    @property
    def acknowledgement(self) -> str:
        """Return what acknowledgement is asked for (0031): 1 all, 2 receipt, empty none."""
        return self.header.get(9)

    @property
    def test(self) -> str:
        """Return the test indicator (0035)."""
        return self.header.get(11)

    @property
    def where(self) -> str:
        """Return what stands before the paths of its findings."""
        return f"UNB[{self.number}]/" if self.number > 1 else ""


@dataclass(slots=True)
class Group:
    """UNG to UNE: a functional group."""

    number: int                     # in the interchange, from 1
    header: Header
    trailer: Header | None = None
    messages: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """Return the group reference (0048)."""
        return self.header.get(5)


@dataclass(slots=True)
class Message:
    """UNH to UNT: the text of every segment, and where each begins."""

    interchange: Interchange
    group: Group | None
    number: int                     # in the interchange, from 1
    raws: list[str] = field(default_factory=list, repr=False)
    offsets: array = field(default_factory=lambda: array("q"), repr=False)
    lines: array = field(default_factory=lambda: array("l"), repr=False)
    odd: dict[int, int] = field(default_factory=dict)       # index of a segment: how it is
    dropped: int = 0                # segments beyond the limit, which were not kept
    header: Elements = field(default_factory=list, repr=False)
    closed: bool = False            # whether UNT stood there
    faults: list[Fault] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return the number of segments that came."""
        return len(self.raws) + self.dropped

    @property
    def marks(self) -> Marks:
        """Return the service characters."""
        return self.interchange.marks

    @property
    def reference(self) -> str:
        """Return the message reference (0062)."""
        return at(self.header, 1)

    @property
    def identifier(self) -> tuple[str, str, str, str]:
        """Return type, version, release and agency (S009)."""
        return tuple(at(self.header, 2, place) for place in range(4))

    @property
    def association(self) -> str:
        """Return the association's code (0057), which carries the name NCTS uses: CC015B."""
        return at(self.header, 2, 4)

    @property
    def kind(self) -> str:
        """Return what to call it: the association's code, or the type."""
        return self.association or at(self.header, 2)

    @property
    def path(self) -> str:
        """Return the beginning of its paths."""
        return f"UNH[{self.number}]"

    def segments(self) -> list[Elements]:
        """Return every segment split into elements and components."""
        marks = self.marks
        return [split(raw, marks) for raw in self.raws]

    def place(self, index: int, element: int = 0, component: int = 0, repeat: int = 0,
              ) -> tuple[int, int]:
        """Return byte and line of a component, all counted from 0 (the tag is element 0)."""
        raw = self.raws[index]
        start = begins(raw, self.marks, element, component, repeat) if element else 0
        before = raw[:start]
        known = self.interchange.repertoire
        size = start if known.bytes_each else len(before.encode(known.codec, "surrogateescape"))
        return self.offsets[index] + size, self.lines[index] + before.count("\n")
