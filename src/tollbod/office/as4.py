"""Customs' end of AS4: what a trader's software posts is verified, taken and answered.

Read `answer` first. A message is durable, whole, before its receipt is given; the receipt is kept,
so that a repeat is answered by the same bytes and changes nothing. What a message *says* is judged
by its case, and answered by messages in the mailbox; errors of ebMS tell of the transport alone.
"""
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import msgspec
from lxml import etree

from tollbod.office import as4_mailbox, intake
from tollbod.office.attachments import File
from tollbod.office.node import Node
from tollbod.spec import tables
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.wire import forms
from tollbod.wire.as4 import envelope, token
from tollbod.wire.as4.agreement import Refused, agreed, eori_of
from tollbod.wire.as4.envelope import Header, Opened, Part
from tollbod.wire.as4.names import EB, q
from tollbod.wire.as4.signature import Signed
from tollbod.wire.as4.station import Post, Station

# (party, action, payload, files) -> why it was not taken, or None. The same again changes nothing.
Lodge = Callable[[str, str, bytes, tuple[File, ...]], intake.Refusal | None]


@dataclass(frozen=True, slots=True)
class Gate:
    """Customs' station, its host name, and the certificates that each EORI has registered.

    A certificate that is taken from the register is no longer accepted: that is its revocation.
    """

    station: Station
    host: str
    registered: dict[str, frozenset[str]]
    pushed: dict[str, str] = field(default_factory=dict)    # EORI: the endpoint it is pushed to

    def ident(self) -> str:
        """Return a new MessageId."""
        return f"{secrets.token_hex(16)}@{self.host}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request at the gate: where it came to, and when."""

    store: Store
    gate: Gate
    world: str
    at: datetime
    lodge: Lodge


def answer(store: Store, node: Node, gate: Gate, world: str, post: Post, at: datetime) -> Post:
    """Answer what was posted: a receipt, a message that was asked for, or an error signal.

    `at` is real time, by which certificates are in force.
    """
    return answered(Call(store, gate, world, at, lodged(store, node, world)), post)


def lodged(store: Store, node: Node, world: str) -> Lodge:
    """Return how a message goes in where all messages do."""
    def lodge(party: str, _: str, payload: bytes, files: tuple[File, ...]
              ) -> intake.Refusal | None:
        taken = intake.receive(store, node, world, party, payload, files)
        return taken if isinstance(taken, intake.Refusal) else None
    return lodge


def answered(call: Call, post: Post) -> Post:
    """Answer what was posted, whatever takes the messages; nothing is raised for what came."""
    gate, ref = call.gate, ""
    try:
        opened, signed = gate.station.read(post, call.at)
        ref = opened.id
        match opened.kind:
            case "UserMessage":
                return _user(call, post, opened, signed)
            case "PullRequest":
                return as4_mailbox.pulled(call, _puller(gate, opened, signed))
            case "Receipt":
                as4_mailbox.receipted(call, _known(gate, signed), opened)
                return Post("", b"")
        return Post("", b"")                # an error signal is not answered
    except Refused as refused:
        return gate.station.error(refused, ref, gate.ident(), call.at)


def _user(call: Call, post: Post, opened: Opened, signed: Signed) -> Post:
    """Take a user message, and return its receipt."""
    header = envelope.header_of(opened)
    test = _agreed(opened, header)
    party = _party(call.gate, eori_of(header.sender.id), signed)
    if test:
        return call.gate.station.receipt(opened, signed, call.gate.ident(), call.at)
    parts = envelope.parts_of(opened)
    _fits(header, parts)
    key, name = f"{call.world}//as4/{party}", f"receipt {opened.id}"
    said = msgspec.msgpack.encode(sorted(signed.digests.items()))
    whole = msgspec.msgpack.encode(post)
    receipt = call.store.take([Arrival(
        key, party, f"as4 {opened.id}", sha256(said).digest(), header.action, "", "", whole)])[0]
    if receipt.verdict == "other":
        raise Refused("EBMS:0003", "this MessageId was used for another message; nothing was "
                                   "changed. Send this one under a new MessageId")
    kept = call.store.kept(key, [name]).get(name)
    if kept is None:
        _lodge(call, party, header.action, parts, opened.id)
        made = call.gate.station.receipt(opened, signed, call.gate.ident(), call.at)
        kept = call.store.keep_first(key, name, msgspec.msgpack.encode(made))
    return msgspec.msgpack.decode(kept, type=Post)


