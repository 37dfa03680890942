"""Messages as JSON: `{"CC015C": {"@PhaseID": "NCTS6", "messageSender": "...", ...}}`.

A group is an object, a value a string (a number is taken as it is spelt), what may be repeated a
list. The order of members is of no account: the table has it. Attributes begin with @, and so do
the parts of an amount of ICS2.
"""
import json
import re
from collections.abc import Iterator
from typing import NoReturn

import msgspec

from tollbod.spec.tables import ICS2, Field, Structure, roots, structure
from tollbod.wire.message import MAX_DEPTH, Message, Node, Unreadable
from tollbod.wire.stray import Stray
from tollbod.wire.xml import MAX_BYTES, TIMES_ICS2, profile_of, unknown_kind

MAX_SIGNS = 800_000     # braces, brackets and commas, which bound the parser's memory
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(data: bytes, profile: str | None = "p6") -> Message:
    """Read a message of the profile; None takes the profile that the PhaseID names.

    UTF-8, UTF-16 or UTF-32. Unreadable says why bytes are no such message.
    """
    times = TIMES_ICS2 if profile == ICS2 or b'"IE3' in data[:200] else 1
    most = MAX_BYTES * times
    if len(data) > most or sum(data.count(sign) for sign in b"{[,") > MAX_SIGNS * times:
        raise Unreadable("39", f"The message has {len(data):,} bytes or too many parts; at most "
                         f"{most:,} bytes are read. Split it.", f"Meldingen er på {len(data)} "
                         f"byte eller har for mange deler; høyst {most} byte leses. Del den opp.")
    content = _parse(data)
    if not isinstance(content, dict) or len(content) != 1:
        raise _not_a_message("the JSON must be one object with one member, named after the message",
                             "JSON-en må være ett objekt med ett medlem, med meldingens navn")
    (kind, members), = content.items()
    if not isinstance(members, dict):
        raise _not_a_message(f"the member {kind[:40]} must be an object",
                             f"medlemmet {kind[:40]} må være et objekt")
    phase = _text(members.get("@PhaseID") or "", "@PhaseID")
    profile = profile or (ICS2 if kind in roots(ICS2) else profile_of(phase, kind))
    if kind not in roots(profile):
        raise unknown_kind(kind[:40], profile, 0)
    root, attributes = Node(kind, None, []), []
    _fill(root, members, structure(profile, kind), 1, attributes)
    strays = (Stray(node.path(), 0, name, value) for node, name, value in attributes
              if node is not root or name != "PhaseID")
    return Message(root, profile, "json", phase, stray=tuple(strays))


def write(message: Message) -> bytes:
    """Return the message as JSON in UTF-8, two blanks a level."""
    head = {"@PhaseID": message.phase} if message.phase else {}
    content = {message.kind: head | message.plain()}
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _parse(data: bytes) -> object:
    """Return the JSON with its numbers as spelt; a key that stands twice is refused."""
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable("53", "The bytes are not UTF-8; send JSON in UTF-8.",
                         "Bytene er ikke UTF-8; send JSON i UTF-8.", 1) from None
    try:
        return json.loads(text, object_pairs_hook=_members, parse_int=str, parse_float=str,
                          parse_constant=_refuse_constant)
    except json.JSONDecodeError as fault:
        raise Unreadable("52", f"This is not JSON: line {fault.lineno}, column {fault.colno}: "
                         f"{fault.msg}.", f"Dette er ikke JSON: linje {fault.lineno}, kolonne "
                         f"{fault.colno}: {fault.msg}.", fault.lineno) from None
    except RecursionError:
        raise _too_deep() from None


def _members(pairs: list[tuple[str, object]]) -> dict:
    """Return an object's members, each name once."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:40]
        raise Unreadable("35", f'The member "{twice}" stands twice in one object; put repetitions '
                         "in a list.", f"Medlemmet «{twice}» står to ganger i samme objekt; legg "
                         "gjentakelser i en liste.")
    return members


def _fill(node: Node, members: dict, row: Structure | Field | None, depth: int,
          attributes: list[tuple[Node, str, str]]) -> None:
    """Add the members to the node as children, those of the table first and in its order."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    for name in _ordered(members, row):
        value = members[name]
        if name.startswith("@") and (row is None or row.child(name) is None):
            attributes.append((node, name[1:], _text(value, name)))
            continue
        if not _NAME.fullmatch(name.removeprefix("@")):
            raise Unreadable("53", f'"{name[:40]}" cannot be the name of an element.',
                             f"«{name[:40]}» kan ikke være navnet på et element.")
        field = row.child(name) if row is not None else None
        for one in value if isinstance(value, list) else (value,):
            if one is None:
                continue
            child = Node(name, None, [], 0, node)
            node.children.append(child)
            if isinstance(one, dict):
                _fill(child, one, field, depth + 1, attributes)
                child.text = None if child.children else ""
            else:
                child.text = _text(one, name)


def _ordered(members: dict, row: Structure | Field | None) -> Iterator[str]:
    """Yield the names in the order of the table, then those it lacks."""
    if row is not None:
        yield from (field.name for field in row.children if field.name in members)
    yield from (name for name in members if row is None or row.child(name) is None)


def _text(value: object, name: str) -> str:
    """Return a string or a number as text that XML could hold too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise _not_a_message(f'"{name[:40]}" must be a string or a list of strings',
                             f"«{name[:40]}» må være en streng eller en liste av strenger")
    if (foreign := _NOT_XML.search(value)) is not None:
        sign = f"U+{ord(foreign[0]):04X}"
        raise Unreadable("53", f'"{name[:40]}" has the control character {sign}, which no message '
                         "may hold.", f"«{name[:40]}» har kontrolltegnet {sign}, som ingen melding "
                         "kan inneholde.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities."""
    raise _not_a_message(f"{name} is no JSON value", f"{name} er ingen JSON-verdi")


def _not_a_message(what: str, nb: str) -> Unreadable:
    """Say what keeps the JSON from being a message."""
    return Unreadable("52", f"This is not a message in JSON: {what}.",
                      f"Dette er ikke en melding i JSON: {nb}.")


def _too_deep() -> Unreadable:
    """Say that the objects stand too deep."""
    return Unreadable("35", f"Objects stand more than {MAX_DEPTH} deep; no message does.",
                      f"Objekter står mer enn {MAX_DEPTH} dypt; ingen melding gjør det.")
