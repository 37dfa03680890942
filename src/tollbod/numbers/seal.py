"""Seal: the mark on a seal that keeps a means of transport or a package shut.

Given by customs or by an authorised consignor on whatever seals they use, so any text of up to 20
characters will do and case is kept. Seals are drawn from rolls: a declaration names each, a paper
names the first and the last of a row; `consecutive` and `rows` go from the one to the other.

Source: schema type of Seal/identifier (20) and of numberOfSeals (9999), NCTS phase 6.

>>> check("NO-4711 a"), check("")[0].severity
([], 'wrong')
"""
from collections.abc import Iterable
from datetime import date

from tollbod.numbers.fault import Fault, one_part, say, wrong
from tollbod.numbers.spelling import tidied

LONGEST = 20
MOST = 9999             # seals on one transport equipment


def compact(text: str) -> str:
    """Return the mark without the white space around it; inside, one space for each run."""
    return tidied(text)


def check(text: str, on: date | None = None) -> list[Fault]:
    """Return what is wrong with a seal's mark."""
    mark = compact(text)
    if not mark:
        return [wrong("It is empty; a seal's mark has 1 to 20 characters.",
                      "Det er tomt; merket på en forsegling har 1 til 20 tegn.")]
    if len(mark) > LONGEST:
        return [wrong(f"It has {len(mark)} characters; a seal's mark has at most 20.",
                      f"Det har {len(mark)} tegn; merket på en forsegling har høyst 20.")]
    return []


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of a seal's mark: what stays the same along a roll, and what counts.

    >>> explain("NO 0042")
    [('NO ', 'roll'), ('0042', 'number on the roll')]
    """
    mark = compact(text)
    if check(mark):
        return one_part(mark, say(language, "not a seal's mark", "ikke merket på en forsegling"))
    roll, count = divided(mark)
    return [*one_part(roll, say(language, "roll", "rull")),
            *one_part(count, say(language, "number on the roll", "nummer på rullen"))]


def consecutive(first: str, last: str) -> tuple[str, ...]:
    """Return all seals of a roll from the first to the last, both included.

    Raises ValueError if the last does not follow the first on the same roll, or beyond 9999 seals.

    >>> consecutive("NO0098", "NO0101")
    ('NO0098', 'NO0099', 'NO0100', 'NO0101')
    >>> consecutive("A9", "A11")
    ('A9', 'A10', 'A11')
    """
    first, last = compact(first), compact(last)
    if check(first) or check(last):
        raise ValueError("a seal's mark has 1 to 20 characters")
    if first == last:
        return (first,)
    (roll, low), (other, high) = divided(first), divided(last)
    if roll != other or not low or not high or int(high) < int(low):
        raise ValueError(f"{last!r} does not come after {first!r} on the same roll")
    if int(high) - int(low) >= MOST:
        raise ValueError(f"more than {MOST} seals from {first!r} to {last!r}")
    seals = tuple(roll + str(at).zfill(len(low)) for at in range(int(low), int(high) + 1))
    if seals[-1] != last:
        raise ValueError(f"{last!r} is not written like {first!r}")
    return seals


def rows(seals: Iterable[str]) -> list[tuple[str, str]]:
    """Return first and last of each row of seals that follow one another, in the order given.

    >>> rows(["A09", "A10", "A11", "B1", "free"])
    [('A09', 'A11'), ('B1', 'B1'), ('free', 'free')]
    """
    found: list[tuple[str, str]] = []
    length = 0
    for mark in map(compact, seals):
        if found and length < MOST and mark == after(found[-1][1]):
            found[-1], length = (found[-1][0], mark), length + 1
        else:
            found.append((mark, mark))
            length = 1
    return found


def after(mark: str) -> str | None:
    """Return the seal that follows on the roll; None if the mark does not count or is too long."""
    roll, count = divided(mark)
    if not count or len(mark) > LONGEST:
        return None
    return roll + str(int(count) + 1).zfill(len(count))


def divided(mark: str) -> tuple[str, str]:
    """Return what comes before the digits at the end, and those digits."""
    roll = mark.rstrip("0123456789")
    return roll, mark[len(roll):]
