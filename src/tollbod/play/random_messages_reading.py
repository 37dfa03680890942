"""A second reading of the conditions: slow, plain, straight from the notation, made from nothing
that the judge makes ready. It counts which branches random messages take, and the judge is held to
it.

The rules of reading are those of `rules/judge_tests`, since no document states them.
"""
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from tollbod.rules.case_file import CaseFile
from tollbod.rules.conditions import IN_FORCE, condition, order
from tollbod.rules.conditions_notation import (
    All,
    Cond,
    If,
    LastWord,
    Not,
    Operand,
    Path,
    Put,
    Statement,
    Test,
)
from tollbod.rules.judge_tests import PATTERNS
from tollbod.spec.codes import codelist
from tollbod.spec.tables import structure
from tollbod.wire.message import Message, Node

Steps = tuple[str, ...]


class Said(NamedTuple):
    """What a condition says of one place: which demand of its block (from 1), and where."""

    rule: str
    number: int
    put: Put
    holder: Node
    path: str

    @property
    def name(self) -> str:
        """Return the name of what is demanded."""
        return self.path.rpartition("/")[2]

    @property
    def branch(self) -> "Branch":
        """Return the branch of the condition that was taken."""
        return Branch(self.rule, self.number, self.put.demand, self.path)


class Branch(NamedTuple):
    """A demand that a condition can make of one place of a message: `number` counts from 1."""

    rule: str
    number: int
    demand: str
    path: str


@cache
def branches(profile: str, root: str) -> tuple[Branch, ...]:
    """Return every demand that can be made in a message, place by place."""
    return tuple(
        Branch(name, number, put.demand, path)
        for path, row in structure(profile, root).walk() for name in row.rules if name[0] == "C"
        for number, put in _numbered(name, profile).values()
        if _about(put, tuple(path.split("/")), root))


def said(message: Message, on: date | None, case: CaseFile | None = None,
         register=None) -> Iterator[Said]:
    """Yield what the conditions say of each place of a message, where they say something."""
    sight = _Eye(message, on, case, register)
    for path, row in structure(message.profile, message.kind).walk():
        ids = [one for one in row.rules if one[0] == "C" and _in_force(one, message.profile)]
        if not ids:
            continue
        steps = tuple(path.split("/"))
        holders = message.all("/".join(steps[:-1])) if len(steps) > 1 else [message.root]
        for holder in holders:
            yield from _of_place(sight, ids, steps, holder, row.rules)


def broken(message: Message, on: date | None, case: CaseFile | None = None,
           register=None) -> set[tuple[str, str, str]]:
    """Return (condition, code, path) of what the conditions find wrong; demands for one of
    several are left out."""
    found = set()
    for one in said(message, on, case, register):
        there = [child for child in one.holder.children if child.name == one.name]
        instead = any(message.all("/".join(path.steps)) for path in one.put.others)
        if one.put.demand == "R" and not (there or instead or one.put.some):
            found.add((one.rule, "13", f"{one.holder.path()}/{one.name}"))
        elif one.put.demand == "N":
            found |= {(one.rule, "15", child.path()) for child in there}
    return found


def _of_place(sight: "_Eye", ids: list[str], steps: Steps, holder: Node, rules) -> Iterator[Said]:
    """Yield what is said of one place, without those that another has the last word over."""
    spoken: dict[str, list[tuple[Said, bool]]] = {}
    for name in ids:
        numbers = _numbered(name, sight.message.profile)
        spoken[name] = [
            (Said(name, numbers[id(put)][0], put, holder, "/".join(steps)), last)
            for statement in condition(name, sight.message.profile).statements
            for put, last in sight.follow(statement, steps, holder)]
    silent: set[str] = set()
    for rule in rules:
        after = list(order().get(rule, ()))
        for at, name in enumerate(after):
            if any(last and one.put.demand == "N" for one, last in spoken.get(name, ())):
                silent.update(after[at + 1:])
    for name, found in spoken.items():
        if name not in silent:
            yield from (one for one, _ in found)


