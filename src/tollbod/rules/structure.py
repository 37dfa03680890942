"""The schema layer in words: a message against its table, each fault with its place and remedy.

Comes to the same verdict as the XSD made of that table, which judges first because it is faster;
this walk then says what, where and how to mend. Does not judge code lists, conditions and rules.
"""
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

from tollbod.findings import Finding
from tollbod.rules.values import fault, quoted
from tollbod.spec.tables import ICS2, Field, Structure, namespace
from tollbod.wire.message import Message, Node
from tollbod.wire.stray import Stray, local_name

VALUE_KEPT = 512        # the length of the field of a rejection that repeats the value
BLANKS = " \t\n\r"      # white space in XML; other blanks are characters like any
Found = tuple[Node, Finding]


def examine(message: Message) -> Iterator[Found]:
    """Yield the faults of structure with the node each stands at, in the order of the document."""
    table = message.structure
    if table.phase_ids:
        yield from _phase(message, table)
    yield from _strays(message)
    if table.phase_ids and _in_namespace(message.root):
        child = message.root.children[0]
        yield child, _finding("15", child, *_NAMESPACE)
    yield from _group(message.root, table, table)


def _group(node: Node, row: Field | Structure, table: Structure) -> Iterator[Found]:
    """Yield the faults of a group and of everything in it."""
    if not node.children and node.text and node.text.strip(BLANKS):
        yield node, _finding("15", node, f"{_name(node)} holds a text but is a group. Put elements "
                             f"such as {row.children[0].name} in it.", f"{_name(node)} inneholder "
                             f"tekst, men er en gruppe. Sett inn elementer som "
                             f"{row.children[0].name}.", node.text)
    names = [_lookup(child, node, table) for child in node.children]
    counts = Counter(names)
    for field in row.children:
        if field.low and not counts[field.name]:
            yield node, _missing(node, field, row)
        elif counts[field.name] < field.low:
            yield node, _too_few(node, field, counts[field.name])
    order = {field.name: n for n, field in enumerate(row.children)}
    kept = _in_order([order.get(name, -1) for name in names])
    seen: dict[str, int] = {}
    for child, name, in_order in zip(node.children, names, kept):
        field = row.child(name)
        if field is None:
            yield child, _unknown(child, name, row, table)
            continue
        seen[name] = seen.get(name, 0) + 1
        if not in_order:
            yield child, _misplaced(child, field, row)
        if seen[name] == field.high + 1:
            yield child, _too_many(child, field, counts[name])
        yield from _group(child, field, table) if field.children else _value(child, field)


def _value(node: Node, field: Field) -> Iterator[Found]:
    """Yield what is wrong with a value."""
    if node.children:
        yield node, _finding("15", node, f"{field.name} holds elements but is a value "
                             f"({field.format}). Put its text there instead.",
                             f"{field.name} inneholder elementer, men er en verdi ({field.format})."
                             " Sett inn teksten i stedet.")
    elif (wrong := fault(field.type, node.text or "")) is not None:
        yield node, _finding(wrong.code, node, f"{field.name} ({field.format}): {wrong.text}",
                             f"{field.name} ({field.format}): {wrong.nb}", node.text or "")


def _missing(node: Node, field: Field, row: Field | Structure) -> Finding:
    """Say what is missing, and between which rows it belongs."""
    kind, slag = ("group", "gruppen") if field.children else ("element", "elementet")
    wanted = f" ({field.format})" if field.format else ""
    place, sted = _between(field, row)
    return Finding("schema", "13", "", f"{node.path()}/{field.name}", node.line,
                   f"The {kind} {field.name}{wanted} is missing in {_name(node)}. Add it {place}.",
                   f"{slag.capitalize()} {field.name}{wanted} mangler i {_name(node)}. Sett det "
                   f"inn {sted}.".replace("Sett det", "Sett den" if field.children else "Sett det"))


def _too_many(node: Node, field: Field, number: int) -> Finding:
    """Say how often the element stands and how often it may; the first one too many is marked."""
    return _finding("35", node, f"{field.name} stands {number} times; at most {field.high} "
                    f"{'is' if field.high == 1 else 'are'} allowed. Remove the rest.",
                    f"{field.name} står {number} ganger; høyst {field.high} er tillatt. Ta bort "
                    "resten.")


def _too_few(node: Node, field: Field, number: int) -> Finding:
    """Say how often the group stands and how often it must; the first that is missing is named."""
    return Finding("schema", "13", "", f"{node.path()}/{field.name}[{number + 1}]", node.line,
                   f"At least {field.low} {field.name} are due in {_name(node)}, which has "
                   f"{number}. Add the rest.",
                   f"Minst {field.low} {field.name} kreves i {_name(node)}, som har {number}. Legg "
                   "til resten.")


def _misplaced(node: Node, field: Field, row: Field | Structure) -> Finding:
    """Say where the element belongs."""
    place, sted = _between(field, row)
    return _finding("15", node, f"{field.name} stands in the wrong place. Move it: it belongs "
                    f"{place}.", f"{field.name} står på feil sted. Flytt det: det hører hjemme "
                    f"{sted}.")


