"""The golden documents: what each shows as text, and how its first page looks, against the code.

`golden/documents/index.txt` lists them. Both are read from the PDF by another program than the one
that set it. A picture agrees if its pixels do, but for what fonts may differ by between versions.
"""
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tollbod.documents import kinds
from tollbod.wire import forms

GOLDEN = Path(__file__).parents[3] / "golden" / "documents"
DOTS_PER_INCH = 60
SQUARE, TOLERANCE = 12, 16.0    # pixels; of 255, in the mean of a square


class Case(NamedTuple):
    """One golden document: its name, kind, message (or none), language and what is known."""

    name: str
    kind: str
    message: str
    language: str
    known: dict[str, str]


class Picture(NamedTuple):
    """A page in grey: one byte a pixel, row by row."""

    width: int
    height: int
    grey: bytes


def cases(folder: Path = GOLDEN) -> list[Case]:
    """Return the golden documents, in the order of their index."""
    found = []
    for line in (folder / "index.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, kind, message, language, known = (cell.strip() for cell in line.split("|"))
            pairs = (pair.partition("=") for pair in known.split(";") if pair.strip())
            found.append(Case(name, kind, message, language,
                              {key.strip(): text.strip() for key, _, text in pairs}))
    return found


def made(case: Case, folder: Path = GOLDEN) -> bytes:
    """Return the PDF of a golden document."""
    message = forms.read((folder / case.message).read_bytes()) if case.message else None
    return kinds.pdf(case.kind, message, case.language, case.known)


def text(pdf: bytes) -> str:
    """Return the text of all pages as another program reads it, a line at a time."""
    pages = []
    for number, page in enumerate(_opened(pdf), 1):
        said = page.get_textpage().get_text_range().replace("\r\n", "\n").strip()
        pages.append(f"--- page {number}\n{said}\n")
    return "".join(pages)


def picture(pdf: bytes, page: int = 0, dots_per_inch: int = DOTS_PER_INCH) -> Picture:
    """Return a page as another program draws it."""
    drawn = _opened(pdf)[page].render(scale=dots_per_inch / 72, grayscale=True)
    rows = bytes(drawn.buffer)
    grey = b"".join(rows[n * drawn.stride:n * drawn.stride + drawn.width]
                    for n in range(drawn.height))
    return Picture(drawn.width, drawn.height, grey)


def _opened(pdf: bytes):
    import pypdfium2            # needed by the golden documents and the tests alone
    return pypdfium2.PdfDocument(pdf)


def unlike(one: Picture, other: Picture) -> str:
    """Return how two pictures differ beyond the tolerance; empty if they do not.

    Compared is the mean grey of each small square: letters may lie a little otherwise, a word may
    not be another.
    """
    if one[:2] != other[:2]:
        return f"{one.width}x{one.height} instead of {other.width}x{other.height} pixels"
    mine, its = _squares(one), _squares(other)
    apart = [place for place in mine if abs(mine[place] - its[place]) > TOLERANCE]
    return f"{len(apart)} squares of {SQUARE} pixels differ, {apart[:3]} first" if apart else ""


def _squares(shown: Picture) -> dict[tuple[int, int], float]:
    """Return the mean grey of each square, by its column and row."""
    found: dict[tuple[int, int], float] = {}
    for top in range(0, shown.height, SQUARE):
        for left in range(0, shown.width, SQUARE):
            wide = min(SQUARE, shown.width - left)
            rows = [shown.grey[row * shown.width + left:row * shown.width + left + wide]
                    for row in range(top, min(top + SQUARE, shown.height))]
            found[left // SQUARE, top // SQUARE] = sum(map(sum, rows)) / (wide * len(rows))
    return found


def png(shown: Picture) -> bytes:
    """Return a picture as PNG: grey, no row filtered."""
    rows = b"".join(b"\0" + shown.grey[n * shown.width:(n + 1) * shown.width]
                    for n in range(shown.height))
    head = struct.pack(">IIBBBBB", shown.width, shown.height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts)


def read_png(data: bytes) -> Picture:
    """Return the picture of a PNG that `png` wrote.

    >>> read_png(png(Picture(2, 1, b"az"))).grey
    b'az'
    """
    width, height = struct.unpack(">II", data[16:24])
    length = struct.unpack(">I", data[33:37])[0]
    rows = zlib.decompress(data[41:41 + length])
    grey = b"".join(rows[n * (width + 1) + 1:(n + 1) * (width + 1)] for n in range(height))
    return Picture(width, height, grey)


def faults(case: Case, folder: Path = GOLDEN, update: bool = False) -> Iterator[str]:
    """Yield how a document differs from its golden text and picture, or rewrite them."""
    pdf = made(case, folder)
    said, seen = text(pdf), picture(pdf)
    words, look = folder / f"{case.name}.txt", folder / f"{case.name}.png"
    told = words.read_text("utf-8") if words.exists() else ""
    other = f"{_source(case)}{said}" != told
    if other:
        if update:
            words.write_text(f"{_source(case)}{said}", encoding="utf-8")
        yield f"text {'rewritten' if update else 'differs'}"
    difference = unlike(seen, read_png(look.read_bytes())) if look.exists() else "no picture yet"
    if difference or other and update:
        if update:
            look.write_bytes(png(seen))
        yield f"picture {'rewritten' if update else 'differs: ' + difference}"


def _source(case: Case) -> str:
    return f"# What {case.kind} of {case.message or 'nothing'} shows ({case.language}). Own work.\n"
