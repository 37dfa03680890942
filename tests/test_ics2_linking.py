"""Filings that make one declaration: linked alike whatever the order they come in (PRE-WHO-06).

The rules of linking are tried against a reading of their own: a search over the graph of who names
whom, made anew each time. Then whole filings are lodged in every order, twice each, decided one by
one or all at once, before and after the time for linking runs out.
"""
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tollbod.case.model import Event, Facts, Keep, Send, Tell
from tollbod.ics2 import book, linking
from tollbod.ics2.book import Book, Part
from tollbod.play.scenario import fresh_name
from tollbod.play.specimen import PARTIES
from tollbod.play.world import World
from tollbod.risk.control_filter import Criterion
from tollbod.spec.ics2_law import answers
from tollbod.store.records import Place
from tollbod.wire import xml

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
MESSAGES = Path(__file__).parents[1] / "scenarios" / "ics2" / "messages"
LINE, NVOCC, CONSIGNEE, SECOND = "NO310000019", "NO310000027", "NO310000035", "NO310000043"
DESCRIPTION = "consignmentMasterLevel/consignmentHouseLevel/goodsItem/commodity/descriptionOfGoods"
BAG = "RUMMKANOOSLAACA60001001001"
PEOPLE = ("NO1", "NO2", "NO3", "NO4")
BELOW = ("F14", "F15", "F16", "F17")


class Rows:
    """The rows beside a key, in memory."""

    def __init__(self):
        self.rows = {}

    def book(self):
        return Book(Facts(now=AT, office="NO321001", kept_all=self.all, kept_under=self.under))

    def all(self, names):
        return {name: self.rows[name] for name in names if name in self.rows}

    def under(self, beginning, most, after=""):
        return sorted((name, body) for name, body in self.rows.items()
                      if name.startswith(beginning) and name > after)[:most]

    def keep(self, one):
        for effect in one.effects():
            assert isinstance(effect, Keep)
            if effect.body is None:
                self.rows.pop(effect.name, None)
            else:
                self.rows[effect.name] = effect.body


def reached(root, parts):
    """Who is linked and who is awaited, by search: the other reading of the same rule."""
    linked, waiting = set(), [root] if root else []
    naming = []
    while waiting:
        upper = waiting.pop()
        naming.append(upper)
        for mrn, part in parts.items():
            if mrn not in linked and part.by in upper.names and answers(part.kind, upper.kind):
                linked.add(mrn)
                waiting.append(part)
    awaited = {name for upper in naming for name in upper.names
               if not any(part.by == name and answers(part.kind, upper.kind)
                          for part in parts.values())}
    return linked, awaited


people = st.sampled_from(PEOPLE)
names = st.lists(people, max_size=3, unique=True).map(tuple)
steps = st.one_of(
    st.tuples(st.just("join"), st.integers(0, 6), st.sampled_from(BELOW), people, names),
    st.tuples(st.just("amend"), st.integers(0, 6), names),
    st.tuples(st.just("leave"), st.integers(0, 6)),
    st.tuples(st.just("root"), st.sampled_from(("F12", "F13")), names),
    st.tuples(st.just("no root")))


