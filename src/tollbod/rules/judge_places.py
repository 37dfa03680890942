"""Where each condition of a message binds, and what it demands there, made ready once.

A condition binds only at the rows of the structure that carry its id. The place is judged once
for each group that may hold it; a demand for one of several (`some`) once for all of them.
"""
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from tollbod.rules.conditions import IN_FORCE, condition, order
from tollbod.rules.conditions_notation import All, Any, If, LastWord, Not, Put, Statement, Test
from tollbod.rules.judge_tests import Bench, Judged, Reason, Sight
from tollbod.spec.tables import Field, Structure, structure
from tollbod.wire.message import Node

Steps = tuple[str, ...]


@dataclass(slots=True)
class Binding:
    """One condition at one place: `decide` says R, O, N, or None where it says nothing.

    `home` is the group from which it is judged, `target` the steps from there to the place;
    longer than one only where one of all is asked for.
    """

    rule: str
    home: Steps
    target: Steps
    decide: Callable[[Node, Sight], str | None]
    why: Callable[[Node, Sight], list[Reason]]
    counts: Callable[[Node, Sight], bool | None] | None = None
    instead: tuple[Callable[[Node, Sight], object], ...] = ()
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Place:
    """A group of the structure: what is to be asked in each of its instances."""

    if_absent: list[tuple[str, Binding]] = field(default_factory=list)
    if_present: list[tuple[str, Binding]] = field(default_factory=list)
    of_several: list[Binding] = field(default_factory=list)
    below: dict[str, "Place"] = field(default_factory=dict)

    def at(self, steps: Steps) -> "Place":
        """Return the place at the end of the steps, made if need be."""
        here = self
        for name in steps:
            here = here.below.setdefault(name, Place())
        return here


@cache
def places(profile: str, root: str) -> Place:
    """Return what is to be asked in a message."""
    table = structure(profile, root)
    top, bench = Place(), Bench(table)
    for path, row in table.walk():
        ids = [name for name in row.rules if name[0] == "C"]
        if ids:
            _bind(top, bench, tuple(path.split("/")), ids, _before(row, profile), profile)
    return top


def bindings(profile: str, root: str) -> Iterator[Binding]:
    """Yield every binding of a message."""
    waiting = [places(profile, root)]
    while waiting:
        place = waiting.pop()
        unique = {id(one): one for _, one in (*place.if_absent, *place.if_present)}
        yield from (*unique.values(), *place.of_several)
        waiting += place.below.values()


def _before(row: Field | Structure, profile: str) -> dict[str, list[str]]:
    """Return which conditions are asked before which at a row; S rules say so."""
    found: dict[str, list[str]] = {}
    for name in row.rules:
        ids = order().get(name, ())
        for at, later in enumerate(ids):
            found.setdefault(later, []).extend(ids[:at])
    return found


def _bind(top: Place, bench: Bench, path: Steps, ids: list[str], before: dict, profile: str):
    """Bind the conditions that stand in a row."""
    made = {name: list(_bindings(bench, name, path, profile)) for name in ids}
    for name, found in made.items():
        guards = [one.decide for first in before.get(name, ()) for one, _ in made.get(first, ())
                  if _has_last_word(condition(first, profile).statements)]
        for binding, demands in found:
            if guards:
                binding.decide = _guarded(binding.decide, guards)
            place = top.at(binding.home)
            if len(binding.target) > 1:
                place.of_several.append(binding)
                continue
            if "R" in demands:
                place.if_absent.append((path[-1], binding))
            if "N" in demands:
                place.if_present.append((path[-1], binding))


def _guarded(decide: Callable, guards: list[Callable]) -> Callable:
    """Return a decision that says nothing where an earlier condition had the last word."""
    def decided(node, sight):
        for guard in guards:
            if guard(node, sight) == "N":
                return None
        return decide(node, sight)
    return decided


def _has_last_word(statements: tuple[Statement, ...]) -> bool:
    """Tell whether a condition may have the last word: only where it forbids."""
    return any(isinstance(one, LastWord) or isinstance(one, If) and
               _has_last_word(one.then + one.otherwise) for one in statements)


