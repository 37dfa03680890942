"""What a form of a table shows, part by part: fields, groups, and groups that may be added.

Made of a table, of what is written so far, and of what was found wrong; labels and choices are
those of the tables. Pure; knows no path and no HTML.
"""
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from tollbod.findings import Finding
from tollbod.rules.explain import explain
from tollbod.spec import codes, ics2_words
from tollbod.spec.tables import Field
from tollbod.web import table_form
from tollbod.web.table_form import BESIDE, COUNTED, HERE, Row, Tree
from tollbod.web.words import Words

# Counted by position, or chosen as files beside the form.
NOT_ASKED = COUNTED | BESIDE
SHORT = 20                      # codes that are shown as a choice; more are suggestions
MOST_SUGGESTED = 450
OFFICES = "CL141"
BARE = ("address", "weight")    # of one value: it is called by its own name
MOMENT = "DateTime"
LOCAL = "%Y-%m-%dT%H:%M:%S"


class Entry(NamedTuple):
    """A field: its name in the form, what it is called, and what stands there."""

    name: str
    label: str
    value: str
    due: bool
    most: int | None
    choices: tuple[tuple[str, str], ...]        # shown as a choice
    suggested: str                              # the list whose codes are suggested
    moment: bool
    hints: tuple[str, ...]
    faults: tuple[str, ...]


class Group(NamedTuple):
    """A group with what it holds; `number` is its place among its like, 0 if it stands alone."""

    name: str
    label: str
    number: int
    mark: str                                   # name of the hidden field that says it is there
    may_go: bool
    hints: tuple[str, ...]
    faults: tuple[str, ...]
    parts: list

    @property
    def small(self) -> bool:
        """Tell whether it holds no more than two fields."""
        return len(self.parts) <= 2 and all(isinstance(one, Entry) for one in self.parts)


class Offer(NamedTuple):
    """A group that may be added."""

    name: str
    label: str
    hints: tuple[str, ...]
    faults: tuple[str, ...]


class Asked(NamedTuple):
    """What a form is about, besides its table and what is written."""

    words: Words
    faults: Mapping[str, tuple[str, ...]]       # name: what is wrong there
    fixed: frozenset[str]                       # places that are not asked for, without counts


def parts(row: Row, tree: Tree, asked: Asked, name: str = "", plain: str = "") -> list:
    """Return the parts of a group in the order of the table; `plain` is its name uncounted."""
    found: list = []
    for field in row.children:
        here, bare = f"{name}{field.name}", f"{plain}{field.name}"
        if bare in asked.fixed or field.name in NOT_ASKED:
            continue
        if not field.children:
            found.append(_entry(field, here, tree.get(field.name, ""), field, asked))
        elif alone := table_form.only(field):
            if f"{bare}/{alone.name}" not in asked.fixed:
                value = tree.get(field.name) or {}
                found.append(_entry(alone, f"{here}/{alone.name}", value.get(alone.name, ""),
                                    field, asked))
        else:
            found += _groups(field, tree.get(field.name), asked, here, bare)
    return found


def _groups(field: Field, value: Any, asked: Asked, here: str, bare: str) -> Iterator:
    hints = _hints(field, asked.words)
    label = asked.words.chosen(*ics2_words.label(field.name))
    if field.high == 1:
        if value is None:
            yield Offer(here, label, hints, asked.faults.get(here, ()))
        else:
            yield _group(field, value, asked, here, bare, label, 0)
        return
    copies = value or []
    for n, one in enumerate(copies, 1):
        yield _group(field, one, asked, f"{here}[{n}]", bare, label, n)
    if len(copies) < min(field.high, table_form.MOST_COPIES):
        yield Offer(here, label, () if copies else hints,
                    () if copies else asked.faults.get(here, ()))


def _group(field: Field, value: Tree, asked: Asked, name: str, bare: str, label: str, number: int
           ) -> Group:
    may_go = number > field.low or not field.low
    return Group(name, label, number, f"{name}/{HERE}" if may_go else "", may_go,
                 _hints(field, asked.words) if field.status == "D" else (),
                 asked.faults.get(name, ()),
                 parts(field, value, asked, f"{name}/", f"{bare}/"))


