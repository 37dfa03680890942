"""Bytes of a file cut into segments, a chunk at a time, with the place of each.

Knows terminators, release and ends of lines; not what a segment is. Memory is bounded by the
chunk and the longest segment, whatever the file holds.
"""
import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from tollbod.wire.edifact.marks import Marks, Repertoire, allowed_with

CHUNK = 65_536
MAX_SEGMENT = 65_536            # characters; the longest of D.96B has below 1,000
SHOWN = 200                     # of a segment that is longer
FINE, STRANGE, HUGE, CUT, DANGLING = range(5)
_STARTS = re.compile(rb"UNA.{6}\s*UNB|UNB[^A-Za-z0-9\s]UN", re.S)
SEARCHED = 1_024                # bytes in which the interchange must begin

Cut = tuple[str, int, int, int]         # text, byte, line, how it is


class Scanner:
    """A file on its way through; `at` and `line` are where the bytes of `head` begin."""

    def __init__(self, source: bytes | BinaryIO):
        self.source = io.BytesIO(source) if isinstance(source, bytes) else source
        self.head, self.at, self.line = b"", 0, 1

    def look(self, size: int = SEARCHED) -> bytes:
        """Return the next bytes without taking them, blanks before them taken away."""
        while True:
            self.skip(len(self.head) - len(self.head.lstrip(b" \t\r\n\0\x1a")))
            if len(self.head) >= size:
                return self.head
            more = self.source.read(CHUNK)
            if not more:
                return self.head
            self.head += more

    def skip(self, size: int) -> bytes:
        """Take so many bytes of what was looked at."""
        taken, self.head = self.head[:size], self.head[size:]
        self.at += size
        self.line += taken.count(b"\n")
        return taken

    def before(self) -> bytes:
        """Take what stands before an interchange that begins in what can be looked at."""
        found = _STARTS.search(self.look()[:SEARCHED])
        return self.skip(found.start()) if found else b""

    def segments(self, marks: Marks, known: Repertoire) -> Iterator[Cut]:
        """Yield the segments up to UNZ or the end of the file; what comes after stays in `head`."""
        decode = codecs.getincrementaldecoder(known.codec)("surrogateescape").decode
        strange, single = allowed_with(known, marks).search, known.bytes_each
        ends, release = marks.terminator, marks.release or "\0\0"
        held = _Held(ends)
        rest, at, line, final = "", self.at, self.line, False
        while not final:
            data = self.head or self.source.read(CHUNK)
            self.head, final = b"", not data
            text = rest + decode(data, final)
            odd = strange(text) is not None or "\r" in text
            parts = text.split(ends)
            rest = parts.pop()
            for number, part in enumerate(parts):
                size = len(part) if single else len(part.encode(known.codec, "surrogateescape"))
                if part[-1:] == release and (len(part) - len(part.rstrip(release))) & 1:
                    held.add(part, size)
                    continue
                begins, how = at, FINE
                at += size + 1
                if held.size:
                    part, at, how = held.whole(part, at)
                more = 0
                if "\n" in part or "\r" in part:
                    text = part.lstrip("\r\n")
                    blank = len(part) - len(text)
                    begins, line = begins + blank, line + part.count("\n", 0, blank)
                    part, more = text, text.count("\n")
                if how == FINE and (more or odd and ("\r" in part or strange(part))):
                    how = STRANGE
                yield part, begins, line, how
                line += more
                if part[:3] == "UNZ" and part[3:4] in ("", marks.element, marks.component):
                    left = ends.join((*parts[number + 1:], rest))
                    self.head = left.encode(known.codec, "surrogateescape")
                    self.at, self.line = at, line
                    return
            if len(rest) > MAX_SEGMENT:
                rest = held.drop(rest, marks.release)
        self.at, self.line = at, line
        yield from self._last(held, rest, marks)

    def _last(self, held: "_Held", rest: str, marks: Marks) -> Iterator[Cut]:
        """Yield what no terminator ends."""
        text = held.whole(rest, 0)[0]
        left = text.lstrip("\r\n")
        begins, line = self.at + len(text) - len(left), self.line + text.count("\n")
        release = marks.release
        if release and (len(left) - len(left.rstrip(release))) & 1:
            yield left, begins, line, DANGLING
        elif left.strip(" \t\r\n\0\x1a"):
            yield left, begins, line, CUT


class _Held:
    """What came of a segment whose terminators were released, or that is too long to be kept."""

    def __init__(self, ends: str):
        self.ends, self.parts, self.size, self.kept, self.huge = ends, [], 0, 0, False

    def add(self, part: str, size: int) -> None:
        """Hold a part that a released terminator ends; only its beginning if there is too much."""
        self.size += size + 1
        if not self.huge:
            self.parts.append(part)
            self.kept += len(part) + 1
            if self.kept > MAX_SEGMENT:
                self._cut()

    def drop(self, rest: str, release: str) -> str:
        """Take the beginning of a segment that is too long; return what must still be read."""
        left = release if release and (len(rest) - len(rest.rstrip(release))) & 1 else ""
        if not self.huge:
            self.parts.append(rest)
            self._cut()
        self.size += len(rest) - len(left)
        return left

    def _cut(self) -> None:
        """Keep the beginning only."""
        self.parts, self.huge = [self.ends.join(self.parts)[:SHOWN]], True

    def whole(self, last: str, at: int) -> tuple[str, int, int]:
        """Return the whole segment, where it ends, and how it is; hold nothing any more."""
        text = self.parts[0] if self.huge else self.ends.join((*self.parts, last))
        how = HUGE if self.huge or len(text) > MAX_SEGMENT else FINE
        found = text[:SHOWN] if how == HUGE else text, at + self.size, how
        self.__init__(self.ends)
        return found
