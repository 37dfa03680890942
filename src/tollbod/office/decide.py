"""One message of one stream: read it, check it, take the row, write what follows.

Pure: everything that the decision depends on comes in (`Surroundings`). What is decided is returned
as a `Step`; the worker gathers the steps of a stream into one `Decided` and commits it.
"""
import json
import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from tollbod.case import four_eyes
from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, Decision, Effect, Event, Facts, Party, Refuse, Role, Send, Task, Tell, Timer, broken,
    refuse, step,
)
from tollbod.case.office_answers import speaker
from tollbod.findings import Finding
from tollbod.movement import ahead
from tollbod.movement.speakers import refuse_stranger
from tollbod.national.profile import Profile
from tollbod.office.compose import Trigger, Unsendable, compose
from tollbod.office.envelope import wrap
from tollbod.office.kept import Kept
from tollbod.office.nack import xml_errors
from tollbod.office.roles import ROLES
from tollbod.risk import control_filter
from tollbod.risk.control_filter import Criterion
from tollbod.rules.check import check
from tollbod.rules.rule import Beside
from tollbod.spec import tables
from tollbod.spec.codes import codelist
from tollbod.store.records import Claimed, Out, Place
from tollbod.wire import forms
from tollbod.wire.message import Message


class Surroundings(NamedTuple):
    """What a decision needs to know of the world around its case."""

    party: Callable[[str], Party | None]
    profile: Profile
    criteria: tuple[Criterion, ...]
    reaches: Callable[[str], bool]
    address: Callable[[Send | Tell], str]   # the key of the stream or mailbox that gets a message
    declarant_of: Callable[[str], str]      # whose declaration an MRN is; empty if unknown
    filer_of: Callable[[str], str]          # whose prenotification an MRN is; empty if unknown
    kept: Kept                              # the rows that the stream keeps beside its state
    keyed: Callable[[str], str]             # digest of a secret, under the key of the node
    regime: str                             # which dated law holds
    entry_of: Callable[[str], tuple[str, str]] = lambda _name: ("", "")    # ENS: MRN, filer
    exit_in: Callable[[str], str] = lambda _name: ""    # the transit that holds its exit data
    told: Callable[..., list] = lambda _mrn, _party, _since: []     # what we have sent before
    on_paper: Callable[[str, str], bool] = lambda _party, _lrn: False   # begun so in an outage?


class Answer(msgspec.Struct, frozen=True):
    """What an officer answers to a message that could not be decided: it is refused so."""

    by: str
    text: str


class Step(NamedTuple):
    """What one message brought about."""

    case: Any
    what: bytes                     # for the history: digests and grounds, no bodies
    effects: tuple[Effect, ...]
    outs: tuple[Out, ...]


def decode(role: Role, state: bytes) -> Any:
    """Return the case that a stream keeps; a new one where nothing is kept yet."""
    return msgspec.msgpack.decode(state, type=role.kind) if state else role.kind()


def decide(case: Any, claimed: Claimed, around: Surroundings, answer: Answer | None = None
           ) -> Step:
    """Decide on one message of a stream.

    An officer's act or a trader's message from which a message would follow that does not pass our
    own check is refused with what is wrong: neither may hold a case. From another office's message
    or a timer that cannot be: it is a bug. What an officer answers is not judged any more.
    """
    role = ROLES[claimed.role]
    event, facts = _read(case, claimed, around, judged=answer is None)
    if answer:
        return _answered(role, case, claimed, event, facts, answer, around)
    if stale(case, event):
        return Step(case, _what(claimed, case, case, "stale timer", -1, (), ()), (), ())
    try:
        decision = _decision(role, case, claimed, event, facts)
        done = _carried(role, case, claimed, event, facts, decision, around)
        second = four_eyes.proposed(role, case, event, facts, decision)
        return _carried(role, case, claimed, event, facts, second, around) if second else done
    except MISTYPED as error:
        if not event.name.startswith("officer"):
            raise
        refused = Decision(case, (_mistyped(event, error),), -1)
        return _carried(role, case, claimed, event, facts, refused, around)
    except Unsendable as error:
        findings = error.findings
        if _of_trader(claimed):
            findings = tuple(map(_followed, findings))
        elif not event.name.startswith("officer"):
            raise
        refused = Decision(case, (Refuse(findings),), -1)
        return _carried(role, case, claimed, event, facts, refused, around)


