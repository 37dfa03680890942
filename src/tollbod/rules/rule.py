"""How a rule that needs code is written down: its official id, its sentence, a body that yields.

The docstring is what the sender reads and what the manual prints, `nb` is the same in bokmål. The
body gets a `Reading` of the message and yields the places that break the rule. Where a rule binds
is not written here: it binds where the tables carry its id. What stands outside the message comes
in through `Beside`; a rule whose facts are missing yields nothing rather than guess.
"""
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import msgspec

from tollbod.rules.case_file import CaseFile, Earlier
from tollbod.spec.codes import codelist
from tollbod.wire.message import Message, Node

HOUSE = "Consignment/HouseConsignment"
ITEM = "Consignment/HouseConsignment/ConsignmentItem"
DECLARATIONS = ("CC013C", "CCA13D", "CC015C", "CCA15D")     # an amendment replaces what was
_NONE: list[Node] = []


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge may know besides the message; None is "not known", and then nothing is said.

    `earlier` holds the last message of each kind of the same case: what is not among them was not
    sent. `country` is the one whose administration, or whose trader, sent the message, `here` the
    one in which it is judged. `answers` is the identification of the message that is answered.
    """

    on: date | None = None
    earlier: Earlier | None = None
    country: str | None = None
    here: str | None = None
    answers: str | None = None
    guarantee_amended: bool | None = None               # is "guarantee under amendment" the state?
    guarantee_type: Callable[[str], str | None] = lambda _grn: None
    holds: Callable[[str, str, str], bool | None] = lambda _party, _type, _number: None


NOTHING_BESIDE = Beside()


class Place(NamedTuple):
    """A place that breaks a rule: what is there, and the name of what is missing below it."""

    node: Node
    en: str
    nb: str
    missing: str
    code: str                   # in place of the code of the rule


Check = Callable[["Reading"], Iterator[Place]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, its sentences, the code of its findings, and its body.

    `needs` says in words what must be known besides the message.
    """

    id: str
    en: str
    nb: str
    check: Check
    code: str
    needs: str


def rule(id: str, nb: str, code: str = "14", needs: str = "") -> Callable[[Check], Rule]:
    """Turn a body into a Rule; its docstring is the sentence, up to the first blank line."""
    def make(check: Check) -> Rule:
        assert check.__doc__ and nb, f"{id} has no sentence"
        sentence = check.__doc__.split("\n\n")[0]
        return Rule(id, " ".join(sentence.split()), " ".join(nb.split()), check, code, needs)
    return make


class Reading:
    """A message laid open: each place is at hand by its path, and so is what is known beside it."""

    __slots__ = ("message", "root", "kind", "profile", "beside", "bindings", "found",
                 "_file")

    def __init__(self, message: Message, beside: Beside, bindings: Mapping[str, tuple[str, ...]],
                 found: Mapping[str, list[Node]]):
        self.message, self.root, self.kind = message, message.root, message.kind
        self.profile, self.beside, self.bindings = message.profile, beside, bindings
        self.found = found
        self._file = CaseFile(beside.earlier, message.profile) if beside.earlier else None

    def all(self, path: str) -> list[Node]:
        """Return every node at a path from the root, in order."""
        return self.found.get(path, _NONE)

    def first(self, path: str) -> Node | None:
        """Return the first node at a path from the root."""
        nodes = self.found.get(path)
        return nodes[0] if nodes else None

    def get(self, path: str) -> str:
        """Return the value of the first node at a path from the root, or an empty text."""
        nodes = self.found.get(path)
        return (nodes[0].text or "").strip() if nodes else ""

    def bound(self, id: str) -> tuple[str, ...]:
        """Return the paths of this kind of message at which the tables carry a rule's id."""
        return self.bindings.get(id, ())

    def bound_nodes(self, id: str) -> Iterator[Node]:
        """Yield the nodes of this message at which the tables carry a rule's id."""
        for path in self.bindings.get(id, ()):
            yield from self.found.get(path, _NONE)

    def country(self, path: str) -> str:
        """Return the country of the office at a path: the first two characters of its number."""
        return self.get(path)[:2]

    def is_in(self, code: str, value: str) -> bool:
        """Tell whether a code list has the value on the day of the message."""
        return codelist(code).has(value, self.beside.on)

    @property
    def security(self) -> bool:
        """Tell whether the declaration holds entry summary data (Security 1 or 3)."""
        return self.get("TransitOperation/security") in ("1", "3")

    def earlier(self, *roots: str) -> Node | None:
        """Return the last message of the case of the first kind there is; a kind may be our own."""
        if self.kind in roots:
            return self.root
        return self._file.newest(roots) if self._file is not None else None

    def declaration(self) -> Node | None:
        """Return the declaration of the case as it was last amended, without this message."""
        return self._file.newest(DECLARATIONS) if self._file is not None else None


def at(node: Node, en: str = "", nb: str = "", code: str = "") -> Place:
    """Mark a node, with what is wrong here in a sentence each; without one its value is shown."""
    return Place(node, en, nb, "", code)


def lack(node: Node, name: str, en: str = "", nb: str = "", code: str = "") -> Place:
    """Mark what is missing below a node."""
    return Place(node, en, nb, name, code)


def value(node: Node | None) -> str:
    """Return the value of a node without white space around it; of nothing, an empty text."""
    return (node.text or "").strip() if node is not None else ""


def number(node: Node | None) -> Decimal | None:
    """Return the number of a node, None where it is none."""
    text = value(node)
    if not text or len(text) > 40:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def words(text: str) -> str:
    """Return a text with single blanks, so that two may be compared."""
    return " ".join(text.split())


def same(node: Node) -> tuple:
    """Return what a group says, to be compared: everything but how its parts are numbered, and
    in which order elements of different names stand (content kept as plain values has none)."""
    if not node.children:
        return node.name, words(node.text or "")
    return node.name, tuple(sorted((same(child) for child in node.children
                                    if child.name != "sequenceNumber"), key=lambda one: one[0]))


def repeated(nodes: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield each node whose value stood in an earlier one, with that one."""
    seen: dict[str, Node] = {}
    for node in nodes:
        text = value(node)
        if text in seen:
            yield node, seen[text]
        elif text:
            seen[text] = node


def number_of(node: Node) -> int:
    """Return the place of a node's group among its siblings of the same name, from 1."""
    group = node.parent
    if group is None or group.parent is None:
        return 1
    return 1 + [one for one in group.parent.children if one.name == group.name].index(group)
