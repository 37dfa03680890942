"""Random values: of each simple type, and of each code list where its values are public.

A value always fits its type (a test holds that); nothing here knows what a message says. Texts
are made of letters and signs that traders really use, so that escaping and alphabets are tried.
"""
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

from tollbod.numbers import grn
from tollbod.numbers.reference import check_digit
from tollbod.rules.conditions import conditions
from tollbod.rules.conditions_notation import If, Not, Put, Test
from tollbod.rules.values import fault, spans
from tollbod.spec.codes import codelist
from tollbod.spec.tables import PROFILES, Type

Make = Callable[[Random], str]
CAPITALS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
LETTERS = CAPITALS + CAPITALS.lower()
PRINTED = LETTERS + DIGITS + ".,-/()+:;&<>'\"%#@!=*?_"
WRITTEN = PRINTED + "æøåÆØÅäöüéçñłžřşğαβγΩждЯ€"
COUNTRIES = ("NO", "SE", "DK", "DE", "FR", "IT", "CH", "GB", "PL", "TR")
YEAR, MOMENT = datetime(2026, 1, 1, tzinfo=UTC), "%Y-%m-%dT%H:%M:%S"
SPOKEN = 0.25           # chance of a code that some rule or condition speaks of
# What rules speak of, besides what the conditions name: codes, and lists of codes.
NAMED = {"N830", "N355", "30600", "N714", "N952", "C521", "C524", "B1", "A5", "TIR", "T2SM"}
NAMED_LISTS = ("CL178", "CL181", "CL182", "CL234")


@cache
def maker(kind: Type, codes: str, today: date, element: str = "") -> Make:
    """Return what makes values of a type: codes of a list valid on a day where they are public.

    >>> from tollbod.spec.tables import types
    >>> maker(types("p6")["flag"], "CL027", date(2026, 5, 4))(Random(1)) in "01"
    True
    """
    allowed = codes_of(codes, kind, today) if codes else ()
    listed = codelist(codes).judged
    if not listed and kind.enum is None:        # at least those that a condition speaks of
        allowed += tuple(one for one in sorted(_compared_with(element)) if not fault(kind, one))
    if not allowed:
        return plain(kind)
    spoken = tuple(one for one in allowed if one in _spoken(element))
    if 0 < len(spoken) < len(allowed) / 2:
        return lambda rng: rng.choice(spoken if rng.random() < SPOKEN else allowed)
    other = plain(kind)
    if not listed:          # partly known: ours, and what else the type allows
        return lambda rng: rng.choice(allowed) if rng.random() < 0.7 else other(rng)
    return lambda rng: rng.choice(allowed)


@cache
def codes_of(codes: str, kind: Type, today: date) -> tuple[str, ...]:
    """Return the codes of a list that are valid on a day and fit a type."""
    return tuple(one for one in codelist(codes).codes(today) if fault(kind, one) is None)


@cache
def code_set(codes: str, today: date) -> frozenset[str]:
    """Return the codes of a list that are valid on a day."""
    return frozenset(codelist(codes).codes(today))


@cache
def plain(kind: Type) -> Make:
    """Return what makes values of a type, whatever list it has."""
    if kind.enum is not None:
        return lambda rng: rng.choice(kind.enum)
    if kind.name in _NUMBERS:
        return _NUMBERS[kind.name]
    family = kind.name.rstrip("0123456789.")
    if kind.base == "xs:integer":
        return lambda rng: _whole(rng, kind.min_inclusive, kind.max_inclusive)
    if kind.base == "xs:decimal":
        return lambda rng: _decimal(rng, kind.total_digits, kind.fraction_digits,
                                    family == "positive")
    least, most = spans(kind)
    alphabet, blanks = _ALPHABETS[family]
    return lambda rng: text(rng, max(least, 1), most or 35, alphabet, blanks)


def text(rng: Random, least: int, most: int, alphabet: str, blanks: bool) -> str:
    """Return a text of one to many signs, mostly short, sometimes as long as it may be."""
    chance = rng.random()
    reach = most if chance < 0.04 else min(most, 35) if chance < 0.2 else min(most, 10)
    length = most if chance < 0.02 else rng.randint(least, max(least, reach))
    made = "".join(rng.choices(alphabet, k=length))
    if blanks and length > 4 and chance > 0.3:
        cut = rng.randint(1, length - 2)
        made = f"{made[:cut]} {made[cut + 1:]}"
    return made


def moment(rng: Random, near: datetime, days: int, after: bool) -> datetime:
    """Return a moment up to so many days before or after another, never the same."""
    apart = timedelta(seconds=rng.randint(3600, max(days, 1) * 86_400))
    return near + apart if after else near - apart


def mrn(rng: Random, country: str, letter: str, year: int = 26) -> str:
    """Return a right MRN with that letter at place 17."""
    body = f"{year:02}{country}{''.join(rng.choices(CAPITALS + DIGITS, k=12))}{letter}"
    return body + check_digit(body)


def guarantee(rng: Random, voucher: bool) -> str:
    """Return a right GRN, of a voucher with its seven signs more."""
    serial = "".join(rng.choices(CAPITALS + DIGITS, k=12))
    more = f"{rng.choice(CAPITALS)}{rng.randint(0, 999_999):06}" if voucher else ""
    return grn.issue(rng.randint(2005, 2026), rng.choice(COUNTRIES), serial, more)


def eori(rng: Random) -> str:
    """Return a number in the form of an EORI."""
    return rng.choice(COUNTRIES) + "".join(rng.choices(DIGITS + CAPITALS, k=rng.randint(1, 15)))


