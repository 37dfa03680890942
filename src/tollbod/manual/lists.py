"""Pages of lists: code lists, reference numbers, codes of findings, the scenario language.

Values of a code list stand here only where the list is short; a long one is told by its size.
"""
import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from tollbod.findings import FUNCTIONAL_CODES, XML_CODES
from tollbod.manual.words import page, table
from tollbod.numbers import KINDS
from tollbod.spec import tables
from tollbod.spec.codes import CodeList, codelist, codelists, codelists_used

SHORT = 60              # a list of at most so many codes is printed
SCENARIO = Path(__file__).parents[1] / "play" / "scenario.py"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page of this chapter."""
    yield "codes.md", _codes()
    yield "numbers.md", _numbers()
    yield "findings.md", _findings()
    if SCENARIO.exists():
        yield "scenarios.md", _scenarios()


def _codes() -> str:
    known = {one.code for one in codelists()}
    unnamed = [codelist(code) for code in codelists_used() if code not in known]
    lists = sorted([*codelists(), *unnamed], key=lambda one: one.code)
    judged = sum(one.judged for one in lists)
    return page(
        "Code lists", "[Contents](index.md)",
        f"{len(lists)} lists, {judged} of them judged: a value that the list lacks is a finding "
        "with code 12. The others have no public values, or we know them only in part: they are "
        "**not judged**, and a value is never called wrong because of them.",
        *map(_codelist, lists))


def _codelist(one: CodeList) -> str:
    codes = one.codes() if one.values != "none" else ()
    how = "Judged" if one.judged else "**Not judged**"
    size = f", {len(codes)} codes" if codes else ""
    sure = "" if one.confidence == "public" else f" ({one.confidence})"
    said = f"{how}{size}{sure}. {one.basis and one.basis + '. '}Source: {one.source}."
    rows = [(f"`{code}`", one.text(code)) for code in codes] if len(codes) <= SHORT else []
    return "\n\n".join(filter(None, (
        f"### {one.code}", f"{one.name or 'name unknown'}. {said}",
        table(("code", "meaning"), rows))))


def _numbers() -> str:
    parts = []
    for name, kind in KINDS.items():
        parts += [f"## {name}: {kind.en}", f"*{kind.nb}*",
                  f"```text\n{inspect.getdoc(kind.module)}\n```"]
    return page("Reference numbers",
                "[Contents](index.md) · check one: `./tollbod number mrn 24GB000246J8NY33L7`",
                *parts)


def _findings() -> str:
    heads = ("code", "meaning", "in Norwegian")
    return page(
        "Codes of findings", "[Contents](index.md)",
        "A finding says what is wrong with a message, where (an XPath and a line), and how to mend "
        "it. All findings are told, not only the first. Codes are never reused.",
        "## Structure (layer `schema`)",
        "Told to the sender in IE917 ([to a trader](messages/CC917C.md), "
        "[to an office](messages/CD917C.md)).",
        table(heads, ((code, *words) for code, words in XML_CODES.items())),
        "## Everything else (layers `codes`, `rules`, `state`)",
        "Told in [IE056](messages/CC056C.md) by the office of departure, in "
        "[IE057](messages/CC057C.md) by the office of destination, in "
        "[IE906](messages/CD906C.md) to another office.",
        table(heads, ((code, *words) for code, words in FUNCTIONAL_CODES.items())))


def _scenarios() -> str:
    """The docstring of the scenario runner, read without importing what it needs."""
    said = ast.get_docstring(ast.parse(SCENARIO.read_text("utf-8"))) or ""
    return page("The scenario language", "[Contents](index.md)", f"```text\n{said}\n```")


def counts() -> tuple[int, int]:
    """Return how many messages phase 6 and phase 5 have."""
    return len(tables.roots("p6")), len(tables.roots("p5"))
