"""Writes `spec/ncts/conditions/p6.txt`: the conditions of phase 6 in our notation.

Reads the formal conditions as parsed by the project's reference collection (rules_ast.json and
its patches; DDNTA App. Q2 6.4.1), and `conditions_by_hand.txt` for those that no parser took.
Run: tools/build_conditions.py SHARED, where SHARED holds `reference`. The order of evaluation (S)
comes from rules_formal.json.
"""
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tollbod.rules import conditions_notation as notation
from tollbod.rules.conditions_notation import (
    All,
    Any,
    Cond,
    If,
    Not,
    Operand,
    Put,
    Statement,
    Test,
)
from tollbod.rules.conditions_notation import Path as Place

FOLDER = ROOT / "src/tollbod/spec/ncts/conditions"
SOURCE = "DDNTA App. Q2 6.4.1 v1.00, formal text of conditions (hmrc/ctc-traders-tis), Apache-2.0"
PARTS = {"left1": "first1", "left2": "first2", "left3": "first3", "right2": "last2", None: ""}
# An amendment replaces the declaration; of a C and a D form a case has one.
NEWEST_FIRST = ("CC013C", "CCA13D", "CC015C", "CCA15D", "CC029C", "CCA29D", "CC028C", "CC028D")
NOT_JUDGED = {
    "C0461": "needs code list CL385 (messages without a header), whose values are not public",
    "C0716": "asks for the kind of the rejected message, which no element of IE906 tells; its "
             "own messageType, which the text names, is always CC906C",
}


def main(shared: str, folder: str = "") -> None:
    """Build the tables, in their own place or in a folder."""
    reference, out = Path(shared) / "reference", Path(folder) if folder else FOLDER
    trees = json.loads((reference / "ncts/rules_ast.json").read_text())
    trees |= json.loads((reference / "derived/rules_ast_patch.json").read_text())["patches"]
    formal = json.loads((reference / "ncts/rules_formal.json").read_text())["p6"]
    written = {name: statements(tree) for name, tree in trees.items() if name[0] == "C"}
    written |= by_hand()
    wanted = sorted(name for name in formal if name[0] == "C")
    lines = [f"# {SOURCE}; in Tollbod's notation, see rules/conditions_notation.py; 2026-11"]
    for name in wanted:
        lines += ["", name]
        if name in written:
            lines += [f"  {line}" for line in notation.write_block(written[name])]
        if name in NOT_JUDGED:
            lines.append(f"  not judged: {NOT_JUDGED[name]}")
    (out / "p6.txt").write_text("\n".join(lines) + "\n")
    (out / "order.txt").write_text("\n".join(order(formal)) + "\n")
    print(f"{len(wanted)} conditions, {len(set(wanted) & set(written))} with a notation, "
          f"{len(NOT_JUDGED)} not judged")


def by_hand() -> dict[str, tuple[Statement, ...]]:
    """Return the blocks that were written by hand."""
    text = (ROOT / "tools/conditions_by_hand.txt").read_text()
    found = {}
    for block in re.split(r"\n\n+", text.strip()):
        head, *lines = [line for line in block.split("\n") if not line.startswith("#")] or [""]
        if head:
            found[head.split()[0]] = notation.read_block(lines)
    return found


def order(formal: dict) -> list[str]:
    """Return the rules that say which condition is judged before which."""
    lines = [f"# {SOURCE}; which condition has the last word over which; 2026-11"]
    for name, text in sorted(formal.items()):
        if name[0] == "S":
            lines.append(f"{name}  {' '.join(re.findall(r'C[0-9]{4}', text['tech']))}")
    return lines


def statements(tree: list) -> tuple[Statement, ...]:
    """Return a parsed condition in the notation."""
    found: list[Statement] = []
    for one in tree:
        if isinstance(one, list):
            found += statements(one)
        elif "if" in one:
            found.append(If(merged(cond(one["if"])), statements(one["then"]),
                            statements(one.get("else") or [])))
        elif "set" in one:
            found.append(Put(one["to"], place(one["set"]), one.get("quant") == "any", (),
                             None))
        elif "anyOf" in one:
            found.append(alternatives(one["anyOf"]))
        else:
            raise SystemExit(f"not a statement of a condition: {one}")
    return tuple(found)


def alternatives(ways: list) -> Put:
    """Return `R a or b` for two ways, in each of which another place must stand."""
    needed = [place(one["set"]) for way in ways for one in way["all"] if one["to"] == "R"]
    return Put("R", needed[0], False, tuple(needed[1:]), None)


def cond(tree: dict) -> Cond:
    """Return a parsed test in the notation."""
    if "and" in tree:
        return All(tuple(map(cond, tree["and"])))
    if "or" in tree:
        return Any(tuple(map(cond, tree["or"])))
    if "any" in tree:
        inner = test(tree["is"]["not"])
        return Test(inner.kind, inner.operand, inner.values, lacks=True)
    return Not(cond(tree["not"])) if "not" in tree else test(tree)


def test(tree: dict) -> Test:
    """Return a test of one place."""
    left = operand(tree["lhs"])
    match tree["op"]:
        case "present":
            return Test("given", left)
        case "eq" if "ref" in tree:
            return Test("same", left, other=operand(tree["ref"]))
        case "eq":
            return Test("=", left, (tree["value"],))
        case "in" if "codelist" in tree:
            return Test("list", left, (tree["codelist"],))
        case "in":
            return Test("in", left, tuple(tree["set"]))
        case "gt":
            return Test(">", left, (tree["value"],))
        case "countEq":
            assert str(tree["value"]) == "1", tree
            return Test("once", left)
    raise SystemExit(f"not a test of a condition: {tree}")


def operand(tree: dict) -> Operand:
    """Return a place, and which part of its values."""
    return Operand(place(tree["path"]), PARTS[tree.get("fn")])


def place(path: str) -> Place:
    """Return `/ROOT/a/b` as a path; the root `*` is this message."""
    root, *steps = path.strip("/").split("/")
    return Place(tuple(steps), () if root == "*" else (root,))


def merged(one: Cond) -> Cond:
    """Join tests that differ only in the message they look at, the newest message first."""
    if isinstance(one, Not):
        return Not(merged(one.test))
    if not isinstance(one, All | Any):
        return one
    together: dict[str, Cond] = {}
    for part in map(merged, one.tests):
        key = re.sub(r"[A-Z0-9|]+:", "*:", str(part))
        together[key] = joined(together[key], part) if key in together else part
    parts = tuple(together.values())
    return parts[0] if len(parts) == 1 else type(one)(parts)


def joined(one: Cond, two: Cond) -> Cond:
    """Return the test of the newest of the messages that either looks at."""
    if isinstance(one, Not):
        return Not(joined(one.test, two.test))
    assert isinstance(one, Test), one
    roots = tuple(sorted({*one.operand.path.roots, *two.operand.path.roots},
                         key=NEWEST_FIRST.index))
    left = Operand(Place(one.operand.path.steps, roots), one.operand.part)
    return Test(one.kind, left, one.values, one.other, one.lacks)


if __name__ == "__main__":
    main(*sys.argv[1:])
