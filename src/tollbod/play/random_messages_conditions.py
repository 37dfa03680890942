"""Makes a random message obey the conditions: adds what must stand, takes out what may not.

Follows the demands that the judge made ready, place by place, until nothing changes any more.
"""
from tollbod.play.random_messages_tree import Draft
from tollbod.rules.judge_places import Binding, Place, places
from tollbod.rules.judge_tests import Sight
from tollbod.wire.message import Node

PASSES = 12             # conditions may need one another; more than this is no agreement


def conform(draft: Draft, see) -> bool:
    """Mend the message until no condition objects; tell whether that came to an end.

    `see` makes a fresh sight of the message.
    """
    place = places(draft.table.profile, draft.table.root)
    for _ in range(PASSES):
        before = draft.changed
        draft.mended.clear()
        _group(draft, draft.root, place, see())
        if draft.changed == before:
            return True
    return False


def _group(draft: Draft, node: Node, place: Place, sight: Sight) -> None:
    """Mend a group and everything below it."""
    names = {child.name for child in node.children}
    for name, binding in place.if_absent:
        if name not in names and binding.decide(node, sight) == "R" and not any(
                find(node, sight) for find in binding.instead):
            draft.grow(node, name)
            draft.mended.add(f"{binding.rule} R {name}")
            names.add(name)
    for name, binding in place.if_present:
        if name in names and binding.decide(node, sight) == "N":
            for child in [one for one in node.children if one.name == name]:
                draft.drop(child)
            draft.mended.add(f"{binding.rule} N {name}")
            names.discard(name)
    for binding in place.of_several:
        _one_of_several(draft, node, binding, sight)
    if place.below:
        for child in list(node.children):
            below = place.below.get(child.name)
            if below is not None:
                _group(draft, child, below, sight)


def _one_of_several(draft: Draft, node: Node, binding: Binding, sight: Sight) -> None:
    """Give one of several groups what one of them must have."""
    name = binding.target[-1]
    holders = node.all("/".join(binding.target[:-1]))
    if not holders or binding.decide(node, sight) != "R":
        return
    fit = [one for one in holders if binding.counts is None or binding.counts(one, sight)]
    if any(one.first(name) is not None for one in fit):
        return
    draft.mended.add(f"{binding.rule} R some {name}")
    if fit:
        draft.grow(draft.rng.choice(fit), name)
    elif draft.row_of(holders[0]).high > len(holders):      # none counts yet: try another one
        new = draft.grow(holders[0].parent, holders[0].name)
        if new.first(name) is None:
            draft.grow(new, name)
    else:
        draft.redraw(draft.rng.choice(holders))
