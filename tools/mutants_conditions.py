"""Mutants of the table of conditions: one word of one block changed.

A demand becomes another (R, O, N), a test is turned round, loses or swaps a value, `and` becomes
`or`, the last word is dropped, an order between conditions lost or turned round. Outcomes that no
message can show are left out. Made in a process of its own, so that tollbod.rules is not imported
here.
"""
import multiprocessing
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from mutants_code import Mutant

OTHER_DEMANDS = {"R": "NO", "N": "RO", "O": "RN"}
UNREACHED = Path(__file__).parents[1] / "golden/messages/conditions/unreached.txt"
GROUPS = ("outcomes of conditions", "tests of conditions")
Row = tuple[str, str, int, str, str, tuple[str, ...]]


def mutants() -> list[Mutant]:
    """Return every mutant of the table."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        rows, orders = pool.apply(_rows), pool.apply(_orders)
    return [*(Mutant(group, "table", number, f"{name} of {profile}", change,
                     (f"{profile}-{name}-",), partial(_install, profile, name, lines))
              for profile, name, number, group, change, lines in rows),
            *(Mutant(GROUPS[1], "table", 0, f"{name} of order", change, (name,),
                     partial(_install_order, name, ids)) for name, change, ids in orders)]


def _install(profile: str, name: str, lines: tuple[str, ...]) -> None:
    """Have the block read otherwise, before anything is made of it."""
    assert "tollbod.rules.judge" not in sys.modules
    from tollbod.rules import conditions
    blocks = conditions._blocks(profile)
    blocks[name] = (blocks[name][0], lines)


def _install_order(name: str, ids: tuple[str, ...]) -> None:
    """Have a rule of order name other conditions, before anything is made of it."""
    assert "tollbod.rules.judge" not in sys.modules
    from tollbod.rules import conditions
    changed = {**conditions.order(), name: ids}
    conditions.order = lambda: changed


def _orders() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the mutants of the table of order: a rule, what changed, the conditions it names.

    Where no condition of a rule has the last word, it changes nothing and is left out.
    """
    from tollbod.rules.conditions import condition, order
    found = []
    for name, ids in order().items():
        if any("last word" in condition(one, "p6").notation for one in ids):
            found += [(name, "the order -> lost", ()), (name, "the order -> reversed", ids[::-1])]
    return found


def _rows() -> list[Row]:
    """Return the mutants as data: profile, id, a number, the group, what changed, the block."""
    from tollbod.rules import conditions
    from tollbod.rules.conditions_notation import write_block
    from tollbod.spec.tables import EVERY_PROFILE
    found, unreached = [], _unreached()
    for profile in EVERY_PROFILE:
        for one in conditions.conditions(profile):
            plain = one.profile == profile and one.statements and not one.why
            if not plain or profile == "p5" and _inherited(one):
                continue
            flips = count()
            for number, (what, statements) in enumerate(_blocks(one.statements)):
                if what.startswith("outcome "):         # two for each demand, in their order
                    place = f"{next(flips) // 2 + 1}{what[8]}"
                    if (profile, one.id, place) in unreached:
                        continue
                found.append((profile, one.id, number, GROUPS[what[:8] != "outcome "], what,
                              tuple(write_block(statements))))
    return found


def _unreached() -> set[tuple[str, ...]]:
    """Return the outcomes that no message shows, each with its reason in the file of cases."""
    rows = UNREACHED.read_text(encoding="utf-8").splitlines()[1:]
    return {tuple(cell.strip() for cell in row.split(" | ")[:3]) for row in rows}


def _inherited(one) -> bool:
    from tollbod.rules.conditions import condition
    other = condition(one.id, "p6")
    return other is not None and other.notation == one.notation


def _blocks(statements: tuple) -> Iterator[tuple[str, tuple]]:
    """Yield what changed and the statements with it, for each change."""
    for n, one in enumerate(statements):
        for what, new in _statement(one):
            yield what, (*statements[:n], *new, *statements[n + 1:])


def _statement(one) -> Iterator[tuple[str, tuple]]:
    from tollbod.rules.conditions_notation import If, Put
    if isinstance(one, Put):
        for demand in OTHER_DEMANDS[one.demand]:
            yield f"outcome {one} -> {demand}", (replace(one, demand=demand),)
        if one.where is not None:
            yield from ((what, (replace(one, where=new),)) for what, new in _cond(one.where))
    elif isinstance(one, If):
        yield from ((what, (replace(one, cond=new),)) for what, new in _cond(one.cond))
        yield from ((what, (replace(one, then=new),)) for what, new in _blocks(one.then))
        yield from ((what, (replace(one, otherwise=new),))
                    for what, new in _blocks(one.otherwise))
    else:
        yield "last word -> ", ()


def _cond(cond) -> Iterator[tuple[str, object]]:
    from tollbod.rules.conditions_notation import All, Any, Not, Test
    if isinstance(cond, Not):
        yield f"{cond} -> {cond.test}", cond.test
        if not isinstance(cond.test, Test):
            yield from ((what, Not(new)) for what, new in _cond(cond.test))
    elif isinstance(cond, Test):
        yield f"{cond} -> not", Not(cond)
        if cond.kind == "in":
            for value in cond.values:
                left = tuple(one for one in cond.values if one != value)
                yield f"{cond} -> without {value}", replace(cond, values=left)
        elif cond.kind == ">":
            more = str(int(cond.values[0]) + 1)
            yield f"{cond} -> {more}", replace(cond, values=(more,))
        elif cond.kind == "=":
            yield f"{cond} -> {cond.values[0]}x", replace(cond, values=(cond.values[0] + "x",))
        elif cond.kind in ("once", "fits", "known", "same", "list"):
            yield f"{cond} -> given", Test("given", cond.operand)
    else:
        other = Any if isinstance(cond, All) else All
        yield f"{cond} -> {'or' if other is Any else 'and'}", other(cond.tests)
        for n, one in enumerate(cond.tests):
            yield from ((what, type(cond)((*cond.tests[:n], new, *cond.tests[n + 1:])))
                        for what, new in _cond(one))