def _answered(role: Role, case: Any, claimed: Claimed, event: Event, facts: Facts, answer: Answer,
              around: Surroundings) -> Step:
    """Refuse a message as an officer answers it; if even that cannot be written, say nothing."""
    said = f"{answer.text} ({answer.by})"
    try:
        refused = Decision(case, (refuse("14", said, said),), -1)
        return _carried(role, case, claimed, event, facts, refused, around)
    except Unsendable:
        what = _what(claimed, case, case, event.name, -1, (), refused.effects[0].findings)
        return Step(case, what, (), ())


def _decision(role: Role, case: Any, claimed: Claimed, event: Event, facts: Facts) -> Decision:
    """Find the row that fits; before that, refuse what no row is asked about."""
    if facts.findings and not _judged_by_row(role, case, event, facts):
        return Decision(case, (Refuse(facts.findings),), -1)
    if event.name.startswith("officer ") and _unwritable(event.body):
        return Decision(case, (refuse(
            "14", "the details hold a character that no message and no register can hold",
            "opplysningene har et tegn som ingen melding og intet register kan ha"),), -1)
    if claimed.origin and not _heard(role, case, event, facts):
        return Decision(case, (refuse_stranger(event, facts),), -1)
    if event.name in (four_eyes.CONFIRM, four_eyes.REJECT):
        answer = four_eyes.answered(case, event)
        if isinstance(answer, Decision):
            return answer
        done = step(role.table, four_eyes.without(case), answer, facts, role.waits)
        return done._replace(effects=(Task(four_eyes.TASK), *done.effects))
    return step(role.table, case, event, facts, role.waits)


def _unwritable(told: Any) -> bool:
    """Tell whether a text in what an officer tells has a character that XML 1.0 does not know.

    >>> _unwritable({"reason": ["a\\0b"]}), _unwritable({"reason": "a line\\nand another"})
    (True, False)
    """
    if isinstance(told, dict):
        return any(_unwritable(one) for pair in told.items() for one in pair)
    if isinstance(told, list):
        return any(_unwritable(one) for one in told)
    return isinstance(told, str) and NOT_XML.search(told) is not None


def _heard(role: Role, case: Any, event: Event, facts: Facts) -> bool:
    """Tell whether an office's message comes from one that may say it."""
    return event.name not in role.heard or role.heard[event.name](case, event, facts)


NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What comes of an act's details that are not what the act takes: a word for a date, a number for
# a list. Of a message it would be a bug, and sets the case aside.
MISTYPED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def _mistyped(event: Event, error: Exception) -> Refuse:
    """Return the refusal of an act whose details cannot be read; it changes nothing."""
    act = event.name.removeprefix("officer ")
    return refuse("14", f"the details of '{act}' cannot be read: {error!s:.200}",
                  f"opplysningene til «{act}» kan ikke leses: {error!s:.200}")


def _followed(finding: Finding) -> Finding:
    """Return what is wrong with a message that would follow as a finding on what brought it."""
    code = finding.code if finding.code in ("12", "13", "15") else "14"
    return finding._replace(layer="rules", code=code)


def _of_trader(claimed: Claimed) -> bool:
    """Tell whether a trader sent the message: no office of ours or another, no timer."""
    return claimed.ie.startswith("IE") and not claimed.origin


def _carried(role: Role, case: Any, claimed: Claimed, event: Event, facts: Facts,
             decision: Decision, around: Surroundings) -> Step:
    """Write what follows from a decision: answers, timers, the letters and their addresses."""
    effects = _with_answers(role, case, event, facts, decision.effects)
    after = _timers(decision.case, event, effects)
    if after.state != case.state:
        after = role.forget(msgspec.structs.replace(after, since=claimed.at))
        if after.proposal:                              # made of another state: void
            after, effects = four_eyes.without(after), (*effects, Task(four_eyes.TASK))
    trigger = Trigger(facts.message, _opened_by(after))
    sends = [effect for effect in effects if isinstance(effect, Send)]
    mrn = getattr(after, "mrn", "") or claimed.movement
    outs = tuple(
        _out(send, compose(send, number, trigger, facts), mrn, claimed.key, around)
        for number, send in enumerate(sends, 1)
    ) + tuple(Out(around.address(effect), f"tell {effect.what}", mrn,
                  json.dumps(effect.body).encode())
              for effect in effects if isinstance(effect, Tell))
    refused = next((e.findings for e in effects if isinstance(e, Refuse)), ())
    what = _what(claimed, case, after, event.name, decision.row, outs, refused,
                 four_eyes.told(event.name, case, after))
    return Step(after, what, effects, outs)


