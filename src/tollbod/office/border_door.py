"""Where a presentation of goods goes in: a case of its own at the office of first entry.

The presenter's own reference makes a repeat harmless; it is used once. Each presentation opens a
stream, so those of goods that nobody filed for have a limit.
"""
import json
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from tollbod.office import joined
from tollbod.office.node import Node
from tollbod.spec import codes
from tollbod.store.records import Arrival, Place, Receipt
from tollbod.store.streams import Store

MOST = 1000                     # goods of one presentation
MOST_UNKNOWN = 500              # presentations of a day after which unknown goods are not taken
SPAN = timedelta(days=1)
WINDOW = 10 * MOST_UNKNOWN      # cases opened last that are looked at, of whoever
LONGEST = 75                    # type and number of a transport document


class Presented(NamedTuple):
    """A party presents goods at an office, each named by MRN or transport document."""

    request: str
    office: str
    goods: tuple[str, ...]


def faults(told: Presented, node: Node) -> list[tuple[str, str, str]]:
    """Return what is wrong with a presentation: the field, in English, in bokmål."""
    found = []
    if not 0 < len(told.request) <= 36 or not told.request.replace("-", "").isalnum() \
            or not told.request.isascii():
        found.append(("requestId", "give a reference of your own, at most 36 letters, digits and -",
                      "oppgi en egen referanse, høyst 36 bokstaver, sifre og -"))
    if not codes.office(told.office) or not node.hosts(told.office):
        found.append(("customsOffice", "this is not an office of this system",
                      "dette er ikke et tollsted i dette systemet"))
    if not 0 < len(told.goods) <= MOST or any(
            not one.strip() or len(one) > LONGEST or not one.isprintable() for one in told.goods):
        found.append(("goods", f"name 1 to {MOST}, each by MRN or by type and number of a "
                      "transport document", f"oppgi 1 til {MOST}, hver med MRN eller med type og "
                      "nummer på et transportdokument"))
    return found


def too_many(store: Store, world: str, party: str, told: Presented) -> bool:
    """Tell whether one more presentation of goods that nobody filed for is not taken today."""
    if store.stream(key_of(world, told.office, party, told.request)):
        return False                            # a repeat costs nothing
    if any(joined.entry_of(store, world, name)[0] for name in told.goods):
        return False
    after = store.now(world) - SPAN
    return store.opened_by(world, "presentation", party, after, WINDOW) >= MOST_UNKNOWN


def present(store: Store, world: str, party: str, told: Presented) -> Receipt | None:
    """Take a presentation; the verdict is `other` where the reference was used for another one.

    None: nothing was taken, since too many of unknown goods have come from the party within a day.
    """
    if too_many(store, world, party, told):
        return None
    body = json.dumps({"request": told.request, "office": told.office,
                       "goods": list(told.goods)}, sort_keys=True).encode()
    receipt = store.take([Arrival(
        key_of(world, told.office, party, told.request), party, f"present {told.request}",
        sha256(body).digest(), "trader present", "", "", body)])[0]
    if receipt.verdict == "new":
        store.notify()
    return receipt


def key_of(world: str, office: str, party: str, request: str) -> str:
    """Return the stream of a presentation."""
    return f"{world}/{office}/presentation/{party}:{request}"


def find(store: Store, world: str, party: str, request: str) -> str | None:
    """Return the stream of a party's presentation by its reference; None if there is none."""
    receipt = store.value("receipt_of", world=world, sender=party, ident=f"present {request}")
    row = store.message(receipt) if receipt else None
    return row.key if row and Place.of(row.key).role == "presentation" else None
