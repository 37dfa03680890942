"""A message's table made ready for judging: from every place in it, where a tag leads.

Knows the order of segments and groups; not what segments hold. Made once a table and kept.
"""
from dataclasses import dataclass, field
from typing import NamedTuple

from tollbod.spec.edifact.tables import Message, Row


class Step(NamedTuple):
    """Where a tag leads: to a segment's node, perhaps by beginning a group anew."""

    node: int
    times: int
    group: int                  # -1: no group begins
    group_times: int
    nodes: tuple[int, ...]      # whose counts begin anew
    groups: tuple[int, ...]


@dataclass(slots=True)
class Node:
    """A segment's place in the table."""

    index: int
    row: Row
    group: "Group"


@dataclass(slots=True)
class Group:
    """A group's place in the table; the message itself is group -1."""

    index: int
    row: Row | None
    parent: "Group | None"
    children: list = field(default_factory=list)

    @property
    def first(self) -> Node:
        """Return the node of the segment that begins the group."""
        return self.children[0]


class Grammar:
    """All nodes of a message, and for each the steps that may follow, by tag."""

    def __init__(self, table: Message):
        self.table = table
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.root = Group(-1, None, None)
        self._build(table.rows, self.root)
        self.inside = [self._inside(group) for group in self.groups]
        self.steps = [self._steps(node) for node in self.nodes]
        self.values = {node.index: node.row.value for node in self.nodes if node.row.value}

    def _build(self, rows: tuple[Row, ...], group: Group) -> None:
        """Make nodes of segments and groups of groups."""
        for row in rows:
            if row.children:
                inner = Group(len(self.groups), row, group)
                self.groups.append(inner)
                group.children.append(inner)
                self._build(row.children, inner)
            else:
                node = Node(len(self.nodes), row, group)
                self.nodes.append(node)
                group.children.append(node)

    def _inside(self, group: Group) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return all nodes and groups below a group."""
        nodes, groups = [], []
        for child in group.children:
            if isinstance(child, Node):
                nodes.append(child.index)
            else:
                groups.append(child.index)
                below = self._inside(child)
                nodes += below[0]
                groups += below[1]
        return tuple(nodes), tuple(groups)

    def _step(self, child: "Node | Group") -> Step:
        """Return the step to a segment, or into a group."""
        if isinstance(child, Node):
            return Step(child.index, child.row.times, -1, 0, (), ())
        node = child.first
        return Step(node.index, node.row.times, child.index, child.row.times,
                    *self.inside[child.index])

    def _steps(self, node: Node) -> dict[str, tuple[Step, ...]]:
        """Return what may follow a node: for each tag the steps, the nearest first."""
        found: dict[str, list[Step]] = {}
        if node.group.index < 0 or node is not node.group.first:
            found[node.row.name] = [self._step(node)]
        for child, missing in self.onward(node):
            if missing:
                break
            found.setdefault(child.row.trigger, []).append(self._step(child))
        return {tag: tuple(steps) for tag, steps in found.items()}

    def onward(self, node: Node):
        """Yield what comes after a node, outwards, with the mandatory rows passed over by then."""
        here, group, missing = node, node.group, ()
        while True:
            for child in group.children[group.children.index(here) + 1:]:
                yield child, missing
                if child.row.mandatory:
                    missing = (*missing, child)
            if group.parent is None:
                return
            yield group, missing
            here, group = group, group.parent

    def far(self, node: int, tag: str) -> tuple[Step, tuple] | None:
        """Return the step to a tag past mandatory rows, and those rows."""
        for child, missing in self.onward(self.nodes[node]):
            if missing and child.row.trigger == tag:
                return self._step(child), missing
        return None

    def path(self, node: int, counts: list[int], groups: list[int]) -> str:
        """Return the path of a node: `SG30[2]/FTX[1]`, an index where the table allows many."""
        def named(row, count):
            return f"{row.name}[{count}]" if row.times > 1 else row.name
        place = self.nodes[node]
        names = [named(place.row, counts[node])]
        group = place.group
        while group.row is not None:
            names.append(named(group.row, groups[group.index]))
            group = group.parent
        return "/".join(reversed(names))
