"""Makes a random message keep to its case: what an amendment may not touch, what an answer repeats.
"""
from tollbod.play.random_messages_tree import Draft, Row
from tollbod.rules.amendments import FILED, GROUPS, HEADER, HS_CODE, VALUES
from tollbod.rules.rule import ITEM
from tollbod.spec.tables import structure
from tollbod.wire.message import Node

AMENDING = ("R0520", "R0523", "R0528")
NAMES = ("MRN", "LRN")      # which of them names the movement depends on the case (C0467)


def amend(d: Draft) -> None:
    """Let an amendment keep what it may not touch; with flag 1 everything but the guarantee."""
    declared, flag = d.story.declared, d.root.first("TransitOperation/amendmentTypeFlag")
    if declared is None or flag is None:
        return
    for name in ("messageSender", "messageRecipient"):
        d.put(d.root, name, declared.get(name))
    names = GROUPS if flag.text == "0" else tuple(
        name for name in d.row.kid if name not in HEADER)
    for name in names:
        _copy_group(d, declared, name)
    for path in VALUES:
        group, _, name = path.partition("/")
        here, there = d.root.first(group), declared.first(path)
        if here is not None and there is not None and name in d.row_of(here).kid:
            if here.first(name) is not None:
                d.say(here.first(name), there.text)
    if flag.text == "1":
        _copy_values(d, declared)
    for path in _filed(d):
        told, stood = (sorted(node.text or "" for node in one.all(path))
                       for one in (d.root, declared))
        if told and stood and told != stood:
            _copy_group(d, declared, "Consignment")
    old = {item.get("declarationGoodsItemNumber"): item.get(HS_CODE) for item in declared.all(ITEM)}
    for item in d.all(ITEM):
        code, stood = item.first(HS_CODE), old.get(item.get("declarationGoodsItemNumber"))
        if code is not None and stood:
            d.say(code, stood)


def _filed(d: Draft) -> tuple[str, ...]:
    """Return what may not change because an ENS was registered for the declaration (R0523)."""
    answer = d.case.newest(("CC928D", "CC028D")) if d.case is not None else None
    if answer is None or not answer.get("EnsOperation/ENSMRN"):
        return ()
    return FILED.get(d.get("TransitOperation/specificCircumstanceIndicator"), ())


def guarantee_only(d: Draft) -> bool:
    """Tell whether a message amends the guarantee and nothing else."""
    return (d.story.declared is not None and not d.bindings.keys().isdisjoint(AMENDING)
            and d.get("TransitOperation/amendmentTypeFlag") == "1")


def echo(d: Draft) -> None:
    """Let an answer repeat what was asked, and name what the case has named."""
    if d.case is None:
        return
    asked = d.case.newest(("CC190C",)) if "R0026" in d.bindings else None
    for name in ("TransitOperation", "CustomsOfficeOfExit", "CustomsOfficeOfDeparture"):
        here, there = d.root.first(name), asked.first(name) if asked is not None else None
        for node in here.children if here is not None and there is not None else ():
            if there.first(node.name) is not None:
                d.say(node, there.get(node.name))
    for id, source, path in (
            ("R0449", "CC191C", "AESResults/ExportOperation/MRN"),
            ("R0095", "CCA70D", "RequestingCountry/country"),
            ("R0096", "CCA70D", "ReferralRequestDetails/referralRequestReference")):
        known = d.case.newest((source,)) if id in d.bindings else None
        found = [node.text for node in known.all(path)] if known is not None else []
        for place in d.bindings.get(id, ()):
            for node in d.all(place) if found else ():
                if node.text not in found:
                    d.say(node, d.rng.choice(found))


def _copy_values(d: Draft, declared: Node) -> None:
    """Keep the rest of the header as well: conditions hang on it."""
    here, there = d.root.first("TransitOperation"), declared.first("TransitOperation")
    if here is None or there is None:
        return
    kept = {node.name: node.text for node in there.children}
    table = structure(d.table.profile, declared.name).child("TransitOperation")
    of_declaration = {row.name for row in table.children} - {*NAMES}
    for node in list(here.children):
        if node.name in kept:
            d.say(node, kept[node.name])
        elif node.name in of_declaration and not d.row_of(node).low:
            d.drop(node)
    for name, text in kept.items():
        if name in d.row_of(here).kid and name not in NAMES:
            d.put(here, name, text)


def _copy_group(d: Draft, declared: Node, name: str) -> None:
    """Put the groups of a name as the declaration has them, if they are not so already."""
    here, there = d.root.all(name), declared.all(name)
    if [_text(node) for node in here] == [_text(node) for node in there]:
        return
    d.changed += 1
    d.root.children[:] = [node for node in d.root.children if node.name != name]
    d.root.children += [_copied(node, d.root, d.row.kid[name]) for node in there]


def _text(node: Node) -> object:
    return node.name, node.text or "", sorted(map(str, map(_text, node.children)))


def _copied(node: Node, parent: Node, row: Row) -> Node:
    """Return a copy of a group with what the table knows."""
    new = Node(node.name, node.text, [], 0, parent)
    new.children = [_copied(one, new, row.kid[one.name]) for one in node.children
                    if one.name in row.kid]
    return new
