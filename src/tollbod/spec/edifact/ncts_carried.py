"""What of a message of today phase 4 carries: whole, shortened, otherwise, or not at all.

Worked out from the mapping and the two structures; the manual shows it, and tests hold the program
to it. Only `mapping/otherwise.txt` is told by hand: what phase 4 takes for granted.
"""
import re
from dataclasses import dataclass
from functools import cache

from tollbod.spec import tables as messages
from tollbod.spec.edifact.ncts import FOLDER, Item, Kind, items, kind
from tollbod.spec.tables import Field, Type

# The interchange and UNH say these.
ENVELOPE = {
    "messageSender": "UNB 0004", "messageRecipient": "UNB 0010",
    "preparationDateAndTime": "UNB 0017 0019", "messageIdentification": "UNB 0020, UNH 0062",
    "messageType": "UNH 0057", "correlationIdentifier": "UNH 0068"}
# Changes that lose something of every value: the time of day, seconds.
SHORTER = {"day": "the day only", "minute": "without seconds"}


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A path that phase 4 says otherwise: always `value`, follows from something, or moved."""

    messages: frozenset[str]
    path: str
    how: str
    value: str
    en: str
    nb: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a value of the canonical message: carried, shortened, otherwise or lost."""

    path: str
    fate: str
    item: str = ""                  # the item of phase 4 that has it
    limit: str = ""                 # the item's format, where it is the shorter one
    otherwise: Otherwise | None = None


@cache
def otherwise() -> tuple[Otherwise, ...]:
    """Return the table of what phase 4 says otherwise."""
    found = []
    for line in (FOLDER / "otherwise.txt").read_text("utf-8").splitlines():
        if line[0] != "#":
            roots, path, how, value, en, nb = re.split(" {2,}", line)
            found.append(Otherwise(frozenset(roots.split()), path, how,
                                   "" if value == "-" else value, en, nb))
    return tuple(found)


def implied(root: str) -> tuple[tuple[str, str], ...]:
    """Return what every message of a root says after phase 4: (path, value).

    >>> implied("CC014C")
    (('Invalidation/initiatedByCustoms', '0'),)
    """
    return tuple((one.path, one.value) for one in otherwise()
                 if one.how == "value" and root in one.messages)


@cache
def fates(name: str) -> tuple[Fate, ...]:
    """Return what becomes of every value of the canonical message of a phase 4 message."""
    one = kind(name)
    structure = messages.structure(one.profile, one.canonical)
    carried = _carried(one, structure)
    found = []
    for path, field in structure.walk():
        if not field.children and field.name not in ENVELOPE and field.name != "sequenceNumber":
            found.append(_fate(path, field, carried, one))
    return tuple(found)


def _fate(path: str, field: Field, carried: dict, one: Kind) -> Fate:
    """Return what becomes of one value."""
    if path in carried:
        row, shorter = carried[path]
        limit = SHORTER.get(row.how, "") or (shorter.format if _narrower(shorter.type, field.type)
                                             else "")
        return Fate(path, "shortened" if limit else "carried", row.path, limit)
    for other in otherwise():
        if one.canonical in other.messages and field.name not in NEVER and \
                (path == other.path or path.startswith(other.path + "/")):
            return Fate(path, "otherwise", otherwise=other)
    return Fate(path, "lost")


def _carried(one: Kind, structure: messages.Structure) -> dict[str, tuple[Item, Field]]:
    """Return the rows that carry values, by canonical path."""
    found: dict[str, tuple[Item, Field]] = {}

    def walk(rows, fields, base):
        for row, field in zip(rows, fields):
            path = resolved(base, row.canonical, structure)
            if field.children:
                walk(row.children, field.children, path if row.canonical else base)
            elif row.canonical and path and row.how not in ("none", "told"):
                found.setdefault(path, (row, field))
                for extra in ALSO.get(row.name, ()):
                    found.setdefault(f"{path}/{extra}", (row, field))
    walk(items(one.root), messages.structure("p4", one.root).children, "")
    return found


# Values of documents that phase 4 has at no level.
NEVER = ("documentLineItemNumber",)
# Items that hold more than one value of the canonical message.
ALSO = {"ComCodTarCodGDS10": ("harmonizedSystemSubHeadingCode", "combinedNomenclatureCode")}


def resolved(base: str, canonical: str, structure: messages.Structure) -> str:
    """Return the whole path of a row, empty if the message lacks it."""
    tries = [f"{base}/{canonical}" if base and canonical else base or canonical, canonical]
    while base:                     # rows that code carries name their path from some group on
        base = base.rpartition("/")[0]
        tries.append(f"{base}/{canonical}" if base else canonical)
    for path in tries:
        path = path.replace("ConsignmentItem/../", "")
        if path and structure.field(path) is not None:
            return path
    return ""


def _narrower(mine: Type | None, theirs: Type | None) -> bool:
    """Tell whether a type of phase 4 holds less than the canonical one."""
    if mine is None or theirs is None:
        return False
    if mine.total_digits and theirs.total_digits:
        return (mine.total_digits, mine.fraction_digits) < \
            (theirs.total_digits, theirs.fraction_digits)
    most, other = _size(mine), _size(theirs)
    return bool(most and other and most < other)


def _size(kind_: Type) -> int:
    """Return how long a value may be, 0 if nothing says."""
    if kind_.length or kind_.max_length:
        return kind_.length or kind_.max_length
    if kind_.max_inclusive:
        return len(str(kind_.max_inclusive))
    found = re.findall(r"\{(?:\d+,)?(\d+)\}", kind_.pattern)
    return int(found[-1]) if len(found) == 1 else 0


