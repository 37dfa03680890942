"""NCTS messages in EDIFACT: CUSDEC, CUSRES and SANCRT of phase 4 to the canonical message and back.

    for one in reader.read(data):                  # tollbod.wire.edifact.reader
        if isinstance(one, envelope.Message):
            reading = ncts.read_message(one)       # .message, .name, .findings, .losses, .at(path)
    written = ncts.write_message(message)          # .segments, .losses, .name
    data = ncts.write_interchange([message], sender=, recipient=, reference=, when=)

`read_message` gives a `Reading`: the canonical message (p6, or national; None if UNH names none
of the mapping), `findings` that stand in the way of taking it (phase 4 structure, counts), `losses`
for what it says that the canonical message has no place for, all at EDIFACT places. `at` translates
the path of a finding of the canonical message to the place it came from, `placed` whole findings.

`write_message` gives `Written`: segments from UNH on (UNT is added with the interchange), what the
message says that phase 4 cannot carry (`losses`, at paths of the message), and `missing`: what
phase 4 demands and nobody knows. A rejection (IE056, IE057) becomes the phase 4 message for what
it rejects: IE016, IE005, IE008, IE021, IE058, IE062 or ours. `Known` brings the register of
parties and the declaration; `answers`, the reading of the message that is answered, turns its
error pointers into EDIFACT places.

Whether segments are right by the directory is judged before, by `judge`; the canonical message
after, by the rules. Pure: no clock, no register of its own.
"""
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from tollbod.findings import Finding
from tollbod.spec import tables as tables_of_messages
from tollbod.spec.edifact import ncts
from tollbod.spec.edifact.ncts import Kind
from tollbod.wire.edifact import envelope, write
from tollbod.wire.edifact import phase4_prenotification as prenotification
from tollbod.wire.edifact.envelope import Elements
from tollbod.wire.edifact.phase4_canonical import from_phase4, items_once, numbered, to_phase4
from tollbod.wire.edifact.phase4_check import examine, finding, leaves
from tollbod.wire.edifact.phase4_flat import flattened, raised
from tollbod.wire.edifact.phase4_losses import losses
from tollbod.wire.edifact.phase4_pointers import Places, places, pointed
from tollbod.wire.edifact.phase4_prenotified import content_out
from tollbod.wire.edifact.phase4_read import Placed, Taken, take
from tollbod.wire.edifact.phase4_rest import Known, Party
from tollbod.wire.edifact.phase4_write import fitted, folded, put
from tollbod.wire.message import Message, from_plain

__all__ = ["Known", "Party", "Reading", "Written", "read_message", "write_interchange",
           "write_message"]
PHASES = {"p6": "NCTS6", prenotification.PROFILE: prenotification.PHASE}
ACCESS = 35                     # characters of UNH 0068
NOBODY = Known()
ANY = "any"                     # a rejection of what has none of its own in phase 4
DIVERTED = "3"                  # CL581: no diversion from a binding itinerary
# Messages with safety and security data, and one of the office of transit, go as the plain ones.
WITH_SECURITY = {"CCA13D": "CC013C", "CCA15D": "CC015C", "CCA29D": "CC029C", "CCA64D": "CC060C",
                 "CC058D": "CC056C"}
# Items that are judged, or say what is known otherwise: not carried on and not missed.
USED = ("@TotNumOfIteHEA305", "@TotNumOfPacHEA306", "@DecDatHEA383", "@AmeDatHEA", "@CodDatHEA",
        "@SEAINFSLI", "@OriMesIdeMES22")


@dataclass(frozen=True, slots=True)
class Reading:
    """A message that was read: see the module."""

    kind: Kind | None
    message: Message | None
    findings: tuple[Finding, ...]
    losses: tuple[Finding, ...] = ()
    items: dict = field(default_factory=dict, repr=False)       # the items of phase 4
    reference: str = ""                                         # UNH 0062
    test: bool = False
    places: Places | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Return the number of the phase 4 message, `IE016`; empty if it is none."""
        return self.kind.ie if self.kind is not None else ""

    def at(self, path: str) -> Placed | None:
        """Return where in the EDIFACT message a path of the canonical message came from."""
        return self.places.at(path) if self.places is not None else None

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings of the canonical message at the places that they came from."""
        return [self._placed(one) for one in findings]

    def _placed(self, one: Finding) -> Finding:
        """Return one finding at its place."""
        at = self.at(one.path)
        if at is None:
            return one
        numbers = f" ({at.numbers})"
        return one._replace(path=at.path, line=at.line, text=one.text + numbers,
                            nb=(one.nb or one.text) + numbers.replace("component", "komponent"))


