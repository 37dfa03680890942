"""EORI, the number of an economic operator with customs.

Given by the customs administration of the country it begins with. Country 2 letters, then 1 to 15
characters that each country chooses for itself; there is no common check digit. In Norway they are
often the organisation number.

Source: Del. Reg. (EU) 2015/2446 art. 1(18); schema pattern of NCTS phase 6.

>>> check("GB123456789000"), check("no 974761076")
([], [])
>>> check("1234")[0].en
'1234 does not begin with two letters of a country.'
"""
import re
from datetime import date

from tollbod.numbers import orgnr
from tollbod.numbers.fault import Fault, one_part, say, shown, wrong
from tollbod.numbers.spelling import joined

SHAPE = re.compile("[A-Z]{2}[!-~]{1,15}")
LONGEST = 17


def compact(text: str) -> str:
    """Return the number in capitals and without white space."""
    return joined(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong with an EORI number."""
    number = compact(text)
    if SHAPE.fullmatch(number):
        return []
    if len(number) > LONGEST:
        return [wrong(f"It has {len(number)} characters; an EORI number has at most {LONGEST}.",
                      f"Det har {len(number)} tegn; et EORI-nummer har høyst {LONGEST}.")]
    if not re.match("[A-Z]{2}", number):
        return [wrong(f"{shown(number)} does not begin with two letters of a country.",
                      f"{shown(number)} begynner ikke med to bokstaver for et land.")]
    return [wrong(f"{shown(number)} has no plain characters after the country.",
                  f"{shown(number)} har ingen vanlige tegn etter landet.")]


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of an EORI number and what each means.

    >>> explain("NO974761076")[1]
    ('974761076', 'organisation number')
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return one_part(number, say(language, "not an EORI number", "ikke et EORI-nummer"))
    own = number[2:]
    meaning = say(language, "the country's own number", "landets eget nummer")
    if number.startswith("NO") and not orgnr.check(own):
        meaning = say(language, "organisation number", "organisasjonsnummer")
    return [(number[:2], say(language, "country that gave it", "landet som tildelte det")),
            (own, meaning)]
