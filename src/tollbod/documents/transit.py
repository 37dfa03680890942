"""The transit accompanying document (TAD, with security TSAD) and its list of items."""
from dataclasses import replace
from datetime import UTC, datetime

from tollbod.documents.content import Known
from tollbod.documents.typeset import Drawn, Sheet, drawn
from tollbod.spec import codes
from tollbod.spec.boxes import security_numbers
from tollbod.wire.message import Message, Node

FIRST_ITEM_MM, ITEM_MM = 31.6, 46.0
ITEMS_ON_PAGE = 5
SECURED = ("1", "2", "3")               # Security [11 07]: entry, exit, both
UNION = "CL010"                         # countries of the Union
DESTINATIONS = ("CustomsOfficeOfDestinationDeclared/referenceNumber",
                "CustomsOfficeOfDestinationActual/referenceNumber")


def accompanying(message: Message, language: str, known: Known) -> Sheet:
    """Return the TAD of a release (IE029) with its list of items."""
    told = facts(message) | known
    pages = [tuple(drawn("tad", (message.root,), told)), *item_pages(message, told)]
    title = {"en": "Transit accompanying document", "nb": "Følgedokument for transittering"}
    return sheet_of(message, title[language], language, pages)


def security(message: Message, language: str, known: Known) -> Sheet:
    """Return the TSAD of a release that carries security data, with its list of items.

    It is the TAD with the old numbers of the security boxes, and a box that tells that the data
    were given and the risk analysed at departure, so that no office at the way out asks again.
    """
    told = facts(message) | known | {"secured": "1"}
    first = drawn("tad", (message.root,), told) + drawn("tsad", (message.root,), told)
    pages = [first, *item_pages(message, told)]
    title = {"en": "Transit/security accompanying document",
             "nb": "Følgedokument for transittering og sikkerhet"}
    numbered = [tuple(_numbered(one) for one in page) for page in pages]
    return sheet_of(message, title[language], language, numbered)


def _numbered(one: Drawn) -> Drawn:
    """Return a box with the number that its data have among the security boxes, if any."""
    number = security_numbers().get(one.box.number)
    if number is None:
        return one
    box = replace(one.box, label=f"{one.box.label} [{number}]", nb=f"{one.box.nb} [{number}]")
    return replace(one, box=box)


def items(message: Message, language: str, known: Known) -> Sheet:
    """Return the list of items alone."""
    title = {"en": "Transit list of items", "nb": "Vareliste for transittering"}
    pages = item_pages(message, facts(message) | known)
    return sheet_of(message, title[language], language, pages)


def item_pages(message: Message, known: Known) -> list[tuple[Drawn, ...]]:
    """Return the pages of the list of items: so many on each, each page with its head."""
    listed = message.all("Consignment/HouseConsignment/ConsignmentItem")
    pages = []
    for first in range(0, max(len(listed), 1), ITEMS_ON_PAGE):
        page = drawn("items_head", (message.root,), known)
        for row, item in enumerate(listed[first:first + ITEMS_ON_PAGE]):
            # What stands at the house consignment holds for each of its items (correlation table).
            nodes = (item, item.parent) if item.parent is not None else (item,)
            page += drawn("items", nodes, known, FIRST_ITEM_MM + row * ITEM_MM)
        pages.append(tuple(page))
    return pages


def sheet_of(message: Message, title: str, language: str,
             pages: list[tuple[Drawn, ...]]) -> Sheet:
    """Return a sheet about a message, dated as it was prepared."""
    reference = message.get("TransitOperation/MRN") or message.get("TransitOperation/LRN")
    return Sheet(title, reference, language, prepared(message), tuple(pages))


def prepared(message: Message) -> datetime:
    """Return when the message was prepared, UTC; the first day of all if it does not say."""
    try:
        told = datetime.fromisoformat(message.get("preparationDateAndTime"))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return told.replace(tzinfo=told.tzinfo or UTC)


def facts(message: Message) -> Known:
    """Return what stands in no element of its own: totals, names of offices, the limit date."""
    departure = message.get("CustomsOfficeOfDeparture/referenceNumber")
    listed = message.all("Consignment/HouseConsignment/ConsignmentItem")
    destination = next((found for place in DESTINATIONS if (found := message.get(place))), "")
    secured = message.get("TransitOperation/security") in SECURED
    return {
        "union": "1" if departure[:2] in codes.codelist(UNION).codes() else "",
        "items": str(len(listed)) if listed else "",
        "packages": packages(listed),
        "seals": seals(message),
        "limit": message.get("TransitOperation/limitDate")
        or message.get("ControlResult/date"),           # G0127: IE029 carries the limit there
        "departure_name": named(departure),
        "destination_name": named(destination),
        "analysed": message.get("TransitOperation/releaseDate") if secured else "",
    }


def named(office: str) -> str:
    """Return the name of an office, or an empty text."""
    found = codes.office(office)
    return found.name if found is not None else ""


def packages(listed: list[Node]) -> str:
    """Return how many packages there are; what is in bulk has no number and counts as none."""
    numbers = [int(text) for item in listed for one in item.all("Packaging/numberOfPackages")
               if (text := (one.text or "").strip()).isdecimal()]
    return str(sum(numbers)) if numbers else ""


def seals(message: Message) -> str:
    """Return how many seals there are."""
    numbers = [int(text) for one in message.all("Consignment/TransportEquipment/numberOfSeals")
               if (text := (one.text or "").strip()).isdecimal()]
    return str(sum(numbers)) if numbers else ""
