"""Whether a text is a value of a type of the tables, and if not, what is wrong with it.

Judges exactly as libxml2 does with the schema of the same tables (a test holds that), but says in
words how to mend the value. Does not know where the value stands.
"""
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from tollbod.rules.patterns import SHOWN, expression, listed, wanted
from tollbod.spec.tables import Type

VALUE_SHOWN = 60
_BLANKS = str.maketrans("\t\n\r", "   ")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"(.{10})T(?:([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|24:00:00)")
_DECIMAL = re.compile(r"[+-]?(?=[0-9.]*[0-9])([0-9]*)(?:\.([0-9]*))?")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class Fault(NamedTuple):
    """What is wrong with a value: a code of CL030, and the second half of a sentence."""

    code: str
    text: str
    nb: str


def normalised(kind: Type, text: str) -> str:
    """Return the text with white space as the type's base has it, before any facet is judged.

    >>> normalised(Type("t", "xs:token"), " a  b "), normalised(Type("n", "xs:normalizedString"),
    ...                                                         "a  b\\n")
    ('a b', 'a  b ')
    """
    text = text.translate(_BLANKS)
    if kind.base == "xs:normalizedString":
        return text
    return " ".join(part for part in text.split(" ") if part)


def fault(kind: Type, text: str) -> Fault | None:
    """Return the first thing wrong with the text as a value of the type, or None."""
    value = normalised(kind, text)
    for test in _tests(kind):
        if (found := test(value)) is not None:
            return Fault(*found)
    return None


@cache
def _tests(kind: Type) -> tuple[Callable, ...]:
    """Return the tests of a type, the most telling one first."""
    tests = []
    if kind.enum is not None:
        tests.append(_enum(kind))
    if kind.base in _BASES:
        tests.append(_base(kind))
    tests += [_length(kind), _range(kind), _digits(kind)]
    tests += [_pattern(kind, pattern) for pattern in kind.patterns]
    return tuple(test for test in tests if test is not None)


def _enum(kind: Type) -> Callable:
    """Test that the value is listed."""
    shown, vist = listed(kind.enum)

    def test(value: str):
        if value in kind.enum:
            return None
        hint = tips = ""
        if len(kind.enum) > SHOWN and (near := get_close_matches(value[:20].upper(), kind.enum, 1)):
            hint, tips = f" Did you mean {near[0]}?", f" Mente du {near[0]}?"
        return ("12", f"{quoted(value)} is not one of {shown}.{hint}",
                f"{quoted(value, 'nb')} er ikke en av {vist}.{tips}")
    return test


def _base(kind: Type) -> Callable:
    """Test that the value is a date, a number, bytes."""
    holds = _BASES[kind.base]
    zone = next((zone for ends, zone in _ZONES.items() if kind.pattern.endswith(ends)), r"(?!)")
    english, bokmaal = wanted(kind)

    def test(value: str):
        if not value:
            return _empty(english, bokmaal) if kind.base != "xs:base64Binary" else None
        if not holds(re.sub(zone, "", value)):
            return ("50", f"{quoted(value)} is not {english}.",
                    f"{quoted(value, 'nb')} er ikke {bokmaal}.")
    return test


def _length(kind: Type) -> Callable | None:
    """Test the length, also where only the pattern says it."""
    least, most = spans(kind)
    if (least, most) == (0, None):
        return None
    english, bokmaal = wanted(kind)
    exactly = f"exactly {least}", f"nøyaktig {least}"

    def test(value: str):
        size = len(value)
        if least <= size and (most is None or size <= most):
            return None
        if not value:
            return _empty(english, bokmaal)
        if size < least:
            due, ventet = exactly if least == most else (f"at least {least}", f"minst {least}")
            sign = "character" if size == 1 else "characters"
            return ("40", f"{quoted(value)} has {size} {sign}, too few: {due}.",
                    f"{quoted(value, 'nb')} har {size} tegn, for få: {ventet}.")
        due, ventet = exactly if least == most else (f"at most {most}", f"høyst {most}")
        return ("39", f"{quoted(value)} has {size} characters, too many: {due}.",
                f"{quoted(value, 'nb')} har {size} tegn, for mange: {ventet}.")
    return test


def spans(kind: Type) -> tuple[int, int | None]:
    """Return the least and the greatest length of a value.

    >>> spans(Type("t", "xs:token", ".{1,35}", patterns=(".{1,35}",)))
    (1, 35)
    """
    least, most = kind.min_length or 0, kind.max_length
    if kind.length is not None:
        least = most = kind.length
    for pattern in kind.patterns:
        if plain := re.fullmatch(r"(?:\.|\[[^\]]+\])\{([0-9]+)(?:,([0-9]+))?\}", pattern):
            low, high = int(plain[1]), int(plain[2] or plain[1])
            least, most = max(least, low), high if most is None else min(most, high)
        elif not re.fullmatch(expression(pattern), ""):
            least = max(least, 1)
    return least, most


