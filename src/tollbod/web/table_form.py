"""A form made from the table of a message: its places, what is due there, and what is wrong there.

Pure. What was written is a tree as the message has it: groups are dicts, what may stand more than
once is a list, a value is a text, perhaps empty. A place is named as in the form,
`consignmentMasterLevel/goodsItem[2]/weight/grossMass`: what may stand more than once is counted.
"""
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from tollbod.spec.tables import Field, Structure

Tree = dict[str, Any]
Row = Field | Structure
COUNTED = frozenset({"sequenceNumber", "goodsItemNumber"})     # filled in by position
BESIDE = frozenset({"binaryFile", "binaryAttachment"})         # files, chosen beside the form
MOST_COPIES = 50                # of one group: what is larger comes as a file
MOST_FIELDS = 5_000
HERE = "/"                      # ends the name by which an empty group says that it is there
_STEP = re.compile(r"([@A-Za-z]\w*)(?:\[(\d{1,3})\])?")


class Full(Exception):
    """There is no room in a form for more of this."""


def blank(table: Structure, given: Tree) -> Tree:
    """Return what a form begins with: what is given, and an empty place for all that is due."""
    return completed(table, deepcopy(given))


def completed(row: Row, tree: Tree) -> Tree:
    """Add the groups that a table demands and that are missing."""
    for field in row.children:
        if not field.children:
            continue
        found = tree.get(field.name)
        if field.high > 1:
            copies = found if isinstance(found, list) else [found] if found else []
            copies += [{} for _ in range(field.low - len(copies))]
            tree[field.name] = [completed(field, one) for one in copies]
            if not copies:
                del tree[field.name]
        elif field.low or isinstance(found, dict):
            tree[field.name] = completed(field, found if isinstance(found, dict) else {})
    return tree


def read(table: Structure, given: Mapping[str, str], before: Tree,
         known: frozenset[str] = frozenset()) -> Tree:
    """Return the tree that the fields of a form tell; what the table lacks is passed over.

    What the form did not ask for stays as it was before: `known` are such places, uncounted.
    """
    tree: Tree = {}
    for name, text in list(given.items())[:MOST_FIELDS]:
        _put(table, tree, name, text)
    return completed(table, _kept(table, _lists(tree), before, known))


def _kept(row: Row, tree: Tree, before: Tree, known: frozenset[str], above: str = "") -> Tree:
    """Add the values that were there, of groups that still are, and that were not asked for."""
    for name, was in before.items():
        field, now = row.child(name), tree.get(name)
        if field is None:
            continue
        bare = f"{above}{name}"
        if not field.children or name in BESIDE or bare in known:
            tree.setdefault(name, was)
        elif isinstance(was, list):
            for one, old in zip(now or (), was):
                _kept(field, one, old, known, f"{bare}/")
        elif now is not None:
            _kept(field, now, was, known, f"{bare}/")
    return tree


def _put(table: Structure, tree: Tree, name: str, text: str) -> None:
    """Put a text at its place; groups that stand more than once are dicts by number for now."""
    row: Row = table
    *way, last = name.split("/")
    for step in way:
        found = _STEP.fullmatch(step)
        field = row.child(found[1]) if found else None
        if field is None or not field.children or (field.high > 1) != (found[2] is not None):
            return
        tree = tree.setdefault(field.name, {})
        if field.high > 1:
            tree = tree.setdefault(int(found[2]), {})
        row = field
    field = row.child(last)
    if field is not None and not field.children:
        tree[last] = text.replace("\r\n", " ").replace("\n", " ").strip()


def _lists(tree: Tree) -> Tree:
    """Return the tree with lists where groups were numbered, in the order of their numbers."""
    done: Tree = {}
    for name, value in tree.items():
        if not isinstance(value, dict):
            done[name] = value
        elif value and all(isinstance(one, int) for one in value):
            done[name] = [_lists(value[n]) for n in sorted(value)][:MOST_COPIES]
        else:
            done[name] = _lists(value)
    return done


