"""A phase 4 message by its table: what is missing, repeated, too long or of the wrong form.

The findings stand at EDIFACT places: at the value, or where the group begins that lacks it.
"""
import re
from collections.abc import Iterator
from functools import cache

from tollbod.findings import Finding
from tollbod.spec.edifact.ncts import Item
from tollbod.spec.tables import Field, Structure, Type
from tollbod.wire.edifact.phase4_read import Placed


def examine(found: dict, row: "Structure | Field", rows: tuple[Item, ...], place: Placed,
            ) -> Iterator[Finding]:
    """Yield what is wrong with the items of a group, which begins at `place`.

    An item whose place is ours is not demanded: no trader can know it. Nor are the name and address
    of a party that gives its number.
    """
    known = any(name.startswith("TIN") for name in found)
    for field, item in zip(row.children, rows):
        content = found.get(field.name)
        some = content if isinstance(content, list) else [content] if content else []
        if field.low and not some and (field.children or item.evidence != "P") and not known:
            yield missing(field, place, item)
        if len(some) > field.high:
            at = begins(some[field.high], place)
            yield finding("35", at, f"{field.name} stands {len(some)} times; phase 4 allows "
                          f"{field.high}. Remove the last ones.", f"{field.name} står {len(some)} "
                          f"ganger; fase 4 tillater {field.high}. Ta bort de siste.")
        for one in some[:field.high]:
            if field.children:
                yield from examine(one, field, item.children, begins(one, place))
            elif not fits(one, field.type):
                yield finding("39" if _long(one, field.type) else "50", one,
                              f"{field.name} is \"{one[:60]}\"; phase 4 has {field.format} there.",
                              f"{field.name} er «{one[:60]}»; fase 4 har {field.format} der.")


def missing(field: Field, place: Placed, item: Item) -> Finding:
    """Say that an item is missing in the group that begins at a place, and where it stands."""
    what, nb = ("A group", "En gruppe") if field.children else ("An item", "Et element")
    name = f"{field.name} ({item.canonical})" if item.canonical else field.name
    stands = item.place or next((one.place for one in item.children if one.place), None)
    at = stands.text if stands is not None else ""
    how = f" as {at}, the asterisk being the value" if "*" in at else f" as {at}" if at else ""
    how_nb = f" som {at}, der stjernen er verdien" if "*" in at else f" som {at}" if at else ""
    return finding("13", place, f"{what} that phase 4 demands is missing: {name}. Add it{how}.",
                   f"{nb} som fase 4 krever, mangler: {name}. Føy til{how_nb}.")


def finding(code: str, at: Placed, text: str, nb: str, layer: str = "schema",
            rule: str = "") -> Finding:
    """Return a finding at an EDIFACT place, with its numbers behind the sentence."""
    numbers = f" ({at.numbers})"
    return Finding(layer, code, rule, at.path, at.line, text + numbers,
                   nb + numbers.replace("component", "komponent"), str(at)[:200])


def begins(content, otherwise: Placed) -> Placed:
    """Return the first value of a group, or what stands for it."""
    if isinstance(content, Placed):
        return content
    first = None
    for one in leaves(content):
        if first is None or (one.segment, one.element, one.component) < \
                (first.segment, first.element, first.component):
            first = one
    return first or otherwise


def leaves(content) -> Iterator[Placed]:
    """Yield every value with a place."""
    if isinstance(content, Placed):
        yield content
    elif isinstance(content, dict):
        for one in content.values():
            yield from leaves(one)
    elif isinstance(content, list):
        for one in content:
            yield from leaves(one)


def fits(text: str, kind: Type) -> bool:
    """Tell whether a value has the form of a phase 4 item."""
    if kind.base == "xs:decimal":
        found = re.fullmatch(r"(\d+)(?:[.,](\d+))?", text)
        return found is not None and len(found[1].lstrip("0")) + len(found[2] or "") <= \
            kind.total_digits and len(found[2] or "") <= kind.fraction_digits
    if kind.length is not None and len(text) != kind.length or _long(text, kind):
        return False
    return all(_pattern(one).fullmatch(text) for one in kind.patterns)


def _long(text: str, kind: Type) -> bool:
    """Tell whether a value is too long."""
    most = kind.length or kind.max_length
    return most is not None and len(text) > most


@cache
def _pattern(text: str) -> re.Pattern:
    return re.compile(text, re.A)
