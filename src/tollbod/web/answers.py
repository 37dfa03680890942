"""The shapes of what the API answers, with the descriptions that /openapi.json shows."""
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tollbod.findings import Finding


def told(text: str) -> Meta:
    """Return the description of a field."""
    return Meta(description=text)


Id = Annotated[str, told("Number of the receipt of a message: opaque, unique, for ever")]
Mrn = Annotated[str, told("Movement reference number; empty while none was given")]
Moment = Annotated[datetime, told("By the clock of the world, UTC")]


class FindingAnswer(Struct, frozen=True):
    """One thing that is wrong with a message, where, and how to mend it."""

    layer: Annotated[str, told("schema, codes, rules or state")]
    code: Annotated[str, told("Code of CL030 (bare structure) or CL437 (everything else)")]
    rule: Annotated[str, told("Official id of the rule, condition or code list; may be empty")]
    path: Annotated[str, told("XPath of the place")]
    line: Annotated[int, told("Line of the input; 0 if unknown")]
    text: Annotated[str, told("What is wrong and what to do, in English")]
    nb: Annotated[str, told("The same in Norwegian (bokmål)")]
    value: Annotated[str, told("What stood there")]


def finding_answer(finding: Finding) -> FindingAnswer:
    """Return a finding as the API tells it."""
    return FindingAnswer(*finding)


class ReasonAnswer(Struct, frozen=True):
    """One reason why a message was refused, as it stands in the history of the case."""

    code: Annotated[str, told("Code of CL030 (bare structure) or CL437 (everything else)")]
    rule: Annotated[str, told("Official id of the rule, condition or code list; may be empty")]
    path: Annotated[str, told("XPath of the place; may be empty")]
    text: Annotated[str, told("What is wrong and what to do, in English")]
    nb: Annotated[str, told("The same in Norwegian (bokmål)")]


class ProblemAnswer(Struct, frozen=True, omit_defaults=True):
    """Why a request was not fulfilled."""

    title: Annotated[str, told("Short and always the same for the same reason")]
    detail: Annotated[str, told("The reason and what to do, in English")]
    detail_nb: Annotated[str, told("The same in Norwegian (bokmål)")]
    findings: Annotated[list[FindingAnswer] | None, told("What is wrong with the message")] = None
    answer: Annotated[str | None, told("The standard's own answer: an IE917, as XML")] = None
    error: Annotated[str | None, told("Of POST /token only: the code of RFC 6749, 5.2")] = None
    error_description: Annotated[str | None, told("Of POST /token only: the detail")] = None


class TokenAnswer(Struct, frozen=True):
    """An access token (RFC 6749, 5.1)."""

    access_token: str
    token_type: str
    expires_in: Annotated[int, told("Seconds")]
    scope: Annotated[str, told("trader, officer, or both with a space between")]


class PartAnswer(Struct, frozen=True, omit_defaults=True):
    """What became of one message of an interchange."""

    reference: Annotated[str, told("Message reference number (0062)")]
    ie: str
    verdict: Annotated[str, told("new; again: it was lodged before; refused: the mailbox has an "
                                 "IE917; rejected: CONTRL says why")]
    id: Id = ""
    identification: str = ""
    findings: Annotated[list[FindingAnswer], told("Why it is refused or rejected")] = []
    not_carried: Annotated[list[FindingAnswer], told("What it says that no message of today has a "
                                                     "place for")] = []


class PartyAnswer(Struct, frozen=True):
    """A party of the register, and how it is spoken to."""

    id: str
    name: str
    form: Annotated[str, told("edifact, p5, p6, json; empty: XML, in the edition it speaks")]
    channel: Annotated[str, told("http or folder")]
    partner: Annotated[str, told("Its address in UNB")]


class ReceiptAnswer(Struct, frozen=True, omit_defaults=True):
    """A message is stored and numbered; it will be decided on, whatever happens meanwhile."""

    id: Id
    identification: Annotated[str, told("messageIdentification, as sent")]
    ie: str
    verdict: Annotated[str, told("new, or again for a repeat, which changed nothing")]
    at: Moment
    messages: Annotated[list[PartAnswer], told("Of an interchange: its messages")] = []


