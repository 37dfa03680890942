"""Forms of the business continuity procedure: a copy of the accompanying document, and the SSD.

They need no database and no network: a message file fills them, or nothing does. A fallback form
never bears an MRN; it has a number of its own, the stamp's box in red, and says under which
permission it was begun. Without a permission it says that it is not valid (BCP-02..05, PRE-BCP-01).
"""
from dataclasses import replace
from datetime import UTC, datetime

from tollbod.documents import notified
from tollbod.documents.content import Known
from tollbod.documents.transit import facts, item_pages, prepared
from tollbod.documents.typeset import Drawn, Sheet, drawn
from tollbod.wire.message import Message, Node

# Copy: for whom (instruction on the procedure: the copies of the single document that are used).
COPIES = {"1": {"en": "for the office of departure", "nb": "for avgangstollstedet"},
          "4": {"en": "for the office of destination", "nb": "for bestemmelsestollstedet"},
          "5": {"en": "to be returned", "nb": "returkopi"}}
MARK = {"en": "X", "nb": "X"}
BLANK = Message(Node("CC015C", None, []), "p6")
ITEMS = "Consignment/HouseConsignment/ConsignmentItem"
FIRST_GOODS_MM, MORE_GOODS_MM, GOODS_MM, GOODS_ON_PAGE = 135.0, 35.0, 57.0, 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def transit(message: Message | None, language: str, known: Known) -> Sheet:
    """Return the three copies of a fallback form, blank or filled from a declaration (IE015)."""
    source = message or BLANK
    told = facts(source) | {"fallback": MARK[language]} | known
    pages: list[tuple[Drawn, ...]] = []
    for number, whom in COPIES.items():
        copied = told | {"copy": f"{number}, {whom[language]}"}
        first = (*drawn("tad", (source.root,), copied),
                 *drawn("fallback", (source.root,), copied))
        copy = [first, *(item_pages(source, copied) if message else _blank_items(copied))]
        pages += [_counted(page, n, len(copy)) for n, page in enumerate(copy, 1)]
    title = {"en": "Business continuity procedure: transit", "nb": "Nødprosedyre: transittering"}
    dated = prepared(message) if message else EPOCH
    return Sheet(title[language], known.get("number", ""), language, dated, tuple(pages))


def _blank_items(known: Known) -> list[tuple[Drawn, ...]]:
    """Return one page of the list of items, to be filled in by hand."""
    empty = Node("ConsignmentItem", None, [])
    house = Node("HouseConsignment", None, [empty] * 5)
    top = Node("CC015C", None, [Node("Consignment", None, [house])])
    return item_pages(Message(top, "p6"), known)


def _counted(page: tuple[Drawn, ...], number: int, of: int) -> tuple[Drawn, ...]:
    """Return a page that says which it is of its copy."""
    return tuple(replace(one, value=f"{number} / {of}") if "pages" in one.box.style else one
                 for one in page)


def safety(message: Message | None, language: str, known: Known) -> Sheet:
    """Return an SSD: blank, of a prenotification or a declaration, with what is `known` besides."""
    if message is not None and message.kind == notified.ROOT:
        source, told, listed = BLANK, notified.told(message) | known, notified.items(message)
    else:
        source = message or BLANK
        told = {"items": facts(source)["items"]} | known
        listed = [(item, {}) for item in source.all(ITEMS)] or [(Node("Item", None, []), {})]
    first = [*drawn("ssd", (source.root,), told), *_goods(*listed[0], told, FIRST_GOODS_MM)]
    pages = [tuple(first)]
    for start in range(1, len(listed), GOODS_ON_PAGE):
        page = drawn("ssd_more", (source.root,), told)
        for row, item in enumerate(listed[start:start + GOODS_ON_PAGE]):
            page += _goods(*item, told, MORE_GOODS_MM + row * GOODS_MM)
        pages.append(tuple(page))
    title = {"en": "Safety and security document", "nb": "Sikkerhetsdokument"}
    dated = prepared(message) if message else EPOCH
    return Sheet(title[language], told.get("reference", ""), language, dated, tuple(pages))


def _goods(item: Node, own: Known, known: Known, down: float) -> list[Drawn]:
    nodes = (item, item.parent) if item.parent is not None else (item,)
    return drawn("ssd_item", nodes, {**known, **own}, down)
