"""What the office of destination keeps of a movement."""
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import Case


class Destination(Case, frozen=True, kw_only=True):
    """A movement as its office of destination knows it."""

    mrn: str = ""
    record: dict[str, Any] = {}         # plain CD001C or CD003C
    trader: str = ""                    # trader at destination: gets IE043, IE025
    edition: str = "p6"                 # the profile of the IE007: its answers have it too
    notified: str = ""                  # identification of the IE007 (correlation)
    procedure: str = ""                 # normal | simplified
    to_control: bool = False            # the control filter hit the arrival
    arrived: datetime | None = None
    permitted: datetime | None = None
    remarks: tuple[dict[str, Any], ...] = ()        # plain CC044C, or what an officer keyed in
    result: dict[str, Any] = {}         # code, text ... given by an officer
    incidents: tuple[dict[str, Any], ...] = ()      # plain CD181C

    @property
    def sealed(self) -> bool:
        """Tell whether the record shows seals (C0440, C0810)."""
        equipment = many(self.record.get("Consignment", {}).get("TransportEquipment"))
        return any(one.get("numberOfSeals", "0") != "0" for one in equipment)

    @property
    def departure(self) -> str:
        """Return the office of departure."""
        return at(self.record, "CustomsOfficeOfDeparture/referenceNumber")
