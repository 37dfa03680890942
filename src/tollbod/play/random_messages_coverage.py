"""What random messages reach: elements, codes of lists, branches of conditions.

What is never reached over many seeds is a suspicion: of the generator, or of a condition or rule
that forbids more than it should.
"""
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from tollbod.play.random_messages_reading import branches, said
from tollbod.play.random_messages_values import codes_of
from tollbod.rules.case_file import CaseFile
from tollbod.spec.codes import codelist
from tollbod.spec.tables import structure
from tollbod.wire.message import Message, Node

SHORT = 300             # a list of at most so many codes must be reached entirely


class Coverage:
    """Counts what messages of one profile held."""

    def __init__(self, profile: str, today: date):
        self.profile, self.today = profile, today
        self.roots: dict[str, int] = defaultdict(int)
        self.elements: dict[str, set[str]] = defaultdict(set)
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.taken: set[tuple[str, str, int]] = set()

    def add(self, message: Message, case: CaseFile | None = None, register=None) -> None:
        """Count a message; the conditions as read a second time."""
        self.roots[message.kind] += 1
        self._walk(message.root, message.structure, "", self.elements[message.kind])
        for one in said(message, self.today, case, register):
            self.taken.add((message.kind, one.rule, one.number))

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

    def unused(self, longest: int = SHORT) -> Iterator[tuple[str, str]]:
        """Yield the codes that no message had, of public lists that are not too long."""
        for name, (fits, _) in self._lists().items():
            if len(fits) <= longest:
                yield from ((name, code) for code in sorted(fits - self.codes[name]))

    def untaken(self) -> Iterator[tuple[str, int, str]]:
        """Yield each branch of a condition that no message of any kind took, with its demand."""
        taken = {(rule, number) for _, rule, number in self.taken}
        told = set()
        for root in self.roots:
            for (rule, number), words in branches(self.profile, root).items():
                if (rule, number) not in taken | told:
                    told.add((rule, number))
                    yield rule, number, f"{root} {words}"

    def figures(self) -> Iterator[tuple[str, float, str]]:
        """Yield how much was reached, in per cent."""
        rows = sum(sum(1 for _ in structure(self.profile, root).walk()) for root in self.roots)
        yield "elements_reached", 100 * (1 - len(list(self.absent())) / rows), "%"
        lists = self._lists()
        short = sum(len(fits) for fits, _ in lists.values() if len(fits) <= SHORT)
        yield "codes_reached_short_lists", 100 * (1 - len(list(self.unused())) / short), "%"
        every = sum(len(fits) for fits, _ in lists.values())
        used = sum(len(fits & self.codes[name]) for name, (fits, _) in lists.items())
        yield "codes_reached_all_lists", 100 * used / every, "%"
        known = {(rule, number) for root in self.roots
                 for rule, number in branches(self.profile, root)}
        yield "branches_reached", 100 * (1 - len(list(self.untaken())) / len(known)), "%"

    def _lists(self) -> dict[str, tuple[set[str], int]]:
        """Return the public lists of these messages: the codes that their elements can hold."""
        found: dict[str, tuple[set[str], int]] = {}
        for root in self.roots:
            for _, row in structure(self.profile, root).walk():
                if row.codelist and row.name != "messageType" and codelist(row.codelist).judged:
                    fits, often = found.get(row.codelist, (set(), 0))
                    found[row.codelist] = (fits | set(codes_of(row.codelist, row.type, self.today)),
                                           often + 1)
        return found
