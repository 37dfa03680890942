"""Finds, for each outcome of each condition, the edits that bring a message to it.

Walks the block down to a demand, makes every test on the way come true or false by setting,
adding or dropping what it looks at, and keeps the first scene in which the judge agrees: broken
when the place is wrong, silent when it is right. What it cannot reach is reported with the reason.
"""
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice, product
from typing import NamedTuple

from tollbod.play import instances
from tollbod.play.condition_cases import CODE, SENDER, Case, Scene, staged
from tollbod.rules.check import check
from tollbod.rules.conditions import IN_FORCE, Condition
from tollbod.rules.conditions_notation import (
    All,
    Cond,
    If,
    Not,
    Operand,
    Put,
    Statement,
    Test,
)
from tollbod.rules.judge_tests import PATTERNS, Bench
from tollbod.rules.values import fault
from tollbod.spec.codes import codelist
from tollbod.spec.tables import UnknownMessage, structure

TRIES = 400             # combinations of edits that are tried for one place
VALUES = 4              # values that are tried for one test
KNOWN = "NO310000019"   # a number in the register of the cases
FITTING, UNFIT = "NO310000019", "310000019"

Demand = tuple[int, Put, tuple[tuple[Cond, bool], ...]]


class Unreached(NamedTuple):
    """An outcome that no message was found for."""

    rule: str
    outcome: str
    why: str


def cases(condition: Condition) -> Iterator[Case | Unreached]:
    """Yield a case for each R, N and O of a condition that is judged."""
    if condition.status != IN_FORCE:
        return
    for number, put, wanted in demands(condition):
        found = _case(condition, f"{number}{put.demand}", put, wanted)
        yield found
        if isinstance(found, Case):
            yield from _with_other_values(found, wanted)


def _with_other_values(case: Case, wanted) -> Iterator[Case]:
    """Yield the case with each other value that its tests name: one of several is enough."""
    for test in (one for cond, _ in wanted for one in _tests(cond) if one.kind == "in"):
        for n, edit in enumerate(case.edits):
            head, is_value, value = edit.partition("=")
            if is_value and head.endswith("/".join(test.operand.path.steps)) \
                    and not test.operand.part and value in test.values:
                for other in test.values:
                    edits = (*case.edits[:n], f"{head}={other}", *case.edits[n + 1:])
                    if other != value and _shows(made := replace(case, edits=edits), wanted):
                        yield made


def _tests(cond: Cond) -> Iterator[Test]:
    """Yield the single tests of a condition."""
    if isinstance(cond, Test):
        yield cond
        return
    for one in (cond.test,) if isinstance(cond, Not) else cond.tests:
        yield from _tests(one)


def demands(condition: Condition) -> list[Demand]:
    """Return every demand of a block with the answers to its tests that lead to it."""
    found: list[Demand] = []

    def walk(statements: tuple[Statement, ...], wanted: tuple) -> None:
        for one in statements:
            if isinstance(one, Put):
                found.append((len(found) + 1, one, wanted))
            elif isinstance(one, If):
                walk(one.then, (*wanted, (one.cond, True)))
                walk(one.otherwise, (*wanted, (one.cond, False)))
    walk(condition.statements, ())
    return found


def _case(condition: Condition, outcome: str, put: Put, wanted) -> Case | Unreached:
    """Return the first case that shows the outcome, in any message in which it binds."""
    tried = 0
    for root, place in _where(condition, put):
        for edits in islice(_ways(condition.profile, root, place, put, wanted), TRIES):
            tried += 1
            case = Case(condition.id, outcome, condition.profile, root, place, tuple(edits))
            if _shows(case, wanted):
                return case
    return Unreached(condition.id, outcome, _why(condition, put, wanted, tried))


def _why(condition: Condition, put: Put, wanted, tried: int) -> str:
    """Return why no case was found."""
    if any(_asks_for(cond, put) and want is (put.demand == "R") for cond, want in wanted):
        return "cannot be broken: the tests that lead to it say so of the place itself"
    closed = {name for cond, _ in wanted for name in _lists(cond) if not codelist(name).judged}
    if closed:
        return f"depends on {', '.join(sorted(closed))}, whose values are not public"
    for cond, want in wanted:
        if want and (shut := _impossible(condition, cond)):
            return shut
    return f"no way found in {tried} tries" if tried else "binds in no message of the profile"


