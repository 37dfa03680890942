"""Whether a segment's elements are as the directory says: present, long enough, of known values.

Two ways that agree: a pattern made from the table, which takes what is plainly right in one
step, and a walk over the elements, which finds everything that is wrong. The pattern may refuse
what the walk takes, never the reverse.
"""
import re
from collections.abc import Callable
from typing import NamedTuple

from tollbod.spec.edifact.tables import Part, Segment, Slot
from tollbod.wire.edifact.dates import is_wrong
from tollbod.wire.edifact.marks import Marks
from tollbod.wire.edifact.tokens import Repeated, split


class Flaw(NamedTuple):
    """What is wrong with an element: a key of faults.SAYINGS, where, and words for it."""

    key: str
    element: int                # as CONTRL counts: the tag is 1
    component: int = 0
    repeat: int = 0
    id: str = ""                # C108/4440
    said: tuple = ()
    value: str = ""


NAMING = ("UNB", "UNG", "UNH", "UNT", "UNE", "UNZ")
QUALIFIERS = {"1131", "3055"}       # where they stand another list than the directory's is meant


def quick(segment: Segment, marks: Marks) -> Callable[[str], bool]:
    """Return a test that takes the text of a segment only if it is plainly right."""
    lists: list[set[str | None]] = []
    pattern = re.compile(re.escape(segment.tag) + _slots(segment.slots, marks, lists), re.S)
    fullmatch = pattern.fullmatch
    if segment.tag == "DTM":
        component = marks.component

        def moment(raw: str) -> bool:
            found, parts = fullmatch(raw), raw.split(component)
            return found is not None and found[1] in lists[0] and (
                len(parts) < 3 or found[2] in lists[1] and not is_wrong(parts[1], parts[2]))
        return moment
    if len(lists) == 1:
        only = lists[0]

        def one(raw: str) -> bool:
            found = fullmatch(raw)
            return found is not None and found[1] in only
        return one
    if len(lists) == 2:
        first, second = lists

        def two(raw: str) -> bool:
            found = fullmatch(raw)
            return found is not None and found[1] in first and found[2] in second
        return two

    def many(raw: str) -> bool:
        found = fullmatch(raw)
        if found is None:
            return False
        for value, known in zip(found.groups(), lists):
            if value not in known:
                return False
        return True
    return many


def _slots(slots: tuple[Slot, ...], marks: Marks, lists: list) -> str:
    """Return the pattern of these elements and the ones after them, each after its mark."""
    if not slots:
        return ""
    first, rest = slots[0], slots[1:]
    body = _parts(first.parts, marks, lists)
    if not first.mandatory:
        body = f"(?:{body})?"
    whole = re.escape(marks.element) + body + _slots(rest, marks, lists)
    return whole if any(slot.mandatory for slot in slots) else f"(?:{whole})?"


def _parts(parts: tuple[Part, ...], marks: Marks, lists: list, first: bool = True) -> str:
    """Return the pattern of components."""
    if not parts:
        return ""
    part = parts[0]
    if part.id in QUALIFIERS and not part.mandatory:
        value = ""              # another code list is meant: the walk looks at it
    else:
        value = _value(part, marks)
        if part.codes is not None:
            lists.append({*part.codes, None})
            value = f"({value})"
        if not part.mandatory:
            value = f"(?:{value})?"
    whole = ("" if first else re.escape(marks.component)) + value
    whole += _parts(parts[1:], marks, lists, False)
    return whole if first or any(one.mandatory for one in parts) else f"(?:{whole})?"


def _value(part: Part, marks: Marks) -> str:
    """Return the pattern of one value; of numbers only those in plain form."""
    breaks = "".join(re.escape(mark) for mark in (marks.component, marks.element, marks.release,
                                                  marks.repetition, marks.terminator) if mark)
    if part.kind == "n":
        if part.low == part.high:
            return f"[0-9]{{{part.high}}}"
        mark = re.escape(marks.decimal)
        return (f"(?:[0-9]{{1,{part.high}}}(?!{mark})|"
                f"(?=[0-9{mark}]{{3,{part.high + 1}}}(?![0-9{mark}]))[0-9]+{mark}[0-9]+)")
    some = f"[^{breaks}]" if part.kind == "an" else "[A-Za-z]"
    return f"{some}{{{part.low},{part.high}}}"


