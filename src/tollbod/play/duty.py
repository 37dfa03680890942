"""`tollbod duty`: what must be notified about a transport, where, by whom, by when and why.

Knows how an answer is shown to a person and to a program; what is right is known by
`tollbod.prenotification`. The clock to the deadline runs from now unless a time is given.
"""
import json
import sys
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tollbod.prenotification import answer, question, tell
from tollbod.prenotification.duty import duty
from tollbod.prenotification.question import Fault, Question

FINE, NOT_UNDERSTOOD = 0, 2


def run(given: dict[str, str], json_out: bool = False, language: str = "en") -> int:
    """Print the answer to what is asked. Returns 2 if it cannot be understood.

    The JSON is that of GET /duty: `{"due", "because", "regime", "asked", "notifications": [...],
    "alternatives", "exemption", "notes"}`, or `{"faults": [{"field", "en", "nb"}]}`.
    """
    now = {"now": answer.moment(datetime.now(UTC))}
    asked = question.read(now | {name: text for name, text in given.items() if text})
    if not isinstance(asked, Question):
        return refuse(asked, json_out, language)
    told = answer.plain(duty(asked))
    if json_out:
        print(json.dumps(told, ensure_ascii=False))
    else:
        show(told, language)
    return FINE


def words(args: list[str]) -> dict[str, str]:
    """Return the fields of a command line; what is said twice is joined, as countries on the way.

    >>> words(["--from", "RU", "--via=SE", "--via", "DK", "--combined"])
    {'from': 'RU', 'via': 'SE DK', 'combined': 'yes'}
    """
    found: dict[str, str] = {}
    waiting = ""
    for arg in args:
        if arg.startswith("--"):
            found |= {waiting: "yes"} if waiting else {}
            name, gives, text = arg.removeprefix("--").partition("=")
            waiting = "" if gives else name
        else:
            name, text, waiting = waiting, arg, ""
        if not waiting:
            found[name] = f"{found[name]} {text}" if name in found else text
    return found | ({waiting: "yes"} if waiting else {})


def refuse(faults: list[Fault], json_out: bool, language: str) -> int:
    """Say what cannot be understood."""
    if json_out:
        print(json.dumps({"faults": [fault._asdict() for fault in faults]}, ensure_ascii=False))
    else:
        for fault in faults:
            text = fault.nb if language == "nb" else fault.en
            print(f"tollbod duty: --{fault.field}: {text}", file=sys.stderr)
    return NOT_UNDERSTOOD


def show(told: dict[str, Any], language: str) -> None:
    """Print an answer for a person."""
    console = Console(highlight=False, soft_wrap=True)
    due = tell.DUE[told["due"]]
    console.print(Text(due[language == "nb"], style="bold"), Text(f"({told['because'][language]})"))
    if exempt := told["exemption"]:
        console.print(Text(f"  {exempt[language]} ({exempt['article']})"))
    for one in told["notifications"]:
        show_one(console, one, language, ("", ""))
    for one in told["alternatives"]:
        show_one(console, one, language, ("or: ", "eller: "))
    for note in told["notes"]:
        console.print(Text(f"* {note[language]}", style="yellow"))


def show_one(console: Console, one: dict[str, Any], language: str, before: tuple[str, str]) -> None:
    """Print one notification."""
    console.print(Text.assemble(before[language == "nb"], (tell.heading(one, language), "bold")))
    table = Table.grid(padding=(0, 2))
    for label, text in tell.lines(one, language):
        table.add_row(Text(f"  {label}", style="cyan"), Text(text))
    console.print(table)
