"""NCTS messages in interchanges for the commands: converted to XML, JSON and back."""
import json as plain_json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from tollbod.play.files import FINDINGS, FINE, UNREADABLE
from tollbod.rules.interchanges import is_ours
from tollbod.wire import json, xml
from tollbod.wire.edifact import ncts, write
from tollbod.wire.edifact.envelope import Message
from tollbod.wire.edifact.judge import Judged, judge
from tollbod.wire.message import Message as Canonical

NOWHERE = "?"                   # stands for a sender or recipient that the message does not name


def canonical(message: Message) -> dict | None:
    """Return the message of today as it is written in JSON, None if the mapping lacks it.

    None too where characters came that no text can hold.
    """
    if not is_ours(message) or message.odd:
        return None
    return plain_json.loads(json.write(ncts.read_message(message).message))


def to_xml(stream: BinaryIO, path: Path) -> int:
    """Write the one message of an interchange as XML; what it leaves out goes to standard error."""
    some = [one for one in judge(stream) if isinstance(one, Judged)]
    ours = [one for one in some if is_ours(one.message)]
    if len(ours) != 1:
        print(f"tollbod convert: {path}: {len(ours)} NCTS messages, and XML holds one; --to json "
              "writes them all", file=sys.stderr)
        return UNREADABLE
    reading = ncts.read_message(ours[0].message)
    wrong = [fault.finding() for fault in ours[0].faults]
    _tell(path, [*wrong, *reading.findings, *reading.losses])
    if ours[0].message.odd:
        return UNREADABLE               # no XML can hold such characters
    sys.stdout.buffer.write(xml.write(reading.message))
    sys.stdout.buffer.flush()
    return FINDINGS if wrong else FINE


def to_edifact(message: Canonical, path: Path) -> int:
    """Write a message as an interchange; what phase 4 cannot carry goes to standard error."""
    try:
        written = ncts.write_message(message)
        data = ncts.write_interchange(
            [written], sender=message.sender or NOWHERE, recipient=message.recipient or NOWHERE,
            reference=ncts.reference_of(message.identification), when=_prepared(message))
    except (ncts.Unmapped, write.Unwritable) as fault:
        print(f"tollbod convert: {path}: {fault}", file=sys.stderr)
        return UNREADABLE
    _tell(path, written.losses)
    for name in written.missing:
        print(f"tollbod convert: {path}: phase 4 demands {name}, which is not known here",
              file=sys.stderr)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return FINE


def _tell(path: Path, found) -> None:
    """Print findings to standard error."""
    for one in found:
        print(f"tollbod convert: {path}:{one.line}: {one.path}: {one.text}", file=sys.stderr)


def _prepared(message: Canonical) -> datetime:
    """Return when the message was prepared; the beginning of time where it does not say."""
    try:
        return datetime.fromisoformat(message.get("preparationDateAndTime")[:19])
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
