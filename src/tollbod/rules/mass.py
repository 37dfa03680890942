"""Rules about gross and net mass: how masses add up."""
from collections.abc import Iterator
from decimal import Decimal

from tollbod.rules.rule import HOUSE, ITEM, Place, Reading, at, number, rule, value
from tollbod.wire.message import Node

MEASURE = f"{ITEM}/Commodity/GoodsMeasure"
GROSS = "Commodity/GoodsMeasure/grossMass"


def _sum(nodes: list[Node]) -> Decimal:
    return sum((number(node) or Decimal() for node in nodes), Decimal())


@rule("R0994", "Sendingens bruttovekt er minst summen av delsendingenes. Rett vekten som er feil.")
def consignment_weighs_its_houses(m: Reading) -> Iterator[Place]:
    """The gross mass of the consignment is at least the sum of its house consignments. Correct the
    mass that is wrong."""
    node = m.first("Consignment/grossMass")
    if node is not None and (whole := number(node)) is not None:
        if whole < (parts := _sum(m.all(f"{HOUSE}/grossMass"))):
            yield at(node, f"It is {value(node)} kg, the house consignments are {parts} kg.",
                     f"Den er {value(node)} kg, delsendingene er {parts} kg.")


@rule("R0983", "Delsendingens bruttovekt er minst summen av varepostenes. Rett vekten som er feil.")
def house_weighs_its_items(m: Reading) -> Iterator[Place]:
    """The gross mass of a house consignment is at least the sum of its goods items. Correct the
    mass that is wrong."""
    for node in m.all(f"{HOUSE}/grossMass"):
        parts = _sum(node.parent.all(f"ConsignmentItem/{GROSS}"))
        if (whole := number(node)) is not None and whole < parts:
            yield at(node, f"It is {value(node)} kg, the goods items are {parts} kg.",
                     f"Den er {value(node)} kg, varepostene er {parts} kg.")


@rule("R0223", "Nettovekten er ikke større enn bruttovekten. Rett vekten som er feil.")
def net_is_at_most_gross(m: Reading) -> Iterator[Place]:
    """The net mass is not greater than the gross mass. Correct the mass that is wrong."""
    for node in m.all(f"{MEASURE}/netMass"):
        net, gross = number(node), number(node.parent.first("grossMass"))
        if net is not None and gross and net > gross:
            yield at(node, f"Net is {net} kg, gross is {gross} kg.",
                     f"Netto er {net} kg, brutto er {gross} kg.")


@rule("R0221", "Bruttovekten er 0 bare når varene er pakket sammen med en annen post i "
      "delsendingen (antall kolli 0), og da veier en annen post noe. Rett vekten eller antall "
      "kolli.")
def only_what_is_packed_elsewhere_weighs_nothing(m: Reading) -> Iterator[Place]:
    """The gross mass is 0 exactly when the goods are packed together with another item of the
    house consignment (number of packages 0), and then some other item weighs something. Correct
    the mass or the number of packages."""
    heavy: dict[int, set[int]] = {}         # house -> its items that weigh something
    for node in m.all(f"{MEASURE}/grossMass"):
        if number(node):
            item = node.parent.parent.parent
            heavy.setdefault(id(item.parent), set()).add(id(item))
    for node in m.all(f"{MEASURE}/grossMass"):
        item = node.parent.parent.parent
        mass = number(node)
        counted = [number(one) for one in item.all("Packaging/numberOfPackages")]
        if mass is None or (0 not in counted and mass):
            continue
        if 0 not in counted:
            yield at(node, "It is 0, but no number of packages is 0.",
                     "Den er 0, men ikke noe antall kolli er 0.")
        elif mass:
            yield at(node, f"It is {mass} kg with number of packages 0.",
                     f"Den er {mass} kg med antall kolli 0.")
        elif not heavy.get(id(item.parent), set()) - {id(item)}:
            yield at(node, "No other item of the house consignment weighs anything.",
                     "Ingen annen post i delsendingen veier noe.")
