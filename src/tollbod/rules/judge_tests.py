"""Tests of conditions as functions of a place in a message: true, false, or None for unknown.

Unknown is what depends on an earlier message that is not at hand, a code list without public
values or a register that nobody gave; it spreads as in Kleene's logic, so that what does not
depend on it is still judged. Reading, found by trial (no document says it): a path starts from
the deepest group that it shares with the place judged; a test holds if it holds for one value;
no value is false; `not` negates that; what is looked for in another message comes from the last
such message of the case, and is false where the case has none.
"""
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tollbod.rules.case_file import CaseFile
from tollbod.rules.conditions_notation import All, Any, Cond, Not, Operand, Path, Test
from tollbod.spec.codes import codelist
from tollbod.spec.tables import Structure
from tollbod.wire.message import Node

# An EORI, or the number of a third country's trader: the same pattern in the source.
PATTERNS = {"EORI": re.compile(r"[A-Z]{2}[\x21-\x7E]{1,15}")}
Register = Callable[[str], bool]


class Sight:
    """All that is seen while one message is judged; `memo` keeps what is the same everywhere."""

    __slots__ = ("case", "memo", "on", "register", "root")

    def __init__(self, root: Node, case: CaseFile | None, register: Register | None,
                 on: date | None):
        self.root, self.case, self.register, self.on = root, case, register, on
        self.memo: dict[int, object] = {}


class Reason(NamedTuple):
    """A test that decided: what it looked at, what stood there, and what came of it."""

    test: Test
    place: str              # a path below the root, of the node where there is one
    value: str              # empty where nothing stood there
    holds: bool


Holds = Callable[[Node, Sight], bool | None]


class Judged(NamedTuple):
    """A condition made ready for one place; `fixed`: the same wherever in a message one asks."""

    holds: Holds
    why: Callable[[Node, Sight], list[Reason]]
    fixed: bool


class Bench:
    """Makes conditions ready for the places of one structure; each fixed test is asked once."""

    def __init__(self, table: Structure):
        self.root, self.table = table.root, table
        self._slots: dict[object, int] = {}

    def ready(self, cond: Cond, place: tuple[str, ...]) -> Judged:
        """Return the condition as judged from a group at `place`."""
        match cond:
            case Not(test):
                return _negated(self.ready(test, place))
            case All(tests):
                ready = _joined([self.ready(one, place) for one in tests], False)
                return self.kept((cond, _own(cond, place)), ready)
            case Any(tests):
                ready = _joined([self.ready(one, place) for one in tests], True)
                return self.kept((cond, _own(cond, place)), ready)
        return self.kept((cond, _own(cond, place)), self._test(cond, place))

    def kept(self, key: object, judged: Judged) -> Judged:
        """Return it with its answer remembered within a message, if it is fixed."""
        return judged._replace(holds=self.once(key, judged.holds)) if judged.fixed else judged

    def once(self, key: object, ask: Callable) -> Callable:
        """Return a function that asks once for each message."""
        slot = self._slots.setdefault(key, len(self._slots))

        def remembered(node, sight):
            memo = sight.memo
            if slot not in memo:
                memo[slot] = ask(sight.root, sight)
            return memo[slot]
        return remembered

    def finder(self, path: Path, place: tuple[str, ...], apart: bool = False):
        """Return a function that finds the nodes of a path from `place` (None: unknown), and
        whether it always finds the same; `apart`: look for all of them, not for one's own."""
        steps = place + path.steps[1:] if path.steps[0] == "." else path.steps
        if path.roots and self.root not in path.roots:
            def elsewhere(node, sight):
                if sight.case is None:
                    return None
                other = sight.case.newest(path.roots)
                return () if other is None else _below(other, steps)
            return elsewhere, True
        shared, limit = 0, min(len(steps) - apart, len(place))
        while shared < limit and steps[shared] == place[shared]:
            shared += 1
        if self._single(steps[:shared]):
            return (lambda node, sight: _below(sight.root, steps)), True
        up, rest = len(place) - shared, steps[shared:]

        def here(node, sight):
            for _ in range(up):
                node = node.parent
            return _below(node, rest)
        return here, False

    def _single(self, steps: tuple[str, ...]) -> bool:
        """Tell whether a message has this group at most once, as any place above it."""
        return all(self.table.field("/".join(steps[:n + 1])).high == 1 for n in range(len(steps)))

    def _test(self, test: Test, place: tuple[str, ...]) -> Judged:
        """Return a single test."""
        find, fixed = self.finder(test.operand.path, place, test.kind == "once")
        if test.kind in ("given", "once"):
            passes, holds = None, _counts(find, test.kind == "once")
        else:
            accept, also_fixed = self._accept(test, place)
            fixed = fixed and also_fixed
            passes = _passes(_part(test.operand), accept, test.lacks)
            holds = _values(find, passes)

        def why(node, sight):
            return [_reason(test, find(node, sight) or (), bool(holds(node, sight)), passes and (
                lambda one: passes(one, node, sight)))]
        return Judged(holds, why, fixed)

    def _accept(self, test: Test, place: tuple[str, ...]):
        """Return a function that tells whether a value passes the test."""
        match test.kind:
            case "=":
                wanted = test.values[0]
                return (lambda value, node, sight: value == wanted), True
            case "in":
                allowed = frozenset(test.values)
                return (lambda value, node, sight: value in allowed), True
            case "list":
                return _listed(test.values[0]), True
            case ">":
                bound = Decimal(test.values[0])
                return (lambda value, node, sight: _above(value, bound)), True
            case "fits":
                pattern = PATTERNS[test.values[0]]
                return (lambda value, node, sight: bool(pattern.fullmatch(value))), True
            case "known":
                return _known, True
        other, fixed = self.finder(test.other.path, place)
        part = _part(test.other)

        def same(value, node, sight):
            found = other(node, sight)
            return None if found is None else any(part((one.text or "").strip()) == value
                                                  for one in found)
        return same, fixed


