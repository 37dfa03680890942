"""The pages on NCTS in EDIFACT: where every item stands, on what evidence, and what is lost."""
from collections.abc import Iterator

from tollbod.manual.words import capital, norwegian, page, table
from tollbod.spec import tables
from tollbod.spec.edifact import ncts
from tollbod.spec.edifact.ncts_carried import ENVELOPE, fates
from tollbod.spec.tables import Field

FOLDERS = {"en": "", "nb": "nb/"}
TITLES = {"en": "NCTS in EDIFACT", "nb": "NCTS i EDIFACT"}
INTRODUCTION = {
    "en": "A trader who speaks EDIFACT sends CUSDEC, CUSRES and SANCRT of directory D.96B, each "
          "with the name of a phase 4 message in UNH (0057). They become the messages of today and "
          "take part in the same movements. The official mapping (DDNTA, appendix I) is not "
          "public: what has no source is designed with codes of D.96B by their UN names, and the "
          "tables below mark it **ours**. `./tollbod check`, `convert`, `describe` and `ack` read "
          "interchanges.",
    "nb": "En aktør som bruker EDIFACT, sender CUSDEC, CUSRES og SANCRT etter katalog D.96B, hver "
          "med navnet på en fase 4-melding i UNH (0057). De blir til dagens meldinger og tar del i "
          "de samme forsendelsene. Den offisielle overføringen (DDNTA, vedlegg I) er ikke "
          "offentlig: det som mangler kilde, er laget med koder i D.96B etter deres FN-navn, og "
          "tabellene nedenfor merker det **vår**. `./tollbod check`, `convert`, `describe` og "
          "`ack` leser utvekslinger.",
}
EVIDENCE = {
    "B": ("read in the source of a Belgian client", "lest i kildekoden til en belgisk klient"),
    "N": ("stated in a circular of Norwegian Customs", "sagt i et rundskriv fra Tolletaten"),
    "D": ("the code of D.96B says exactly this", "koden i D.96B sier nettopp dette"),
    "P": ("ours", "vår"),
}
HOW = {
    "=": ("", ""), "-": ("", ""), "party": ("", ""),
    "date": ("yyyymmdd", "ååååmmdd"), "day": ("the day only", "bare dagen"),
    "minute": ("without seconds", "uten sekunder"), "second": ("to the second", "til sekundet"),
    "mass": ("", ""), "amount": ("", ""), "mode": ("two digits", "to sifre"),
    "type": ("", ""), "flag": ("empty is 0", "tom er 0"), "flag0": ("empty is 0", "tom er 0"),
    "flag1": ("empty is 1", "tom er 1"), "express": ("A is A20", "A er A20"),
    "made": ("worked out", "regnes ut"), "told": ("sent only", "bare sendt"),
    "none": ("not carried on", "føres ikke videre"), "first": ("the first", "den første"),
}
HEADS = {"en": ("item", "in EDIFACT", "format", "in the message of today", "how", "evidence"),
         "nb": ("element", "i EDIFACT", "format", "i dagens melding", "hvordan", "grunnlag")}
CHAPTERS = {"en": ("Where every item stands", "What phase 4 cannot carry",
                   "What it carries shortened", "What it says otherwise"),
            "nb": ("Hvor hvert element står", "Det fase 4 ikke kan føre",
                   "Det den fører forkortet", "Det den sier på en annen måte")}
