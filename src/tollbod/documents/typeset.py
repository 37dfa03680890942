"""Sheets of boxes to PDF/A: the only file that knows Typst.

A sheet is data; the template in `templates/sheet.typ` draws it. Fonts come along, so the same sheet
is the same on every machine; nothing is fetched. What does not fit in its box, also in small type,
is cut there and printed in full on a continuation sheet at the end.
"""
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from tollbod.documents import barcode
from tollbod.documents.content import Known, shown, value
from tollbod.spec.boxes import Box, boxes
from tollbod.wire.message import Node

FOLDER = Path(__file__).parent
STANDARD = "a-2u"                                   # archival, and its text can be read out
LANGUAGES = ("en", "nb")
MM = 72 / 25.4                                      # points a millimetre
SLACK = 1.03                                        # what two letters may stand apart, and more
UNKNOWN = 1_000.0                                   # wider than any box
_idle: list[typst.Compiler] = []                    # a compiler does one document at a time


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box with what stands in it, moved down by `down` mm."""

    box: Box
    value: str
    down: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document: its title, the reference at the head of continuation sheets, boxes page by page.
    """

    title: str
    reference: str
    language: str
    dated: datetime
    pages: tuple[tuple[Drawn, ...], ...]


def drawn(form: str, nodes: tuple[Node, ...], known: Known, down: float = 0.0) -> list[Drawn]:
    """Return the boxes of a form with what stands in them."""
    return [Drawn(box, value(box.content, nodes, known), down)
            for box in boxes(form) if shown(box.content, known)]


def pdf(sheet: Sheet) -> bytes:
    """Return the document as PDF/A."""
    return _compile(sheet, "pdf", pdf_standards=[STANDARD])


def picture(sheet: Sheet, dots_per_inch: int = 100) -> list[bytes]:
    """Return each page as a PNG picture."""
    made = _compile(sheet, "png", ppi=float(dots_per_inch))
    return made if isinstance(made, list) else [made]


def _compile(sheet: Sheet, form: str, **more: Any) -> Any:
    # Within the source, not as an input to it: what was laid out before and is the same now is then
    # known again. JSON in ASCII, quoted once more, is a text of Typst too.
    data = json.dumps(json.dumps(_plain(sheet)))
    source = f"#let sheet = json(bytes({data}))\n{_template()}".encode()
    dated = sheet.dated.astimezone(UTC).replace(microsecond=0)
    try:
        compiler = _idle.pop()
    except IndexError:
        compiler = _compiler()
    try:
        return compiler.compile(source, format=form, timestamp=dated, **more)
    finally:
        _idle.append(compiler)


@cache
def _template() -> str:
    return (FOLDER / "templates" / "sheet.typ").read_text(encoding="utf-8")


def _compiler(source: bytes = b"") -> typst.Compiler:
    """Return a compiler with our fonts read."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                        font_paths=[str(FOLDER / "fonts")])
    return typst.Compiler(source, root=str(FOLDER / "templates"), font_paths=fonts)


@cache
def _letters() -> tuple[dict[str, float], float]:
    """Return how wide each Latin letter is and how high a line, in parts of the size of type."""
    letters = [letter for letter in map(chr, range(0x20, 0x180)) if letter.isprintable()]
    asked = (f'#set text(font: "Arimo", size: 100pt)\n#let letters = json(bytes('
             f'{json.dumps(json.dumps(letters))}))\n#context [#metadata((measure("X").height.pt(), '
             '..letters.map(one => measure(one).width.pt()))) <told>]')
    high, *wide = json.loads(_compiler(asked.encode()).query("<told>", field="value", one=True))
    return {letter: one / 100 for letter, one in zip(letters, wide)}, high / 100


def _plain(sheet: Sheet) -> dict[str, Any]:
    """Return what the template reads."""
    words = _WORDS[sheet.language]
    return {"title": sheet.title, "reference": sheet.reference, "language": sheet.language,
            "words": words,
            "dated": [sheet.dated.year, sheet.dated.month, sheet.dated.day],
            "pages": [[_box(one, sheet.language) for one in page] for page in sheet.pages]}


def _box(one: Drawn, language: str) -> dict[str, Any]:
    box = one.box
    told = {"x": box.x, "y": round(box.y + one.down, 2), "w": box.w, "h": box.h,
            "style": sorted(box.style), "ls": box.label_points, "vs": box.value_points,
            "label": box.nb if language == "nb" else box.label, "value": one.value}
    if "barcode" in box.style and one.value:
        told["bars"] = barcode.code128(one.value)
    if one.value and "bold" not in box.style and (sure := _sure(told)) is not None:
        told["sure"] = sure
    return told


def _sure(told: dict[str, Any]) -> float | None:
    """Return how far down, in points, a value begins that stands in one line for certain.

    None where the layout must be asked: letters that are not Latin, or too near the edge.
    """
    widths, high = _letters()
    label, value = (sum(widths.get(letter, UNKNOWN) for letter in text) * size for text, size in (
        (told["label"], told["ls"]), (told["value"], told["vs"])))
    wide, room = (told["w"] - 1) * MM / SLACK, (told["h"] - 0.8) * MM
    if "beside" in told["style"] and told["label"]:
        fits = label + MM + value <= wide and high * max(told["ls"], told["vs"]) <= room
        return 0.0 if fits else None
    below = high * told["ls"] + 1.1 * MM if told["label"] else 0.0
    fits = max(label, value) <= wide and high * told["vs"] <= room - below
    return below if fits else None


_WORDS = {
    "en": {"continued": "continued", "sheet": "Continuation sheet", "of": "of"},
    "nb": {"continued": "forts.", "sheet": "Fortsettelsesark", "of": "av"},
}
