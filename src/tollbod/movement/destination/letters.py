"""What every part of the office of destination writes with."""
from datetime import datetime

from tollbod.case.carry import carry
from tollbod.case.model import Facts, Send
from tollbod.movement.destination.case import Destination

P6 = "p6"


def second(moment: datetime) -> str:
    """Return a date and time as messages write it (an19, UTC)."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def here(facts: Facts) -> dict[str, str]:
    """Return our own office as a group."""
    return {"referenceNumber": facts.office}


def trader(case: Destination) -> dict[str, str]:
    """Return the trader at destination as a group."""
    return {"identificationNumber": case.trader}


def permission(case: Destination, facts: Facts) -> Send:
    """Write the unloading permission (IE043) with what the record tells of the goods."""
    body = carry(case.edition, "CC043C", case.record, {
        "CustomsOfficeOfDestinationActual": here(facts), "TraderAtDestination": trader(case),
    })
    return Send("IE043", case.trader, body, edition=case.edition)
