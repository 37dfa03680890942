"""EDIFACT written: canonical segments, whole interchanges, and what was read once more.

Canonical: the default marks with UNA, no empty elements at the end, release only where it is
needed, nothing between segments. Counts and references of new interchanges are right by making.
"""
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

import msgspec

from tollbod.wire.edifact.envelope import Elements, Group, Header, Interchange, Message
from tollbod.wire.edifact.marks import DEFAULT, Marks, repertoire
from tollbod.wire.edifact.reader import Agreement, read
from tollbod.wire.edifact.tokens import Repeated

# Half characters stand for marks until the text is released: no codec here can read them.
_C, _E, _R, _T = "\ud800", "\ud801", "\ud802", "\ud803"
_TAIL = re.compile(f"{_C}+(?=[{_E}{_R}{_T}])|[{_C}{_E}]+(?={_T})")
_TAILS = (_C + _E, _E), (_C + _R, _R), (_C + _T, _T), (_E + _T, _T)
_HALF = re.compile("[\ud800-\udfff]")
_SEPARATORS = (b'"]],[["', b"'"), (b'"],["', b"+"), (b'","', b":")
_ENDS = b":+", b":'", b"+'"
_as_json = msgspec.json.Encoder().encode


class Unwritable(ValueError):
    """A text has a character that the repertoire lacks."""


def text(segments: Iterable[Elements], marks: Marks = DEFAULT) -> str:
    """Return segments as text, each with its terminator.

    >>> text([[["FTX"], ["AAA"], [""], ["50 %?", ""], [""]]])
    "FTX+AAA++50 %??'"
    """
    some = list(segments)
    if marks[:2] == DEFAULT[:2] and marks.terminator == "'" and some:
        plain = _plainly(some, marks.release, marks.repetition)
        if plain is not None:
            return plain
    return _carefully(some, marks)


def _carefully(segments: list[Elements], marks: Marks) -> str:
    """Return segments as text whatever the marks and the values are."""
    joined = "".join([_E.join([_C.join(one) if one.__class__ is list else _repeated(one)
                               for one in elements]) + _T for elements in segments])
    joined = _without_tails(joined)
    release = marks.release
    for mark in (release, marks.terminator, marks.element, marks.component, marks.repetition):
        if mark and mark in joined:
            joined = joined.replace(mark, release + mark)
    return joined.replace(_C, marks.component).replace(_E, marks.element) \
        .replace(_R, marks.repetition).replace(_T, marks.terminator)


def _plainly(segments: list[Elements], release: str, repetition: str) -> str | None:
    """Return segments as text by way of JSON, which is written faster than anything is joined here.

    What stands between values in JSON becomes the default marks: each of the three takes the quote
    that ends a value and the one that begins the next. So if no quote and no bracket is left, all
    were taken as they should. None otherwise, or where something ends in nothing.
    """
    try:
        whole = _as_json(segments)[4:-4]
    except (TypeError, UnicodeEncodeError):
        return None
    if b"\\" in whole:
        return None
    for mark in (release, "'", "+", ":", repetition):
        if mark and (sign := mark.encode()) in whole:
            whole = whole.replace(sign, release.encode() + sign)
    for between, mark in _SEPARATORS:
        whole = whole.replace(between, mark)
    whole += b"'"
    if b'"' in whole or b"[" in whole or any(end in whole for end in _ENDS):
        return None
    return whole.decode()


def _without_tails(joined: str) -> str:
    """Return the text without empty components and elements at ends.

    Most text has none, and tails are short: that is found sooner than by the pattern.
    """
    for _ in range(4):
        if not any(tail in joined for tail, _ in _TAILS):
            return joined
        for tail, end in _TAILS:
            joined = joined.replace(tail, end)
    return _TAIL.sub("", joined)


def _repeated(element: list) -> str:
    """Return an element that may repeat."""
    if isinstance(element, Repeated):
        return _R.join(_C.join(one) for one in element)
    return _C.join(element)


def una(marks: Marks) -> str:
    """Return the UNA that announces the marks."""
    return "UNA" + marks.component + marks.element + marks.decimal + marks.release + (
        marks.repetition or " ") + marks.terminator


