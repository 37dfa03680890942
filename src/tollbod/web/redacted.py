"""Access codes taken out of what others than sender and receiver are shown.

A message is stored as it was sent, since its digest is its identity; what officers and pages show
has stars in their place, in XML and JSON, in messages and in acts of officers.
"""
import re

STARS = b"****"
_NAMES = rb"(?:accessCode|accessCodeCurrent|accessCodeNew|masterAccessCode|access_codes?)"
_XML = re.compile(rb"(<(?:[\w.-]+:)?" + _NAMES + rb"(?:\s[^<>]*)?>)[^<]*(?=<)")
_JSON = re.compile(rb'("' + _NAMES + rb'"\s*:\s*)("(?:[^"\\]|\\.)*"|\[[^\]]*\])')


def hidden(data: bytes) -> bytes:
    """Return a body with its access codes made unreadable.

    >>> hidden(b"<accessCode>AC01</accessCode><GRN>25NO</GRN>")
    b'<accessCode>****</accessCode><GRN>25NO</GRN>'
    >>> hidden(b'{"access_codes": ["AC01", "AC02"], "grn": "25NO"}')
    b'{"access_codes": "****", "grn": "25NO"}'
    """
    data = _XML.sub(rb"\g<1>" + STARS, data)
    return _JSON.sub(rb'\g<1>"' + STARS + rb'"', data)
