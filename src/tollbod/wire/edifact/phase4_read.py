"""The items of a phase 4 message taken out of an EDIFACT message, each with where it stood.

Knows the places of the mapping; whether the items are right, and what they mean, is known
elsewhere. What stands at no place of the mapping is given back beside them.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from tollbod.spec.edifact.ncts import Item, Kind, Place, Step, items
from tollbod.spec.edifact.tables import Segment
from tollbod.wire.edifact.envelope import Message, at
from tollbod.wire.edifact.phase4_losses import MAX_LOSSES
from tollbod.wire.edifact.tokens import Repeated
from tollbod.wire.edifact.tree import Branch, Leaf, Value, tree, values

UNMAPPED = ("UNH", "UNT", "UNS")


class Placed(str):
    """A value that remembers its place: segment and element as CONTRL counts them, and a path."""

    path: str
    segment: int
    element: int
    component: int
    offset: int
    line: int

    def like(self, text: str) -> "Placed":
        """Return another text at the same place."""
        return placed(text, self)

    @property
    def numbers(self) -> str:
        """Return the place in numbers: `segment 5 element 2 component 1, byte 190`."""
        names = ("segment", self.segment), ("element", self.element), ("component", self.component)
        return " ".join(f"{name} {number}" for name, number in names if number) + \
            f", byte {self.offset}"


def placed(text: str, like: "Placed") -> Placed:
    """Return a text with the place of another."""
    new = Placed(text)
    new.__dict__.update(like.__dict__)
    return new


@dataclass(slots=True)
class Taken:
    """The items of a message, and the values that no item takes."""

    items: dict
    left: list[Placed]
    head: Placed                    # where the message begins


@dataclass(slots=True)
class _Scope:
    """A group, or a segment alone, in which items stand."""

    children: list[Leaf | Branch]
    trigger: Leaf | None
    path: str
    paths: dict[int, str] = field(default_factory=dict)     # of the segments, by their numbers
    named: dict[str, list] = field(default_factory=dict)    # what is in it, by tag or group

    def branches(self, step: Step) -> Iterator["_Scope"]:
        """Yield the groups of a name whose first segment bears the marks."""
        for one in self.named.get(step.group, ()):
            if isinstance(one, Branch) and one.children and \
                    isinstance(one.children[0], Leaf) and _bears(one.children[0], step):
                yield _scope(one.children, f"{self.path}/{one.name}[{one.number}]",
                             one.children[0])

    def leaves(self, step: Step) -> Iterator[Leaf]:
        """Yield the segments of a tag that bear the marks."""
        for one in self.named.get(step.tag, ()):
            if isinstance(one, Leaf) and _bears(one, step):
                yield one


def _scope(children: list, path: str, trigger: Leaf | None) -> _Scope:
    """Return a scope that knows the paths of its segments."""
    paths: dict[int, str] = {}
    named: dict[str, list] = {}
    for one in children:
        if isinstance(one, Branch):
            named.setdefault(one.name, []).append(one)
            continue
        some = named.setdefault(one.tag, [])
        some.append(one)
        paths[one.number] = f"{path}/{one.tag}[{len(some)}]"
    return _Scope(children, trigger, path, paths, named)


def _bears(leaf: Leaf, step: Step) -> bool:
    """Tell whether a segment has the tag and the marks of a step."""
    return leaf.tag == step.tag and all(
        at(leaf.elements, *spot) == mark for spot, mark in step.marks)


def take(message: Message, kind: Kind) -> Taken:
    """Return the items of a message of that kind."""
    reader = _Reader(message)
    top = _scope(tree(message), message.path, None)
    reader.constants(top, kind)
    found = reader.fill(items(kind.root), top)
    left = islice(reader.left(top.children, top), MAX_LOSSES)
    return Taken(found, list(left), reader.head(top))


class _Reader:
    """One message while its items are taken."""

    def __init__(self, message: Message):
        self.message = message
        self.used: set[tuple[int, int, int]] = set()    # segment, element, component
        self.open: set[int] = set()                     # groups that have been taken

    def fill(self, rows: tuple[Item, ...], scope: _Scope) -> dict:
        """Return the items of a group."""
        found: dict = {}
        for item in by_marks(rows):
            if item.children:
                for inner in self._containers(item, scope):
                    content = self.fill(item.children, inner)
                    if content:
                        found.setdefault(item.name, []).append(content)
            elif item.place is not None:
                texts = self._values(item.place, scope)
                if texts:
                    found[item.name] = texts if len(texts) > 1 else texts[0]
        return {row.name: found[row.name] for row in rows if row.name in found}

    def _containers(self, item: Item, scope: _Scope) -> Iterator[_Scope]:
        """Yield the groups, or the segments, in which a group of items stands."""
        if item.place is None:
            yield scope
            return
        for inner in self._along(item.place.way, scope):
            step = item.place.step
            if step.group:
                found = inner.branches(step)
            else:
                found = (_Scope([], leaf, inner.paths[leaf.number], inner.paths)
                         for leaf in inner.leaves(step))
            for one in found:
                if one.trigger.number not in self.open:
                    self.open.add(one.trigger.number)
                    self._use(one.trigger, step)
                    yield one

    def _along(self, way: tuple[Step, ...], scope: _Scope) -> Iterator[_Scope]:
        """Yield the groups at the end of a way."""
        if not way:
            yield scope
            return
        for inner in scope.branches(way[0]):
            self._use(inner.trigger, way[0])
            yield from self._along(way[1:], inner)

    def _values(self, place: Place, scope: _Scope) -> list[Placed]:
        """Return what stands at a place."""
        found = []
        for inner in self._along(place.way, scope):
            step = place.step
            if step.group:
                leaves = [(one, one.trigger) for one in inner.branches(step)]
            else:
                leaves = [(inner, one) for one in inner.leaves(step)]
                if inner.trigger is not None and _bears(inner.trigger, step) and \
                        all(one is not inner.trigger for _, one in leaves):
                    leaves.insert(0, (inner, inner.trigger))
            for where, leaf in leaves:
                value = self._value(place, leaf, where)
                if value is not None:
                    found.append(value)
        if place.overflow is not None:
            longer = self._values(place.overflow, scope)
            found = longer or found
        return found

    def _value(self, place: Place, leaf: Leaf, scope: _Scope) -> Placed | None:
        """Return the value that the spots of a segment make, None if they are empty or taken."""
        parts, first = [], None
        for spot in place.spots:
            key = (leaf.number, *spot)
            if key in self.used:
                return None
            text = at(leaf.elements, *spot)
            if text:
                self.used.add(key)
                first = first or spot
            parts.append(text)
        self._use(leaf, place.step)
        text = joined(parts, widths(leaf.segment, place.spots))
        if first is None or text == place.filler:
            return None
        text = dict((there, here) for here, there in place.codes).get(text, text)
        return self._placed(text, leaf, first[0], first[1], scope.paths.get(leaf.number, ""))

    def _placed(self, text: str, leaf: Leaf, element: int, component: int, path: str) -> Placed:
        """Return a text with its place; element and component are counted from 0."""
        offset, line = self.message.place(leaf.number - 1, element, component)
        parts = leaf.elements[element] if element < len(leaf.elements) else [""]
        simple = len(parts) == 1 and not isinstance(parts, Repeated)
        name = _name(leaf.segment, element, component)
        value = Placed(text)
        value.path, value.segment = f"{path}/{name}".rstrip("/"), leaf.number
        value.element, value.component = element + 1, 0 if simple else component + 1
        value.offset, value.line = offset, line
        return value

    def _use(self, leaf: Leaf, step: Step) -> None:
        """Mark what marks a segment as read."""
        self.used.update((leaf.number, *spot) for spot, _ in step.marks)

    def constants(self, top: _Scope, kind: Kind) -> None:
        """Mark what stands in every message of the kind as read."""
        for leaf in top.leaves(Step("", "BGM", ())):
            self.used.update({(leaf.number, 1, 0), (leaf.number, 3, 0)})
        if kind.status:
            for leaf in top.leaves(Step("", "GIS", ())):
                if f"{at(leaf.elements, 1)}:{at(leaf.elements, 1, 1)}" == kind.status:
                    self.used.update({(leaf.number, 1, 0), (leaf.number, 1, 1)})

    def left(self, children: list, scope: _Scope) -> Iterator[Placed]:
        """Yield the values that no item took, the codes of measures and dates left aside.

        What the directory has no place for is a fault of the syntax, and told as that.
        """
        for one in children:
            if isinstance(one, Branch):
                inner = _scope(one.children, f"{scope.path}/{one.name}[{one.number}]", None)
                yield from self.left(one.children, inner)
            elif one.tag not in UNMAPPED:
                for value in values(one):
                    if value.part is not None and self._unread(one, value):
                        yield self._placed(value.text, one, value.element - 1,
                                           max(value.component - 1, 0), scope.paths[one.number])

    def _unread(self, leaf: Leaf, value: Value) -> bool:
        """Tell whether a value was read by no item."""
        return (leaf.number, value.element - 1, max(value.component - 1, 0)) not in self.used

    def head(self, top: _Scope) -> Placed:
        """Return where the message begins."""
        first = top.children[0]
        return self._placed("", first, 0, 0, top.paths.get(first.number, ""))


def by_marks(rows: tuple[Item, ...]) -> list[Item]:
    """Return rows with those first that know their place best; kept, as the rows are."""
    if id(rows) not in _ORDERED:
        _ORDERED[id(rows)] = sorted(rows, key=lambda item: -_marks(item.place))
    return _ORDERED[id(rows)]


_ORDERED: dict[int, list[Item]] = {}    # the rows of the mapping are never let go


def _marks(place: Place | None) -> int:
    """Return how many values mark a place."""
    return 0 if place is None else len(place.step.marks)


def joined(parts: list[str], wide: tuple[int, ...]) -> str:
    """Return components as one text: one that is not full ends a line, the next begins a word.

    >>> joined(["DRIED COD, WHOLE", "IN CARTONS", ""], (70, 70, 70))
    'DRIED COD, WHOLE IN CARTONS'
    """
    last = max((n for n, part in enumerate(parts) if part), default=-1)
    return "".join(part if n == last or len(part) >= wide[n] or not part else part + " "
                   for n, part in enumerate(parts[:last + 1]))


def widths(segment: Segment | None, spots: tuple) -> tuple[int, ...]:
    """Return how long each component may be."""
    return _widths(segment, spots) if segment is not None else tuple(35 for _ in spots)


def _widths(segment: Segment, spots: tuple) -> tuple[int, ...]:
    return tuple(segment.slots[spot.element - 1].parts[spot.component].high for spot in spots)


def _name(segment: Segment | None, element: int, component: int) -> str:
    """Return an element's id, with the component's if it is made of components."""
    if segment is None or not 0 < element <= len(segment.slots):
        return ""
    slot = segment.slots[element - 1]
    if not slot.composite or component >= len(slot.parts):
        return slot.id
    return f"{slot.id}/{slot.parts[component].id}"


