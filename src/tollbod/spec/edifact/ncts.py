"""The NCTS mapping: phase 4 messages and items, where they stand in EDIFACT and in the canonical
message, and on what evidence.

Tables in `mapping`: `messages.txt`, and one of items for each EDIFACT message. A place is a
segment as it is written, `*` where the item stands (`FTX+AAA+++*:*`), behind the groups it is in
(`SG1 RFF+ABK / SG2 PAC`); `.` is the place of the group around it. `how` says how the value gets to
the canonical message: `made` by code, `told` to phase 4 only, `none` not at all.
"""
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from tollbod.spec import tables as ncts
from tollbod.spec.edifact.tables import HERE

FOLDER = HERE / "mapping"
# Parts of a party's group by how their names begin: its path here, and its place in NAD.
PARTY = (
    ("NADLNG", "",                                  "NAD++++:::::*"),
    ("TIN",    "identificationNumber",              "NAD++*"),
    ("HIT",    "TIRHolderIdentificationNumber",     "NAD+++*"),
    ("Nam",    "name",                              "NAD++++*"),
    ("Str",    "Address/streetAndNumber",           "NAD+++++*"),
    ("PosCod", "Address/postcode",                  "NAD++++++++*"),
    ("Cit",    "Address/city",                      "NAD++++++*"),
    ("Cou",    "Address/country",                   "NAD+++++++++*"),
)


class Spot(NamedTuple):
    """Where in a segment: element and component, counted from 0 (the tag is element 0)."""

    element: int
    component: int


class Step(NamedTuple):
    """A segment, or a group by the segment that begins it, with the values that mark it."""

    group: str                              # "" for a segment
    tag: str
    marks: tuple[tuple[Spot, str], ...]


class Place(NamedTuple):
    """Groups on the way, the segment, and the components that the item fills, in order."""

    way: tuple[Step, ...]
    step: Step
    spots: tuple[Spot, ...]
    filler: str = ""                        # stands in the first spot when the item is empty
    codes: tuple[tuple[str, str], ...] = ()     # a value of the item and what stands for it
    text: str = ""
    overflow: "Place | None" = None         # where a value goes that is too long for the spots