LEVELS = {
    "en": "What stands inside repeated groups is carried in their order. Seals are those of the "
          "whole consignment: which equipment they are on is not said. Items that follow one "
          "another with the same consignor and consignee are one house consignment when they are "
          "read. Letters that repertoire UNOC lacks are written without their marks. Every loss is "
          "told when a message is written.",
    "nb": "Det som står i grupper som gjentas, føres i rekkefølge. Forseglingene gjelder hele "
          "forsendelsen: det sies ikke hvilken enhet de sitter på. Vareposter etter hverandre med "
          "samme avsender og mottaker blir én delforsendelse når de leses. Bokstaver som "
          "tegnsettet UNOC mangler, skrives uten merker. Hvert tap sies når en melding skrives.",
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    for language, folder in FOLDERS.items():
        yield f"{folder}edifact.md", _overview(language)
        for one in ncts.kinds():
            yield f"{folder}edifact/{one.ie}.md", _message(one, language)


def _pick(pair: tuple[str, str], language: str) -> str:
    return pair[language == "nb"]


def _overview(language: str) -> str:
    """Return the page that lists the messages."""
    links = {"en": "[Contents](index.md) · [På norsk](nb/edifact.md)",
             "nb": "[Innhold](index.md) · [In English](../edifact.md)"}
    heads = {"en": ("message", "", "0057", "EDIFACT", "today", "rows", "of them ours", "type by"),
             "nb": ("melding", "", "0057", "EDIFACT", "i dag", "rader", "våre", "type etter")}
    rows = []
    for one in ncts.kinds():
        found = list(_rows(ncts.items(one.root), tables.structure("p4", one.root).children))
        ours = sum(1 for row, _, _ in found if row.evidence == "P")
        rows.append((f"[{one.ie}](edifact/{one.ie}.md)", _title(one, language), one.root,
                     one.edifact, f"{one.canonical}{' ' + one.when if one.when else ''}",
                     str(len(found)), str(ours), _letter(one.evidence, language)))
    envelope = {"en": ("The envelope", "in the message of today", "in EDIFACT"),
                "nb": ("Konvolutten", "i dagens melding", "i EDIFACT")}[language]
    letters = {"en": "Evidence", "nb": "Grunnlag"}[language]
    pure = {"en": "[Prenotifications in EDIFACT](edifact/prenotification.md)",
            "nb": "[Forhåndsvarsel i EDIFACT](edifact/prenotification.md)"}[language]
    return page(TITLES[language], links[language], INTRODUCTION[language], pure,
                table(heads[language], rows), f"## {letters}",
                table(("", ""), ((letter, _pick(said, language))
                                 for letter, said in EVIDENCE.items())),
                f"## {envelope[0]}", table(envelope[1:], ENVELOPE.items()), LEVELS[language])


def _title(one: ncts.Kind, language: str) -> str:
    """Return what a message is called."""
    title = tables.messages("p4")[one.root].title
    if language == "nb":
        return norwegian("phase4", one.ie) or norwegian("message", one.ie) or title
    return title


def _letter(letter: str, language: str) -> str:
    """Return an evidence letter; ours in full."""
    return {"en": "**ours**", "nb": "**vår**"}[language] if letter == "P" else letter


def _rows(items: tuple, fields: tuple[Field, ...], depth: int = 0) -> Iterator[tuple]:
    """Yield the rows of a message with their fields and depths."""
    for item, field in zip(items, fields):
        yield item, field, depth
        yield from _rows(item.children, field.children, depth + 1)


def _message(one: ncts.Kind, language: str) -> str:
    """Return the page of one message."""
    up = {"en": "[NCTS in EDIFACT](../edifact.md) · "
                f"[På norsk](../nb/edifact/{one.ie}.md)",
          "nb": f"[NCTS i EDIFACT](../edifact.md) · [In English](../../edifact/{one.ie}.md)"}
    says = {"en": "{0} of D.96B, {1} in UNH (0057); {2} here.",
            "nb": "{0} i D.96B, {1} i UNH (0057); {2} her."}[language]
    found = fates(one.root)
    lost, shortened, other = CHAPTERS[language][1:]
    why = [(fate.path, fate.otherwise.nb if language == "nb" else fate.otherwise.en)
           for fate in found if fate.fate == "otherwise"]
    return page(
        f"{one.ie} {capital(_title(one, language))}", up[language],
        says.format(one.edifact, one.root, one.canonical),
        f"## {CHAPTERS[language][0]}", table(HEADS[language], _table(one, language)),
        f"## {lost}",
        "\n".join(f"- `{fate.path}`" for fate in found if fate.fate == "lost") or "-",
        f"## {shortened}",
        "\n".join(f"- `{fate.path}`: {_limit(fate.limit, language)}" for fate in found
                  if fate.fate == "shortened") or "-",
        f"## {other}" if why else "",
        "\n".join(f"- `{path}`: {said}" for path, said in why))


def _limit(text: str, language: str) -> str:
    """Return how a value is shortened."""
    for pair in HOW.values():
        if pair[0] == text:
            return _pick(pair, language)
    return text


def _table(one: ncts.Kind, language: str) -> Iterator[tuple[str, ...]]:
    """Yield a row for every item."""
    rows = _rows(ncts.items(one.root), tables.structure("p4", one.root).children)
    for item, field, depth in rows:
        place = item.place.text if item.place is not None else ""
        if item.place is not None and item.place.overflow is not None:
            place += f" > {item.place.overflow.text}"
        how = item.how.partition(":")
        said = f"{how[2]}" if how[1] else _pick(HOW[item.how], language)
        yield ("&nbsp;" * 3 * depth + f"`{item.name}`", f"`{place}`" if place else "",
               field.format or f"{field.low}..{field.high}",
               f"`{item.canonical}`" if item.canonical else "",
               "; ".join(part for part in (said, item.note if language == "en" else "") if part),
               _letter(item.evidence, language) if item.evidence != "-" else "")
