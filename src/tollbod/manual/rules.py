"""Pages of conditions and rules: what each id in a table demands, and whether it is judged.

Conditions (C) are printed in the notation in which they are judged; rules (R, G, T) with the
sentence that the sender reads, English and bokmål.
"""
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from tollbod.manual.words import page, table
from tollbod.rules import conditions, rulebook
from tollbod.rules.conditions import Condition
from tollbod.rules.rulebook import About
from tollbod.spec import tables

SORTS = {"in force": "Judged", "not checkable": "Not judged, and why", "retired": "Over"}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page of this chapter."""
    yield "conditions.md", _conditions()
    yield "rules.md", _rules()
    yield "nb/regler.md", _regler()


@cache
def _pages_by_id() -> Mapping[str, str]:
    """Return the page on which each id has a heading."""
    found = {one.id: "rules.md" for one in rulebook.rules().values() if one.status == "in force"}
    return found | {one.id: "conditions.md" for profile in ("p6", tables.ICS2)
                    for one in conditions.conditions(profile)}


def linked(ids: Iterable[str], folder: str = "../") -> str:
    """Return rule ids as the links they have; an id without a heading stays plain.

    >>> linked(["C0001", "S9999"])
    '[C0001](../conditions.md#c0001) S9999'
    """
    where = _pages_by_id()
    return " ".join(f"[{id}]({folder}{where[id]}#{id.lower()})" if id in where else id
                    for id in ids)


def _conditions() -> str:
    known = conditions.conditions("p6")
    judged = sum(one.status == conditions.IN_FORCE for one in known)
    own = [one for one in conditions.conditions("p5")
           if conditions.condition(one.id, "p6") is None
           or conditions.condition(one.id, "p6").notation != one.notation]
    return page(
        "Conditions", "[Contents](index.md) · [rules](rules.md)",
        f"{len(known)} conditions of phase 6, {judged} of them judged. A condition says when an "
        "element **R**: must stand, **N**: must not stand, **O**: may stand. What is missing is a "
        "finding with code 13, what must not stand one with code 15, each with the condition's id. "
        "A path is read from the place where the condition binds: *this* house consignment.",
        *map(_condition, known),
        "## Worded otherwise in phase 5, or there alone" if own else "",
        *map(_condition, own),
        "## Of ICS2", *map(_condition, conditions.conditions(tables.ICS2)))


def _condition(one: Condition) -> str:
    why = f"Not judged: {one.why}." if one.status != conditions.IN_FORCE else ""
    name = f"{one.id} in phase 5" if one.profile == "p5" else one.id
    said = " · ".join(filter(None, (one.text, one.nb and f"*{one.nb}*")))
    return "\n\n".join(filter(None, (
        f"### {name}", said, why, f"```text\n{one.notation}\n```", _where(one.messages))))


def _where(roots: Iterable[str], folder: str = "messages/") -> str:
    links = [f"[{root}]({folder}{root}.md)" for root in roots if root in tables.roots("p6")]
    links += [f"[{root}](ics2/{root}.md)" for root in roots if root in tables.roots(tables.ICS2)]
    return f"In {', '.join(links)}." if links else ""


def _rules() -> str:
    book = rulebook.rules().values()
    sorts = {status: [one for one in book if one.status == status] for status in SORTS}
    return page(
        "Rules", "[Contents](index.md) · [conditions](conditions.md) · [på norsk](nb/regler.md)",
        f"{len(sorts['in force'])} rules (R), guidelines (G) and technical rules (T) are judged; "
        f"{len(sorts['not checkable'])} cannot be, or need not; {len(sorts['retired'])} are over. "
        "A finding has the rule's id, and code 14 unless the rule has its own. The sentence is the "
        "one that the sender reads.",
        "## Judged", *(_rule(one) for one in sorts["in force"]),
        *(part for status in ("not checkable", "retired")
          for part in (f"## {SORTS[status]}",
                       table(("id", "why"), ((one.id, one.reason) for one in sorts[status])))))


def _rule(one: About) -> str:
    needs = f"Needs to be known besides the message: {one.reason}." if one.reason else ""
    roots = (*one.messages.get("p6", ()), *one.messages.get(tables.ICS2, ()))
    return "\n\n".join(filter(None, (
        f"### {one.id}", one.en, f"*{one.nb}*", needs, _where(roots))))


def _regler() -> str:
    rows = [(f"[{one.id}](../rules.md#{one.id.lower()})", one.nb)
            for one in rulebook.rules().values() if one.status == "in force"]
    return page("Regler", "[Innhold](index.md) · [in English](../rules.md)",
                f"{len(rows)} regler blir kontrollert. Setningen er den avsenderen får lese.",
                table(("regel", "hva som skal gjelde"), rows))
