"""Customs office: where a movement departs, passes, leaves, arrives or is guaranteed.

Given by the country that runs it, which is not always where it stands: Norwegian and Swedish
offices on the common border serve each other. 8 characters: country 2 letters, 6 of A-Z 0-9.
Whether there is such an office is a matter for the list of offices, not for this module.

Source: schema type of customs office reference numbers, NCTS phases 5 and 6.

>>> for number in ("NO371001", "NO372001", "NO365001", "NO351001", "SE603303", "SE010333"):
...     assert check(number) == [], number
>>> check("NO37100")[0].en
'NO37100 is not an office: two letters of the country and six of A-Z and 0-9.'
"""
import re
from datetime import date

from tollbod.numbers.fault import Fault, one_part, say, shown, wrong
from tollbod.numbers.spelling import joined

SHAPE = re.compile("[A-Z]{2}[A-Z0-9]{6}")


def compact(text: str) -> str:
    """Return the number in capitals and without white space."""
    return joined(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong with an office's reference number."""
    number = compact(text)
    if SHAPE.fullmatch(number):
        return []
    return [wrong(f"{shown(number)} is not an office: two letters of the country and six of A-Z "
                  "and 0-9.",
                  f"{shown(number)} er ikke et tollsted: to bokstaver for landet og seks av A-Z "
                  "og 0-9.")]


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of an office's number and what each means.

    >>> explain("NO371001")
    [('NO', 'country that runs the office'), ('371001', 'office in that country')]
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return one_part(number, say(language, "not a customs office", "ikke et tollsted"))
    return [(number[:2], say(language, "country that runs the office",
                             "landet som driver tollstedet")),
            (number[2:], say(language, "office in that country", "tollsted i landet"))]
