"""`tollbod number KIND VALUE`: checks one reference number and says what its parts mean.

Knows how a verdict is shown to a person and to a program. What is right is known by
`tollbod.numbers`; the day of judgement is today unless one is given.
"""
import difflib
import json
from datetime import UTC, date, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tollbod.numbers import KINDS, Kind
from tollbod.numbers.fault import Fault, say, shown

FINE, WRONG, UNKNOWN_KIND = 0, 1, 2
VERDICTS = {                    # English, bokmål, colour
    "fine":  ("fine",  "i orden",     "green"),
    "odd":   ("odd, worth a second look", "rart, verdt å se på en gang til", "yellow"),
    "wrong": ("wrong", "galt",        "red"),
}


def run(kind: str, value: str, json_out: bool = False, language: str = "en",
        on: date | None = None) -> int:
    """Print what the number is and whether it is right.

    Returns 0 if it is fine or merely odd, 1 if it is wrong, 2 if there is no such kind. JSON:
    `{"kind", "title", "given", "number", "verdict", "faults": [{"severity", "en", "nb"}],
    "parts": [{"part", "meaning"}]}`, or `{"error", "kinds"}`.
    """
    known = KINDS.get(kind_of(kind))
    if known is None:
        return refuse(kind, json_out, language)
    faults = known.module.check(value, on=on or datetime.now(UTC).date())
    answer = {
        "kind": kind_of(kind), "title": say(language, known.en, known.nb),
        "given": value, "number": known.module.compact(value),
        "verdict": verdict(faults), "faults": [fault._asdict() for fault in faults],
        "parts": [{"part": part, "meaning": meaning}
                  for part, meaning in known.module.explain(value, language)],
    }
    if json_out:
        print(json.dumps(answer))
    else:
        show(answer, language)
    return WRONG if answer["verdict"] == "wrong" else FINE


def kind_of(text: str) -> str:
    """Return the kind as the table spells it.

    >>> kind_of(" Access-Code ")
    'access_code'
    """
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def verdict(faults: list[Fault]) -> str:
    """Return the gravest word for the faults: wrong, odd or fine."""
    return min((fault.severity for fault in faults), key=["wrong", "odd"].index, default="fine")


def refuse(kind: str, json_out: bool, language: str) -> int:
    """Say that there is no such kind, which may have been meant and which there are."""
    error = say(language, f"There is no kind of number called {shown(kind)}.",
                f"Det finnes ingen nummertype som heter {shown(kind)}.")
    if meant := nearest(kind):
        error += say(language, f" Did you mean {meant}?", f" Mente du {meant}?")
    if json_out:
        print(json.dumps({"error": error, "kinds": list(KINDS)}))
        return UNKNOWN_KIND
    console, table = Console(highlight=False), Table.grid(padding=(0, 2))
    console.print(Text(error))
    for name, known in KINDS.items():
        table.add_row(Text(f"  {name}"), Text(say(language, known.en, known.nb)))
    console.print(table)
    return UNKNOWN_KIND


def nearest(kind: str) -> str:
    """Return the kind whose name, or a word of whose title, is most like the text; else nothing.

    >>> nearest("mnr"), nearest("organisation"), nearest("tollsted"), nearest("zzzz")
    ('mrn', 'orgnr', 'office', '')
    """
    words = {name: name for name in KINDS}
    for name, known in KINDS.items():
        for word in titles(known):
            words.setdefault(word, name)
    found = difflib.get_close_matches(kind_of(kind)[:40], words, n=1)
    return words[found[0]] if found else ""


def titles(known: Kind) -> list[str]:
    """Return the telling words of a kind's titles."""
    plain = f"{known.en} {known.nb}".lower().replace("(", "").replace(")", "")
    return [word for word in plain.split() if len(word) > 3 and word not in ("number", "reference")]


def show(answer: dict, language: str) -> None:
    """Print the answer for a person. Foreign text is never read as colour codes."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text.assemble((shown(answer["number"]), "bold"), "  ", answer["title"]))
    if answer["number"] != answer["given"]:
        given = shown(answer["given"])
        console.print(Text(say(language, f"the spelling was tidied; as given: '{given}'",
                               f"skrivemåten er ryddet; som oppgitt: '{given}'"), style="dim"))
    table = Table.grid(padding=(0, 2))
    for row in answer["parts"]:
        table.add_row(Text("  " + shown(row["part"]), style="cyan"), Text(row["meaning"]))
    console.print(table)
    en, nb, colour = VERDICTS[answer["verdict"]]
    console.print(Text(say(language, en, nb), style=colour))
    for fault in answer["faults"]:
        console.print(Text("  " + fault["nb" if language == "nb" else "en"]))
