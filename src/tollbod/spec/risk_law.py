"""What the tables of risk say: families and their groups, places, and synthetic criteria."""
from functools import cache
from typing import NamedTuple

from tollbod.spec import regime_tables


class Group(NamedTuple):
    """A group of risks: of which family, and what it is in English and bokmål."""

    family: str                 # SAFETY | SECURITY
    name: str                   # DRUGS
    text: str
    nb: str


class Synthetic(NamedTuple):
    """A synthetic criterion as its row has it."""

    id: str
    group: str
    level: str                  # H | M | L
    place: str
    how: str
    value: str
    text: str
    nb: str


@cache
def groups() -> dict[str, Group]:
    """Return every group by its name; a group belongs to one family.

    >>> groups()["DRUGS"].family, groups()["CBRN"].family
    ('SAFETY', 'SECURITY')
    """
    return {name: Group(family, name, text, nb)
            for family, name, text, nb in regime_tables.rows("families.txt", "risk")}


@cache
def paths(place: str) -> tuple[str, ...]:
    """Return the paths of a place.

    >>> len(paths("goods"))
    4
    """
    return tuple(path for name, path in regime_tables.rows("places.txt", "risk") if name == place)


@cache
def synthetic() -> tuple[Synthetic, ...]:
    """Return the synthetic criteria, in the order of their table."""
    return tuple(Synthetic(*row) for row in regime_tables.rows("synthetic.txt", "risk"))
