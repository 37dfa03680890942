"""Code lists and customs offices: which codes there are, since when, and what they stand for.

`codes/index.txt` knows every list by name and says where its values are; a list is read when it
is first asked for. Many lists have no public values: they are named but not judged, and so are
those we only know in part. A guess never calls a code wrong.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Protocol

from tollbod.spec import tables

FOLDER = Path(__file__).parent / "codes"


# The day of the snapshot that the first days come from. They are days of its last edits (T1 "since"
# 2024-10-25), so a day before the snapshot is judged as the snapshot itself: see DIVERGENCES.md.
SNAPSHOT = "2025-02-12"
REMEMBERED = 40         # the longest text, in characters, of which it is remembered if it is a code


@dataclass(frozen=True, slots=True)
class Code:
    """A code's days of validity as ISO text, empty where no day is known, and its short text."""

    active_from: str
    active_to: str
    text: str

    def valid(self, on: date | None) -> bool:
        """Tells whether the code may be used on a day; None is any day."""
        if on is None:
            return True
        day = max(on.isoformat()[:10], SNAPSHOT)
        return self.active_from <= day and (not self.active_to or day <= self.active_to)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list. `judged` is False where we do not know enough to call a code wrong.

    `source` is line one of its file; `confidence` is `public` for a published list and otherwise
    how sure we are of ours, for the reason in `basis`. `values` says where the codes stand: own,
    `own and roots`, `as CL248`, `offices DEP` or none.
    """

    code: str
    name: str
    source: str
    judged: bool
    confidence: str = "unknown"
    basis: str = ""
    values: str = "none"

    def has(self, value: str, on: date | None = None) -> bool:
        """Tells whether a code is in the list and may be used on that day (None: any day)."""
        look = _has if len(value) <= REMEMBERED else _has.__wrapped__
        return look(self.code, value, on)

    def text(self, value: str) -> str:
        """Returns the short text of a code, empty if there is none."""
        found = _values(self.code).get(value)
        return found.text if found else ""

    def first(self, most: int) -> tuple[str, ...]:
        """Returns the first codes of the list, at most so many."""
        return tuple(value for value, _ in islice(_values(self.code).items(), most))

    def codes(self, on: date | None = None) -> tuple[str, ...]:
        """Returns all codes of the list that may be used on that day (None: any day)."""
        return tuple(value for value, code in _values(self.code).items() if code.valid(on))


@dataclass(frozen=True, slots=True)
class Office:
    """A customs office; roles as in the EU office list: DEP DES TRA TXT GUA ENQ REC AUT ..."""

    code: str
    country: str
    name: str
    city: str
    roles: frozenset[str]
    active_from: str


def codelist(code: str) -> CodeList:
    """Returns a list by its number; one that nobody knows is not judged.

    >>> codelist("CL231").has("T2F"), codelist("CL211").judged
    (True, False)
    """
    return _index().get(code) or CodeList(code, "", "", judged=False)


def codelists() -> tuple[CodeList, ...]:
    """Returns every list we know by name, in the order of their numbers."""
    return tuple(_index().values())


@cache
def codelists_used() -> tuple[str, ...]:
    """Returns the number of every list that some message of some profile uses."""
    return tuple(sorted({
        one.codelist
        for profile in tables.EVERY_PROFILE
        for root in tables.roots(profile)
        for _, one in tables.structure(profile, root).walk()
        if one.codelist}))


def office(code: str) -> Office | None:
    """Returns an office by its reference number."""
    return _offices().get(code)


@cache
def offices(country: str | None = None, role: str | None = None) -> tuple[Office, ...]:
    """Returns the offices of a country or with a role, in the order of their numbers."""
    return tuple(one for one in _offices().values()
                 if country in (None, one.country) and (role is None or role in one.roles))


class _Values(Protocol):
    """What a list's codes are kept in."""

    def get(self, value: str) -> Code | None: ...

    def items(self) -> Iterator[tuple[str, Code]]: ...


class _Large:
    """A list too long for a table of objects: its sorted lines, searched by halving."""

    def __init__(self, data: bytes):
        self.data = data[data.index(b"\n") + 1:]

    def get(self, value: str) -> Code | None:
        """Returns a code's row."""
        sought = value.encode("utf-8", "replace")
        low, high = 0, len(self.data)
        while low < high:
            start = self.data.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self.data.index(b"\n", start)
            found, *rest = self.data[start:end].split(b"\t")
            if found == sought:
                return Code(*(cell.decode() for cell in rest))
            low, high = (end + 1, high) if found < sought else (low, start)
        return None

    def items(self) -> Iterator[tuple[str, Code]]:
        """Yields every row."""
        for line in self.data.decode().splitlines():
            value, *rest = line.split("\t")
            yield value, Code(*rest)


@lru_cache(maxsize=32_768)
def _has(code: str, value: str, on: date | None) -> bool:
    found = _values(code).get(value)
    return found is not None and found.valid(on)


@cache
def _index() -> Mapping[str, CodeList]:
    found = {}
    for line in _text("index.txt").splitlines()[1:]:
        code, judged, values, confidence, name, basis = (c.strip() for c in line.split(" | "))
        found[code] = CodeList(code, name, _source(code, values), judged == "judged",
                               confidence, basis.removeprefix("-"), values)
    return found


def _source(code: str, values: str) -> str:
    """Returns line one of the file that holds a list's values."""
    kind, _, where = values.partition(" ")
    path = FOLDER / {"own": f"{code}.tsv", "as": f"{where}.tsv", "offices": "offices.tsv",
                     "none": "index.txt"}[kind]
    if not path.exists():
        with gzip.open(f"{path}.gz", "rt", encoding="utf-8") as file:
            return file.readline().strip("# \n")
    with path.open(encoding="utf-8") as file:
        return file.readline().strip("# \n")


@cache
def _values(code: str) -> _Values:
    """Returns the codes of a list, nothing for an unknown one."""
    kind, _, where = codelist(code).values.partition(" ")
    if kind == "none":
        return {}
    if kind == "as":
        return _values(where)
    if kind == "offices":
        return {one.code: Code(one.active_from, "", one.name) for one in _offices().values()
                if where == "any" or one.roles & set(where.split())}
    if (FOLDER / f"{code}.tsv.gz").exists():
        return _Large(gzip.decompress((FOLDER / f"{code}.tsv.gz").read_bytes()))
    found = {}
    for line in _text(f"{code}.tsv").splitlines()[1:]:
        value, *rest = line.split("\t")
        found[value] = Code(*rest)
    return _message_types() | found if where else found


def _message_types() -> dict[str, Code]:
    """Returns every message of our tables: CL060 lacks most of the D messages."""
    return {root: Code("", "", about.title)
            for profile in reversed(tables.PROFILES)
            for root, about in sorted(tables.messages(profile).items())}


@cache
def _offices() -> Mapping[str, Office]:
    found = {}
    for line in _text("offices.tsv").splitlines()[1:]:
        code, country, name, city, roles, active_from = line.split("\t")
        found[code] = Office(code, country, name, city, frozenset(roles.split()), active_from)
    return found


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
