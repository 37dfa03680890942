"""Build a message from one that came before it: what the new structure has room for is copied.

Knows that a name under the same path means the same thing in two messages of one edition. Does not
know which messages follow from which: the tables do.
"""
from typing import Any

from tollbod.spec.tables import Field, Structure, structure

Plain = dict[str, Any]
NOTHING = (None, "", [], {})
# What every message has of its own and never takes over from another.
HEADER = frozenset(
    "messageSender messageRecipient preparationDateAndTime messageIdentification messageType "
    "correlationIdentifier".split()
)


def carry(profile: str, root: str, source: Plain, changes: Plain | None = None) -> Plain:
    """Return the plain content of message `root`, copied from `source` as far as it has room.

    `changes` are laid over the copy, path by path (`"TransitOperation/MRN": "26NO..."`); a value of
    None takes a group or an element out. The order of the result is the table's.
    """
    target = structure(profile, root)
    content = _copy(target, source)
    for path, value in (changes or {}).items():
        _lay(content, path.split("/"), value)
    return _ordered(target, content)


def _copy(target: Structure | Field, source: Plain) -> Plain:
    content: Plain = {}
    if source.get("street") and target.name == "Address" and not target.child("street"):
        source = source | {"streetAndNumber": _line(source)}
    for name, child in target.named.items():
        value = source.get(name)
        if value in NOTHING or name in HEADER:
            continue
        if isinstance(value, str) and child.high == 1 and child.type is not None:
            content[name] = value
            continue
        fitted = _fit(child, value)
        if fitted not in ("", []):
            content[name] = fitted
    return content


def _line(address: Plain) -> str:
    """Return street and number in one line, as messages without entry data have them (an..70)."""
    number = address.get("number", "")
    return f"{address['street'][:69 - len(number)]} {number}".strip()


def _fit(child: Field, value: Any) -> Any:
    """Fit one value into a field: a list where the field repeats, groups copied in turn."""
    values = value if isinstance(value, list) else [value]
    if child.type is None:
        values = [_copy(child, v) for v in values]
    values = [v for v in values if v not in ({}, "")][: child.high]
    return values if child.high > 1 else (values[0] if values else "")


def _lay(content: Plain, path: list[str], value: Any) -> None:
    """Set or, with None, remove the value at `path`, making the groups on the way."""
    *groups, last = path
    for name in groups:
        inner = content.setdefault(name, {})
        content = inner[0] if isinstance(inner, list) else inner
    if value is None:
        content.pop(last, None)
    else:
        content[last] = value


def _ordered(target: Structure | Field, content: Plain) -> Plain:
    """Return the content in the table's order, groups that became empty left out."""
    ordered = {}
    for child in target.children:
        value = content.get(child.name)
        if child.type is None and isinstance(value, dict):
            value = _ordered(child, value)
        if value not in NOTHING:
            ordered[child.name] = value
    return ordered


def many(value: Any) -> list:
    """Return what may stand once, several times or not at all as a list.

    >>> many(None), many({"a": "1"}), many([1, 2])
    ([], [{'a': '1'}], [1, 2])
    """
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def at(content: Plain, path: str, default: str = "") -> Any:
    """Return what stands at `path` (of a repeated group: in its first instance).

    >>> at({"Guarantee": [{"guaranteeType": "1"}]}, "Guarantee/guaranteeType")
    '1'
    """
    here: Any = content
    for name in path.split("/"):
        if isinstance(here, list):
            here = here[0] if here else {}
        here = here.get(name, {}) if isinstance(here, dict) else {}
    return default if here in ({}, []) else here
