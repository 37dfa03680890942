"""What can be said against a number, and how it is said in two languages.

Knows the two severities and how foreign text is quoted. Does not know any kind of number.
"""
from typing import NamedTuple

QUOTED = 40             # more than this of a foreign text is not repeated


class Fault(NamedTuple):
    """One thing to say against a number: `wrong` where a rule forbids it, else `odd`.

    A false "invalid" stops goods at a border; a missed misprint costs a question. So a failing
    check digit in a number that others gave is `odd`, even where a rule asks for a right one
    (R0028): whoever gave the number knows it. So are all habits that no rule demands.
    """

    severity: str       # wrong | odd
    en: str
    nb: str


def wrong(en: str, nb: str) -> Fault:
    """Return a fault that a rule forbids."""
    return Fault("wrong", en, nb)


def odd(en: str, nb: str) -> Fault:
    """Return a fault worth a look that no rule forbids."""
    return Fault("odd", en, nb)


def say(language: str, en: str, nb: str) -> str:
    """Return the sentence in the language asked for, English unless it is `nb`."""
    return nb if language == "nb" else en


def shown(text: str) -> str:
    """Return foreign text as it may stand in a sentence: short, and without control characters.

    >>> shown("AB\\x1b[0m"), shown("x" * 50) == "x" * 40 + "..."
    ('AB?[0m', True)
    """
    seen = "".join(char if char.isprintable() else "?" for char in text[:QUOTED])
    return seen + "..." if len(text) > QUOTED else seen


def one_part(number: str, meaning: str) -> list[tuple[str, str]]:
    """Return the explanation of a number of one part; of nothing, no parts."""
    return [(number, meaning)] if number else []
