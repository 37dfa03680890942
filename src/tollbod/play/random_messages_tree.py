"""A random message while it is written: a tree of nodes that can be grown, pruned and redrawn.

Knows the table of the message and the values of its elements; what stands and what does not is
chance here, the conditions and rules come after.
"""
from collections.abc import Callable
from datetime import date
from functools import cache
from random import Random

from tollbod.play import random_messages_values as values
from tollbod.play.random_messages_decks import is_long
from tollbod.play.random_messages_story import Story
from tollbod.rules.case_file import CaseFile
from tollbod.rules.rulebook import plan_of
from tollbod.spec.tables import Field, structure
from tollbod.wire.message import Node

Draw = Callable[[Random, Story], str]
MOST = 3                # of one group below one other, unless a rule needs more
# Where a long list still has codes that no message held: chance that a place for one stands, most
# of a group that has one, chance of the qualifier that asks for one.
WANTED, MANY, QUALIFIED = 0.95, {"CL244": 9, "CL016": 4}, 0.7
LOCODE = "U"            # the qualifier of a place that a UN/LOCODE tells
EORI = {"R0037", "R0995", "R0029", "R0034", "R0090"}     # numbers that are an EORI for everybody


class Row:
    """A row of the table made ready: how often it may stand, and what draws its value.

    `long` are the long lists of codes below it, `alone` tells that no group of many that is below
    it has one of them.
    """

    __slots__ = ("name", "path", "low", "high", "kids", "kid", "draw", "field", "long", "alone")

    def __init__(self, field: Field, path: str, kids: tuple["Row", ...], draw: Draw | None):
        self.name, self.path, self.low, self.high = field.name, path, field.low, field.high
        self.kids, self.kid = kids, {one.name: one for one in kids}
        self.draw, self.field = draw, field
        own = {field.codelist} if is_long(field.codelist) else set()
        self.long = own.union(*(one.long for one in kids))
        self.alone = not any(one.long and (one.high > 1 or not one.alone) for one in kids)


@cache
def rows(profile: str, root: str, today: date) -> Row:
    """Return the rows of a message below a row for the root."""
    table = structure(profile, root)
    kids = tuple(_row(one, root, "", today) for one in table.children)
    for kid in kids if table.domain == "common" else ():     # offices write to offices
        if kid.name in ("messageSender", "messageRecipient"):
            kid.draw = lambda rng, story: f"NTA.{rng.choice(values.COUNTRIES)}"
    return Row(Field(root, root, 1, 1, "R", "", None, "", (), table.children, {}), "", kids, None)


def _row(field: Field, root: str, above: str, today: date) -> Row:
    path = f"{above}/{field.name}" if above else field.name
    kids = tuple(_row(one, root, path, today) for one in field.children)
    return Row(field, path, kids, None if field.type is None else _draw(field, root, path, today))


def _draw(field: Field, root: str, path: str, today: date) -> Draw:
    """Return what draws the value of an element."""
    told = _TOLD.get("/".join(path.split("/")[-2:]))
    made = _dealt(field, root, values.maker(field.type, field.codelist, today, field.name))
    if path == "messageType":
        return lambda rng, story: root
    if path == "preparationDateAndTime":
        return lambda rng, story: f"{story.prepared:{values.MOMENT}}"
    if told is not None:
        return lambda rng, story: _fitting(told(rng, story), field, today) or made(rng, story)
    if path in ("messageSender", "messageRecipient"):
        return lambda rng, story: _party(rng)
    if field.type.base in ("xs:date", "xs:dateTime"):
        length = 10 if field.type.base == "xs:date" else 19
        return lambda rng, story: story.time(rng, field.name)[:length]
    if field.name == "phoneNumber":
        return lambda rng, story: values.phone(rng)
    if field.name == "identificationNumber" and "TransportMeans" not in path:
        odd = 0.0 if EORI & set(field.rules) else 0.15
        return lambda rng, story: made(rng, story) if rng.random() < odd else values.eori(rng)
    if field.type.name == "mrn" and path == "TransitOperation/MRN":
        return lambda rng, story: values.mrn(rng, story.departure[:2] or "NO",
                                             story.letter or rng.choice("JKLM"))
    return made


def _dealt(field: Field, root: str, made: values.Make) -> Draw:
    """Return what takes a code from the decks of a run, where there are any, or makes a value."""
    if not field.codelist:
        return lambda rng, story: made(rng)

    def drawn(rng: Random, story: Story) -> str:
        if story.decks is None:
            return made(rng)
        if story.greedy and field.name == "qualifierOfIdentification":
            if rng.random() < QUALIFIED and story.decks.lack(("CL244",)):
                return _fitting(LOCODE, field, story.today) or made(rng)
        return story.decks.deal(root, field.codelist, field.type) or made(rng)
    return drawn


def _fitting(value: str, field: Field, today: date) -> str:
    """Return a value that was settled before, if the list of the element has it."""
    fits = not field.codelist or value in values.code_set(field.codelist, today)
    return value if fits else ""


def _party(rng: Random) -> str:
    """Return an administration or a trader."""
    if rng.random() < 0.6:
        return f"NTA.{rng.choice(values.COUNTRIES)}"
    return values.eori(rng)


