"""What a table of an office role is made of: rows, decisions, and what follows from them.

Knows the shape of a row (`On`), how the row that fits is found (`step`) and the kinds of effect
that a decision may have. Does not know any role, any message's content, nor how an effect is
carried out: `office` does that. Nothing here reads a clock, draws a number or does input or output;
all of that comes in through `Facts`.
"""
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from tollbod.findings import Finding

ANY = "any state"       # a row for every state
SAME = "same state"     # the state stays what it is
Read = TypeVar("Read")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A trader in the register of parties: who it is, where it lives, what it may do."""

    id: str                                     # EORI number or the like, an..17
    name: str                                   # an..70
    street: str
    city: str
    country: str                                # a2
    postcode: str = ""
    language: str = "en"
    contact: str = ""                           # who answers for it, with telephone and mail
    phone: str = ""
    mail: str = ""
    authorisations: dict[str, str] = {}         # type (C521, C522 ...): reference number
    form: str = ""                              # edifact, p5, p6, json; "": XML as it speaks itself
    channel: str = "http"                       # or folder
    partner: str = ""                           # its address in UNB; "": its id
    notices: tuple[str, ...] = ()               # notices of ICS2 it subscribes to (IE3N03 ...)


class Wait(msgspec.Struct, frozen=True):
    """For whom a case waits and why; `since` and `until` are filled in by the office."""

    whom: str
    why: str
    nb: str


class Proposal(msgspec.Struct, frozen=True):
    """An act that one officer wants done and a second one must confirm."""

    act: str
    by: str
    at: datetime
    details: dict[str, Any] = {}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What every role's case has: a state since when, timers that run, an act to be confirmed."""

    state: str = "none"
    since: datetime | None = None               # when this state was entered
    timers: dict[str, datetime] = {}
    proposal: Proposal | None = None


class Hit(msgspec.Struct, frozen=True):
    """What a criterion of the control filter found; for officers only, never told to a trader."""

    criterion: str
    group: str                                  # of risks: DRUGS, CBRN ...; empty: of none
    level: str                                  # H | M | L, or empty
    text: str
    nb: str
    pointers: tuple[str, ...]                   # XPaths


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a decision may depend on besides the case and the message."""

    now: datetime
    office: str                                             # our own reference number, a2 an6
    findings: tuple[Finding, ...] = ()
    sender: str = ""                                        # the party, or the office, that sent it
    receipt: int = 0                                        # number of the receipt: unique
    message: str = ""                                       # message identification of the input
    party: Callable[[str], Party | None] = lambda _id: None
    profile: Any = None                                     # national.Profile of our country
    hits: tuple[str, ...] = ()                              # criteria of the control filter
    reaches: Callable[[str], bool] = lambda _country: True  # can messages reach a country?
    declarant_of: Callable[[str], str] = lambda _mrn: ""    # whose declaration an MRN is
    filer_of: Callable[[str], str] = lambda _mrn: ""        # whose prenotification an MRN is
    entry_of: Callable[[str], tuple[str, str]] = lambda _name: ("", "")     # ENS: MRN and filer
    exit_in: Callable[[str], str] = lambda _name: ""        # the transit that holds its exit data
    told: Callable[[str, str, datetime], list[tuple[str, dict[str, Any]]]] = \
        lambda _mrn, _party, _since: []     # what we have sent to a party about a case since then
    assess: Callable[[dict[str, Any]], tuple[str, ...]] = lambda _body: ()  # what hits a part of it
    found: Callable[[dict[str, Any], str], tuple[Hit, ...]] = lambda _body, _ie: ()  # and where
    case: str = ""                                          # under what our stream keeps the case
    kept: Callable[[str], bytes | None] = lambda _name: None        # a row beside the case
    kept_all: Callable[[list[str]], dict[str, bytes]] = lambda _names: {}   # those that there are
    kept_under: Callable[..., list[tuple[str, bytes]]] = lambda _beginning, _most, _after="": []
    keyed: Callable[[str], str] = lambda _text: ""          # digest of a secret, under our key
    regime: str = "founding"                                # which dated law: founding | current


class Event(msgspec.Struct, frozen=True):
    """What comes in: a message (`IE015`), an officer's act (`officer release`) or a timer.

    `body` is the plain form: of a message the tree under its root element, of an act or a timer
    its own few fields.
    """

    name: str
    body: dict
    edition: str = "p6"         # the profile a message came in: p6 or p5
    readings: dict[Callable[[dict], Any], Any] = {}
    ie: str = ""                # the message, where `name` is that of its family (IE3Fxx)

    def read(self, how: Callable[[dict], Read]) -> Read:
        """Return what `how` reads in the body; it reads once, however many rows ask."""
        if how not in self.readings:
            self.readings[how] = how(self.body)
        return self.readings[how]


class Send(msgspec.Struct, frozen=True):
    """Send message `ie` with `body` (without the header, which the office fills in)."""

    ie: str
    to: str                     # a party's id, or an office's reference number
    body: dict
    role: str = ""              # the role of the receiving office; "" for a party
    case: str = ""              # under which reference the receiver keeps it (MRN, GRN)
    edition: str = "p6"         # the profile to write it in: a trader is answered in its own
    root: str = ""              # the structure, where its number alone does not tell which


class Tell(msgspec.Struct, frozen=True):
    """Tell another stream of this installation something that no specification has a message for.

    It comes there as the event `tell WHAT`. Nothing of it ever leaves the installation.
    """

    what: str
    role: str
    case: str
    body: dict[str, Any]
    office: str = ""            # where the case is kept if it is not known by its name
    named: bool = True          # `case` is its MRN or document, not its stream's own


class Post(msgspec.Struct, frozen=True):
    """Move `amount` (smallest unit) from account `debit` to account `credit` of this case."""

    debit: str
    credit: str
    amount: int
    currency: str
    movement: str


class Floor(msgspec.Struct, frozen=True):
    """From now on the balance of `account` may not go below `amount`."""

    account: str
    currency: str
    amount: int


class Timer(msgspec.Struct, frozen=True):
    """Start timer `name`, or stop it when `due` is None."""

    name: str
    due: datetime | None


class Task(msgspec.Struct, frozen=True):
    """Ask an officer to act; `acts` are what the officer may do. Empty `acts` closes the task."""

    name: str
    text: str = ""
    nb: str = ""
    acts: tuple[str, ...] = ()


class Name(msgspec.Struct, frozen=True):
    """From now on this case is also found under `name` (`departure/MRN`)."""

    name: str


class Keep(msgspec.Struct, frozen=True):
    """Keep `body` in a row of its own beside the case, or take that row away when it is None."""

    name: str
    body: bytes | None


class Refuse(msgspec.Struct, frozen=True):
    """Refuse what came in, for these findings; the role words the answer for the sender."""

    findings: tuple[Finding, ...]


Effect = Send | Tell | Post | Floor | Timer | Task | Name | Keep | Refuse
When = Callable[[Any, Event, Facts], bool]
Then = Callable[[Any, Event, Facts], Iterable[Effect]]
Learn = Callable[[Any, Event, Facts], Any]


def always(_case: Any, _event: Event, _facts: Facts) -> bool:
    """Hold in every case: the plain row, which stands last."""
    return True


def broken(_case: Any, _event: Event, facts: Facts) -> bool:
    """Hold if the check of the message found anything."""
    return bool(facts.findings)


def nothing(_case: Any, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Let nothing follow."""
    return ()


