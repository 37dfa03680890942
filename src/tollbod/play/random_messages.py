"""Random valid messages of every kind, from tables, code lists, conditions and rules; by a seed.

`random_message(root, rng)` chooses the facts first, writes a random tree, and mends it until
conditions and rules agree; what does not agree is thrown away and begun anew, and counted.

>>> from random import Random
>>> random_message("CC007C", Random(1))["messageType"]
'CC007C'
"""
from datetime import date
from random import Random
from typing import NamedTuple

from tollbod.findings import Finding
from tollbod.play import random_messages_amend as beside
from tollbod.play import random_messages_route as way
from tollbod.play import random_messages_rules as goods
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages_conditions import conform
from tollbod.play.random_messages_decks import Decks
from tollbod.play.random_messages_story import draw
from tollbod.play.random_messages_tree import Draft
from tollbod.rules.case_file import CaseFile, Earlier
from tollbod.rules.judge_tests import Register, Sight
from tollbod.rules.rule import DECLARATIONS, Beside
from tollbod.rules.rulebook import judge
from tollbod.wire.message import Message, Node, from_plain

ROUNDS = 14             # of mending by conditions and by rules
ATTEMPTS = 40           # messages begun before it is given up
DROPPED = 0.4           # chance that a place which a rule objects to is taken out, if it may be

# What mends, for which rules, in this order: the route first, the numbers last.
MENDS = (
    (way.circumstances,       "R0014 R0087 R0437 R0852"),
    (way.offices,             "R0003 R0006 G0142 R0103 G0789 R0509 R0510"),
    (way.entries,             "R0016 R0024 R0025 R0109 R0111 R0094"),
    (way.routing,             "G0142 R0480 R0089 R0998 C0586"),
    (way.filings,             "R0062 R0066 R0078 R0081"),
    (way.entry_documents,     "R0093 R0524"),
    (goods.authorisations,    "R0849 R0859 R0350"),
    (goods.control_results,   "G0160 G0017"),
    (goods.documents,         "R0020 R0416 R3060 R3061 R3062 R0601 G0034"),
    (goods.guarantees,        "R0900 R0318 R0324 R0267 G0650"),
    (goods.queries,           "R0263"),
    (goods.unavailability,    "R0516"),
    (goods.export_answers,    "R0551 R0875"),
    (goods.headers,           "T0001 T0002"),
    (goods.enquiries,         "G0125"),
    (goods.means,             "R0472 R0474 R0476 R0855 R0789 R0790 R0315 R0076 R0473"),
    (goods.seals,             "R0106 R0107 R0448"),
    (goods.packages,          "R0219 R0220 R0221 R0364"),
    (goods.masses,            "R0223 R0983 R0994"),
    (goods.lifted,            "R0506 R0507"),
    (beside.amend,            "R0520 R0523 R0528"),
    (beside.echo,             "R0026 R0449 R0095 R0096"),
    (goods.numbers,           "R0007 R0987 R0988 R0054 R0055"),
    (goods.goods_references,  "R0010 R0106"),
)


class Unwritten(Exception):
    """No valid message was found in all attempts; the reason names what did not agree."""


class Drawn(NamedTuple):
    """A message, and what it took: attempts, and why the others were given up."""

    message: Message
    attempts: int
    given_up: tuple[str, ...]

    @property
    def plain(self) -> dict:
        """Return the message as plain content."""
        return self.message.plain()


def random_message(root: str, rng: Random, profile: str = "p6", earlier: Earlier | None = None,
                   today: date | None = None) -> dict:
    """Return a random valid message as plain content."""
    return drawn(root, rng, profile, earlier, today).plain


def drawn(root: str, rng: Random, profile: str = "p6", earlier: Earlier | None = None,
          today: date | None = None, register: Register | None = None,
          decks: Decks | None = None) -> Drawn:
    """Return a random valid message and what it took; raises Unwritten where none was found."""
    given_up: list[str] = []
    case = None if earlier is None else CaseFile(earlier, profile)
    for attempt in range(1, ATTEMPTS + 1):
        declared = case.newest(DECLARATIONS) if case is not None else None
        story = draw(rng, today or PREPARED, declared, bool(earlier and "CC170C" in earlier),
                     decks)
        draft = Draft(profile, root, Random(rng.getrandbits(64)), story, case)
        sight = _sights(draft, case, register)
        why = _agree(draft, sight, Beside(on=story.today, earlier=earlier))
        if not why:
            message = from_plain(profile, root, draft.root.plain(draft.table))
            if decks is not None:
                decks.laid(message)
            return Drawn(message, attempt, tuple(given_up))
        given_up.append(why)
    raise Unwritten(f"{root}: {given_up[-1]}")


def _sights(draft: Draft, case: CaseFile | None, register: Register | None):
    return lambda: Sight(draft.root, case, register, draft.story.today)


def _agree(draft: Draft, sight, known: Beside) -> str:
    """Mend a draft until nobody objects; return what did not agree, nothing if all is well."""
    mends = [mend for mend, ids in MENDS if not draft.bindings.keys().isdisjoint(ids.split())]
    if beside.guarantee_only(draft):
        mends = [goods.guarantees, beside.amend, goods.numbers]
    for mend in mends:
        mend(draft)
    for _ in range(ROUNDS):
        if not conform(draft, sight):
            return "conditions: " + ", ".join(sorted(draft.mended))
        before = draft.changed
        for mend in mends:
            mend(draft)
        if draft.changed != before:
            continue
        broken = _broken(draft, known)
        if not broken:
            return ""
        for node, finding in broken.values():
            if not _repair(draft, node, finding):
                return f"rules: {', '.join(broken)}"
    return "rounds: " + ", ".join(sorted({*draft.mended, *_broken(draft, known)}))


def _broken(draft: Draft, known: Beside) -> dict[str, tuple[Node, Finding]]:
    """Return the rules that the draft breaks, each with its first place."""
    found: dict[str, tuple[Node, Finding]] = {}
    for node, finding in judge(Message(draft.root, draft.table.profile), known):
        found.setdefault(finding.rule, (node, finding))
    return found


def _repair(draft: Draft, node: Node, finding: Finding) -> bool:
    """Add what is missing, else take out or draw again what a rule objects to."""
    missing = finding.path[len(node.path()) + 1:]
    if missing:
        row = draft.row_of(node).kid.get(missing)
        if row is None or len(node.all(missing)) >= row.high:
            return False
        draft.grow(node, missing)
        return True
    if node.parent is None or node not in node.parent.children:
        return node.parent is not None
    row = draft.row_of(node)
    if len(node.parent.all(node.name)) > row.low and draft.rng.random() < DROPPED:
        draft.drop(node)
    else:
        draft.redraw(node)
    return True