class MessageAnswer(Struct, frozen=True, omit_defaults=True):
    """A message sent to the caller; its content is at GET /messages/{id}."""

    id: Id
    marker: Annotated[int, told("Its place in the mailbox: 1, 2, 3 and so on, without gaps")]
    ie: str
    mrn: Mrn
    at: Moment
    identification: str
    lrn: Annotated[str, told("Local reference number, where the message names one")] = ""
    correlation: Annotated[str, told("Identification of the message that it answers")] = ""
    form: Annotated[str, told("The form in which it is had: the party's, from the register")] = ""


class MailboxAnswer(Struct, frozen=True):
    """Messages after a marker, in order; `next` is the marker to ask with next time."""

    messages: list[MessageAnswer]
    next: Annotated[int, told("Equal to `after` when there was nothing new")]


class WaitingAnswer(Struct, frozen=True):
    """For whom a movement waits, since when, why and until when."""

    whom: str = msgspec.field(name="for")
    since: datetime | None = None
    because: str = ""
    because_nb: str = ""
    until: Annotated[datetime | None, told("When something happens by itself")] = None


class OfficeAnswer(Struct, frozen=True, omit_defaults=True):
    """Where a movement stands at one office."""

    role: Annotated[str, told("departure, transit, destination or guarantee")]
    office: Annotated[str, told("Reference number of the customs office")]
    name: str
    state: str
    waiting: WaitingAnswer | None = None
    held: Annotated[str, told("Why it was set aside for a person; empty: it was not")] = ""


class EventAnswer(Struct, frozen=True, omit_defaults=True):
    """One thing that happened: a message, an officer's act, a timer."""

    id: Id
    at: Moment
    what: Annotated[str, told("IE015 ..., `officer release` ..., `timer ...`")]
    sender: Annotated[str, told("A party's id, or `departure NO365001`")] = msgspec.field(
        name="from")
    to: str = ""
    mine: Annotated[bool, told("The content may be fetched at GET /messages/{id}")] = False
    state: Annotated[str, told("The state of the receiving office afterwards")] = ""
    refused: Annotated[list[ReasonAnswer], told("Why a message of the caller's was refused")] = []
    grounds: Annotated[dict[str, Any] | None, told("Officers only: the row that was taken, what "
                                                  "was refused and why")] = None


class MovementAnswer(Struct, frozen=True):
    """A movement: where it stands at each office, what happened, and what it waits for."""

    mrn: Mrn
    lrn: str
    state: Annotated[str, told("At the office of departure; elsewhere where that is not ours")]
    waiting: Annotated[WaitingAnswer | None, told("null: it is over")] = None
    offices: list[OfficeAnswer] = []
    timeline: list[EventAnswer] = []


class MovementLine(Struct, frozen=True):
    """A movement in the list."""

    mrn: Mrn
    lrn: str
    office: Annotated[str, told("Office of departure")]
    state: str
    waiting: WaitingAnswer | None
    at: Moment
    marker: Annotated[int, told("Ask with before=MARKER for older ones")]


class MovementsAnswer(Struct, frozen=True):
    """Movements, newest first."""

    movements: list[MovementLine]


class CheckAnswer(Struct, frozen=True):
    """The verdict on a message that was not lodged."""

    message: Annotated[str, told("CC015C and so on; empty if unreadable")]
    profile: str
    verdict: Annotated[str, told("valid, invalid or unreadable")]
    findings: list[FindingAnswer]
    losses: Annotated[list[FindingAnswer], told("What EDIFACT says that today's message has no "
                                                "place for, which is no fault")] = []
    syntax: Annotated[str, told("Of EDIFACT: the verdict by syntax and directory alone")] = ""


class UsageAnswer(Struct, frozen=True):
    """What one movement has taken of a guarantee and not given back; smallest unit."""

    mrn: str
    state: Annotated[str, told("reserved, or credited: arrived, not written off")]
    amount: int
    bound: Annotated[int, told("Of the reference amount: all of it for types 2 and 4; credited: 0")]
    since: Moment
    days: Annotated[int, told("For how long")]
    due: Annotated[date | None, told("By when the goods are due, where we know it")]
    code: Annotated[int, told("Number of the access code that was used; to its holder")]


class ExpectedAnswer(Struct, frozen=True):
    """What comes back on a day, and what is free then, if all goods arrive when they are due."""

    day: date
    back: int
    free: int


class CodeAnswer(Struct, frozen=True):
    """An access code: its number and its use, never the code itself."""

    number: int
    master: bool
    given: Moment
    by: str
    withdrawn: datetime | None
    used: Annotated[int, told("How often; to its holder only")]
    last: datetime | None