def _unknown(node: Node, name: str, row: Field | Structure, table: Structure) -> Finding:
    """Say that the element is not known here, and what may have been meant."""
    holder = _name(node.parent)
    close = get_close_matches(name, [field.name for field in row.children], 1)
    elsewhere = [path for path, _ in table.walk() if path.endswith("/" + name) or path == name]
    hint, tips = " Remove it.", " Ta det bort."
    if name.startswith("{") and table.profile == ICS2:
        hint = f" It must stand in the namespace {namespace(ICS2)}."
        tips = f" Det må stå i navnerommet {namespace(ICS2)}."
    elif name.startswith("{"):
        hint = " Remove its namespace: elements below the root have none."
        tips = " Ta bort navnerommet: elementer under roten har ikke noe."
    elif close:
        hint, tips = f" Did you mean {close[0]}?", f" Mente du {close[0]}?"
    elif elsewhere:
        hint = f" Remove it; {table.root} has it in {elsewhere[0]}."
        tips = f" Ta det bort; {table.root} har det i {elsewhere[0]}."
    shown = local_name(name)
    return _finding("15", node, f"{shown} is not known in {holder}.{hint}",
                    f"{shown} er ikke kjent i {holder}.{tips}")


def _phase(message: Message, table: Structure) -> Iterator[Found]:
    """Yield what is wrong with the attribute PhaseID of the root."""
    value = " ".join(message.phase.split())
    if value not in table.phase_ids and (value or _has_phase(message)):
        shown = ", ".join(table.phase_ids)
        yield message.root, Finding(
            "schema", "12", "", f"/{message.kind}/@PhaseID", message.root.line,
            f'PhaseID {quoted(value)} is not one of {shown} (profile {message.profile}). Correct '
            "it or leave it out.", f"PhaseID {quoted(value, 'nb')} er ikke en av {shown} (profil "
            f"{message.profile}). Rett det eller utelat det.", message.phase[:VALUE_KEPT])


def _has_phase(message: Message) -> bool:
    """Tell whether the attribute stands there, be it empty."""
    return message.tree is not None and "PhaseID" in message.tree.getroot().attrib


def _strays(message: Message) -> Iterator[Found]:
    """Yield attributes and texts that no message may hold."""
    for stray in message.stray:
        yield message.root, _stray(stray)


def _stray(stray: Stray) -> Finding:
    """Say what does not belong there."""
    if stray.name:
        name = local_name(stray.name)
        return Finding("schema", "15", "", f"{stray.path}/@{name}", stray.line,
                       f"The attribute {name} is not allowed; a message has no attribute but "
                       "PhaseID on its root. Remove it.",
                       f"Attributtet {name} er ikke tillatt; en melding har ikke andre attributter "
                       "enn PhaseID på roten. Ta det bort.", stray.value[:VALUE_KEPT])
    return Finding("schema", "15", "", stray.path, stray.line,
                   f"The text {quoted(stray.value)} stands between elements. Remove it.",
                   f"Teksten {quoted(stray.value, 'nb')} står mellom elementer. Ta den bort.",
                   stray.value[:VALUE_KEPT])


def _in_order(places: list[int]) -> list[bool]:
    """Tell which stand in order, so that as few as possible do not; -1 (unknown) counts as in.

    >>> _in_order([3, 0, 1, -1, 2])
    [False, True, True, True, True]
    """
    if all(a <= b for a, b in zip(places, islice(places, 1, None))):
        return [True] * len(places)
    tails: list[int] = []                       # places that end the best run of each length
    ends: list[int] = []                        # where in `places` those stand
    before = [-1] * len(places)
    for n, place in enumerate(places):
        if place < 0:
            continue
        k = bisect_right(tails, place)
        before[n] = ends[k - 1] if k else -1
        tails[k:k + 1], ends[k:k + 1] = [place], [n]
    kept = [place < 0 for place in places]
    n = ends[-1] if ends else -1
    while n >= 0:
        kept[n], n = True, before[n]
    return kept


def _between(field: Field, row: Field | Structure) -> tuple[str, str]:
    """Return where the field belongs among its siblings, in words."""
    names = [one.name for one in row.children]
    n = names.index(field.name)
    if n:
        return f"after {names[n - 1]}", f"etter {names[n - 1]}"
    return ("first", "først") if len(names) == 1 else (f"before {names[1]}", f"foran {names[1]}")


def _in_namespace(root: Node) -> bool:
    """Tell whether the elements below the root took over its namespace, a common slip."""
    return bool(root.children) and root.children[0].name.startswith("{")


def _lookup(child: Node, parent: Node, table: Structure) -> str:
    """Return the name to look up: in NCTS the namespace of everybody is told once, at the top."""
    if not table.phase_ids:
        return child.name
    top = parent
    while top.parent is not None:
        top = top.parent
    return local_name(child.name) if _in_namespace(top) else child.name


def _name(node: Node) -> str:
    """Return the node's name for a sentence."""
    return local_name(node.name)


def _finding(code: str, node: Node, text: str, nb: str, value: str = "") -> Finding:
    """Return a finding at the node."""
    return Finding("schema", code, "", node.path(), node.line, text, nb, value[:VALUE_KEPT])


_NAMESPACE = (
    "The elements below the root have a namespace and must have none. Put the prefix on the root "
    "only: xmlns:ncts= and <ncts:...>, in place of xmlns=.",
    "Elementene under roten har et navnerom og skal ikke ha noe. Sett prefikset bare på roten: "
    "xmlns:ncts= og <ncts:...>, i stedet for xmlns=.")
