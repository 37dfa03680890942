"""The door for EDIFACT: an interchange is judged, taken in one commit, and answered by CONTRL.

Read `receive` first. What the syntax refuses is told by CONTRL in the sender's mailbox and changes
nothing else; messages that are right are taken though others of their interchange are not. What a
message says is judged by its case, like any other: refusals of content are messages of their own.
"""
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

import msgspec

from tollbod.case.model import Party
from tollbod.findings import Finding
from tollbod.office import heard, intake, known, strangers
from tollbod.office.nack import nack
from tollbod.office.node import Node
from tollbod.store.records import Arrival, Receipt
from tollbod.store.streams import NotWhole, Store
from tollbod.wire.edifact import contrl, ncts, write
from tollbod.wire.edifact.envelope import Message as Sent
from tollbod.wire.edifact.faults import Fault, plain
from tollbod.wire.edifact.judge import Rejected, Verdict, judge
from tollbod.wire.edifact.reader import Agreement
from tollbod.wire.message import Message, Unreadable

MOST_MESSAGES = 1000            # of one interchange; one commit holds them all
TRIES = 5                       # each finds another message that somebody lodged meanwhile
TESTS = ("1",)                  # of 0035: a test like any other; echoes are not given back
ENVELOPE = "interchange"        # what the store calls it where a message has its number
UNNUMBERED = "0"                # reference of a CONTRL until its place in the mailbox is known


class Part(NamedTuple):
    """What became of one message: new, again, refused (of its content) or rejected (by CONTRL)."""

    reference: str              # 0062
    ie: str
    verdict: str
    id: int = 0
    identification: str = ""
    findings: tuple[Finding, ...] = ()      # why it is refused or rejected
    losses: tuple[Finding, ...] = ()        # what it says that has no place today


class Taken(NamedTuple):
    """An interchange that has a receipt, and what became of each of its messages."""

    identification: str         # 0020
    ie: str
    parts: tuple[Part, ...]


@dataclass
class _Read:
    """An interchange that has been read: its verdict, and the messages that are right."""

    verdict: Verdict
    data: bytes
    digest: bytes
    messages: list[tuple[Sent, ncts.Reading]] = field(default_factory=list)
    reports: list[contrl.Report] = field(default_factory=list)
    refused: dict[int, tuple[Finding, ...]] = field(default_factory=dict)   # by number

    @property
    def name(self) -> str:
        """Return what makes it known among its sender's: the recipient and the reference."""
        one = self.verdict.interchange
        return f"{one.recipient}/{one.reference}"


def receive(store: Store, node: Node, world: str, party: str, data: bytes,
            ) -> tuple[Receipt, Taken] | intake.Refusal:
    """Take an interchange of an authenticated party: one receipt once all of it is durable.

    400: no interchange can be read, or CONTRL rejects it; 422: it is not for us, not this
    party's, or too much at once; 409: its reference was used for another (code 26).
    """
    try:
        read = _read(store, node, world, party, data)
    except Unreadable as error:
        found = Finding("schema", error.code, "", "", error.line, error.text, error.nb)
        return intake.Refusal(400, (found,))
    if isinstance(read, Finding):
        return intake.Refusal(422, (read,))
    if contrl.action(read.verdict) == contrl.REJECTED:
        return _rejected(store, node, world, party, read)
    for _ in range(TRIES):
        plan = _plan(store, node, world, party, read)
        try:
            receipts = store.take_whole([row for row, _ in plan])
        except NotWhole as why:
            if why.verdicts[0] == "other":
                return _used(store, node, world, party, data)
            if why.verdicts[0] == "new":
                _without_used(read, plan, why.verdicts)
                continue
            plan = plan[:1]                 # it was taken before: nothing else is now
            receipts = store.take([plan[0][0]])
        if receipts[0].verdict == "other":
            return _used(store, node, world, party, data)
        if receipts[0].verdict == "new":
            store.notify()
        return receipts[0], _taken(read, plan, receipts)
    raise AssertionError("others lodged the same identifications again and again")


