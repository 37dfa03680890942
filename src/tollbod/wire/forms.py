"""The forms a message may have, and how to tell which one some bytes are in."""
from collections.abc import Callable
from dataclasses import dataclass

from tollbod.wire import json, xml
from tollbod.wire.message import Message, Unreadable


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the media type it travels under, and its reader and writer."""

    name: str
    media_type: str
    read: Callable[[bytes, str | None], Message]
    write: Callable[[Message], bytes]


FORMS = {
    "xml":  Form("xml",  "application/xml",  xml.read,  xml.write),
    "json": Form("json", "application/json", json.read, json.write),
}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_NOT_YET = Unreadable("52", "This is EDIFACT, which is not yet read here. Send XML or JSON.",
                      "Dette er EDIFACT, som ennå ikke leses her. Send XML eller JSON.", 1)


def read(data: bytes, profile: str | None = None) -> Message:
    """Read a message in whatever form it is; None takes the profile that its PhaseID names."""
    form = sniff(data)
    if form == "edifact":
        raise Unreadable(_NOT_YET.code, _NOT_YET.text, _NOT_YET.nb, _NOT_YET.line)
    return FORMS[form].read(data, profile)


def write(message: Message, form: str) -> bytes:
    """Return the message in the form of that name."""
    return FORMS[form].write(message)


def sniff(data: bytes) -> str:
    """Return the form that the first bytes look like; what looks like nothing is taken for XML.

    >>> sniff(b' {"CC015C": {}}'), sniff(b"<a/>"), sniff(b"UNB+UNOC:3+A"), sniff(b"")
    ('json', 'xml', 'edifact', 'xml')
    """
    start = data[:200].lstrip()
    for bom in _BOMS:
        start = start.removeprefix(bom)
    start = start.replace(b"\0", b"").lstrip()
    if start.startswith((b"{", b"[")):
        return "json"
    return "edifact" if start.startswith((b"UNA", b"UNB")) else "xml"