def interchange(sender: list[str], recipient: list[str], reference: str, moment: datetime,
                messages: list[list[Elements]], level: str = "UNOC", version: int = 3,
                test: str = "", application: str = "", acknowledge: str = "") -> bytes:
    """Return a new interchange; each message is UNH and its content, UNT is added.

    `moment` is written as it stands, in the zone that it has. Unwritable if a text has a
    character that the level lacks.
    """
    marks = DEFAULT._replace(repetition="*") if version == 4 else DEFAULT
    date = moment.strftime("%Y%m%d" if version == 4 else "%y%m%d")
    header = [["UNB"], [level, str(version)], sender, recipient, [date, moment.strftime("%H%M")],
              [reference], [""], [application], [""], [acknowledge], [""], [test]]
    whole = [header]
    for message in messages:
        whole += [*message, [["UNT"], [str(len(message) + 1)], [message[0][1][0]]]]
    whole.append([["UNZ"], [str(len(messages))], [reference]])
    known = repertoire(level) or repertoire("UNOC")
    for elements in whole:
        for one in elements:
            for value in one:
                odd = known.strange.search(value) or _HALF.search(value)
                if odd:
                    raise Unwritable(f"{odd[0]!r} is not in {level}")
    try:
        return (una(marks) + text(whole, marks)).encode(known.codec)
    except UnicodeEncodeError as fault:
        raise Unwritable(f"{fault.object[fault.start]!r} is not in {level}") from None


def renumbered(data: bytes, reference: str) -> bytes:
    """Return a sound interchange under another reference (0020); nothing else in it changes.

    >>> sent = interchange(["A"], ["B"], "0", datetime(2026, 11, 2, 9), [[[["UNH"], ["1"]]]])
    >>> renumbered(sent, "17").decode().partition("UNB")[2]
    "+UNOC:3+A+B+261102:0900+17'UNH+1'UNT+2+1'UNZ+1+17'"
    """
    *messages, whole = read(data)
    marks, content = canonical_marks(whole), [part for one in messages for part in one.segments()]
    header, trailer = list(whole.header.elements), list(whole.trailer.elements)
    header[5], trailer[2] = [reference], [reference]
    return (una(marks) + text([header, *content, trailer], marks)).encode(whole.repertoire.codec)


def canonical(source: bytes | BinaryIO, agreement: Agreement = Agreement()) -> Iterator[bytes]:
    """Yield the interchanges of a file once more in canonical form, a message at a time.

    Faulty ones as they are: counts and references are not mended, bytes that could not be read
    are given back. What stands outside messages and groups is left out.
    """
    begun, groups = None, _Groups()
    for one in read(source, agreement):
        whole = one if isinstance(one, Interchange) else one.interchange
        marks = canonical_marks(whole)
        codec = whole.repertoire.codec
        parts: list[str] = []
        if begun is not whole:
            begun, groups = whole, _Groups()
            parts += [una(marks), text([whole.header.elements], marks)]
        if isinstance(one, Message):
            if one.group is not groups.open:
                parts.append(text(groups.to(whole, one.group), marks))
            parts.append(text(one.segments(), marks))
        else:
            parts.append(text(groups.to(whole, None, True), marks))
            if one.trailer is not None:
                parts.append(text([one.trailer.elements], marks))
        yield "".join(parts).encode(codec, "surrogateescape")


def canonical_marks(one: Interchange) -> Marks:
    """Return the default marks, with the decimal mark and the repetition of the interchange."""
    return DEFAULT._replace(decimal=one.marks.decimal,
                            repetition="*" if one.version == "4" else "")


class _Groups:
    """Which groups have been written: `open` stands open, `done` have been begun."""

    def __init__(self):
        self.open: Group | None = None
        self.done = 0

    def to(self, whole: Interchange, group: Group | None, end: bool = False) -> list[Elements]:
        """Return UNE and UNG on the way to a group, or to none, those without messages too."""
        found: list[Header | None] = [self.open.trailer] if self.open is not None else []
        until = group.number - 1 if group is not None else len(whole.groups) if end else self.done
        for empty in whole.groups[self.done:until]:
            found += [empty.header, empty.trailer]
        if group is not None:
            found.append(group.header)
        self.open, self.done = group, max(self.done, until + (group is not None))
        return [one.elements for one in found if one is not None]
