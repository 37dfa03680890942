"""Messages about a number that nobody knows: one stream for each sender, not one for each number.

A message that could not open a case where there is none (an amendment, a question for a record) is
refused or denied by the table of its role. Were each unknown number a stream, whoever invents
numbers would make streams without end. So such a message goes to the stream of its sender at that
office, in which there never is a case: nothing is learnt there. Who opens cases, and how many
arrivals of unknown numbers one sender may lodge, is told here too.
"""
from datetime import timedelta
from functools import cache

from tollbod.case.model import SAME
from tollbod.findings import Finding
from tollbod.office.roles import ROLES
from tollbod.store.records import Arrival, Place
from tollbod.store.streams import Store

MARK = "?"                      # no case of ours begins so
MOST_ARRIVALS = 200             # of unknown numbers, of one sender, in a day: each asks departure
SPAN = timedelta(days=1)
WINDOW = 10 * MOST_ARRIVALS     # cases opened last that are looked at, of whoever
PRESENTED = ("transit", "IE117")        # what a trader may say of an unknown number there
KEEPS_ONE = ("departure", "destination", "prenotification", "filing")     # strangers end here


@cache
def opens(role: str, ie: str) -> bool:
    """Tell whether a message may open a case of a role: a row leads out of the state `none`.

    >>> opens("departure", "IE015"), opens("departure", "IE013"), opens("destination", "IE007")
    (True, False, True)
    """
    event = ROLES[role].calls(ie)
    return any(row.state == "none" and row.event == event and row.to not in (SAME, "none")
               for row in ROLES[role].table)


def stream_for(store: Store, key: str, ie: str, sender: str) -> str:
    """Return the key of the stream that takes a message: of its case, or of its sender."""
    place = Place.of(key)
    kept = place.role in KEEPS_ONE or (place.role, ie) == PRESENTED
    if not kept or opens(place.role, ie) or store.stream(key):
        return key
    return f"{place.world}/{place.office}/{place.role}/{MARK}{sender}"


def too_many(store: Store, world: str, party: str, one: Arrival) -> tuple[Finding, ...]:
    """Return why one more arrival of an unknown number is not taken from a sender today."""
    if one.ie != "IE007" or store.stream(one.key):
        return ()
    after = store.now(world) - SPAN
    if store.opened_by(world, "destination", party, after, WINDOW) < MOST_ARRIVALS:
        return ()
    return (Finding(
        "state", "92", "", "/CC007C/TransitOperation/MRN", 0,
        f"{MOST_ARRIVALS} arrivals of numbers unknown here have come from you within a day; "
        "nothing was taken. Check the number, or try again tomorrow",
        f"{MOST_ARRIVALS} ankomster med numre som er ukjente her, har kommet fra deg på ett døgn; "
        "ingenting er tatt imot. Kontroller nummeret, eller prøv igjen i morgen"),)
