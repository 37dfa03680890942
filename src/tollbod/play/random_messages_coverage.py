"""What random messages reach: elements, codes of lists, branches of conditions.

What is never reached is a suspicion: of the generator, or of a condition or rule that forbids
more than it should. So each of these is told, apart from those that are proved or explained in
`random_messages_unreached`.
"""
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from tollbod.play import random_messages_unreached as unreached
from tollbod.play.random_messages_reading import Branch, branches, said
from tollbod.play.random_messages_values import codes_of
from tollbod.rules.case_file import CaseFile
from tollbod.spec.codes import codelist
from tollbod.spec.tables import structure
from tollbod.wire.message import Message, Node

SHORT = 300             # codes of a list that few messages can reach entirely


class Coverage:
    """Counts what messages of one profile held."""

    def __init__(self, profile: str, today: date):
        self.profile, self.today = profile, today
        self.roots: dict[str, int] = defaultdict(int)
        self.elements: dict[str, set[str]] = defaultdict(set)
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.taken: dict[str, set[Branch]] = defaultdict(set)

    def add(self, message: Message, case: CaseFile | None = None, register=None) -> None:
        """Count a message; the conditions as read a second time."""
        self.roots[message.kind] += 1
        self._walk(message.root, message.structure, "", self.elements[message.kind])
        taken = self.taken[message.kind]
        for one in said(message, self.today, case, register):
            taken.add(one.branch)

    def _walk(self, node: Node, table, above: str, seen: set[str]) -> None:
        for child in node.children:
            path = f"{above}{child.name}"
            row = table.child(child.name)
            seen.add(path)
            if row.codelist:
                self.codes[row.codelist].add(child.text)
            if child.children:
                self._walk(child, row, f"{path}/", seen)

    def absent(self) -> Iterator[tuple[str, str]]:
        """Yield every row of the tables (root, path) that stood in no message."""
        for root in self.roots:
            for path, _ in structure(self.profile, root).walk():
                if path not in self.elements[root]:
                    yield root, path

    def unused(self, longest: int | None = None) -> Iterator[tuple[str, str]]:
        """Yield the codes of public lists that no message had though one could; of the longer
        lists none if a longest is given."""
        for name, fits in self._lists().items():
            if longest is None or len(fits) <= longest:
                yield from ((name, code) for code in sorted(fits - self.codes[name]))

    def untaken(self) -> Iterator[tuple[str, Branch]]:
        """Yield each branch of a condition, place by place, that no message of a kind took though
        one could."""
        for root in self.roots:
            shut = unreached.branches(self.profile, root)
            for one in branches(self.profile, root):
                if one not in self.taken[root] and one not in shut:
                    yield root, one

    def wrongly_shut(self) -> Iterator[tuple[str, Branch]]:
        """Yield each branch that was taken although it is told to be out of reach."""
        for root in self.roots:
            yield from ((root, one) for one in sorted(
                self.taken[root] & unreached.branches(self.profile, root).keys()))

    def figures(self) -> Iterator[tuple[str, float, str]]:
        """Yield how much was reached of what can be, in per cent, and how much cannot be."""
        rows = sum(sum(1 for _ in structure(self.profile, root).walk()) for root in self.roots)
        yield "elements_reached", _share(rows, len(list(self.absent()))), "%"
        lists = self._lists()
        short = sum(len(fits) for fits in lists.values() if len(fits) <= SHORT)
        yield "codes_reached_short_lists", _share(short, len(list(self.unused(SHORT)))), "%"
        every = sum(map(len, lists.values()))
        yield "codes_reached_all_lists", _share(every, len(list(self.unused()))), "%"
        known = sum(len(branches(self.profile, root)) for root in self.roots)
        shut = sum(len(unreached.branches(self.profile, root)) for root in self.roots)
        yield "branches_reached", _share(known - shut, len(list(self.untaken()))), "%"
        yield "branches", float(known), ""
        yield "branches_out_of_reach", float(shut), ""

    def _lists(self) -> dict[str, set[str]]:
        """Return the public lists of these messages: the codes that their elements can hold."""
        found: dict[str, set[str]] = defaultdict(set)
        for root in self.roots:
            for _, row in structure(self.profile, root).walk():
                if row.codelist and row.name != "messageType" and codelist(row.codelist).judged:
                    found[row.codelist].update(codes_of(row.codelist, row.type, self.today))
        return {name: fits - unreached.codes(self.profile, name) for name, fits in found.items()}


def _share(whole: int, missing: int) -> float:
    return 100 * (1 - missing / whole) if whole else 100.0
