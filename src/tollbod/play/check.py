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


def run(files: list[Path], json_out: bool = False, layer: str = "all",
        profile: str | None = None, lenient: str = "") -> int:
    """Judge the files and print the verdicts, with --json one object a line in their order.

    Returns 0 if all are valid, 1 if one has findings, 2 if one could not be read.
    """
    worst = FINE
    console = Console(highlight=False, soft_wrap=True)
    for path in files:
        answer = judge(path, layer, profile, lenient)
        worst = max(worst, _EXITS[answer["verdict"]])
        if json_out:
            print(json.dumps(answer))
        else:
            show(console, answer)
    return worst


def judge(path: Path, layer: str = "all", profile: str | None = None, lenient: str = "",
          ) -> dict:
    """Return the verdict on one file, as `--json` prints it.

    `{"file", "message", "profile", "verdict", "findings": [{"layer", "code", "rule", "path",
    "line", "text"}]}`; for an interchange also "losses", of the same form, and "syntax": the
    verdict of CONTRL, which does not look at what messages say.
    """
    with interchanges.opened(path) as stream:
        if stream is not None:
            answer = interchanges.judged(stream, path, layer, profile, lenient)
            return answer | {name: [_told(one) for one in answer[name]]
                             for name in ("findings", "losses")}
    try:
        message = read(path, profile)
    except Unreadable as fault:
        finding = Finding("schema", fault.code, "", "", fault.line, fault.text, fault.nb)
        return {"file": str(path), "message": "", "profile": profile or "",
                "verdict": "unreadable", "findings": [_told(finding)]}
    findings = check(message, layer)
    return {"file": str(path), "message": message.kind, "profile": message.profile,
            "verdict": "invalid" if findings else "valid",
            "findings": [_told(finding) for finding in findings]}


def _told(finding: Finding) -> dict:
    """Return the finding's fields that `--json` prints."""
    return {name: getattr(finding, name) for name in ("layer", "code", "rule", "path", "line",
                                                      "text")}


def show(console: Console, answer: dict) -> None:
    """Print a verdict for a person."""
    verdict, found = answer["verdict"], answer["findings"]
    kind = f"  {answer['message']} ({answer['profile']})" if answer["message"] else ""
    number = f", {len(found)} finding{'s' * (len(found) > 1)}" if verdict == "invalid" else ""
    colour = COLOURS[verdict]
    console.print(f"{escape(answer['file'])}{kind}  [{colour}]{verdict}[/{colour}]{number}")
    if verdict == "invalid" and answer.get("syntax") == "valid":
        console.print("  [dim]The syntax is right, and CONTRL would say so; what is said in it is "
                      "not:[/dim]")
    for one in found:
        line = f"line {one['line']}" if one["line"] else ""
        said = one["rule"] or meaning(one["layer"], one["code"])
        if verdict != "unreadable":
            console.print(f"  {line:10} [bold]{escape(one['path'])}[/bold]  "
                          f"[dim]{one['layer']} {one['code']} {escape(said)}[/dim]")
        console.print(f"  {'':10} {escape(one['text'])}")
    for one in answer.get("losses", ()):
        line = f"line {one['line']}"
        console.print(f"  [dim]{line:10} {escape(one['path'])}  {escape(one['text'])}[/dim]")


_EXITS = {"valid": FINE, "invalid": FINDINGS, "unreadable": UNREADABLE}
