"""Signing an envelope with its parts, and verifying one: RSA and SHA-256 over header, body, parts.

A reference counts only if it names the very element that is read, or a part that is there; all
must be covered, each once, and nothing else. So what is verified is what is read.
"""
import re
from base64 import b64decode, b64encode
from binascii import Error
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256 as SHA
from cryptography.x509 import Certificate
from lxml import etree

from tollbod.wire.as4 import token
from tollbod.wire.as4.agreement import Refused
from tollbod.wire.as4.envelope import Opened
from tollbod.wire.as4.names import (
    BASE64, CONTENT, DS, EB, EXCLUSIVE, ID, PKIPATH, RSA_SHA256, SHA256, SOAP, WSSE, WSSE11, WSU,
    add, canonical, digest, q,
)


class Signed(NamedTuple):
    """Who signed, and what: the reference elements, and the digest of each."""

    certificate: Certificate
    references: tuple[etree._Element, ...]
    digests: dict[str, str]


def sign(root: etree._Element, parts: tuple[tuple[str, bytes], ...], key: RSAPrivateKey,
         chain: token.Chain) -> bytes:
    """Return the bytes of an envelope, signed together with its compressed parts (cid, bytes)."""
    header, body = root
    security = etree.SubElement(header, q(WSSE, "Security"), nsmap={"wsse": WSSE, "wsu": WSU})
    security.set(q(SOAP, "mustUnderstand"), "true")
    name = "token-" + header[0].get(ID, "").partition("-")[2]
    held = add(security, WSSE, "BinarySecurityToken", token.write(chain), EncodingType=BASE64,
               ValueType=PKIPATH)
    held.set(ID, name)
    signature = etree.SubElement(security, q(DS, "Signature"), nsmap={"ds": DS})
    info = add(signature, DS, "SignedInfo")
    add(info, DS, "CanonicalizationMethod", Algorithm=EXCLUSIVE)
    add(info, DS, "SignatureMethod", Algorithm=RSA_SHA256)
    for element in (header.find(q(EB, "Messaging")), body):
        _refer(info, f"#{element.get(ID)}", EXCLUSIVE, canonical(element))
    for cid, data in parts:
        _refer(info, f"cid:{cid}", CONTENT, data)
    signed = key.sign(canonical(info), PKCS1v15(), SHA())
    add(signature, DS, "SignatureValue", b64encode(signed).decode())
    held = etree.SubElement(add(signature, DS, "KeyInfo"), q(WSSE, "SecurityTokenReference"),
                            nsmap={"wsse11": WSSE11})
    held.set(q(WSSE11, "TokenType"), PKIPATH)
    add(held, WSSE, "Reference", URI=f"#{name}", ValueType=PKIPATH)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _refer(info: etree._Element, uri: str, transform: str, data: bytes) -> None:
    reference = add(info, DS, "Reference", URI=uri)
    add(add(reference, DS, "Transforms"), DS, "Transform", Algorithm=transform)
    add(reference, DS, "DigestMethod", Algorithm=SHA256)
    add(reference, DS, "DigestValue", digest(data))


def verify(opened: Opened, anchors: token.Chain, at: datetime) -> Signed:
    """Return who signed an envelope and all its parts. Raises Refused (EBMS:0004, 0101, 0103)."""
    held = opened.security.findall(q(WSSE, "BinarySecurityToken"))
    signatures = opened.security.findall(q(DS, "Signature"))
    if len(held) != 1 or len(signatures) != 1 or held[0].get("ValueType") != PKIPATH:
        raise Refused("EBMS:0103", "there must be one signature and one token, a PKIPath")
    _unique(opened.root)
    chain = token.read(held[0].text or "")
    key = token.key_of(chain[0])
    info, signed = _parts(signatures[0], held[0])
    try:
        key.verify(signed, canonical(info, _prefixes(info[0])), PKCS1v15(), SHA())
    except (InvalidSignature, ValueError) as error:
        raise Refused("EBMS:0101", "the signature does not fit its certificate") from error
    references = references_of(opened)
    told = _covered(opened, references)
    return Signed(token.trust(chain, anchors, at), references, told)


