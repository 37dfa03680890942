"""What no valid message can reach: branches of conditions and codes, each with its reason.

`why` proves it from tables and code lists alone: a test on the way to the branch can never have
the answer that leads there. What only a rule or another condition shuts out is told by hand, and
the table `spec/ncts/conditions/unreached.txt` holds both; tests hold it to what is proved here.
"""
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from tollbod.play.condition_solver import demands
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages_reading import Branch
from tollbod.play.random_messages_reading import branches as of_message
from tollbod.play.random_messages_values import codes_of
from tollbod.rules.conditions import FOLDER, condition
from tollbod.rules.conditions_notation import All, Any, Cond, Not, Operand, Test
from tollbod.rules.values import fault
from tollbod.spec.codes import codelist
from tollbod.spec.tables import Field, UnknownMessage, structure

TABLE = FOLDER / "unreached.txt"
Answers = frozenset[bool | None]
BOTH: Answers = frozenset((True, False))
ALL: Answers = frozenset((True, False, None))
NO: Answers = frozenset((False,))
Steps = tuple[str, ...]


class Row(NamedTuple):
    """A row of the table: the branch of a condition at a place of some messages, or a code of a
    list; `reason` begins with the id of a rule or condition where that one shuts it out."""

    profile: str
    name: str
    number: str
    path: str
    roots: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return " | ".join((self.profile, self.name, self.number, self.path or "-",
                           " ".join(self.roots) or "-", self.reason))


def table() -> tuple[Row, ...]:
    """Return the rows of the table."""
    return tuple(_row(line) for line in TABLE.read_text(encoding="utf-8").splitlines()[1:])


def _row(line: str) -> Row:
    profile, name, number, path, roots, reason = (cell.strip() for cell in line.split(" | "))
    return Row(profile, name, number, path.strip("-"), tuple(roots.strip("-").split()), reason)


@cache
def branches(profile: str, root: str) -> dict[Branch, str]:
    """Return the branches that are out of reach in a message, each with its reason."""
    found = {(row.name, row.number, row.path): row.reason for row in table()
             if row.profile == profile and root in row.roots}
    return {one: found[one.rule, f"{one.number}{one.demand}", one.path]
            for one in of_message(profile, root)
            if (one.rule, f"{one.number}{one.demand}", one.path) in found}


@cache
def codes(profile: str, name: str) -> frozenset[str]:
    """Return the codes of a list that are out of reach in every message of a trader."""
    return frozenset(row.number for row in table() if row[:2] == (profile, name))


def proved(profile: str, roots: Iterable[str]) -> Iterator[Row]:
    """Yield a row for each branch that is proved to be out of reach in some of these messages."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for root in roots:
        for one in of_message(profile, root):
            if reason := why(profile, root, one):
                key = one.rule, f"{one.number}{one.demand}", one.path, reason
                found.setdefault(key, []).append(root)
    for (name, number, path, reason), there in sorted(found.items()):
        yield Row(profile, name, number, path, tuple(there), reason)


def why(profile: str, root: str, branch: Branch) -> str:
    """Return why a branch cannot be reached in a message, as far as tables and lists tell; empty
    if they do not."""
    wanted = next(found for number, _, found in demands(condition(branch.rule, profile))
                  if number == branch.number)
    view = _View(profile, root, tuple(branch.path.split("/")[:-1]))
    for cond, answer in wanted:
        possible = view.answers(cond)
        if answer not in possible:
            closed = sorted({name for name in _lists(cond) if not codelist(name).judged})
            if closed and None in possible:
                return f"depends on {', '.join(closed)}, whose values are not public"
            return f"{'never' if answer else 'always'} here: {cond}"
    return ""


class _View:
    """What a condition may find when it is judged from one place of one message; each answer that
    is possible is among those returned, and perhaps one that is not."""

    def __init__(self, profile: str, root: str, home: Steps):
        self.profile, self.root, self.home = profile, root, home

    def answers(self, cond: Cond) -> Answers:
        """Return the answers that a condition may have."""
        match cond:
            case Not(test):
                return frozenset(None if one is None else not one for one in self.answers(test))
            case All(tests) | Any(tests):
                settles = isinstance(cond, Any)
                return frozenset(
                    settles if settles in one else None if None in one else not settles
                    for one in product(*map(self.answers, tests)))
        return self._test(cond)

    def _test(self, test: Test) -> Answers:
        path = test.operand.path
        steps = self.home + path.steps[1:] if path.steps[0] == "." else path.steps
        if path.roots and self.root not in path.roots:      # no case at hand, or none such in it
            there = [self._values(test, found) for root in path.roots
                     if (found := self._field(root, steps)) is not None]
            return frozenset((None, False)).union(*there)
        field = self._field(self.root, steps)
        if field is None:
            return NO
        found = self._values(test, field)
        return found if self._stands(steps) and test.kind != "once" else found | NO

    def _values(self, test: Test, field: Field) -> Answers:
        """Return the answers to a test where its element stands."""
        if test.kind in ("given", "once"):
            return frozenset((True,)) if test.kind == "given" else BOTH
        if test.kind in ("known", "same"):
            return ALL
        if test.kind == "list" and not codelist(test.values[0]).judged:
            return frozenset((None,))
        known = self._known(field)
        if known is not None:
            return frozenset(_passes(test, one) is not test.lacks for one in known)
        if test.kind == "fits" and field.type.name == "eori":
            return frozenset((True,))
        if test.kind in ("=", "in") and not test.operand.part and not test.lacks:
            return BOTH if any(not fault(field.type, one) for one in test.values) else NO
        return BOTH

    def _known(self, field: Field) -> tuple[str, ...] | None:
        """Return all values that an element may have, None if they cannot be told."""
        if field.name == "messageType":
            return (self.root,)
        if field.codelist and codelist(field.codelist).judged:
            return codes_of(field.codelist, field.type, PREPARED)
        return field.type.enum if field.type is not None else None

    def _field(self, root: str, steps: Steps) -> Field | None:
        try:
            return structure(self.profile, root).field("/".join(steps))
        except UnknownMessage:
            return None

    def _stands(self, steps: Steps) -> bool:
        """Tell whether a place is always found from here: all below what is shared must stand."""
        shared = 0
        while shared < min(len(steps), len(self.home)) and steps[shared] == self.home[shared]:
            shared += 1
        return all(self._field(self.root, steps[:n + 1]).low for n in range(shared, len(steps)))


def _passes(test: Test, whole: str) -> bool:
    """Tell whether a value passes a test of values."""
    value = _part(test.operand, whole)
    if test.kind == "list":
        return codelist(test.values[0]).has(value, PREPARED)
    if test.kind == ">":
        return float(value) > float(test.values[0])
    return value in test.values


def _part(operand: Operand, value: str) -> str:
    """Return the part of a value that an operand looks at."""
    spans = {"": slice(None), "first2": slice(2), "first3": slice(3), "last2": slice(-2, None),
             "char17": slice(16, 17), "chars3-4": slice(2, 4)}
    return value[spans[operand.part]]


def _lists(cond: Cond) -> Iterator[str]:
    """Yield the code lists that a condition looks into."""
    if isinstance(cond, Test):
        if cond.kind == "list":
            yield cond.values[0]
        return
    for one in (cond.test,) if isinstance(cond, Not) else cond.tests:
        yield from _lists(one)
