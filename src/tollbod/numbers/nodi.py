"""NODI, the identity of a sender of electronic messages to Norwegian customs.

Given by Norstella, once for each sender. 8 characters, such as NO123456. It is not the organisation
number, and it opens every LRN of the Norwegian form.

Source: toll.no, on messages to NCTS.

>>> check("no 123456"), check("NO12345")[0].en
([], 'It has 7 characters; a NODI identity has 8.')
"""
from datetime import date

from tollbod.numbers.fault import Fault, odd, one_part, say, shown, wrong
from tollbod.numbers.reference import made_of_digits_and_capitals
from tollbod.numbers.spelling import joined

LENGTH = 8


def compact(text: str) -> str:
    """Return the identity in capitals and without white space."""
    return joined(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong or odd with a NODI identity."""
    number = compact(text)
    if len(number) != LENGTH:
        return [wrong(f"It has {len(number)} characters; a NODI identity has {LENGTH}.",
                      f"Den har {len(number)} tegn; en NODI-identitet har {LENGTH}.")]
    if not made_of_digits_and_capitals(number):
        return [odd(f"{shown(number)} holds something else than A-Z and 0-9.",
                    f"{shown(number)} har annet enn A-Z og 0-9.")]
    return []


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the identity and what it means.

    >>> explain("NO123456")
    [('NO123456', 'sender of messages, as registered with Norstella')]
    """
    number = compact(text)
    if any(fault.severity == "wrong" for fault in check(number)):
        return one_part(number, say(language, "not a NODI identity", "ikke en NODI-identitet"))
    return one_part(number, say(language, "sender of messages, as registered with Norstella",
                                "avsender av meldinger, registrert hos Norstella"))
