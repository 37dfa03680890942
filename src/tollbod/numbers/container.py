"""Container number: the mark of a freight container.

Given by its owner under a code from the Bureau International des Containers. 11 characters: owner 3
letters, category U (container), J (detachable equipment), Z (trailer or chassis) or R, serial 6
digits, check digit. Messages have room for 17 characters and do not demand the standard, so
other marks are odd, not wrong.

Source: ISO 6346, the check digit as python-stdnum has it; schema of NCTS phase 6 for the 17.

>>> check("csqu 305438-3")
[]
>>> check("CSQU3054384")[0].severity, check("MY BOX 7")[0].severity
('odd', 'odd')
"""
import re
from datetime import date

from stdnum import iso6346

from tollbod.numbers.fault import Fault, odd, one_part, say, shown, wrong
from tollbod.numbers.reference import explain_check_digit, misprint
from tollbod.numbers.spelling import joined

SHAPE = re.compile("[A-Z]{3}[UJZR][0-9]{7}")
PLAIN = re.compile("[!-~]{1,17}")
CATEGORY = {
    "U": ("freight container",      "fraktcontainer"),
    "J": ("detachable equipment",   "avtakbart utstyr"),
    "Z": ("trailer or chassis",     "tilhenger eller chassis"),
    "R": ("refrigerated container", "kjølecontainer"),
}


def compact(text: str) -> str:
    """Return the number in capitals, without white space and hyphens."""
    return joined(text, drop="-")


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong or odd with a container number."""
    number = compact(text)
    if not PLAIN.fullmatch(number):
        return [wrong(f"{shown(number)} is not 1 to 17 plain characters.",
                      f"{shown(number)} er ikke 1 til 17 vanlige tegn.")]
    if not SHAPE.fullmatch(number):
        return [odd(f"{number} is not of the standard form: four letters, the last U, J or Z, "
                    "and seven digits.",
                    f"{number} følger ikke standarden: fire bokstaver, den siste U, J eller Z, "
                    "og sju sifre.")]
    return [] if iso6346.is_valid(number) else misprint(number[:-1], number[-1])


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of a container number and what each means.

    >>> for part in explain("CSQU3054383"): print(*part, sep="  ")
    CSQ  owner
    U  freight container
    305438  the owner's serial number
    3  check digit, right
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return one_part(number, say(language, "a mark outside the standard",
                                    "et merke utenfor standarden"))
    return [(number[:3], say(language, "owner", "eier")),
            (number[3], say(language, *CATEGORY[number[3]])),
            (number[4:10], say(language, "the owner's serial number", "eierens løpenummer")),
            explain_check_digit(number[:10], number[10], language)]