def _bindings(bench: Bench, name: str, path: Steps, profile: str):
    """Yield the bindings of a condition at one row, each with what it may demand."""
    stated = condition(name, profile)
    if stated is None or stated.status != IN_FORCE:
        return
    for number, statement in enumerate(stated.statements):
        for sort in dict.fromkeys(_sort(put) for put in _puts(statement)
                                  if _names(put, path, bench.root)):
            tree = _pruned(statement, path, sort, bench.root)
            yield _binding(bench, name, path, sort, tree, number)


def _sort(put: Put) -> tuple:
    """Return what sets demands on one place apart, R, O and N aside."""
    return put.some, put.where, put.others


def _names(put: Put, path: Steps, root: str) -> bool:
    """Tell whether a statement is about the row at `path`."""
    if put.path.roots and root not in put.path.roots:
        return False
    steps = put.path.steps
    return steps[1:] == path[-1:] if steps[0] == "." else steps == path


def _puts(statement: Statement) -> Iterator[Put]:
    """Yield every demand of a statement."""
    if isinstance(statement, Put):
        yield statement
    elif isinstance(statement, If):
        for one in statement.then + statement.otherwise:
            yield from _puts(one)


def _pruned(statement: Statement, path: Steps, sort: tuple, root: str):
    """Return the statement as far as it is about one place: a demand, (cond, then, else), None."""
    if isinstance(statement, Put):
        return statement.demand if _names(statement, path, root) and _sort(statement) == sort \
            else None
    if isinstance(statement, LastWord):
        return None
    then, otherwise = (
        next((kept for one in branch
              if (kept := _pruned(one, path, sort, root)) is not None), None)
        for branch in (statement.then, statement.otherwise))
    return None if then is None and otherwise is None else (statement.cond, then, otherwise)


def _binding(bench: Bench, name: str, path: Steps, sort: tuple, tree, number: int):
    """Return a binding and what it may demand."""
    some, where, others = sort
    home = path[:-1]
    if some:
        home = path[:_shared(path, tree)]
    decide, why, fixed, demands = _tree(bench, tree, home)
    if fixed:
        decide = bench.once((name, number, path, sort), decide)
    counts = bench.ready(where, path[:-1]).holds if where is not None else None
    instead = tuple(bench.finder(one, home)[0] for one in others)
    return Binding(name, home, path[len(home):], decide, why, counts, instead,
                   tuple(map(str, others))), demands


def _shared(path: Steps, tree) -> int:
    """Return how many steps the place shares with what its condition looks at, at most all but
    the group that holds it and itself."""
    if not isinstance(tree, tuple):
        return 0
    deepest = 0
    for steps in _looked_at(tree[0]):
        same = 0
        while same < min(len(steps), len(path) - 2) and steps[same] == path[same]:
            same += 1
        deepest = max(deepest, same)
    return max(deepest, _shared(path, tree[1]), _shared(path, tree[2]))


def _looked_at(cond) -> Iterator[Steps]:
    """Yield the paths in this message that a condition looks at."""
    match cond:
        case All(tests) | Any(tests):
            for one in tests:
                yield from _looked_at(one)
        case Not(test):
            yield from _looked_at(test)
        case Test(operand=operand) if not operand.path.roots:
            yield operand.path.steps


def _tree(bench: Bench, tree, home: Steps):
    """Return decide, why, whether it is the same for the whole message, and the demands."""
    if not isinstance(tree, tuple):
        return (lambda node, sight: tree), (lambda node, sight: []), True, {tree}
    cond: Judged = bench.ready(tree[0], home)
    then, otherwise = (_tree(bench, branch, home) for branch in tree[1:])
    asks, yes, no = cond.holds, then[0], otherwise[0]

    def decide(node, sight):
        answer = asks(node, sight)
        if answer is None:
            return None
        return yes(node, sight) if answer else no(node, sight)

    def why(node, sight):
        answer = asks(node, sight)
        return cond.why(node, sight) + (then if answer else otherwise)[1](node, sight)
    return decide, why, cond.fixed and then[2] and otherwise[2], then[3] | otherwise[3]
