"""Random cases: a valid declaration, and messages that may follow it, each valid beside the rest.

>>> from random import Random
>>> sorted(random_case(Random(1), ("CC014C",)))
['CC014C', 'CC015C']
>>> looked_at("p6", "CC044C")
('CC043C', 'CC017C', 'CD018C')
"""
from collections.abc import Iterator
from datetime import date
from functools import cache
from random import Random

from tollbod.play.random_messages import Unwritten, drawn, random_message
from tollbod.rules.conditions import IN_FORCE, condition
from tollbod.rules.conditions_notation import Path
from tollbod.rules.judge_tests import Register
from tollbod.rules.rule import DECLARATIONS
from tollbod.spec.tables import roots, structure

# What may follow a declaration, in an order in which it might.
FOLLOWING = ("CC013C", "CC170C", "CC028C", "CC029C", "CC014C", "CC190C", "CC007C", "CC043C",
             "CC044C", "CC018C", "CC141C", "CC054C", "CC045C")
# What may stand before a trader's message, in an order in which it might.
BEFORE = ("CD928D", "CC928D", "CC013C", "CCA13D", "CC170C", "CC028C", "CC028D", "CCA70D", "CC043C",
          "CC017C", "CC044C", "CD018C")
# What rules look at besides the conditions: R0094; R0095 and R0096; R0523.
BY_RULES = {"CCA13D": ("CC170C", "CD928D", "CC928D", "CCA70D"), "CCA71D": ("CCA70D",)}
HALF = 0.5


def random_case(rng: Random, following: tuple[str, ...] | None = None, profile: str = "p6",
                today: date | None = None, declaration: str = "CC015C") -> dict[str, dict]:
    """Return the messages of a case by their roots: a declaration and what follows it."""
    case = {declaration: random_message(declaration, rng, profile, today=today)}
    for root in FOLLOWING if following is None else following:
        if root in roots(profile):
            case[root] = random_message(root, rng, profile, dict(case), today)
    return case


def case_before(root: str, rng: Random, profile: str = "p6", register: Register | None = None
                ) -> dict[str, dict]:
    """Return a case that a message may come into: of what it looks at some is there, some not."""
    asked = {*looked_at(profile, root), *BY_RULES.get(root, ())}
    declaration = rng.choice([one for one in ("CC015C", "CCA15D")
                              if one in roots(profile) and _follows(root, one)])
    case = {declaration: drawn(declaration, rng, profile, register=register).plain}
    for one in BEFORE:
        if one in asked and one in roots(profile) and _follows(one, declaration):
            if rng.random() < HALF:
                try:
                    case[one] = drawn(one, rng, profile, dict(case), register=register).plain
                except Unwritten:       # beside this declaration there can be none
                    continue
    if asked.isdisjoint(DECLARATIONS):  # an office that never saw the declaration
        del case[declaration]
    return case


def _follows(root: str, declaration: str) -> bool:
    """Tell whether a message may follow a declaration: CCA15D has forms of its own."""
    if root == "CC013C":
        return declaration == "CC015C"
    return root[-1] == "C" or root[1] == "D" or declaration == "CCA15D"


@cache
def looked_at(profile: str, root: str) -> tuple[str, ...]:
    """Return the other messages of a case that the conditions of a message look at."""
    ids = {name for _, row in structure(profile, root).walk() for name in row.rules
           if name[0] == "C"}
    stated = [condition(name, profile) for name in sorted(ids)]
    paths = (path for one in stated if one is not None and one.status == IN_FORCE
             for path in _paths(one.statements))
    return tuple(dict.fromkeys(
        one for path in paths if path.roots and root not in path.roots for one in path.roots))


def _paths(part: object) -> Iterator[Path]:
    """Yield every path of a piece of the notation."""
    if isinstance(part, Path):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _paths(one)
    else:
        for name in getattr(part, "__slots__", ()):
            yield from _paths(getattr(part, name))
