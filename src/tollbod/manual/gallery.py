"""The gallery of errors: the smallest wrong message for each fault, what comes back, the remedy.

Made from golden/messages/broken, which the tests replay; the sentences are those of the check.
"""
from collections.abc import Iterator
from pathlib import Path

from tollbod.findings import Finding, meaning
from tollbod.manual.words import cell, page, table
from tollbod.rules.check import check
from tollbod.wire import forms
from tollbod.wire.message import Unreadable

BROKEN = Path(__file__).parents[3] / "golden" / "messages" / "broken"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page of this chapter; none without golden messages."""
    broken = sorted(BROKEN.glob("*.xml"))
    if broken:
        yield "errors.md", page(
            "A gallery of errors", "[Contents](index.md)",
            "Each message here is as small as it can be and wrong in one way. Beside it stands "
            "what the check says in English and bokmål: the code, the place, the remedy. Try "
            "one: `./tollbod check golden/messages/broken/13_missing_element.xml`.",
            *(_one(path) for path in broken))


def _one(path: Path) -> str:
    name = path.stem.lstrip("0123456789_").replace("_", " ")
    return "\n\n".join((
        f"### {name[:1].upper()}{name[1:]}",
        f"[{path.name}](../../golden/messages/broken/{path.name})",
        table(("code", "place", "what is said", "på norsk"),
              [_row(finding) for finding in _findings(path)])))


def _row(finding: Finding) -> tuple[str, ...]:
    said = f"{finding.code}: {meaning(finding.layer, finding.code)}"
    place = f"`{finding.path}`" if finding.path else ""
    return said, place, cell(finding.text), cell(finding.nb)


def _findings(path: Path) -> list[Finding]:
    try:
        return check(forms.read(path.read_bytes()))
    except Unreadable as error:
        return [Finding("schema", error.code, "", "", error.line, error.text, error.nb)]
