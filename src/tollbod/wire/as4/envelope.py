"""The SOAP envelope of AS4: messages and signals as elements, and what an element says.

Reading is strict, since what is read must be what was signed: one header, an empty body, nothing
twice, no comments and no entities, by which text could be split or moved.
"""
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from tollbod.wire.as4 import mime
from tollbod.wire.as4.agreement import Refused, agreed
from tollbod.wire.as4.names import BP, DS, EB, ID, SOAP, WSSE, WSU, add, q

SPACES = {"eb": EB, "wsu": WSU}


class Side(NamedTuple):
    """One of the two parties as the header names it."""

    kind: str
    id: str
    role: str


class Part(NamedTuple):
    """A file that travels beside the envelope, not compressed."""

    cid: str
    media: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What a user message says about itself."""

    id: str
    at: datetime
    sender: Side
    receiver: Side
    service: str
    action: str
    ref: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that was read, and its parts as they came; not yet verified.

    `kind` is UserMessage, PullRequest, Receipt or Error.
    """

    root: etree._Element
    messaging: etree._Element
    body: etree._Element
    security: etree._Element
    unit: etree._Element
    kind: str
    id: str
    ref: str
    parts: dict[str, bytes]


def trader(eori: str) -> Side:
    """Return a trader as the header names it."""
    return Side(agreed()["trader type"], eori, agreed()["trader role"])


def customs() -> Side:
    """Return customs as the header names it."""
    return Side(agreed()["customs type"], agreed()["customs id"], agreed()["customs role"])


def blank(ident: str) -> tuple[etree._Element, etree._Element]:
    """Return an envelope without content, and its Messaging; `ident` makes its ids."""
    root = etree.Element(q(SOAP, "Envelope"), nsmap={"S12": SOAP})
    header = add(root, SOAP, "Header")
    messaging = etree.SubElement(header, q(EB, "Messaging"), nsmap=SPACES)
    messaging.set(q(SOAP, "mustUnderstand"), "true")
    messaging.set(ID, f"messaging-{ident}")
    body = etree.SubElement(root, q(SOAP, "Body"), nsmap={"wsu": WSU})
    body.set(ID, f"body-{ident}")
    return root, messaging


