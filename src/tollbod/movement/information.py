"""What the two enquiry authorities ask and tell each other: IE145 asks, IE144 tells.

Both ends write the same two messages. The lists of what may be asked (CL118) and told (CL119) have
no public values: an officer gives the code as it stands in the authority's own list; where none is
given, plain text is sent.
"""
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import Event

ASKED, TOLD = "5", "50"                     # codes that carry a text
ASKED_WITH_TEXT = ("5", "6")                # C0330
TOLD_WITH_TEXT = ("10", "40", "50")         # C0320


def asking(event: Event) -> dict[str, Any]:
    """Return what an act asks for as the group RequestedInformation."""
    return _worded("code", event, ASKED, ASKED_WITH_TEXT, "What else is known of the goods?")


def telling(event: Event) -> dict[str, Any]:
    """Return what an act tells as the group ResponseInformation."""
    return _worded("informationCode", event, TOLD, TOLD_WITH_TEXT, "Nothing more is known here.")


def _worded(name: str, event: Event, code: str, with_text: tuple[str, ...], text: str) -> dict:
    code = event.body.get("code") or code
    said = event.body.get("text") or text
    return {"sequenceNumber": "1", name: code, "text": said if code in with_text else None}


def letter(ie: str, mrn: str, ends: tuple[str, str], asked_on: str, event: Event) -> dict[str, Any]:
    """Return the body of an IE144 or IE145 between the authorities at departure and destination."""
    body: dict[str, Any] = {
        "TransitOperation": {"MRN": mrn},
        "CompetentCustomsOfficeAtDeparture": {"referenceNumber": ends[0]},
        "CompetentCustomsOfficeAtDestination": {"referenceNumber": ends[1]},
        "Enquiry": {"enquiryRequestDate": asked_on},
    }
    if ie == "IE145":
        return body | {"RequestedInformation": [asking(event)]}
    body["Enquiry"]["informationAvailableFromTrader"] = (
        "1" if event.body.get("trader") in ("1", "yes", True) else "0")
    return body | {"ResponseInformation": [telling(event)]}


def said(event: Event) -> str:
    """Return in words what an IE144 or IE145 says: each code with its text."""
    groups = many(event.body.get("ResponseInformation") or event.body.get("RequestedInformation"))
    return "; ".join(
        f"{at(one, 'informationCode') or at(one, 'code')} {at(one, 'text')}".strip()
        for one in groups)
