"""Boxes of printed forms, from the tables in `documents`: where each is, its label, its content.

Knows nothing of messages: what stands in a box is text in a small notation, told in
`tollbod.documents.content`.
"""
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "documents"
LABEL_POINTS, VALUE_POINTS = 5.0, 6.5       # the form's own size of labels; ours of values


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a form: mm from the top left, how it looks, its two labels, its content."""

    x: float
    y: float
    w: float
    h: float
    style: frozenset[str]       # open, beside, up, bold, mark, barcode, pages, red
    label_points: float
    value_points: float
    label: str
    nb: str
    content: str

    @property
    def number(self) -> str:
        """Return what stands in brackets in the label, `13 02`, or an empty text."""
        return self.label.partition("[")[2].partition("]")[0]


NUMBERS = "security_numbers"


@cache
def boxes(form: str) -> tuple[Box, ...]:
    """Return the boxes of a form in the order of its table.

    >>> boxes("tad")[0].label
    'EUROPEAN UNION'
    """
    lines = (FOLDER / f"{form}.txt").read_text("utf-8").splitlines()
    return tuple(_box(line) for line in lines if line.strip() and not line.startswith("#"))


def forms() -> list[str]:
    """Return the names of all forms."""
    return sorted(path.stem for path in FOLDER.glob("*.txt") if path.stem != NUMBERS)


@cache
def security_numbers() -> dict[str, str]:
    """Return for the number of a TAD's box the number of the same data in a TSAD.

    >>> security_numbers()["13 12"]
    'S07'
    """
    lines = (FOLDER / f"{NUMBERS}.txt").read_text("utf-8").splitlines()[1:]
    return dict(tuple(cell.strip() for cell in line.split("|")) for line in lines)


def _box(line: str) -> Box:
    place, style, label, nb, content = (cell.strip() for cell in line.split("|"))
    x, y, w, h = (float(one) for one in place.split())
    words = style.split()
    sizes = {word[0]: float(word[1:]) for word in words if word[0] in "LV"}
    return Box(x, y, w, h, frozenset(word for word in words if word[0] not in "LV"),
               sizes.get("L", LABEL_POINTS), sizes.get("V", VALUE_POINTS), label, nb, content)
