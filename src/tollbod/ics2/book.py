"""Which filings make one declaration: the rows kept beside the key of a master document.

Of a consignment, named by master document and carrier, the book knows its root (the master filing)
and its parts. A part is linked if its declarant is named by the root, or by a linked part, of a
kind that it answers; who is named and has filed nothing linked is awaited. What is true follows
from the filings that are there, whatever the order they came in. Knows nothing of messages.

A filing costs a few rows to join however many others there are. Only one that leaves, or names
others than before, makes the book count anew.
"""
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from tollbod.case.model import Effect, Facts
from tollbod.ics2.rows import Rows
from tollbod.spec.ics2_law import answers

MOST_PARTS = 20_000                 # filings of one consignment
MOST_NAMED = 400_000                # persons that they name
ROOT = "root"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A filing as its consignment knows it: who supplied it, whom it names, what hits it."""

    mrn: str
    kind: str                           # F14
    by: str                             # its declarant
    sender: str = ""                    # who sent it: the declarant or a representative
    stream: str = ""
    office: str = ""
    names: tuple[str, ...] = ()         # supplementary declarants
    hits: tuple[str, ...] = ()          # criteria of the control filter
    kilos: Decimal = Decimal()          # gross mass
    linked: bool = False


class Root(msgspec.Struct, frozen=True, kw_only=True):
    """The master filing, how the declaration stands, and how many are linked and awaited."""

    part: Part | None = None
    state: str = ""                     # of the declaration, as the master last told it
    parts: int = 0
    awaited: int = 0
    linked: int = 0
    kilos: Decimal = Decimal()          # of the linked parts that the master itself names
    told: int = 0                       # what the master was last told
    fresh: dict[str, int] = {}          # linked, but not told yet: MRN, since which telling


class Book(Rows):
    """The rows of one consignment."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.moved: dict[str, Part] = {}        # parts whose link changed, or their content
        self.root: Root = self.struct(ROOT, Root) or Root()

    # Rows

    def effects(self) -> Iterable[Effect]:
        """Keep what changed."""
        self.put(ROOT, self.root if self.root != Root() else None)
        yield from super().effects()

    def parts(self, mrns: Iterable[str]) -> list[Part]:
        """Return the parts of these numbers."""
        return [msgspec.json.decode(body, type=Part)
                for body in self.get(f"part/{mrn}" for mrn in mrns).values()]

    def all_parts(self) -> list[Part]:
        """Return every part, by its number."""
        return [msgspec.json.decode(body, type=Part)
                for _, body in sorted(self.under("part/", MOST_PARTS).items())]

    def _put_part(self, part: Part) -> None:
        self.put(f"part/{part.mrn}", part)
        self.put(f"hit/{part.mrn}", list(part.hits) if part.linked else None)

    def _counts(self, what: str, who: Iterable[str]) -> dict[str, Counter]:
        rows = self.get(f"{what}/{one}" for one in who)
        return {one: Counter(msgspec.json.decode(rows.get(f"{what}/{one}", b"{}")))
                for one in dict.fromkeys(who)}

    def _count(self, what: str, who: str, counts: Counter) -> None:
        self.put(f"{what}/{who}", {kind: n for kind, n in sorted(counts.items()) if n > 0})

    # Who comes, who goes

    def full(self) -> bool:
        """Tell whether no more parts are taken."""
        return self.root.parts >= MOST_PARTS

    def hits(self, most: int) -> dict[str, list[str]]:
        """Return the linked parts that criteria hit, with the criteria: so many of them."""
        rows = sorted(self.under("hit/", most).items())[:most]
        return {row.partition("/")[2]: msgspec.json.decode(body) for row, body in rows}

    def set_root(self, part: Part | None) -> None:
        """Take a master filing, another one, the same with other names; or none."""
        before = self.root.part
        self.root = msgspec.structs.replace(self.root, part=part)
        if part is None or before is None or before.mrn != part.mrn:
            self.root = msgspec.structs.replace(self.root, state="", fresh={})
        if before is None and part is not None:
            self._link_all(self._call({name: Counter({part.kind: 1}) for name in part.names}))
        elif (before and (before.kind, before.names)) != (part and (part.kind, part.names)):
            self._anew()

    def join(self, part: Part) -> None:
        """Take a part, or the same one amended."""
        before = next(iter(self.parts([part.mrn])), None)
        if before and before.names == part.names:
            part = msgspec.structs.replace(part, linked=before.linked)
            self._put_part(part)
            if part.linked:
                self.moved[part.mrn] = part
                self._weigh(part, part.kilos - before.kilos)
            return
        if before:
            self.leave(part.mrn)
        self._put_part(part)
        self.put(f"by/{part.by}/{part.mrn}", part.kind)
        self._file(part, 1)
        named = self._counts("named", [part.by])[part.by]
        if any(answers(part.kind, upper) for upper in named):
            self._link_all([part])
        self._await([part.by])
        if before:                              # linked or not: what it says has changed
            self.moved[part.mrn] = self.parts([part.mrn])[0]

    def leave(self, mrn: str) -> None:
        """Let a part go."""
        for part in self.parts([mrn]):
            for row in (f"part/{mrn}", f"hit/{mrn}", f"by/{part.by}/{mrn}"):
                self.put(row, None)
            self._file(part, -1)
            fresh = {one: n for one, n in self.root.fresh.items() if one != mrn}
            self.root = msgspec.structs.replace(
                self.root, linked=self.root.linked - part.linked, fresh=fresh)
            self.moved[mrn] = msgspec.structs.replace(part, linked=False)
            if part.linked:
                self._weigh(part, -part.kilos)
            if part.linked and part.names:
                self._anew()
            self._await([part.by])

    def _file(self, part: Part, by: int) -> None:
        filed = self._counts("filed", [part.by])[part.by]
        filed[part.kind] += by
        self._count("filed", part.by, filed)
        self.root = msgspec.structs.replace(self.root, parts=self.root.parts + by)

    # Linking

    def _link_all(self, wave: list[Part]) -> None:
        """Link parts, and those whom they name, and so on: each part once."""
        while wave:
            names: dict[str, Counter] = {}
            for part in wave:
                linked = self.moved[part.mrn] = msgspec.structs.replace(part, linked=True)
                self._put_part(linked)
                self._weigh(part, part.kilos)
                for name in dict.fromkeys(part.names):
                    names.setdefault(name, Counter())[part.kind] += 1
            self.root = msgspec.structs.replace(self.root, linked=self.root.linked + len(wave))
            wave = self._call(names)

    def _weigh(self, part: Part, kilos: Decimal) -> None:
        """Add the mass of a part that the root itself names: what is below is in it already."""
        root = self.root.part
        if root and part.by in root.names and answers(part.kind, root.kind):
            self.root = msgspec.structs.replace(self.root, kilos=self.root.kilos + kilos)

    def _call(self, names: dict[str, Counter]) -> list[Part]:
        """Note who is named, by which kinds; return the parts that this links."""
        known = self._counts("named", names)
        found: list[Part] = []
        for who, kinds in names.items():
            new = [kind for kind in kinds if not known[who][kind]]
            self._count("named", who, known[who] + kinds)
            if new:
                mrns = [row.rpartition("/")[2] for row in self.under(f"by/{who}/", MOST_PARTS)]
                found += [part for part in self.parts(mrns) if part.by == who and not part.linked
                          and any(answers(part.kind, kind) for kind in new)]
        self._await(names)
        return found

    def _await(self, who: Iterable[str]) -> None:
        """Note who of these is awaited: named, and nothing of a kind that answers is there."""
        named, filed = self._counts("named", who), self._counts("filed", who)
        rows = self.get(f"awaited/{one}" for one in named)
        for one, uppers in named.items():
            lacks = any(not any(answers(kind, upper) for kind in filed[one]) for upper in uppers)
            was = f"awaited/{one}" in rows
            if lacks != was:
                self.put(f"awaited/{one}", lacks or None)
                self.root = msgspec.structs.replace(
                    self.root, awaited=self.root.awaited + lacks - was)

    def _anew(self) -> None:
        """Count anew from the root, since somebody is named no more."""
        before = {part.mrn: part for part in self.all_parts()}
        for row in [*self.under("named/", MOST_NAMED), *self.under("awaited/", MOST_NAMED)]:
            self.put(row, None)
        for part in before.values():
            if part.linked:
                self._put_part(msgspec.structs.replace(part, linked=False))
        moved, self.moved = self.moved, {}
        self.root = msgspec.structs.replace(self.root, awaited=0, linked=0, kilos=Decimal())
        if self.root.part:
            self._link_all(self._call({name: Counter({self.root.part.kind: 1})
                                       for name in self.root.part.names}))
        now = self.moved
        lost = {mrn: msgspec.structs.replace(part, linked=False)
                for mrn, part in before.items() if part.linked and mrn not in now}
        gained = {mrn: part for mrn, part in now.items() if not before[mrn].linked}
        self.moved = moved | lost | gained
