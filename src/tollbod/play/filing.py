"""`tollbod filing KIND [FILE]`: one data set made into a message; what it lacks is told by name.

`due` instead of a kind tells what must be notified of it by law, and so which kinds to make.
"""
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tollbod.office import filings
from tollbod.play.duty import show
from tollbod.play.files import FINDINGS, FINE, UNREADABLE, complain, content
from tollbod.prenotification import answer
from tollbod.wire import xml
from tollbod.wire.message import Unreadable


def run(kind: str, file: Path | None) -> int:
    """Write the message to standard output, what is missing or wrong to standard error."""
    if file is None:
        print(json.dumps(filings.example(datetime.now(UTC)), indent=2, ensure_ascii=False))
        return FINE
    try:
        data = _data(file)
    except Unreadable as fault:
        return complain("filing", file, fault)
    if wrong := filings.faults(data):
        print(f"tollbod filing: {file}: no such fields, or not of their shape: "
              f"{', '.join(wrong)}", file=sys.stderr)
        return UNREADABLE
    if kind == "due":
        return _due(data)
    made = filings.made(data, kind, datetime.now(UTC))
    for name in made.missing:
        print(f"tollbod filing: {file}: missing for {kind}: {name}", file=sys.stderr)
    for one in made.findings:
        print(f"tollbod filing: {file}: {one.path}: {one.text}", file=sys.stderr)
    sys.stdout.buffer.write(xml.write(made.message))
    sys.stdout.buffer.flush()
    return FINDINGS if made.missing or made.findings else FINE


def _due(data: dict) -> int:
    """Say what must be notified of a data set, and which kinds to make; 1 if it is not known."""
    now = datetime.now(UTC)
    found = filings.due(data, "founding", now)
    if found is None:
        print("tollbod filing: from, to and mode are needed, and moments with a zone",
              file=sys.stderr)
        return FINDINGS
    show(answer.plain(found), "en")
    print(f"make: {' '.join(filings.wanted(data, 'founding', now))}")
    return FINE


def _data(file: Path) -> dict:
    """Return the data set of a file; Unreadable if it is none."""
    try:
        data = json.loads(content(file))
    except ValueError as fault:
        raise Unreadable("18", f"This is no JSON: {fault}.", f"Dette er ikke JSON: {fault}."
                         ) from None
    if not isinstance(data, dict):
        raise Unreadable("18", "A data set is one JSON object.",
                         "Et datasett er ett JSON-objekt.")
    return data
