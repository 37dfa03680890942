"""The structure of every message of a profile, read from the tables in `ncts` and `ics2`.

A table is read when it is first asked for and then kept; nothing here judges a message. Rules and
code lists stand in a row by their ids only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

NAMESPACE = "http://ncts.dgtaxud.ec"
NAMESPACE_ICS2 = "urn:wco:datamodel:eu:ics2:2"
PROFILES = ("p6", "p5")         # the editions of NCTS
NATIONAL = "no1"                # pure prenotifications of one country: no published structure
ICS2 = "ics2"
PHASE_4 = "p4"                  # NCTS in EDIFACT: read and written through it, never as XML
EVERY_PROFILE = (*PROFILES, ICS2, NATIONAL)
FOLDER = Path(__file__).parent / "ncts"
_FOLDERS = {"p6": FOLDER / "p6", "p5": FOLDER / "p5", PHASE_4: FOLDER / "p4",
            ICS2: FOLDER.parent / "ics2" / "v2",
            NATIONAL: FOLDER.parent / "prenotification" / NATIONAL}
_NOTHING: Mapping[str, "Field"] = {}


class UnknownMessage(LookupError):
    """A message that the profile has no table for."""


@dataclass(frozen=True, slots=True)
class Type:
    """A simple type: what XSD 1.0 would say, a facet that is not given is None.

    `patterns` must all match. Length counts after white space is replaced (`xs:normalizedString`)
    or collapsed (all other bases).
    """

    name: str
    base: str
    pattern: str = ""
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_inclusive: int | None = None
    max_inclusive: int | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    enum: tuple[str, ...] | None = None
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a table: an element with a type, or a group with children and no type."""

    name: str
    label: str
    low: int
    high: int
    status: str
    format: str
    type: Type | None
    codelist: str
    rules: tuple[str, ...]
    children: tuple["Field", ...]
    named: Mapping[str, "Field"] = field(repr=False, compare=False)

    def child(self, name: str) -> "Field | None":
        """Returns the child of that name."""
        return self.named.get(name)

    def walk(self, path: str = "") -> Iterator[tuple[str, "Field"]]:
        """Yields every row below this one with its path, in the order of the table."""
        for one in self.children:
            place = f"{path}/{one.name}" if path else one.name
            yield place, one
            yield from one.walk(place)


@dataclass(frozen=True, slots=True)
class About:
    """What a message is, without its structure; domain is external, common or national."""

    ie: str
    root: str
    title: str
    sender: str
    receiver: str
    domain: str


@dataclass(frozen=True, slots=True)
class Structure:
    """A message: what it is, what it is made of, and which PhaseID its root may carry."""

    profile: str
    root: str
    ie: str
    title: str
    sender: str
    receiver: str
    domain: str
    source: str
    phase_ids: tuple[str, ...]
    children: tuple[Field, ...]
    named: Mapping[str, Field] = field(repr=False, compare=False)

    def child(self, name: str) -> Field | None:
        """Returns the row of that name at the top of the message."""
        return self.named.get(name)

    def field(self, path: str) -> Field | None:
        """Returns the row at a path such as `Consignment/HouseConsignment/grossMass`."""
        found = self
        for name in path.split("/"):
            found = found and found.child(name)
        return found

    def walk(self) -> Iterator[tuple[str, Field]]:
        """Yields every row with its path, in the order of the table."""
        for one in self.children:
            yield one.name, one
            yield from one.walk(one.name)


@cache
def structure(profile: str, root: str) -> Structure:
    """Returns a message's structure; raises UnknownMessage if the profile has none."""
    if root not in messages(profile):
        raise UnknownMessage(f"profile {profile} has no message {root}")
    source, _, *rows = _lines(_FOLDERS[profile] / f"{root}.txt")
    about = messages(profile)[root]
    kinds = types(profile)
    children = _fields(_Rows(rows, kinds), 0)
    return Structure(profile, root, about.ie, about.title, about.sender, about.receiver,
                     about.domain, source.removeprefix("# "), _phases(kinds), children,
                     {one.name: one for one in children})


@cache
def messages(profile: str) -> dict[str, About]:
    """Returns what each message of a profile is, by root, without reading any structure."""
    if profile not in _FOLDERS:
        raise UnknownMessage(f"there is no profile {profile}; there are {', '.join(_FOLDERS)}")
    _, *rows = _lines(_FOLDERS[profile] / "index.txt")
    found = (About(*(cell.strip() for cell in row.split(" | "))) for row in rows)
    return {about.root: about for about in found}


def roots(profile: str) -> tuple[str, ...]:
    """Returns the names of a profile's messages, in alphabetical order."""
    return tuple(messages(profile))


