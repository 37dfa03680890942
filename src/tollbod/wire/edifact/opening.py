"""Where an interchange begins: what stands before it, UNA, and how UNB says it is to be read.

Refuses (`Unreadable`) bytes that no CONTRL can answer; whatever else is wrong is only noted.
"""
from dataclasses import dataclass

from tollbod.wire.edifact import marks as service
from tollbod.wire.edifact.marks import Marks, Repertoire
from tollbod.wire.edifact.scanner import Scanner
from tollbod.wire.edifact.tokens import split
from tollbod.wire.message import Unreadable


@dataclass(frozen=True, slots=True)
class Opening:
    """How an interchange is read, and what is odd about its beginning."""

    marks: Marks
    repertoire: Repertoire
    level: str                      # as UNB says, whether known or not
    version: str
    una: str
    unusable: str                   # a character of UNA that cannot do its service
    early: tuple[str, str] | None   # the key of a fault, and what stands before


def opening(scanner: Scanner, lenient: str = "") -> Opening:
    """Take what stands before UNB and look at it; the scanner then stands at UNB."""
    early = _before(scanner)
    una, bad = _una(scanner)
    start = scanner.look()[:100].decode("latin-1")
    usable = una and not bad
    marks = service.announced(una, "3") if usable else \
        service.CONTROLS if start[3:4] == "\x1d" else service.DEFAULT
    head = split(start[:60].partition(marks.terminator)[0], marks)
    if head[0] != ["UNB"]:
        raise _refused("UNB is not followed by the mark between elements (+).",
                       "UNB følges ikke av skilletegnet mellom elementer (+).", scanner.line)
    words = [*(head[1] if len(head) > 1 else ()), "", ""]
    level, version = words[0][:20], words[1][:20]
    if version == "4":
        marks = service.announced(una, "4") if usable else marks._replace(repetition="*")
    known = service.repertoire(level, lenient) or service.repertoire("UNOC")
    return Opening(marks, known, level, version, una, bad, early)


def _refused(text: str, nb: str, line: int) -> Unreadable:
    """Return the refusal of bytes that CONTRL cannot answer."""
    return Unreadable("52", text, nb, line)


def _before(scanner: Scanner) -> tuple[str, str] | None:
    """Take what stands before UNA or UNB, and say what it is."""
    start = scanner.look()
    if not start:
        raise _refused("The file is empty; an EDIFACT interchange was expected.",
                       "Filen er tom; det skulle vært en EDIFACT-utveksling.", 1)
    if start.startswith(b"\xef\xbb\xbf"):
        scanner.skip(3)
        scanner.look()
        return "bom", ""
    if not start.startswith((b"UNA", b"UNB")):
        line, text = scanner.line, scanner.before()
        if not text:
            raise _refused("There is no interchange here: neither UNA nor UNB begins it.",
                           "Her er det ingen utveksling: den begynner verken med UNA eller UNB.",
                           line)
        return "before", text.decode("latin-1").strip()
    return None


def _una(scanner: Scanner) -> tuple[str, str]:
    """Take the UNA if there is one; return it, and a mark in it that cannot be one."""
    start, line = scanner.look(), scanner.line
    if not start.startswith(b"UNA"):
        return "", ""
    una = scanner.skip(9).decode("latin-1")
    start = scanner.look()
    if len(una) < 9 or not start.startswith(b"UNB"):
        raise _refused("After UNA and its six characters an interchange begins with UNB; here it "
                       "does not.", "Etter UNA og de seks tegnene begynner en utveksling med "
                       "UNB; det gjør den ikke her.", scanner.line)
    bad, after = service.unusable(una), start[3:4].decode("latin-1")
    if not bad and after != una[4]:
        raise _refused(f'UNA announces "{una[4]}" between elements, but "{after}" stands after '
                       "UNB. Make them agree.", f"UNA oppgir «{una[4]}» mellom elementer, men "
                       f"«{after}» står etter UNB. La dem stemme.", line)
    return una, bad