def flaws(raw: str, segment: Segment, marks: Marks, version: int = 3) -> list[Flaw]:
    """Return everything that is wrong with a segment's elements."""
    elements = split(raw, marks)
    found: list[Flaw] = []
    if segment.tag in NAMING:           # an address or reference of blanks names nobody
        elements = [one if isinstance(one, Repeated) else
                    ["" if part.isspace() else part for part in one] for one in elements]
    if len(elements[0]) > 1:
        found.append(Flaw("nesting", 1, value=raw[3:40]))
    sent = len(elements) - 1
    while sent > len(segment.slots) and not any(_occurrence(elements[sent])):
        sent -= 1
    if sent > len(segment.slots):
        found.append(Flaw("elements", 0, said=(sent, len(segment.slots), marks.element)))
    for number, slot in enumerate(segment.slots, 1):
        value = elements[number] if number < len(elements) else [""]
        times = value if isinstance(value, Repeated) else (value,)
        if len(times) > slot.times:
            found.append(Flaw("repeats", number + 1, 0, 0, slot.id,
                              (slot.id, slot.name, len(times), slot.times)))
        for repeat, parts in enumerate(times[:slot.times]):
            _element(parts, slot, number + 1, repeat, marks, version, found)
    if segment.tag in ("DTM", "UNB", "UNG"):
        _date(elements, segment, version, found)
    return found


def _occurrence(element: list) -> list[str]:
    """Return all components of an element, of all its occurrences."""
    if isinstance(element, Repeated):
        return [part for one in element for part in one]
    return element


def _element(parts: list[str], slot: Slot, number: int, repeat: int, marks: Marks, version: int,
             found: list[Flaw]) -> None:
    """Judge one occurrence of an element."""
    if not any(parts):
        if slot.mandatory:
            found.append(Flaw("element missing", number, 0, repeat, slot.id,
                              (slot.id, slot.name)))
        return
    sent = len(parts)
    while sent > len(slot.parts) and not parts[sent - 1]:
        sent -= 1
    if sent > len(slot.parts):
        found.append(Flaw("components", number, len(slot.parts) + 1 if slot.composite else 0,
                          repeat, slot.id,
                          (slot.id, slot.name, sent, len(slot.parts), marks.component)))
    elsewhere = any(value for value, part in zip(parts, slot.parts) if part.id in QUALIFIERS)
    for place, part in enumerate(slot.parts, 1):
        value = parts[place - 1] if place <= len(parts) else ""
        where = (number, place, repeat, f"{slot.id}/{part.id}") if slot.composite else \
            (number, 0, repeat, slot.id)
        if not value:
            if part.mandatory:
                found.append(Flaw("element missing", *where, (part.id, part.name)))
            continue
        flaw = _flaw(value, part, marks, version, elsewhere)
        if flaw is not None:
            found.append(Flaw(flaw[0], *where, flaw[1], value))


def _flaw(value: str, part: Part, marks: Marks, version: int, elsewhere: bool,
          ) -> tuple[str, tuple] | None:
    """Return what is wrong with one value."""
    size, named = len(value), (part.id, part.name)
    if part.kind == "n":
        mark = re.search(r"[.,]", value)
        digits = value.lstrip("-").replace(".", "").replace(",", "")
        if not (digits.isascii() and digits.isdecimal()) or value.count("-") > 1:
            return "numeric", named
        if mark and not re.fullmatch(r"-?[0-9]+[.,][0-9]+", value):
            key = "digit" if re.fullmatch(r"-?[.,][0-9]+", value) else "decimal"
            return key, (*named, marks.decimal)
        if mark and version < 4 and mark[0] != marks.decimal:
            return "decimal", (*named, marks.decimal)
        size = len(digits)
    elif part.kind == "a" and any(one.isdigit() for one in value):
        return "letters", named
    if size > part.high:
        return "long", (*named, size, part.high)
    if size < part.low:
        return "short", (*named, size, part.high)
    if part.codes is not None and value not in part.codes and \
            (part.id in QUALIFIERS or not elsewhere):
        return "code", (*named, *_near(part.codes))
    return None


def _near(codes: dict[str, str]) -> tuple[str, str]:
    """Return the values of a short list as a hint, in both languages."""
    if len(codes) > 12:
        return " Take one of the directory's.", " Bruk en av katalogens."
    known = ", ".join(codes)
    return f" Write one of {known}.", f" Skriv en av {known}."


def _date(elements: list, segment: Segment, version: int, found: list[Flaw]) -> None:
    """Judge the dates that a segment holds, if nothing else is wrong with them."""
    if found:
        return
    if segment.tag == "DTM":
        parts = elements[1] if len(elements) > 1 else []
        if len(parts) > 2 and parts[1]:
            wanted = is_wrong(parts[1], parts[2])
            if wanted:
                found.append(Flaw("value", 2, 2, 0, "C507/2380", ("2380", *wanted), parts[1]))
        return
    place = 4
    if len(elements) > place and any(elements[place]):
        parts = [*elements[place], ""]
        for component, form in ((1, "102" if version == 4 else "101"), (2, "HHMM")):
            wanted = is_wrong(parts[component - 1], form)
            if wanted:
                name = segment.slots[place - 1].parts[component - 1]
                found.append(Flaw("value", place + 1, component, 0, f"S004/{name.id}",
                                  (f"{name.id} ({name.name})", *wanted), parts[component - 1]))
