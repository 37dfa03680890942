"""A list of guarantees as a CSV file: read, and what is wrong with it told line by line.

The first line names the columns, those that `register` knows, in any order; the separator is what
stands between them (comma, semicolon or tab). A list within a cell has blanks or commas. Pure.
"""
import csv
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tollbod.guarantees import register
from tollbod.guarantees.register import Fault

COLUMNS = tuple(name for name in register.TOLD if name != "reference_cent")
DUE = ("grn", "type")
MOST_LINES = 1000


class Line(NamedTuple):
    """One line of the file: its number, what it tells, and what is wrong with it."""

    number: int
    told: dict[str, str]
    faults: list[Fault]


def read(text: str, on: date) -> list[Line]:
    """Return the lines of a list with their faults; a list that cannot be read has one line, 1.

    >>> read("grn;colour", date(2026, 5, 4))[0].faults[0].name
    'colour'
    """
    rows = text.lstrip("\ufeff").splitlines()
    head = rows[0] if rows else ""
    separator, reader = max(",;\t", key=head.count), None
    try:
        names = [name.strip().lower() for name in next(csv.reader([head], delimiter=separator), [])]
        wrong = list(_wrong_columns(names, len(rows)))
        if wrong:
            return [Line(1, {}, wrong)]
        reader = csv.reader(rows[1:], delimiter=separator, strict=True)
        return _lines(reader, names, on)
    except csv.Error as error:
        at = reader.line_num + 1 if reader else 1
        return [Line(at, {}, [Fault(
            "", f"no CSV: {error}; nothing was registered",
            f"ikke CSV: {error}; ingenting er registrert")])]


def _wrong_columns(names: list[str], rows: int) -> Iterator[Fault]:
    known = ", ".join(COLUMNS)
    for name in names:
        if name not in COLUMNS or names.count(name) > 1:
            yield Fault(name, f"column '{name}' is unknown or doubled; there are {known}",
                        f"kolonnen «{name}» er ukjent eller dobbel; det finnes {known}")
    for name in DUE:
        if name not in names:
            yield Fault(name, f"column '{name}' is missing", f"kolonnen «{name}» mangler")
    if rows > MOST_LINES + 1:
        yield Fault("", f"at most {MOST_LINES} guarantees at once; nothing was registered",
                    f"høyst {MOST_LINES} garantier om gangen; ingenting er registrert")


def _lines(rows: Iterator[list[str]], names: list[str], on: date) -> list[Line]:
    found: list[Line] = []
    seen: dict[str, int] = {}
    for cells in rows:
        number = rows.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        told = {name: cell.strip() for name, cell in zip(names, cells) if cell.strip()}
        wrong = register.faults(told, on)
        if len(cells) != len(names):
            wrong.append(Fault("", f"{len(cells)} cells, {len(names)} columns",
                               f"{len(cells)} celler, {len(names)} kolonner"))
        first = seen.setdefault(told.get("grn", ""), number)
        if first != number:
            wrong.append(Fault("grn", f"this GRN stands in line {first} too",
                               f"denne GRN står i linje {first} også"))
        found.append(Line(number, told, wrong))
    return found
