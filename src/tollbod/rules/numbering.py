"""Rules about how groups and goods items are numbered, and about what may stand only once."""
from collections.abc import Iterator

from tollbod.rules.rule import ITEM, Place, Reading, at, repeated, rule, value
from tollbod.wire.message import Node


def _counted(nodes: list[Node]) -> Iterator[Place]:
    """Yield the numbers that do not run 1, 2, 3 within their group's parent."""
    above, expected = None, 0
    for node in nodes:
        holder = node.parent.parent
        expected = expected + 1 if holder is above else 1
        above = holder
        if value(node) != str(expected):
            yield at(node, f"Here stands {value(node)}, due is {expected}.",
                     f"Her står {value(node)}, ventet er {expected}.")


def _twice(nodes: list[Node]) -> Iterator[Place]:
    """Yield the values that stood before."""
    for node, before in repeated(nodes):
        yield at(node, f"{value(node)} stands in {before.path()} already.",
                 f"{value(node)} står alt i {before.path()}.")


@rule("R0007", "Varepostene er nummerert 1, 2, 3 og så videre gjennom hele deklarasjonen, uten "
      "hull og på tvers av delsendingene. Nummerer dem på nytt i den rekkefølgen de står.")
def items_are_numbered_through_the_declaration(m: Reading) -> Iterator[Place]:
    """Goods items are numbered 1, 2, 3 and so on throughout the declaration, without gaps and
    across house consignments. Number them again in the order in which they stand."""
    for expected, node in enumerate(m.all(f"{ITEM}/declarationGoodsItemNumber"), 1):
        if value(node) != str(expected):
            yield at(node, f"Here stands {value(node)}, due is {expected}.",
                     f"Her står {value(node)}, ventet er {expected}.")


@rule("R0987", "Løpenumrene i en gruppe som gjentas, er 1, 2, 3 og så videre, uten hull, og "
      "begynner på nytt i hver overordnet gruppe. Nummerer gruppene på nytt.")
def repeated_groups_are_numbered(m: Reading) -> Iterator[Place]:
    """The sequence numbers of a group that is repeated are 1, 2, 3 and so on without gaps, and
    begin again in each group above. Number the groups again."""
    for path in m.bound("R0987"):
        nodes = m.all(path)
        if nodes and path.endswith("sequenceNumber"):
            yield from _counted(nodes)


@rule("R0988", "Varepostnumrene i hver delsending er 1, 2, 3 og så videre, uten hull. Nummerer "
      "postene i delsendingen på nytt.")
def items_are_numbered_in_their_house(m: Reading) -> Iterator[Place]:
    """The goods item numbers in each house consignment are 1, 2, 3 and so on without gaps.
    Number the items of this house consignment again."""
    for path in m.bound("R0988"):
        yield from _counted(m.all(path))


@rule("R0054", "Et løpenummer står bare én gang i sin gruppe: det er nummeret gruppen har i "
      "deklarasjonen, og en ny gruppe får det siste pluss én. Bruk gruppens eget nummer.")
def remarks_name_each_group_once(m: Reading) -> Iterator[Place]:
    """A sequence number stands only once in its group: it is the number that the group has in the
    declaration, and a new group takes the last one plus one. Use the group's own number.

    That the number exists in the declaration is not judged: a new group is right by definition.
    """
    for path in m.bound("R0054"):
        yield from _twice_in_parent(m.all(path))


@rule("R0055", "En varepost nevnes bare én gang, med de numrene den har i deklarasjonen; en ny "
      "post får de siste pluss én. Bruk postens egne numre.")
def remarks_name_each_item_once(m: Reading) -> Iterator[Place]:
    """A goods item is named only once, by the numbers that it has in the declaration; a new one
    takes the last ones plus one. Use the item's own numbers."""
    for path in m.bound("R0055"):
        nodes = m.all(path)
        if path.endswith("/declarationGoodsItemNumber"):
            yield from _twice(nodes)
        else:
            yield from _twice_in_parent(nodes)


def _twice_in_parent(nodes: list[Node]) -> Iterator[Place]:
    """Yield the values that stood before in the same group above."""
    groups: dict[int, list[Node]] = {}
    for node in nodes:
        groups.setdefault(id(node.parent.parent), []).append(node)
    for group in groups.values():
        yield from _twice(group)


@rule("R0001", "Hver opplysningskode brukes bare én gang i meldingen. Ta bort gjentakelsen.")
def information_codes_differ(m: Reading) -> Iterator[Place]:
    """Each information code is used only once in the message. Take the repetition out."""
    yield from _twice(m.all("ResponseInformation/informationCode"))


@rule("R0002", "Hver kode for ønsket opplysning brukes bare én gang i meldingen. Ta bort "
      "gjentakelsen.")
def requested_codes_differ(m: Reading) -> Iterator[Place]:
    """Each code of requested information is used only once in the message. Take the repetition
    out."""
    yield from _twice(m.all("RequestedInformation/code"))


@rule("R0516", "Typen er den samme i alle gruppene Unavailability i meldingen. Send én melding "
      "for hver type.")
def one_type_of_unavailability(m: Reading) -> Iterator[Place]:
    """The type is the same in all Unavailability groups of the message. Send one message for each
    type."""
    nodes = m.all("Country/Action/Unavailability/type")
    for node in nodes[1:]:
        if value(node) != value(nodes[0]):
            yield at(node, f"Here stands {value(node)}, in the first {value(nodes[0])}.",
                     f"Her står {value(node)}, i den første {value(nodes[0])}.")


@rule("R0518", "For hvert land meldes en utilgjengelighet av samme funksjon, starttid og type "
      "bare én gang. Ta bort gjentakelsen.")
def unavailability_is_told_once(m: Reading) -> Iterator[Place]:
    """For each country an unavailability of the same functionality, start and type is told only
    once. Take the repetition out."""
    seen: set[tuple[str, ...]] = set()
    for node in m.all("Country/Action/Unavailability"):
        told = (node.parent.parent.get("country"), node.get("functionality"),
                node.get("startDateAndTime"), node.get("type"))
        if told in seen:
            yield at(node, f"{' '.join(filter(None, told))} stands twice.",
                     f"{' '.join(filter(None, told))} står to ganger.")
        seen.add(told)
