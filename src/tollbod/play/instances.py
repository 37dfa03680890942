"""Made-up messages that fit their table: the least one and a full one of every kind.

They pass the schema and the code list layer, not the conditions and rules: what they say together
makes no sense. For tests, benches and the manual.
"""
from datetime import date
from functools import cache

from tollbod.rules.patterns import example
from tollbod.rules.values import fault
from tollbod.spec.codes import codelist
from tollbod.spec.tables import Field, Structure, Type, structure
from tollbod.wire.message import Message, from_plain

PREPARED = date(2026, 5, 4)     # the day of all examples
_NUMBERED = {"sequenceNumber", "goodsItemNumber", "declarationGoodsItemNumber"}


def minimal(profile: str, root: str) -> Message:
    """Return a message with what is mandatory and nothing else."""
    return _message(profile, root, full=False, copies=1)


def maximal(profile: str, root: str, copies: int = 2) -> Message:
    """Return a message with every row of the table, `copies` times where that often is allowed."""
    return _message(profile, root, full=True, copies=copies)


def value(field: Field) -> str:
    """Return a value of the field: of its code list where that is public, else of its type.

    >>> from tollbod.spec.tables import structure
    >>> value(structure("p6", "CC015C").field("TransitOperation/LRN"))
    'ABCDEFGH1'
    """
    return _coded(field.codelist, field.type)


@cache
def _coded(name: str, kind: Type) -> str:
    """Return the first code of the list that is a value of the type."""
    codes, shown = codelist(name), example(kind)
    if not codes.judged or codes.has(shown, PREPARED):
        return shown
    return next(code for code in codes.codes(PREPARED) if fault(kind, code) is None)


def _message(profile: str, root: str, full: bool, copies: int) -> Message:
    """Return the message with every value made up."""
    table = structure(profile, root)
    content = _group(table, full, copies, 1)
    content |= {"messageType": root} if table.child("messageType") else {}
    return from_plain(profile, root, content, table.phase_ids[0] if table.phase_ids else "")


def _group(row: Field | Structure, full: bool, copies: int, number: int) -> dict:
    """Return the content of a group which is the `number`th of its name."""
    content: dict = {}
    for field in row.children:
        often = max(field.low, min(field.high, copies)) if full else field.low
        if often:
            made = [_one(field, full, copies, n + 1, number) for n in range(often)]
            content[field.name] = made if field.high > 1 else made[0]
    return content


def _one(field: Field, full: bool, copies: int, own: int, of_group: int) -> dict | str:
    """Return a group or a value; numbers count the group that they stand in."""
    if field.children:
        return _group(field, full, copies, own)
    return str(of_group) if field.name in _NUMBERED else value(field)