# Elements by the last two steps of their path, whose value is a fact of the story.
_TOLD: dict[str, Draw] = {
    "TransitOperation/security": lambda rng, story: story.security,
    "TransitOperation/declarationType": lambda rng, story: story.kind,
    "TransitOperation/specificCircumstanceIndicator": lambda rng, story: story.circumstance,
    "CustomsOfficeOfDeparture/referenceNumber": lambda rng, story: story.departure,
    "CustomsOfficeOfDestinationDeclared/referenceNumber": lambda rng, story: story.destination,
    "CustomsOfficeOfDestinationActual/referenceNumber":
        lambda rng, story: story.destination if rng.random() < 0.7 else "",
    "CustomsOfficeOfTransitDeclared/referenceNumber":
        lambda rng, story: rng.choice(story.transits) if story.transits else "",
}


class Draft:
    """The message as it stands now; `root` is its tree, `changed` counts what was mended."""

    __slots__ = ("root", "row", "rng", "story", "changed", "table", "mended", "bindings",
                 "case")

    def __init__(self, profile: str, root: str, rng: Random, story: Story,
                 case: CaseFile | None = None):
        self.row, self.rng, self.story = rows(profile, root, story.today), rng, story
        self.table = structure(profile, root)
        self.bindings = plan_of(profile, root).bindings
        self.root = Node(root, None, [])
        self.changed, self.case = 0, case
        self.mended: set[str] = set()
        self._fill(self.root, self.row)

    def _fill(self, node: Node, row: Row) -> None:
        """Grow what must stand below a node, and by chance what may."""
        rng, density = self.rng, self.story.density
        for kid in row.kids:
            if kid.low or rng.random() < (WANTED if self._wanted(kid) else density):
                for _ in range(self._often(kid)):
                    self._grow(node, kid)

    def _often(self, row: Row) -> int:
        """Return how often a row is to stand."""
        if row.high == 1:
            return 1
        chance = self.rng.random()
        if row.alone and self._wanted(row):
            return min(row.high, max(MANY.get(name, MOST) for name in row.long))
        return max(row.low, min(row.high, 1 if chance < 0.7 else 2 if chance < 0.92 else MOST))

    def _wanted(self, row: Row) -> bool:
        """Tell whether a row has room for codes of a long list that no message held."""
        return bool(row.long) and self.story.greedy and self.story.decks.lack(row.long)

    def _grow(self, parent: Node, row: Row) -> Node:
        if row.draw is not None:
            node = Node(row.name, row.draw(self.rng, self.story), [], 0, parent)
        else:
            node = Node(row.name, None, [], 0, parent)
            self._fill(node, row)
            if not node.children and not row.low:       # a form has no room for an empty group
                self._grow(node, self.rng.choice(row.kids))
        parent.children.append(node)
        return node

    def row_of(self, node: Node) -> Row:
        """Return the row of a node."""
        if node.parent is None:
            return self.row
        return self.row_of(node.parent).kid[node.name]

    def grow(self, parent: Node, name: str) -> Node:
        """Add an element or group to a node."""
        self.changed += 1
        return self._grow(parent, self.row_of(parent).kid[name])

    def drop(self, node: Node) -> None:
        """Take a node out, and the group that it leaves empty."""
        self.changed += 1
        parent = node.parent
        if node in parent.children:
            parent.children.remove(node)
            if not parent.children and parent.parent is not None and not self.row_of(parent).low:
                self.drop(parent)

    def child(self, parent: Node, name: str) -> Node:
        """Return the first child of a name, grown if need be."""
        return parent.first(name) or self.grow(parent, name)

    def put(self, parent: Node, name: str, value: str) -> None:
        """Give an element of a group a value, adding it if need be."""
        self.say(self.child(parent, name), value)

    def say(self, node: Node, value: str) -> None:
        """Give an element a value."""
        if node.text != value:
            node.text = value
            self.changed += 1

    def redraw(self, node: Node) -> None:
        """Draw a value or a whole group again."""
        self.changed += 1
        row = self.row_of(node)
        if row.draw is not None:
            node.text = row.draw(self.rng, self.story)
        else:
            node.children.clear()
            self._fill(node, row)
            if not node.children and not row.low:
                self._grow(node, self.rng.choice(row.kids))

    def all(self, path: str) -> list[Node]:
        """Return every node at a path."""
        return self.root.all(path)

    def get(self, path: str) -> str:
        """Return the value of the first node at a path, or an empty text."""
        return self.root.get(path)

    def codes(self, node: Node) -> tuple[str, ...]:
        """Return the codes that a node may have."""
        field = self.row_of(node).field
        return values.codes_of(field.codelist, field.type, self.story.today)

    def has(self, codes: str, value: str) -> bool:
        """Tell whether a code list has a value on the day of the message."""
        return value in values.code_set(codes, self.story.today)

    def recode(self, node: Node, fits: Callable[[str], bool]) -> bool:
        """Give a coded element another code that fits; tell whether there was one."""
        found = [code for code in self.codes(node) if fits(code)]
        if found:
            self.say(node, self.rng.choice(found))
        return bool(found)