@dataclass(frozen=True, slots=True)
class Written:
    """A message as EDIFACT segments: see the module."""

    kind: Kind
    segments: tuple[Elements, ...]
    losses: tuple[Finding, ...]
    missing: tuple[str, ...] = ()           # names of phase 4 items

    @property
    def name(self) -> str:
        """Return the number of the phase 4 message, `IE016`."""
        return self.kind.ie


class Unmapped(LookupError):
    """Phase 4 has no such message, and the mapping none of ours."""


def read_message(message: envelope.Message, known: Known = NOBODY) -> Reading:
    """Return the canonical message of an EDIFACT message, with everything said of it."""
    kind = ncts.named(message.association, message.identifier[0])
    test, reference = bool(message.interchange.test), message.reference
    if kind is None:
        return Reading(None, None, (_unknown(message),), reference=reference, test=test)
    taken = take(message, kind)
    if prenotification.is_one(kind, taken.items):
        return _prenotification(message, kind, taken, known)
    table = tables_of_messages.structure("p4", kind.root)
    found = list(examine(taken.items, table, ncts.items(kind.root), taken.head))
    rows = ncts.items(kind.root)
    flat = from_phase4(items_once(taken.items, rows), rows, _header(message, kind))
    found += raised(flat, kind, known)
    row = tables_of_messages.structure(kind.profile, kind.canonical)
    content = numbered(flat, row)
    canonical = from_plain(kind.profile, kind.canonical, content, PHASES[kind.profile])
    canonical.form = "edifact"
    left = tuple(_left(taken, content, flat, kind))
    return Reading(kind, canonical, tuple(found), left, taken.items, reference, test,
                   places(canonical, taken.head))


def _prenotification(message: envelope.Message, kind: Kind, taken: Taken, known: Known,
                     ) -> Reading:
    """Return the national message of a pure prenotification, or about one."""
    table, rows = prenotification.demanded(
        tables_of_messages.structure("p4", kind.root), ncts.items(kind.root))
    demands = () if kind.ie == "IE013" else examine(taken.items, table, rows, taken.head)
    found = tuple(demands)                  # a correction is refused whatever it says
    items = items_once(taken.items, ncts.items(kind.root))
    flat, used = prenotification.content_in(kind, items, _header(message, kind), known)
    root = prenotification.ROOTS[kind.ie]
    row = tables_of_messages.structure(prenotification.PROFILE, root)
    national = from_plain(prenotification.PROFILE, root, numbered(flat, row),
                          prenotification.PHASE)
    national.form = "edifact"
    left = tuple(_left(taken, {}, {"@used": used}, kind))
    return Reading(kind, national, found, left, taken.items, message.reference,
                   bool(message.interchange.test), places(national, taken.head))


def _header(message: envelope.Message, kind: Kind) -> dict:
    """Return what the envelope says, in the words of the canonical message."""
    whole = message.interchange
    date, time = whole.header.get(4), whole.header.get(4, 1)
    date = date if len(date) == 8 else f"20{date}"
    return {
        "messageSender": whole.sender, "messageRecipient": whole.recipient,
        "preparationDateAndTime":
            f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:00",
        "messageIdentification": f"{whole.reference}-{message.reference}",
        "messageType": kind.canonical,
        "correlationIdentifier": envelope.at(message.header, 3)}


def _unknown(message: envelope.Message) -> Finding:
    """Say that UNH names no message of NCTS."""
    known = ", ".join(one.root for one in ncts.kinds())
    return Finding("schema", "18", "0057", f"{message.path}/UNH/S009/0057", message.lines[0],
                   f"\"{message.association}\" in UNH (0057) is no {message.identifier[0]} message "
                   f"of NCTS. There are {known}.",
                   f"«{message.association}» i UNH (0057) er ingen {message.identifier[0]}-melding "
                   f"i NCTS. Det finnes {known}.", message.association)


def _left(taken: Taken, content: dict, flat: dict, kind: Kind) -> list[Finding]:
    """Return what the message says that the canonical message has no place for."""
    used = [content, *(flat.get(name) for name in USED), flat.get("@used"),
            *_defaults(taken.items, ncts.items(kind.root))]
    kept = {(one.segment, one.element, one.component) for one in leaves(used)}
    found = []
    for one in [*leaves(taken.items), *taken.left]:
        if (one.segment, one.element, one.component) not in kept:
            found.append(finding(
                "15", one, f"\"{one[:60]}\" is not carried on: the message of today has no place "
                "for it.", f"«{one[:60]}» føres ikke videre: dagens melding har ikke plass til "
                "det.", "state", "EDIFACT"))
    return found


def _defaults(found: dict, rows: tuple[ncts.Item, ...]) -> Iterable[Placed]:
    """Yield values that say no more than if they were not there."""
    for row in rows:
        if row.children:
            for one in found.get(row.name, ()):
                yield from _defaults(one, row.children)
        elif row.how.startswith("default:") and found.get(row.name) == row.how.partition(":")[2]:
            yield found[row.name]


