"""Where filings of post meet: items (F43), receptacles they lie in (F44), what carries those.

Post has no house documents: an item is known by its number, which F43 and F44 both name, and a
receptacle by its own, which F44 and the filing of the means of transport (F40, F41, F42, F45) name.
One stream of the installation keeps them. A receptacle is complete when some F44 says what lies in
it and every item of it has its F43; a means of transport, when all its receptacles are. Source:
ICS2 HTI process description v2.00, PET09.

Everything is a row that is there or not: an item not yet in a receptacle (`loose`), a receptacle
not yet carried (`ashore`), an item whose data are lacking (`lack`), a receptacle that a means of
transport waits for (`wanted`). Whatever the order, the same rows are left.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.model import Effect, Event, Facts, Tell
from tollbod.ics2.rows import Rows

POST = "post"                           # the key of the stream
MOST_BAGS, MOST_WITH, MOST_HITS = 999, 100_000, 20


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A filing as the stream knows it, and of a means of transport what it was last told."""

    mrn: str
    stream: str
    office: str
    items: tuple[str, ...] = ()                         # of an F43
    bags: dict[str, tuple[str, ...]] = {}               # of an F44: receptacle, its items
    carries: tuple[str, ...] = ()                       # of a means of transport
    hits: tuple[str, ...] = ()
    told: int = 0
    state: str = ""


