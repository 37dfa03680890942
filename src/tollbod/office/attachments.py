"""Files that travel beside a message of ICS2: taken with it, found again by what it names them.

A file belongs to one message: its identity is that of the message and the name that it has there.
Which kinds and how much the agreement of ICS2 allows holds for every way in.
"""
import zlib
from hashlib import sha256
from typing import NamedTuple

from tollbod.findings import Finding
from tollbod.store.records import Arrival
from tollbod.store.records import Message as Row
from tollbod.store.streams import Store
from tollbod.wire.as4.agreement import agreed
from tollbod.wire.message import Message

GROUPS = ("binaryAttachment", "binaryFile")
MOST = 100                      # files beside one message
BEGINNINGS = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff"}
LONGEST_NAME = 256               # of a name


class File(NamedTuple):
    """A file: what the message calls it, and its bytes."""

    name: str
    data: bytes


class Named(NamedTuple):
    """A file as a message names it: identification, name for people, kind, description."""

    id: str
    filename: str
    media: str
    description: str


def media_of(data: bytes) -> str:
    """Return what kind of file bytes are, empty for none that is allowed.

    >>> media_of(b"%PDF-1.7"), media_of(b"GIF89a")
    ('application/pdf', '')
    """
    allowed = agreed()["attachment types"].split()
    return next((media for media in allowed if data.startswith(BEGINNINGS[media])), "")


def named(message: Message) -> tuple[Named, ...]:
    """Return the files that a message names, in order."""
    found, open_ = [], [message.root]
    while open_:
        node = open_.pop()
        if node.name in GROUPS:
            found.append(Named(*(node.get(one).strip() for one in
                                 ("identification", "filename", "MIME", "description"))))
        open_ += reversed(node.children)
    return tuple(found)


def faults(message: Message, files: tuple[File, ...]) -> tuple[Finding, ...]:
    """Return why files cannot be taken with a message.

    A file that a message names and that did not come is no fault here: it may come another way,
    and an officer sees that it is not there.
    """
    told, sizes = {one.id: one for one in named(message)}, 0
    found = []
    for one in files:
        sizes += len(zlib.compress(one.data, 1))
        if one.name not in told:
            found.append(_fault(message, "98", f"the message names no file {one.name[:80]!r}",
                                f"meldingen nevner ingen fil {one.name[:80]!r}"))
        elif not media_of(one.data) or media_of(one.data) != told[one.name].media:
            found.append(_fault(message, "12", f"{one.name[:80]}: a file is a PDF or a JPEG, and "
                                "is what the message says that it is", f"{one.name[:80]}: en fil "
                                "er PDF eller JPEG, og det meldingen sier at den er"))
    if sizes > int(agreed()["largest compressed"]) or len(files) > MOST:
        found.append(_fault(message, "39", f"at most {MOST} files, {_mega()} MB of them "
                            f"together, compressed", f"høyst {MOST} filer, til sammen {_mega()} "
                            "MB komprimert"))
    return tuple(found)


def _mega() -> int:
    return int(agreed()["largest compressed"]) // 2**20


def _fault(message: Message, code: str, text: str, nb: str) -> Finding:
    return Finding("state", code, "", f"/{message.kind}", 0, text, nb)


def arrivals(of: Arrival, files: tuple[File, ...]) -> list[Arrival]:
    """Return what is to be taken besides a message: its files, each once."""
    world = of.key.partition("/")[0]
    return [Arrival(f"{world}//files/{of.sender}", of.sender, _ident(of.ident, one.name),
                    sha256(one.data).digest(), "file", "", "", one.data)
            for one in {file.name: file for file in files}.values()]


def find(store: Store, world: str, row: Row, name: str) -> bytes | None:
    """Return a file that came with a message of a case; None if it did not come."""
    if "\0" in name:
        return None
    receipt = store.value("receipt_of", world=world, sender=row.sender,
                          ident=_ident(row.ident, name))
    found = store.message(receipt) if receipt else None
    return found.body if found else None


def _ident(message: str, name: str) -> str:
    """Return the identity of a file; it begins with a blank, as no message's does."""
    return f" file {name[:LONGEST_NAME]} of {message}"


def parts(store: Store, world: str, row: Row, message: Message) -> list[tuple[Named, bool]]:
    """Return the files that a message of a case names, and whether each came with it."""
    return [(one, find(store, world, row, one.id) is not None) for one in named(message)]
