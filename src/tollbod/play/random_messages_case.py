"""Random cases: a valid declaration, and messages that may follow it, each valid beside the rest.

>>> from random import Random
>>> sorted(random_case(Random(1), ("CC014C",)))
['CC014C', 'CC015C']
"""
from datetime import date
from random import Random

from tollbod.play.random_messages import random_message
from tollbod.spec.tables import roots

# What may follow a declaration, in an order in which it might.
FOLLOWING = ("CC013C", "CC170C", "CC028C", "CC029C", "CC014C", "CC190C", "CC007C", "CC043C",
             "CC044C", "CC018C", "CC141C", "CC054C", "CC045C")


def random_case(rng: Random, following: tuple[str, ...] | None = None, profile: str = "p6",
                today: date | None = None, declaration: str = "CC015C") -> dict[str, dict]:
    """Return the messages of a case by their roots: a declaration and what follows it."""
    case = {declaration: random_message(declaration, rng, profile, today=today)}
    for root in FOLLOWING if following is None else following:
        if root in roots(profile):
            case[root] = random_message(root, rng, profile, dict(case), today)
    return case
