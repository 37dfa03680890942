"""Give the parties of a record their name and address, which only the declaring country knows.

A declaration names a known party by its number alone (C0250); a record for another office needs
name and address too (CD001C, CD050C, CC043C), so they come from the register of parties.
"""
from collections.abc import Callable
from typing import Any

from tollbod.case.carry import many
from tollbod.case.model import Party

Register = Callable[[str], Party | None]


def with_names(declaration: dict[str, Any], register: Register) -> dict[str, Any]:
    """Return the declaration with name and address at each party whose number is known."""
    full = dict(declaration)
    _name(full, "HolderOfTheTransitProcedure", register)
    consignment = dict(full.get("Consignment", {}))
    houses = []
    for level in (consignment, *map(dict, many(consignment.get("HouseConsignment")))):
        _name(level, "Consignor", register)
        _name(level, "Consignee", register)
        if level is not consignment:
            houses.append(level)
    if houses:
        consignment["HouseConsignment"] = houses
    full["Consignment"] = consignment
    return full


def _name(level: dict[str, Any], role: str, register: Register) -> None:
    party = level.get(role)
    if not party or party.get("name"):
        return
    known = register(party.get("identificationNumber", ""))
    if known:
        level[role] = {**party, "name": known.name, "Address": address(known)}


def address(party: Party) -> dict[str, str]:
    """Return the address of a registered party as the group Address (R0 of all messages)."""
    lines = {"streetAndNumber": party.street, "postcode": party.postcode, "city": party.city}
    return {name: text for name, text in lines.items() if text} | {"country": party.country}