def partner(store: Store, world: str, party: str) -> str:
    """Return the address that a party has in UNB."""
    body = store.party(world, party)
    return msgspec.json.decode(body, type=Party).partner or party if body else party


def names(node: Node) -> tuple[str, ...]:
    """Return the addresses under which this installation receives interchanges."""
    return tuple(f"NTA.{country}" for country in node.countries)


def _read(store: Store, node: Node, world: str, party: str, data: bytes) -> _Read | Finding:
    """Judge an interchange and read its messages, or say why it is not for this door."""
    agreement = Agreement((partner(store, world, party),), names(node),
                          tests=TESTS if node.test else ())
    register = ncts.Known(known.Register(store, world))
    sent: list[tuple[Sent, ncts.Reading]] = []
    reports: list[contrl.Report] = []
    found = None
    for one in judge(data, agreement=agreement):
        if found is not None:
            return _two()
        if isinstance(one, Verdict):
            found = one
        elif len(sent) + len(reports) >= MOST_MESSAGES:
            return _many()
        elif one.faults:
            continue
        elif one.message.identifier[0] == "CONTRL":
            reports.append(contrl.report(one.message))
        else:
            sent.append((one.message, ncts.read_message(one.message, register)))
    assert found is not None, "what has no end is unreadable"
    canonical = sha256(b"".join(write.canonical(data))).digest()
    return _Read(found, data, canonical, sent, reports)


def _rejected(store: Store, node: Node, world: str, party: str, read: _Read) -> intake.Refusal:
    """Refuse an interchange by CONTRL, which lies in the mailbox once however often it comes."""
    one = read.verdict.interchange
    findings = tuple(fault.finding(one.where) for fault in read.verdict.faults())
    answer = b""
    if contrl.possible(read.verdict):
        answer = contrl.answer(read.verdict, UNNUMBERED, store.now(world))
        why = " ".join(fault.code for fault in read.verdict.faults())
        mark = sha256(read.digest + why.encode()).hexdigest()[:32]
        receipt = store.take([_letter(node, world, party, f"CONTRL {party} {mark}", "CONTRL",
                                      answer, read.digest)])[0]
        if receipt.verdict == "new":
            store.notify()
    ours = not {"sender", "recipient", "test"} & {fault.key for fault in one.faults}
    used = any(fault.key == "duplicate" for fault in one.faults)
    return intake.Refusal(409 if used else 400 if ours else 422, findings, answer)


def _used(store: Store, node: Node, world: str, party: str, data: bytes) -> intake.Refusal:
    """Refuse an interchange whose reference another one has (code 26)."""
    read = _read(store, node, world, party, data)
    assert isinstance(read, _Read)
    one = read.verdict.interchange
    one.faults.append(Fault("duplicate", "interchange", "UNB", "UNB", one.header.offset,
                            one.header.line, 0, 6, value=one.reference))
    return _rejected(store, node, world, party, read)


# What is taken

Row = tuple[Arrival, int]       # number of the message in the interchange; 0: of none