def _judged_by_row(role: Role, case: Any, event: Event, facts: Facts) -> bool:
    """Tell whether the table says what becomes of a message with findings.

    One that does not fit the structure is refused before the table is looked at. One that has no
    row in this state is out of sequence, whatever else is wrong with it; a row for every state
    counts where it fits (a stranger learns nothing of the state). Of the others a row may
    take those with findings (`broken`); where none does, they are refused and change nothing.
    """
    if facts.findings[0].layer == "schema":
        return False
    rows = [row for row in role.table if row.event == event.name and (
        row.state == case.state or row.state == ANY and row.when(case, event, facts))]
    return not rows or any(row.when is broken for row in rows)


def _out(send: Send, body: bytes, mrn: str, origin: str, around: Surroundings) -> Out:
    """Address a message: to a stream or a mailbox of ours, or in an envelope to another node."""
    key = around.address(send)
    if Place.of(key).role == "link":
        body = wrap(send, origin, mrn, body)
    return Out(key, send.ie, mrn, body)


def _read(case: Any, claimed: Claimed, around: Surroundings, judged: bool = True
          ) -> tuple[Event, Facts]:
    """Return what came in as an event, with the facts on which it is decided."""
    sender = Place.of(claimed.sender).office if claimed.origin else claimed.sender
    facts = Facts(now=claimed.at, office=claimed.office, sender=sender, receipt=claimed.receipt,
                  message=claimed.ident, party=around.party, profile=around.profile,
                  reaches=around.reaches, declarant_of=around.declarant_of,
                  filer_of=around.filer_of, entry_of=around.entry_of, exit_in=around.exit_in,
                  case=claimed.case_id, kept=around.kept.get, kept_all=around.kept.all,
                  kept_under=around.kept.under, told=around.told,
                  keyed=around.keyed, regime=around.regime)
    if not claimed.ie.startswith("IE"):
        body = json.loads(claimed.body)
        name = f"timer {body['name']}" if claimed.ie == "timer" else claimed.ie
        return Event(name, body), facts
    message = forms.read(claimed.body)
    called = ROLES[claimed.role].calls(message.ie)                 # not what an envelope calls it
    event = Event(called, message.plain(), message.profile, ie=message.ie)
    findings = tuple(_judge(case, claimed, message, facts)) if judged else ()
    if judged and claimed.role == "departure" and _of_trader(claimed):
        findings += _on_paper(claimed, message, around)
    facts = msgspec.structs.replace(facts, findings=findings, message=message.identification)
    if findings or not judged:
        return event, facts
    filtered = around.criteria, claimed.at.date()
    facts = msgspec.structs.replace(
        facts, hits=control_filter.hits(event.body, *filtered),
        assess=lambda part: control_filter.hits(part, *filtered),
        found=lambda part, ie: control_filter.found(part, *filtered, ie))
    if claimed.role == "departure" and event.name in ahead.LEARN and _takes(claimed, case, event):
        facts = msgspec.structs.replace(facts, findings=tuple(ahead.findings(case, event, facts)))
    return event, facts


def _on_paper(claimed: Claimed, message: Message, around: Surroundings) -> tuple[Finding, ...]:
    """Tell whether the operation was begun on paper: it ends there, and only withdrawal is taken.

    Convention App. I, business continuity procedure; see `continuity.table`.
    """
    party, _, lrn = claimed.case_id.partition(":")
    if message.ie == "IE014" or not lrn or not around.on_paper(party, lrn):
        return ()
    place = message.first("TransitOperation/LRN") or message.root
    return (Finding(
        "state", "14", "BCP", place.path(), place.line, "this was begun on paper during an outage: "
        "it ends on paper and is not declared again; withdraw with IE014 what was lodged before",
        "dette ble begynt på papir under en driftsstans: det avsluttes på papir og meldes ikke på "
        "nytt; det som ble sendt før, trekkes tilbake med IE014", lrn),)


def _judge(case: Any, claimed: Claimed, message: Message, facts: Facts) -> list[Finding]:
    """Judge a message with all that this office knows: its case, its register, itself.

    Name and address are judged against the register (C0250) for the traders' own messages only.
    """
    role = ROLES[claimed.role]
    owner = role.owner(case)
    stranger = not claimed.origin and owner and facts.sender not in (owner, *role.others(case))
    # A stranger learns nothing; what another office had before it wrote is not known here (C0333).
    earlier = None if stranger or claimed.origin else role.earlier(case) or None
    known = None if claimed.origin else lambda id: _registered(facts, id)
    beside = Beside(
        on=claimed.at.date(), earlier=earlier, country=facts.sender[:2], here=facts.office[:2],
        holds=lambda party, kind, number: _holds(facts, party, kind, number),
        guarantee_amended=None if stranger or not role.amends_guarantee
        else case.state == role.amends_guarantee,
    )
    return check(message, on=claimed.at.date(), earlier=earlier, register=known, beside=beside)


