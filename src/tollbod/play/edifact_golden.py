"""Golden interchanges of NCTS, one a message: what is read from each stands beside it.

`IE015.reading` is the message of today, and after it, a line each, what is said of the interchange.
"""
from collections.abc import Iterator
from pathlib import Path

from tollbod.wire import json
from tollbod.wire.edifact import ncts
from tollbod.wire.edifact.judge import Judged, judge


def cases(folder: Path) -> list[Path]:
    """Return the interchanges."""
    return sorted(folder.glob("*.edi"))


def faults(path: Path, update: bool = False) -> Iterator[str]:
    """Yield what differs from the file beside, which `update` rewrites."""
    said, beside = read_from(path), path.with_suffix(".reading")
    if beside.exists() and beside.read_text(encoding="utf-8") == said:
        return
    if update:
        beside.write_text(said, encoding="utf-8")
    yield "rewritten" if update else "is read otherwise"


def read_from(path: Path) -> str:
    """Return the message of today that is read from an interchange, and all that is said of it."""
    [found] = [one for one in judge(path.read_bytes()) if isinstance(one, Judged)]
    reading = ncts.read_message(found.message)
    said = [fault.finding() for fault in found.faults] + [*reading.findings, *reading.losses]
    return json.write(reading.message).decode() + "".join(
        f"# {one.code} | {one.path} | {one.text}\n" for one in said)
