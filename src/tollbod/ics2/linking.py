"""Where the filings of one consignment meet: at the stream of their master document and carrier.

Each filing tells it what it is and whom it names; it tells the master who is still awaited, and
each part under which declaration it stands and how that stands. Only the master decides on the
declaration; what it says is passed on. Source: ICS2 HTI process description v2.00, PET09 to PET13.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.model import Effect, Event, Facts, Tell
from tollbod.ics2.book import Book, Part
from tollbod.ics2.letters import connected, letter, second
from tollbod.spec.ics2_law import kinds

MOST_HITS = 20                      # filings with hits that the master is told by name
BATCH = 200                         # letters to missing filers in one decision
AWAITED = "awaited/"


def too_many(event: Event, facts: Facts) -> bool:
    """Tell whether a filing more would be more than one consignment may have."""
    part = _part(event)
    return part is not None and not _is_root(part) and Book(facts).full()


def enter(event: Event, facts: Facts, previous: str = "") -> tuple[Iterable[Effect], dict]:
    """Take a filing that was granted its documents; what follows, and what its grant tells it."""
    part, book = _part(event), Book(facts)
    if part is None:
        return (), {}
    if not _is_root(part):
        book.join(part)
        return tuple(_settle(book)), {}
    book.set_root(part)
    effects = tuple(_settle(book, granting=True))
    return effects, _whole(book)


def note_change(_case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note what an amended filing says now: whom it names, what hits it."""
    part, book = _part(event), Book(facts)
    if part is None:
        return
    if not _is_root(part):
        if book.parts([part.mrn]):
            book.join(part)
    elif book.root.part and book.root.part.mrn == part.mrn:
        book.set_root(part)
    yield from _settle(book, asked=_is_root(part))


def leave(event: Event, facts: Facts) -> Iterable[Effect]:
    """Let a filing go that was invalidated; those that it alone named are linked no more."""
    book, mrn = Book(facts), event.body["mrn"]
    if book.root.part and book.root.part.mrn == mrn:
        book.set_root(None)
    else:
        book.leave(mrn)
    yield from _settle(book)


def pass_on(_case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
    """Pass on how the declaration stands: to every part, or to those linked since."""
    book, told = Book(facts), event.body
    root = book.root
    if root.part is None or root.part.mrn != told["mrn"]:
        return
    later = {mrn: n for mrn, n in root.fresh.items() if n > told["n"]}
    whom = [part for part in book.all_parts() if part.linked] if told["state"] != root.state else (
        book.parts(root.fresh))
    book.root = msgspec.structs.replace(root, state=told["state"], fresh=later)
    yield from book.effects()
    for part in whom:
        if part.mrn not in later:
            yield _standing(part, facts.case, root.part.mrn, told["state"])


def tell_who_is_missing(_case: Any, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the master who has not filed, and each of them who can be reached (IE3N11)."""
    book, told = Book(facts), event.body
    root = book.root.part
    if root is None or root.mrn != told["mrn"]:
        return
    if not told["after"]:
        missing = [row.removeprefix(AWAITED) for row in sorted(book.under(AWAITED, 99_999))]
        yield _to(root, "missing", {"who": missing})
    rows = [row for row, _ in facts.kept_under(AWAITED, BATCH, told["after"])]
    for row in rows:
        who = row.removeprefix(AWAITED)
        if connected(who, facts):
            yield letter("IE3N11", who, told, {
                "notificationDate": second(facts.now),
                "supplementaryDeclarant": {"identificationNumber": who}})
    if len(rows) == BATCH:
        yield Tell("expired", "key", facts.case, told | {"after": rows[-1]})


def _part(event: Event) -> Part | None:
    told = event.body.get("part")
    return msgspec.convert(told, Part) if told else None


def _is_root(part: Part) -> bool:
    return kinds()[part.kind].level == "master"


def _settle(book: Book, asked: bool = False, granting: bool = False) -> Iterable[Effect]:
    """Keep what changed, and tell master and parts; `asked`: the master waits for an answer."""
    root = book.root
    if root.part and (book.moved or asked or granting):
        n = root.told + 1
        fresh = {mrn: n for mrn, part in book.moved.items() if part.linked}
        gone = {mrn for mrn, part in book.moved.items() if not part.linked}
        fresh = {mrn: m for mrn, m in root.fresh.items() if mrn not in gone} | fresh
        book.root = msgspec.structs.replace(root, told=n, fresh=fresh)
        if not granting:
            yield _to(root.part, "parts", _whole(book))
    for part in book.moved.values():
        if not part.linked:
            yield _standing(part, book.facts.case, "", "")
    yield from book.effects()


def _whole(book: Book) -> dict[str, Any]:
    """Return what the master is told of its declaration: who is awaited, how many are linked."""
    found = book.hits(MOST_HITS)
    return {"n": book.root.told, "awaited": book.root.awaited, "linked": book.root.linked,
            "kilos": str(book.root.kilos),
            "hits": sorted({one for hits in found.values() for one in hits}),
            "suspected": list(found)}


def _standing(part: Part, key: str, master: str, state: str) -> Tell:
    return _to(part, "standing", {"key": key, "master": master, "state": state})


def _to(part: Part, what: str, body: dict[str, Any]) -> Tell:
    return Tell(what, "filing", part.stream, body, part.office, named=False)