def _impossible(condition: Condition, cond: Cond) -> str:
    """Say which values a test asks for that the structure does not allow there."""
    if not isinstance(cond, Test) or cond.kind not in ("=", "in", "list") or cond.operand.part:
        return ""
    values = codelist(cond.values[0]).codes() if cond.kind == "list" else cond.values
    for root in condition.messages:
        row = structure(condition.profile, root).field("/".join(cond.operand.path.steps))
        if row and row.type and all(fault(row.type, one) for one in values):
            return (f"asks for {', '.join(cond.values)}, which {row.name} ({row.format}) cannot "
                    "hold")
    return ""


def _asks_for(cond: Cond, put: Put) -> bool:
    """Tell whether a test asks whether the place stands for which the demand is."""
    return isinstance(cond, Test) and cond.kind == "given" and cond.operand.path == put.path


def _lists(cond: Cond) -> Iterator[str]:
    """Yield the code lists that a condition looks into."""
    if isinstance(cond, Test):
        if cond.kind == "list":
            yield cond.values[0]
        return
    for one in (cond.test,) if isinstance(cond, Not) else cond.tests:
        yield from _lists(one)


def _where(condition: Condition, put: Put) -> Iterator[tuple[str, str]]:
    """Yield the messages and places where a demand binds."""
    steps = put.path.steps
    for root, paths in condition.messages.items():
        if put.path.roots and root not in put.path.roots:
            continue
        for path in paths:
            if path == "/".join(steps) or steps[0] == "." and path.endswith(f"/{steps[1]}"):
                yield root, path


def _shows(case: Case, wanted) -> bool:
    """Tell whether the case shows its outcome, and the structure is right both ways."""
    broken, kept = staged(case, True), staged(case, False)
    if not all(_led(scene, case, wanted) for scene in (broken, kept)):
        return False
    if any(_plain(finding.path) == case.place for finding in kept.findings(case.rule)):
        return False
    found = [one.code for one in broken.findings(case.rule) if _plain(one.path) == case.place]
    if found[:1] != ([] if case.outcome[-1] == "O" else [CODE[case.outcome[-1]]]):
        return False
    return not any(check(scene.message, "schema") for scene in (broken, kept))


def _led(scene: Scene, case: Case, wanted) -> bool:
    """Tell whether the tests on the way to the demand came out as they should."""
    home = case.place.split("/")[:-1]
    node = scene.message.first("/".join(home)) if home else scene.message.root
    if node is None:
        return False
    bench = Bench(structure(case.profile, case.root))
    sight = scene.sight()
    return all(bench.ready(cond, tuple(home)).holds(node, sight) is want for cond, want in wanted)


def _plain(path: str) -> str:
    """Return a finding's path below the root, without indexes."""
    steps = path.split("/")[2:]
    return "/".join(step.partition("[")[0] for step in steps)


def _ways(profile: str, root: str, place: str, put: Put, wanted) -> Iterator[list[str]]:
    """Yield edits that may lead to a demand."""
    home = place.rpartition("/")[0]
    sought = _Sought(profile, root, home)
    start = [f"+{home}"] if home and "D" in _optional(profile, root, home) else []
    if put.where is not None:
        wanted = (*wanted, (put.where, True))
    parts = [list(islice(sought.ways(cond, want), TRIES)) for cond, want in wanted]
    for chosen in product(*parts):
        yield list(dict.fromkeys([*start, *chain(*chosen)]))


def _optional(profile: str, root: str, home: str) -> str:
    """Return "D" if a group on the way to the place need not stand."""
    table, steps = structure(profile, root), home.split("/")
    rows = [table.field("/".join(steps[:n + 1])) for n in range(len(steps))]
    return "D" if any(not row.low for row in rows) else ""


