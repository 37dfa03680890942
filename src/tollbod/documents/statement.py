"""A guarantee's statement on paper: for its holder and guarantor, so amounts stand in it.

It never goes with goods. What a line says comes in as text; access codes are not known here.
"""
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tollbod.documents.content import Known
from tollbod.documents.typeset import Sheet, drawn

FIRST_LINE_MM, LINE_MM, LINES_ON_PAGE = 60.0, 5.0, 45


class Line(NamedTuple):
    """One entry, as text."""

    when: str
    message: str
    movement: str
    amount: str
    available: str
    liable: str


def sheet(known: Known, lines: Sequence[Line], language: str, dated: datetime) -> Sheet:
    """Return the statement; `known` has grn, holder, type, state, currency and the balances."""
    pages = []
    for first in range(0, max(len(lines), 1), LINES_ON_PAGE):
        page = drawn("statement", (), known)
        for row, line in enumerate(lines[first:first + LINES_ON_PAGE]):
            page += drawn("statement_line", (), line._asdict(), FIRST_LINE_MM + row * LINE_MM)
        pages.append(tuple(page))
    title = {"en": "Statement of guarantee", "nb": "Garantioversikt"}
    return Sheet(title[language], known.get("grn", ""), language, dated, tuple(pages))
