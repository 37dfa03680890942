"""How a movement stands at an office ahead, as the status response (IE095) tells it.

The lists of status codes (CL154, CL155, CL186, CL258) have no public values: ours are three
characters, one for each state, told in DIVERGENCES.md.
"""
from tollbod.case.carry import at
from tollbod.case.model import Event, Facts, Send

GROUPS = ("CustomsOfficeOfDestination", "CustomsOfficeOfTransit", "CustomsOfficeOfExitForTransit")
CODES = {
    "none": "B00", "expected": "B01", "record asked": "B02", "arrived": "B03", "unloading": "B04",
    "unloaded": "B05", "under control": "B06", "goods released": "B07",
    "waiting for resolution": "B08", "cancelled": "B09", "passed": "B10", "refused": "B11",
    "closed": "B12", "denied": "B13",
}

# How it stands at departure while it is under way, as the answer to a query (IE038) tells it.
UNDER_WAY = {"released": "A05", "status asked": "A08", "holder asked": "A09",
             "under enquiry": "A10"}


def answer_status(state: str, mrn: str, event: Event, facts: Facts) -> Send:
    """Write the status response (IE095) to a status request (IE094)."""
    group = next((name for name in GROUPS if event.body.get(name)), GROUPS[0])
    return Send("IE095", facts.sender, {
        "TransitOperation": {"MRN": mrn or at(event.body, "TransitOperation/MRN"),
                             "status": CODES[state]},
        "CustomsOfficeOfDeparture": {"referenceNumber": facts.sender},
        group: {"referenceNumber": facts.office},
    }, role="departure", case=mrn or at(event.body, "TransitOperation/MRN"))
