"""The rule book: every rule in force by its smallest good and bad message, and its laws.

The stories stand in golden/messages/rules; the public samples are read from TOLLBOD_SHARED.
"""
import json
import os
import random
import re
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tollbod.play import instances
from tollbod.rules import route, rulebook
from tollbod.rules.check import check
from tollbod.rules.conditions import conditions
from tollbod.rules.explain import everything, explain
from tollbod.rules.rule import Beside, Reading, number, value
from tollbod.spec import tables
from tollbod.wire import forms
from tollbod.wire.message import Message, Node, from_plain

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden/messages"
SHARED = Path(os.environ.get("TOLLBOD_SHARED", ROOT / "../shared"))
SAMPLES = SHARED / "reference/ncts/samples"
SHORT = {"$house": "Consignment/HouseConsignment",
         "$item": "Consignment/HouseConsignment/ConsignmentItem",
         "$chl": "consignmentMasterLevel/consignmentHouseLevel",
         "$route": "activeBorderTransportMeans/countriesOfRoutingOfMeansOfTransport"}


class Story:
    """A message that is built up line by line, with what is known beside it."""

    def __init__(self, head: str):
        self.rule, self.root, *profile = head.split()
        self.profile = profile[0] if profile else "p6"
        self.edits: list[tuple[str, str | None]] = []
        self.earlier: dict[str, list[tuple[str, str | None]]] = {}
        self.beside = Beside()

    def line(self, line: str) -> None:
        """Take in a line that changes the message or what is known."""
        left, _, right = line.partition(" = ")
        if left.startswith("- "):
            self.edits.append((path_of(left[2:]), None))
        elif left.startswith("beside "):
            self.beside = replace(self.beside, **known(left[7:], right))
        elif left.startswith("earlier "):
            _, root, path = left.split()
            self.earlier.setdefault(root, []).append((path_of(path), right))
        else:
            self.edits.append((path_of(left), right))

    def found(self) -> list:
        """Judge the message as it now stands."""
        message = built(self.root, self.profile, self.edits)
        earlier = {root: built(root, self.profile, one) for root, one in self.earlier.items()}
        beside = replace(self.beside, earlier=earlier or None)
        return [finding for _, finding in rulebook.judge(message, beside, self.rule)]


def known(name: str, value: str) -> dict:
    """Return a fact from outside as Beside has it."""
    match name:
        case "holds":
            return {"holds": lambda _who, kind, number:
                    value == "yes" or value == f"{number} {kind}"}
        case "guarantee type":
            kind, _, grn = value.partition(" ")
            return {"guarantee_type": lambda asked: kind if not grn or asked == grn else None}
        case "guarantee amended":
            return {"guarantee_amended": value == "yes"}
    return {name: value}


def path_of(path: str) -> str:
    """Return a path with its short words written out."""
    return re.sub(r"^\$[a-z]+", lambda found: SHORT[found[0]], path)


def built(root: str, profile: str, edits: list[tuple[str, str | None]]) -> Message:
    """Build a message of these elements, in the order in which they are named."""
    top = Node(root, None, [])
    for path, value in edits:
        node, field = top, tables.structure(profile, root)
        for step in path.split("/"):
            name, _, index = step.rstrip("]").partition("[")
            field = field.child(name)
            assert field is not None, f"{root} of {profile} has no {path}"
            same = [child for child in node.children if child.name == name]
            while len(same) < int(index or 1):
                same.append(Node(name, None, [], 0, node))
                node.children.append(same[-1])
            node = same[int(index or 1) - 1]
        if value is None:
            node.parent.children.remove(node)
        else:
            node.text = value
    return Message(top, profile, "plain")


def stories() -> list[tuple[str, list[str]]]:
    """Read all stories."""
    found = []
    for path in sorted((GOLDEN / "rules").glob("*.txt")):
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            head, *lines = block.splitlines()
            found.append((head, [line.strip() for line in lines]))
    return found


@pytest.mark.parametrize(("head", "lines"), stories(), ids=[head for head, _ in stories()])
def test_story(head, lines):
    story = Story(head)
    for line in lines:
        if not line.startswith(">"):
            story.line(line)
            continue
        found = story.found()
        places, _, said = line[2:].partition(" : ")
        wanted = [] if line == "> fine" else [
            f"{code} /{story.root}/{path_of(path)}"
            for code, path in (one.split() for one in places.split(", "))]
        assert [f"{one.code} {one.path}" for one in found] == wanted, f"{head}: {line}"
        assert not said or said in found[0].text, found[0].text
        for one in found:
            assert (one.layer, one.rule) == ("rules", story.rule)
            assert one.text.endswith((".", '?')) and one.nb.endswith((".", "?")), one
            assert one.text != one.nb


