"""`tollbod describe WHAT`: a message's table, a message file, a code list, a code, a rule.

Everything is read from the tables; nothing is known here but how it is shown.
"""
import re
import sys
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from tollbod.findings import FUNCTIONAL_CODES, XML_CODES
from tollbod.play import describe_conditions, interchanges
from tollbod.play.files import FINE, UNREADABLE, complain, read
from tollbod.rules import rulebook
from tollbod.rules.check import check
from tollbod.spec.codes import codelist, codelists, office
from tollbod.spec.tables import EVERY_PROFILE, Field, Structure, UnknownMessage, root_of, roots
from tollbod.spec.tables import structure as table_of
from tollbod.wire.message import Message, Unreadable

ENDINGS = (".xml", ".json", ".edi")
SHOWN = 40              # lines of a list; the rest is counted


def run(what: str) -> int:
    """Print what it is. Returns 0, or 2 if nobody knows it or the file cannot be read."""
    sought = what.strip()
    if Path(sought).is_file() or "/" in sought or sought.endswith(ENDINGS):
        return _file(Path(sought))
    for look in (_message, _codelist, _rule, _office, _code):
        lines = look(sought.upper()) or look(sought)
        if lines:
            print("\n".join(lines))
            return FINE
    near = get_close_matches(sought.upper(), _everything(), 1, 0.6)
    hint = f" Did you mean {near[0]}?" if near else (
        " It may be a message file, a message (IE015, CC015C), a rule (C0001), a code list "
        "(CL231), an office (NO371001) or a code.")
    print(f"tollbod describe: nothing here is called {sought}.{hint}", file=sys.stderr)
    return UNREADABLE


def _file(path: Path) -> int:
    """Print what a message file is, from whom to whom, what it holds and its verdict."""
    with interchanges.opened(path) as stream:
        if stream is not None:
            return interchanges.describe(stream, path)
    try:
        message = read(path)
    except Unreadable as fault:
        return complain("describe", path, fault)
    table, found = message.structure, check(message)
    print(f"{path}: {table.ie} {table.root} {table.title} (profile {message.profile}, "
          f"{message.form}{', ' + message.phase if message.phase else ''})")
    print(f"from {message.sender} to {message.recipient}, identification "
          f"{message.identification}, prepared {message.get('preparationDateAndTime')}")
    for line in _values(message):
        print(line)
    print(f"verdict: {len(found)} findings; see tollbod check" if found else "verdict: valid")
    return FINE


def _values(message: Message) -> list[str]:
    """Return the message's content as a tree, codes with what they stand for."""
    lines: list[str] = []

    def walk(node, row, indent):
        for child in node.children:
            field = row.child(child.name) if row is not None else None
            codes = codelist(field.codelist) if field is not None and field.codelist else None
            text = codes.text((child.text or "").strip()) if codes is not None else ""
            stands = f"  ({text})" if text else ""
            value = "" if child.children else f"  {child.text}"
            lines.append(f"{indent}{field.label if field else child.name}{value}{stands}")
            walk(child, field, indent + "  ")
    walk(message.root, message.structure, "  ")
    return lines


def _message(name: str) -> list[str]:
    """Return a message's table, if that is the name of one: IE015, 015, CC015C."""
    for profile in EVERY_PROFILE:
        try:
            root = name if name in roots(profile) else root_of(profile, _ie(name))
        except UnknownMessage:
            continue
        return _table(table_of(profile, root))
    return []


def _ie(name: str) -> str:
    """Return the name as the number of an exchange."""
    return f"IE{name}" if name.isdigit() and len(name) == 3 else name


def _table(table: Structure) -> list[str]:
    """Return what a message is and its rows as a tree."""
    others = [other for other in EVERY_PROFILE if table.root in roots(other)]
    lines = [f"{table.ie} {table.root}: {table.title}",
             f"{table.sender} -> {table.receiver} ({table.domain}); profiles {', '.join(others)}",
             f"source: {table.source}", ""]
    rows = [_row(path, field) for path, field in table.walk()]
    width = max(len(row[0]) for row in rows)
    head = ("element", "occurs", "st", "format", "codes", "rules")
    lines += [f"{name:{width}}  {occurs:8} {status:2} {format_:8} {codes:6} {rules}".rstrip()
              for name, occurs, status, format_, codes, rules in (head, *rows)]
    return lines


