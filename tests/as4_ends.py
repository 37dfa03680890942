"""The two ends of AS4 for the tests: a throw-away authority, a trader and customs, made at once."""
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tollbod.office.as4 import Gate
from tollbod.wire.as4.agreement import agreed
from tollbod.wire.as4.envelope import Header, Part, customs, trader
from tollbod.wire.as4.station import Station
from tollbod.wire.as4.token import fingerprint

EORI, OTHER = "NO310000019", "NO310000027"
AT = datetime.now(UTC)
PEM = serialization.Encoding.PEM


class Holder(NamedTuple):
    """A key and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self):
        """The key as PEM."""
        return self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8,
                                      serialization.NoEncryption())


def issue(name, by=None, authority=False, days=30, host="", bits=2048):
    """A new key with a certificate, from yesterday on for so many days (negative: expired)."""
    key = rsa.generate_private_key(65537, bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = AT - timedelta(1 if days > 0 else 60)
    made = (x509.CertificateBuilder().subject_name(subject)
            .issuer_name(by.certificate.subject if by else subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(start).not_valid_after(AT + timedelta(days))
            .add_extension(x509.BasicConstraints(authority, None), True)
            .add_extension(x509.KeyUsage(not authority, not authority, False, False, False,
                                         authority, authority, False, False), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                (by.key if by else key).public_key()), False))
    if host:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
    return Holder(key, made.sign(by.key if by else key, hashes.SHA256()))


class Ends(NamedTuple):
    """All that is needed for both sides, and some who are not who they should be."""

    root: Holder
    issuing: Holder
    trader: Station
    other: Station
    expired: Station
    stranger: Station
    gate: Gate


@cache
def ends():
    """The ends, made once."""
    root = issue("Fictional root", authority=True)
    issuing = issue("Fictional issuing authority", root, authority=True)
    anchors = (root.certificate,)

    def station(name, by=issuing, **more):
        one = issue(name, by, **more)
        return Station(one.key, (one.certificate, issuing.certificate, root.certificate), anchors)

    own, other, office = map(station, (EORI, OTHER, "sti-taxud"))
    expired = station("expired", days=-1)
    false = issue("Root of somebody", authority=True)
    alone = issue(EORI, false)
    stranger = Station(alone.key, (alone.certificate, false.certificate), anchors)
    registered = {EORI: frozenset(fingerprint(one.chain[0]) for one in (own, expired)),
                  OTHER: frozenset((fingerprint(other.chain[0]),))}
    return Ends(root, issuing, own, other, expired, stranger,
                Gate(office, "customs.example", registered))


def header(ident="m1@trader.example", action="IE3F50", eori=EORI, **more):
    """The header of a filing."""
    return Header(ident, AT, trader(eori), customs(), agreed()["service to customs"], action,
                  **more)


def filing(text="a filing"):
    """A message as a part: not a real one, where only its transport is looked at."""
    return Part("message", "application/xml",
                f'<n:IE3F50 xmlns:n="urn:wco:datamodel:eu:ics2:2"><LRN>{text}</LRN>'
                f"<binaryFile><identification>file1</identification></binaryFile></n:IE3F50>"
                .encode())


PDF = Part("file1", "application/pdf", b"%PDF-1.7 fictional")


def pushed(station=None, parts=None, **more):
    """A signed filing with a file, as it is posted."""
    return (station or ends().trader).user_message(header(**more), parts or (filing(), PDF))
