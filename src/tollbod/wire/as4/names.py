"""The names of SOAP, ebMS, WS-Security and XML Signature, and their canonical bytes."""
from base64 import b64encode
from hashlib import sha256

from lxml import etree

from tollbod.wire.as4.agreement import Refused

SOAP = "http://www.w3.org/2003/05/soap-envelope"
EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
BP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
_WSS = "http://docs.oasis-open.org/wss/"
WSSE = _WSS + "2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = _WSS + "2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSSE11 = _WSS + "oasis-wss-wssecurity-secext-1.1.xsd"
BASE64 = _WSS + "2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
PKIPATH = _WSS + "2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1"
CONTENT = _WSS + "oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ID = f"{{{WSU}}}Id"


def q(namespace: str, name: str) -> str:
    """Return a name with its namespace.

    >>> q("urn:a", "b")
    '{urn:a}b'
    """
    return f"{{{namespace}}}{name}"


def add(parent: etree._Element, namespace: str, name: str, text: str | None = None, /,
        **attributes: str) -> etree._Element:
    """Add an element below another, and return it."""
    element = etree.SubElement(parent, q(namespace, name), attributes)
    element.text = text
    return element


def canonical(element: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """Return exclusive canonical XML of an element, without comments and tail.

    Raises Refused (EBMS:0009) for what has no such form: namespaces with relative names.
    """
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False,
                              with_tail=False, inclusive_ns_prefixes=list(prefixes))
    except etree.C14NError as error:
        raise Refused("EBMS:0009", "the envelope has no canonical form") from error


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes in base64."""
    return b64encode(sha256(data).digest()).decode()