def write_message(message: Message, known: Known = NOBODY, answers: Reading | None = None,
                  reference: str = "") -> Written:
    """Return a message as EDIFACT; Unmapped if the mapping lacks it.

    `reference` is UNH 0062; without one it is the message's identification, or 14 characters of
    its digest where that is longer.
    """
    kind = kind_of(message)
    if answers is not None:
        if answers.message is not None and not known.declaration:
            known = replace(known, declaration=answers.message.plain())
        message = pointed(message, answers.at)
    if message.kind in prenotification.ROOTS.values():
        return _written_prenotification(message, kind, known, reference)
    flat = flattened(message, kind, known)
    found = fitted(to_phase4(flat, ncts.items(kind.root)), kind)
    segments = put(found, kind, reference or reference_of(message.identification),
                   access_of(message))
    table = tables_of_messages.structure("p4", kind.root)
    lacking = tuple(_lacking(found, table))
    back = _read_back(found, message, kind, known)
    return Written(kind, tuple(segments), tuple(losses(message, back)), lacking)


def _written_prenotification(message: Message, kind: Kind, known: Known, reference: str,
                             ) -> Written:
    """Return a national prenotification, or a message about one, as EDIFACT."""
    found = fitted(content_out(message), kind)
    segments = put(found, kind, reference or reference_of(message.identification),
                   access_of(message))
    structure, rows = tables_of_messages.structure("p4", kind.root), ncts.items(kind.root)
    table, _ = prenotification.demanded(structure, rows)
    flat, _ = prenotification.content_in(kind, items_once(found, rows), {}, known)
    row = tables_of_messages.structure(message.profile, message.kind)
    back = from_plain(message.profile, message.kind, numbered(flat, row))
    return Written(kind, tuple(segments), tuple(losses(message, back)),
                   tuple(_lacking(found, table)))


def kind_of(message: Message) -> Kind:
    """Return the phase 4 message that a canonical message becomes; Unmapped if none does."""
    canonical = message.kind
    if all(one.canonical != canonical for one in ncts.kinds()):
        canonical = WITH_SECURITY.get(canonical, f"{canonical[:-1]}C")
    what = message.get("TransitOperation/businessRejectionType")
    diverted = message.get("TransitOperation/rejectionCode") == DIVERTED
    for when in ({"", what}, {ANY}):
        for one in ncts.kinds():
            if one.canonical == canonical and one.when in when and \
                    (one.ie != "IE008" or not diverted):
                return one
    raise Unmapped(f"{message.kind} has no EDIFACT message")


def _read_back(found: dict, message: Message, kind: Kind, known: Known) -> Message:
    """Return the message that a reader makes of the items."""
    flat = from_phase4(found, ncts.items(kind.root),
                       {"correlationIdentifier": access_of(message)})
    raised(flat, kind, known)
    prenotification.answer_in(flat, [message.kind])
    row = tables_of_messages.structure(message.profile, message.kind)
    return from_plain(message.profile, message.kind, numbered(flat, row))


def _lacking(found: dict, row) -> Iterable[str]:
    """Yield what phase 4 demands and is not there."""
    for one in row.children:
        content = found.get(one.name)
        if one.low and not content:
            yield one.name
        if one.children:
            for group in content or ():
                yield from _lacking(group, one)


def reference_of(identification: str) -> str:
    """Return a message reference of at most 14 printable characters.

    >>> reference_of("M015"), len(reference_of("a longer name than fourteen"))
    ('M015', 14)
    """
    if re.fullmatch(r"[!-~]{1,14}", identification):
        return identification
    return sha256(identification.encode()).hexdigest()[:14].upper()


def access_of(message: Message) -> str:
    """Return the common access reference: which message this one answers."""
    return folded(message.correlation)[:ACCESS].strip()


def write_interchange(messages: Iterable[Message | Written], *, sender: str, recipient: str,
                      reference: str, when: datetime, test: bool = False, known: Known = NOBODY,
                      qualifiers: tuple[str, str] = ("ZZZ", "ZZZ"), acknowledge: bool = False,
                      ) -> bytes:
    """Return an interchange (UNOC, syntax version 3) of messages, each written if it is not yet."""
    some = [one if isinstance(one, Written) else write_message(one, known) for one in messages]
    names = {one.kind.root for one in some}
    return write.interchange(
        [sender, qualifiers[0]], [recipient, qualifiers[1]], reference, when,
        [list(one.segments) for one in some], test="1" if test else "",
        application=names.pop() if len(names) == 1 else "", acknowledge="1" if acknowledge else "")
