"""`tollbod manual`: writes docs/manual, the same bytes from the same specification and code.

Read `pages` first: it is the list of chapters. The contents page is written here.
"""
import json
from pathlib import Path

from tollbod.manual import (
    api, dataset, duty, edifact, edifact_prenotification, gallery, lists, messages, roles, rules,
)
from tollbod.manual.words import capital, norwegian, page, table
from tollbod.office.roles import ROLES
from tollbod.rules.explain import everything
from tollbod.spec import tables

FOLDER = Path(__file__).parents[3] / "docs" / "manual"


def run(folder: Path = FOLDER) -> int:
    """Write the manual, take out what is no page of it, tell how much it is; 0."""
    written = pages()
    for path, text in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for old in folder.rglob("*.md"):
        if str(old.relative_to(folder)) not in written:
            old.unlink()
    size = sum(len(text.encode()) for text in written.values())
    print(f"{len(written)} pages, {size / 1e6:.1f} MB in {folder}")
    return 0


def pages() -> dict[str, str]:
    """Return every page of the manual by its path, and `rules.json` for traders' software."""
    found = dict(lists.pages()) | dict(messages.pages()) | dict(roles.pages())
    found |= dict(rules.pages()) | dict(api.pages()) | dict(gallery.pages())
    found |= dict(duty.pages()) | dict(edifact.pages())
    found |= dict(edifact_prenotification.pages()) | dict(dataset.pages())
    found["rules.json"] = json.dumps(everything(), ensure_ascii=False, indent=1) + "\n"
    return {"index.md": _contents(found), "nb/index.md": _innhold(), **found}


def _contents(found: dict[str, str]) -> str:
    p6, p5 = lists.counts()
    scenarios = ("- [The scenario language](scenarios.md)" if "scenarios.md" in found else "")
    errors = ("- [A gallery of errors](errors.md)" if "errors.md" in found else "")
    return page(
        "The message manual", "[På norsk](nb/index.md) · [the project](../../README.md)",
        "What travels between traders and customs in a transit, and what each office does with "
        "it. Written from the same tables that the program runs on.",
        "## The life of a transit", messages.short_list(messages.LIFE, "messages/"),
        "## When something is not in order", messages.short_list(messages.REFUSALS, "messages/"),
        "## Everything",
        "\n".join(filter(None, (
            f"- [All {p6} messages of phase 6](messages/index.md), and "
            f"[what differs in the {p5} of phase 5](messages/phase5.md)",
            "- [The messages of ICS2](ics2/index.md)",
            "- [NCTS in EDIFACT](edifact.md): where every item stands, and what is lost",
            "- What each office does: " + ", ".join(
                f"[{role}]({role}.md)" for role in ROLES),
            "- [Conditions](conditions.md) and [rules](rules.md): what is judged, and what not; "
            "for programs [rules.json](rules.json)",
            "- [The duty to prenotify](duty.md): deadlines, systems, exceptions",
            "- [One data set, filed once](dataset.md): its fields, and the messages of it",
            "- [Code lists](codes.md)", "- [Formats](formats.md)",
            "- [Reference numbers](numbers.md)", "- [Codes of findings](findings.md)",
            errors, "- [The HTTP API](api.md)",
            scenarios))))


def _innhold() -> str:
    rows = []
    for ie in dict.fromkeys(about.ie for about in tables.messages("p6").values()):
        name = norwegian("message", ie)
        if name:
            root = tables.root_of("p6", ie)
            rows.append((messages.link(root, "../messages/"), name,
                         tables.messages("p6")[root].title))
    return page(
        "Meldingshåndboken", "[In English](../index.md)",
        "Hva som sendes mellom aktører og tollvesen i en transittering, og hva hvert tollsted "
        "gjør med det. Skrevet fra de samme tabellene som programmet kjører på. Sidene om hver "
        "enkelt melding er på engelsk, med elementnavnene slik de står i meldingene.",
        "## Tollstedene",
        "\n".join(f"- [{capital(norwegian('role', role))}]({name}.md)"
                  for role, name in roles.NB_PAGES.items()),
        "[Regler som blir kontrollert](regler.md)",
        "[Plikten til å forhåndsvarsle](forhandsvarsling.md)",
        "[Ett datasett, avgitt én gang](datasett.md)",
        "[NCTS i EDIFACT](edifact.md)",
        "## Meldinger", table(("melding", "navn", "på engelsk"), sorted(rows)))
