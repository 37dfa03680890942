"""Organisation number: who a Norwegian company or public body is.

Given by the Brønnøysund Register Centre. 9 digits, the last a check digit (weights 3 2 7 6 5 4 3
2, modulo 11). Test data often uses made-up ones, so a failing check digit is odd, not wrong.

Source: Brønnøysund Register Centre; the check digit as python-stdnum's `no.orgnr` has it.

>>> check("974 761 076"), check("913144929")
([], [])
>>> check("123456789")[0].severity
'odd'
"""
import re
from datetime import date

from stdnum.no import orgnr

from tollbod.numbers.fault import Fault, odd, one_part, say, shown, wrong
from tollbod.numbers.spelling import joined

SHAPE = re.compile("[0-9]{9}")
VAT_NUMBER = re.compile("(NO)?[0-9]{9}(MVA)?")


def compact(text: str) -> str:
    """Return the number without white space."""
    return joined(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong or odd with an organisation number.

    >>> check("NO 974761076 MVA")[0].en
    'NO and MVA belong to the VAT number; the organisation number is 974761076.'
    """
    number = compact(text)
    if SHAPE.fullmatch(number):
        return [] if orgnr.is_valid(number) else [misprint(number)]
    digits = "".join(re.findall("[0-9]", number[:20]))
    if VAT_NUMBER.fullmatch(number):
        return [wrong(f"NO and MVA belong to the VAT number; the organisation number is {digits}.",
                      f"NO og MVA hører til MVA-nummeret; organisasjonsnummeret er {digits}.")]
    return [wrong(f"{shown(number)} is not 9 digits.", f"{shown(number)} er ikke 9 sifre.")]


def misprint(number: str) -> Fault:
    """Return the fault of a number whose check digit fails."""
    return odd(f"The check digit {number[-1]} does not belong to {number[:-1]}: "
               "look for a mistyped digit.",
               f"Kontrollsifferet {number[-1]} hører ikke til {number[:-1]}: "
               "se etter en skrivefeil.")


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of an organisation number and what each means.

    >>> explain("974 761 076")
    [('97476107', 'number in the register'), ('6', 'check digit, right')]
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return one_part(number, say(language, "not an organisation number",
                                    "ikke et organisasjonsnummer"))
    verdict = (say(language, "check digit, right", "kontrollsiffer, riktig")
               if orgnr.is_valid(number) else
               say(language, "check digit, wrong", "kontrollsiffer, galt"))
    return [(number[:8], say(language, "number in the register", "nummer i registeret")),
            (number[8:], verdict)]
