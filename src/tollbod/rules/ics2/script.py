"""Which characters a message of ICS2 may hold: those of the Latin, Greek and Cyrillic scripts.

Source: ICS2 HTI business process description (order of work on a filing), error code 102 of CL723.
"""
import re
import unicodedata
from collections.abc import Iterator

from tollbod.findings import Finding
from tollbod.rules.structure import Found
from tollbod.wire.message import Message, Node

# Letters of other scripts are what is refused; digits, marks and signs have no script of their own.
ALLOWED = re.compile(
    "[\x00-\u02ff\u0370-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f"
    "\u2de0-\u2dff\ua640-\ua69f\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06]")


def examine(message: Message) -> Iterator[Found]:
    """Yield every value with a letter of a script that is not taken, at its place."""
    for node in _beyond_ascii(message.root, []):
        text = node.text or ""
        strange = next((one for one in text if unicodedata.category(one)[0] in "LC"
                        and not ALLOWED.match(one)), None)
        if strange:
            yield node, Finding(
                "rules", "102", "", node.path(), node.line,
                f"{strange} (U+{ord(strange):04X}) is no letter of the Latin, Greek or Cyrillic "
                "script. Write it in one of these",
                f"{strange} (U+{ord(strange):04X}) er ikke en latinsk, gresk eller kyrillisk "
                "bokstav. Skriv det med en av disse", text)


def _beyond_ascii(node: Node, found: list[Node]) -> list[Node]:
    """Add the values below a node that have more than ASCII, in the order of the document."""
    for child in node.children:
        if child.text and not child.text.isascii():
            found.append(child)
        if child.children:
            _beyond_ascii(child, found)
    return found
