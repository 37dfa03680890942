"""What stands in a box: the notation of the tables of forms, and how it is read from a message.

A content is parts joined by ` + `; a part is one of

- `Consignment/grossMass`: the texts at a path;
- `Consignment/Consignor: name, Address/postcode Address/city`: for each group at the path its
  texts, where a comma separates, and what is empty is left out. `#` is the number in sequence;
- `is items`: what only the maker of the document knows;
- `if union`, `unless union`: the box is there only then.

What a rule of the trade forbids to print is not in any table; `FORBIDDEN` names it for the law.
"""
from collections.abc import Iterator
from functools import cache

from tollbod.wire.message import Node

FORBIDDEN = ("accessCode", "amountToBeCovered", "currency")     # correlation table: never printed
Known = dict[str, str]


def shown(content: str, known: Known) -> bool:
    """Tell whether a box is there at all."""
    word, _, name = content.partition(" + ")[0].partition(" ")
    return not (word == "if" and not known.get(name) or word == "unless" and known.get(name))


def value(content: str, nodes: tuple[Node, ...], known: Known) -> str:
    """Return what stands in a box, read from each of the nodes; what two of them say once.

    >>> item = Node("Item", None, [Node("UN", "1950", [])])
    >>> value("UN + is unit", (item,), {"unit": "kg"})
    '1950; kg'
    """
    found = []
    for part in content.split(" + "):
        word, _, name = part.partition(" ")
        if word == "is":
            found.append(known.get(name, ""))
        elif word not in ("", "if", "unless"):
            for node in nodes:
                said = [text for text in _texts(part, node) if text]
                found += said if said != found[-len(said):] else []
    return "; ".join(text for text in found if text)


def _texts(part: str, node: Node) -> Iterator[str]:
    path, groups = _parsed(part)
    for one in node.all(path):
        if not groups:
            yield (one.text or "").strip()
            continue
        numbered = groups[0][:1] == ("#",)
        texts = (" ".join(filter(None, (_leaf(one, leaf) for leaf in group if leaf != "#")))
                 for group in groups)
        said = ", ".join(filter(None, texts))
        number = one.get("sequenceNumber").strip()
        yield f"{number}: {said}" if numbered and number and said else said


def _leaf(node: Node, path: str) -> str:
    return " ".join((one.text or "").strip() for one in node.all(path))


@cache
def _parsed(part: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Return the path of a part, and the leaves of each of its groups."""
    path, colon, leaves = part.partition(":")
    if not colon:
        return path.strip(), ()
    return path.strip(), tuple(tuple(group.split()) for group in leaves.split(","))


def leaves(content: str) -> set[str]:
    """Return every name of an element that a content reads.

    >>> sorted(leaves("Guarantee: # guaranteeType GuaranteeReference/GRN"))
    ['GRN', 'Guarantee', 'GuaranteeReference', 'guaranteeType']
    """
    names: set[str] = set()
    for part in content.split(" + "):
        if part and part.split()[0] not in ("is", "if", "unless"):
            path, groups = _parsed(part)
            names |= {name for one in (path, *(leaf for group in groups for leaf in group))
                      for name in one.split("/")}
    return names - {"#", ""}