def _registered(facts: Facts, id: str) -> bool:
    """Tell whether the register that our country keeps, or shares with others, has a party."""
    party, here = facts.party(id), facts.office[:2]
    union = codelist("CL553")
    ours = (here, *facts.profile.shares_register_with)
    return party is not None and (
        party.country in ours or union.has(party.country) and union.has(here))


def _holds(facts: Facts, party: str, kind: str, number: str) -> bool | None:
    """Tell whether a party of the register holds an authorisation; None for an unknown party."""
    known = facts.party(party)
    return None if known is None else known.authorisations.get(kind) == number


def _takes(claimed: Claimed, case: Any, event: Event) -> bool:
    """Tell whether the table has a row for the event in this state: only then look ahead."""
    return any(row.event == event.name and row.state == case.state
               for row in ROLES[claimed.role].table)


def stale(case: Any, event: Event) -> bool:
    """Tell whether a timer fires that the case has stopped or set anew meanwhile."""
    kind, _, name = event.name.partition(" ")
    if kind != "timer":
        return False
    due = case.timers.get(name)
    return due is None or due != datetime.fromisoformat(event.body["due"])


def _timers(case: Any, event: Event, effects: tuple[Effect, ...]) -> Any:
    """Return the case with its timers as these effects leave them; one that fired is over."""
    timers = dict(case.timers)
    kind, _, name = event.name.partition(" ")
    if kind == "timer":
        timers.pop(name, None)
    for effect in effects:
        if isinstance(effect, Timer):
            timers.pop(effect.name, None)
            if effect.due is not None:
                timers[effect.name] = effect.due
    return msgspec.structs.replace(case, timers=timers) if timers != case.timers else case


def _with_answers(
    role: Role, case: Any, event: Event, facts: Facts, effects: tuple[Effect, ...]
) -> tuple[Effect, ...]:
    """Return the effects with the letters that tell the sender of each refusal."""
    told: list[Effect] = []
    for effect in effects:
        told.append(effect)
        if isinstance(effect, Refuse) and (event.name.startswith("IE") or _ends(event)):
            told.extend(_answer(role, case, event, facts, effect.findings))
    return tuple(told)


def _ends(event: Event) -> bool:
    """Tell whether a refusal by an officer or a timer ends a case and so is told to the trader."""
    return event.name in ("timer presentation", "officer refuse")


def _answer(
    role: Role, case: Any, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> list[Send]:
    """Word a refusal: IE917 for what does not fit the structure, else as the role does it."""
    if findings[0].layer != "schema" or role.edition == tables.ICS2:
        return list(role.answer(case, event, facts, findings))
    role_there, case_there = speaker(event, role.name)
    edition = "p6" if role_there or event.edition not in tables.PROFILES else event.edition
    body = {"XMLError": xml_errors(findings, edition)}
    told = {name: at(event.body, f"TransitOperation/{name}") for name in ("LRN", "MRN")}
    header = {name: value[:35] for name, value in told.items() if isinstance(value, str) and value}
    if header:
        body["Header"] = header
    return [Send("IE917", facts.sender, body, role_there, case_there, edition)]


def _opened_by(case: Any) -> str:
    """Return the identification of the message that opened the case for a trader."""
    return getattr(case, "declared_by", "") or getattr(case, "notified", "")


def _what(claimed: Claimed, before: Any, after: Any, event: str, row: int,
          outs: tuple[Out, ...], refused: tuple[Finding, ...],
          second: dict[str, Any] | None = None) -> bytes:
    """Return the line of the history: what came, what was decided, on which row, what went out."""
    return msgspec.json.encode({
        "receipt": claimed.receipt, "event": event, "by": claimed.sender,
        "digest": sha256(claimed.body).hexdigest(),
        "from": before.state, "to": after.state, "row": row,
        "sent": [[out.ie, out.key, sha256(out.body).hexdigest()] for out in outs],
        "refused": [[f.code, f.rule, f.path, f.text, f.nb] for f in refused[:20]],
        **(second or {}),
    })