def phone(rng: Random) -> str:
    """Return an international telephone number, with or without single blanks."""
    digits = "".join(rng.choices(DIGITS, k=rng.randint(7, 15)))
    return "+" + (" ".join(digits[n:n + 3] for n in range(0, len(digits), 3))
                  if rng.random() < 0.5 else digits)


def _email(rng: Random) -> str:
    name = text(rng, 1, 20, LETTERS + DIGITS + "._-", blanks=False)
    return f"{name}@{text(rng, 1, 12, LETTERS, blanks=False)}.no"


def _degrees(most: int) -> Make:
    def make(rng: Random) -> str:
        decimals = "".join(rng.choices(DIGITS, k=rng.randint(5, 7)))
        return f"{rng.choice(('', '+', '-'))}{rng.randint(0, most)}.{decimals}"
    return make


def _carnet(rng: Random) -> str:
    old = f"{rng.randint(1, 9)}{rng.randint(0, 999_999)}"
    series = rng.choice(("X" + rng.choice(CAPITALS), rng.choice(CAPITALS) + "X"))
    new = f"{series}{rng.randint(25, 99)}{rng.randint(0, 999_999):06}"
    return old if rng.random() < 0.5 else new


def _risk(rng: Random) -> str:
    return "".join(rng.choices(CAPITALS + DIGITS, k=rng.randint(1, 16))) + "E"


def _whole(rng: Random, low: int, high: int) -> str:
    chance = rng.random()
    return str(high if chance < 0.02 else low if chance < 0.1 else
               rng.randint(low, min(high, low + 20) if chance < 0.7 else high))


def _decimal(rng: Random, total: int, fraction: int, positive: bool) -> str:
    chance = rng.random()
    if not positive and chance < 0.05:
        return "0"
    if chance < 0.1:        # as large as it may be
        return "9" * (total - fraction) + "." + "9" * fraction
    if chance < 0.15:       # as small as it may be
        return "0." + "0" * (fraction - 1) + "1"
    whole = str(rng.randint(1, 10 ** rng.randint(1, 6)))
    return whole if chance < 0.5 else \
        f"{whole}.{rng.randint(1, 10 ** rng.randint(1, fraction) - 1):0{fraction}}"


# Types that are numbers of their own kind.
_NUMBERS: dict[str, Make] = {
    "eori": eori,
    "email": _email,
    "emailTrim": _email,
    "grn": lambda rng: guarantee(rng, rng.random() < 0.3),
    "mrn": lambda rng: mrn(rng, rng.choice(COUNTRIES), rng.choice("JKLM")),
    "mrnExport": lambda rng: mrn(rng, rng.choice(COUNTRIES), rng.choice("ABCDE")),
    "mrnEns": lambda rng: mrn(rng, rng.choice(COUNTRIES), "")[:15] + "CT5",
    "latitude": _degrees(89),
    "longitude": _degrees(179),
    "tirCarnet": _carnet,
    "riskResult": _risk,
    "year": lambda rng: str(rng.randint(2010, 2099)),
    "base64Binary": lambda rng: "".join(rng.choices(LETTERS, k=4 * rng.randint(1, 9))),
    "date": lambda rng: f"{YEAR + timedelta(rng.randint(0, 364)):%Y-%m-%d}",
    "dateTime": lambda rng: f"{YEAR + timedelta(seconds=rng.randint(0, 31_535_999)):{MOMENT}}",
    "office": lambda rng: rng.choice(COUNTRIES) + "".join(rng.choices(DIGITS, k=6)),
    "country": lambda rng: rng.choice(COUNTRIES),
}
# By family of types: the signs, and whether there may be blanks inside.
_ALPHABETS = {
    "text": (WRITTEN, True), "trim": (WRITTEN, True), "any": (WRITTEN, True),
    "token": (WRITTEN, True), "ascii": (PRINTED, True), "asciiTrim": (PRINTED, True),
    "letters": (CAPITALS, False), "language": (CAPITALS, False), "capital": (CAPITALS, False),
    "capitalOrDigit": (CAPITALS + DIGITS, False), "digits": (DIGITS, False),
}


@cache
def _spoken(element: str) -> frozenset[str]:
    """Return the codes of an element that some condition or rule speaks of."""
    found = {*NAMED, *_compared_with(element)}
    for name in NAMED_LISTS:
        found.update(codelist(name).codes())
    return frozenset(found)


@cache
def _compared_with(element: str) -> frozenset[str]:
    """Return the values that conditions compare an element with."""
    found: set[str] = set()
    for profile in PROFILES:
        for one in conditions(profile):
            found.update(_values(one.statements, element))
    return frozenset(found)


def _values(statements, element: str) -> set[str]:
    """Return the values that statements compare an element with."""
    found: set[str] = set()
    for one in statements:
        if isinstance(one, If):
            found |= _compared(one.cond, element)
            found |= _values(one.then + one.otherwise, element)
        elif isinstance(one, Put) and one.where is not None:
            found |= _compared(one.where, element)
    return found


def _compared(cond, element: str) -> set[str]:
    """Return the values that a condition compares an element with."""
    if isinstance(cond, Not):
        return _compared(cond.test, element)
    if isinstance(cond, Test):
        if cond.operand.path.steps[-1] != element or cond.operand.part:
            return set()
        if cond.kind == "list":
            return set(codelist(cond.values[0]).codes())
        return set(cond.values) if cond.kind in ("=", "in") else set()
    return set().union(*(_compared(one, element) for one in cond.tests))