def _entry(field: Field, name: str, value: str, above: Field, asked: Asked) -> Entry:
    """Return a field; a group of a single value is shown by the group's name."""
    moment = field.name == MOMENT
    known = _known(field.codelist)
    short = 0 < len(known) <= SHORT
    faults = asked.faults.get(name, ())
    if above is not field:
        faults += asked.faults.get(name.rpartition("/")[0], ())
    return Entry(
        name, asked.words.chosen(*ics2_words.label(field.name if above.name in BARE
                                                   else above.name)),
        local(value, asked.words) if moment else value, bool(field.low and above.low),
        field.type.max_length if field.type else None,
        tuple((one, _said(field.codelist, one, asked.words)) for one in known) if short else (),
        field.codelist if SHORT < len(known) else "", moment,
        _hints(above, asked.words) + (_hints(field, asked.words) if above is not field else ()),
        faults)


@cache
def _known(name: str) -> tuple[str, ...]:
    """Return the codes of a list that are offered; none of one that is not judged, or too long."""
    listed = codes.codelist(name) if name else None
    if listed is None or not listed.judged or name == OFFICES:
        return ()
    found = listed.first(MOST_SUGGESTED + 1)
    return found if len(found) <= MOST_SUGGESTED else ()


def _said(name: str, value: str, words: Words) -> str:
    text = words.chosen(*ics2_words.code(name, value))
    return f"{value} {text[:1].upper()}{text[1:]}" if text else value


def _hints(field: Field, words: Words) -> tuple[str, ...]:
    """Return the conditions on which a field or group is due, in words."""
    told = (explain(rule) for rule in field.rules if rule.startswith("C"))
    return tuple(words.chosen(one["en"], one["nb"]) for one in told if one)


def suggestions(found: list, words: Words, countries: tuple[str, ...]) -> dict[str, list]:
    """Return the lists whose codes are suggested somewhere, each as (code, text)."""
    names = dict.fromkeys(one.suggested for one in entries(found) if one.suggested)
    told: dict[str, list] = {
        name: [(one, words.chosen(*ics2_words.code(name, one)))
               for one in _known(name)] for name in names}
    if any(one.name.endswith("customsOfficeOfFirstEntry/referenceNumber")
           for one in entries(found)):
        told[OFFICES] = [(one.code, f"{one.name}, {one.city.title()}") for country in countries
                         for one in codes.offices(country)]
    return told


def entries(found: list) -> Iterator[Entry]:
    """Yield every field of a form."""
    for one in found:
        if isinstance(one, Entry):
            yield one
        elif isinstance(one, Group):
            yield from entries(one.parts)


def called(found: list, above: str = "") -> dict[str, str]:
    """Return what every place of a form is called, with the group that it lies in."""
    told: dict[str, str] = {}
    for one in found:
        told[one.name] = f"{above}{one.label}"
        if isinstance(one, Group):
            number = f" {one.number}" if one.number else ""
            told[one.name] += number
            told |= called(one.parts, f"{one.label}{number}: ")
    return told


def placed(root: str, row: Row, tree: Tree, findings: list[Finding], words: Words
           ) -> dict[str, tuple[str, ...]]:
    """Return what is wrong by the name of its place in the form; "" for what has none."""
    names = dict(table_form.steps(root, row, tree))
    told: dict[str, tuple[str, ...]] = {}
    for one in findings:
        path = one.path
        while path and path not in names:
            path = path.rpartition("/")[0]
        name = names.get(path, "")
        said = _told(one, words) if path == one.path else words.chosen(one.text, one.nb)
        told[name] = (*told.get(name, ()), said)
    return told


def _told(one: Finding, words: Words) -> str:
    """Return a finding as it stands beside its field."""
    if (one.layer, one.code, one.rule) == ("schema", "13", ""):
        return words("form", "missing")
    rule = f" ({one.rule})" if one.rule else ""
    return words.chosen(one.text, one.nb) + rule


def local(value: str, words: Words) -> str:
    """Return a moment as a browser's field shows it, in the zone of the page; else what stands."""
    try:
        return datetime.fromisoformat(value).astimezone(words.zone).strftime(LOCAL) \
            if value.endswith("Z") else value
    except ValueError:
        return value


def moments(tree: Any, words: Words) -> Any:
    """Return a tree with moments of the page's zone written as messages write them, in UTC."""
    if isinstance(tree, list):
        return [moments(one, words) for one in tree]
    if not isinstance(tree, dict):
        return tree
    return {name: _universal(value, words) if name == MOMENT else moments(value, words)
            for name, value in tree.items()}


def _universal(value: str, words: Words) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    at = at if at.tzinfo else at.replace(tzinfo=words.zone)
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
