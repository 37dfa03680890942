"""One message walked through from UNH to UNT along its table, collecting what is wrong."""
from bisect import bisect_left

from tollbod.wire.edifact.elements import Flaw, flaws
from tollbod.wire.edifact.envelope import Message, at
from tollbod.wire.edifact.faults import MAX_FAULTS, Fault
from tollbod.wire.edifact.grammar import Grammar, Group, Step
from tollbod.wire.edifact.scanner import HUGE, MAX_SEGMENT
from tollbod.wire.edifact.tokens import Repeated, split

NAMED = 10                  # of the tags that are expected, in a sentence


class Walk:
    """A walk: where it is in the table, how often each place was passed, what was wrong.

    `tests` has a quick test for each tag, `known` the texts of segments that passed.
    """

    def __init__(self, grammar: Grammar, tests: dict, known: set[str], message: Message):
        self.grammar, self.tests, self.known, self.message = grammar, tests, known, message
        self.counts = [0] * len(grammar.nodes)
        self.groups = [0] * len(grammar.groups)
        self.faults: list[Fault] = []
        self.tags: dict[str, list[int]] | None = None

    def run(self) -> list[Fault]:
        """Return what is wrong between UNH and UNT."""
        counts, groups, steps = self.counts, self.groups, self.grammar.steps
        tests, known, odd, raws = self.tests, self.known, self.message.odd, self.message.raws
        values, here = self.grammar.values, 0
        counts[0] = 1
        end = len(raws) - 1 if self.message.closed else len(raws)
        for index in range(1, len(raws)):
            raw = raws[index]
            tag, fine = raw[:3], raw in known
            if not fine:
                test = tests.get(tag)
                if test is not None and test(raw):
                    fine = True
                    if len(raw) < 24:
                        known.add(raw)
            if odd and index in odd or not fine and index < end:
                if self._not_a_tag(index, raw):
                    continue
                fine = False
            follow = steps[here].get(tag)
            step = follow[0] if follow else self._lost(index, tag, here)
            if step is None:
                continue
            if (groups[step.group] >= step.group_times if step.group >= 0
                    else counts[step.node] >= step.times):
                step = self._too_often(index, tag, follow or (step,))
            if step.group >= 0:
                for one in step.nodes:
                    counts[one] = 0
                for one in step.groups:
                    groups[one] = 0
                groups[step.group] += 1
            here = step.node
            counts[here] += 1
            if here in values:
                self._value(index, raw, here)
            if not fine and index < end:
                self._elements(index, raw, here)
            if len(self.faults) >= MAX_FAULTS:
                break
        return self.faults

    def _add(self, key: str, index: int, tag: str, path: str, said: tuple = (), value: str = "",
             ) -> None:
        """Add a fault of a segment."""
        self.faults.append(Fault(key, "segment", tag, f"{self.message.path}/{path}",
                                 *self.message.place(index), index + 1, said=said, value=value))

    def _not_a_tag(self, index: int, raw: str) -> bool:
        """Tell of a segment whose tag no directory has."""
        tag = split(raw, self.message.marks)[0][0]
        if tag in self.grammar.table.segments:
            return False
        if len(tag) == 3 and tag[:2] == "US" and self.message.interchange.syntax == 4:
            self._add("security", index, tag, tag)
        else:
            shown = "".join(one for one in tag[:6] if one.isalnum()) or "?"
            self._add("tag", index, shown, shown, value=tag)
        return True

    # structure

    def _lost(self, index: int, tag: str, here: int) -> Step | None:
        """Find the way on from a place where the tag is not expected, and tell what is wrong."""
        found = self.grammar.far(here, tag)
        if found is not None and all(self._is_missing(index, row.row) for row in found[1]):
            step, missing = found
            for row in missing:
                name = row.row.trigger
                self.faults.append(Fault(
                    "missing", "segment", name, f"{self.message.path}/{row.row.name}",
                    *self.message.place(index), index, said=(tag,)))
            return step
        if found is not None and tag == "UNT":
            return found[0]
        expected = list(self.grammar.steps[here])
        more = " ..." if len(expected) > NAMED else ""
        self._add("position", index, tag, tag, (" ".join(expected[:NAMED]) + more,))
        return None

    def _is_missing(self, index: int, row) -> bool:
        """Return whether fewer of a mandatory row's segments are to come than are needed."""
        if self.tags is None:
            self.tags = {}
            for place, raw in enumerate(self.message.raws):
                self.tags.setdefault(raw[:3], []).append(place)
        places = self.tags.get(row.trigger, [])
        coming = len(places) - bisect_left(places, index)
        needed = sum(other.mandatory and other.position >= row.position
                     for other in self.grammar.table.rows if other.trigger == row.trigger)
        return coming < needed

    def _too_often(self, index: int, tag: str, follow: tuple[Step, ...]) -> Step:
        """Take the next place where the tag may stand; tell it once if there is none."""
        for step in follow:
            if step.group >= 0:
                if self.groups[step.group] < step.group_times:
                    return step
            elif self.counts[step.node] < step.times:
                return step
        step = follow[0]
        if step.group >= 0:
            if self.groups[step.group] == step.group_times:
                name = self.grammar.groups[step.group].row.name
                self._add("group times", index, tag, name, (step.group_times, name))
        elif self.counts[step.node] == step.times:
            path = self.grammar.path(step.node, self.counts, self.groups)
            self._add("times", index, tag, path, (step.times,))
        return step

    def _value(self, index: int, raw: str, node: int) -> None:
        """Judge the one value that a segment must have here."""
        wanted = self.grammar.values[node]
        sent = split(raw, self.message.marks)
        value = at(sent, 1)
        slot = self.grammar.table.segments[self.grammar.nodes[node].row.name].slots[0]
        if value != wanted and value in (slot.parts[0].codes or ()):
            self._flaw(index, Flaw("value", 2, 0, 0, slot.id, (f"{slot.id} ({slot.name})", wanted,
                                                               wanted), value), node)

    # elements

    def _elements(self, index: int, raw: str, node: int) -> None:
        """Tell what is wrong with the elements of a segment."""
        how = self.message.odd.get(index)
        segment = self.grammar.table.segments[self.grammar.nodes[node].row.name]
        if how == HUGE:
            count = len(split(raw, self.message.marks))
            self._flaw(index, Flaw("huge", count, said=(MAX_SEGMENT,)), node)
            return
        found = flaws(raw, segment, self.message.marks, self.message.interchange.syntax)
        for flaw in found:
            self._flaw(index, flaw, node)
        if how is not None:
            self._strange(index, raw, node)
        elif not found and len(raw) < 64:
            self.known.add(raw)

    def _flaw(self, index: int, flaw: Flaw, node: int) -> None:
        """Add a fault of an element; too many elements and nesting are faults of the segment."""
        path = self.grammar.path(node, self.counts, self.groups)
        tag = self.grammar.nodes[node].row.name
        level = "segment" if flaw.element < 2 else "element"
        at = self.message.place(index, max(flaw.element - 1, 0), max(flaw.component - 1, 0),
                                flaw.repeat)
        whole = f"{self.message.path}/{path}/{flaw.id}".rstrip("/")
        self.faults.append(Fault(flaw.key, level, tag, whole, *at, index + 1, flaw.element,
                                 flaw.component, flaw.repeat, flaw.said, flaw.value))

    def _strange(self, index: int, raw: str, node: int) -> None:
        """Tell of the first character of each element that the repertoire does not have."""
        known = self.message.interchange.repertoire
        segment = self.grammar.table.segments[self.grammar.nodes[node].row.name]
        for number, parts in enumerate(split(raw, self.message.marks)):
            slot = segment.slots[number - 1] if 0 < number <= len(segment.slots) else None
            times = parts if isinstance(parts, Repeated) else [parts]
            for repeat, one in enumerate(times):
                for place, value in enumerate(one):
                    found = known.strange.search(value)
                    if found and number:
                        composite = slot is not None and slot.composite
                        name = f"{slot.id}/{slot.parts[place].id}" if composite and \
                            place < len(slot.parts) else slot.id if slot else ""
                        self._flaw(index, Flaw("strange", number + 1,
                                               place + 1 if composite else 0, repeat, name,
                                               (known.level,), found[0]), node)
                        break