def _range(kind: Type) -> Callable | None:
    """Test the lowest and highest value of an integer."""
    low, high = kind.min_inclusive, kind.max_inclusive
    if low is None and high is None:
        return None

    def test(value: str):
        number = Decimal(value)             # which has no limit of digits, as int has
        if low is not None and number < low:
            return ("54", f"{quoted(value)} is too low: the lowest is {low}.",
                    f"{quoted(value, 'nb')} er for lavt: det laveste er {low}.")
        if high is not None and number > high:
            return ("55", f"{quoted(value)} is too high: the highest is {high}.",
                    f"{quoted(value, 'nb')} er for høyt: det høyeste er {high}.")
    return test


def _digits(kind: Type) -> Callable | None:
    """Test the number of digits of a decimal: outer zeros do not count."""
    total, fraction = kind.total_digits, kind.fraction_digits
    if total is None and fraction is None:
        return None

    def test(value: str):
        whole, decimals = _DECIMAL.fullmatch(value).groups()
        size, places = len(whole.lstrip("0")), len((decimals or "").rstrip("0"))
        if fraction is not None and places > fraction:
            return ("39", f"{quoted(value)} has {places} decimals: at most {fraction}.",
                    f"{quoted(value, 'nb')} har {places} desimaler: høyst {fraction}.")
        if total is not None and size + places > total:
            return ("39", f"{quoted(value)} has {size + places} digits: at most {total}.",
                    f"{quoted(value, 'nb')} har {size + places} sifre: høyst {total}.")
    return test


def _pattern(kind: Type, pattern: str) -> Callable:
    """Test one pattern; where only some characters may stand, name the one that may not."""
    fits = re.compile(expression(pattern)).fullmatch
    every = re.fullmatch(r"(\[[^\]]+\]|\\p\{\w+\})(\*|\+|\{[0-9,]+\})", pattern)
    odd = re.compile(f"(?!{expression(every[1])}).", re.DOTALL).search if every else None
    english, bokmaal = wanted(kind)

    def test(value: str):
        if fits(value):
            return None
        if odd and (foreign := odd(value)):
            sign = f'"{foreign[0]}" (U+{ord(foreign[0]):04X})'
            return ("53", f"{quoted(value)} has the character {sign}, which may not stand here. "
                    f"Wanted is {english}.", f"{quoted(value, 'nb')} har tegnet {sign}, som ikke "
                    f"kan stå her. Det skal være {bokmaal}.")
        return ("51", f"{quoted(value)} does not fit. Wanted is {english}.",
                f"{quoted(value, 'nb')} passer ikke. Det skal være {bokmaal}.")
    return test


def quoted(value: str, language: str = "en") -> str:
    """Return the value as a sentence shows it: quoted and not too long."""
    shown = value if len(value) <= VALUE_SHOWN else f"{value[:VALUE_SHOWN]}..."
    return f"«{shown}»" if language == "nb" else f'"{shown}"'


def _empty(english: str, bokmaal: str) -> tuple[str, str, str]:
    """Say that an element has no value."""
    return ("40", f"the element is empty. Leave it out, or give {english}.",
            f"elementet er tomt. Utelat det, eller gi {bokmaal}.")


def _is_date(value: str) -> bool:
    """Tell whether it is a day of the calendar, without a time zone."""
    parts = _DATE.fullmatch(value)
    if parts is None:
        return False
    try:
        date(*(int(part) for part in parts.groups()))
    except ValueError:
        return False
    return True


def _is_time(value: str) -> bool:
    """Tell whether it is a day and a time of day; 24:00:00 is one."""
    parts = _TIME.fullmatch(value)
    return parts is not None and _is_date(parts[1])


def _is_base64(value: str) -> bool:
    """Tell whether it is base64 as libxml2 reads it: foreign characters are passed over."""
    signs = [sign for sign in value if sign in _BASE64 or sign == "="]
    data = "".join(signs).rstrip("=")
    pad = len(signs) - len(data)
    if "=" in data or pad > 2:
        return False
    if not pad:
        return len(data) % 4 == 0
    left = 0x03 if pad == 1 else 0x0F       # the bits of the last sign that mean nothing
    return len(data) % 4 == 4 - pad and not _BASE64.index(data[-1]) & left


# What may follow a time, by how the pattern of its type ends: UTC, or hours and minutes from it.
_ZONES = {"Z": r"Z\Z", "Z)": r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))\Z"}
_BASES = {
    "xs:date": _is_date,
    "xs:dateTime": _is_time,
    "xs:integer": lambda value: _INTEGER.fullmatch(value) is not None,
    "xs:decimal": lambda value: _DECIMAL.fullmatch(value) is not None,
    "xs:base64Binary": _is_base64,
}
