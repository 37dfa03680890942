"""From a path of the canonical message to the place in the EDIFACT message that it came from."""
import re
from collections.abc import Callable
from dataclasses import dataclass

from tollbod.wire.edifact.phase4_read import Placed
from tollbod.wire.message import Message, Node


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a message that was read: of every value, and where each group begins."""

    found: dict[str, Placed]
    head: Placed

    def at(self, path: str) -> Placed | None:
        """Return the place of a path; of what is not there, the beginning of what is around it."""
        if not path.startswith("/"):
            return None
        path = re.sub(r"\[1\](?=/|$)", "", path)
        while path and path not in self.found:
            path = path.rpartition("/")[0]
        return self.found.get(path, self.head)


def places(message: Message, head: Placed) -> Places:
    """Return the places of a message whose values remember where they stood; they forget it."""
    found: dict[str, Placed] = {}
    _of(message.root, found)
    return Places(found, head)


def _of(node: Node, found: dict[str, Placed]) -> Placed | None:
    """Add the places of a node and of what is in it; return where it begins."""
    path = re.sub(r"\[1\](?=/|$)", "", node.path())
    if isinstance(node.text, Placed):
        first = found[path] = node.text
        node.line, node.text = first.line, str(first)
        return first
    some = [one for one in (_of(child, found) for child in node.children) if one is not None]
    if not some:
        return None
    first = min(some, key=lambda one: (one.segment, one.element, one.component))
    found[path] = first
    node.line = first.line
    return first


def pointed(message: Message, at: Callable[[str], Placed | None]) -> Message:
    """Return a message whose error pointers are EDIFACT places where they can be."""
    def copy(node: Node, parent: Node | None) -> Node:
        text = node.text
        if node.name == "errorPointer" and text and (place := at(text)) is not None:
            text = f"{place.path} ({place.numbers})"
        new = Node(node.name, text, [], node.line, parent)
        new.children = [copy(child, new) for child in node.children]
        return new
    return Message(copy(message.root, None), message.profile, "plain", message.phase)
