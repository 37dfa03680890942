"""Folders carried: what parties drop is taken, what lies in their mailboxes is dropped for them.

A party whose channel is `folder` has one under its id. A file that came is taken first and moved
after: a crash between takes it once more, and a repeat changes nothing. A file that goes out is
staged, then noted as gone in the store, then shown. Who may write into a party's folder speaks as
that party; who sees to that is the system that the folders lie on.
"""
import threading
from pathlib import Path

import msgspec
import structlog

from tollbod.case.model import Party
from tollbod.office import door, outgoing
from tollbod.office.intake import Refusal
from tollbod.office.interchange import Taken
from tollbod.office.node import Node
from tollbod.store.connection import StoreUnavailable
from tollbod.store.records import Message as Row
from tollbod.store.streams import Store
from tollbod.transport.folder import Folder, Odd
from tollbod.wire.message import Message
from tollbod.wire.xml import MAX_BYTES

BATCH = 100                     # messages dropped at once
ROUND_SECONDS = 0.5
PAUSE_SECONDS = 2.0             # after a failure
MOST_TRIES = 5                  # of a file; a person looks at it then
GONE = "folder"                 # row beside a mailbox: the number of the last message dropped

log = structlog.get_logger()


def parties(store: Store, world: str) -> list[Party]:
    """Return the parties of a world that have chosen a folder."""
    found = []
    for id, body in store.parties(world):
        if id.isalnum():
            party = msgspec.json.decode(body, type=Party)
            if party.channel == "folder":
                found.append(party)
    return found


def carry(store: Store, node: Node, world: str, party: Party, root: Path) -> int:
    """Take what a party dropped and drop what is new for it; how many files moved."""
    assert party.id.isalnum(), "an id is the name of a folder"
    folder = Folder(root / party.id)
    folder.make()
    with folder.alone() as mine:
        if not mine:
            return 0                        # another process is at it
        return _take(store, node, world, party, folder) + _drop(store, node, world, party, folder)


def _take(store: Store, node: Node, world: str, party: Party, folder: Folder) -> int:
    """Take the files that came; how many."""
    files = folder.waiting()
    for file in files:
        try:
            if folder.tries(file) >= MOST_TRIES:
                raise Odd(f"it was tried {MOST_TRIES} times and each time the carrier was ended; "
                          "somebody has to look why")
            data = folder.read(file, MAX_BYTES)
        except FileNotFoundError:
            continue
        except Odd as reason:
            folder.fail(file, f"{reason}\n")
            continue
        taken = door.receive(store, node, world, party.id, data)
        if isinstance(taken, Refusal):
            folder.fail(file, _reason(taken))
        else:
            if said := _said(taken[1]):
                folder.note(file.name, said)
            folder.taken(file)
    return len(files)


def _reason(refused: Refusal) -> str:
    """Return why a file was not taken, in words, English and Norwegian."""
    lines = [f"{refused.status}"]
    for one in refused.findings:
        where = f"{one.path} line {one.line}: " if one.path or one.line else ""
        lines += [f"{one.code} {where}{one.text}", f"   {one.nb}"]
    if refused.answer.startswith(b"UNA"):
        lines.append("CONTRL: " + refused.answer.decode("latin-1"))
    return "\n".join(lines) + "\n"


def _said(taken: Taken | Message) -> str:
    """Return what is to be said about what was taken: what was refused of it, and what is lost."""
    lines = []
    for part in taken.parts if isinstance(taken, Taken) else ():
        if part.findings or part.losses:
            lines.append(f"{part.reference} {part.ie} {part.verdict}")
            lines += [f"   {one.code} {one.path}: {one.text}\n   {one.nb}"
                      for one in (*part.findings, *part.losses)]
    return "".join(f"{line}\n" for line in lines)


def _drop(store: Store, node: Node, world: str, party: Party, folder: Folder) -> int:
    """Drop what is new in the mailbox; how many files."""
    key = f"{world}//mailbox/{party.id}"
    gone = int(store.kept(key, [GONE]).get(GONE, b"0"))
    for name in folder.staged():
        if _number(name) <= gone:
            folder.show(name)               # noted as gone, and then we were killed
        else:
            folder.forget(name)             # not noted: it is written again
    rows = store.mailbox(world, party.id, gone, BATCH)
    names = [_stage(store, node, row, party, folder) for row in rows]
    if rows:
        store.keep(key, GONE, str(rows[-1].n).encode())
    for name in names:
        folder.show(name)
    return len(rows)


def _stage(store: Store, node: Node, row: Row, party: Party, folder: Folder) -> str:
    """Stage a message in the party's form; what cannot be said in it is dropped as XML."""
    made = outgoing.own(store, node, row, party)
    name = f"{row.n:09}-{row.ie}.{outgoing.SUFFIX[made.form]}"
    folder.stage(name, made.data)
    if made.lost:
        folder.note(name, "".join(f"not carried: {one}\n" for one in made.lost))
    return name


def _number(name: str) -> int:
    """Return the number of a message from the name of its file; a strange name has none."""
    number = name.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() else 2**63


def round(store: Store, node: Node, world: str, root: Path) -> int:
    """Carry for every party of a world; how many files moved. One party's fault stops no other."""
    moved = 0
    for party in parties(store, world):
        try:
            moved += carry(store, node, world, party, root)
        except OSError as error:
            log.warning("a folder cannot be used", party=party.id, error=str(error)[:300])
    return moved


def run(conninfo: str, node: Node, world: str, root: Path, stop: threading.Event) -> None:
    """Carry until `stop` is set."""
    with Store(conninfo) as store:
        while not stop.is_set():
            try:
                moved = round(store, node, world, root)
            except StoreUnavailable as error:
                log.warning("folders wait for the database", error=str(error)[:300])
                stop.wait(PAUSE_SECONDS)
                continue
            if not moved:
                store.wait(ROUND_SECONDS)
