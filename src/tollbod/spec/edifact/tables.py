"""The EDIFACT directories: what a segment holds, what a message is made of, what codes mean.

A directory is a folder of tables beside this file; a further one is a folder more, no code. A
profile is a table of what it allows beyond the directory (`ncts.txt`); `strict` is none.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PROFILES = ("strict", "ncts")
# Elements whose values are judged by other means: what stands in UNB and UNH is known or not.
UNJUDGED = {"0001", "0002", "0051", "0052", "0054", "0065"}


class UnknownMessage(LookupError):
    """No directory here has the message."""


class Part(NamedTuple):
    """A simple element or a component: `an..35`, `n6`; `codes` is None where any value goes."""

    id: str
    name: str
    mandatory: bool
    kind: str               # a, an or n
    low: int
    high: int
    codes: dict[str, str] | None


class Slot(NamedTuple):
    """An element's place in a segment: a simple element has one part and the part's own id."""

    id: str
    name: str
    mandatory: bool
    times: int
    parts: tuple[Part, ...]

    @property
    def composite(self) -> bool:
        """Return whether the element is made of components."""
        return self.id[0] in "CSE"


class Segment(NamedTuple):
    """A segment of a directory."""

    tag: str
    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A segment (no children) or a segment group of a message, with its position in the table."""

    name: str
    position: str
    mandatory: bool
    times: int
    value: str = ""                 # the one value that the first element must have
    children: tuple["Row", ...] = ()

    @property
    def trigger(self) -> str:
        """Return the tag with which it begins."""
        return self.children[0].trigger if self.children else self.name


@dataclass(frozen=True)
class Message:
    """The table of a message, under a profile, with all segments it may hold."""

    type: str
    title: str
    directory: str
    profile: str
    source: str
    rows: tuple[Row, ...]
    segments: dict[str, Segment] = field(repr=False)

    def walk(self) -> Iterator[tuple[int, Row]]:
        """Yield every row with its depth."""
        def inner(rows, depth):
            for row in rows:
                yield depth, row
                yield from inner(row.children, depth + 1)
        yield from inner(self.rows, 0)


@cache
def identifiers() -> dict[tuple[str, str, str, str], tuple[str, str]]:
    """Return which directory has which message: (type, version, release, agency) -> its place."""
    found = {}
    for path in sorted(HERE.glob("*/*.txt")):
        if path.stem.isupper():
            words = path.read_text("utf-8").split("\n", 2)[1].partition(" |")[0].split()
            found[tuple(words)] = path.parent.name, path.stem
    return found


def message(type_: str, version: str, release: str, agency: str, profile: str = "strict",
            ) -> Message:
    """Return the table of a message as its UNH names it; UnknownMessage if none is here."""
    place = identifiers().get((type_, version, release, agency))
    if place is None:
        raise UnknownMessage(f"{type_}:{version}:{release}:{agency}")
    return _message(*place, profile)


def by_type(type_: str, profile: str = "strict") -> Message | None:
    """Return the table of the newest message of that type, for whoever asks what it is."""
    places = [place for place in identifiers().values() if place[1] == type_]
    return _message(*places[-1], profile) if places else None


@cache
def _message(directory: str, type_: str, profile: str) -> Message:
    lines = (HERE / directory / f"{type_}.txt").read_text("utf-8").splitlines()
    title = lines[1].partition(" | ")[2]
    rows = _rows([line for line in lines[2:] if line], 0)[0]
    segments = dict(service(3) if directory == "d96b" else {}) | segments_of(directory)
    for what, where, allowed in _overlay(profile, type_):
        if what == "times":
            rows = _with_times(rows, where.split("/"), int(allowed))
        else:
            tag = where.partition("/")[0]
            if tag in segments:
                segments[tag] = _with_part(segments[tag], where, what, allowed)
    return Message(type_, title, directory, profile, lines[0].lstrip("# "), rows, segments)


def _rows(lines: list[str], depth: int, at: int = 0) -> tuple[tuple[Row, ...], int]:
    """Read the rows of one depth from line `at` on, and what is deeper with them."""
    rows: list[Row] = []
    while at < len(lines):
        position, rest = lines[at][:4], lines[at][6:]
        here = (len(rest) - len(rest.lstrip())) // 2
        if here < depth:
            break
        if here > depth:
            children, at = _rows(lines, here, at)
            rows[-1] = replace(rows[-1], children=children)
            continue
        name, status, times, *value = rest.split()
        rows.append(Row(name, position, status == "M", int(times), *value))
        at += 1
    return tuple(rows), at