def test_each_rule_in_force_has_a_story_of_either_kind():
    fine, broken = set(), set()
    for head, lines in stories():
        for line in lines:
            if line.startswith(">"):
                (fine if line == "> fine" else broken).add(head.split()[0])
    in_force = {one.id for one in rulebook.RULES}
    assert fine == broken == in_force


def test_each_id_of_the_tables_is_in_the_book(capsys):
    book = rulebook.rules()
    carried = {id for id in rulebook.messages_by_rule() if id[0] not in "CS"}
    assert not carried - set(book)
    assert len(rulebook.RULES) == len({one.id for one in rulebook.RULES})
    assert not {one.id for one in rulebook.RULES} & (
        set(rulebook.NOT_CHECKABLE) | set(rulebook.RETIRED))
    for one in book.values():
        assert one.status == "in force" and one.en and one.nb or one.reason, one.id
        assert one.status != "in force" or one.messages, f"{one.id} binds nowhere"
    with capsys.disabled():
        for kind in "RGT":
            counted = Counter(one.status for id, one in book.items() if id[0] == kind)
            print(f"\n{kind}: " + ", ".join(f"{n} {status}" for status, n in counted.items()),
                  end="")


def test_what_is_not_judged_says_so():
    book = rulebook.rules()
    assert [book[id].status for id in ("R0003", "R0019", "G0137", "T1120")] == [
        "in force", "not checkable", "retired", "retired"]


def test_everything_is_explained_in_one_shape():
    every = {one["id"]: one for one in everything()}
    assert set(every) == {*rulebook.rules(), *(
        one.id for profile in tables.EVERY_PROFILE for one in conditions(profile))}
    assert list(every) == sorted(every)
    condition, rule = every["C0403"], every["R0003"]
    assert set(condition) == set(rule) == {
        "id", "status", "en", "nb", "notation", "reason", "messages"}
    assert list(condition["messages"]) == ["p5"] and condition["notation"].startswith("if ")
    assert condition["en"] != condition["nb"] and condition["reason"] == rule["reason"] == ""
    assert (rule["id"], rule["status"], rule["notation"]) == ("R0003", "in force", "")
    assert rule["en"].startswith("Each office") and rule["nb"].startswith("Hvert")
    assert "CC015C" in rule["messages"]["p6"] and "CC015C" in every["C0250"]["messages"]["p6"]
    assert explain("R9999") is None


def test_samples_break_no_rule():
    if not SAMPLES.exists():
        pytest.skip("no public samples here")
    judged = 0
    for entry in json.loads((SAMPLES / "index.json").read_text(encoding="utf-8")):
        message = forms.read((SAMPLES / entry["file"]).read_bytes())
        if entry["expected"] != "valid" or check(message, "schema"):
            continue
        judged += 1
        broken = [one for _, one in rulebook.judge(message, Beside())]
        assert not broken, f"{entry['file']}: {broken[0]}"
    assert judged > 80


def test_good_messages_break_no_rule():
    for path in sorted((GOLDEN / "good").glob("*.xml")):
        broken = [one for _, one in rulebook.judge(forms.read(path.read_bytes()), Beside())]
        assert not broken, f"{path.name}: {broken[0]}"


def test_an_empty_message_of_every_kind_is_judged():
    for profile in tables.EVERY_PROFILE:
        for root in tables.roots(profile):
            list(rulebook.judge(Message(Node(root, None, []), profile, "plain"), Beside()))


@pytest.mark.parametrize(("way", "due"), [
    ("NO SE", "SE"), ("NO SE DE", "SE"), ("DE NO", "NO"), ("NO SE DE CH", "SE CH"),
    ("DE CH IT", "CH IT"), ("FR AD", ""), ("SE DE FR", ""), ("GB XI", "XI"), ("GB FR CH", "FR CH"),
    ("BG TR GE", "TR GE"), ("LT BY LV", "LV"), ("CH LI", ""), ("NO NO", ""),
    ("GB GG GB", ""), ("GB JE GB", ""), ("GB IM GB", ""), ("FR GG", "GG"), ("NO SJ NO", ""),
    ("RS XS RS", ""), ("CH LI CH", ""), ("IT SM IT", ""), ("FR AD FR", ""), ("NO AD", "AD")])
