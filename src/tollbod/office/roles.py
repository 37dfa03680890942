"""Which roles there are, and to which role of which office a message goes.

Two lists, both in reading order: what traders may send (`DOORS`), with the group that names the
office and how the case is found, and the acts an officer may do, with the role they belong to.
"""
from typing import NamedTuple

from tollbod.case.model import Role
from tollbod.continuity import table as continuity
from tollbod.guarantees import office as guarantee
from tollbod.ics2 import arrival, bridge, involved, keys, presenting
from tollbod.ics2 import table as filing
from tollbod.movement import enquiry, exit, export, recovery, transit
from tollbod.movement.departure import table as departure
from tollbod.movement.destination import table as destination
from tollbod.prenotification import table as prenotification
from tollbod.spec.tables import NATIONAL

ROLES: dict[str, Role] = {
    role.name: role
    for role in (departure.ROLE, transit.ROLE, exit.ROLE, destination.ROLE, enquiry.ROLE,
                 recovery.ROLE, export.ROLE, guarantee.ROLE, prenotification.ROLE,
                 continuity.ROLE, filing.ROLE, keys.ROLE, arrival.ROLE, presenting.ROLE,
                 bridge.ROLE, involved.ROLE)
}


class Door(NamedTuple):
    """Where a trader's message goes in."""

    role: str
    office: str             # group that names our office
    reference: str          # the case: LRN (with the sender), MRN, or the MRN before the LRN


DOORS = {
    "IE015": Door("departure", "CustomsOfficeOfDeparture", "LRN"),
    "IE013": Door("departure", "CustomsOfficeOfDeparture", "MRN LRN"),
    "IE014": Door("departure", "CustomsOfficeOfDeparture", "MRN LRN"),
    "IEA15": Door("departure", "CustomsOfficeOfDeparture", "LRN"),
    "IEA13": Door("departure", "CustomsOfficeOfDeparture", "MRN LRN"),
    "IEA71": Door("departure", "CustomsOfficeOfDeparture", "MRN"),
    "IE117": Door("transit", "CustomsOfficeOfTransitActual", "MRN"),
    "IE170": Door("departure", "CustomsOfficeOfDeparture", "MRN LRN"),
    "IE054": Door("departure", "CustomsOfficeOfDeparture", "MRN"),
    "IE141": Door("departure", "CustomsOfficeOfEnquiryAtDeparture", "MRN"),
    "IE007": Door("destination", "CustomsOfficeOfDestinationActual", "MRN"),
    "IE044": Door("destination", "CustomsOfficeOfDestinationActual", "MRN"),
    # To the case of each guarantee that is named: see office.guarantee_door.
    "IE026": Door("guarantee", "CustomsOfficeOfGuarantee", "GRN"),
    "IE034": Door("guarantee", "", "GRN"),
    "IE224": Door("guarantee", "CustomsOfficeOfGuarantee", "GRN"),
    "IE225": Door("guarantee", "GuaranteeReference/CustomsOfficeOfGuarantee", "GRN"),
    "IE228": Door("guarantee", "GuaranteeReference/CustomsOfficeOfGuarantee", "GRN"),
}


# The same numbers in the national edition: pure prenotifications.
PRENOTIFICATION_DOORS = {
    "IE015": Door("prenotification", "CustomsOfficeOfDeparture", "LRN"),
    "IE013": Door("prenotification", "CustomsOfficeOfDeparture", "MRN LRN"),
    "IE014": Door("prenotification", "CustomsOfficeOfDeparture", "MRN"),
    "IEN63": Door("prenotification", "CustomsOfficeOfDeparture", "MRN"),
}


def door_of(ie: str, profile: str) -> Door | None:
    """Return where a trader's message of an edition goes in; None if traders do not send it.

    >>> door_of("IE015", "p6").role, door_of("IE015", "no1").role, door_of("IE029", "p6")
    ('departure', 'prenotification', None)
    """
    return (PRENOTIFICATION_DOORS if profile == NATIONAL else DOORS).get(ie)


def acts() -> dict[str, tuple[str, ...]]:
    """Return each act of an officer with the roles whose tables know it, read off the tables."""
    found: dict[str, list[str]] = {}
    for role in ROLES.values():
        for row in role.table:
            kind, _, act = row.event.partition(" ")
            if kind == "officer" and role.name not in found.setdefault(act, []):
                found[act].append(role.name)
    return {act: tuple(roles) for act, roles in found.items()}