def _with_times(rows: tuple[Row, ...], path: list[str], times: int) -> tuple[Row, ...]:
    """Return the rows with another maximum at the path."""
    def changed(row):
        if row.name != path[0]:
            return row
        if path[1:]:
            return replace(row, children=_with_times(row.children, path[1:], times))
        return replace(row, times=times)
    return tuple(changed(row) for row in rows)


def _with_part(segment: Segment, where: str, what: str, allowed: str) -> Segment:
    """Return the segment with another length, or free codes, for one of its parts."""
    path = where.split("/")[1:]

    def part(one: Part) -> Part:
        if one.id != path[-1]:
            return one
        return one._replace(high=int(allowed)) if what == "length" else one._replace(codes=None)

    slots = tuple(slot._replace(parts=tuple(part(one) for one in slot.parts))
                  if slot.id == path[0] else slot for slot in segment.slots)
    return segment._replace(slots=slots)


@cache
def _overlay(profile: str, type_: str) -> tuple[tuple[str, str, str], ...]:
    """Return what the profile changes in a message: (what, where, allowed)."""
    if profile == "strict":
        return ()
    rows = (line.split(None, 4) for line in
            (HERE / f"{profile}.txt").read_text("utf-8").splitlines() if line[0] != "#")
    return tuple((row[0], row[2], row[3]) for row in rows if row[1] in ("*", type_))


@cache
def service(version: int) -> dict[str, Segment]:
    """Return the service segments of a syntax version; 1 and 2 share the tables of 3."""
    return segments_of("service4" if version == 4 else "service3")


@cache
def segments_of(directory: str) -> dict[str, Segment]:
    """Return the segments of a directory by their tags."""
    elements = {}
    codes = codes_of(directory)
    for line in _lines(directory, "elements.tsv"):
        name, form, said = line.split("\t")
        kind = form.rstrip("0123456789.")
        upto = form[len(kind):]
        high = int(upto.lstrip("."))
        low = 1 if upto.startswith("..") else high
        known = None if name in UNJUDGED else codes.get(name)
        elements[name] = Part(name, said, False, kind, low, high, known)
    composites = {}
    for line in _lines(directory, "composites.txt"):
        name, places, said = _columns(line)
        parts = tuple(elements[one]._replace(mandatory=status == "M")
                      for one, status, _ in map(_place, places.split()))
        composites[name] = said, parts
    found = {}
    for line in _lines(directory, "segments.txt"):
        tag, places, said = _columns(line)
        found[tag] = Segment(tag, said, tuple(
            _slot(_place(place), elements, composites) for place in places.split()))
    return found


def _slot(place: tuple[str, str, int], elements: dict, composites: dict) -> Slot:
    """Return the slot of an element or a composite."""
    name, status, times = place
    if name in composites:
        said, parts = composites[name]
    else:
        parts = (elements[name]._replace(mandatory=status == "M"),)
        said = parts[0].name
    return Slot(name, said, status == "M", times, parts)


def _place(text: str) -> tuple[str, str, int]:
    """Return id, status and times of `C506M*9`."""
    place, _, times = text.partition("*")
    return place[:-1], place[-1], int(times or 1)


def _columns(line: str) -> tuple[str, str, str]:
    """Return the columns of `C002  1001C 1131C  | name`."""
    left, _, said = line.partition("  | ")
    name, _, places = left.partition("  ")
    return name, places, said


@cache
def codes_of(directory: str) -> dict[str, dict[str, str]]:
    """Return the code lists of a directory: element -> code -> meaning."""
    found: dict[str, dict[str, str]] = {}
    for line in _lines(directory, "codes.tsv"):
        name, code, said = line.split("\t", 2)
        found.setdefault(name, {})[code] = said
    return found


def _lines(directory: str, file: str) -> list[str]:
    """Return the lines of a table below its source."""
    return (HERE / directory / file).read_text("utf-8").splitlines()[1:]
