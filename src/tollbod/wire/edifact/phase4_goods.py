"""House consignments and goods items: phase 4 has items only, each with its own parties.

Items that follow one another with the same consignor and consignee are one house consignment when
they are read. What a house says of all its items stands at each of them, documents at its first.
"""
from decimal import Decimal, InvalidOperation
from itertools import groupby

from tollbod.spec.codes import codelist
from tollbod.wire.edifact.phase4_documents import documents_in, documents_out

OF_THE_HOUSE = ("Consignor", "Consignee", "TransportCharges")
AT_EACH_ITEM = ("countryOfDispatch", "countryOfDestination", "referenceNumberUCR")
UNPACKED = "CL182"
MOST = 5                # digits of a number of packages


def goods_out(flat: dict) -> None:
    """Put all items of a consignment into one house, in the form in between."""
    consignment = flat.get("Consignment")
    houses = consignment.get("HouseConsignment") if consignment else None
    if not houses:
        return
    items = []
    consignment["@DepartureTransportMeans"] = houses[0].get("DepartureTransportMeans")
    for house in houses:
        for number, item in enumerate(house.get("ConsignmentItem") or ()):
            item = dict(item)
            item[".."] = {name: house[name] for name in OF_THE_HOUSE if house.get(name)}
            for name in AT_EACH_ITEM:
                if house.get(name):
                    item.setdefault(name, house[name])
            _item_out(item)
            over = [] if number else [house] if items else [consignment, house]
            documents_out(item, over)
            items.append(item)
    consignment["HouseConsignment"] = {"ConsignmentItem": items}
    flat["@TotNumOfIteHEA305"] = str(len(items))
    flat["@TotNumOfPacHEA306"] = str(packages(items) or "")


def _item_out(item: dict) -> None:
    """Put what phase 4 keeps otherwise under its own names."""
    commodity = item.get("Commodity") or {}
    code = commodity.get("CommodityCode") or {}
    item["@ComCodTarCodGDS10"] = (code.get("harmonizedSystemSubHeadingCode", "")
                                  + code.get("combinedNomenclatureCode", ""))
    dangerous = commodity.get("DangerousGoods") or [{}]
    item["@UNDanGooCodGDI1"] = dangerous[0].get("UNNumber", "")
    item["Packaging"] = [_package_out(one) for one in item.get("Packaging") or ()]


def _package_out(package: dict) -> dict:
    """Return a package; of what is unpacked phase 4 counts the pieces."""
    if not codelist(UNPACKED).has(package.get("typeOfPackages", "")):
        return package
    rest = {name: value for name, value in package.items() if name != "numberOfPackages"}
    return rest | {"@NumOfPieGS25": package.get("numberOfPackages", "")}


def packages(items: list[dict]) -> int:
    """Return how many packages and pieces the items have; 0 if phase 4 cannot say one number."""
    some = [one.get("numberOfPackages") or one.get("@NumOfPieGS25") or "0"
            for item in items for one in item.get("Packaging") or ()]
    if any(len(number) > MOST or not number.isdecimal() for number in some):
        return 0
    return sum(map(int, some))


def goods_in(flat: dict, remarks: bool) -> None:
    """Make house consignments of the items of a message; remarks say nothing that did not stand."""
    consignment = flat.get("Consignment") or {}
    house = consignment.get("HouseConsignment")
    items = house.get("ConsignmentItem") if isinstance(house, dict) else None
    if not items:
        return
    flat["@items"] = items
    if not remarks:
        _masses(items, consignment.get("grossMass", ""))
    houses = []
    for _, some in groupby(items, key=_of_house):
        houses.append(_house(list(some), flat, remarks))
    consignment["HouseConsignment"] = houses


def _of_house(item: dict) -> str:
    """Return what items of one house have in common."""
    over = item.get("..") or {}
    return repr([over.get(name) for name in OF_THE_HOUSE])


def _house(items: list[dict], flat: dict, remarks: bool) -> dict:
    """Return a house consignment of these items."""
    house = dict(items[0].get("..") or {})
    flat.setdefault("@used", []).extend(item.get("..") for item in items[1:])
    documents_in(house, items, flat)
    for number, item in enumerate(items, 1):
        _item_in(item, number)
    mass = total([at_mass(item) for item in items])
    if mass is not None and not remarks:
        house["grossMass"] = mass
    return house | {"ConsignmentItem": items}


def _item_in(item: dict, number: int) -> None:
    """Put what phase 4 keeps otherwise where the canonical message has it."""
    item["goodsItemNumber"] = str(number)
    commodity = item.setdefault("Commodity", {})
    if code := item.get("@ComCodTarCodGDS10"):
        parts = {"harmonizedSystemSubHeadingCode": part(code, 0, 6)}
        if code[6:8]:
            parts["combinedNomenclatureCode"] = part(code, 6, 8)
        commodity["CommodityCode"] = parts
    if number_ := item.get("@UNDanGooCodGDI1"):
        commodity["DangerousGoods"] = [{"UNNumber": number_}]
    for package in item.get("Packaging") or ():
        if pieces := package.get("@NumOfPieGS25"):
            package["numberOfPackages"] = pieces


def part(text: str, start: int, end: int) -> str:
    """Return a part of a value, at the value's place."""
    some = text[start:end]
    return text.like(some) if hasattr(text, "like") else some


def at_mass(item: dict) -> str:
    """Return an item's gross mass, or an empty text."""
    return ((item.get("Commodity") or {}).get("GoodsMeasure") or {}).get("grossMass", "")


def _masses(items: list[dict], whole: str) -> None:
    """Give the only item without a gross mass what the others leave of the whole."""
    without = [item for item in items if not at_mass(item)]
    if len(without) != 1 or not whole:
        return
    others = total([at_mass(item) for item in items if item is not without[0]] or ["0"])
    try:
        rest = Decimal(whole) - Decimal(others or "")
    except InvalidOperation:
        return
    if rest > 0:
        measure = without[0].setdefault("Commodity", {}).setdefault("GoodsMeasure", {})
        mass = format(rest.normalize(), "f")
        measure["grossMass"] = whole.like(mass) if hasattr(whole, "like") else mass


def total(masses: list[str]) -> str | None:
    """Return the sum of masses, None if one is no number.

    >>> total(["700", "500.25"]), total(["700", ""]) is None
    ('1200.25', True)
    """
    try:
        found = sum((Decimal(mass) for mass in masses), Decimal())
    except InvalidOperation:
        return None
    return format(found.normalize(), "f")