@given(st.lists(steps, max_size=25))
@example([("join", 1, "F14", "NO2", ()), ("root", "F12", ("NO2",)), ("root", "F13", ("NO2",))])
def test_the_book_links_as_a_search_does(told):
    """Joining, amending and leaving, of parts and master, in any order: the rows say what is so."""
    store, parts, root = Rows(), {}, None
    for n, (what, *rest) in enumerate(told):
        one = store.book()
        if what == "join" and f"M{rest[0]}" not in parts:
            part = Part(mrn=f"M{rest[0]}", kind=rest[1], by=rest[2], names=rest[3],
                        kilos=Decimal(n + 1))
            parts[part.mrn] = part
            one.join(part)
        elif what == "amend" and f"M{rest[0]}" in parts:
            mrn = f"M{rest[0]}"
            parts[mrn] = msgspec.structs.replace(parts[mrn], names=rest[1], kilos=Decimal(n + 1))
            one.join(parts[mrn])
        elif what == "leave":
            parts.pop(f"M{rest[0]}", None)
            one.leave(f"M{rest[0]}")
        elif what == "root":
            root = Part(mrn=f"R{n}", kind=rest[0], by="LINE", names=rest[1])
            one.set_root(root)
        elif what == "no root":
            root = None
            one.set_root(None)
        store.keep(one)
        linked, awaited = reached(root, parts)
        assert {part.mrn for part in one.all_parts() if part.linked} == linked
        assert {row[8:] for row, _ in store.under("awaited/", 99)} == awaited
        counted = store.book().root
        assert (counted.linked, counted.awaited, counted.parts) == (
            len(linked), len(awaited), len(parts))
        assert counted.kilos == sum(
            parts[mrn].kilos for mrn in linked
            if parts[mrn].by in root.names and answers(parts[mrn].kind, root.kind))
    one = store.book()
    one.set_root(None)
    store.keep(one)
    for mrn in parts:
        one = store.book()
        one.leave(mrn)
        store.keep(one)
    assert store.rows == {}


def test_a_consignment_has_a_most(monkeypatch):
    """Filings beyond it are refused, as if their document were taken; the master never is."""
    store = Rows()
    monkeypatch.setattr(book, "MOST_PARTS", 3)
    for n in range(3):
        one = store.book()
        assert not one.full()
        one.join(Part(mrn=f"M{n}", kind="F15", by="NO1"))
        store.keep(one)
    assert store.book().full()


# Whole filings

def filing(kind, lrn, sender, changes):
    """A filing from the templates of the scenarios: master document M-1 of the line."""
    text = (MESSAGES / f"IE3{kind}.xml").read_text("utf-8")
    said = {"{LRN}": lrn, "{now}": "2026-05-04T08:00:00", "{today+1}": "2026-05-05",
            "{sender}": sender}
    assert all(old in text for old in changes)
    for old, new in (changes | said).items():
        text = text.replace(old, new)
    return text.encode()


# Cases: LRN, kind, sender, what differs from the template; and how each ends.
CASES = {
    "three levels": (
        [("A", "F12", LINE, {}), ("B", "F14", NVOCC, {}), ("C", "F16", CONSIGNEE, {})],
        "assessed, linked, linked"),
    "four, one who is not named": (
        [("A", "F12", LINE, {}), ("B", "F14", NVOCC, {}),
         ("C", "F15", CONSIGNEE, {"H-1": "H-2"}), ("D", "F15", SECOND, {})],
        "assessed, linked, linked, pending linking"),
    "two of one filer": (
        [("A", "F12", LINE, {}), ("B", "F15", NVOCC, {}), ("C", "F15", NVOCC, {"H-1": "H-2"}),
         ("D", "F15", SECOND, {})],
        "assessed, linked, linked, pending linking"),
    "straight": ([("A", "F13", LINE, {}), ("B", "F17", NVOCC, {})], "assessed, linked"),
    "somebody missing": (
        [("A", "F12", LINE, {NVOCC: SECOND}), ("B", "F14", SECOND, {})],
        "pending completeness, linked"),
    "something hits": (
        [("A", "F12", LINE, {}), ("B", "F14", NVOCC, {"Brake discs": "Precursor for discs"}),
         ("C", "F16", CONSIGNEE, {})],
        "under assessment, linked, linked"),
    "air": (
        [("A", "F21", LINE, {}), ("B", "F22", NVOCC, {}), ("C", "F26", NVOCC, {"H-1": "H-2"}),
         ("D", "F33", NVOCC, {"H-1": "H-3"})],
        "assessed, linked, assessed, linked"),
    "post": (
        [("A", "F42", LINE, {BAG: "BAG-{n}"}), ("B", "F44", NVOCC, {BAG: "BAG-{n}",
                                                                   "H-{LRN}": "RR-{n}"}),
         ("C", "F43", NVOCC, {"H-{LRN}": "RR-{n}"})],
        "assessed, linked, assessed"),
    "post in two sacks": (
        [("A", "F40", LINE, {BAG: "BAG-{n}"}),
         ("B", "F44", NVOCC, {BAG: "BAG-{n}", "H-{LRN}": "RR-{n}"}),
         ("C", "F44", SECOND, {BAG: "OTHER-{n}", "H-{LRN}": "RQ-{n}"}),
         ("D", "F43", NVOCC, {"H-{LRN}": "RR-{n}"})],
        "assessed, linked, pending linking, assessed"),
}


