"""`tollbod document [REF] --kind tad -o FILE`: a paper as PDF/A.

REF is a message file, or the MRN or LRN of a movement of a running house. Forms of the business
continuity procedure need neither: `fallback` and `ssd` are made with no database and no network,
blank or filled from a message file.
"""
import sys
from collections.abc import Sequence
from pathlib import Path

from tollbod.documents import fillable, kinds
from tollbod.documents.kinds import KINDS, NotOfThis
from tollbod.play.client import Client, Refused, Unreachable
from tollbod.play.files import FINE, UNREADABLE, complain, read
from tollbod.wire.message import Unreadable

REFUSED = 1


def run(ref: str | None, kind: str, out: Path, language: str, known: Sequence[str], to: str,
        party: str, secret: str) -> int:
    """Write the document; 0, or 1 if there is no such document of this, 2 for a wrong line."""
    told = dict(pair.partition("=")[::2] for pair in known)
    if kind not in KINDS:
        return _wrong(f"no kind {kind!r}; there are {', '.join(KINDS)}")
    if unknown := sorted(set(told) - kinds.known_names(kind)):
        named = ", ".join(sorted(kinds.known_names(kind))) or "nothing"
        return _wrong(f"--set {unknown[0]}: a {kind} can be told {named}")
    if out.suffix == ".html" and not KINDS[kind].fillable:
        return _wrong(f"a {kind} is a PDF; only {_fillable()} can be filled in on screen (.html)")
    try:
        if ref is None and not KINDS[kind].blank:
            return _wrong(f"a {kind} is made of a message file, an MRN or an LRN: name one")
        data = _made(ref, kind, out.suffix, language, told, Client(to, party, secret))
    except Unreadable as fault:
        return complain("document", ref or "", fault)
    except (NotOfThis, Refused, Unreachable) as error:
        print(f"tollbod document: {error}", file=sys.stderr)
        return REFUSED
    try:
        out.write_bytes(data)
    except OSError as error:
        return _wrong(f"{out}: {error.strerror}")
    print(f"{out}: {KINDS[kind].en}, {len(data)} bytes")
    return FINE


def _made(ref: str | None, kind: str, suffix: str, language: str, told: dict[str, str],
          house: Client) -> bytes:
    if ref is None or Path(ref).exists():
        message = read(Path(ref)) if ref else None
        if suffix == ".html":
            return fillable.html(kind, message, language, told)
        return kinds.pdf(kind, message, language, told)
    return house.call("GET", f"/documents/{kind}/{ref}", params={"language": language}).content


def _wrong(text: str) -> int:
    print(f"tollbod document: {text}", file=sys.stderr)
    return UNREADABLE


def _fillable() -> str:
    return ", ".join(name for name, kind in KINDS.items() if kind.fillable)
