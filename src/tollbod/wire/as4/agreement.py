"""What both ends of ICS2's AS4 have agreed on, and the words of ebMS for what breaks it."""
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Fault(NamedTuple):
    """One code of ebMS: how grave it is, of which category, in short."""

    code: str
    severity: str
    category: str
    short: str


class Refused(Exception):
    """A message that is not taken: the code of ebMS, what is wrong, ICS2's own code if any."""

    def __init__(self, code: str, text: str, own: str = "") -> None:
        super().__init__(f"{code} {own} {text}".replace("  ", " "))
        self.fault, self.text, self.own = faults()[code], text, own


@cache
def agreed() -> dict[str, str]:
    """Return the agreement: name and value.

    >>> agreed()["service to customs"]
    'eu_ics2_t2c'
    """
    return {name: value for name, value in _rows("as4.txt")}


@cache
def faults() -> dict[str, Fault]:
    """Return the codes of ebMS that are used here.

    >>> faults()["EBMS:0006"].severity
    'warning'
    """
    return {row[0]: Fault(*row) for row in _rows("as4_errors.txt")}


def eori_of(party_id: str) -> str:
    """Return the EORI in a trader's party id, `[system@]EORI[@member state]`.

    >>> eori_of("NO310000019"), eori_of("s1@NO310000019"), eori_of("NO310000019@SE")
    ('NO310000019', 'NO310000019', 'NO310000019')
    >>> eori_of("s1@NO310000019@SE")
    'NO310000019'
    """
    match party_id.split("@"):
        case [_, eori, _]:
            return eori
        case [eori, state] if len(state) == 2:
            return eori
        case parts:
            return parts[-1]


@cache
def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    text = (files("tollbod.spec") / "ics2" / name).read_text("utf-8")
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.splitlines()
                 if line and not line.startswith("#"))