def test_offices_of_transit_due(way, due):
    departure, *routing, destination = way.split()
    found = route.due(departure, destination, routing)
    assert [entry.country for entry in found] == due.split()


def test_a_reading_of_what_is_not_there_is_empty():
    node = Node("A", " 1.50 ", [])
    reading = Reading(Message(node, "p6", "plain"), Beside(), {}, {})
    assert reading.get("a") == reading.country("a") == value(None) == "" and value(node) == "1.50"
    assert reading.first("a") is None and reading.all("a") == [] and reading.bound("R0001") == ()
    assert number(node) == Decimal("1.5") and number(None) is None
    texts = ("9" * 40, "9" * 41, "NaN", "Infinity", "x", "")
    assert [number(Node("A", text, [])) is None for text in texts] == [False] + 5 * [True]


def test_a_missing_office_of_transit_names_candidates():
    entry, = route.missing("NO", "DE", ("SE",), ())
    offices = route.candidates(entry.country, entry.coming_from)
    assert len(offices) == route.SHOWN == 8
    assert all(office.country == "SE" and "TRA" in office.roles for office in offices)
    assert "SE603340" in [office.code for office in offices], "Svinesund lies at the border"
    assert not any("TULLVERKET" in word for word in route._places_named()), "many name it"
    finland = [office.code for office in route.candidates("FI", "NO")]
    assert finland[:4] == ["FI994400", "FI994900", "FI999500", "FI999801"], "and then the others"
    assert [office.code for office in route.candidates("NO", "FI")][0] == "NO321002"
    assert route.missing("NO", "DE", ("SE",), ("DK003102",)) == ()


NASTY = ("", " ", "0", "-1", "1e400", "NaN", "Infinity", "9" * 60, "æøå", "\t1\n", "2026-13-45",
         "2026-05-04T08:00:00+01:00", "NTA.", "N.XX", "x" * 600, "30600", "N830", "C651", "T2", "1")
EARLIER = ("CC013C", "CCA13D", "CC015C", "CCA15D", "CC170C", "CC190C", "CC191C", "CC928D",
           "CCA70D", "CD060D", "CDA64D")


def _nodes(node: Node) -> list[Node]:
    """Return a node and all below it."""
    return [node, *(one for child in node.children for one in _nodes(child))]


def test_no_message_is_too_odd_to_be_judged():
    chance = random.Random(7)
    for profile in tables.EVERY_PROFILE:
        known = [root for root in EARLIER if root in tables.roots(profile)]
        for root in tables.roots(profile):
            for _ in range(3):
                earlier = {one: instances.maximal(profile, one) for one in known[:2]}
                for message in (*earlier.values(), made := instances.maximal(profile, root)):
                    nodes = _nodes(message.root)[1:]
                    for node in chance.sample(nodes, len(nodes) // 4):
                        if chance.random() < 0.3 and node in node.parent.children:
                            node.parent.children.remove(node)
                        elif not node.children:
                            node.text = chance.choice((*NASTY, None))
                for _, one in rulebook.judge(made, Beside(earlier=earlier, answers="M1")):
                    assert one.text and one.nb and one.path.startswith(f"/{root}")
                chance.shuffle(known)


def test_a_house_of_1999_items_is_judged_in_good_time():
    items = [{"goodsItemNumber": str(n), "declarationGoodsItemNumber": str(n),
              "Commodity": {"GoodsMeasure": {"grossMass": "0", "netMass": "0"}},
              "Packaging": [{"sequenceNumber": "1", "typeOfPackages": "CT",
                             "numberOfPackages": "0", "shippingMarks": "AB 1"}]}
             for n in range(1, 2000)]
    message = from_plain("p6", "CC015C", {"Consignment": {"HouseConsignment": [
        {"sequenceNumber": "1", "ConsignmentItem": items}]}})
    began = time.perf_counter()
    found = list(rulebook.judge(message, Beside()))
    assert len(found) <= 2 * rulebook.MOST_PLACES
    assert time.perf_counter() - began < 2
