"""Where messages go: the stream of a case, the mailbox of a party, the link to another node.

What a name leads to is asked of the store once in a turn, for all movements of the turn together:
whatever brought a message about was committed before it was claimed. What is decided within the
turn is not among it.
"""
from collections.abc import Iterable

from tollbod.case.model import Send, Tell
from tollbod.continuity.table import on_paper
from tollbod.office import strangers
from tollbod.office.node import Node
from tollbod.store.records import Claimed, Place
from tollbod.store.streams import Store


# Roles whose cases have a name of their own besides that of their stream.
NAMED = frozenset(("departure", "prenotification", "filing", "bridge"))


class Addresses:
    """The addresses of one turn."""

    def __init__(self, store: Store, node: Node, claims: Iterable[Claimed] = ()) -> None:
        self.store, self.node = store, node
        self.known: dict[tuple[str, str], str | None] = {}
        self.movements: dict[str, set[str]] = {}
        for one in claims:
            self.movements.setdefault(one.world, set()).add(one.movement)

    def named(self, world: str, kind: str, case: str) -> str | None:
        """Return the key of the stream that a name (`departure/MRN`) leads to, or None."""
        if (world, f"{kind}/{case}") not in self.known:
            turn = self.movements.get(world, set())
            cases = turn if case in turn else {case}
            names = sorted(f"{kind}/{one}" for one in cases)
            self.known |= {(world, name): None for name in names}
            self.known |= {(world, name): key for name, key in self.store.named(world, names)}
        return self.known[world, f"{kind}/{case}"]

    def whose(self, world: str, kind: str, case: str) -> str:
        """Return who lodged a case of ours: the first part of its stream's case."""
        key = self.named(world, kind, case)
        return Place.of(key).case_id.partition(":")[0] if key else ""

    def begun_on_paper(self, world: str, party: str, lrn: str) -> bool:
        """Tell whether an operation was begun on paper in an outage."""
        return self.named(world, *on_paper(party, lrn).split("/", 1)) is not None

    def of(self, place: Place, send: Send | Tell) -> str:
        """Return the key of the stream, the mailbox or the link that a message goes to."""
        world = place.world
        if isinstance(send, Tell):
            return self._told(world, send)
        if not send.role:
            return f"{world}//mailbox/{send.to}"
        if not self.node.hosts(send.to):
            return f"{world}//link/{send.to[:2]}"
        key = f"{world}/{send.to}/{send.role}/{send.case}"
        if send.role in NAMED:
            known = self.named(world, send.role, send.case)
            if known and Place.of(known).office[:2] == send.to[:2]:
                return known
        if send.role == "departure":
            return strangers.stream_for(self.store, key, send.ie, place.office)
        return key

    def _told(self, world: str, tell: Tell) -> str:
        """Return the key of the stream that is told something: by its case, number or document."""
        if tell.role == "routing":
            return f"{world}//routing/{tell.case}"
        known = None
        if tell.role == "filing" and tell.named:
            known = (self.named(world, "filing", tell.case)
                     or self.named(world, "filed", tell.case))
        return known or (f"{world}/{tell.office or self.node.repository}/{tell.role}/"
                         f"{tell.case}")
