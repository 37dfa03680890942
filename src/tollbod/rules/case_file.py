"""The earlier messages of a case, as conditions look at them.

Whoever judges hands over what his office has received and sent in the case, the last message of
each kind, as messages or as plain content, under the root's name or the number of the exchange.
"""
from collections.abc import Iterable, Mapping

from tollbod.spec.tables import UnknownMessage, ie_of, root_of
from tollbod.wire.message import Message, Node, as_text

# `CC015C` or `IE015` -> the last such message of the case, or its content.
Earlier = Mapping[str, Message | dict]


class CaseFile:
    """Finds the earlier message that a condition names; a tree is made when first asked for."""

    __slots__ = ("_found", "earlier", "profile")

    def __init__(self, earlier: Earlier, profile: str):
        self.earlier, self.profile = earlier, profile
        self._found: dict[str, Node | None] = {}

    def newest(self, roots: Iterable[str]) -> Node | None:
        """Return the first of these messages that the case has: an amendment is named before
        the declaration that it replaces."""
        for root in roots:
            if root not in self._found:
                self._found[root] = self._look(root)
            if self._found[root] is not None:
                return self._found[root]
        return None

    def _look(self, root: str) -> Node | None:
        """Return the message of that root, wherever it is kept."""
        for key in (root, ie_of(root)):
            message = self.earlier.get(key)
            if isinstance(message, Message):
                if message.kind == root:
                    return message.root
            elif message and (key == root or self._is_usual(key, root)):
                return _tree(root, message, None)
        return None

    def _is_usual(self, ie: str, root: str) -> bool:
        """Tell whether plain content that is kept under a number has this root."""
        try:
            return root_of(self.profile, ie) == root
        except UnknownMessage:
            return False


def _tree(name: str, plain: object, parent: Node | None) -> Node:
    """Return plain content as a tree; of another system's message we may have no table."""
    if not isinstance(plain, Mapping):
        return Node(name, as_text(plain), [], parent=parent)
    node = Node(name, None, [], parent=parent)
    for child, value in plain.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if one is not None and one != "":
                node.children.append(_tree(child, one, node))
    return node
