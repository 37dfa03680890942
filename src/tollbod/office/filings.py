"""One data set, filed once: the transit, the combined declaration, the prenotification, the ENS.

    made = filings.made(data, "prenotification", now)     # .message, .missing, .findings

`data` is plain: fields, groups of fields and lists of groups, as `fields.txt` in `spec/filings`
has them. Which field stands where in which message is a table there. Pure: the time comes in.
What is due of it by law is asked of the duty (`due`), and so which messages to make (`wanted`).
"""
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tollbod import spec
from tollbod.findings import Finding
from tollbod.office.compose import PHASE
from tollbod.prenotification import question
from tollbod.prenotification.duty import Duty, duty
from tollbod.rules.check import check
from tollbod.spec import prenotification_law
from tollbod.spec.tables import structure
from tollbod.wire.edifact.phase4_canonical import numbered
from tollbod.wire.message import Message, from_plain

FOLDER = Path(spec.__file__).parent / "filings"
KINDS = ("transit", "combined", "prenotification", "ens")
# What is derived, and of which field.
MADE = {"start": "departure_office", "security": "flow"}
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
SECURITY = {"ENTRY": "1", "EXIT": "2"}
MISSING = "13"
MOST, LONGEST = 999, 512        # of a list, and of a text
# What answers which notification of the duty: system and variant.
ANSWERS = {("NCTS", "pure"): ("prenotification",), ("NCTS", "combined"): ("combined",),
           ("ICS2", "ENS"): ("ens", "transit")}


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
    now = _prepared(data) or now
    known = _derived(data, now)
    content = _header(known, root, now) if profile != "ics2" else {}
    for row in rows:
        _fill(content, row, known)
    message = from_plain(profile, root, numbered(content, structure(profile, root)),
                         PHASE[profile])
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


def example(now: datetime | None = None) -> dict[str, Any]:
    """Return a data set of which every message can be made; at a time, its moments lie ahead."""
    found = json.loads((FOLDER / "example.json").read_text("utf-8"))
    return _later(found, now - datetime.fromisoformat(found["departure"])) if now else found


def _later(value: Any, much: timedelta) -> Any:
    """Return plain content with every moment later by whole days, one more than it takes."""
    if isinstance(value, dict):
        return {name: _later(one, much) for name, one in value.items()}
    if isinstance(value, list):
        return [_later(one, much) for one in value]
    if not MOMENT.match(value):
        return value
    at = datetime.fromisoformat(value) + timedelta(days=much.days + 1)
    return f"{at:%FT%T}Z"


@cache
def fields() -> dict[str, tuple[str, str]]:
    """Return each field of a data set by its name (`items[].gross`), in English and bokmål."""
    rows = (re.split(" {2,}", line) for line in _lines("fields"))
    return {name: (en, nb) for name, en, nb in rows}


def faults(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names in a data set that are no fields, or do not have their shape."""
    return tuple(dict.fromkeys(name for name, good in _places(data) if not good))


def _places(value: Any, name: str = "") -> Iterator[tuple[str, bool]]:
    """Yield every place of a data set by its name, and whether there is such a field."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _places(one, f"{name}.{key}"[-80:].lstrip("."))
    elif isinstance(value, list):
        if len(value) > MOST or "[]" in name:
            yield f"{name}[]", False
            return
        for one in value:
            yield from _places(one, f"{name}[]")
    else:
        yield name, name in fields() and isinstance(value, str | int | float) \
            and len(str(value)) <= LONGEST


def due(data: Mapping[str, Any], regime: str, now: datetime) -> Duty | None:
    """Return what must be notified of the transport by law; None where too little is known."""
    modes = prenotification_law.MODES
    asked = {"from": _of(data, "from"), "to": _of(data, "to"),
             "via": " ".join(str(one) for one in data.get("routing") or ()),
             "mode": modes.get(_of(data, "mode"), ""), "departure": _of(data, "departure"),
             "arrival": _of(data, "arrival"), "from-port": _of(data, "loading.code"),
             "to-port": _of(data, "unloading.code"), "role": _of(data, "filer.role"),
             "cargo": "container" if _of(data, "container") == "1" else "other",
             "regime": regime, "now": now.isoformat()}
    if asked["mode"] != "sea":
        del asked["from-port"], asked["to-port"]
    found = question.read({name: text for name, text in asked.items() if text})
    return duty(found) if isinstance(found, question.Question) else None


def wanted(data: Mapping[str, Any], regime: str, now: datetime) -> tuple[str, ...]:
    """Return the kinds that the law asks for, and the transit if the goods go on under it."""
    found = due(data, regime, now)
    if found is None:
        return ()
    flow = _of(data, "flow").lower()
    here = [one for one in found.notifications if one.data == "full" and one.flow in (flow, "")]
    kinds = [kind for one in here for kind in ANSWERS.get((one.system, one.variant), ())]
    return tuple(dict.fromkeys(kinds)) or ("transit",)


def _derived(data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the data with what follows from it: the offices on the way, security, the time."""
    first = {"office": data.get("office", ""), "arrival": data.get("arrival", "")}
    entry, transit = data.get("flow") != "EXIT", data.get("transit") or ()
    known = dict(data) | {
        "now": now.isoformat(), "security": SECURITY.get(data.get("flow", ""), ""),
        "border": [first, *transit] if entry else list(transit),        # PRE-COMB-03, PRE-EU-03
        "start": data.get("office" if entry else "departure_office", "")}
    for name in ("consignor", "consignee"):
        party = dict(data.get(name) or {})
        apart = f"{_of(party, 'street_name')} {_of(party, 'house')}".strip()
        known[name] = party | {"street": _of(party, "street") or apart}
    return known


def _prepared(data: Mapping[str, Any]) -> datetime | None:
    """Return when the data set says it was prepared, if it says a moment with its zone."""
    try:
        at = datetime.fromisoformat(_of(data, "prepared"))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


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
            name = MADE.get(source, source.lstrip("@Z+"))
            inside = re.search(r"\[(\w+)\]", row.path)
            yield f"{inside[1]}{name.rstrip('.')}" if name.startswith(".") and inside else name
