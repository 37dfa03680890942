"""Words of the manual: Norwegian for messages, states, rows and acts; Markdown tables and links.

Knows the table `norwegian.txt` and how Markdown is written. A name that the table lacks is told in
English: a page is never kept back for want of a word.
"""
import inspect
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

GENERATED = "<!-- written by `./tollbod manual` from specification and code, not by hand -->"


@cache
def _norwegian() -> dict[tuple[str, str], str]:
    text = (files("tollbod.manual") / "norwegian.txt").read_text("utf-8")
    rows = [line.split(maxsplit=2) for line in text.splitlines() if not line.startswith("#")]
    return {(kind, name): words for kind, name, words in rows}


def norwegian(kind: str, name: str) -> str:
    """Return the bokmål for a name of a kind (message, state, when ...), or nothing.

    >>> norwegian("message", "IE045"), norwegian("state", "written off"), norwegian("act", "x")
    ('avskriving', 'avskrevet', '')
    """
    return _norwegian().get((kind, name.replace(" ", "_")), "")


def sentence(thing: object) -> str:
    """Return the first sentence of a docstring, on one line.

    >>> sentence(norwegian)
    'Return the bokmål for a name of a kind (message, state, when ...), or nothing'
    """
    paragraph = (inspect.getdoc(thing) or "").split("\n\n")[0]
    return " ".join(paragraph.split()).removesuffix(".")


def cell(text: str) -> str:
    """Return text that may stand in a table's cell.

    >>> cell("a|b\\nc")
    'a\\\\|b c'
    """
    return " ".join(text.split()).replace("|", "\\|")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; cells are made safe, an empty table is nothing."""
    heads = list(heads)
    body = ["| " + " | ".join(map(cell, row)) + " |" for row in rows]
    if not body:
        return ""
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *body])


def page(title: str, *parts: str) -> str:
    """Return a page: a title and its parts, empty ones left out."""
    return "\n\n".join([f"# {title}", GENERATED, *filter(None, parts)]) + "\n"


def capital(text: str) -> str:
    """Return the text with a capital letter first."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Return the text with a small letter first."""
    return text[:1].lower() + text[1:]
