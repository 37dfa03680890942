"""Every message of the specification has a sender, a receiver and a row, or a reason why not.

Those without a place stand in one table of DIVERGENCES.md, which is compared with what the tables
of the roles and the code that sends say: neither may rot. (NCTS-GEN-06)
"""
import ast
import json
import re
from pathlib import Path

from tollbod.movement.departure.letters import WITH_ENTRY
from tollbod.office.roles import DOORS, ROLES
from tollbod.spec import tables

HOME = Path(__file__).parents[1]
SOURCE = HOME / "src" / "tollbod"
SPEAK = ("case", "movement", "guarantees", "ics2", "office")        # folders whose code sends
TITLE = "## Messages without a place in any table"
BRIDGES = (SOURCE / "ics2" / "bridge.py", SOURCE / "movement" / "departure" / "letters.py")
ROOT = re.compile(r"C[CD][0-9A][0-9]{2}D")
NAME = re.compile(r"IE[0-9A-Z][0-9]{2}")
# Sent and taken by the rim, on no row: bytes that cannot be read, or do not fit (decide, intake).
RIM = {"IE917"}
# What traders and administrations both may hear; the trader's form needs no row.
BOTH = {"IE906"}


def structures():
    """Each message of both phases, by its name: all its forms."""
    found = {}
    for profile in ("p5", "p6"):
        for about in tables.messages(profile).values():
            found.setdefault(about.ie, []).append(about)
    return found


def taken():
    """What the roles' tables have a row for."""
    return {row.event for role in ROLES.values() for row in role.table if NAME.match(row.event)}


def sent():
    """What the code names where it writes: not in rows, comparisons or module-level lists."""
    found = set()
    for folder in SPEAK:
        for path in (SOURCE / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) or _says_what_is_written(node):
                    found |= set(_named(node))
    return found


def _says_what_is_written(node):
    """The answers to a question for a record, and what differs between the two borders."""
    name = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
    return name in ("RECORDS", "TRANSIT", "EXIT", "ROLE")


def _named(node):
    if isinstance(node, ast.Compare) or isinstance(node, ast.Call) and _name(node) == "On":
        return
    if isinstance(node, ast.Constant) and NAME.fullmatch(str(node.value)):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _named(child)


def _name(call):
    return getattr(call.func, "id", "")


def excused():
    """What the table of DIVERGENCES.md lists, `IEA13 to IEA93` in full."""
    found, known = set(), sorted(structures())
    for line in _table().splitlines():
        if not line.startswith("| IE"):
            continue
        cell, why = line.strip("| ").split(" | ", 1)
        assert len(why) > 10, f"no reason: {line}"
        for first, last in re.findall(r"(IE\w{3}) to (IE\w{3})", cell):
            found |= {ie for ie in known if first <= ie <= last}
        found |= set(NAME.findall(cell))
    return found


def _table():
    return (HOME / "DIVERGENCES.md").read_text("utf-8").split(TITLE)[1].split("\n## ")[0]


def to_a_trader(ie):
    """Whether a message goes out to traders only, its form with entry data aside."""
    forms = structures()[ie]
    plain = [one for one in forms if one.root.endswith("C")] or forms
    return ie not in DOORS and all(one.domain == "external" for one in plain)


def second_forms():
    """The forms for entry data (ENS) of messages that have another form, and that nobody writes."""
    bridged = {ie for path in BRIDGES for node in ast.parse(path.read_text("utf-8")).body
               if isinstance(node, ast.FunctionDef) for ie in _named(node)}
    written = {f"CC{ie[2:]}D" for ie in WITH_ENTRY} | {f"CD{ie[2:]}D" for ie in bridged}
    second = {one.root for forms in structures().values() for one in forms
              if one.root.endswith("D") and any(other.root.endswith("C") for other in forms)}
    return second - written


def placed():
    """What somebody sends and somebody takes."""
    write, rows = sent(), taken()
    return RIM | {
        ie for ie in structures()
        if (ie in rows and (ie in DOORS or ie in write)) or (ie in write and to_a_trader(ie))
        or (ie in BOTH and ie in rows and ie in write)}


def test_every_message_has_a_place_or_a_reason():
    """All that is not placed is excused, and nothing is excused that is placed."""
    without = set(structures()) - placed()
    assert sorted(without - excused()) == []
    assert sorted(excused() - without) == []


def test_every_second_form_is_named():
    """The forms with entry data that nobody writes or reads are named, each by its root."""
    assert ROOT.findall(_table()) == sorted(second_forms())


def test_the_reference_list_is_covered(shared):
    """The list of messages in the reference has none, of phases 5 and 6, that we do not know."""
    listed = json.loads((shared / "reference" / "ncts" / "messages.json").read_text("utf-8"))
    wanted = {one["ie"] for one in listed if {"P5", "P6"} & set(one["phase"])}
    assert sorted(wanted - set(structures()) - excused()) == []


def test_what_stands_at_the_door_has_a_row():
    """A trader's message that is let in is foreseen by a table."""
    assert set(DOORS) <= taken()