@cache
def root_of(profile: str, ie: str) -> str:
    """Returns the root of a message number: C before D forms, then traders' before offices'.

    >>> root_of("p6", "IE015"), root_of("p6", "IE906"), root_of("p6", "IEA15")
    ('CC015C', 'CC906C', 'CCA15D')
    """
    found = [root for root, about in messages(profile).items() if about.ie == ie]
    if not found:
        raise UnknownMessage(f"profile {profile} has no message {ie}")
    return min(found, key=lambda root: (root[-1], root))


@lru_cache(maxsize=1024)
def ie_of(root: str) -> str:
    """Returns the number of a message.

    >>> ie_of("CC015C"), ie_of("CDA93D"), ie_of("IE3F50"), ie_of("IE4S02")
    ('IE015', 'IEA93', 'IE3F50', 'IE4S02')
    """
    if re.fullmatch(r"IE[34][A-Z][0-9]{2}", root):
        return root
    if not re.fullmatch(r"C[CD][0-9A-Z][0-9]{2}[A-Z]", root):
        raise UnknownMessage(f"{root} is not the name of a message")
    return f"IE{root[2:5]}"


@cache
def types(profile: str) -> dict[str, Type]:
    """Returns the simple types of a profile by name."""
    _, *lines = _lines(_FOLDERS[profile] / "types.txt")
    joined = re.sub(r"\n +", " ", "\n".join(lines)).split("\n")
    return {one.name: one for one in map(_type, joined)}


def label_of(name: str) -> str:
    """Returns what an element is called, in words.

    >>> label_of("referenceNumberUCR"), label_of("HouseConsignment"), label_of("pOBox")
    ('Reference number UCR', 'House consignment', 'P.O. box')
    """
    return _labels().get(name) or in_words(name)


@cache
def in_words(name: str) -> str:
    """Returns a name taken apart where a capital follows a small letter."""
    words = re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]+", name)
    text = " ".join(word if word.isupper() else word.lower() for word in words)
    return text[0].upper() + text[1:]


@cache
def _labels() -> dict[str, str]:
    lines = _lines(_FOLDERS[ICS2] / "labels.txt")[1:] + _lines(FOLDER / "labels.txt")[1:]
    return dict(re.split(" {2,}", line, maxsplit=1) for line in lines)


def namespace(profile: str) -> str:
    """Returns the namespace of a profile's messages.

    >>> namespace("p5"), namespace("ics2")
    ('http://ncts.dgtaxud.ec', 'urn:wco:datamodel:eu:ics2:2')
    """
    return NAMESPACE_ICS2 if profile == ICS2 else NAMESPACE


def _phases(kinds: Mapping[str, Type]) -> tuple[str, ...]:
    """Returns what PhaseID may say; messages of ICS2 have no such attribute."""
    return kinds["PhaseID"].enum if "PhaseID" in kinds else ()


class _Rows:
    """A table's rows while they are read, the next one on top."""

    __slots__ = ("rows", "types")

    def __init__(self, lines: list[str], kinds: Mapping[str, Type]):
        self.rows = [((len(line) - len(line.lstrip())) // 2, line.split()) for line in lines]
        self.rows.reverse()
        self.types = kinds


def _fields(rows: _Rows, level: int) -> tuple[Field, ...]:
    """Reads the rows of one level and everything below them."""
    found = []
    while rows.rows and rows.rows[-1][0] == level:
        _, (name, occurs, status, format_, kind, codelist, *rules) = rows.rows.pop()
        low, _, high = occurs.partition("..")
        children = _fields(rows, level + 1)
        found.append(Field(
            name, label_of(name), int(low), int(high), status,
            "" if format_ == "-" else format_,
            None if kind == "-" else rows.types[kind],
            "" if codelist == "-" else codelist,
            tuple(rules), children,
            {one.name: one for one in children} if children else _NOTHING))
    return tuple(found)


def _type(line: str) -> Type:
    """Reads a line of `types.txt`."""
    name, base, length, value, digits, tail = line.split(None, 5)
    least, ranged, most = length.strip("-").partition("..")
    low, _, high = value.strip("-").partition("..")
    total, _, fraction = digits.strip("-").partition(",")
    listed = tail.startswith("one of: ")
    pattern = "" if listed or tail == "-" else tail
    return Type(
        name, f"xs:{base}", pattern,
        length=None if ranged else _number(least),
        min_length=_number(least) if ranged else None,
        max_length=_number(most),
        min_inclusive=_number(low), max_inclusive=_number(high),
        total_digits=_number(total), fraction_digits=_number(fraction),
        enum=tuple(tail.split()[2:]) if listed else None,
        patterns=tuple(pattern.split(" && ")) if pattern else ())


def _number(text: str) -> int | None:
    return int(text) if text else None


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