@dataclass(frozen=True, slots=True)
class Item:
    """A row: an item of phase 4 (no children) or a group of them."""

    name: str
    path: str                               # GOOITEGDS/PACGS2/KinOfPacGS23
    only: str                               # IE917: the row is for that message alone
    place: Place | None                     # None: where the group around it is
    canonical: str                          # path in the message, "" for none
    how: str
    evidence: str
    note: str
    children: tuple["Item", ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A phase 4 message: its EDIFACT type, the canonical message, and what BGM and GIS say."""

    ie: str
    root: str                               # CC015B
    edifact: str                            # CUSDEC
    canonical: str                          # CC015C
    when: str                               # businessRejectionType of the canonical message
    document: str
    function: str
    status: str
    evidence: str
    note: str

    @property
    def profile(self) -> str:
        """Return the edition that the canonical message is of."""
        return ncts.NATIONAL if self.canonical.endswith("N") else "p6"


@cache
def kinds() -> tuple[Kind, ...]:
    """Return every message of the mapping."""
    found = []
    for line in _lines("messages.txt"):
        cells = ["" if cell == "-" else cell for cell in re.split(" {2,}", line)]
        found.append(Kind(*cells))
    return tuple(found)


@cache
def kind(name: str) -> Kind | None:
    """Return a message by its phase 4 name or by its number; None if there is none.

    >>> kind("CC015B").canonical, kind("IE016").root, kind("IE999")
    ('CC015C', 'CC016A', None)
    """
    return next((one for one in kinds() if name in (one.ie, one.root)), None)


def named(association: str, type_: str) -> Kind | None:
    """Return the message that UNH names in 0057, by whatever country's letters and edition.

    >>> named("BE141A", "CUSRES").ie, named("CC015C", "CUSDEC").ie
    ('IE141', 'IE015')
    """
    found = re.fullmatch(r"[A-Z]{2}([AN\d]\d{2})[A-Z]?", association)
    return next((one for one in kinds() if found and one.ie == f"IE{found[1]}"
                 and one.edifact == type_), None)


@cache
def items(root: str) -> tuple[Item, ...]:
    """Return the rows of a message in the order of its structure; LookupError if one lacks.

    >>> [one.name for one in items("CC928A")]
    ['HEAHEA', 'TRAPRIPC1', 'CUSOFFDEPEPT']
    """
    one = kind(root)
    return _of(ncts.structure("p4", root).children, _table(one.edifact), one, "", "")


def _of(fields: tuple, rows: dict[str, list], one: Kind, path: str, around: str,
        ) -> tuple[Item, ...]:
    """Return the rows of a group's fields."""
    found = []
    for field in fields:
        place = f"{path}/{field.name}" if path else field.name
        row = rows.get(f"{place}@{one.ie}") or rows.get(place)
        if row is None and around == "party":
            row = _party(field.name)
        if row is None and field.name.endswith("LNG"):
            row = _language(rows.get(place.removesuffix("LNG")) or _base(place, rows))
        if row is None:
            raise LookupError(f"no row for {place} of {one.root}")
        at, canonical, how, evidence, note = row
        children = _of(field.children, rows, one, place, how) if field.children else ()
        only = one.ie if f"{place}@{one.ie}" in rows else ""
        found.append(Item(field.name, place, only, _place(at), "" if canonical == "-" else
                          canonical, how, evidence, note, children))
    return tuple(found)


def _party(name: str) -> tuple | None:
    """Return the row of a part of a party."""
    for begins, canonical, place in PARTY:
        if name.startswith(begins):
            return place, canonical or "-", "=" if canonical else "none", "B", ""
    if name.endswith("LNG") or name.startswith("NAD"):
        return "NAD++++:::::*", "-", "none", "B", ""
    return None


def _base(path: str, rows: dict[str, list]) -> list | None:
    """Return the row of the text whose language an item is, where the names differ a little."""
    stem = path.removesuffix("LNG")
    near = sorted(one for one in rows if one.startswith(stem))
    return rows[near[0]] if near else None


def _language(row: list | None) -> tuple | None:
    """Return the row of the language of a text: FTX and DOC have an element for it."""
    if row is None:
        return None
    way, _, last = row[0].rpartition(" ")
    tag = last[:3]
    if tag == "FTX":
        marks = last.split("+")[1:3]
        return f"{way} {'+'.join(['FTX', *marks])}{'+' * (5 - len(marks))}*".strip(), "-", "none", \
            row[3], ""
    if tag == "DOC" and last == "DOC++*":
        return "DOC++:::*", "-", "none", row[3], ""
    return "-", "-", "none", "P", "no place"


@cache
def _table(edifact: str) -> dict[str, list]:
    """Return a table's rows by their paths: place, canonical, how, evidence, note."""
    found: dict[str, list] = {}
    way: list[str] = []
    for line in _lines(f"{edifact.lower()}.txt"):
        depth = (len(line) - len(line.lstrip())) // 2
        name, *cells = re.split(" {2,}", line.strip())
        way[depth:] = [name.partition("@")[0]]
        only = name.partition("@")[1:]
        cells += [""] * (5 - len(cells))
        found["/".join(way) + "".join(only)] = cells
    return found


def rows_of(edifact: str) -> dict[str, list]:
    """Return all rows of a table: path -> place, canonical, how, evidence, note."""
    return _table(edifact)


@cache
def _place(text: str) -> Place | None:
    """Read a place; None for the group around, and for an item that has none."""
    if text in (".", "-"):
        return None
    text, _, more = text.partition(" > ")
    *way, last = text.split(" / ")
    if not last.startswith("SG") and " " in last:
        raise ValueError(f"two segments in the place {text}")
    group, _, segment = last.rpartition(" ")
    segment, codes = _codes(segment)
    elements = [part.split(":") for part in segment.split("+")]
    marks, spots, filler = [], [], ""
    for element, parts in enumerate(elements[1:], 1):
        for component, part in enumerate(parts):
            if part.startswith("*"):
                spots.append(Spot(element, component))
                filler = filler or part[2:]
            elif part:
                marks.append((Spot(element, component), part))
    steps = tuple(_step(one) for one in way)
    here = Step(group, elements[0][0], tuple(marks))
    return Place(steps, here, tuple(spots), filler, codes, text, _place(more) if more else None)


def _codes(segment: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Take `{1=40,0=41}` out of a segment."""
    found = re.search(r"\{(.*?)\}", segment)
    if not found:
        return segment, ()
    pairs = tuple(tuple(pair.split("=")) for pair in found[1].split(","))
    return segment.replace(found[0], ""), pairs


def _step(text: str) -> Step:
    """Read a group on the way."""
    return _place(text).step


def _lines(name: str) -> list[str]:
    """Return the lines of a table below what it says of itself."""
    text = (FOLDER / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]
