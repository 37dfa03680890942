"""The page on prenotifications in EDIFACT: every field of CC015N, where it stands, what is lost."""
from collections.abc import Iterator

from tollbod.manual.words import page, table
from tollbod.spec import tables
from tollbod.spec.edifact import ncts
from tollbod.wire.edifact import phase4_prenotification as mapping

NAME = "edifact/prenotification.md"
FOLDERS = {"en": "", "nb": "nb/"}
KIND, ROOT = "IE015", "CC015N"
ENVELOPE = ("messageSender", "messageRecipient", "preparationDateAndTime", "messageIdentification",
            "messageType", "correlationIdentifier", "sequenceNumber")
WORDS = {
    "en": ("Prenotifications in EDIFACT",
           "[NCTS in EDIFACT](../edifact.md) · [På norsk](../nb/edifact/prenotification.md)",
           "An IE015 of the type ENTRY or EXIT (HEA24) is a pure prenotification: it becomes the "
           "national message CC015N, and no guarantee is asked for. An IE013 or IE014 that names "
           "the MRN of a prenotification (S at place 12) becomes CC013N or CC014N; the first is "
           "always refused. `./tollbod convert` writes them back. The answers IE028, IE056, IE060 "
           "and IE009 come in EDIFACT; for a question (IEN62), its answer (IEN63) and the end "
           "(IEN25), which phase 4 does not know, there are CUSRES of ours.",
           ("in the message of today", "item of phase 4", "in EDIFACT", "how"),
           "What phase 4 cannot carry"),
    "nb": ("Forhåndsvarsel i EDIFACT",
           "[NCTS i EDIFACT](../edifact.md) · [In English](../../edifact/prenotification.md)",
           "En IE015 av typen ENTRY eller EXIT (HEA24) er et rent forhåndsvarsel: den blir den "
           "nasjonale meldingen CC015N, og ingen garanti kreves. En IE013 eller IE014 som oppgir "
           "MRN for et forhåndsvarsel (S på plass 12), blir CC013N eller CC014N; den første "
           "avvises alltid. `./tollbod convert` skriver dem tilbake. Svarene IE028, IE056, IE060 "
           "og IE009 kommer i EDIFACT; for et spørsmål (IEN62), svaret på det (IEN63) og "
           "avslutningen (IEN25), som fase 4 ikke kjenner, er det CUSRES som er våre.",
           ("i dagens melding", "element i fase 4", "i EDIFACT", "hvordan"),
           "Det fase 4 ikke kan føre"),
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    for language, folder in FOLDERS.items():
        yield f"{folder}{NAME}", _page(language)


def _page(language: str) -> str:
    title, links, introduction, heads, lost = WORDS[language]
    rows = [(f"`{one.path}`", f"`{one.item}`" if one.item != "-" else "",
             ", ".join(f"`{place}`" for place in _places(one.item)),
             one.nb if language == "nb" else one.en) for one in mapping.table()]
    return page(title, links, introduction, table(heads, rows), f"## {lost}",
                "\n".join(f"- `{path}`" for path in without()))


def _places(item: str) -> list[str]:
    """Return where an item of phase 4 stands: its groups', and its own.

    An IE013 or IE014 has some items that an IE015 has not.
    """
    for kind in (KIND, "IE013", "IE014"):
        rows, found = ncts.items(ncts.kind(kind).root), []
        for name in item.split("/"):
            row = next((row for row in rows if row.name == name), None)
            found.append(row)
            rows = row.children if row else ()
        if all(found):
            return [row.place.text for row in found if row.place and row.place.text != "."]
    return []


def without() -> tuple[str, ...]:
    """Return the fields of a prenotification that phase 4 has no item for."""
    carried = {one.path for one in mapping.table()}
    return tuple(path for path in _fields(tables.structure(mapping.PROFILE, ROOT).children)
                 if path not in carried and path.rpartition("/")[2] not in ENVELOPE)


def _fields(fields: tuple, group: str = "") -> Iterator[str]:
    for field in fields:
        if field.children:
            yield from _fields(field.children, f"{group}{field.name}/")
        else:
            yield f"{group}{field.name}"