class Sack(Rows):
    """All the rows of post; what a decision touches is told to the filings at its end."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.bags: set[str] = set()             # receptacles whose content has changed
        self.below: dict[str, str] = {}         # F43 and F44 whose link may have: its upper filing
        self.means: set[str] = set()            # means of transport that something came to
        self.carriers: dict[str, list[str]] = {}        # of a receptacle, as far as asked

    # Rows

    def mail(self, mrns: Iterable[str]) -> dict[str, Mail]:
        """Return the filings of these numbers."""
        rows = self.get(f"mail/{mrn}" for mrn in mrns)
        return {name[5:]: msgspec.json.decode(body, type=Mail) for name, body in rows.items()}

    def keep(self, mail: Mail) -> None:
        """Keep a filing, without what its rows tell."""
        self.put(f"mail/{mail.mrn}", msgspec.structs.replace(mail, items=(), bags={}, hits=()))

    def some(self, beginning: str) -> str:
        """Return the last part of the first row that begins so; empty without one."""
        return next((name.rpartition("/")[2] for name in sorted(self.under(beginning, 1))), "")

    def ends(self, beginning: str, most: int) -> list[str]:
        """Return the last part of each row that begins so."""
        return [name.rpartition("/")[2] for name in sorted(self.under(beginning, most))]

    def texts(self, what: str, names: Iterable[str]) -> dict[str, Any]:
        """Return what the rows of these names say."""
        rows = self.get(f"{what}/{name}" for name in names)
        return {name.partition("/")[2]: msgspec.json.decode(body) for name, body in rows.items()}

    def on(self, bag: str) -> list[str]:
        """Return what carries a receptacle; asked once."""
        if bag not in self.carriers:
            self.carriers[bag] = self.ends(f"on/{bag}/", MOST_BAGS)
        return self.carriers[bag]

    # What comes, by kind

    def file(self, mail: Mail) -> None:
        """Take the data of items (F43)."""
        packed = self.texts("packed", mail.items)
        for item in mail.items:
            self.put(f"filed/{item}", mail.mrn)
            if item in packed:
                self.put(f"lack/{packed[item][0]}/{item}", None)
            else:
                self.put(f"loose/{mail.mrn}/{item}", 1)
        self.put(f"hit/{mail.mrn}", list(mail.hits))
        for bag, upper in dict(packed.values()).items():
            self._with(bag, mail.mrn, upper)
        self.below.setdefault(mail.mrn, "")

    def pack(self, mail: Mail) -> None:
        """Take which items lie in which receptacles (F44)."""
        items = [item for inside in mail.bags.values() for item in inside]
        before, filed = self.texts("packed", items), self.texts("filed", items)
        for bag in {bag for bag, _ in before.values()} - set(mail.bags):        # packed anew
            self.put(f"bag/{bag}/{mail.mrn}", None)
            self.put(f"ashore/{mail.mrn}/{bag}", None)
        for bag, inside in mail.bags.items():
            self.put(f"bag/{bag}/{mail.mrn}", 1)
            self._with(bag, mail.mrn, "")
            for item in inside:
                if item in before and before[item][0] != bag:
                    self.put(f"lack/{before[item][0]}/{item}", None)
                    self.put(f"in/{before[item][0]}/{item}", None)
                    self.bags.add(before[item][0])
                self.put(f"packed/{item}", [bag, mail.mrn])
                self.put(f"in/{bag}/{item}", 1)
                if item in filed:
                    self.put(f"loose/{filed[item]}/{item}", None)
                else:
                    self.put(f"lack/{bag}/{item}", 1)
            for f43 in {filed[item] for item in inside if item in filed}:
                self._with(bag, f43, mail.mrn)
            if not self.on(bag):
                self.put(f"ashore/{mail.mrn}/{bag}", 1)

    def carry(self, mail: Mail) -> None:
        """Take which receptacles a means of transport carries, once or amended."""
        gone = set(self.ends(f"wants/{mail.mrn}/", MOST_BAGS)) - set(mail.carries)
        self._unload(mail.mrn, gone)
        for bag in mail.carries:
            self.put(f"on/{bag}/{mail.mrn}", 1)
            self.carriers.pop(bag, None)
            self.put(f"wants/{mail.mrn}/{bag}", 1)
            self.bags.add(bag)
            for f44 in self.ends(f"bag/{bag}/", MOST_WITH):
                self.put(f"ashore/{f44}/{bag}", None)
                self._with(bag, f44, "")
            filed = self.texts("filed", self.ends(f"in/{bag}/", MOST_WITH))
            for f43 in dict.fromkeys(filed.values()):
                self._with(bag, f43, "")
        self.means.add(mail.mrn)

    def _with(self, bag: str, mrn: str, upper: str) -> None:
        """Note that a filing has to do with a receptacle, and so with what carries it."""
        self.bags.add(bag)
        self.below.setdefault(mrn, "")
        if upper:
            self.put(f"lies/{mrn}", upper)
        hit = f"hit/{mrn}" in self.get([f"hit/{mrn}"])
        for means in self.on(bag):
            self.put(f"with/{means}/{mrn}", 1)
            self.put(f"fresh/{means}/{mrn}", 1)
            self.put(f"hot/{means}/{mrn}", 1 if hit else None)
            self.below[mrn] = means

    # What goes

    def unfile(self, mrn: str, items: Iterable[str]) -> None:
        """Let the data of items go."""
        self.put(f"hit/{mrn}", None)
        self.put(f"lies/{mrn}", None)
        packed = self.texts("packed", items)
        for item in items:
            self.put(f"filed/{item}", None)
            self.put(f"loose/{mrn}/{item}", None)
            if item in packed:
                self.put(f"lack/{packed[item][0]}/{item}", 1)
                self.bags.add(packed[item][0])

    def unpack(self, mrn: str, items: Iterable[str]) -> None:
        """Let an F44 go: its items lie in no receptacle any more."""
        packed, filed = self.texts("packed", items), self.texts("filed", items)
        for item, (bag, _) in packed.items():
            for row in (f"packed/{item}", f"in/{bag}/{item}", f"lack/{bag}/{item}",
                        f"bag/{bag}/{mrn}", f"ashore/{mrn}/{bag}"):
                self.put(row, None)
            self.bags.add(bag)
            if item in filed:
                self.put(f"loose/{filed[item]}/{item}", 1)
                self.below.setdefault(filed[item], "")

    def _unload(self, mrn: str, bags: Iterable[str]) -> None:
        for bag in bags:
            for row in (f"on/{bag}/{mrn}", f"wants/{mrn}/{bag}", f"wanted/{mrn}/{bag}"):
                self.put(row, None)
            self.carriers.pop(bag, None)
            if not self.on(bag):
                for f44 in self.ends(f"bag/{bag}/", MOST_WITH):
                    self.put(f"ashore/{f44}/{bag}", 1)
                    self.below.setdefault(f44, "")

    def unload(self, mrn: str) -> None:
        """Let a means of transport go: what it carried waits for another."""
        self._unload(mrn, self.ends(f"wants/{mrn}/", MOST_BAGS))
        for below in self.ends(f"with/{mrn}/", MOST_WITH):
            self.below.setdefault(below, "")
            for what in ("with", "fresh", "hot"):
                self.put(f"{what}/{mrn}/{below}", None)

    # What follows

    def settle(self) -> Iterable[Effect]:
        """Keep what changed, and tell the filings that it concerns."""
        for bag in sorted(self.bags):
            done = self.some(f"bag/{bag}/") and not self.some(f"lack/{bag}/")
            for means in self.on(bag):
                self.put(f"wanted/{means}/{bag}", None if done else 1)
                self.means.add(means)
        known, lies = self.mail([*self.below, *self.means]), self.texts("lies", self.below)
        for mrn, means in self.below.items():
            linked = self.linked(mrn)
            if mrn in known and (not linked or means not in self.means):
                yield standing(known[mrn], means or lies.get(mrn, "") if linked else "", "")
        for mrn in sorted(self.means & known.keys()):
            mail = msgspec.structs.replace(known[mrn], told=known[mrn].told + 1)
            self.keep(mail)
            yield _to(mail, "parts", self._whole(mail))
        yield from self.effects()

    def linked(self, mrn: str) -> bool:
        """Tell whether nothing of a filing is loose or ashore."""
        return not self.some(f"loose/{mrn}/") and not self.some(f"ashore/{mrn}/")

    def _whole(self, mail: Mail) -> dict[str, Any]:
        wanted = len(self.under(f"wanted/{mail.mrn}/", MOST_BAGS))
        hit = self.texts("hit", self.ends(f"hot/{mail.mrn}/", MOST_HITS))
        return {"n": mail.told, "kilos": "0",
                "awaited": wanted, "linked": len(mail.carries) - wanted,
                "hits": sorted({one for hits in hit.values() for one in hits}),
                "suspected": sorted(hit)}


def standing(mail: Mail, master: str, state: str) -> Tell:
    """Tell a filing of post under which other one it stands, and how that does."""
    return _to(mail, "standing", {"key": POST, "master": master, "state": state})


def _to(mail: Mail, what: str, body: dict[str, Any]) -> Tell:
    return Tell(what, "filing", mail.stream, body, mail.office, named=False)


def _hexed(mail: Mail) -> Mail:
    """Return it with its names so that they can stand in the name of a row."""
    return msgspec.structs.replace(
        mail, items=tuple(map(_hex, mail.items)), carries=tuple(map(_hex, mail.carries)),
        bags={_hex(bag): tuple(map(_hex, items)) for bag, items in mail.bags.items()})


def _hex(name: str) -> str:
    return name.encode().hex()


# When

def of_post(_case: Any, event: Event, facts: Facts) -> bool:
    """Hold if it is about post."""
    return facts.case == POST


# Then

def enter(event: Event, facts: Facts) -> Iterable[Effect]:
    """Take a filing of post, new or amended, and tell whom it concerns."""
    mail, sack = _hexed(msgspec.convert(event.body["mail"], Mail)), Sack(facts)
    known = sack.mail([mail.mrn]).get(mail.mrn)
    if known:
        mail = msgspec.structs.replace(mail, told=known.told, state=known.state)
    sack.keep(mail)
    if mail.items:
        sack.file(mail)
    if mail.bags:
        sack.pack(mail)
    if mail.carries:
        sack.carry(mail)
    yield from sack.settle()


def take_mail(_case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
    """Take what a filing of post says now, and tell whom it concerns."""
    yield from enter(event, facts)


def leave(event: Event, facts: Facts) -> Iterable[Effect]:
    """Let a filing of post go that was invalidated, and tell whom it concerns."""
    sack, mrn = Sack(facts), event.body["mrn"]
    mail = _hexed(msgspec.convert(event.body["mail"], Mail))
    if mail.items:
        sack.unfile(mrn, mail.items)
    if mail.bags:
        sack.unpack(mrn, [item for inside in mail.bags.values() for item in inside])
    if mail.carries:
        sack.unload(mrn)
    sack.put(f"mail/{mrn}", None)
    yield from sack.settle()


def pass_mail_on(_case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
    """Pass on how a means of transport stands, to all in it or to those who came since."""
    sack, told = Sack(facts), event.body
    mail = sack.mail([told["mrn"]]).get(told["mrn"])
    if mail is None:
        return
    changed = mail.state != told["state"]
    fresh = sack.under(f"fresh/{mail.mrn}/", MOST_WITH) if told["n"] >= mail.told else {}
    whom = sack.ends(f"{'with' if changed else 'fresh'}/{mail.mrn}/", MOST_WITH)
    if not changed and not fresh:
        return
    for name in fresh:
        sack.put(name, None)
    sack.keep(msgspec.structs.replace(mail, state=told["state"]))
    yield from sack.effects()
    for one in sack.mail(whom).values():
        if sack.linked(one.mrn):
            yield standing(one, mail.mrn, told["state"])
