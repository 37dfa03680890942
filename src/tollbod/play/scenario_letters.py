"""Messages of a scenario: made from a template with changes, and compared with what is expected.

Knows paths (`Guarantee[2]/guaranteeType`, or only their end where one place of the message ends
so), placeholders (`{MRN}`) and templates. Does not know how a message travels.
"""
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from tollbod.play.scenario_words import Change, Finding
from tollbod.spec.tables import Field, Structure
from tollbod.wire import forms, xml
from tollbod.wire.message import Message, Unreadable, from_plain

PLACE = re.compile(r"\{([^{}]+)\}")
STEP = re.compile(r"([\w@:-]+)(?:\[(\d+)\])?")


class Unfit(Exception):
    """A path, a placeholder or a template that does not fit; the text says which and why."""


def filled(text: str, known: Callable[[str], str]) -> str:
    """Return a text with each `{placeholder}` replaced by what `known` says of it."""
    return PLACE.sub(lambda match: known(match[1]), text)


def moment(name: str, now: datetime) -> str | None:
    """Return what `{now}`, `{today}` or `{today+4}` stands for; None for another placeholder.

    In EDIFACT a day is `{day+4}`, and `{prepared}` is what UNB says of date and time.

    >>> from datetime import UTC
    >>> moment("today+4", datetime(2026, 5, 4, 8, tzinfo=UTC))
    '2026-05-08'
    """
    if name == "now":
        return f"{now:%Y-%m-%dT%H:%M:%S}"
    if match := re.fullmatch(r"(today|day)(?:\+(\d+))?", name):
        day = now + timedelta(days=int(match[2] or 0))
        return f"{day:%Y-%m-%d}" if match[1] == "today" else f"{day:%Y%m%d}"
    if name == "prepared":
        return f"{now:%y%m%d:%H%M}"
    return None


def made(data: bytes, changes: Iterable[Change], known: Callable[[str], str]) -> bytes:
    """Return a template's bytes with its placeholders filled and the changes made.

    Without any change the bytes stay as they are otherwise, so a template may be as broken as it
    likes. Raises Unfit.
    """
    try:
        data = filled(data.decode(), known).encode()
    except UnicodeDecodeError:
        return data                             # another encoding: sent as it is
    changes = list(changes)
    if not changes:
        return data
    try:
        message = forms.read(data)
    except Unreadable as error:
        raise Unfit(f"the template cannot be read: {error.text}") from error
    plain = message.plain()
    for change in changes:
        value = None if change.value is None else filled(change.value, known)
        _lay(plain, message.structure, full(message.structure, change.path), value)
    return xml.write(from_plain(message.profile, message.kind, plain, message.phase))


def full(table: Structure, path: str) -> str:
    """Return the whole path for a path that may be only its end: the highest place that ends so.

    Raises Unfit when there is none, or several of them equally high.
    """
    first = STEP.match(path)
    if not first:
        raise Unfit(f"'{path}' is no path")
    if table.child(first[1]):
        return path
    bare = re.sub(r"\[\d+\]", "", path)
    places = [place for place, _ in table.walk() if place.endswith("/" + bare)]
    highest = min((place.count("/") for place in places), default=0)
    places = [place for place in places if place.count("/") == highest]
    if len(places) == 1:
        return places[0].removesuffix(bare) + path
    if places:
        raise Unfit(f"'{path}' is in {len(places)} places of {table.ie}: {', '.join(places[:4])}")
    raise Unfit(f"{table.ie} has no place '{path}'")


def _lay(plain: dict, table: Structure, path: str, value: str | None) -> None:
    """Set or remove what stands at a whole path, making groups on the way."""
    here, field = plain, table
    steps = [STEP.fullmatch(step) for step in path.split("/")]
    if None in steps:
        raise Unfit(f"'{path}' is no path")
    for match in steps[:-1]:
        field = field.child(match[1]) if field else None
        here = _group(here, field, match[1], int(match[2] or 1))
    name, index = steps[-1][1], steps[-1][2]
    field = field.child(name) if field else None
    many = here.get(name) if isinstance(here.get(name), list) else None
    if value is None:
        if many and index:
            many.pop(int(index) - 1)
        else:
            here.pop(name, None)
    else:
        here[name] = value