class _Sought:
    """The edits that make a test come true or false in one message."""

    def __init__(self, profile: str, root: str, home: str):
        self.profile, self.root, self.home = profile, root, home

    def ways(self, cond: Cond, want: bool) -> Iterator[list[str]]:
        """Yield lists of edits, the plainest first."""
        if isinstance(cond, Not):
            yield from self.ways(cond.test, not want)
        elif isinstance(cond, Test):
            yield from self._test(cond, want)
        elif isinstance(cond, All) is want:
            parts = [list(islice(self.ways(one, want), VALUES)) for one in cond.tests]
            for chosen in product(*parts):
                yield list(chain(*chosen))
        else:
            for one in cond.tests:
                yield from self.ways(one, want)

    def _test(self, test: Test, want: bool) -> Iterator[list[str]]:
        path, extra = self._at(test.operand)
        if test.kind == "given":
            yield [*extra, f"{'+' if want else '-'}{path}"]
        elif test.kind == "once":
            yield [*extra, f"+{path}" if want else f"2*{path}"]
        elif test.kind == "known":
            yield [f"{path}={KNOWN}", f"known={KNOWN}"] if want else [f"{path}={KNOWN}"]
            if not want:
                yield [f"-{path}"]
        elif test.kind == "same":
            yield from self._same(test, want, path, extra)
        else:
            row = self._row(test.operand)
            fitting = (one for one in self._values(test, want is not test.lacks)
                       if row is None or row.type is None or fault(row.type, one) is None)
            for value in islice(fitting, VALUES):
                yield [*extra, f"{path}={value}"]
            if not want:
                yield [*extra, f"-{path}"]

    def _at(self, operand: Operand) -> tuple[str, list[str]]:
        """Return the path as an edit names it, and what else must be said."""
        steps, roots = operand.path.steps, operand.path.roots
        if steps[0] == ".":
            return f"{self.home}/{steps[1]}", []
        if roots and self.root not in roots:
            return f"{roots[0]}:{'/'.join(steps)}", ["case"]
        return "/".join(steps), []

    def _same(self, test: Test, want: bool, path: str, extra: list[str]):
        """Two places with the same country, or with two."""
        other, more = self._at(test.other)
        for one, two in (("NO", "NO"), ("SE", "SE")) if want else (("NO", "SE"), ("SE", "NO")):
            yield [*extra, *more, f"{path}={self._with(test.operand, one)}",
                   f"{other}={self._with(test.other, two)}"]

    def _values(self, test: Test, want: bool) -> Iterator[str]:
        """Yield values for which the test does or does not hold."""
        match test.kind:
            case "fits":
                pattern = PATTERNS[test.values[0]]
                yield from (one for one in (FITTING, UNFIT) if bool(pattern.match(one)) is want)
            case ">":
                yield str(int(test.values[0]) + 1) if want else test.values[0]
            case _:
                listed = test.values if test.kind != "list" else \
                    codelist(test.values[0]).codes(instances.PREPARED)
                if want:
                    yield from (self._with(test.operand, one) for one in listed)
                else:
                    yield from (self._with(test.operand, one)
                                for one in self._others(test.operand) if one not in listed)

    def _others(self, operand: Operand) -> Iterator[str]:
        """Yield values, or parts of values, that a place may have."""
        row = self._row(operand)
        if operand.part:
            width = len(self._cut(operand, self._example(operand)))
            yield from ("NO", "SE", "US") if width == 2 else ("J", "K") if width == 1 else ("ABC",)
            return
        if row is not None and row.codelist and codelist(row.codelist).judged:
            yield from codelist(row.codelist).codes(instances.PREPARED)
        elif row is not None and row.type is not None:
            yield self._example(operand)
        yield from ("0", "1", "2", "9", "X1", "NO", "US", "XXXX")

    def _row(self, operand: Operand):
        """Return the row of a place, in this message or another."""
        steps, roots = operand.path.steps, operand.path.roots
        path = f"{self.home}/{steps[1]}" if steps[0] == "." else "/".join(steps)
        try:
            root = roots[0] if roots and self.root not in roots else self.root
            return structure(self.profile, root).field(path)
        except UnknownMessage:
            return None

    def _example(self, operand: Operand) -> str:
        """Return a value of a place."""
        if operand.path.steps[-1] in ("messageSender", "messageRecipient"):
            return SENDER
        row = self._row(operand)
        if operand.path.steps[-1] == "referenceNumber" and row is not None:
            return "NO000001"
        return instances.value(row) if row is not None and row.type is not None else "X"

    def _cut(self, operand: Operand, value: str) -> str:
        """Return the part of a value that is looked at."""
        low, high = _span(operand.part, len(value))
        return value[low:high]

    def _with(self, operand: Operand, part: str) -> str:
        """Return a value of which that is the part looked at."""
        if not operand.part:
            return part
        value = self._example(operand)
        low, high = _span(operand.part, len(value))
        return value[:low] + part + value[high:]


def _span(part: str, length: int) -> tuple[int, int]:
    """Return from where to where a part reaches.

    >>> _span("first2", 8), _span("last2", 6), _span("char17", 18), _span("chars3-4", 17)
    ((0, 2), (4, 6), (16, 17), (2, 4))
    """
    kind = part.rstrip("0123456789-")
    low, _, high = part[len(kind):].partition("-")
    if kind == "first":
        return 0, int(low)
    if kind == "last":
        return length - int(low), length
    return int(low) - 1, int(high or low)
