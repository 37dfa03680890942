"""What the office of destination keeps of a movement, and how it learns it."""
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import Event, Facts


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A movement as its office of destination knows it."""

    state: str = "none"
    mrn: str = ""
    record: dict[str, Any] = {}         # plain CD001C
    trader: str = ""                    # trader at destination: gets IE043, IE025
    notified: str = ""                  # identification of the IE007 (correlation)
    procedure: str = ""                 # normal | simplified
    arrived: datetime | None = None
    permitted: datetime | None = None
    remarks: tuple[dict[str, Any], ...] = ()        # plain CC044C, or what an officer keyed in
    result: dict[str, Any] = {}         # code, text ... given by an officer
    since: datetime | None = None       # when this state was entered
    timers: dict[str, datetime] = {}

    @property
    def sealed(self) -> bool:
        """Tell whether the record shows seals (C0440, C0810)."""
        equipment = many(self.record.get("Consignment", {}).get("TransportEquipment"))
        return any(one.get("numberOfSeals", "0") != "0" for one in equipment)


def is_simplified(event: Event) -> bool:
    """Tell whether an arrival is notified under the simplified procedure."""
    return at(event.body, "TransitOperation/simplifiedProcedure") == "1"


def expected(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn the anticipated arrival record (IE001)."""
    mrn = at(event.body, "TransitOperation/MRN")
    return msgspec.structs.replace(case, mrn=mrn, record=event.body)


def arrived(case: Destination, event: Event, facts: Facts) -> Destination:
    """Learn the arrival, from the trader's IE007 or from an officer."""
    by_message = event.name == "IE007"
    simplified = by_message and is_simplified(event)
    return msgspec.structs.replace(
        case,
        trader=facts.sender if by_message else event.body.get("trader", ""),
        notified=facts.message if by_message else "",
        procedure="simplified" if simplified else "normal",
        arrived=facts.now,
        permitted=facts.now if simplified and not facts.hits else None,
    )


def permitted(case: Destination, _event: Event, facts: Facts) -> Destination:
    """Learn that an officer permitted the unloading."""
    return msgspec.structs.replace(case, permitted=facts.now)


def remarked(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn the unloading remarks, by message or keyed in from paper: equal in effect."""
    return msgspec.structs.replace(case, remarks=(*case.remarks, event.body))


def resulted(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn the result of the control: code A1, A2, A5 or B1, and a text."""
    return msgspec.structs.replace(case, result=event.body)
