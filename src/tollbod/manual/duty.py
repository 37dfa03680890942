"""The pages on the duty to prenotify: its tables, in English and in bokmål."""
from collections.abc import Iterator

from tollbod.manual.words import page, table
from tollbod.spec import prenotification_law, regime_tables

LINKS = {"en": "[Contents](index.md) · [På norsk](nb/forhandsvarsling.md)",
         "nb": "[Innhold](index.md) · [In English](../duty.md)"}
TITLES = {"en": "The duty to prenotify", "nb": "Plikten til å forhåndsvarsle"}
INTRODUCTIONS = {
    "en": "What `./tollbod duty`, `GET /api/v1/duty` and the page `/duty` answer from. Regime "
          "`founding`: the founding pages as they stand; `current`: the law of today as far as "
          "known. A row whose last column says *EU law* is not in the pages.",
    "nb": "Det `./tollbod duty`, `GET /api/v1/duty` og siden `/duty` svarer ut fra. Regime "
          "`founding`: de tre sidene slik de står; `current`: dagens rett så langt vi kjenner den. "
          "En rad som sier *EU-rett*, står ikke i sidene.",
}
HEADS = {
    "en": ("Deadlines", "What is filed where, from when to when", "Who may file", "Exceptions",
           "The minimum data set", "A prenotification and the framework of the WCO"),
    "nb": ("Frister", "Hva som gis hvor, fra når til når", "Hvem som kan avgi", "Unntak",
           "Minimumsdatasettet", "Forhåndsvarselet og WCOs rammeverk"),
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    for path, language in (("duty.md", "en"), ("nb/forhandsvarsling.md", "nb")):
        parts = (_deadlines, _systems, _filers, _exemptions, _minimum, _framework)
        yield path, page(
            TITLES[language], LINKS[language], INTRODUCTIONS[language],
            *(text for head, part in zip(HEADS[language], parts, strict=True)
              for text in (f"## {head}", part(language))))


def _deadlines(language: str) -> str:
    own = {"en": "EU law", "nb": "EU-rett"}[language]
    found: dict[tuple, set[str]] = {}
    for regime in regime_tables.REGIMES:
        for row in prenotification_law.deadlines(regime):
            said = (row.flow, row.mode, row.case, row.nb if language == "nb" else row.en,
                    row.article, "" if row.in_page else own)
            found.setdefault(said, set()).add(regime)
    heads = {"en": ("regime", "flow", "mode", "case", "by when", "article", ""),
             "nb": ("regime", "retning", "måte", "tilfelle", "når", "artikkel", "")}
    return table(heads[language], ((", ".join(sorted(regimes, reverse=True)), *said)
                                   for said, regimes in found.items()))


def _systems(language: str) -> str:
    heads = {"en": ("regime", "flow", "modes", "consignments", "from", "to", "data", "system"),
             "nb": ("regime", "retning", "måter", "forsendelser", "fra", "til", "data", "system")}
    still = {"en": " (still)", "nb": " (fortsatt)"}[language]
    return table(heads[language], (
        (one.regime, one.flow, " ".join(sorted(one.modes)), " ".join(sorted(one.consignments)),
         one.days.first.isoformat(), one.days.last.isoformat() if one.days.last else "",
         one.data, one.name + (still if one.still else ""))
        for one in prenotification_law.systems()))


def _filers(language: str) -> str:
    return table(("", ""), (
        (system, ", ".join(one.nb if language == "nb" else one.en
                           for one in prenotification_law.filers("full", system)))
        for system in ("NCTS", "ICS2")))


def _exemptions(language: str) -> str:
    heads = {"en": ("reason", "flow", "article", "what"),
             "nb": ("grunn", "retning", "artikkel", "hva")}
    return table(heads[language], (
        (f"`{one.name}`", *one.more[:2], one.nb if language == "nb" else one.en)
        for one in prenotification_law.exemptions().values()))


def _minimum(language: str) -> str:
    heads = {"en": ("from", "to", "annex"), "nb": ("fra", "til", "vedlegg")}[language]
    must = {"en": ("element", "what", ""), "nb": ("element", "hva", "")}[language]
    known = {"must": "", "if known": {"en": "if known", "nb": "hvis kjent"}[language]}
    return table(heads, regime_tables.rows("minimum_data_set.txt")) + "\n\n" + table(must, (
        (f"`{one.name}`", one.nb if language == "nb" else one.en, known[one.more[0]])
        for one in prenotification_law.contents()))


def _framework(language: str) -> str:
    heads = {"en": ("element of CC015N", "data of the SAFE Framework of Standards"),
             "nb": ("element i CC015N", "data i SAFE Framework of Standards (på engelsk)")}
    return table(heads[language], ((f"`{element}`", data)
                                   for element, data in prenotification_law.framework()))