def no_more(case: Any, _event: Event, _facts: Facts) -> Any:
    """Learn nothing."""
    return case


class On(NamedTuple):
    """One row: in `state`, on `event`, if `when` holds, go `to`, do `then`, `learn` this."""

    state: str
    event: str
    when: When
    to: str
    then: Then
    learn: Learn = no_more


class Decision(NamedTuple):
    """What was decided: the case as it is now, what follows, and the number of the row."""

    case: Any
    effects: tuple[Effect, ...]
    row: int                    # -1: no row fits, the event was refused


def step(table: tuple[On, ...], case: Any, event: Event, facts: Facts,
         waits: dict[str, Wait] | None = None) -> Decision:
    """Take the first row of `table` that fits; without one, refuse the event as out of sequence.

    `waits` are the role's, from which a refusal tells what the case waits for. `then` sees the
    case after `learn`; the state changes last, so `learn` and `then` may look at the state the
    case was in.
    """
    for number, row in enumerate(table):
        fits = row.event == event.name and row.state in (case.state, ANY)
        if fits and row.when(case, event, facts):
            learned = row.learn(case, event, facts)
            effects = tuple(row.then(learned, event, facts))
            to = learned.state if row.to == SAME else row.to
            return Decision(msgspec.structs.replace(learned, state=to), effects, number)
    if (lrn := _used(table, event)):
        return Decision(case, (refuse(
            "92", f"LRN {lrn} has been used: what was declared under it is '{case.state}'. Give "
            f"this {event.name} an LRN of its own", f"LRN {lrn} er allerede brukt til en annen "
            f"{event.name}. Gi denne et eget LRN"),), -1)
    return Decision(case, (out_of_sequence(case, event, (waits or {}).get(case.state)),), -1)


def _used(table: tuple[On, ...], event: Event) -> str:
    """Return the LRN under which an event would begin a case, that has one already; else ""."""
    begins = any(row.event == event.name and row.state == "none" and row.to != SAME
                 for row in table)
    header = event.body.get("TransitOperation") if begins else None
    return str(header.get("LRN") or "") if isinstance(header, dict) else ""


def out_of_sequence(case: Any, event: Event, wait: Wait | None) -> Refuse:
    """Return the refusal of an event that no row of the table foresees in this state."""
    why, hvorfor = ("nothing more is awaited", "ingenting mer ventes")
    if wait:
        why, hvorfor = wait.why, wait.nb
    kind, _, act = event.name.partition(" ")
    what = f"«{act}»" if act and kind == "officer" else event.name
    return refuse(
        "92",
        f"{event.name} cannot be taken while the case is '{case.state}': {why}",
        f"{what} kan ikke behandles nå: {hvorfor}",
    )


def refuse(code: str, text: str, nb: str, rule: str = "", path: str = "") -> Refuse:
    """Return a refusal for one reason that is not in the message's form but in the case."""
    return Refuse((Finding("state", code, rule, path, 0, text, nb),))


def reject(_case: Any, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the message for all that its check found."""
    yield Refuse(facts.findings)


class Role(NamedTuple):
    """One office role: its table, the case it keeps, how it refuses, for whom it waits."""

    name: str
    table: tuple[On, ...]
    kind: type                                          # the Struct of its cases
    answer: Callable[[Any, Event, Facts, tuple[Finding, ...]], Iterable[Send]]
    waits: dict[str, Wait]                              # state: whom it waits for; others are final
    earlier: Callable[[Any], dict[str, dict]] = lambda _case: {}    # root: what the case has had
    amends_guarantee: str = ""                          # the state in which only that is amended
    owner: Callable[[Any], str] = lambda _case: ""      # the trader whose case it is
    forget: Callable[[Any], Any] = lambda case: case    # what a case need not keep any more
    heard: dict[str, When] = {}         # an office's message: does it come from one that may say it
    edition: str = "p6"                                 # of the messages that its traders send
    calls: Callable[[str], str] = lambda ie: ie         # the event that a message is: its family
    others: Callable[[Any], tuple[str, ...]] = lambda _case: ()     # who may speak for the owner