def info(unit: etree._Element, ident: str, at: datetime, ref: str = "") -> None:
    """Add when a message was made, what it is called and what it answers."""
    told = add(unit, EB, "MessageInfo")
    add(told, EB, "Timestamp", f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z")
    add(told, EB, "MessageId", ident)
    if ref:
        add(told, EB, "RefToMessageId", ref)


def user_message(header: Header, parts: tuple[Part, ...]) -> etree._Element:
    """Return the envelope of a message with these parts."""
    root, messaging = blank(header.id.partition("@")[0])
    unit = add(messaging, EB, "UserMessage", **({"mpc": header.channel} if header.channel else {}))
    info(unit, header.id, header.at, header.ref)
    parties = add(unit, EB, "PartyInfo")
    for name, side in (("From", header.sender), ("To", header.receiver)):
        here = add(parties, EB, name)
        add(here, EB, "PartyId", side.id, type=side.kind)
        add(here, EB, "Role", side.role)
    about = add(unit, EB, "CollaborationInfo")
    add(about, EB, "AgreementRef", agreed()["agreement"], type=agreed()["agreement type"])
    add(about, EB, "Service", header.service, type=agreed()["service type"])
    add(about, EB, "Action", header.action)
    add(about, EB, "ConversationId", agreed()["conversation"])
    payload = add(unit, EB, "PayloadInfo") if parts else None
    for part in parts:
        here = add(add(payload, EB, "PartInfo", href=f"cid:{part.cid}"), EB, "PartProperties")
        add(here, EB, "Property", part.media, name="MimeType")
        if part.media == agreed()["message type"]:
            add(here, EB, "Property", "utf-8", name="CharacterSet")
        add(here, EB, "Property", agreed()["compression"], name="CompressionType")
    return root


def open_up(media: str, data: bytes) -> Opened:
    """Return what a body of HTTP holds. Raises Refused (EBMS:0004, 0007, 0009)."""
    envelope, parts = mime.unpack(media, data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(envelope, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("EBMS:0009", "the envelope is no XML that can be read") from error
    if root.getroottree().docinfo.doctype or any(not isinstance(n.tag, str) for n in root.iter()):
        raise Refused("EBMS:0009", "the envelope has a comment, an instruction or a DTD")
    header, body = _exactly(root, q(SOAP, "Header"), q(SOAP, "Body"), whole=True)
    messaging, security = _exactly(header, q(EB, "Messaging"), q(WSSE, "Security"))
    if root.tag != q(SOAP, "Envelope") or len(header) != 2:
        raise Refused("EBMS:0009", "the header has more than Messaging and Security, or is no SOAP")
    if len(body) or (body.text or "").strip():
        raise Refused("EBMS:0009", "the SOAP body is not empty: the message is a part beside it")
    if len(messaging) != 1:
        raise Refused("EBMS:0009", "there is not exactly one message or signal")
    unit = messaging[0]
    told, = _exactly(unit, q(EB, "MessageInfo"))
    kind = _kind(unit)
    ident = value(told, "MessageId")
    if not 0 < len(ident) <= 255:
        raise Refused("EBMS:0009", "there is no MessageId of at most 255 characters")
    return Opened(root, messaging, body, security, unit, kind, ident, value(told, "RefToMessageId"),
                  parts)


def _kind(unit: etree._Element) -> str:
    if unit.tag == q(EB, "UserMessage"):
        return "UserMessage"
    kinds = [child.tag for child in unit if child.tag != q(EB, "MessageInfo")]
    for kind in ("PullRequest", "Receipt", "Error"):
        if unit.tag == q(EB, "SignalMessage") and kinds and set(kinds) == {q(EB, kind)}:
            return kind
    raise Refused("EBMS:0009", "this is neither a message nor a signal that is known")


def _exactly(parent: etree._Element, *tags: str, whole: bool = False) -> list[etree._Element]:
    """Return the one child of each of these names; `whole`: and there is no other."""
    found = [[child for child in parent if child.tag == tag] for tag in tags]
    if any(len(one) != 1 for one in found) or whole and len(parent) != len(tags):
        names = " and ".join(tag.rpartition("}")[2] for tag in tags)
        raise Refused("EBMS:0009", f"there must be exactly one {names}")
    return [one[0] for one in found]


def value(parent: etree._Element, path: str) -> str:
    """Return the text at a path of ebMS names below an element, empty if there is none.

    Two of the same name are refused: which one counts must never be a question.
    """
    found = parent.findall("/".join(q(EB, name) for name in path.split("/")))
    if len(found) > 1:
        raise Refused("EBMS:0009", f"{path} stands more than once")
    return (found[0].text or "").strip() if found else ""


def header_of(opened: Opened) -> Header:
    """Return what a user message says about itself. Raises Refused (EBMS:0009)."""
    unit = opened.unit
    try:
        at = datetime.fromisoformat(value(unit, "MessageInfo/Timestamp"))
    except ValueError as error:
        raise Refused("EBMS:0009", "the Timestamp is none") from error
    sides = [Side(_kind_of_id(unit, f"PartyInfo/{name}/PartyId"),
                  value(unit, f"PartyInfo/{name}/PartyId"), value(unit, f"PartyInfo/{name}/Role"))
             for name in ("From", "To")]
    return Header(opened.id, at, *sides, value(unit, "CollaborationInfo/Service"),
                  value(unit, "CollaborationInfo/Action"), opened.ref, unit.get("mpc", ""))


def _kind_of_id(unit: etree._Element, path: str) -> str:
    found = unit.find("/".join(q(EB, name) for name in path.split("/")))
    return "" if found is None else found.get("type", "")


def parts_of(opened: Opened) -> tuple[Part, ...]:
    """Return the parts of a user message, unpacked, the message first. Raises Refused.

    The header names each part once, and there is no part that it does not name; all of them
    together have at most as many bytes as a message may.
    """
    room, found = int(agreed()["largest message"]), []
    named = opened.unit.findall(f"{q(EB, 'PayloadInfo')}/{q(EB, 'PartInfo')}")
    if sorted(one.get("href", "") for one in named) != sorted(f"cid:{c}" for c in opened.parts):
        raise Refused("EBMS:0011", "the header does not name each part once")
    for one in named:
        cid = one.get("href", "")[4:]
        told = {p.get("name"): p.text for p in one.iterfind(f"*/{q(EB, 'Property')}")}
        if told.get("CompressionType") != agreed()["compression"]:
            raise Refused("EBMS:0010", f"part {cid[:80]} is not {agreed()['compression']}")
        data = mime.unsqueeze(opened.parts[cid], max(room, 1))
        room -= len(data)
        found.append(Part(cid, told.get("MimeType") or "", data))
    kinds = [agreed()["message type"], *agreed()["attachment types"].split()]
    if any(part.media not in kinds for part in found) or [
            part.media for part in found].count(kinds[0]) != 1:
        raise Refused("EBMS:0010", "there must be one XML message, and else PDF or JPEG")
    return tuple(sorted(found, key=lambda part: part.media != kinds[0]))


def receipted(opened: Opened) -> dict[str, str]:
    """Return what a receipt confirms: the digest of each reference."""
    path = (f"{q(EB, 'Receipt')}/{q(BP, 'NonRepudiationInformation')}"
            f"/{q(BP, 'MessagePartNRInformation')}/{q(DS, 'Reference')}")
    return {one.get("URI", ""): one.findtext(q(DS, "DigestValue"), "").strip()
            for one in opened.unit.iterfind(path)}
