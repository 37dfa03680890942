"""What the MRN and the GRN share: year, country, national characters, check digit.

The check digit is that of ISO 6346: digits count as themselves, letters as 10 and up without the
multiples of 11 (A 10, B 12, K 21, L 23, U 32, V 34, Z 38), character i from the left (from 0)
weighs 2 to the i, and the sum is taken modulo 11, a remainder of 10 written 0.

Blind spots, so that nobody trusts it further than it goes: a character changed for one of equal
value modulo 11 (1, B, L and V; or A, K and U) is not seen, nor a change of the remainder from
10 to 0 or back.

Source: Reg. (EU) 2015/2447 Annex B; rule R0028. Tried on real numbers, see the modules.
"""
from datetime import date

from stdnum import iso6346

from tollbod.numbers.fault import Fault, odd, say

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CENTURY = 2000


def check_digit(text: str) -> str:
    """Return the check digit of the A-Z 0-9 characters before it.

    >>> check_digit("24GB000246J8NY33L"), check_digit("20GB0000010000GX")
    ('7', '1')

    A remainder of 10 is written 0:

    >>> check_digit("23GB000246IF9W5YJ")
    '0'
    """
    return iso6346.calc_check_digit(text)


def serial(office: str, count: int, width: int = 6) -> str:
    """Return the six characters of an office and a counter in base 36 of `width` places.

    Different offices and counters give different serials. Raises ValueError on an office that is
    not six of A-Z 0-9 or a negative counter, OverflowError when the counter no longer fits.

    >>> serial("371001", 0), serial("371001", 36**6 - 1), serial("02091D", 41, width=7)
    ('371001000000', '371001ZZZZZZ', '02091D0000015')
    """
    if len(office) != 6 or not made_of_digits_and_capitals(office):
        raise ValueError(f"an office's own part is six of A-Z and 0-9, not {office!r}")
    if count < 0:
        raise ValueError(f"a counter starts at 0, not at {count}")
    places, rest = [], count
    for _ in range(width):
        rest, place = divmod(rest, 36)
        places.append(DIGITS[place])
    if rest:
        raise OverflowError(f"counter {count} of office {office} does not fit {width} characters")
    return office + "".join(reversed(places))


def made_of_digits_and_capitals(text: str) -> bool:
    """Return whether all characters are A-Z or 0-9, and there is one at least."""
    return bool(text) and all(char in DIGITS for char in text)


def beginning(year: int, country: str, first: int) -> str:
    """Return year and country as an issued number begins; ValueError outside `first` to 2099."""
    if not first <= year < CENTURY + 100:
        raise ValueError(f"the year is {first} to {CENTURY + 99}, with all four digits, not {year}")
    if len(country) != 2 or not all(char in DIGITS[10:] for char in country):
        raise ValueError(f"a country is two capitals, not {country!r}")
    return f"{year % 100:02}{country}"


def year_of(number: str) -> int:
    """Return the year that the first two digits stand for."""
    return CENTURY + int(number[:2])


def year_ahead(number: str, on: date | None) -> list[Fault]:
    """Return a fault if the number's first two digits name a year after the day `on`."""
    year = year_of(number)
    if on is None or year <= on.year:
        return []
    return [odd(f"The year {year} has not begun.", f"Året {year} har ikke begynt.")]


def misprint(body: str, given: str) -> list[Fault]:
    """Return a fault if `given` is not the check digit of the characters before it."""
    right = check_digit(body)
    if given == right:
        return []
    return [odd(f"The check digit is {given}, but {right} belongs to the characters before it: "
                "look for a mistyped character.",
                f"Kontrollsifferet er {given}, men {right} hører til tegnene foran: "
                "se etter en skrivefeil.")]


def explain_year(number: str, language: str) -> tuple[str, str]:
    """Return the first part of an explanation: the two digits of the year."""
    year = year_of(number)
    return number[:2], say(language, f"given in {year}", f"tildelt i {year}")


def explain_country(number: str, language: str) -> tuple[str, str]:
    """Return the second part of an explanation: the country."""
    return number[2:4], say(language, "country that gave it", "landet som tildelte det")


def explain_check_digit(body: str, given: str, language: str) -> tuple[str, str]:
    """Return the check digit and whether it is the right one."""
    right = check_digit(body)
    if given == right:
        return given, say(language, "check digit, right", "kontrollsiffer, riktig")
    return given, say(language, f"check digit, should be {right}",
                      f"kontrollsiffer, skulle vært {right}")
