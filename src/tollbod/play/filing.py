"""`tollbod filing KIND [FILE]`: one data set made into a message; what it lacks is told by name."""
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tollbod.play import filings
from tollbod.play.files import FINDINGS, FINE, complain, content
from tollbod.wire import xml
from tollbod.wire.message import Unreadable


def run(kind: str, file: Path | None) -> int:
    """Write the message to standard output, what is missing or wrong to standard error."""
    if file is None:
        print(json.dumps(filings.example(), indent=2, ensure_ascii=False))
        return FINE
    try:
        made = filings.made(_data(file), kind, datetime.now(UTC))
    except Unreadable as fault:
        return complain("filing", file, fault)
    for name in made.missing:
        print(f"tollbod filing: {file}: missing for {kind}: {name}", file=sys.stderr)
    for one in made.findings:
        print(f"tollbod filing: {file}: {one.path}: {one.text}", file=sys.stderr)
    sys.stdout.buffer.write(xml.write(made.message))
    sys.stdout.buffer.flush()
    return FINDINGS if made.missing or made.findings else FINE


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
