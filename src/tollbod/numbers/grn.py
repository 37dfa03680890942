"""GRN, the guarantee reference number: the name of a guarantee.

Given by the office of guarantee when it registers the guarantee. 17 characters: year 2, country 2,
12 of A-Z 0-9 of the country's own choice, check digit as in the MRN. A voucher (guarantee type 4)
adds a letter and six digits, 24 in all; the check digit does not cover those.

Source: schema type GRN of NCTS phase 6; rules R0318 and R0324; Serbia's specification of the
guarantee system on the check digit.

>>> for number in ("20GB0000010000GX1", "21GB0000010000HU1", "20GB0000010000H72",
...                "24GB0000010000295", "23XI0000010000655", "20XI0000010000070",
...                "05DE3300BE0001067A001017"):
...     assert check(number) == [], number
>>> check("20GB0000010000GX2")[0].severity
'odd'
>>> issue(2026, "NO", serial("365001", 7)), issue(2026, "DE", "3300BE000106", voucher="A001017")
('26NO3650010000071', '26DE3300BE0001060A001017')
"""
import re
from datetime import date

from tollbod.numbers.fault import Fault, one_part, say, shown, wrong
from tollbod.numbers.reference import (CENTURY, beginning, check_digit, explain_check_digit,
                                       explain_country, explain_year, made_of_digits_and_capitals,
                                       misprint, serial, year_ahead)
from tollbod.numbers.spelling import joined

__all__ = ["check", "compact", "explain", "issue", "serial"]

SHAPE = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{12}[0-9]([A-Z][0-9]{6})?")
VOUCHER = re.compile(r"[A-Z][0-9]{6}")
LENGTH, WITH_VOUCHER = 17, 24


def compact(text: str) -> str:
    """Return the number in capitals, without white space and hyphens."""
    return joined(text, drop="-")


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong or odd with a GRN.

    >>> check("20GB0000010000GX1A1")[0].en
    'It has 19 characters; a GRN has 17, or 24 with a voucher.'
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return misshapen(number)
    return [*misprint(number[:16], number[16]), *year_ahead(number, on)]


def misshapen(number: str) -> list[Fault]:
    """Return the first reason why this is no GRN at all."""
    if len(number) not in (LENGTH, WITH_VOUCHER):
        return [wrong(f"It has {len(number)} characters; a GRN has 17, or 24 with a voucher.",
                      f"Det har {len(number)} tegn; et GRN har 17, eller 24 med garantikupong.")]
    if not made_of_digits_and_capitals(number):
        return [wrong(f"{shown(number)} holds something else than A-Z and 0-9.",
                      f"{shown(number)} har annet enn A-Z og 0-9.")]
    if not re.match("[0-9]{2}[A-Z]{2}", number):
        return [wrong(f"It begins with {number[:4]}; a GRN begins with the year in two digits and "
                      "the country in two letters.",
                      f"Det begynner med {number[:4]}; et GRN begynner med året i to sifre og "
                      "landet i to bokstaver.")]
    if number[16] not in "0123456789":
        return [wrong(f"The 17th character is {number[16]}; it must be the check digit.",
                      f"Tegn 17 er {number[16]}; det skal være kontrollsifferet.")]
    return [wrong(f"The voucher is {number[17:]}; it must be a letter and six digits.",
                  f"Garantikupongen er {number[17:]}; den skal være en bokstav og seks sifre.")]


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of a GRN and what each means.

    >>> for part in explain("05DE3300BE0001067A001017"): print(*part, sep="  ")
    05  given in 2005
    DE  country that gave it
    3300BE000106  the country's own characters
    7  check digit, right
    A001017  voucher
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return one_part(number, say(language, "not a GRN", "ikke et GRN"))
    voucher = one_part(number[17:], say(language, "voucher", "garantikupong"))
    return [explain_year(number, language), explain_country(number, language),
            (number[4:16], say(language, "the country's own characters", "landets egne tegn")),
            explain_check_digit(number[:16], number[16], language), *voucher]


def issue(year: int, country: str, serial: str, voucher: str = "") -> str:
    """Return a new GRN of 12 characters, and for a voucher its letter and six digits.

    Raises ValueError on anything that would not make a right number.
    """
    if len(serial) != 12 or not made_of_digits_and_capitals(serial):
        raise ValueError(f"the serial is 12 of A-Z and 0-9, not {serial!r}")
    if voucher and not VOUCHER.fullmatch(voucher):
        raise ValueError(f"a voucher is a letter and six digits, not {voucher!r}")
    body = beginning(year, country, first=CENTURY) + serial
    return body + check_digit(body) + voucher
