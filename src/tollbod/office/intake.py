"""Intake: bytes of a trader become a durable, numbered message of one stream, or are refused.

Read `receive` first: it is the way in. A receipt is given only after the commit. What cannot be
read, or names no office, case or identification of ours, changes nothing and is answered at once.
"""
import secrets
from collections.abc import Container
from typing import NamedTuple

from tollbod.findings import Finding
from tollbod.office import attachments, guarantee_door, ics2_door, strangers
from tollbod.office.attachments import File
from tollbod.office.nack import nack
from tollbod.office.node import Node
from tollbod.office.roles import DOORS, door_of
from tollbod.rules.check import check
from tollbod.spec import codes
from tollbod.spec.tables import ICS2
from tollbod.store.records import Arrival, Receipt
from tollbod.store.streams import Store
from tollbod.wire import forms, xml
from tollbod.wire.message import Message, Unreadable, digest

LONGEST_IDENTIFICATION = 35         # an..35
LONGEST_REFERENCE = 35              # an LRN has 22, an MRN 18; what is longer never names a case


class Refusal(NamedTuple):
    """Why nothing was taken: HTTP status, findings, and the IE917 that tells them."""

    status: int
    findings: tuple[Finding, ...]
    answer: bytes = b""


def receive(
    store: Store, node: Node, world: str, party: str, data: bytes, files: tuple[File, ...] = ()
) -> tuple[Receipt, Message] | Refusal:
    """Take a trader's message: a receipt once it is durable, or a refusal that changed nothing.

    `party` is the authenticated sender. 400: not readable; 422: readable, but for no office or
    case of ours; 409: other content under an identification already used (code 26); 429: too many
    arrivals of unknown numbers (`strangers`). `files` are those that came beside the message.
    """
    country = node.countries[0]
    try:
        message = forms.read(data)
    except Unreadable as error:
        finding = Finding("schema", error.code, "", "", error.line, error.text, error.nb)
        return _refusal(400, (finding,), store, world, country, party)
    found = addressable(message, node) or attachments.faults(message, files)
    if found:
        return _refusal(422, found, store, world, country, party, message)
    first, *more = arrivals(store, node, world, party, message, data)
    found = strangers.too_many(store, world, party, first)
    if found:
        return _refusal(429, found, store, world, country, party)
    *_, receipt = store.take([*attachments.arrivals(first, files), first])
    if receipt.verdict != "other":
        store.take(more)            # what a repeat finds taken stays as it is
    if receipt.verdict == "other":
        return _refusal(409, (_used(message),), store, world, country, party, message)
    if receipt.verdict == "new":
        store.notify()
    return receipt, message


def _refusal(status: int, findings: tuple[Finding, ...], store: Store, world: str,
             country: str, party: str, message: Message | None = None) -> Refusal:
    if message and message.profile == ICS2:
        return Refusal(status, findings, ics2_door.answer(message, findings, country, party,
                                                          store.now(world)))
    structural = all(finding.layer == "schema" for finding in findings)
    at = store.now(world)
    number = f"{country}-{secrets.token_hex(12)}"          # an answer that nobody stores
    answer = nack(findings, country, party, at, number) if structural else b""
    return Refusal(status, findings, answer)


def _used(message: Message) -> Finding:
    if message.profile == ICS2:
        return ics2_door.used(message)
    return Finding(
        "state", "26", "", f"/{message.kind}/messageIdentification", 0,
        f"messageIdentification {message.identification} was used for another message; "
        "nothing was changed. Send this one under a new identification",
        f"messageIdentification {message.identification} er brukt for en annen melding; "
        "ingenting er endret. Send denne under en ny identifikasjon", message.identification)


def addressable(message: Message, node: Node) -> tuple[Finding, ...]:
    """Return why no stream can be found for a message; nothing: one can.

    What the structure demands and is missing is told by the findings of the check.
    """
    if message.profile == ICS2:
        return ics2_door.faults(message, node)
    door = door_of(message.ie, message.profile)
    if door is None:
        return (_no_door(message),)
    if door.role == "guarantee" and message.identification.strip():
        return guarantee_door.faults(message, node)
    office = message.get(f"{door.office}/referenceNumber").strip()
    given = reference(message, door.reference)[1]
    named = office and 0 < len(given) <= LONGEST_REFERENCE
    if not named or not 0 < len(message.identification.strip()) <= LONGEST_IDENTIFICATION:
        found = check(message, "schema")
        return tuple(found) or (_nowhere(message, door.office),)
    if not codes.office(office) or not node.hosts(office):
        return (_not_ours(message, door.office, office, node),)
    return ()


def reference(message: Message, kinds: str) -> tuple[str, str]:
    """Return the kind and the value of the reference by which a message names its case."""
    for kind in kinds.split():
        value = message.get(f"TransitOperation/{kind}").strip()
        if value:
            return kind, value
    return "", ""


def _no_door(message: Message) -> Finding:
    takes = ", ".join(DOORS)
    return Finding(
        "state", "12", "CL060", f"/{message.kind}", 0,
        f"{message.ie} is not sent by traders to this system, which takes {takes}",
        f"{message.ie} sendes ikke av aktører til dette systemet, som tar imot {takes}",
        message.kind)


def _nowhere(message: Message, group: str) -> Finding:
    return Finding(
        "schema", "13", "", f"/{message.kind}/{group}/referenceNumber", 0,
        "the office, the reference (LRN or MRN) or the message identification is missing",
        "tollstedet, referansen (LRN eller MRN) eller meldingsidentifikasjonen mangler")


def _not_ours(message: Message, group: str, office: str, node: Node) -> Finding:
    ours = ", ".join(node.countries)
    return Finding(
        "codes", "12", "CL141", f"/{message.kind}/{group}/referenceNumber", 0,
        f"{office} is not an office of this system; it runs the offices of {ours}",
        f"{office} er ikke et tollsted i dette systemet, som omfatter tollstedene i {ours}", office)


def arrivals(store: Store, node: Node, world: str, party: str, message: Message, data: bytes = b"",
             opened: Container[str] = ()) -> list[Arrival]:
    """Return what goes in: to one case, or to that of each guarantee, the first by its own name.

    `data` is what came if that was XML; else the message is written. `opened` are the keys of
    what is taken in the same commit before.
    """
    if message.profile == ICS2:
        return [ics2_door.arrival(store, node, world, party, message, data)]
    door = door_of(message.ie, message.profile)
    body = data if message.form == "xml" and data else xml.write(message)
    if door.role != "guarantee":
        return [_arrival(store, world, party, message, body, opened)]
    ident = message.identification.strip()
    return [Arrival(f"{world}/{office}/guarantee/{grn}", party,
                    f" {grn} of {ident}" if n else ident, digest(message), message.ie, "", "", body)
            for n, (grn, office) in enumerate(guarantee_door.cases(message, node))]


def _arrival(store: Store, world: str, party: str, message: Message, body: bytes,
             opened: Container[str]) -> Arrival:
    door = door_of(message.ie, message.profile)
    office = message.get(f"{door.office}/referenceNumber").strip()
    kind, given = reference(message, door.reference)
    if kind == "LRN":
        case, mrn = f"{party}:{given}", ""
    else:
        case = mrn = given
    key = f"{world}/{office}/{door.role}/{case}"
    if door.role in ("departure", "prenotification") and mrn:
        key = store.address(world, f"{door.role}/{mrn}") or key
    if key not in opened:
        key = strangers.stream_for(store, key, message.ie, party)
    return Arrival(key, party, message.identification.strip(), digest(message), message.ie, mrn,
                   "", body)
