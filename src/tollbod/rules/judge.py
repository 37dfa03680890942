"""The judge of conditions: what must stand and does not (13), what stands and may not (15).

One walk through the message; the conditions of each kind of message are made ready once, by
`judge_places`. Pure: earlier messages of the case, the register of parties and the day come in;
what depends on one that is not given is not judged.
"""
from collections.abc import Iterator
from datetime import date

from tollbod.findings import Finding
from tollbod.rules import judge_words
from tollbod.rules.case_file import CaseFile, Earlier
from tollbod.rules.judge_places import Binding, Place, places
from tollbod.rules.judge_tests import Register, Sight
from tollbod.wire.message import Message, Node

VALUE_KEPT = 512        # the length of the field of a rejection that repeats the value
Found = tuple[Node, Finding]


def judge(message: Message, earlier: Earlier | None = None, on: date | None = None,
          register: Register | None = None) -> Iterator[Found]:
    """Yield the conditions that a message breaks, with the node at which each is to be told.

    `earlier` are the other messages of the case, all that the office has: what is not among them
    was not sent. `register` tells whether a party's number is known here. `on` is the day by which
    code lists are read, None for any.
    """
    case = None if earlier is None else CaseFile(earlier, message.profile)
    sight = Sight(message.root, case, register, on)
    yield from _group(message.root, places(message.profile, message.kind), sight)


def _group(node: Node, place: Place, sight: Sight) -> Iterator[Found]:
    """Yield what is wrong in a group and in everything below it."""
    names = {child.name for child in node.children}
    for name, binding in place.if_absent:
        if name not in names and binding.decide(node, sight) == "R" and not any(
                find(node, sight) for find in binding.instead):
            yield _missing(node, node, binding, sight)
    for name, binding in place.if_present:
        if name in names and binding.decide(node, sight) == "N":
            for child in node.children:
                if child.name == name:
                    yield _barred(child, node, binding, sight)
    for binding in place.of_several:
        holder = _none_of(node, binding, sight)
        if holder is not None:
            yield _missing(holder, node, binding, sight)
    below = place.below
    if below:
        for child in node.children:
            found = below.get(child.name)
            if found is not None:
                yield from _group(child, found, sight)


def _none_of(node: Node, binding: Binding, sight: Sight) -> Node | None:
    """Return the first group that could hold what one of them must, if none does."""
    holders = node.all("/".join(binding.target[:-1]))
    if not holders or binding.decide(node, sight) != "R":
        return None
    for holder in holders:
        if holder.first(binding.target[-1]) is not None and (
                binding.counts is None or binding.counts(holder, sight)):
            return None
    return holders[0]


def _missing(holder: Node, node: Node, binding: Binding, sight: Sight) -> Found:
    """Say what is missing in `holder`, and what demands it."""
    name = binding.target[-1]
    text, nb = judge_words.missing(holder, name, binding.others, binding.why(node, sight))
    path = f"{holder.path()}/{name}"
    return holder, Finding("rules", "13", binding.rule, path, holder.line, text, nb)


def _barred(child: Node, node: Node, binding: Binding, sight: Sight) -> Found:
    """Say what may not stand, and what forbids it."""
    text, nb = judge_words.barred(child, binding.why(node, sight))
    return child, Finding("rules", "15", binding.rule, child.path(), child.line, text, nb,
                          (child.text or "").strip()[:VALUE_KEPT])