def _group(here: dict, field: Field | None, name: str, index: int) -> dict:
    """Return group number `index` of a name, made with its sequence number if it is new."""
    if field is None or field.high == 1:
        inner = here.setdefault(name, {})
        return inner if isinstance(inner, dict) else inner[index - 1]
    groups = here.setdefault(name, [])
    while len(groups) < index:
        numbered = field.child("sequenceNumber") is not None
        groups.append({"sequenceNumber": str(len(groups) + 1)} if numbered else {})
    return groups[index - 1]


def differences(message: Message, changes: Iterable[Change], findings: list[Finding],
                known: Callable[[str], str]) -> list[str]:
    """Return in words what a message has otherwise than expected; none: it is as expected."""
    wrong = []
    for change in changes:
        path = full(message.structure, change.path) if message.profile != "p4" else change.path
        there = _value(message, path)
        want = None if change.value is None else filled(change.value, known)
        if want is None and there is not None:
            wrong.append(f"{path} is there: {there or 'a group'}")
        elif want is not None and (there is None or want not in ("*", there)):
            wrong.append(f"{path} is {'missing' if there is None else there}, not {want}")
    return wrong + told(rejected(message), findings)


def _value(message: Message, path: str) -> str | None:
    """Return the text at a path with indexes ('' for a group), or None."""
    node = message.root
    for step in path.split("/"):
        name, index = STEP.fullmatch(step).groups()
        found = [child for child in node.children if child.name == name]
        if len(found) < int(index or 1):
            return None
        node = found[int(index or 1) - 1]
    return node.text or ""


def referral(sent: Iterable) -> str:
    """Return the reference of the last question of ICS2 (IE3Q02, IE3Q03, IEA70) among letters."""
    last = _last(sent, ("IE3Q02", "IE3Q03", "IEA70"))
    group = "ReferralRequestDetails" if last and last.ie == "IEA70" else "referralRequestDetails"
    return xml.read(last.body, None).get(f"{group}/referralRequestReference") if last else "R0"


def entry(sent: Iterable) -> str:
    """Return the MRN of the entry summary declaration that the last IE928 among letters tells."""
    last = _last(sent, ("IE928",))
    return (xml.read(last.body, None).get("EnsOperation/ENSMRN") if last else "") or "no ENS yet"


def _last(sent: Iterable, ies: tuple[str, ...]):
    found = [one for one in sent if one.ie in ies]
    return max(found, key=lambda one: one.receipt) if found else None


def rejected(message: Message) -> list[Finding]:
    """Return the findings that a rejection tells, in order: IE056, IE057, IE906, IE917, IE3N99 ...
    """
    functional = [Finding(one.get("errorCode"), one.get("errorReason").replace("N/A", ""),
                          one.get("errorPointer")) for one in message.all("FunctionalError")]
    functional += [Finding(one.get("validationCode"), "", one.get("pointer/messageElementPath"))
                   for one in message.all("error")]
    structural = [Finding(one.get("errorCode"), "", one.get("errorPointer"))
                  for one in message.all("XMLError")]
    return functional + structural


def told(have: list[Finding], want: list[Finding]) -> list[str]:
    """Return in words how findings differ from the expected ones; all must be mentioned."""
    wrong = []
    for one in have[len(want):]:
        wrong.append(f"not expected: finding {one.code} {one.rule} at {one.path}")
    for n, expected in enumerate(want):
        if n >= len(have):
            wrong.append(f"finding {expected.code} {expected.rule} did not come")
            continue
        one = have[n]
        same = (one.code == expected.code and expected.rule in ("", one.rule)
                and one.path.partition(" (")[0].endswith(expected.path))    # (segment 2 ...)
        if not same:
            wrong.append(f"finding {one.code} {one.rule} at {one.path}, not {expected.code} "
                         f"{expected.rule} at {expected.path or 'any place'}")
    return wrong
