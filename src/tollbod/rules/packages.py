"""Rules about packages, above all those counted as 0 because they stand in another item."""
from collections.abc import Iterator

from tollbod.rules.rule import ITEM, Place, Reading, at, number, rule, value, words
from tollbod.wire.message import Node

COUNT = f"{ITEM}/Packaging/numberOfPackages"


def _none(m: Reading) -> Iterator[Node]:
    """Yield the numbers of packages that are 0."""
    for node in m.all(COUNT):
        if number(node) == 0:
            yield node


@rule("R0219", "Er ett antall kolli i en varepost 0, er alle i posten 0. Sett dem til 0, eller "
      "oppgi hvor mange det er.")
def none_means_none_in_the_item(m: Reading) -> Iterator[Place]:
    """If one number of packages of a goods item is 0, all of that item are 0. Set them to 0, or
    give their number."""
    told: set[int] = set()
    for node in _none(m):
        item = node.parent.parent
        if id(item) not in told:
            told.add(id(item))
            for other in item.all("Packaging/numberOfPackages"):
                if number(other):
                    yield at(other)


@rule("R0220", "En varepost med antall kolli 0 har ikke uemballerte varer (NE, NF, NG): slike har "
      "alltid et antall. Oppgi antallet eller en annen kollitype.")
def unpacked_goods_are_counted(m: Reading) -> Iterator[Place]:
    """A goods item with number of packages 0 has no unpacked goods (NE, NF, NG), which always have
    a number. Give the number, or another type of packages."""
    told: set[int] = set()
    for node in _none(m):
        item = node.parent.parent
        if id(item) not in told:
            told.add(id(item))
            for kind in item.all("Packaging/typeOfPackages"):
                if m.is_in("CL182", value(kind)):
                    yield at(kind)


@rule("R0364", "Antall kolli 0 betyr at varene ligger i kolli som en annen post i delsendingen "
      "teller med, og den har de samme merkene. Rett merkene, eller oppgi antallet.")
def none_points_to_another_item(m: Reading) -> Iterator[Place]:
    """Number of packages 0 means that the goods lie in packages which another item of the house
    consignment counts, under the same marks. Correct the marks, or give the number."""
    marked: dict[int, dict[str, set[int]]] = {}     # house -> marks -> the items that count them
    for node in _none(m):
        marks, item = words(node.parent.get("shippingMarks")), node.parent.parent
        house = item.parent
        if id(house) not in marked:
            marked[id(house)] = _marks(m, house)
        if not marked[id(house)].get(marks, set()) - {id(item)}:
            yield at(node, f'No other item counts packages with the marks "{marks[:60]}".',
                     f"Ingen annen post teller kolli med merkene «{marks[:60]}».")


def _marks(m: Reading, house: Node) -> dict[str, set[int]]:
    """Return, for the marks of packages that are counted, the items that count them."""
    found: dict[str, set[int]] = {}
    for pack in house.all("ConsignmentItem/Packaging"):
        if _counted(m, pack):
            found.setdefault(words(pack.get("shippingMarks")), set()).add(id(pack.parent))
    return found


def _counted(m: Reading, pack: Node) -> bool:
    """Tell whether packages are counted and neither bulk nor unpacked."""
    kind = pack.get("typeOfPackages").strip()
    counted = number(pack.first("numberOfPackages"))
    return bool(counted) and not (m.is_in("CL181", kind) or m.is_in("CL182", kind))
