"""A message as the tree of its groups, every node with its place and its name.

For showing and for mapping: segments that the table does not expect stand where they came.
"""
from collections.abc import Iterator
from typing import NamedTuple

from tollbod.spec.edifact import tables
from tollbod.spec.edifact.tables import Part, Segment
from tollbod.wire.edifact.elements import QUALIFIERS
from tollbod.wire.edifact.envelope import Elements, Message
from tollbod.wire.edifact.grammar import Grammar, Group
from tollbod.wire.edifact.judge import grammar_of
from tollbod.wire.edifact.tokens import Repeated, split


class Leaf(NamedTuple):
    """A segment of a message."""

    number: int                     # UNH is 1
    tag: str
    offset: int
    line: int
    elements: Elements
    segment: Segment | None         # its row in the directory


class Branch(NamedTuple):
    """A group of a message, with what is in it."""

    name: str                       # SG30
    number: int                     # which one of its siblings
    children: list


class Value(NamedTuple):
    """A simple element or component: where it stands, what it is called, what it holds."""

    path: str                       # C108/4440
    element: int                    # as CONTRL counts: the tag is 1
    component: int                  # 0: a simple element
    repeat: int
    part: Part | None
    text: str
    elsewhere: bool = False         # another code list than the directory's is named beside it

    @property
    def meaning(self) -> str:
        """Return what a code stands for, or an empty text."""
        if self.part is None or self.elsewhere and self.part.id not in QUALIFIERS:
            return ""
        return (self.part.codes or {}).get(self.text, "")


def tree(message: Message, profile: str = "ncts") -> list[Leaf | Branch]:
    """Return the message as a tree; flat if its directory is not known here."""
    service = tables.service(message.interchange.syntax)
    try:
        grammar = grammar_of(message.identifier, profile)
    except tables.UnknownMessage:
        return [_leaf(message, index, service) for index in range(len(message.raws))]
    segments = grammar.table.segments | {tag: service[tag] for tag in ("UNH", "UNT")}
    top: list[Leaf | Branch] = []
    place = _Place(grammar, top)
    for index, raw in enumerate(message.raws):
        place.to(raw[:3], index)
        place.children.append(_leaf(message, index, segments))
    return top


def _leaf(message: Message, index: int, segments: dict[str, Segment]) -> Leaf:
    """Return one segment."""
    elements = split(message.raws[index], message.marks)
    tag = elements[0][0]
    return Leaf(index + 1, tag, message.offsets[index], message.lines[index], elements,
                segments.get(tag))


class _Place:
    """Where the next segment goes: the open groups and what was counted in them."""

    def __init__(self, grammar: Grammar, top: list):
        self.grammar, self.node = grammar, 0
        self.counts = [0] * len(grammar.nodes)
        self.groups = [0] * len(grammar.groups)
        self.lists: dict[int, list] = {-1: top}
        self.children = top

    def to(self, tag: str, index: int) -> None:
        """Go to where the tag stands; stay if it is not expected."""
        follow = self.grammar.steps[self.node].get(tag) if index else None
        if not follow:
            found = self.grammar.far(self.node, tag) if index else None
            follow = (found[0],) if found else ()
        for step in follow:
            if step.group < 0 and (self.counts[step.node] < step.times or step is follow[-1]):
                break
            if step.group >= 0 and (self.groups[step.group] < step.group_times
                                    or step is follow[-1]):
                break
        else:
            return
        if step.group >= 0:
            for one in step.nodes:
                self.counts[one] = 0
            for one in step.groups:
                self.groups[one] = 0
            self.groups[step.group] += 1
            self._open(self.grammar.groups[step.group])
        self.node = step.node
        self.counts[step.node] += 1
        self.children = self.lists[self.grammar.nodes[step.node].group.index]

    def _open(self, group: Group) -> None:
        """Begin a branch for a group."""
        branch = Branch(group.row.name, self.groups[group.index], [])
        self.lists[group.parent.index].append(branch)
        self.lists[group.index] = branch.children


def values(leaf: Leaf) -> Iterator[Value]:
    """Yield the elements and components of a segment that hold something."""
    for number, parts in enumerate(leaf.elements[1:]):
        slots = leaf.segment.slots if leaf.segment is not None else ()
        slot = slots[number] if number < len(slots) else None
        for repeat, one in enumerate(parts if isinstance(parts, Repeated) else [parts]):
            elsewhere = slot is not None and any(
                text for text, part in zip(one, slot.parts) if part.id in QUALIFIERS)
            for place, text in enumerate(one):
                if not text:
                    continue
                part = slot.parts[place] if slot is not None and place < len(slot.parts) else None
                composite = slot is not None and slot.composite or len(one) > 1
                name = f"{slot.id}/{part.id}" if composite and part else part.id if part else \
                    f"{number + 2}:{place + 1}"
                yield Value(name, number + 2, place + 1 if composite else 0, repeat, part, text,
                            elsewhere)


def plain(children: list[Leaf | Branch]) -> list[dict]:
    """Return a tree as it is written in JSON; an element of one component is a text."""
    found: list[dict] = []
    for one in children:
        if isinstance(one, Branch):
            found.append({"group": one.name, "number": one.number,
                          "content": plain(one.children)})
        else:
            found.append({"tag": one.tag, "segment": one.number, "line": one.line,
                          "byte": one.offset, "elements": plain_elements(one.elements)})
    return found


def plain_elements(elements: Elements) -> list:
    """Return the elements after the tag: text, a list of components, or a list of repeats."""
    def simple(parts: list[str]):
        return parts[0] if len(parts) == 1 else parts
    return [{"repeats": [simple(part) for part in one]} if isinstance(one, Repeated)
            else simple(one) for one in elements[1:]]
