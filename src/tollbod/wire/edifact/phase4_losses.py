"""What of a message does not come through: found by reading back what was written.

Nothing is known here of why; the mapping's table says that, row by row.
"""
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from tollbod.findings import Finding
from tollbod.wire.message import Message, Node

# Of the envelope: the interchange says these, or they are made anew.
ENVELOPE = ("messageSender", "messageRecipient", "preparationDateAndTime", "messageIdentification",
            "messageType", "sequenceNumber")
MAX_LOSSES = 999


def losses(before: Message, after: Message) -> Iterator[Finding]:
    """Yield what of the first message the second does not have, in the order of the first."""
    kept = set(_values(after.root))
    for number, one in enumerate(_differing(before.root, after.root, kept)):
        if number == MAX_LOSSES:
            return
        yield one


def _values(node: Node) -> Iterator[tuple[str, str]]:
    """Yield every value with its name, those of the envelope apart."""
    for child in node.children:
        if child.children:
            yield from _values(child)
        elif child.name not in ENVELOPE and child.text:
            yield child.name, child.text


def _differing(before: Node, after: Node | None, kept: set) -> Iterator[Finding]:
    """Yield the differences of a group; groups of a name are compared in their order."""
    others: dict[str, list[Node]] = {}
    for one in after.children if after else ():
        others.setdefault(one.name, []).append(one)
    found = {name: iter(some) for name, some in others.items()}
    for child in before.children:
        other = next(found.get(child.name, iter(())), None)
        if child.name in ENVELOPE or not child.children and not child.text:
            continue
        if child.children and other is not None:
            yield from _differing(child, other, kept)
        elif child.children:
            some = list(_values(child))
            yield moved(child) if some and kept.issuperset(some) else lost(child)
        elif other is None:
            yield moved(child) if (child.name, child.text) in kept else lost(child)
        elif not same(child.text, other.text or ""):
            yield changed(child, other.text or "")


def same(one: str, other: str) -> bool:
    """Tell whether two values are equal, as texts or as numbers.

    >>> same("1200.000", "1200"), same("OSLO", "Oslo")
    (True, False)
    """
    if one == other:
        return True
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def lost(node: Node) -> Finding:
    """Say that phase 4 has no place for a value or a group."""
    value = (node.text or "")[:200]
    what = f"{node.name} \"{value[:60]}\"" if value else node.name
    return Finding("state", "15", "EDIFACT", node.path(), node.line,
                   f"Phase 4 cannot carry {what}: it is not in the EDIFACT message.",
                   f"Fase 4 kan ikke føre {what}: det står ikke i EDIFACT-meldingen.", value)


def moved(node: Node) -> Finding:
    """Say that phase 4 carries a value or a group at another place."""
    return Finding("state", "15", "EDIFACT", node.path(), node.line,
                   f"Phase 4 carries {node.name} at another place: what it is of here is lost.",
                   f"Fase 4 fører {node.name} et annet sted: hva det gjelder her, er tapt.",
                   (node.text or "")[:200])


def changed(node: Node, text: str) -> Finding:
    """Say that phase 4 carries a value otherwise."""
    value = (node.text or "")[:200]
    return Finding("state", "15", "EDIFACT", node.path(), node.line,
                   f"Phase 4 carries {node.name} \"{value[:60]}\" as \"{text[:60]}\".",
                   f"Fase 4 fører {node.name} «{value[:60]}» som «{text[:60]}».", value)
