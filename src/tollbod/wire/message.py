"""A message as a tree of groups and values that remember where they stood.

Knows the table of its kind, so that `plain()` makes a list of what may be repeated and
`from_plain` puts everything in the order of the table. Does not know any form's bytes.
"""
from collections import Counter
from hashlib import sha256

import msgspec

from tollbod.spec.tables import ICS2, Field, Structure, ie_of, structure
from tollbod.wire.stray import Stray, local_name, strays

NO_CHILDREN: "list[Node]" = ()      # shared by all values that were read; never added to
MAX_DEPTH = 20          # the deepest structure has seven levels, the root included


class Unreadable(Exception):
    """Bytes that are no message: a code of CL030, a sentence in both languages, and the line."""

    def __init__(self, code: str, text: str, nb: str, line: int = 0):
        super().__init__(text)
        self.code, self.text, self.nb, self.line = code, text, nb, line


class Node(msgspec.Struct, eq=False):
    """A group (children) or a value (text) of a message; `line` is 0 when it is not known.

    Values that were read share NO_CHILDREN: only a group can be added to.
    """

    name: str
    text: str | None
    children: "list[Node]"
    line: int = 0
    parent: "Node | None" = None
    _step: str = ""

    def all(self, path: str) -> list["Node"]:
        """Return every node at `path` (`Consignment/HouseConsignment`) below this one, in order."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, path: str) -> "Node | None":
        """Return the first node at `path` below this one, or None."""
        head, _, rest = path.partition("/")
        for child in self.children:
            if child.name == head:
                if not rest:
                    return child
                if (found := child.first(rest)) is not None:
                    return found
        return None

    def get(self, path: str, default: str = "") -> str:
        """Return the text of the first node at `path`, or `default`."""
        node = self.first(path)
        return default if node is None or node.text is None else node.text

    def path(self) -> str:
        """Return the XPath of this node, with an index only where it has siblings of its name.

        The indexes of all siblings are found at once and kept, so a tree that has been asked for
        paths may not be changed.
        """
        if self.parent is None:
            return "/" + local_name(self.name)
        if not self._step:
            self.parent._number()
        return self.parent.path() + self._step

    def _number(self) -> None:
        """Give every child its step of the XPath."""
        often = Counter(child.name for child in self.children)
        seen: dict[str, int] = {}
        for child in self.children:
            seen[child.name] = seen.get(child.name, 0) + 1
            index = f"[{seen[child.name]}]" if often[child.name] > 1 else ""
            child._step = f"/{local_name(child.name)}{index}"

    def plain(self, field: "Field | Structure | None" = None) -> "dict | str":
        """Return the text of a value, or the dict of a group; a list where `field` allows many."""
        if not self.children:
            return {} if field is not None and field.children and not self.text else self.text or ""
        out: dict = {}
        rows = field.named if field is not None else {}
        for child in self.children:
            name, text = child.name, child.text
            row = rows.get(name)
            value = text if text and not child.children else child.plain(row)
            if name not in out:
                out[name] = [value] if row is not None and row.high > 1 else value
            elif isinstance(out[name], list):
                out[name].append(value)
            else:
                out[name] = [out[name], value]
        return out


class Message:
    """A message of one profile: its tree, the form it came in, and for XML the parsed document."""

    __slots__ = ("root", "profile", "form", "phase", "tree", "_stray")

    def __init__(self, root: Node, profile: str, form: str = "xml", phase: str = "", tree=None,
                 stray: tuple[Stray, ...] | None = None):
        self.root, self.profile, self.form = root, profile, form
        self.phase, self.tree, self._stray = phase, tree, stray

    @property
    def kind(self) -> str:
        """Return the root's name, `CC015C`."""
        return self.root.name

    @property
    def ie(self) -> str:
        """Return the number of the information exchange, `IE015`."""
        return ie_of(self.root.name)

    @property
    def structure(self) -> Structure:
        """Return the table of this kind of message."""
        return structure(self.profile, self.root.name)

    @property
    def sender(self) -> str:
        """Return messageSender, as sent."""
        return self.root.get("messageSender").strip()

    @property
    def recipient(self) -> str:
        """Return messageRecipient, as sent."""
        return self.root.get("messageRecipient").strip()

    @property
    def identification(self) -> str:
        """Return messageIdentification, in ICS2 the LRN or the functional reference, as sent."""
        if self.profile == ICS2:
            return (self.root.get("LRN") or self.root.get("functionalReference")).strip()
        return self.root.get("messageIdentification").strip()

    @property
    def correlation(self) -> str:
        """Return correlationIdentifier, or an empty text."""
        return self.root.get("correlationIdentifier").strip()

    @property
    def stray(self) -> tuple[Stray, ...]:
        """Return the attributes and texts of a form that no message may hold."""
        if self._stray is None:
            self._stray = () if self.tree is None else strays(self.tree, self.profile == ICS2)
        return self._stray

    def all(self, path: str) -> list[Node]:
        """Return every node at `path` below the root."""
        return self.root.all(path)

    def first(self, path: str) -> Node | None:
        """Return the first node at `path` below the root, or None."""
        return self.root.first(path)

    def get(self, path: str, default: str = "") -> str:
        """Return the text of the first node at `path` below the root, or `default`."""
        return self.root.get(path, default)

    def plain(self) -> dict:
        """Return the content as nested dicts; a list where the table allows more than one."""
        content = self.root.plain(self.structure)
        return content if isinstance(content, dict) else {}