def added(table: Structure, tree: Tree, name: str) -> Tree:
    """Return the tree with one more group at a place. Raises Full; LookupError for no place."""
    tree = deepcopy(tree)
    row, above, last = _at(table, tree, name)
    field = row.child(last)
    if field is None or not field.children:
        raise LookupError(name)
    if field.high > 1:
        copies = above.setdefault(last, [])
        if len(copies) >= min(field.high, MOST_COPIES):
            raise Full(name)
        copies.append(completed(field, {}))
    else:
        above.setdefault(last, completed(field, {}))
    return tree


def dropped(table: Structure, tree: Tree, name: str) -> Tree:
    """Return the tree without the group at a place. Raises LookupError for no such place."""
    tree = deepcopy(tree)
    _, above, last = _at(table, tree, name)
    found = _STEP.fullmatch(last)
    if not found:
        raise LookupError(name)
    if found[2] is None:
        above.pop(found[1], None)
    else:
        copies = above.get(found[1], [])
        if 0 < int(found[2]) <= len(copies):
            del copies[int(found[2]) - 1]
    return completed(table, tree)


def _at(table: Structure, tree: Tree, name: str) -> tuple[Row, Tree, str]:
    """Return the row and the group that a place lies in, and its last step."""
    row: Row = table
    *way, last = name.split("/")
    try:
        for step in way:
            found = _STEP.fullmatch(step)
            row, below = row.child(found[1]), tree[found[1]]
            tree = below[int(found[2]) - 1] if found[2] else below
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise LookupError(name) from error
    if row is None or not isinstance(tree, dict):
        raise LookupError(name)
    return row, tree, last


def settled(row: Row, tree: Tree) -> Tree:
    """Return the tree without the optional groups in which nothing was written."""
    done: Tree = {}
    for field in row.children:
        value = tree.get(field.name)
        if not field.children or value is None:
            if value:
                done[field.name] = value
        elif isinstance(value, list):
            copies = [settled(field, one) for one in value]
            full = [one for one in copies if written(one)]
            done[field.name] = full + [{} for _ in range(field.low - len(full))]
            if not done[field.name]:
                del done[field.name]
        elif field.low or written(value):
            done[field.name] = settled(field, value)
    return completed(row, done)


def written(value: Any) -> bool:
    """Tell whether anything is written in a group.

    >>> written({"a": [{"b": ""}]}), written({"a": [{"b": "x"}]})
    (False, True)
    """
    if isinstance(value, dict):
        return any(map(written, value.values()))
    return any(map(written, value)) if isinstance(value, list) else bool(value)


def numbered(row: Row, tree: Tree) -> Tree:
    """Return the tree with what is counted by position filled in."""
    done: Tree = {}
    for name, value in tree.items():
        field = row.child(name)
        if field is None or not field.children:
            done[name] = value
        elif isinstance(value, list):
            counted = [one.name for one in field.children if one.name in COUNTED]
            done[name] = [numbered(field, one) | dict.fromkeys(counted, str(n))
                          for n, one in enumerate(value, 1)]
        else:
            done[name] = numbered(field, value)
    return done


def only(field: Field) -> Field | None:
    """Return the one value that a group is made of, if it is: they are shown as one."""
    alone = field.children[0] if len(field.children) == 1 and field.high == 1 else None
    return alone if alone is not None and not alone.children else None


def steps(root: str, row: Row, tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield each place of a tree: its XPath in the message, and its name in the form.

    An XPath counts only where a group stands more than once; a form always does.
    """
    yield from _steps(row, tree, f"/{root}", "")


def copies(root: str, row: Row, tree: Tree) -> list[str]:
    """Return the names of all groups of a tree that are counted."""
    return [name for _, name in steps(root, row, tree) if name.endswith("]")]


def _steps(row: Row, tree: Tree, path: str, name: str) -> Iterator[tuple[str, str]]:
    for field in row.children:
        there, here = f"{path}/{field.name}", f"{name}{field.name}"
        value = tree.get(field.name)
        yield there, here
        if isinstance(value, dict):
            yield from _steps(field, value, there, f"{here}/")
        for n, one in enumerate(value if isinstance(value, list) else (), 1):
            deeper = f"{there}[{n}]" if len(value) > 1 else there
            yield deeper, f"{here}[{n}]"
            yield from _steps(field, one, deeper, f"{here}[{n}]/")
