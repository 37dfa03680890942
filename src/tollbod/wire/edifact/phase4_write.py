"""The items of a phase 4 message put into the segments of an EDIFACT message.

Segments stand in the order of the directory. Values come right: cutting and folding what does not
fit is done before, by `fitted`.
"""
import unicodedata
from functools import cache

from tollbod.spec import tables as ncts
from tollbod.spec.edifact import tables
from tollbod.spec.edifact.ncts import Item, Kind, Place, Spot, Step, items
from tollbod.spec.edifact.tables import Row
from tollbod.spec.tables import Field
from tollbod.wire.edifact import envelope
from tollbod.wire.edifact.envelope import Elements
from tollbod.wire.edifact.phase4_check import fits
from tollbod.wire.edifact.phase4_read import widths

DIRECTORY = ("D", "96B", "UN")
CODEC = "latin-1"           # UNOC
# Letters and signs that no decomposition brings to UNOC.
LETTERS = str.maketrans({"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Œ": "OE", "œ": "oe",
                         "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"',
                         "€": "EUR", "ẞ": "ß", "…": "..."})


class Unplaced(LookupError):
    """The directory has no such segment where the mapping puts it."""


def put(found: dict, kind: Kind, reference: str, access: str = "") -> list[Elements]:
    """Return the segments of a message from UNH on, without UNT."""
    table = tables.message(kind.edifact, *DIRECTORY, "ncts")
    top = _Box(table.rows, None)
    head = top.leaf(Step("", "UNH", ()))
    for spot, text in (((1, 0), reference), ((2, 0), kind.edifact), ((2, 1), DIRECTORY[0]),
                       ((2, 2), DIRECTORY[1]), ((2, 3), DIRECTORY[2]), ((2, 4), kind.root),
                       ((3, 0), access)):
        _set(head, Spot(*spot), text)
    begin = top.leaf(Step("", "BGM", ()))
    _set(begin, Spot(1, 0), kind.document)
    _set(begin, Spot(3, 0), kind.function)
    if kind.status:
        status, _, codes = kind.status.partition(":")
        top.leaf(Step("", "GIS", ((Spot(1, 0), status), (Spot(1, 1), codes))))
    _Writer(table.segments).fill(items(kind.root), found, top)
    return list(top.segments())


class _Box:
    """A group while it is filled: its first segment and what stands in it, by row."""

    def __init__(self, rows: tuple[Row, ...], trigger: Elements | None):
        self.rows, self.trigger = rows, trigger
        self.entries: dict[str, list] = {}
        self.known: dict[Step, object] = {}

    def leaf(self, step: Step, new: bool = False) -> Elements:
        """Return the segment of a step, a new one if there is none yet."""
        if new or step not in self.known:
            segment = _segment(step)
            self._entries(step.tag).append(segment)
            self.known[step] = segment
        return self.known[step]

    def box(self, step: Step, new: bool = False) -> "_Box":
        """Return the group of a step, a new one if there is none yet."""
        if new or step not in self.known:
            row = next((one for one in self.rows if one.name == step.group), None)
            if row is None:
                raise Unplaced(f"no {step.group} here")
            inner = _Box(row.children, _segment(step))
            self._entries(step.group).append(inner)
            self.known[step] = inner
        return self.known[step]

    def _entries(self, name: str) -> list:
        """Return what stands at a row."""
        if all(row.name != name for row in self.rows):
            raise Unplaced(f"no {name} here")
        return self.entries.setdefault(name, [])

    def segments(self):
        """Yield the segments in the order of the directory."""
        for row in self.rows:
            if row.value:
                yield [[row.name], [row.value]]
                continue
            if self.trigger is not None and row is self.rows[0]:
                yield self.trigger
                continue
            for one in self.entries.get(row.name, ()):
                if isinstance(one, _Box):
                    yield from one.segments()
                else:
                    yield one


def _segment(step: Step) -> Elements:
    """Return a segment with its marks."""
    segment: Elements = [[step.tag]]
    for spot, mark in step.marks:
        _set(segment, spot, mark)
    return segment


def _set(segment: Elements, spot: Spot, text: str) -> None:
    """Put a text at a spot."""
    while len(segment) <= spot.element:
        segment.append([""])
    parts = segment[spot.element]
    while len(parts) <= spot.component:
        parts.append("")
    parts[spot.component] = str(text)