class PrecheckAnswer(Struct, frozen=True):
    """Whether an amount would be covered now; nothing is reserved."""

    covered: bool
    missing: Annotated[int, told("Smallest unit of the guarantee's currency")]
    from_day: Annotated[date | None, told("When it should be covered, if goods arrive in time")]


class EntryAnswer(Struct, frozen=True):
    """One entry of the ledger, and what was free and for what one was liable after it."""

    n: int
    at: Moment
    message: str
    movement: str
    debit: str
    credit: str
    amount: int
    free: int
    liable: int


class StatementAnswer(Struct, frozen=True):
    """Entries of a guarantee in order; amounts in the smallest unit of its currency."""

    grn: str
    currency: str
    entries: list[EntryAnswer]
    after: Annotated[int, told("Marker for the next page")]


class RuleAnswer(Struct, frozen=True):
    """A condition, rule or guideline: what it demands, and the messages whose tables carry it."""

    id: str
    status: Annotated[str, told("in force, not judged or not checkable (see reason), retired")]
    en: str
    nb: str
    notation: Annotated[str, told("Of a condition: as it is judged")]
    reason: str
    messages: Annotated[dict[str, list[str]], told("Roots of the messages, by profile")]


class GuaranteeAnswer(Struct, frozen=True):
    """A guarantee and what is left of it; amounts in the smallest unit of its currency."""

    grn: str
    type: str
    state: str
    holder: str
    office: str
    reference_cent: int
    available_cent: Annotated[int, told("Credited again on arrival (IE209)")]
    still_liable_cent: Annotated[int, told("Until the movement is written off (IE204)")]
    movements: Annotated[list[str], told("MRNs that have taken something and not given it back")]
    currency: str = "EUR"
    valid_from: date | None = None
    valid_to: date | None = None
    usages: Annotated[list[UsageAnswer], told("Those that bind longest first, at most 200")] = []
    expected: Annotated[list[ExpectedAnswer], told("What comes back, day by day")] = []
    alert: Annotated[str, told("A warning when little is left")] = ""
    alert_nb: str = ""
    codes: list[CodeAnswer] = []
    locked: Annotated[bool, told("After too many wrong access codes")] = False
    precheck: Annotated[PrecheckAnswer | None, told("For `amount`")] = None


class TaskAnswer(Struct, frozen=True):
    """Work that waits for an officer."""

    id: str
    office: str
    role: str
    case: Annotated[str, told("MRN, GRN or holder:LRN")]
    name: str
    text: str
    nb: str
    acts: Annotated[list[str], told("What may be done: `do` of POST /desk/tasks/{id}")]
    since: Moment


class TasksAnswer(Struct, frozen=True):
    """The work list, oldest first."""

    tasks: list[TaskAnswer]


class OutcomeAnswer(Struct, frozen=True):
    """What became of an officer's act."""

    receipt: Id
    decided: Annotated[bool, told("false: it stands in the queue, and is not lost")]
    state: Annotated[str, told("State of the case now")]
    refused: Annotated[list[dict[str, str]], told("Why it was refused: code, rule, path, text, nb; "
                                                  "empty: it was done")]
    proposed: Annotated[bool, told("Nothing is done yet: a second officer has to confirm it")] = (
        False)


class ClockAnswer(Struct, frozen=True):
    """What the clock of a world shows."""

    world: str
    now: Moment
    running: bool


class WorldAnswer(Struct, frozen=True):
    """A new world, with an access token for everybody who acts in it."""

    world: str
    now: Moment
    tokens: Annotated[dict[str, str], told("Party id, or `officer`: access token of this world")]


class PrenotifiedAnswer(Struct, frozen=True, omit_defaults=True):
    """Whether a transport is prenotified, and if so where it stands."""

    notified: bool
    mrn: Mrn = ""
    office: Annotated[str, told("Office of entry or exit")] = ""
    flow: Annotated[str, told("entry or exit")] = ""
    state: str = ""
    filer: Annotated[str, told("The party that filed it")] = ""
    filed: datetime | None = None
    deadline: datetime | None = None
    late: bool = False
    held_until: Annotated[datetime | None, told("Goods filed late are held until then")] = None


class HealthAnswer(Struct, frozen=True):
    """Whether the system is there."""

    status: Annotated[str, told("ok, or what is missing")]
    database: bool | None = None
    workers: bool | None = None


class LinkAnswer(Struct, frozen=True):
    """The last number that was taken from a link."""

    last: int
