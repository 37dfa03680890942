"""Service characters (UNA) and character repertoires (UNOA to UNOY) of an interchange.

Knows which characters separate and which may stand in data; not what the data mean.
"""
import codecs
import re
from functools import cache
from typing import NamedTuple


class Marks(NamedTuple):
    """The six service characters; an empty `release` or `repetition` is not used."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = ""
    terminator: str = "'"


DEFAULT = Marks()
# Level B of versions 1 and 2 may use the information separators of ISO 646 and needs no release.
CONTROLS = Marks("\x1f", "\x1d", ".", "", "", "\x1c")


def announced(una: str, version: str) -> Marks:
    """Return the marks of a UNA (nine characters); the fifth counts only in version 4.

    >>> announced("UNA:+.? '", "3") == DEFAULT
    True
    >>> announced("UNA:+,?*~", "4").repetition
    '*'
    """
    component, element, decimal, release, repetition, terminator = una[3:9]
    return Marks(component, element, decimal, release.strip(),
                 repetition.strip() if version == "4" else "", terminator)


def unusable(una: str) -> str:
    """Return the first character of a UNA that cannot do its service, or an empty text.

    >>> unusable("UNA:+.? '"), unusable("UNA++.? '"), unusable("UNA:+.?A'")
    ('', '+', 'A')
    >>> unusable("UNA:+.? Z"), unusable("UNA:+1? '")
    ('Z', '1')
    """
    component, element, decimal, release, repetition, terminator = una[3:9]
    working = [component, element, release.strip(), terminator, repetition.strip()]
    for place, one in enumerate(working):
        if one and (one.isalnum() or one in working[:place] or one == " "):
            return one
    return decimal if decimal.isalnum() or decimal in (component, element, terminator) else ""


class Repertoire(NamedTuple):
    """A repertoire: how its bytes become text, and a search for what may not stand in it."""

    level: str
    codec: str
    strange: re.Pattern
    bytes_each: int             # 0: differs from character to character


_CONTROL = "\x00-\x1f\x7f-\x9f"
_LONE = "\ud800-\udfff"         # what could not be decoded stands as a lone surrogate
_LATIN = f"[{_CONTROL}{_LONE}]"
_LEVEL_A = "A-Z0-9 .,\\-()/='+:?!\"%&*;<>"
# Without CR and LF: between segments they are common practice; within one they are strange too.
_LEVELS = {
    "UNOA": ("latin-1", f"[^{_LEVEL_A}]"),
    "UNOB": ("latin-1", f"[^{_LEVEL_A}a-z]"),
    "UNOC": ("iso8859-1", _LATIN), "UNOD": ("iso8859-2", _LATIN), "UNOE": ("iso8859-5", _LATIN),
    "UNOF": ("iso8859-7", _LATIN), "UNOG": ("iso8859-3", _LATIN), "UNOH": ("iso8859-4", _LATIN),
    "UNOI": ("iso8859-6", _LATIN), "UNOJ": ("iso8859-8", _LATIN), "UNOK": ("iso8859-9", _LATIN),
    "UNOL": ("iso8859-15", _LATIN),
    "UNOW": ("utf-8", _LATIN), "UNOX": ("iso2022_jp_2", _LATIN), "UNOY": ("utf-8", _LATIN),
}
EARLY = {"UNOA", "UNOB", "UNOC", "UNOD", "UNOE", "UNOF"}      # the levels of versions 1 to 3


@cache
def repertoire(level: str, lenient: str = "") -> Repertoire | None:
    """Return the repertoire of a level, None if nobody knows it; `lenient` names another codec.

    A lenient reader takes the bytes in the codec named whatever was announced, and demands only
    that there be no control characters.
    """
    if lenient:
        codec, strange = codecs.lookup(lenient).name, f"[\x00-\x1f\x7f{_LONE}]"
    elif level in _LEVELS:
        codec, strange = _LEVELS[level]
    else:
        return None
    single = not codec.startswith(("utf", "iso2022"))
    return Repertoire(level, codec, re.compile(strange), int(single))


def allowed_with(known: Repertoire, marks: Marks) -> re.Pattern:
    """Return a search over whole text: strange characters, save marks and ends of lines."""
    return _allowed(known.strange.pattern, marks)


@cache
def _allowed(pattern: str, marks: Marks) -> re.Pattern:
    """Return the pattern without what is spared; written out, since it runs over every byte."""
    spared = {"\r", "\n", *(mark for mark in marks if mark)}
    if pattern.startswith("[^"):
        return re.compile(f"{pattern[:-1]}{re.escape(''.join(sorted(spared)))}]")
    controls = [chr(one) for one in (*range(32), *range(127, 160))
                if chr(one) not in spared and re.match(pattern, chr(one))]
    return re.compile(f"[{re.escape(''.join(controls))}{_LONE}]")