def _below(node: Node, steps: Sequence[str]) -> Sequence[Node]:
    """Return the nodes at the end of the steps."""
    found: Sequence[Node] = (node,)
    for name in steps:
        found = [child for one in found for child in one.children if child.name == name]
    return found


def _part(operand: Operand) -> Callable[[str], str]:
    """Return a function that cuts out the part of a value that is looked at.

    >>> first, last = (Operand(Path(("A",)), one) for one in ("chars3-4", "last2"))
    >>> _part(first)("25NO1"), _part(last)("NTA.SE")
    ('NO', 'SE')
    """
    if not operand.part:
        return lambda value: value
    kind, low, high = re.fullmatch(r"(\D+)(\d+)-?(\d*)", operand.part).groups()
    if kind == "last":
        return lambda value: value[-int(low):]
    start, end = (0, int(low)) if kind == "first" else (int(low) - 1, int(high or low))
    return lambda value: value[start:end]


def _counts(find: Callable, once: bool) -> Holds:
    """Return a test of how often something stands there."""
    def holds(node, sight):
        found = find(node, sight)
        if found is None:
            return None
        return len(found) == 1 if once else len(found) > 0
    return holds


def _passes(part: Callable, accept: Callable, lacks: bool) -> Callable:
    """Return a test of one node; an empty one neither passes nor lacks anything."""
    def passes(one, node, sight):
        if not one.text:
            return False
        answer = accept(part(one.text.strip()), node, sight)
        return None if answer is None else answer is not lacks
    return passes


def _own(cond: Cond, place: tuple[str, ...]) -> tuple[str, ...]:
    """Return the place where a condition with a path of its own (`./name`) is judged, else none.

    The same words mean another thing at another place, so the answer may not be shared.
    """
    match cond:
        case Not(test):
            return _own(test, place)
        case All(tests) | Any(tests):
            return next((place for one in tests if _own(one, place)), ())
    operands = [one for one in (cond.operand, cond.other) if one is not None]
    return place if any(one.path.steps[0] == "." for one in operands) else ()


def _values(find: Callable, passes: Callable) -> Holds:
    """Return a test that one of the nodes passes."""
    def holds(node, sight):
        found = find(node, sight)
        if found is None:
            return None
        unknown = False
        for one in found:
            answer = passes(one, node, sight)
            if answer:
                return True
            unknown = unknown or answer is None
        return None if unknown else False
    return holds


def _listed(number: str) -> Callable:
    """Return a test that a value is in a code list; unknown if the list is not public."""
    codes = codelist(number)
    if not codes.judged:
        return lambda value, node, sight: None
    return lambda value, node, sight: codes.has(value, sight.on)


def _known(value: str, node: Node, sight: Sight) -> bool | None:
    """Ask the register of parties."""
    return None if sight.register is None else sight.register(value)


def _above(value: str, bound: Decimal) -> bool:
    """Tell whether a number is greater; what is no number is not."""
    try:
        return Decimal(value) > bound
    except InvalidOperation:
        return False


def _negated(judged: Judged) -> Judged:
    """Return the opposite; what was unknown stays so."""
    inner = judged.holds

    def holds(node, sight):
        answer = inner(node, sight)
        return None if answer is None else not answer
    return Judged(holds, judged.why, judged.fixed)


def _joined(parts: list[Judged], settles: bool) -> Judged:
    """Return `or` (one true settles it) or `and` (one false does)."""
    asked = tuple(part.holds for part in parts)

    def holds(node, sight):
        unknown = False
        for ask in asked:
            answer = ask(node, sight)
            if answer is settles:
                return settles
            if answer is None:
                unknown = True
        return None if unknown else not settles

    def why(node, sight):
        for part in parts:
            if part.holds(node, sight) is settles:
                return part.why(node, sight)
        return [reason for part in parts for reason in part.why(node, sight)]
    return Judged(holds, why, all(part.fixed for part in parts))


def _reason(test: Test, found: Sequence[Node], holds: bool, passes: Callable | None) -> Reason:
    """Return what a test looked at: the value that passed, else the first there was."""
    shown = next((one for one in found if passes and passes(one)), found[0] if found else None)
    if shown is None:
        return Reason(test, "/".join(step for step in test.operand.path.steps if step != "."),
                      "", holds)
    return Reason(test, shown.path().split("/", 2)[-1], (shown.text or "").strip(), holds)
