"""What a filing hears of the transit that names it as previous document (N355).

The office of departure tells it of the MRN; it says so if no goods may come in by it.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import ANY, SAME, Effect, Event, Facts, On, Tell, always, nothing
from tollbod.ics2.case import Filing

GONE = ("none", "rejected", "invalidated", "stopped")


# Learn

def joined(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn the transit in which the goods go on."""
    return msgspec.structs.replace(
        case, transits=tuple(dict.fromkeys((*case.transits, event.body["mrn"]))))


# When

def gone(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if no goods may come in by this filing."""
    return case.state in GONE


# Then

def tell_gone(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure that no goods may come in by this filing."""
    yield Tell("entry-gone", "departure", event.body["stream"],
               {"mrn": case.mrn, "state": case.state}, event.body["office"], named=False)


ROWS = (
    On(ANY, "tell transit", gone,   SAME, tell_gone),
    On(ANY, "tell transit", always, SAME, nothing, joined),
)
