"""Sheets of boxes to PDF/A: the only file that knows Typst.

A sheet is data; the template in `templates/sheet.typ` draws it. Fonts come along, so the same sheet
is the same on every machine; nothing is fetched. What does not fit in its box, also in small type,
is cut there and printed in full on a continuation sheet at the end.
"""
import json
from dataclasses import dataclass
from datetime import UTC, datetime
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
    data = json.dumps(_plain(sheet), ensure_ascii=False)
    dated = sheet.dated.astimezone(UTC).replace(microsecond=0)
    try:
        compiler = _idle.pop()
    except IndexError:
        compiler = _compiler()
    try:
        return compiler.compile(format=form, sys_inputs={"sheet": data}, timestamp=dated, **more)
    finally:
        _idle.append(compiler)


def _compiler() -> typst.Compiler:
    """Return a compiler with the template and our fonts read."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                        font_paths=[str(FOLDER / "fonts")])
    return typst.Compiler(str(FOLDER / "templates" / "sheet.typ"),
                          root=str(FOLDER / "templates"), font_paths=fonts)


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
    return told


_WORDS = {
    "en": {"continued": "continued", "sheet": "Continuation sheet", "of": "of"},
    "nb": {"continued": "forts.", "sheet": "Fortsettelsesark", "of": "av"},
}
