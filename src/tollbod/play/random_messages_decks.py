"""Code lists as shuffled decks: each code is dealt until some message held it, so that a run
reaches all codes of even the longest list in about as many messages as it has codes.

A run without decks draws each code by chance. With them it is the whole run that repeats itself,
not the single message: what was dealt depends on what the messages before it held.
"""
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from random import Random

from tollbod.play.random_messages_values import codes_of
from tollbod.spec.codes import codelist
from tollbod.spec.tables import Type
from tollbod.wire.message import Message, Node

OFTEN = 0.8             # chance that a code comes from a deck that is not long while any is left
LONG = 10_000           # codes of a list for which messages make room
ROUNDS = 60             # through a deck; what no message held by then is left to chance


@cache
def is_long(name: str) -> bool:
    """Tell whether a run must make room for the codes of a list to reach them all."""
    return codelist(name).judged and len(codelist(name).codes()) > LONG


class _Deck:
    """The codes of one list that nobody held yet, in an order of its own."""

    __slots__ = ("codes", "left", "next", "turns")

    def __init__(self, codes: Sequence[str], rng: Random):
        self.codes = rng.sample(codes, len(codes))
        self.left, self.next, self.turns = set(codes), 0, 0

    def deal(self) -> str:
        """Return the next code that is left, empty if there is none."""
        while self.left and self.turns < ROUNDS:
            if self.next == len(self.codes):
                self.codes = [one for one in self.codes if one in self.left]
                self.next, self.turns = 0, self.turns + 1
                continue
            code = self.codes[self.next]
            self.next += 1
            if code in self.left:
                return code
        return ""


class Decks:
    """One deck for each list, and one more for each kind of message that has it."""

    def __init__(self, rng: Random, today: date):
        self.rng, self.today = rng, today
        self._decks: dict[tuple[str, str], _Deck] = {}

    def deal(self, root: str, name: str, kind: Type) -> str:
        """Return a code that no message held, else one that no message of this kind held; empty
        where there is none, or now and then."""
        if not codelist(name).judged or self.rng.random() > OFTEN and not is_long(name):
            return ""
        return self._deck("", name, kind).deal() or self._deck(root, name, kind).deal()

    def pick(self, name: str, among: Sequence[str], rng: Random) -> str:
        """Return one of some codes: one that no message held, if there is any."""
        deck = self._decks.get(("", name))
        fresh = [one for one in among if one in deck.left] if deck is not None else ()
        return rng.choice(fresh or among)

    def lack(self, names: Iterable[str]) -> bool:
        """Tell whether one of some lists has codes that no message held."""
        return any(("", name) not in self._decks or self._decks["", name].left for name in names)

    def laid(self, message: Message) -> None:
        """Take the codes that a message holds from the decks."""
        self._walk(message.root, message.structure.children, message.kind)

    def _walk(self, node: Node, rows: Iterable, root: str) -> None:
        known = {row.name: row for row in rows}
        for child in node.children:
            row = known[child.name]
            if child.children:
                self._walk(child, row.children, root)
            elif row.codelist and child.text:
                for key in (("", row.codelist), (root, row.codelist)):
                    if key in self._decks:
                        self._decks[key].left.discard(child.text)

    def _deck(self, root: str, name: str, kind: Type) -> _Deck:
        if (root, name) not in self._decks:
            self._decks[root, name] = _Deck(codes_of(name, kind, self.today), self.rng)
        return self._decks[root, name]
