"""Access code: the secret with which a declarant may use a guarantee.

Given by the office of guarantee with the GRN, changed by the holder (IE026). 4 of A-Z 0-9; upper
and lower case are the same code. The message itself only demands at most 4 characters, so other
ones are odd, not wrong. It is a secret: it does not belong in a log or a history.

Source: schema type AccessCode of NCTS phase 6; Serbia's specification of the guarantee system.

>>> check("ab1C"), check("AB1")[0].severity, check("AB1CD")[0].severity
([], 'odd', 'wrong')
"""
import hmac
from collections.abc import Callable
from datetime import date

from tollbod.numbers.fault import Fault, odd, one_part, say, wrong
from tollbod.numbers.reference import made_of_digits_and_capitals
from tollbod.numbers.spelling import joined

LENGTH = 4
# Without 0 O 1 I, which people mistake for one another. 32 to the 4th: a million codes.
LEGIBLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def compact(text: str) -> str:
    """Return the code in capitals and without white space."""
    return joined(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong or odd with an access code; the code itself is not repeated."""
    code = compact(text)
    if not 1 <= len(code) <= LENGTH:
        return [wrong(f"It has {len(code)} characters; an access code has 4.",
                      f"Den har {len(code)} tegn; en tilgangskode har 4.")]
    if len(code) < LENGTH or not made_of_digits_and_capitals(code):
        return [odd("An access code is 4 of A-Z and 0-9.",
                    "En tilgangskode er 4 av A-Z og 0-9.")]
    return []


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the code and what it means.

    >>> explain("ab1c")
    [('AB1C', 'secret of whoever may use the guarantee')]
    """
    code = compact(text)
    if any(fault.severity == "wrong" for fault in check(code)):
        return one_part(code, say(language, "not an access code", "ikke en tilgangskode"))
    return one_part(code, say(language, "secret of whoever may use the guarantee",
                              "hemmelighet for den som kan bruke garantien"))


def same(given: str, known: str) -> bool:
    """Return whether two codes are the same, in a time that does not tell how far they agree.

    >>> same("ab1c", "AB1C"), same("ab1d", "AB1C")
    (True, False)
    """
    return hmac.compare_digest(compact(given).encode(errors="surrogatepass"),
                               compact(known).encode(errors="surrogatepass"))


def issue(below: Callable[[int], int]) -> str:
    """Return a new access code; `below(n)` draws a number from 0 to n - 1, as `secrets.randbelow`.

    >>> issue(lambda n: n - 1)
    'ZZZZ'
    """
    return "".join(LEGIBLE[below(len(LEGIBLE))] for _ in range(LENGTH))