def _plan(store: Store, node: Node, world: str, party: str, read: _Read) -> list[Row]:
    """Return all that one commit takes: the envelope, messages to cases and desks, answers."""
    one = read.verdict.interchange
    out = {message.number for message in read.verdict.rejected}
    kind = "CONTRL" if read.verdict.types == {"CONTRL"} else ENVELOPE
    envelope = Arrival(f"{world}//interchange/{party}", party,
                       known.envelope_name(one.recipient, one.reference), read.digest, kind, "",
                       "", read.data)
    plan: list[Row] = [(envelope, 0)]
    for sent, reading in read.messages:
        if sent.number in out:
            continue
        found = _unfit(reading, node)
        rows = [] if found else intake.arrivals(
            store, node, world, party, reading.message,
            opened={before.key for before, _ in plan})
        found = found or strangers.too_many(store, world, party, rows[0])
        if found:
            read.refused[sent.number] = found
            name = f"IE917 {party} {read.name} {sent.number}"
            answers = f"{one.reference}-{sent.reference}"
            told = _nack(store, node, world, party, name, found, answers)
            plan.append((_letter(node, world, party, name, "IE917", told, read.digest),
                         -sent.number))
        else:
            plan += [(row, sent.number) for row in rows]
    plan += [(row, 0) for row in heard.arrivals(store, node, world, party, names(node),
                                                read.reports)]
    if contrl.wanted(read.verdict) and contrl.possible(read.verdict):
        answer = contrl.answer(read.verdict, UNNUMBERED, store.now(world))
        plan.append((_letter(node, world, party, f"CONTRL {party} {read.name}", "CONTRL", answer,
                             read.digest), 0))
    return plan


def _unfit(reading: ncts.Reading, node: Node) -> tuple[Finding, ...]:
    """Return why no case can be given a message; nothing: one can."""
    if reading.message is None or reading.findings:
        return reading.findings
    return tuple(reading.placed(intake.addressable(reading.message, node)))


def _nack(store: Store, node: Node, world: str, party: str, name: str,
          found: tuple[Finding, ...], answers: str) -> bytes:
    country = node.countries[0]
    number = f"{country}-{sha256(name.encode()).hexdigest()[:24]}"
    return nack(found, country, party, store.now(world), number, answers)


def _letter(node: Node, world: str, party: str, ident: str, ie: str, body: bytes, digest: bytes,
            ) -> Arrival:
    """Return a message of ours to a party's mailbox, which no case sends."""
    return Arrival(f"{world}//mailbox/{party}", names(node)[0], ident, digest, ie, "", "", body)


def _without_used(read: _Read, plan: list[Row], verdicts: list[str]) -> None:
    """Reject the messages whose identification has other content (26); the others may go on."""
    used = {number for (_, number), verdict in zip(plan, verdicts) if verdict == "other"}
    for sent, _ in read.messages:
        if sent.number in used:
            fault = Fault("duplicate", "message", "UNH", f"{sent.path}/UNH", sent.offsets[0],
                          sent.lines[0], 1, 2, value=sent.reference)
            read.verdict.rejected.append(Rejected(
                sent.number, sent.group.number if sent.group else 0, sent.reference,
                (*sent.identifier, sent.association), [fault]))


def _taken(read: _Read, plan: list[Row], receipts: list[Receipt]) -> Taken:
    """Return what became of each message."""
    became = {number: receipt for (_, number), receipt in
              reversed(list(zip(plan, receipts))) if number}
    where = read.verdict.interchange.where
    parts = [Part(plain(one.reference), plain(one.identifier[4]), "rejected",
                  findings=tuple(fault.finding(where) for fault in one.faults))
             for one in read.verdict.rejected]
    for sent, reading in read.messages:
        if sent.number in became:
            receipt = became[sent.number]
            parts.append(Part(sent.reference, reading.message.ie, receipt.verdict, receipt.id,
                              reading.message.identification.strip(),
                              losses=reading.losses))
        elif -sent.number in became:
            parts.append(Part(sent.reference, reading.name, "refused",
                              findings=read.refused.get(sent.number, ())))
    kind = plan[0][0].ie
    return Taken(read.verdict.interchange.reference, kind, tuple(parts))


def _two() -> Finding:
    return Finding("state", "35", "", "", 0, "there is more than one interchange; send one at a "
                   "time", "det er mer enn én utveksling; send én om gangen")


def _many() -> Finding:
    return Finding("state", "35", "", "", 0, f"an interchange may have {MOST_MESSAGES} messages "
                   "here; send them in several", f"en utveksling kan ha {MOST_MESSAGES} meldinger "
                   "her; send dem i flere")