def _row(path: str, field: Field) -> tuple[str, str, str, str, str, str]:
    """Return the cells of a row."""
    return ("  " * path.count("/") + field.name, f"{field.low}..{field.high}", field.status,
            field.format, field.codelist, " ".join(field.rules))


def _codelist(name: str) -> list[str]:
    """Return a code list, if that is the name of one."""
    if not re.fullmatch(r"(ICS2-)?CL\d{3}", name):
        return []
    known, places = codelist(name), _places(lambda field: field.codelist == name)
    if not known.name and not places:
        return []
    lines = [f"{name} {known.name}".rstrip(), *([f"source: {known.source}"] * bool(known.source))]
    if not known.judged:
        lines.append("not judged: its values are not public, or not all of them are known here")
    today = datetime.now(UTC).date()
    values = known.codes()
    for value in values[:SHOWN]:
        past = "" if known.has(value, today) else "  (not valid today)"
        lines.append(f"  {value:8} {known.text(value)}{past}".rstrip())
    if len(values) > SHOWN:
        lines.append(f"  ... and {len(values) - SHOWN} more")
    return [*lines, *_used(places)]


def _rule(name: str) -> list[str]:
    """Return where a condition or rule stands, if that is the id of one."""
    if not re.fullmatch(r"[A-Z]\d{4}", name):
        return []
    places = _places(lambda field: name in field.rules)
    if name in rulebook.rules():
        return [*_of_the_book(rulebook.rules()[name]), *_used(places)]
    if known := describe_conditions.lines(name):
        return [*known, *_used(places)]
    if not places:
        return []
    kind = {"C": "condition", "G": "guideline", "R": "rule"}.get(name[0], "rule or condition")
    return [f"{name}: a {kind} of the message specifications; it is not judged here yet",
            *_used(places)]


def _of_the_book(one: rulebook.About) -> list[str]:
    """Return what a rule or guideline says to the sender, or why it is not judged."""
    kind = {"G": "guideline", "T": "technical rule"}.get(one.id[0], "rule")
    if one.status != "in force":
        return [f"{one.id}: a {kind}, {one.status}: {one.reason}"]
    needs = [f"judged where this is known besides the message: {one.reason}"] if one.reason else []
    return [f"{one.id}: a {kind} in force", f"  {one.en}", f"  {one.nb}", *needs]


def _office(name: str) -> list[str]:
    """Return a customs office, if that is the number of one."""
    found = office(name)
    if found is None:
        return []
    return [f"{found.code} {found.name}, {found.city} ({found.country})",
            f"roles: {' '.join(sorted(found.roles))}", f"since: {found.active_from}"]


def _code(name: str) -> list[str]:
    """Return the error codes and the values of code lists that have that name."""
    lines = []
    for title, register in (("CL030, structure of a message", XML_CODES),
                            ("CL437, content of a message", FUNCTIONAL_CODES)):
        if name in register:
            lines.append(f"error {name} ({title}): {register[name][0]} / {register[name][1]}")
    for one in codelists():
        if one.has(name) and one.text(name):
            lines.append(f"{one.code} {one.name}: {name} {one.text(name)}")
    return lines[:SHOWN]


def _places(wanted) -> dict[str, list[str]]:
    """Return the places that `wanted` picks, by message, of the first profile that has any."""
    for profile in EVERY_PROFILE:
        found = {}
        for root in roots(profile):
            here = [path for path, field in table_of(profile, root).walk() if wanted(field)]
            if here:
                found[root] = here
        if found:
            return found
    return {}


def _used(places: dict[str, list[str]]) -> list[str]:
    """Return the places, messages with the same ones together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for root, paths in places.items():
        together.setdefault(tuple(paths), []).append(root)
    lines = [f"stands in {len(places)} messages:"] if places else ["stands in no message"]
    for paths, found in together.items():
        lines.append(f"  {' '.join(found)}")
        lines += [f"    {path}" for path in paths]
    return lines


def _everything() -> list[str]:
    """Return every name that can be described, for a hint."""
    names = [one.code for one in codelists()]
    for profile in EVERY_PROFILE:
        names += roots(profile)
        names += [table_of(profile, root).ie for root in roots(profile)]
    return names
