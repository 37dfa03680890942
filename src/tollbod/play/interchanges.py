"""EDIFACT interchanges for the commands: check, convert and describe of a file, as a stream.

Knows how they are shown; what is right in them is known by `tollbod.wire.edifact`.
"""
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from tollbod.play import ncts_edifact
from tollbod.play.files import FINDINGS, FINE, UNREADABLE, complain
from tollbod.rules.interchanges import judged as judge_all
from tollbod.wire import forms
from tollbod.wire.edifact import contrl, write
from tollbod.wire.edifact.envelope import Interchange, Message
from tollbod.wire.edifact.faults import plain as plain_text
from tollbod.wire.edifact.judge import Verdict, judge
from tollbod.wire.edifact.reader import read
from tollbod.wire.edifact.tree import Branch, Leaf, plain, plain_elements, tree, values
from tollbod.wire.message import Unreadable


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO | None]:
    """Open the file if it is an interchange, else give None; nothing of it has been read."""
    try:
        context = nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb")
    except (OSError, ValueError):
        yield None                      # whoever reads it in another form says why
        return
    with context as stream:
        found = path.suffix.lower() == ".edi" or _sniffed(stream)
        yield stream if found else None


def _sniffed(stream: BinaryIO) -> bool:
    """Return whether the stream begins as an interchange does."""
    try:
        return forms.sniff(stream.peek(2_000)[:2_000]) == "edifact"
    except (OSError, AttributeError):
        return False


def judged(stream: BinaryIO, path: Path, layer: str, profile: str | None, lenient: str = "",
           ) -> dict:
    """Return the verdict on a file of interchanges as `check --json` prints it.

    `losses` is what today's messages have no place for, which is no fault; `syntax` the verdict by
    syntax and directory alone, which is what CONTRL tells.
    """
    found = judge_all(stream, layer, profile, lenient)
    return {"file": str(path), "message": ", ".join(found.kinds), "profile": profile or "p4",
            "verdict": found.verdict, "syntax": found.syntax, "findings": found.findings,
            "losses": found.losses}


def convert(stream: BinaryIO, path: Path, to: str) -> int:
    """Write interchanges to standard output: canonical EDIFACT, JSON with an interchange a line and
    the message of today beside what stands there, or one message of NCTS as XML.
    """
    out = sys.stdout.buffer
    try:
        if to == "edifact":
            for part in write.canonical(stream):
                out.write(part)
        elif to == "json":
            for line in _json(stream):
                out.write(line.encode())
        else:
            return ncts_edifact.to_xml(stream, path)
    except Unreadable as fault:
        return complain("convert", path, fault)
    out.flush()
    return FINE


def _json(stream: BinaryIO) -> Iterator[str]:
    """Yield an object an interchange, in pieces: a message at a time is in memory."""
    begun = None
    for one in read(stream):
        whole = one if isinstance(one, Interchange) else one.interchange
        if whole is not begun:
            begun = whole
            head = {"UNA": write.una(whole.marks)[3:],
                    "UNB": plain_elements(whole.header.elements)}
            yield json.dumps(head)[:-1] + ', "messages": ['
            first = True
        if isinstance(one, Message):
            yield ("" if first else ", ") + json.dumps(_message(one))
            first = False
        else:
            end = plain_elements(one.trailer.elements) if one.trailer is not None else None
            yield f'], "UNZ": {json.dumps(end)}}}\n'


def _message(one: Message) -> dict:
    """Return a message with its tree."""
    group = {"UNG": plain_elements(one.group.header.elements)} if one.group is not None else {}
    message = ncts_edifact.canonical(one)
    return {"reference": one.reference, "identifier": list(one.identifier),
            "association": one.association, **group, "content": plain(tree(one)),
            **({"message": message} if message is not None else {})}


def describe(stream: BinaryIO, path: Path) -> int:
    """Print interchanges as trees: numbers, places, names and what codes mean."""
    try:
        begun = None
        for one in judge(stream):
            whole = one.interchange if isinstance(one, Verdict) else one.message.interchange
            if whole is not begun:
                begun = whole
                _say(_head(whole, path))
            if isinstance(one, Verdict):
                _say(_end(one))
            else:
                _say(_told(one.message))
    except Unreadable as fault:
        return complain("describe", path, fault)
    return FINE


def _say(lines: list[str]) -> None:
    """Print lines, whatever characters came."""
    print("\n".join(plain_text(one) for one in lines))


def _head(one: Interchange, path: Path) -> list[str]:
    """Return what an interchange says of itself."""
    asked = {"1": "acknowledgement asked for", "2": "indication of receipt asked for"}
    more = [asked.get(one.acknowledgement, ""), "a test" if one.test else ""]
    return [f"{path}: interchange {one.reference} from {one.sender} to {one.recipient}, prepared "
            f"{one.header.get(4)} {one.header.get(4, 1)}, {one.header.get(1)} syntax {one.version}",
            *("  " + said for said in more if said)]


def _end(verdict: Verdict) -> list[str]:
    """Return the verdict on an interchange."""
    count = sum(1 for _ in verdict.faults())
    return [f"verdict: {count} findings; see tollbod check and tollbod ack" if count
            else "verdict: valid"]


def _told(message: Message) -> list[str]:
    """Return a message as a tree in words."""
    lines = [f"  message {message.reference}: {':'.join(message.identifier)} "
             f"{message.association}".rstrip()]

    def walk(children: list[Leaf | Branch], indent: str) -> None:
        for one in children:
            if isinstance(one, Branch):
                lines.append(f"{'':14}{indent}{one.name}[{one.number}]")
                walk(one.children, indent + "  ")
                continue
            said = f"  {one.segment.name}" if one.segment is not None else ""
            lines.append(f"{one.number:6}{one.offset:7} {indent}{one.tag}{said}")
            for value in values(one):
                name = f" {value.part.name}" if value.part is not None else ""
                means = f"  ({value.meaning})" if value.meaning else ""
                lines.append(f"{'':14}{indent}  {value.path}{name}  {value.text}{means}")
    lines.append(f"{'segment':>6}{'byte':>6}")
    walk(tree(message), "")
    if message.identifier[0] == "CONTRL":
        lines += ["  " + said for said in _report(message)]
    return lines


def _report(message: Message) -> list[str]:
    """Return what a CONTRL says, in words."""
    found = contrl.report(message)
    becomes = {"4": "rejected", "7": "acknowledged", "8": "received"}
    lines = []
    for one in found.lines:
        place = " ".join(f"{name} {number}" for name, number in (
            ("segment", one.segment), ("element", one.element), ("component", one.component))
            if number)
        said = becomes.get(one.action, one.action)
        why = f"error {one.code} ({contrl.meaning(one.code)})" if one.code else ""
        what = f"{one.level} {one.reference}".rstrip() if one.level not in (
            "segment", "element") else ""
        lines.append("  ".join(part for part in (what, said, one.tag, place, why) if part))
    return ["this says:", *("  " + line for line in lines if line)]


EXITS = {"valid": FINE, "invalid": FINDINGS, "unreadable": UNREADABLE}
