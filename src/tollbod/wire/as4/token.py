"""The token of a signature: a path of certificates (PKIPath), and whether it is to be trusted."""
from base64 import b64decode, b64encode
from binascii import Error
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tollbod.wire.as4.agreement import Refused

LONGEST_PATH = 6
SHORTEST_KEY_BITS = 2048
Chain = tuple[x509.Certificate, ...]            # the signer's certificate first
# What odd certificates raise when they are asked.
ODD = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.DuplicateExtension,
       x509.ExtensionNotFound, x509.UnsupportedGeneralNameType)


def write(chain: Chain) -> str:
    """Return a chain as a PKIPath in base64: the root first, as the standard wants it."""
    body = b"".join(one.public_bytes(Encoding.DER) for one in reversed(chain))
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    assert len(body) > 127
    return b64encode(b"\x30" + bytes((128 + len(size),)) + size + body).decode()


def read(text: str) -> Chain:
    """Return the chain of a PKIPath, the signer's certificate first. Raises Refused."""
    try:
        data = b64decode("".join(text.split()), validate=True)
        at, end = _inside(data, 0)
        found: list[x509.Certificate] = []
        while at < end and len(found) < LONGEST_PATH:
            after = _inside(data, at)[1]
            found.append(x509.load_der_x509_certificate(data[at:after]))
            at = after
        if at != end or end != len(data) or not found:
            raise ValueError("not one sequence of certificates")
    except (Error, ValueError, IndexError) as error:
        raise Refused("EBMS:0103", "the token is no PKIPath of certificates") from error
    return tuple(reversed(found))


def _inside(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of a DER sequence begins and ends. Raises ValueError."""
    if data[at] != 0x30:
        raise ValueError("no sequence")
    size, at = data[at + 1], at + 2
    if size > 127:
        count = size - 128
        size, at = int.from_bytes(data[at:at + count], "big"), at + count
    if at + size > len(data):
        raise ValueError("cut off")
    return at, at + size


def trust(chain: Chain, anchors: Chain, at: datetime) -> x509.Certificate:
    """Return the signer's certificate if its path leads to an anchor, and all is in force.

    Raises Refused: EBMS:0101 for a path that leads nowhere, EBMS:0004 with A003 for a certificate
    that is not in force. Revocation is told by the register of parties, not by lists of others.
    """
    path = chain if chain[-1] in anchors else chain + _anchor_of(chain[-1], anchors)
    for below, (one, issuer) in enumerate(zip(path, path[1:])):
        if not _issued(one, issuer, below):
            raise Refused("EBMS:0101", "the path of certificates does not hold together")
    for one in path:
        if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
            raise Refused("EBMS:0004", "a certificate has expired or is not yet in force", "A003")
    if key_of(chain[0]).key_size < SHORTEST_KEY_BITS or not _signs(chain[0]):
        raise Refused("EBMS:0103", f"the certificate is not for signing with RSA of at least "
                                   f"{SHORTEST_KEY_BITS} bits")
    return chain[0]


def key_of(certificate: x509.Certificate) -> RSAPublicKey:
    """Return the key of a certificate. Raises Refused (EBMS:0103) if it is not of RSA."""
    try:
        key = certificate.public_key()
    except ODD as error:
        raise Refused("EBMS:0103", "the key of the certificate cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise Refused("EBMS:0103", "the key of the certificate is not of RSA")
    return key


def _anchor_of(last: x509.Certificate, anchors: Chain) -> Chain:
    for anchor in anchors:
        if _issued(last, anchor, 0):
            return (anchor,)
    raise Refused("EBMS:0101", "the path of certificates leads to no authority that is trusted")


def _issued(one: x509.Certificate, issuer: x509.Certificate, below: int) -> bool:
    """Tell whether an authority, with so many authorities below it, issued a certificate."""
    try:
        one.verify_directly_issued_by(issuer)
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except ODD:
        return False
    return basic.ca and (basic.path_length is None or below <= basic.path_length)


def _signs(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True                             # what is not restricted may sign
    except ODD:
        return False
    return usage.digital_signature or usage.content_commitment


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, by which the register knows it."""
    return certificate.fingerprint(SHA256()).hex()