class _Eye:
    """Looks at one message, and at the others of its case."""

    def __init__(self, message: Message, on: date | None, case: CaseFile | None, register):
        self.message, self.on, self.case, self.register = message, on, case, register

    def follow(self, statement: Statement, steps: Steps, holder: Node, last: bool = False
               ) -> Iterator[tuple[Put, bool]]:
        """Yield the demands on a place that a statement leads to."""
        if isinstance(statement, Put):
            if _about(statement, steps, self.message.kind):
                yield statement, last
        elif isinstance(statement, If):
            if not any(_about(put, steps, self.message.kind) for put in _puts(statement)):
                return
            answer = self.holds(statement.cond, steps[:-1], holder)
            if answer is None:
                return
            branch = statement.then if answer else statement.otherwise
            final = any(isinstance(one, LastWord) for one in branch)
            for one in branch:
                yield from self.follow(one, steps, holder, final)

    def holds(self, cond: Cond, home: Steps, holder: Node) -> bool | None:
        """Tell whether a condition holds at a group; None is unknown."""
        if isinstance(cond, Not):
            answer = self.holds(cond.test, home, holder)
            return None if answer is None else not answer
        if isinstance(cond, Test):
            return self.test(cond, home, holder)
        answers = [self.holds(one, home, holder) for one in cond.tests]
        settles = not isinstance(cond, All)
        if settles in answers:
            return settles
        return None if None in answers else not settles

    def test(self, test: Test, home: Steps, holder: Node) -> bool | None:
        """Tell whether a single test holds."""
        found = self.nodes(test.operand.path, home, holder, test.kind == "once")
        if found is None:
            return None
        if test.kind in ("given", "once"):
            return len(found) == 1 if test.kind == "once" else bool(found)
        answers = []
        for node in found:
            if node.text:
                answer = self.value(test, _cut(test.operand, node.text.strip()), home, holder)
                answers.append(None if answer is None else answer != test.lacks)
        return True if True in answers else None if None in answers else False

    def value(self, test: Test, value: str, home: Steps, holder: Node) -> bool | None:
        """Tell whether one value passes a test."""
        match test.kind:
            case "=" | "in":
                return value in test.values
            case ">":
                return Decimal(value) > Decimal(test.values[0])
            case "fits":
                return bool(PATTERNS[test.values[0]].fullmatch(value))
            case "known":
                return None if self.register is None else self.register(value)
            case "list":
                codes = codelist(test.values[0])
                return codes.has(value, self.on) if codes.judged else None
        others = self.nodes(test.other.path, home, holder)
        return None if others is None else value in [
            _cut(test.other, (node.text or "").strip()) for node in others]

    def nodes(self, path: Path, home: Steps, holder: Node, apart: bool = False
              ) -> list[Node] | None:
        """Return what stands at a path: from the deepest group that it shares with the place."""
        steps = home + path.steps[1:] if path.steps[0] == "." else path.steps
        if path.roots and self.message.kind not in path.roots:
            if self.case is None:
                return None
            other = self.case.newest(path.roots)
            return [] if other is None else other.all("/".join(steps))
        shared = 0
        while shared < min(len(steps) - apart, len(home)) and steps[shared] == home[shared]:
            shared += 1
        for _ in range(len(home) - shared):
            holder = holder.parent
        return holder.all("/".join(steps[shared:])) if steps[shared:] else [holder]


def _cut(operand: Operand, value: str) -> str:
    """Return the part of a value that an operand looks at."""
    match operand.part:
        case "":
            return value
        case "first2" | "first3" as part:
            return value[:int(part[-1])]
        case "last2":
            return value[-2:]
        case "char17":
            return value[16:17]
        case "chars3-4":
            return value[2:4]
    raise ValueError(operand.part)


def _about(put: Put, steps: Steps, root: str) -> bool:
    """Tell whether a demand is about a place of a message."""
    if put.path.roots and root not in put.path.roots:
        return False
    wanted = put.path.steps
    return wanted[1:] == steps[-1:] if wanted[0] == "." else wanted == steps


def _puts(statement: Statement) -> Iterator[Put]:
    if isinstance(statement, Put):
        yield statement
    elif isinstance(statement, If):
        for one in (*statement.then, *statement.otherwise):
            yield from _puts(one)


@cache
def _in_force(name: str, profile: str) -> bool:
    stated = condition(name, profile)
    return stated is not None and stated.status == IN_FORCE


@cache
def _numbered(name: str, profile: str) -> dict[int, tuple[int, Put]]:
    """Return the demands of a condition with their numbers, by the identity of each."""
    if not _in_force(name, profile):
        return {}
    puts = [put for statement in condition(name, profile).statements for put in _puts(statement)]
    return {id(put): (number, put) for number, put in enumerate(puts, 1)}
