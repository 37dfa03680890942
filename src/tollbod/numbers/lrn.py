"""LRN, the local reference number: the sender's own name for a declaration.

Given by whoever lodges the declaration, up to 22 characters of any kind, unique with that sender.
Upper and lower case are kept as sent. Norway's form fills all 22: the sender's NODI identity 8,
the day as yyyymmdd 8, a serial number 6. Other forms are just as good.

Source: schema type LRN of NCTS phases 5 and 6; toll.no on the Norwegian form.

>>> issue("NO123456", date(2026, 3, 9), 17)
'NO12345620260309000017'
>>> check("NO12345620260309000017"), check("My load 7/b")
([], [])
"""
import re
from datetime import date

from tollbod.numbers import nodi
from tollbod.numbers.fault import Fault, odd, one_part, say, shown, wrong
from tollbod.numbers.spelling import tidied

LONGEST = 22
NORWEGIAN = re.compile(r"([A-Z0-9]{8})([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{6})")
SURELY_NORWEGIAN = re.compile(r"NO[0-9]{20}")
SERIALS = 10**6         # as many a day as six digits can tell apart


def compact(text: str) -> str:
    """Return the number without the white space around it; inside, one space for each run."""
    return tidied(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong or odd with an LRN.

    >>> check("NO12345620261309000017")[0].en
    '20261309 should be a day written as yyyymmdd.'
    """
    number = compact(text)
    if not number:
        return [wrong("It is empty; an LRN has 1 to 22 characters.",
                      "Det er tomt; et LRN har 1 til 22 tegn.")]
    if len(number) > LONGEST:
        return [wrong(f"It has {len(number)} characters; an LRN has at most 22.",
                      f"Det har {len(number)} tegn; et LRN har høyst 22.")]
    day = day_of(number)
    if day is None and SURELY_NORWEGIAN.fullmatch(number):
        return [odd(f"{shown(number[8:16])} should be a day written as yyyymmdd.",
                    f"{shown(number[8:16])} skulle vært en dag skrevet som ååååmmdd.")]
    if day and on and day > on and SURELY_NORWEGIAN.fullmatch(number):
        return [odd(f"The day {day} has not come.", f"Dagen {day} har ikke kommet.")]
    return []


def day_of(number: str) -> date | None:
    """Return the day in a number of the Norwegian form; None in any other form."""
    form = NORWEGIAN.fullmatch(number)
    try:
        return form and date(int(form[2]), int(form[3]), int(form[4]))
    except ValueError:          # such a day does not exist, so it was not meant as one
        return None


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of an LRN and what each means.

    >>> for part in explain("NO12345620260309000017"): print(*part, sep="  ")
    NO123456  sender's NODI identity
    20260309  the day 2026-03-09
    000017  serial number of that day
    """
    number = compact(text)
    day = day_of(number)
    if day is None:
        return one_part(number, say(language, "the sender's own reference",
                                    "avsenders egen referanse"))
    return [(number[:8], say(language, "sender's NODI identity", "avsenders NODI-identitet")),
            (number[8:16], say(language, f"the day {day}", f"dagen {day}")),
            (number[16:], say(language, "serial number of that day", "løpenummer den dagen"))]


def issue(sender: str, on: date, serial: int) -> str:
    """Return a new LRN of the Norwegian form for the sender's NODI identity, day and serial.

    Raises ValueError on what is no NODI identity, OverflowError on a serial over six digits.
    """
    if nodi.check(sender) or sender != nodi.compact(sender):
        raise ValueError(f"a NODI identity has 8 of A-Z and 0-9, not {sender!r}")
    if serial < 0:
        raise ValueError(f"a serial starts at 0, not at {serial}")
    if serial >= SERIALS:
        raise OverflowError(f"{sender} has used up the 999999 serials of {on}")
    return f"{sender}{on.year:04}{on.month:02}{on.day:02}{serial:06}"