def states(world):
    """The state of every filing, by its LRN."""
    keys = [key for key, in world.store.call(f"select key from stream where key >= '{world.name}/'"
                                             f" and key < '{world.name}0'")]
    return {Place.of(key).case_id.partition(":")[2]: world.store.stream(key).phase
            for key in keys if Place.of(key).role == "filing"}


@pytest.fixture
def world(conninfo):
    one = World(conninfo, fresh_name(), AT)
    for party in PARTIES:
        one.party(party)
    one.filter([Criterion(id="F1", path=DESCRIPTION, how="contains", value="precursor")])
    yield one
    one.close()


@pytest.mark.parametrize("how", ["one by one", "all at once", "late"])
@pytest.mark.parametrize("case", CASES)
def test_every_order_ends_alike(world, case, how):
    """Whatever comes first, and whatever comes twice: the same states, and nothing held.

    Each order is a consignment of its own; all of them are lodged beside one another.
    """
    filings, ends = CASES[case]
    orders = list(permutations(filings))
    for place in range(len(filings)):
        for n, order in enumerate(orders):
            lrn, kind, sender, changes = order[place]
            said = {old: new.replace("{n}", str(n)) for old, new in changes.items()}
            own = {"M-1": f"M-{n}"} if kind not in ("F43", "F44") else {}
            data = filing(kind, f"{lrn}{n}", sender, said | own)
            assert [world.lodge(sender, data).verdict for _ in range(2)] == ["new", "again"]
        if how != "all at once":
            world.settle()
        if how == "late" and place == 0:
            world.advance(timedelta(hours=13))          # the longest time for linking is over
    world.settle()
    found = states(world)
    for n, order in enumerate(orders):
        came = [one[0] for one in order]
        assert ", ".join(found[f"{one[0]}{n}"] for one in filings) == ends, came
    assert world.held() == []


def test_a_receptacle_takes_nobodys_number(world):
    """Whatever a receptacle is called, messages about an MRN go to the filing that has it."""
    assert world.lodge(LINE, filing("F12", "A", LINE, {})).verdict == "new"
    world.settle()
    mrn, = (xml.read(letter.body, None).get("MRN") for letter in world.mailbox(LINE, 0))
    assert world.lodge(SECOND, filing("F42", "B", SECOND, {BAG: mrn})).verdict == "new"
    world.settle()
    assert world.store.address(world.name, f"filing/{mrn}").endswith(f"{LINE}:A")


def test_letters_to_who_is_missing_come_in_batches(monkeypatch):
    """Hundreds who are missing are told in many decisions, each of which says where to go on."""
    store = Rows()
    one = store.book()
    one.set_root(Part(mrn="R", kind="F12", by=LINE, stream="x", office="NO321001",
                      names=tuple(f"NO{n:04}" for n in range(450))))
    store.keep(one)
    facts = Facts(now=AT, office="NO321001", case="sea M-1 X", kept_all=store.all,
                  kept_under=store.under, party=lambda id: id)
    body = {"mrn": "R", "after": "", "transportDocument": {"documentNumber": "M-1", "type": "N704"},
            "customsOfficeOfFirstEntry": {"referenceNumber": "NO324001"}}
    sent, decisions = [], 0
    while body:
        effects = list(linking.tell_who_is_missing(None, Event("tell expired", body), facts))
        sent += [one.to for one in effects if isinstance(one, Send)]
        again = [one for one in effects if isinstance(one, Tell) and one.role == "key"]
        missing = [one for one in effects if isinstance(one, Tell) and one.what == "missing"]
        assert len(missing) == (1 if decisions == 0 else 0)
        body = again[0].body if again else None
        decisions += 1
    assert (len(sent), len(set(sent)), decisions) == (450, 450, 3)
