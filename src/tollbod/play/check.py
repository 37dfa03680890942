"""`tollbod check FILE...`: what is wrong with messages, where, and how to mend it.

Knows how verdicts are shown to a person and to a program; what is right is known by
`tollbod.rules.check`.
"""
import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from tollbod.findings import Finding, meaning
from tollbod.play import interchanges
from tollbod.play.files import FINDINGS, FINE, UNREADABLE, read
from tollbod.rules.check import check
from tollbod.wire.message import Unreadable

COLOURS = {"valid": "green", "invalid": "red", "unreadable": "bold red"}
# English, bokmål
WORDS = {
    "valid": ("valid", "gyldig"), "invalid": ("invalid", "ugyldig"),
    "unreadable": ("unreadable", "uleselig"), "line": ("line", "linje"),
    "syntax": ("The syntax is right, and CONTRL would say so; what is said in it is not:",
               "Syntaksen er riktig, og CONTRL ville si det; det som sies i den, er ikke:"),
    "later": ("Conditions and rules are judged when the structure is right.",
              "Vilkår og regler prøves når strukturen er riktig."),
}


def run(files: list[Path], json_out: bool = False, layer: str = "all",
        profile: str | None = None, lenient: str = "", language: str = "en") -> int:
    """Judge the files and print the verdicts, with --json one object a line in their order.

    The sentences are in `language`, those of --json too.
    Returns 0 if all are valid, 1 if one has findings, 2 if one could not be read.
    """
    worst = FINE
    console = Console(highlight=False, soft_wrap=True)
    for path in files:
        answer = judge(path, layer, profile, lenient, language)
        worst = max(worst, _EXITS[answer["verdict"]])
        if json_out:
            print(json.dumps(answer))
        else:
            show(console, answer, language, layer)
    return worst


def judge(path: Path, layer: str = "all", profile: str | None = None, lenient: str = "",
          language: str = "en") -> dict:
    """Return the verdict on one file, as `--json` prints it.

    `{"file", "message", "profile", "verdict", "findings": [{"layer", "code", "rule", "path",
    "line", "text"}]}`; for an interchange also "losses", of the same form, and "syntax": the
    verdict of CONTRL, which does not look at what messages say.
    """
    with interchanges.opened(path) as stream:
        if stream is not None:
            answer = interchanges.judged(stream, path, layer, profile, lenient)
            return answer | {name: [_told(one, language) for one in answer[name]]
                             for name in ("findings", "losses")}
    try:
        message = read(path, profile)
    except Unreadable as fault:
        finding = Finding("schema", fault.code, "", "", fault.line, fault.text, fault.nb)
        return {"file": str(path), "message": "", "profile": profile or "",
                "verdict": "unreadable", "findings": [_told(finding, language)]}
    findings = check(message, layer)
    return {"file": str(path), "message": message.kind, "profile": message.profile,
            "verdict": "invalid" if findings else "valid",
            "findings": [_told(finding, language) for finding in findings]}


def _told(finding: Finding, language: str) -> dict:
    """Return the finding's fields that `--json` prints."""
    return {name: getattr(finding, name) for name in ("layer", "code", "rule", "path", "line")} | {
        "text": finding.nb if language == "nb" and finding.nb else finding.text}


def show(console: Console, answer: dict, language: str, layer: str) -> None:
    """Print a verdict for a person."""
    words = {name: both[language == "nb"] for name, both in WORDS.items()}
    verdict, found = answer["verdict"], answer["findings"]
    kind = f"  {answer['message']} ({answer['profile']})" if answer["message"] else ""
    unit = "feil" if language == "nb" else "finding" if len(found) == 1 else "findings"
    number = f", {len(found)} {unit}" if verdict == "invalid" else ""
    colour = COLOURS[verdict]
    console.print(f"{escape(answer['file'])}{kind}  [{colour}]{words[verdict]}[/{colour}]{number}")
    if verdict == "invalid" and answer.get("syntax") == "valid":
        console.print(f"  [dim]{words['syntax']}[/dim]")
    for one in found:
        line = f"{words['line']} {one['line']}" if one["line"] else ""
        said = one["rule"] or meaning(one["layer"], one["code"], language)
        if verdict != "unreadable":
            console.print(f"  {line:10} [bold]{escape(one['path'])}[/bold]  "
                          f"[dim]{one['layer']} {one['code']} {escape(said)}[/dim]")
        console.print(f"  {'':10} {escape(one['text'])}")
    for one in answer.get("losses", ()):
        line = f"{words['line']} {one['line']}"
        console.print(f"  [dim]{line:10} {escape(one['path'])}  {escape(one['text'])}[/dim]")
    if verdict == "invalid" and layer == "all" and "syntax" not in answer and any(
            one["layer"] == "schema" for one in found):
        console.print(f"  [dim]{words['later']}[/dim]")


_EXITS = {"valid": FINE, "invalid": FINDINGS, "unreadable": UNREADABLE}
