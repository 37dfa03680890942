"""Cases of conditions: a made-up message that a few edits bring to one outcome of one condition.

A case is a row of `golden/messages/conditions`. Where the outcome is R, the message without the
place breaks the condition (13) and the one with it keeps it; where it is N, the other way round
(15); where it is O, both keep it (--). The message is the least one of its kind
(`play.instances`) after the edits: `path=value`, `+path`, `-path`, `2*path` (stands twice),
`ROOT:path=value` in an earlier message of the case, `case` (a case file is at hand, be it empty),
`known=NUMBER` (in the register).
"""
from dataclasses import dataclass, field

from tollbod.findings import Finding
from tollbod.play import instances
from tollbod.rules.case_file import CaseFile
from tollbod.rules.judge import judge
from tollbod.rules.judge_tests import Sight
from tollbod.spec.tables import Field, Structure, structure
from tollbod.wire.message import Message, Node

SENDER = "NTA.NO"       # within the security area, so that C0812 says nothing
CODE = {"R": "13", "N": "15", "O": "--"}


@dataclass(frozen=True, slots=True)
class Case:
    """A row: outcome 3R is the third demand of the condition's block, an R."""

    rule: str
    outcome: str
    profile: str
    root: str
    place: str
    edits: tuple[str, ...]

    def __str__(self) -> str:
        return (f"{self.rule} | {self.outcome:>3} | {self.root} | {CODE[self.outcome[-1]]} "
                f"{self.place} | {' '.join(self.edits)}").rstrip()


@dataclass(slots=True)
class Scene:
    """A message, the others of its case, and the numbers that are known."""

    message: Message
    earlier: dict[str, Message] | None = None
    known: set[str] = field(default_factory=set)

    def sight(self) -> Sight:
        """Return what the judge sees."""
        case = None if self.earlier is None else CaseFile(self.earlier, self.message.profile)
        return Sight(self.message.root, case, self.known.__contains__, instances.PREPARED)

    def findings(self, rule: str) -> list[Finding]:
        """Return what the judge says of one condition."""
        found = judge(self.message, self.earlier, instances.PREPARED, self.known.__contains__)
        return [finding for _, finding in found if finding.rule == rule]


def read_case(line: str, profile: str) -> Case:
    """Return the case of a row."""
    rule, outcome, root, expected, edits = (cell.strip() for cell in f"{line} ".split(" | "))
    return Case(rule, outcome, profile, root, expected.split()[1], tuple(edits.split()))


def staged(case: Case, broken: bool) -> Scene:
    """Return the scene of a case, broken or kept; of an O with the place or without."""
    scene = Scene(instances.minimal(case.profile, case.root))
    for name in ("messageSender", "messageRecipient"):
        if scene.message.structure.child(name):
            apply(scene, f"{name}={SENDER}")
    for edit in case.edits:
        apply(scene, edit)
    _settle(scene.message, case.place, (case.outcome[-1] == "R") is not broken)
    scene.message = Message(scene.message.root, case.profile, phase=scene.message.phase)
    return scene


def _settle(message: Message, place: str, stands: bool) -> None:
    """Put something at the place, in each group that may hold it, or take it away."""
    home, _, name = place.rpartition("/")
    row = message.structure.field(home) if home else message.structure
    for node in message.all(home) if home else [message.root]:
        if not stands:
            node.children = [child for child in node.children if child.name != name]
        elif node.first(name) is None:
            _made(node, row, name)


def apply(scene: Scene, edit: str) -> None:
    """Change the scene by one edit."""
    if edit == "case":
        scene.earlier = scene.earlier or {}
    elif edit.startswith("known="):
        scene.known.add(edit.removeprefix("known="))
    elif ":" in edit.partition("=")[0]:
        sign = edit[0] if edit[0] in "+-" else ""
        root, _, rest = edit.removeprefix(sign).partition(":")
        scene.earlier = scene.earlier or {}
        profile = scene.message.profile
        other = scene.earlier.setdefault(root, Message(Node(root, None, []), profile))
        change(other.root, None, sign + rest)
    else:
        change(scene.message.root, structure(scene.message.profile, scene.message.kind), edit)


def change(root: Node, table: Structure | None, edit: str) -> None:
    """Change a tree; without a table (an earlier message) only what is named is made."""
    if edit.startswith("-"):
        for node in root.all(edit[1:]):
            node.parent.children.remove(node)
        return
    times = 2 if edit.startswith("2*") else 1
    path, is_value, value = edit.removeprefix("2*").removeprefix("+").partition("=")
    node, row = root, table
    for name in path.split("/"):
        node, above, row = node.first(name) or _made(node, row, name), row, row and row.child(name)
    while len(node.parent.all(node.name)) < times:
        _made(node.parent, above, node.name)
    if is_value:
        node.text, node.children = value, []


def _made(parent: Node, above: Field | Structure | None, name: str) -> Node:
    """Return a new node in its place among its siblings, with what it must hold."""
    row = above.child(name) if above is not None else None
    node = Node(name, None, [], 0, parent)
    parent.children.append(node)
    if row is not None:
        order = {child.name: n for n, child in enumerate(above.children)}
        parent.children.sort(key=lambda one: order[one.name])
        if not row.children:
            node.text = instances.value(row)
        for child in row.children:
            for _ in range(child.low):
                made = _made(node, row, child.name)
                if child.name == "sequenceNumber":
                    made.text = str(len(parent.all(name)))
    return node