def _parts(signature: etree._Element, held: etree._Element) -> tuple[etree._Element, bytes]:
    """Return SignedInfo and the value of a signature. Raises Refused (EBMS:0103)."""
    info = signature[0] if len(signature.findall(q(DS, "SignedInfo"))) == 1 else None
    values = signature.findall(q(DS, "SignatureValue"))
    named = signature.findall(f"{q(DS, 'KeyInfo')}//{q(WSSE, 'Reference')}")
    if info is None or info.tag != q(DS, "SignedInfo") or len(values) != 1 or len(info) < 3:
        raise Refused("EBMS:0103", "the signature has not the parts of one")
    if len(named) != 1 or named[0].get("URI") != f"#{held.get(ID)}":
        raise Refused("EBMS:0103", "the signature does not name the token")
    if info[0].get("Algorithm") != EXCLUSIVE or info[1].get("Algorithm") != RSA_SHA256:
        raise Refused("EBMS:0103", "only exclusive canonical XML and RSA with SHA-256 are taken")
    try:
        return info, b64decode("".join((values[0].text or "").split()), validate=True)
    except (Error, ValueError) as error:
        raise Refused("EBMS:0103", "the value of the signature is not base64") from error


def references_of(opened: Opened) -> tuple[etree._Element, ...]:
    """Return what a signature refers to, as it says itself."""
    return tuple(opened.security.iterfind(
        f"{q(DS, 'Signature')}/{q(DS, 'SignedInfo')}/{q(DS, 'Reference')}"))


def digests_of(opened: Opened) -> dict[str, str]:
    """Return the digest that a signature gives for each reference."""
    return {one.get("URI", ""): one.findtext(q(DS, "DigestValue"), "").strip()
            for one in references_of(opened)}


def _unique(root: etree._Element) -> None:
    """Refuse ids that two elements share: a reference must lead to one place."""
    seen: set[str] = set()
    for element in root.iter():
        for name, ident in element.attrib.items():
            if re.fullmatch("(.*})?id", str(name), re.IGNORECASE):
                if ident in seen:
                    raise Refused("EBMS:0103", "two elements have the same id")
                seen.add(str(ident))


def _covered(opened: Opened, references: tuple[etree._Element, ...]) -> dict[str, str]:
    """Return the digests, each right, of header, body and every part. Raises Refused."""
    elements = {f"#{one.get(ID)}": one for one in (opened.messaging, opened.body) if one.get(ID)}
    stamp = opened.security.find(q(WSU, "Timestamp"))
    if stamp is not None and stamp.get(ID):
        elements[f"#{stamp.get(ID)}"] = stamp           # may be signed too, and says nothing here
    must = {f"#{one.get(ID)}" for one in (opened.messaging, opened.body)}
    must |= {f"cid:{cid}" for cid in opened.parts}
    told: dict[str, str] = {}
    for one in references:
        uri = one.get("URI", "")
        if uri in told or uri not in must | set(elements):
            raise Refused("EBMS:0103", f"the signature covers what it should not: {uri[:80]}")
        method = one.find(q(DS, "DigestMethod"))
        if method is None or method.get("Algorithm") != SHA256:
            raise Refused("EBMS:0103", "only SHA-256 is taken")
        told[uri] = one.findtext(q(DS, "DigestValue"), "").strip()
        if digest(_bytes(opened, elements, one)) != told[uri]:
            raise Refused("EBMS:0101", f"what was signed as {uri[:80]} is not what came")
    if not must <= set(told):
        raise Refused("EBMS:0103", "header, body and every part must be signed")
    return told


def _bytes(opened: Opened, elements: dict[str, etree._Element], reference: etree._Element) -> bytes:
    """Return what a reference is the digest of. Raises Refused (EBMS:0103)."""
    uri = reference.get("URI", "")
    steps = reference.findall(f"{q(DS, 'Transforms')}/{q(DS, 'Transform')}")
    wanted = EXCLUSIVE if uri in elements else CONTENT
    if len(steps) != 1 or steps[0].get("Algorithm") != wanted:
        raise Refused("EBMS:0103", f"{uri[:80]} must have one transform, {wanted}")
    if uri in elements:
        return canonical(elements[uri], _prefixes(steps[0]))
    return opened.parts[uri[4:]]


def _prefixes(method: etree._Element) -> tuple[str, ...]:
    """Return the prefixes that a canonical form is to keep in any case."""
    inclusive = method.find(q(EXCLUSIVE, "InclusiveNamespaces"))
    return () if inclusive is None else tuple(inclusive.get("PrefixList", "").split())