def from_plain(profile: str, root: str, plain: dict, phase: str = "") -> Message:
    """Build a message from nested dicts, in the order of its table.

    None, "" and empty lists are left out, and empty groups unless the table demands them; names
    that the table lacks come last, so that `check` finds them. UnknownMessage when the profile
    has no such root.
    """
    top = Node(root, None, [])
    _fill(top, plain, structure(profile, root))
    return Message(top, profile, "plain", phase)


def _fill(node: Node, plain: dict, field: "Field | Structure | None") -> None:
    """Add the children that `plain` describes to the node, in the order of the table."""
    rows = field.named if field is not None else {}
    names = [name for name in rows if name in plain]
    if len(names) < len(plain):
        names += [name for name in plain if name not in rows]
    children = node.children
    for name in names:
        value = plain[name]
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if one is None or one == "":
                continue
            if not isinstance(one, dict):
                children.append(Node(name, as_text(one), NO_CHILDREN, 0, node))
                continue
            child, row = Node(name, None, [], 0, node), rows.get(name)
            _fill(child, one, row)
            if child.children or row is not None and row.low:
                children.append(child)


def as_text(value: object) -> str:
    """Return a plain value as it stands in a message.

    >>> from decimal import Decimal
    >>> as_text(True), as_text(7), as_text(Decimal("1200.500"))
    ('1', '7', '1200.500')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)


def digest(message: Message) -> bytes:
    """Return the SHA-256 of the content, the same in whatever form and layout it came.

    Attributes and texts that do not belong in a message count too: a sender who mends them sends
    another content.
    """
    parts = [message.kind, "\x02", message.phase]
    _spell(message.root, message.structure, parts)
    for stray in message.stray:
        parts += ("\x04", stray.path, "\x02", stray.name, "\x02", stray.value)
    return sha256("".join(parts).encode()).digest()


def _spell(node: Node, field: "Field | Structure | None", parts: list[str]) -> None:
    """Append the canonical form of the children: no name or text holds the marks used here."""
    rows = field.named if field is not None else {}
    for child in node.children:
        row, text = rows.get(child.name), child.text
        parts.append(f"\x01{child.name}\x02{settled(text, row)}" if text else f"\x01{child.name}")
        if child.children:
            _spell(child, row, parts)
        parts.append("\x03")


def settled(text: str, row: "Field | None") -> str:
    """Return the text with white space as the type says: replaced in free text, else collapsed."""
    if text.isalnum():
        return text
    kind = row.type if row is not None else None
    if kind is not None and kind.base == "xs:normalizedString":
        return text.translate(_BLANKS)
    return " ".join(part for part in text.translate(_BLANKS).split(" ") if part)


_BLANKS = str.maketrans("\t\n\r", "   ")
