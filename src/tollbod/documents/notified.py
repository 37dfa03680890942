"""What a pure prenotification (CC015N) says, by the names of the boxes of an SSD (PRE-BCP-01).

The message that could not be sent is what the form is filled from; the officer who reads the form
off finds the same boxes.
"""
from tollbod.documents.content import Known
from tollbod.wire.message import Message, Node

ROOT = "CC015N"
TYPES = {"ENTRY": "IM", "EXIT": "EX"}
# box: paths whose values stand in it
BOXES = {
    "lrn": ("TransitOperation/LRN",),
    "border_office": ("CustomsOfficeOfDeparture/referenceNumber",),
    "notifier": ("Filer/identificationNumber", "Filer/name", "Filer/ContactPerson/name",
                 "Filer/ContactPerson/phoneNumber", "Filer/ContactPerson/eMailAddress"),
    "carrier": ("Carrier/identificationNumber", "Carrier/name"),
    "consignor": ("Consignor/identificationNumber", "Consignor/name", "Consignor/city",
                  "Consignor/country"),
    "consignee": ("Consignee/identificationNumber", "Consignee/name", "Consignee/city",
                  "Consignee/country"),
    "first_place": ("Transport/placeOfUnloading",),
    "means": ("Transport/identificationNumber", "Transport/nationality"),
    "mode": ("Transport/modeOfTransportAtTheBorder",),
    "loading": ("Transport/placeOfLoading",),
    "unloading": ("Transport/placeOfUnloading",),
    "gross": ("Goods/grossMass",),
}
GOODS = {"description": "descriptionOfGoods", "commodity": "commodityCode",
         "dangerous": "UNNumber", "item_gross": "grossMass", "packaging": "numberOfPackages"}


def told(message: Message) -> Known:
    """Return what stands in the boxes of the first page."""
    found = {box: ", ".join(filter(None, map(message.get, paths)))
             for box, paths in BOXES.items()}
    entry = message.get("Transport/arrivalDateAndTime")
    moment = entry or message.get("Transport/departureDateAndTime")
    way = [message.get("Transport/countryOfDeparture"),
           *(one.get("country") for one in message.all("Transport/CountryOfRouting")),
           message.get("Transport/countryOfDestination")]
    equipment = [one.get("containerIdentificationNumber") for one in _goods(message)]
    return found | {
        "type": TYPES.get(message.get("TransitOperation/declarationType"), ""),
        "first_arrival": f"{moment[:16].replace('T', ' ')} UTC" if moment else "",
        "routing": " ".join(dict.fromkeys(filter(None, way))),
        "equipment": ", ".join(filter(None, equipment)), "items": str(len(_goods(message)))}


def items(message: Message) -> list[tuple[Node, Known]]:
    """Return each goods item: its number as a node, and what stands in its boxes."""
    documents = ", ".join(f"{one.get('type')} {one.get('referenceNumber')}"
                          for one in message.all("Transport/TransportDocument"))
    return [(Node("Item", None, [Node("goodsItemNumber", str(n), [])]),
             {box: one.get(path) for box, path in GOODS.items()}
             | {"transport_document": documents})
            for n, one in enumerate(_goods(message), 1)]


def _goods(message: Message) -> list[Node]:
    return message.all("Goods/GoodsItem")
