"""What a trader's CONTRL says of a message of ours: a rejection is marked and becomes a task.

Nothing is sent again: the trader's software cannot read what we wrote, and a person must look why.
The desk of the office that sent the message is told in the commit that takes the CONTRL. CONTRL of
what was read well leaves nothing behind.
"""
import json
from collections.abc import Iterable
from hashlib import sha256

from tollbod.case.model import Task
from tollbod.office.node import Node
from tollbod.store.records import Arrival, Place
from tollbod.store.records import Message as Row
from tollbod.store.streams import DESK, Store
from tollbod.wire.edifact.contrl import REJECTED, Report, meaning

TOLD = "unread"                 # what a desk is told, and the name of its task
UNSAID = "18"                   # unspecified error, of code list 0085


def arrivals(store: Store, node: Node, world: str, party: str, ours: tuple[str, ...],
             reports: Iterable[Report]) -> list[Arrival]:
    """Return what the desks are told of messages that are rejected, once for each message.

    `ours` are our addresses. A CONTRL names a message by its number in the mailbox, which is the
    reference of its interchange; what names no message of ours tells nothing.
    """
    found: dict[str, Arrival] = {}
    for report in reports:
        row = _named(store, world, party, ours, report)
        if row is None or all(line.action != REJECTED for line in report.lines):
            continue
        key = _desk(node, row)
        code = next((line.code for line in report.lines if line.code), UNSAID)
        told = {"party": party, "ie": row.ie, "n": row.n, "movement": row.movement,
                "receipt": row.receipt, "code": code[:3]}
        name = f"rejects {party} {row.n}"
        found.setdefault(key, Arrival(key, ours[0], name, sha256(name.encode()).digest(), TOLD,
                                      "", "", json.dumps(told).encode()))
    return list(found.values())


def _named(store: Store, world: str, party: str, ours: tuple[str, ...], report: Report,
           ) -> Row | None:
    """Return the message in a party's mailbox that a CONTRL is about; None: none of ours."""
    number = report.reference
    if report.sender not in ours or not (number.isascii() and number.isdecimal()):
        return None
    rows = store.mailbox(world, party, int(number[:14]) - 1, 1)
    return rows[0] if rows and rows[0].n == int(number) else None


def _desk(node: Node, row: Row) -> str:
    """Return the key of the desk's stream for a message; what no case sent is the first office's.
    """
    office = Place.of(row.origin).office if row.origin.count("/") >= 3 else ""
    world = Place.of(row.key).world
    return f"{world}/{office or node.repository}/{DESK}/{row.key}/{row.n}"


def task(name: str, told: dict) -> Task:
    """Return the task about a message that its recipient rejects."""
    what = f"{told['ie']} {told['movement']}".strip()
    return Task(
        name, f"{told['party']} rejects our {what} (number {told['n']} in its mailbox) by CONTRL, "
        f"code {told['code']}, {meaning(told['code'])}. It is not sent again: find out why, and "
        "tell the trader what it says (resolve: done)",
        f"{told['party']} avviser {what} fra oss (nummer {told['n']} i postkassen) med CONTRL, "
        f"kode {told['code']}. Den sendes ikke på nytt: finn årsaken, og si aktøren hva som står "
        "i den (resolve: gjort)", ("resolve",))


def rejection(store: Store, node: Node, row: Row) -> str:
    """Return the code (0085) with which the recipient's CONTRL rejects a message; empty: none."""
    rows = store.inbox(_desk(node, row), 0, 1)
    return json.loads(rows[0].body)["code"] if rows and rows[0].ie == TOLD else ""
