"""A segment's text split into elements and components, and where each of them begins.

An element is the list of its components; one that repeats (version 4) is a `Repeated` list of
such lists. Everything takes the marks of the interchange.
"""
import re
from functools import cache

from tollbod.wire.edifact.marks import Marks


class Repeated(list):
    """The occurrences of an element, each a list of components."""


def split(raw: str, marks: Marks) -> list[list[str]]:
    """Return the elements of a segment, the tag first; released characters stand for themselves.

    >>> from tollbod.wire.edifact.marks import DEFAULT
    >>> split("NAD+CZ+++O?'BRIEN ?+ CO:OSLO", DEFAULT)
    [['NAD'], ['CZ'], [''], [''], ["O'BRIEN + CO", 'OSLO']]
    """
    component, element, _, release, repetition, _ = marks
    if release and release in raw or repetition and repetition in raw:
        return _split_slowly(raw, marks)
    return [one.split(component) for one in raw.split(element)]


def _split_slowly(raw: str, marks: Marks) -> list[list[str]]:
    """Split a segment that releases characters or repeats elements."""
    elements, here, times = [], [], None
    for value, mark in _pattern(marks).findall(raw):
        # A tag is not released: what becomes one only by release must not be written as one.
        here.append(unreleased(value, marks.release) if elements else value)
        if mark == marks.component and mark:
            continue
        if mark and mark == marks.repetition:
            times = Repeated() if times is None else times
            times.append(here)
        elif times is not None:
            times.append(here)
            elements.append(times)
            times = None
        else:
            elements.append(here)
        here = []
        if not mark:
            break
    if isinstance(elements[0], Repeated):       # a tag does not repeat: it is no tag at all
        elements[0] = [marks.repetition.join(":".join(one) for one in elements[0])]
    return elements


def unreleased(value: str, release: str) -> str:
    """Return the text with release characters taken away.

    >>> unreleased("50 ??, it?'s", "?")
    "50 ?, it's"
    """
    if not release or release not in value:
        return value
    return re.sub(re.escape(release) + "(.?)", r"\1", value, flags=re.S)


def begins(raw: str, marks: Marks, element: int, component: int, repeat: int = 0) -> int:
    """Return the index at which a component begins, all counted from 0 (the tag is element 0).

    What is not there begins at the end of what there is.
    """
    at, place = 0, [0, 0, 0]
    wanted = [element, repeat, component]
    for found in _pattern(marks).finditer(raw):
        if place >= wanted:
            return found.start()
        at, mark = found.end(1), found[2]
        if not mark:
            break
        if mark == marks.element:
            place = [place[0] + 1, 0, 0]
        elif mark == marks.repetition:
            place = [place[0], place[1] + 1, 0]
        else:
            place = [place[0], place[1], place[2] + 1]
        if place > wanted:
            return at
    return at


@cache
def _pattern(marks: Marks) -> re.Pattern:
    """Return a pattern for one component and the mark after it."""
    breaks = "".join(re.escape(mark) for mark in (marks.element, marks.component,
                                                  marks.repetition) if mark)
    if not marks.release:
        return re.compile(f"([^{breaks}]*)([{breaks}]|$)", re.S)
    release = re.escape(marks.release)
    return re.compile(f"((?:[^{release}{breaks}]+|{release}.?)*)([{breaks}]|\\Z)", re.S)
