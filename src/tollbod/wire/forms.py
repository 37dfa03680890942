"""The forms a message may have, and how to tell which one some bytes are in."""
import re
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
_NOT_YET = Unreadable(
    "52", "This is EDIFACT: it can be checked, described and acknowledged, but not yet lodged. "
    "Send XML or JSON.", "Dette er EDIFACT: det kan kontrolleres, beskrives og kvitteres, men "
    "ennå ikke sendes inn. Send XML eller JSON.", 1)
_EDIFACT = re.compile(rb"UNA|UN[BH][^A-Za-z0-9\s]|[^<{]{1,1000}?(?:UNA.{6}\s*)?UNB[^\w\s]UN", re.S)


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
    start = data[:1_000].lstrip()
    for bom in _BOMS:
        start = start.removeprefix(bom)
    start = start.replace(b"\0", b"").lstrip()
    if start.startswith((b"{", b"[")):
        return "json"
    return "edifact" if _EDIFACT.match(start) else "xml"
