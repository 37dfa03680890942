"""The page on one data set, filed once: each field, and where it stands in each message."""
import re
from collections.abc import Iterator

from tollbod.manual.words import page, table
from tollbod.office import filings

NAMES = {"en": "dataset.md", "nb": "nb/datasett.md"}
WORDS = {
    "en": ("One data set, filed once",
           "[Contents](index.md) · [På norsk](nb/datasett.md)",
           "What is known of a transport is written once. `./tollbod filing`, the page /dataset "
           "and POST /api/v1/datasets/KIND make each message of it and say by the name of the "
           "field what it lacks; POST /api/v1/datasets lodges several, all or none. `due` says "
           "what the law asks for. A field with `[]` is one of a list.", ("field", "what it is")),
    "nb": ("Ett datasett, avgitt én gang",
           "[Innhold](index.md) · [In English](../dataset.md)",
           "Det som er kjent om en transport, skrives én gang. `./tollbod filing`, siden /dataset "
           "og POST /api/v1/datasets/SLAG lager hver melding av det og sier med feltets navn hva "
           "som mangler; POST /api/v1/datasets sender inn flere, alle eller ingen. `due` sier hva "
           "loven krever. Et felt med `[]` er ett av en liste.", ("felt", "hva det er")),
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    for language, name in NAMES.items():
        title, links, introduction, heads = WORDS[language]
        kinds = [f"{kind} ({filings.table(kind)[1]})" for kind in filings.KINDS]
        rows = [(f"`{field}`", said[language == "nb"],
                 *(_places(field, kind) for kind in filings.KINDS))
                for field, said in filings.fields().items()]
        yield name, page(title, links, introduction, table((*heads, *kinds), rows))


def _places(field: str, kind: str) -> str:
    """Return where a field stands in a message."""
    return ", ".join(f"`{row.path}`" for row in filings.table(kind)[2]
                     if field in _fields(row))


def _fields(row: filings.Row) -> set[str]:
    """Return the fields that a row takes its value from."""
    inside = re.search(r"\[(\w+)\]", row.path)
    found = set()
    for part in row.source.split(" unless "):
        name = re.sub(r"^@?Z?", "", part)
        name = filings.MADE.get(name, name)
        if name[0] == "." and inside:
            group = inside[1].replace("border", "transit")     # the first office, and the others
            found.add(f"{group}[]{name}".removesuffix("."))
            found |= {name[1:]} if inside[1] == "border" else set()
        elif name[0] == "+":
            found.add(name[1:].replace(".", "[]."))
        else:
            found.add(name)
    return found
