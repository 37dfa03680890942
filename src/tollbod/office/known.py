"""What EDIFACT wants to know besides a message: the register of parties, and the declaration.

Phase 4 names and addresses parties that the message of today only numbers, and some of its answers
carry the declaration.
"""
from collections.abc import Iterator, Mapping

import msgspec

from tollbod.case.model import Party
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.store.records import Message, Place
from tollbod.store.streams import Store
from tollbod.wire.edifact import envelope, ncts, reader

LONGEST = 17                    # of an identification number


class Register(Mapping):
    """The parties of a world by their numbers, each looked up when it is asked for."""

    def __init__(self, store: Store, world: str) -> None:
        self.store, self.world = store, world
        self.known: dict[str, ncts.Party | None] = {}

    def __getitem__(self, number: str) -> ncts.Party:
        if number not in self.known:
            self.known[number] = self._party(number)
        found = self.known[number]
        if found is None:
            raise KeyError(number)
        return found

    def _party(self, number: str | None) -> ncts.Party | None:
        if not (number and number.isascii() and number.isalnum() and len(number) <= LONGEST):
            return None
        body = self.store.party(self.world, number)
        if body is None:
            return None
        one = msgspec.json.decode(body, type=Party)
        return ncts.Party(one.id, one.name, one.street, one.postcode, one.city, one.country,
                          one.contact, one.phone, one.mail, one.authorisations)

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def about(store: Store, row: Message) -> ncts.Known:
    """Return what is known about a message of a mailbox: the parties, and its declaration."""
    world = Place.of(row.key).world
    declaration: dict = {}
    origin = Place.of(row.origin) if row.origin.count("/") >= 3 else None
    if origin is not None and origin.role in ("departure", "prenotification"):
        stream = store.stream(row.origin)
        if stream is not None and stream.state:
            declaration = decode(ROLES[origin.role], stream.state).declaration
    return ncts.Known(Register(store, world), declaration)


def answered(store: Store, world: str, party: str, names: tuple[str, ...], identification: str,
             ) -> ncts.Reading | None:
    """Return the EDIFACT message of a party that has this identification, if it came so.

    The identification is made of the interchange's reference and the message's.
    """
    places = [at for at, sign in enumerate(identification) if sign == "-"]
    for at in places:
        for name in names:
            ident = envelope_name(name, identification[:at])
            receipt = store.value("receipt_of", world=world, sender=party, ident=ident)
            row = store.message(receipt) if receipt else None
            for one in reader.read(row.body) if row else ():
                if isinstance(one, envelope.Message) and one.reference == identification[at + 1:]:
                    return ncts.read_message(one, ncts.Known(Register(store, world)))
    return None


def envelope_name(recipient: str, reference: str) -> str:
    """Return under which identification an interchange is known; no message has such a one."""
    return f" UNB {recipient}/{reference}"
