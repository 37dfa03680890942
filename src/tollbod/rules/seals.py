"""Rules about transport equipment: containers, their seals, and the goods in them."""
from collections.abc import Iterator

from tollbod.rules.rule import HOUSE, Place, Reading, at, number, repeated, rule, value
from tollbod.wire.message import Node

EQUIPMENT = "Consignment/TransportEquipment"


@rule("R0106", "Antall forseglinger er løpenummeret til den siste forseglingen på utstyret. Rett "
      "antallet, eller legg til forseglingene som mangler.")
def seals_are_counted(m: Reading) -> Iterator[Place]:
    """The number of seals is the sequence number of the last seal of this equipment. Correct the
    number, or add the seals that are missing.

    Equipment without any seal is left to the conditions.
    """
    for node in m.bound_nodes("R0106"):
        seals = [seal for one in node.parent.all("Seal/sequenceNumber")
                 if (seal := number(one)) is not None]
        counted = number(node)
        if seals and counted is not None and counted != max(seals):
            yield at(node, f"It is {counted}, the last seal is number {max(seals)}.",
                     f"Det er {counted}, den siste forseglingen er nummer {max(seals)}.")


@rule("R0107", "Hvert forseglingsmerke står bare én gang i deklarasjonen. Ta bort gjentakelsen "
      "eller rett merket.")
def seals_differ(m: Reading) -> Iterator[Place]:
    """Each seal identifier stands only once in the declaration. Take the repetition out, or correct
    the identifier.

    Seals that incidents report are compared within each incident only.
    """
    for seals in _seals(m):
        for node, before in repeated(seals):
            yield at(node, f"{value(node)} stands in {before.path()} already.",
                     f"{value(node)} står alt i {before.path()}.")


def _seals(m: Reading) -> Iterator[list[Node]]:
    yield m.all(f"{EQUIPMENT}/Seal/identifier")
    for incident in m.all("Consignment/Incident"):
        yield incident.all("TransportEquipment/Seal/identifier")


@rule("R0448", "Utstyr uten containernummer oppgis bare når det er forseglet: antall forseglinger "
      "er ikke 0. Oppgi containernummeret eller forseglingene, eller ta bort utstyret.")
def equipment_without_container_is_sealed(m: Reading) -> Iterator[Place]:
    """Equipment without a container number is given only if it is sealed: the number of seals is
    not 0. Give the container number or the seals, or take the equipment out."""
    for node in m.bound_nodes("R0448"):
        if number(node) == 0 and node.parent.first("containerIdentificationNumber") is None:
            yield at(node)


@rule("R0010", "Ved inngangsdata F50 og F51 har en container bare varer fra én delsending. Del "
      "godshenvisningene på flere containere.")
def a_container_holds_one_house(m: Reading) -> Iterator[Place]:
    """With entry data F50 and F51 a container holds goods of one house consignment only. Divide the
    goods references among several containers."""
    if m.get("Consignment/containerIndicator") != "1" or m.get(
            "TransitOperation/specificCircumstanceIndicator") not in ("F50", "F51"):
        return
    house_of = {value(node): n for n, house in enumerate(m.all(HOUSE))
                for node in house.all("ConsignmentItem/declarationGoodsItemNumber")}
    for equipment in m.all(EQUIPMENT):
        first = None
        for node in equipment.all("GoodsReference/declarationGoodsItemNumber"):
            house = house_of.get(value(node))
            if house is None:
                continue
            first = house if first is None else first
            if house != first:
                yield at(node)
                break
