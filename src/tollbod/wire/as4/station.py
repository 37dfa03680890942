"""One end of AS4: what it signs with and whom it trusts, and the bytes that it makes and reads."""
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from tollbod.wire.as4 import envelope, mime, signature, token
from tollbod.wire.as4.agreement import Refused, agreed
from tollbod.wire.as4.envelope import Header, Opened, Part, blank, info
from tollbod.wire.as4.names import BP, DS, EB, add, q
from tollbod.wire.as4.signature import Signed


class Post(NamedTuple):
    """What goes over the wire: the content type and the body."""

    media: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Station:
    """One end: the key and chain that it signs with, and the authorities that it trusts."""

    key: RSAPrivateKey
    chain: token.Chain
    anchors: token.Chain

    def user_message(self, header: Header, parts: tuple[Part, ...]) -> Post:
        """Return a signed message with its parts, compressed."""
        small = tuple((part.cid, mime.squeeze(part.data)) for part in parts)
        root = envelope.user_message(header, parts)
        return Post(*mime.pack(signature.sign(root, small, self.key, self.chain), small))

    def pull_request(self, eori: str, ident: str, at: datetime) -> Post:
        """Return a signed request for the next message to a trader."""
        root, unit = self._signal(ident, at)
        add(unit, EB, "PullRequest", mpc=agreed()["pull channel"] + eori)
        return self._post(root)

    def receipt(self, opened: Opened, signed: Signed, ident: str, at: datetime) -> Post:
        """Return the signed receipt of a message that was verified: nobody can deny it later."""
        root, unit = self._signal(ident, at, opened.id)
        told = etree.SubElement(add(unit, EB, "Receipt"), q(BP, "NonRepudiationInformation"),
                                nsmap={"ebbp": BP, "ds": DS})
        for reference in signed.references:
            copy = deepcopy(reference)
            copy.tail = None
            add(told, BP, "MessagePartNRInformation").append(copy)
        return self._post(root)

    def error(self, refused: Refused, ref: str, ident: str, at: datetime) -> Post:
        """Return the signed error signal that tells why a message was not taken."""
        root, unit = self._signal(ident, at, ref)
        fault = refused.fault
        told = add(unit, EB, "Error", category=fault.category, errorCode=fault.code,
                   origin="ebMS", severity=fault.severity, shortDescription=fault.short)
        if ref:
            told.set("refToMessageInError", ref)
        text = add(told, EB, "Description", refused.text)
        text.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
        add(told, EB, "ErrorDetail", f"{refused.own} {refused.text}".strip())
        return self._post(root)

    def read(self, post: Post, at: datetime) -> tuple[Opened, Signed]:
        """Return what came, verified. Raises Refused."""
        opened = envelope.open_up(*post)
        return opened, signature.verify(opened, self.anchors, at)

    def confirmed(self, sent: Post, answer: Post, at: datetime, signer: str) -> None:
        """Accept the receipt of what was sent, from the one with this fingerprint. Raises Refused.

        EBMS:0302: it is not the receipt of that message. An error signal is raised as what it says.
        """
        came, signed = self.read(answer, at)
        if token.fingerprint(signed.certificate) != signer:
            raise Refused("EBMS:0101", "the answer is not signed by the one who was asked")
        if came.kind == "Error":
            raise told(came)
        confirm(sent, came)

    def _signal(self, ident: str, at: datetime, ref: str = ""
                ) -> tuple[etree._Element, etree._Element]:
        root, messaging = blank(ident.partition("@")[0])
        unit = add(messaging, EB, "SignalMessage")
        info(unit, ident, at, ref)
        return root, unit

    def _post(self, root: etree._Element) -> Post:
        return Post(*mime.pack(signature.sign(root, (), self.key, self.chain), ()))


def confirm(sent: Post, came: Opened) -> None:
    """Accept a verified receipt if it is that of what was sent. Raises Refused (EBMS:0302)."""
    was = envelope.open_up(*sent)
    if came.kind != "Receipt" or came.ref != was.id:
        raise Refused("EBMS:0302", "this is not the receipt of that message")
    if envelope.receipted(came) != signature.digests_of(was):
        raise Refused("EBMS:0302", "the receipt confirms something else than what was sent")


def told(came: Opened) -> Refused:
    """Return the refusal that an error signal tells; a code not known here is EBMS:0004."""
    error = came.unit.find(q(EB, "Error"))
    code, detail = error.get("errorCode", ""), envelope.value(error, "ErrorDetail")
    own, _, _ = detail.partition(" ")
    own = own if own in ("A001", "A002", "A003") else ""
    try:
        return Refused(code, detail.removeprefix(own).strip() or error.get("shortDescription", ""),
                       own)
    except KeyError:
        return Refused("EBMS:0004", f"{code} {detail}"[:500])
