"""Rules about what all house consignments or all goods items have in common: it is said once.

Both rules ask that "at least one is different from the others". With a single house consignment
or a single item there are no others: nothing is found, since nothing can differ.
"""
from collections.abc import Iterator

from tollbod.rules.rule import HOUSE, ITEM, Place, Reading, at, rule, same


def _common(m: Reading, id: str, above: str) -> Iterator[Place]:
    """Yield what stands below each group at a path, and is the same in all of them."""
    groups = m.all(above)
    if len(groups) < 2:
        return
    for path in m.bound(id):
        name = path.rpartition("/")[2]
        first = groups[0].all(name)
        said = [same(node) for node in first]
        if said and all([same(node) for node in group.all(name)] == said for group in groups[1:]):
            yield at(first[0], f"All {len(groups)} say the same.",
                     f"Alle {len(groups)} sier det samme.")


@rule("R0506", "Det som er likt for alle delsendingene, oppgis én gang for hele sendingen. Flytt "
      "det ett nivå opp.")
def what_houses_share_is_lifted(m: Reading) -> Iterator[Place]:
    """What is the same for all house consignments is given once, for the consignment. Move it one
    level up."""
    yield from _common(m, "R0506", HOUSE)


@rule("R0507", "Det som er likt for alle varepostene, oppgis én gang på et høyere nivå. Flytt det "
      "opp.")
def what_items_share_is_lifted(m: Reading) -> Iterator[Place]:
    """What is the same for all goods items is given once at a higher level. Move it up."""
    yield from _common(m, "R0507", ITEM)
