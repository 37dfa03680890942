"""One data set, filed once: the transit, the combined declaration, the prenotification, the ENS.

    made = filings.made(data, "prenotification", now)     # .message, .missing, .findings

`data` is plain: fields, groups of fields and lists of groups, as `example.json` in `spec/filings`
has them. Which field stands where in which message is a table there. Pure: the time comes in.
"""
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tollbod import spec
from tollbod.findings import Finding
from tollbod.rules.check import check
from tollbod.spec.tables import structure
from tollbod.wire.edifact.phase4_canonical import numbered
from tollbod.wire.message import Message, from_plain

FOLDER = Path(spec.__file__).parent / "filings"
KINDS = ("transit", "combined", "prenotification", "ens")
PHASES = {"p5": "NCTS5.1", "p6": "NCTS6", "no1": "NO1", "ics2": ""}
SECURITY = {"ENTRY": "1", "EXIT": "2"}
MISSING = "13"


class Row(NamedTuple):
    """A place in a message and the field of the data set that stands there."""

    path: str
    source: str


@dataclass(frozen=True, slots=True)
class Made:
    """A message of the data set, the fields that it lacks, and what else is wrong with it."""

    message: Message
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]


def made(data: Mapping[str, Any], kind: str, now: datetime) -> Made:
    """Return a message of the data set, judged; KeyError for another kind than KINDS."""
    profile, root, rows = table(kind)
    known = _derived(data, now)
    content = _header(known, root, now) if profile != "ics2" else {}
    for row in rows:
        _fill(content, row, known)
    message = from_plain(profile, root, numbered(content, structure(profile, root)),
                         PHASES[profile])
    found = check(message, on=now.date())
    named = {name: None for one in found if one.code == MISSING for name in _fields(one, rows)}
    other = tuple(one for one in found if one.code != MISSING or not list(_fields(one, rows)))
    return Made(message, tuple(named), other)


@cache
def table(kind: str) -> tuple[str, str, tuple[Row, ...]]:
    """Return the edition, the message and the rows of a kind."""
    if kind not in KINDS:
        raise KeyError(kind)
    head, *lines = _lines(kind)
    profile, root, *more = head.split()
    rows = [line for name in more for line in _lines(name)] + lines
    return profile, root, tuple(Row(*re.split(" {2,}", line)) for line in rows)


def _lines(name: str) -> list[str]:
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line[0] != "#"]


def example() -> dict[str, Any]:
    """Return a data set of which every message can be made."""
    return json.loads((FOLDER / "example.json").read_text("utf-8"))


def _derived(data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the data with what follows from it: the offices on the way, security, the time."""
    first = {"office": data.get("office", ""), "arrival": data.get("arrival", "")}
    return dict(data) | {"border": [first, *data.get("transit", ())], "now": now.isoformat(),
                         "security": SECURITY.get(data.get("flow", ""), "")}


def _header(data: dict, root: str, now: datetime) -> dict[str, str]:
    """Return the header that every message of NCTS has."""
    return {"messageSender": _of(data, "filer.number"),
            "messageRecipient": f"NTA.{_of(data, 'office')[:2]}",
            "preparationDateAndTime": f"{now.astimezone(UTC):%FT%T}",
            "messageIdentification": f"{_of(data, 'reference')}-{root}"[:35], "messageType": root}


def _fill(content: dict, row: Row, data: dict) -> None:
    """Put the value of a row at its place; for a list into each of its groups."""
    found = re.fullmatch(r"(.*?)\[(\w+)\]/(.*)", row.path)
    if not found:
        _put(content, row.path, _value(row.source, data, {}, 0))
        return
    path, name, rest = found.groups()
    *way, last = path.split("/")
    for part in way:
        content = content.setdefault(part, {})
    groups = content.setdefault(last, [])
    for n, one in enumerate(data.get(name) or (), 1):
        if len(groups) < n:
            groups.append({})
        _put(groups[n - 1], rest, _value(row.source, data, one, n))


def _value(source: str, data: dict, one: Any, number: int) -> str:
    """Return what a source says: see the head of the tables."""
    if source == "#":
        return str(number)
    if source == ".":
        return str(one)
    source, _, unless = source.partition(" unless ")
    if unless and _of(data, unless):
        return ""
    match source[0]:
        case "=":
            return source[1:]
        case "+":
            return _sum(data, *source[1:].split("."))
        case "@":
            zone = source.startswith("@Z")
            return _moment(_at(source[2 if zone else 1:], data, one), zone)
    return _at(source, data, one)


def _at(source: str, data: dict, one: Any) -> str:
    return _of(one, source[1:]) if source.startswith(".") else _of(data, source)


def _of(data: Any, path: str) -> str:
    """Return a field by its path; empty if it is not there."""
    for name in path.split("."):
        data = data.get(name, "") if isinstance(data, Mapping) else ""
    return "" if isinstance(data, Mapping | list) else str(data).strip()


def _sum(data: dict, items: str, field: str) -> str:
    """Return the sum of a field; empty where one is no number."""
    try:
        return str(sum(Decimal(_of(one, field)) for one in data.get(items) or ()) or "")
    except InvalidOperation:
        return ""


def _moment(text: str, zone: bool) -> str:
    """Return a moment in UTC as the messages write it; what is none as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = at.astimezone(UTC) if at.tzinfo else at
    return f"{at:%FT%T}" + ("Z" if zone else "")


def _put(content: dict, path: str, value: str) -> None:
    *way, last = path.split("/")
    for name in way if value else ():
        content = content.setdefault(name, {})
    if value:
        content[last] = value


def _fields(one: Finding, rows: tuple[Row, ...]) -> Iterator[str]:
    """Yield the fields of the data set that fill a place, or what is in it, where it is missing."""
    place = re.sub(r"\[\d+\]", "", one.path).split("/", 2)[-1]
    for row in rows:
        path, source = re.sub(r"\[\w+\]", "", row.path), row.source.partition(" unless ")[0]
        if (path == place or path.startswith(f"{place}/")) and source[0] not in "=#":
            name = source.lstrip("@Z+")
            inside = re.search(r"\[(\w+)\]", row.path)
            yield f"{inside[1]}{name.rstrip('.')}" if name.startswith(".") and inside else name