class _Writer:
    """One message while its items are put."""

    def __init__(self, segments: dict[str, tables.Segment]):
        self.directory = segments

    def fill(self, rows: tuple[Item, ...], found: dict, box: _Box) -> None:
        """Put the items of a group."""
        for item in rows:
            content = found.get(item.name)
            if item.children:
                for one in content or ():
                    self.fill(item.children, one, self._container(item, box))
            elif item.place is not None and content:
                self._put(item.place, content, box)
        for item in rows:
            if item.place is not None and item.place.filler and not found.get(item.name):
                self._fill_up(item.place, box)

    def _container(self, item: Item, box: _Box) -> _Box:
        """Return the group in which a group of items stands; a segment alone is one too."""
        if item.place is None:
            return box
        for step in item.place.way:
            box = box.box(step)
        step = item.place.step
        if step.group:
            return box.box(step, new=True)
        return _Box((), box.leaf(step, new=True))

    def _put(self, place: Place, text: str, box: _Box) -> None:
        """Put a value at its place."""
        spots = place.spots
        size = sum(widths(self.directory.get(place.step.tag), spots))
        if place.overflow is not None and len(text) > size:
            self._put(place.overflow, text, box)
            return
        for step in place.way:
            box = box.box(step)
        if place.step.group:
            segment = box.box(place.step).trigger
        elif box.trigger is not None and box.trigger[0][0] == place.step.tag:
            segment = box.trigger
            for spot, mark in place.step.marks:
                _set(segment, spot, mark)
        else:
            segment = box.leaf(place.step)
        text = dict(place.codes).get(text, text)
        for spot, wide in zip(spots, widths(self.directory.get(place.step.tag), spots)):
            _set(segment, spot, text[:wide])
            text = text[wide:]
            if not text:
                break


    def _fill_up(self, place: Place, box: _Box) -> None:
        """Put what stands at an empty place, if its segment is there for another item."""
        trigger = box.trigger
        if trigger is not None and trigger[0][0] == place.step.tag:
            segment = trigger
        else:
            segment = box.known.get(place.step)
        spot = place.spots[0]
        if segment is not None and not envelope.at(segment, *spot):
            _set(segment, spot, place.filler)


def fitted(found: dict, kind: Kind) -> dict:
    """Return the items cut to what phase 4 and their places hold, in characters of UNOC.

    A number that is too large, and a code of another length, is left out: cut, it would lie.
    """
    table = tables.message(kind.edifact, *DIRECTORY, "ncts")
    return _fitted(found, ncts.structure("p4", kind.root).children, items(kind.root),
                   table.segments)


def _fitted(found: dict, fields: tuple[Field, ...], rows: tuple[Item, ...], segments) -> dict:
    """Return the items of a group that fit."""
    new = {}
    for field, item in zip(fields, rows):
        content = found.get(field.name)
        if not content:
            continue
        if field.children:
            some = [_fitted(one, field.children, item.children, segments)
                    for one in content[:field.high]]
            some = [one for one in some if one]
            if some:
                new[field.name] = some
        else:
            text = folded(content if isinstance(content, str) else content[0])
            text = text[:_room(field, item, segments)].rstrip()
            if text and fits(text, field.type):
                new[field.name] = text
    return new


def _room(field: Field, item: Item, segments: dict) -> int:
    """Return how many characters a value may have."""
    kind = field.type
    most = kind.max_length or 10 ** 3
    place = item.place
    if place is None:
        return 0
    size = sum(widths(segments.get(place.step.tag), place.spots))
    if place.overflow is not None:
        over = place.overflow
        size = max(size, sum(widths(segments.get(over.step.tag), over.spots)))
    return min(most, size) if kind.base == "xs:normalizedString" else most


@cache
def folded(text: str) -> str:
    """Return a text in characters of UNOC: other letters without their marks, the rest as ?.

    >>> folded("Gdańsk - Łódź"), folded("Møller & Sönner")
    ('Gdansk - Lódz', 'Møller & Sönner')
    """
    try:
        text.encode(CODEC)
    except UnicodeEncodeError:
        text = "".join(_letter(one) for one in text.translate(LETTERS))
    if text.isprintable():
        return text
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _letter(one: str) -> str:
    """Return a letter of UNOC for any letter."""
    if ord(one) < 256:
        return one
    plain = "".join(part for part in unicodedata.normalize("NFKD", one)
                    if not unicodedata.combining(part))
    return plain if plain and all(ord(part) < 256 for part in plain) else "?"
