"""Containers and seals: phase 4 has containers at the items, and seals of the whole consignment.

Which seal is on which equipment is not said there: coming in, all are on the first.
"""


def equipment_out(flat: dict) -> None:
    """Put containers at their items and seals at the head; after the goods."""
    consignment = flat.get("Consignment") or {}
    house = consignment.get("HouseConsignment")
    items = house.get("ConsignmentItem") or [] if isinstance(house, dict) else []
    seals, count = [], 0
    for one in consignment.get("TransportEquipment") or ():
        container = one.get("containerIdentificationNumber")
        goods = {ref.get("declarationGoodsItemNumber") for ref in one.get("GoodsReference") or ()}
        for item in items:
            if container and (not goods or item.get("declarationGoodsItemNumber") in goods):
                item.setdefault("@CONNR2", []).append({"ConNumNR21": container})
        some = [{"SeaIdeSID1": seal.get("identifier", "")} for seal in one.get("Seal") or ()]
        seals += some
        number = one.get("numberOfSeals") or str(len(some))
        count += int(number) if number.isdecimal() else 0
    if count or seals:
        flat["@SEAINFSLI"] = [{"SeaNumSLI2": str(len(seals) or count), "SEAIDSID": seals}]


def equipment_in(flat: dict) -> None:
    """Make transport equipment of the items' containers and the seals; before the goods."""
    house = (flat.get("Consignment") or {}).get("HouseConsignment")
    items = house.get("ConsignmentItem") or [] if isinstance(house, dict) else []
    held: dict[str, list[str]] = {}
    for item in items:
        for one in item.get("@CONNR2") or ():
            flat.setdefault("@used", []).append(one)
            held.setdefault(one["ConNumNR21"], []).append(
                item.get("declarationGoodsItemNumber", ""))
    sealed = (flat.get("@SEAINFSLI") or [{}])[0]
    seals = [{"identifier": one.get("SeaIdeSID1", "")} for one in sealed.get("SEAIDSID") or ()]
    count = sealed.get("SeaNumSLI2") or str(len(seals))
    some: list[dict] = [{"containerIdentificationNumber": one} for one in held]
    for one, numbers in zip(some, held.values()):
        one["numberOfSeals"] = "0"
        if len(some) > 1 or len(numbers) < len(items):
            one["GoodsReference"] = [{"declarationGoodsItemNumber": number} for number in numbers]
    if seals or count != "0":
        some = some or [{}]
        some[0] |= {"numberOfSeals": count, "Seal": seals}
    if some:
        flat.setdefault("Consignment", {})["TransportEquipment"] = some
