"""What becomes of goods that were presented: the signal that each party with a part in them reads.

One signal for each presentation, control and decision, with the houses it is about, to filer,
declarant, representative, carrier and whoever presented them. Words and places as in the public API
of Norwegian Customs (toll.github.io, presentation and control routing, read 2026-11).
"""
from collections.abc import Iterable
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import Facts, Tell
from tollbod.ics2.case import HOUSE, MASTER, Filing

TO_ENTRY = "TO_ENTRY"               # the goods may go on to the next procedure
TO_CONTROL = "TO_CONTROL"           # they are controlled first
PENDING = "ENTRY_PENDING"           # something is to be mended first; they may not be released
DENIED = "ENTRY_DENIED"             # they stay with customs
ON_ENTRY, AFTER_ENTRY = "ON_ENTRY", "AFTER_ENTRY"
NOT_NOTIFIED = "NON_NOTIFIED"       # no entry summary declaration stands behind the goods
# What goods are told that were presented, by the state of their filing.
BY_STATE = {"presented": TO_ENTRY, "under control": TO_CONTROL, "stopped": DENIED,
            "registered": PENDING, "pending completeness": PENDING,
            "under assessment": PENDING, "referral open": PENDING}


def signals(case: Filing, facts: Facts, routing: str, only: str = "") -> Iterable[Tell]:
    """Tell every party of a filing what becomes of its goods; or `only` one that asks again."""
    body = signal(facts, routing, place(case, routing)) | {
        "mrn": case.mrn, "lrn": case.lrn, "kind": case.kind, "transits": list(case.transits),
        "consignments": consignments(case)}
    parties = (only,) if only else (*case.speakers, case.carrier, *case.presenters)
    for party in dict.fromkeys(filter(None, parties)):
        if party == case.office:
            continue                                # the bridge to transit hears by messages
        yield Tell("routing", "routing", party, body)


def signal(facts: Facts, routing: str, where: str = "") -> dict[str, Any]:
    """Return what every signal says: what, where, at which office, when."""
    return {"routing": routing, "routingControlLocation": where, "office": facts.office,
            "at": f"{facts.now:%Y-%m-%dT%H:%M:%SZ}"}


def place(case: Filing, routing: str) -> str:
    """Return where goods are dealt with further: at the border, or at a place that is agreed."""
    if routing not in (TO_CONTROL, PENDING):
        return ""
    return AFTER_ENTRY if case.control.get("place") else ON_ENTRY


def consignments(case: Filing) -> list[dict[str, Any]]:
    """Return each house of a filing: by its transport document, or by its goods items."""
    found = []
    for house in many(at(case.declaration, f"{MASTER}/{HOUSE}")) or [{}]:
        document = house.get("transportDocumentHouseLevel") or case.head.get("transportDocument")
        items = [one["goodsItemNumber"] for one in many(house.get("goodsItem"))]
        found.append({"transportDocument": document or {}, "goodsItems": items})
    return found
