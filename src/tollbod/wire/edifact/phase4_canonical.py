"""Phase 4 items and the canonical message, row by row of the mapping.

Works on plain content, in between in a form nearer to phase 4: all goods items stand in one house
consignment, what phase 4 keeps otherwise stands under the item's own name with an `@`, already as
phase 4 has it (`@PACGS2`), and what belongs to the item's house under `..`. The modules
`phase4_goods`, `phase4_journey` and `phase4_rest` make that form of a message and the reverse.
"""
from tollbod.spec import tables as ncts
from tollbod.spec.edifact.ncts import Item
from tollbod.wire.edifact.phase4_read import Placed
from tollbod.wire.edifact.phase4_values import ABSENT, WAYS


def to_phase4(flat: dict, rows: tuple[Item, ...]) -> dict:
    """Return the items of phase 4 that a message in between has."""
    found: dict = {}
    for item in rows:
        if item.how in ("made", "told"):
            content = flat.get(f"@{item.name}")
        elif item.children:
            content = [one for one in (to_phase4(node, item.children)
                                       for node in _nodes(flat, item)) if one]
        else:
            content = _outward(flat, item)
        if content:
            found[item.name] = content
    return found


def _nodes(flat: dict, item: Item) -> list[dict]:
    """Return the groups that become the groups of an item."""
    if not item.canonical:
        return [flat] if item.place is None else []
    found = at_path(flat, item.canonical)
    found = found if isinstance(found, list) else [found] if found else []
    return found[:1] if item.how == "first" else found


def _outward(flat: dict, item: Item) -> str:
    """Return the value of an item for phase 4."""
    if item.how.startswith("default:"):
        return item.how.partition(":")[2]
    if item.how not in WAYS:
        return ""
    value = at_path(flat, item.canonical)
    return WAYS[item.how][1](value) if isinstance(value, str) else ""


def from_phase4(found: dict, rows: tuple[Item, ...], flat: dict) -> dict:
    """Put the items of phase 4 into a message in between, and return it."""
    for item in rows:
        content = found.get(item.name)
        if item.how == "made":
            if content:
                flat[f"@{item.name}"] = content
        elif item.children:
            _group_inward(content or [], item, flat)
        elif item.canonical and item.how in WAYS:
            value = content or ABSENT.get(item.how)
            if value:
                put_path(flat, item.canonical, _inward(value, item))
    return flat


def _inward(value, item: Item):
    """Return the value of an item for the canonical message, at its place."""
    if isinstance(value, list):
        return [_inward(one, item) for one in value]
    new = WAYS[item.how][0](value)
    return value.like(new) if isinstance(value, Placed) else new


def _group_inward(content: list[dict], item: Item, flat: dict) -> None:
    """Put the groups of an item into a message in between."""
    if not item.canonical:
        if item.place is None:
            for one in content or [{}]:
                from_phase4(one, item.children, flat)
        return
    made = [one for one in (from_phase4(group, item.children, {}) for group in content) if one]
    if made:
        known = at_path(flat, item.canonical)   # an item of the head may have begun the group
        if isinstance(known, dict):
            made[0] = known | made[0]
        put_path(flat, item.canonical, made)


def at_path(flat: dict, path: str):
    """Return what stands at a path, None if nothing does; of several groups the first is taken."""
    node = flat
    for name in path.split("/"):
        if isinstance(node, list):
            node = node[0] if node else None
        if not isinstance(node, dict):
            return None
        node = node.get(name)
    return node


def put_path(flat: dict, path: str, value) -> None:
    """Put a value at a path, into the first of several groups."""
    *way, last = path.split("/")
    for name in way:
        node = flat.setdefault(name, {})
        flat = node[0] if isinstance(node, list) else node
    flat[last] = value


def shaped(content: dict, row: "ncts.Structure | ncts.Field") -> dict:
    """Return the content in the shape of the table, and nothing else: lists, groups and texts.

    Of what may stand once and is repeated the first is kept.
    """
    new = {}
    for field in row.children:
        value = content.get(field.name)
        some = value if isinstance(value, list) else [] if value is None else [value]
        if field.children:
            some = [shaped(one, field) for one in some if isinstance(one, dict)]
        else:
            some = [one for one in some if isinstance(one, str)]
        if some:
            new[field.name] = some if field.high > 1 else some[0]
    return new


def items_once(found: dict, rows: tuple[Item, ...]) -> dict:
    """Return the items of phase 4 with the first of every one that is repeated; groups stay."""
    new = {}
    for row in rows:
        content = found.get(row.name)
        if row.children and content:
            new[row.name] = [items_once(one, row.children) for one in content]
        elif content:
            new[row.name] = content[0] if isinstance(content, list) else content
    return new


def numbered(content: dict, row: "ncts.Structure | ncts.Field") -> dict:
    """Return the content as the table has it: groups in lists, numbered, and nothing it lacks."""
    new = {}
    for field in row.children:
        value = content.get(field.name)
        if value in (None, "", [], {}):
            continue
        some = value if isinstance(value, list) else [value]
        if field.children:
            some = [one for one in (numbered(one, field) for one in some
                                    if isinstance(one, dict)) if one]
            if field.child("sequenceNumber") is not None:
                some = [{"sequenceNumber": str(n)} | one for n, one in enumerate(some, 1)]
        if some:
            new[field.name] = some if field.high > 1 or len(some) > 1 else some[0]
    return new