def _lodge(call: Call, party: str, action: str, parts: tuple[Part, ...], ident: str) -> None:
    """Give the message to its case; a refusal that is a message goes to the mailbox, once.

    Raises Refused where there is no message that could tell it.
    """
    payload, *beside = parts
    files = tuple(File(one.cid, one.data) for one in beside)
    refused = call.lodge(party, action, payload.data, files)
    if refused is None:
        return
    if not refused.answer:
        text = "; ".join(finding.text for finding in refused.findings[:5])
        raise Refused("EBMS:0004", text or "the message was not taken")
    told = Arrival(f"{call.world}//mailbox/{party}", agreed()["customs id"], f"as4 {ident}",
                   sha256(ident.encode()).digest(), forms.read(refused.answer).ie, "", "",
                   refused.answer)
    call.store.take([told])
    call.store.notify()


def _agreed(opened: Opened, header: Header) -> bool:
    """Hold the header against the agreement; whether it only tests the line. Raises Refused."""
    names = agreed()
    test = (header.service, header.action) == (names["test service"], names["test action"])
    if (header.sender.kind, header.sender.role) != (names["trader type"], names["trader role"]):
        raise Refused("EBMS:0010", "the sender is no trader known by its EORI")
    if header.receiver != envelope.customs():
        raise Refused("EBMS:0010", f"this is not for {names['customs id']} in the role of customs")
    if envelope.value(opened.unit, "CollaborationInfo/AgreementRef") != names["agreement"]:
        raise Refused("EBMS:0010", f"the agreement is {names['agreement']}")
    if not test and header.service != names["service to customs"]:
        raise Refused("EBMS:0010", f"the service is {names['service to customs']}")
    if not test and header.action not in tables.messages(tables.ICS2):
        raise Refused("EBMS:0010", f"{header.action[:40]} is no message of ICS2")
    return test


def _fits(header: Header, parts: tuple[Part, ...]) -> None:
    """Hold the message against its header, and its files against what it says of them."""
    payload = parts[0].data
    if _root(payload) not in ("", header.action):
        raise Refused("EBMS:0003", f"the action is {header.action[:40]}, the message another")
    if len(parts) > 1:
        told = _files(payload)
        for part in parts[1:]:
            if part.cid not in told:
                raise Refused("EBMS:0011", f"the message names no file {part.cid[:80]}")


def _root(payload: bytes) -> str:
    """Return the name of the root of a message; empty if it has none that can be read."""
    try:
        for _, element in etree.iterparse(BytesIO(payload), ("start",), resolve_entities=False):
            return etree.QName(element).localname
    except etree.XMLSyntaxError:
        pass                                # the case says what is wrong with it
    return ""


def _files(payload: bytes) -> set[str]:
    """Return the names of the files that a message says come with it."""
    found = set()
    try:
        for _, element in etree.iterparse(BytesIO(payload), ("end",), resolve_entities=False):
            name, above = etree.QName(element).localname, element.getparent()
            if name == "identification" and above is not None and "binary" in above.tag.lower():
                found.add((element.text or "").strip())
    except etree.XMLSyntaxError:
        pass
    return found


def _puller(gate: Gate, opened: Opened, signed: Signed) -> str:
    """Return who asks for its messages: the one whom the channel names and who signed."""
    request = opened.unit.find(q(EB, "PullRequest"))
    channel, prefix = request.get("mpc", ""), agreed()["pull channel"]
    if not channel.startswith(prefix):
        raise Refused("EBMS:0010", f"the channel is {prefix} and the party's id")
    return _party(gate, eori_of(channel[len(prefix):]), signed)


def _party(gate: Gate, eori: str, signed: Signed) -> str:
    """Return the party, if the certificate is registered for it. Raises Refused (EBMS:0004)."""
    if eori not in gate.registered:
        raise Refused("EBMS:0004", "the party is not registered here", "A001")
    if token.fingerprint(signed.certificate) not in gate.registered[eori]:
        raise Refused("EBMS:0004", "the certificate is not registered for this party", "A002")
    return eori


def _known(gate: Gate, signed: Signed) -> list[str]:
    """Return the parties for which a certificate is registered. Raises Refused (EBMS:0004)."""
    mark = token.fingerprint(signed.certificate)
    found = [eori for eori, marks in gate.registered.items() if mark in marks]
    if not found:
        raise Refused("EBMS:0004", "the certificate is registered for no party", "A002")
    return found
