"""A page for each message of phase 6 and of ICS2, lists of them, and what differs in phase 5.

Knows the structures (`spec.tables`) and which row of which office role takes a message.
"""
from collections.abc import Iterator

from tollbod.manual.rules import linked
from tollbod.manual.words import capital, norwegian, page, table
from tollbod.office.roles import ROLES, door_of
from tollbod.rules.patterns import example, wanted
from tollbod.spec import tables
from tollbod.spec.tables import Field, Structure

# The life of a transit in the order in which its messages pass: what most readers come for.
LIFE = ("CC015C CC928C CC028C CD200C CD201C CD203C CD205C CC029C CD050C CD001C CD118C CC007C "
        "CD006C CD209C CC043C CC044C CD018C CC025C CC045C CD204C").split()
REFUSALS = "CC056C CC057C CD906C CC917C CC055C CC051C CC060C".split()
LEGEND = """\
*Occurs* is how often an element may stand in its group. *Status*: R required, D dependent on the
conditions named, O optional. *Format*: `a` letters, `n` digits, `an` both, `..` up to; a format
with more to it is a link. *List* is the code list. *Rules* are the official ids of conditions (C),
rules (R), guidelines (G), sequence and technical rules."""


def pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page of this chapter."""
    yield "messages/index.md", _list()
    yield "messages/phase5.md", _phase5()
    yield "formats.md", _formats()
    for root in tables.roots("p6"):
        yield f"messages/{root}.md", _message(tables.structure("p6", root))
    yield "ics2/index.md", _list_of_ics2()
    for root in tables.roots(tables.ICS2):
        yield f"ics2/{root}.md", _message_of_ics2(tables.structure(tables.ICS2, root))
    for root in tables.roots(tables.NATIONAL):
        yield f"messages/{root}.md", _message(tables.structure(tables.NATIONAL, root))


def link(root: str, folder: str = "") -> str:
    """Return a link to a message's page, by its number.

    >>> link("CC015C", "messages/")
    '[IE015](messages/CC015C.md)'
    """
    return f"[{tables.ie_of(root)}]({folder}{root}.md)"


def short_list(roots: list[str], folder: str) -> str:
    """Return a table of some messages with both names, for the first pages."""
    about = tables.messages("p6")
    return table(("message", "title", "in Norwegian", "from", "to"), (
        (link(root, folder), about[root].title, norwegian("message", about[root].ie),
         about[root].sender, about[root].receiver) for root in roots))


def _list() -> str:
    parts = []
    for domain, title in (("external", "Between traders and customs"),
                          ("common", "Between customs offices and administrations"),
                          ("national", "Within one administration")):
        rows = [(link(root), root, about.title, norwegian("message", about.ie), about.sender,
                 about.receiver)
                for root, about in sorted(tables.messages("p6").items(), key=_by_number)
                if about.domain == domain]
        heads = ("message", "root", "title", "in Norwegian", "from", "to")
        parts += [f"## {title}", table(heads, rows)]
    national = [(link(root), root, about.title, norwegian("message", root), about.sender,
                 about.receiver) for root, about in tables.messages(tables.NATIONAL).items()]
    parts += ["## Pure prenotification: a national edition of our own", table(heads, national)]
    return page("Messages of NCTS phase 6",
                "[Contents](../index.md) · [what differs in phase 5](phase5.md)", *parts)


def _list_of_ics2() -> str:
    parts = []
    known = tables.messages(tables.ICS2).items()
    for kinds, title in (("F", "Filings"), ("A", "Amendments of filings"),
                         ("NQR", "What else passes")):
        rows = [(f"[{root}]({root}.md)", about.title, about.sender, about.receiver)
                for root, about in known if root[3] in kinds]
        parts += [f"## {title}", table(("message", "title", "from", "to"), rows)]
    return page("Messages of ICS2 v2.02", "[Contents](../index.md)",
                "The harmonised trader interface of the Import Control System. Version 2.02 of the "
                "specifications; since February 2026 the Union takes version 3 of eighteen of "
                "these messages, which is not public in a form that could be used here.", *parts)


def _message_of_ics2(structure: Structure) -> str:
    rows = [_row(path, field) for path, field in structure.walk()]
    return page(
        f"{structure.root} {structure.title}",
        "[Contents](../index.md) · [all messages](index.md) · [code lists](../codes.md)",
        f"From **{structure.sender}** to **{structure.receiver}**. All elements stand in the "
        f"namespace `{tables.NAMESPACE_ICS2}`; a name with @ is an attribute.", LEGEND,
        table(("element", "in words", "occurs", "status", "format", "list", "rules"), rows),
        f"Source: {structure.source}.")


def _by_number(item: tuple[str, tables.About]) -> tuple[str, str]:
    return item[1].ie, item[0]


def _message(structure: Structure) -> str:
    name = norwegian("message", structure.root) or norwegian("message", structure.ie)
    said = f"*{capital(name)}.* " if name else ""
    used = _used(structure.ie, structure.profile)
    rows = [_row(path, field) for path, field in structure.walk()]
    in_p5 = structure.root in tables.roots("p5")
    return page(
        f"{structure.ie} {structure.title}",
        f"[Contents](../index.md) · [all messages](index.md) · [formats](../formats.md) · "
        f"[code lists](../codes.md)",
        f"{said}From **{structure.sender}** to **{structure.receiver}**. Root element "
        f"`{structure.root}`, PhaseID {' or '.join(structure.phase_ids)}, "
        f"{structure.domain} domain. {'Also' if in_p5 else 'Not'} in phase 5.",
        used, LEGEND,
        table(("element", "in words", "occurs", "status", "format", "list", "rules"), rows),
        f"Source: {structure.source}.")


def _used(ie: str, profile: str) -> str:
    """Say which offices take the message in Tollbod today, and whether traders may send it."""
    takers = []
    for role in ROLES.values():
        states = list(dict.fromkeys(row.state for row in role.table if row.event == ie))
        if states and role.edition == profile:
            takers.append(f"- the [office of {role.name}](../{role.name}.md), in: "
                          + ", ".join(states))
    if not takers:
        return ""
    known = door_of(ie, profile)
    door = ("Traders lodge it with `POST /api/v1/messages`; the case is found by its "
            f"{known.reference}." if known else "")
    return "\n".join(filter(None, (door, "Taken in Tollbod by", "", *takers)))


def _row(path: str, field: Field) -> tuple[str, ...]:
    depth = path.count("/")
    name = f"**{field.name}**" if field.type is None else f"`{field.name}`"
    listed = f"[{field.codelist}](../codes.md#{field.codelist.lower()})" if field.codelist else ""
    return ("· " * depth + name, field.label, f"{field.low}..{field.high}", field.status,
            _format(field), listed, linked(field.rules))


def _format(field: Field) -> str:
    kind = field.type
    if kind is None or not (kind.patterns or kind.enum):
        return field.format
    return f"[{field.format or kind.name}](../formats.md#{anchor(kind.name)})"


def anchor(name: str) -> str:
    """Return the anchor that a heading of this name gets.

    >>> anchor("token..35"), anchor("letters1")
    ('token35', 'letters1')
    """
    return "".join(c for c in name.lower() if c.isalnum() or c in "-_")


def _formats() -> str:
    parts = []
    known = tables.types(tables.ICS2) | tables.types(tables.NATIONAL) | tables.types("p6")
    for kind in known.values():
        if kind.patterns or kind.enum:
            said = ("One of " + ", ".join(f"`{value}`" for value in kind.enum) + "." if kind.enum
                    else f"{capital(wanted(kind)[0])}. Example: `{example(kind)}`.")
            shapes = "\n".join(f"    {pattern}" for pattern in kind.patterns)
            parts += [f"### {kind.name}", said, shapes and f"All must match:\n\n{shapes}"]
    return page("Formats with more to them", "[Contents](index.md)", *parts)


def _phase5() -> str:
    rows = []
    for root in tables.roots("p5"):
        about = tables.messages("p5")[root]
        if root not in tables.roots("p6"):
            rows.append((about.ie, about.title, "only in phase 5", "", ""))
        elif any(differences := _differences(root)):
            rows.append((link(root), about.title, *differences))
    same = len(tables.roots("p5")) - len(rows)
    new = [root for root in tables.roots("p6") if root not in tables.roots("p5")]
    return page(
        "What differs in phase 5", "[All messages](index.md)",
        f"Phase 5 has {len(tables.roots('p5'))} messages. {same} of them have the same elements, "
        "occurrences, formats and code lists as in phase 6; these differ:",
        table(("message", "title", "only in phase 5", "only in phase 6", "otherwise"), rows),
        "Only in phase 6: " + ", ".join(link(root) + f" ({root})" for root in new) + ".")


def _differences(root: str) -> tuple[str, str, str]:
    old = dict(tables.structure("p5", root).walk())
    new = dict(tables.structure("p6", root).walk())
    changed = [path for path in old if path in new and _shape(old[path]) != _shape(new[path])]
    return (_tops(old, new), _tops(new, old),
            ", ".join(f"`{path}`" for path in changed))


def _shape(field: Field) -> tuple:
    return field.low, field.high, field.status, field.format, field.codelist


def _tops(these: dict[str, Field], others: dict[str, Field]) -> str:
    """Name what only `these` have, a whole group by its own name alone."""
    only = [path for path in these if path not in others]
    return ", ".join(f"`{path}`" for path in only if path.rpartition("/")[0] not in only)
