"""What lies in a party's mailbox, in the form that the party reads.

The mailbox holds what was decided, in XML. A form is made once, when somebody first asks for it,
and kept: a repeat brings the identical bytes, whatever the register or this program have become
meanwhile. The reference of an interchange is the message's number in the mailbox, so references
have no gaps.
"""
from dataclasses import dataclass

import msgspec

from tollbod.case.carry import HEADER, carry
from tollbod.case.model import Party
from tollbod.office import known
from tollbod.office.interchange import names
from tollbod.office.node import Node as House
from tollbod.spec.tables import UnknownMessage, structure
from tollbod.store.records import Message as Row
from tollbod.store.records import Place
from tollbod.store.streams import Store
from tollbod.wire import forms, json, xml
from tollbod.wire.edifact import ncts, write
from tollbod.wire.message import Message, Node, from_plain

MEDIA = {"edifact": "application/edifact", "json": "application/json", "": "application/xml",
         "p5": "application/xml", "p6": "application/xml"}
SUFFIX = {"edifact": "edi", "json": "json", "": "xml", "p5": "xml", "p6": "xml"}
PHASE = {"p5": "NCTS5.1", "p6": "NCTS6"}


class Unwritable(Exception):
    """A message cannot be had in a form; the text, English and bokmål, says why."""

    def __init__(self, text: str, nb: str) -> None:
        super().__init__(text)
        self.nb = nb


@dataclass(frozen=True, slots=True)
class Written:
    """A message in a form, and what the form could not carry: a path and a sentence each."""

    data: bytes
    form: str
    lost: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """Return under which name it travels."""
        return MEDIA[self.form]


def written(store: Store, house: House, row: Row, form: str, party: Party) -> Written:
    """Return a message of a mailbox in a form, the same each time. Raises Unwritable.

    A CONTRL has one form, whatever is asked for.
    """
    form = "edifact" if row.ie == "CONTRL" else form
    if form == "":
        return Written(row.body, form)
    name = f"{form} {row.n}"
    kept = store.kept(row.key, [name]).get(name)
    if kept is None:
        new = made(store, house, row, form, party)
        kept = store.keep_first(row.key, name, msgspec.msgpack.encode((new.data, new.lost)))
    data, lost = msgspec.msgpack.decode(kept, type=tuple[bytes, tuple[str, ...]])
    return Written(data, form, lost)


def own(store: Store, house: House, row: Row, party: Party) -> Written:
    """Return a message of a mailbox in its owner's form; as XML, and told, where there is none."""
    try:
        return written(store, house, row, party.form, party)
    except Unwritable as reason:
        return Written(row.body, "", (str(reason),))


def made(store: Store, house: House, row: Row, form: str, party: Party) -> Written:
    """Return a message newly written in a form. Raises Unwritable."""
    if row.ie == "CONTRL":
        return Written(write.renumbered(row.body, str(row.n)), "edifact")
    message = forms.read(row.body)
    if form == "json":
        return Written(json.write(message), form)
    if form == "edifact":
        return _interchange(store, house, row, message, party)
    return _edition(message, form)


def _interchange(store: Store, house: House, row: Row, message: Message, party: Party) -> Written:
    """Return an interchange of one message, from us to the party."""
    answers = known.answered(store, Place.of(row.key).world, party.id, names(house),
                             message.correlation)
    try:
        one = ncts.write_message(message, known.about(store, row), answers)
    except ncts.Unmapped as reason:
        raise Unwritable(f"{message.ie} cannot be said in EDIFACT: {reason}",
                         f"{message.ie} kan ikke sies i EDIFACT") from reason
    whole = ncts.write_interchange(
        [one], sender=names(house)[0], recipient=party.partner or party.id,
        reference=str(row.n), when=row.at, test=house.test)
    lost = [f"{loss.path}: {loss.text}" for loss in one.losses]
    lost += [f"{name}: phase 4 demands it and nobody knows it" for name in one.missing]
    return Written(whole, "edifact", tuple(lost))


def _edition(message: Message, form: str) -> Written:
    """Return a message in an edition of the XML: as it is, or what the other has room for."""
    if message.profile == form:
        return Written(xml.write(message), form)
    try:
        table = structure(form, message.kind)
    except UnknownMessage as reason:
        raise Unwritable(f"{message.kind} is no message of {form}",
                         f"{message.kind} er ingen melding i {form}") from reason
    plain = message.plain()
    header = {name: plain[name] for name in HEADER if plain.get(name)}
    there = from_plain(form, message.kind, header | carry(form, message.kind, plain), PHASE[form])
    lost = tuple(path for path in _paths(message.root, "") if table.field(path) is None)
    return Written(xml.write(there), form, lost)


def _paths(node: Node, path: str) -> dict[str, None]:
    """Return the paths of all values below a node, each once, in order."""
    found: dict[str, None] = {}
    for child in node.children:
        here = f"{path}{child.name}"
        found |= _paths(child, f"{here}/") if child.children else {here: None}
    return found
