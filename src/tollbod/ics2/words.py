"""The words of a filing: stop words that say nothing, and houses that a criterion hits.

Source of the step: ICS2 HTI process description, stop words and data quality (error code 100). The
words are ours: the Union's list is not public.
"""
import re
from collections.abc import Container, Mapping
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import Event, Facts
from tollbod.findings import Finding
from tollbod.ics2.case import HOUSE, MASTER
from tollbod.spec.ics2_law import stop_words

WORD = re.compile(r"[^\W_]+")


def empty_words(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the XPath below the root, and the text, of each element that says nothing."""
    return _look(body, "", stop_words(), [])


def _look(here: dict[str, Any], path: str, known: Mapping[str, Any],
          found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Add what says nothing below a group; only elements with stop words of their own may."""
    for name, value in here.items():
        if isinstance(value, str) and name not in known:
            continue
        group = isinstance(value, list) and len(value) > 1
        for n, one in enumerate(many(value), 1):
            place = f"{path}/{name}[{n}]" if group else f"{path}/{name}"
            if isinstance(one, dict):
                _look(one, place, known, found)
            elif says_nothing(name, one):
                found.append((place, one))
    return found


def says_nothing(element: str, text: str) -> bool:
    """Tell whether a text holds stop words of its element alone.

    >>> says_nothing("descriptionOfGoods", "PARTS"), says_nothing("descriptionOfGoods", "Brakes")
    (True, False)
    >>> says_nothing("name", "N/A"), says_nothing("name", "n.a."), says_nothing("name", "A/N")
    (True, True, False)
    """
    known = stop_words().get(element)
    return known is not None and all(_empty(one, known) for one in text.casefold().split())


def _empty(text: str, known: Container[str]) -> bool:
    """Tell whether a piece without blanks is a stop word (n/a, too), or some of them in a row."""
    found = WORD.findall(text)
    return "".join(found) in known or all(word in known for word in found)


def findings(event: Event) -> tuple[Finding, ...]:
    """Return each element that says nothing as a finding (100)."""
    return tuple(nothing_said(event.ie, path, text)
                 for path, text in event.read(empty_words))


def nothing_said(ie: str, path: str, text: str) -> Finding:
    """Return the finding that an element says nothing (100)."""
    return Finding("state", "100", "", f"/{ie}{path}", 0,
                   f"{text!r} does not say what it is: write what a stranger would recognise",
                   f"«{text}» sier ikke hva det er: skriv det en fremmed ville kjenne igjen", text)


def suspected_houses(body: dict[str, Any], facts: Facts) -> tuple[int, ...]:
    """Return the numbers (from 0) of the houses that a criterion hits by themselves.

    What hits none of them alone concerns the filing, and so all of them.
    """
    houses = many(at(body, f"{MASTER}/{HOUSE}"))
    master = body[MASTER]
    found = tuple(n for n, house in enumerate(houses)
                  if facts.assess(body | {MASTER: master | {HOUSE: [house]}}))
    return found or tuple(range(len(houses)))
