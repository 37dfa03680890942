"""The code list layer: is each coded value in its list on the day of the message?

Only lists with public values are judged. For each structure the places that carry such a list are
found once; a message is then walked only where there are any.
"""
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from functools import cache

from tollbod.findings import Finding
from tollbod.rules.structure import VALUE_KEPT, Found
from tollbod.rules.values import normalised, quoted
from tollbod.spec.codes import CodeList, codelist
from tollbod.spec.tables import Field, Structure, structure
from tollbod.wire.message import Message, Node

MESSAGE_TYPES = "CL060"
MISTAKEN = {"UK": "GB", "EL": "GR"}     # codes of countries in other uses
SHORT = 12              # lists up to this length are shown whole
NEAR = 400              # lists longer than this are searched only where the value begins alike
LONGEST = 10_000        # and lists longer than this not at all
LOOKED_AT = 20          # characters of a value that are compared with those of codes
ALIKE_ENOUGH = 0.55     # one of two letters is not: UZ is not what UK means
ALIKE = 2               # so many first characters: of an office the country
# Name of an element -> its list (or None), its row, the places below it.
Places = dict[str, tuple[CodeList | None, Field, "Places"]]
Strange = tuple[Node, CodeList, Field]


def examine(message: Message, on: date | None) -> Iterator[Found]:
    """Yield the values that their lists do not have on that day (None: on no day at all)."""
    there = places(message.profile, message.kind)
    for node, codes, field in _strange(message.root, there, on, []):
        value = normalised(field.type, node.text or "")     # no code has blanks at its ends
        if value and not codes.has(value, on):
            yield node, _finding(node, value, codes, on)
    node = message.first("messageType")
    if node is not None and (node.text or "").strip() != message.kind:
        value = (node.text or "").strip()
        yield node, Finding(
            "codes", "12", MESSAGE_TYPES, node.path(), node.line,
            f"messageType is {quoted(value)} but the message is {message.kind}. Write "
            f"{message.kind}.", f"messageType er {quoted(value, 'nb')}, men meldingen er "
            f"{message.kind}. Skriv {message.kind}.", value[:VALUE_KEPT])


@cache
def places(profile: str, root: str) -> Places:
    """Return the places of a structure where a list with public values applies."""
    return _places(structure(profile, root))


def _places(row: Field | Structure) -> Places:
    """Return the places below the row; messageType is judged by the root alone."""
    found: Places = {}
    for field in row.children:
        codes = codelist(field.codelist) if field.codelist else None
        if codes is not None and (not codes.judged or codes.code == MESSAGE_TYPES):
            codes = None
        below = _places(field)
        if codes is not None or below:
            found[field.name] = (codes, field, below)
    return found


def _strange(node: Node, here: Places, on: date | None, found: list[Strange]) -> list[Strange]:
    """Add the values below the node that their lists do not have as they stand."""
    for child in node.children:
        place = here.get(child.name)
        if place is not None:
            codes, field, below = place
            if codes is None:
                _strange(child, below, on, found)
            elif child.text and not codes.has(child.text, on):
                found.append((child, codes, field))
    return found


def _finding(node: Node, value: str, codes: CodeList, on: date | None) -> Finding:
    """Say which list lacks the value, whether it ever had it, and what may have been meant."""
    name = f"{codes.code} ({codes.name})" if codes.name else codes.code
    if codes.has(value):
        text = f"was not valid on {on}; {name} has it for other days. Use a code of that day."
        nb = f"gjaldt ikke {on}; {name} har den for andre dager. Bruk en kode som gjelder da."
    else:
        hint, tips = _hint(value, codes, on)
        text, nb = f"is not in code list {name}.{hint}", f"er ikke i kodelisten {name}.{tips}"
    return Finding("codes", "12", codes.code, node.path(), node.line,
                   f"{node.name} {quoted(value)} {text}",
                   f"{node.name} {quoted(value, 'nb')} {nb}", value[:VALUE_KEPT])


def _hint(value: str, codes: CodeList, on: date | None) -> tuple[str, str]:
    """Return all codes of a short list, or the code of a longer one that looks like the value."""
    known = [code for code in _near(codes.code, value) if codes.has(code, on)]
    if known and len(_known(codes.code)) <= SHORT:
        return f" It has {', '.join(known)}.", f" Den har {', '.join(known)}."
    meant = MISTAKEN.get(value.upper())
    close = [meant] if meant in known else get_close_matches(
        value[:LOOKED_AT].upper(), known, NEAR, ALIKE_ENOUGH)
    close.sort(key=lambda code: -_same_start(code, value.upper()))
    if not close:
        return " Use a code of the list.", " Bruk en kode fra listen."
    shown = f"{close[0]} ({codes.text(close[0])})" if codes.text(close[0]) else close[0]
    return f" Did you mean {shown}?", f" Mente du {shown}?"


def _same_start(one: str, other: str) -> int:
    """Return how many characters two codes have in common from the start."""
    return next((n for n, (a, b) in enumerate(zip(one, other)) if a != b), len(one))


def _near(code: str, value: str) -> tuple[str, ...]:
    """Return the codes of a list among which a misspelt value is looked for."""
    known = _known(code)
    if len(known) <= NEAR:
        return known
    return tuple(one for one in known if one.startswith(value[:ALIKE].upper()))


@cache
def _known(code: str) -> tuple[str, ...]:
    """Return the codes of a list that is not too long to look through."""
    known = codelist(code).codes()
    return known if len(known) <= LONGEST else ()
