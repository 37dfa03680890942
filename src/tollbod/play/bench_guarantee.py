"""How fast one hot guarantee is: whole reservations through the worker, all on one GRN.

Each is a message between offices that is read, judged in full, decided, posted and answered by a
message that is judged too; one guarantee is one stream, so one worker decides them all. Measured on
a fresh guarantee, with open usages, and with earlier entries in the ledger; none may be overdrawn.
"""
import secrets
import time
from collections.abc import Iterator

from tollbod.guarantees import usage
from tollbod.numbers import mrn as numbers
from tollbod.office import officer
from tollbod.office.node import Node
from tollbod.office.worker import Worker
from tollbod.play.bench_lives import GRN, HOLDER
from tollbod.play.bench_store import hot_stream, own_database
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.wire import xml
from tollbod.wire.message import from_plain

OFFICE = "NO365001"
NODE = Node(("NO",), {"DE": ""}, test=True)      # departure is abroad: not measured
MANY = 2_000                    # reservations that are measured at a time
OPEN, EARLIER = 10_000, 100_000
CENT = 7


def mrn(n: int) -> str:
    """Return the MRN of the movement number n."""
    return numbers.issue(2026, "NO", f"365{n:09}")


def reservation(mrn: str, ident: str) -> bytes:
    """Return an IE203 (CD203C) for a few cent."""
    return xml.write(from_plain("p6", "CD203C", {
        "messageSender": "NTA.NO", "messageRecipient": "NTA.NO",
        "preparationDateAndTime": "2026-05-04T08:00:00", "messageIdentification": ident,
        "messageType": "CD203C",
        "TransitOperation": {"MRN": mrn, "declarationAcceptanceDate": "2026-05-04"},
        "CustomsOfficeOfDeparture": {"referenceNumber": OFFICE},
        "HolderOfTheTransitProcedure": {"identificationNumber": HOLDER},
        "CountryInvolved": [{"sequenceNumber": str(number), "country": one}
                            for number, one in enumerate(("NO", "SE", "DE"), 1)],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": "1", "GuaranteeReference": [{
            "sequenceNumber": "1", "GRN": GRN, "accessCode": "AC01",
            "amountConcerned": "0.07", "currency": "EUR"}]}],
    }, "NCTS6"))


class Hot:
    """One guarantee that everybody uses."""

    def __init__(self, conninfo: str) -> None:
        self.store = Store(conninfo)
        self.worker = Worker(Store(conninfo), NODE, secrets.randbits(30))
        self.world, self.count = f"hot{time.time_ns()}", 0
        self.key = f"{self.world}/{OFFICE}/guarantee/{GRN}"
        self.store.create_world(self.world)
        officer.act(self.store, self.world, OFFICE, GRN, "register", "bench", "register", {
            "grn": GRN, "type": "1", "holder": HOLDER, "reference_cent": 10**15,
            "access_codes": ["AC01"]})
        self.worker.drain()

    def lodge(self, many: int) -> None:
        """Put reservations into the guarantee's inbox."""
        origin = f"{self.world}/{OFFICE}/departure/x"
        for first in range(self.count, self.count + many, 250):
            self.store.take([
                Arrival(self.key, origin, str(n), b"d" * 32, "IE203", mrn(n), origin,
                        reservation(mrn(n), str(n)))
                for n in range(first, min(first + 250, self.count + many))])
        self.count += many

    def rate(self, many: int = MANY) -> float:
        """Return how many reservations a second are decided, from the first to the last commit."""
        self.lodge(many)
        began = time.perf_counter()
        self.worker.drain()
        return many / (time.perf_counter() - began)

    def earlier(self, many: int) -> None:
        """Write entries and usages of movements that are over, as the office would have."""
        self.store.call(
            "insert into entry (n, i, amount, at, key, debit, credit, currency, movement) "
            "select -n, i, 7, now(), %s, case i when 0 then 'free' else 'bound' end, "
            "case i when 0 then 'bound' else 'free' end, 'EUR', 'earlier' || n "
            "from generate_series(1, %s) n, generate_series(0, 1) i", (self.key, many // 2))
        self.store.call(
            "insert into kept (key, name, body) select %s, 'over/earlier' || n, '\\x00' "
            "from generate_series(1, %s) n", (self.key, many // 2))
        self.store.call("analyze")

    def overdrawn(self) -> bool:
        """Tell whether the account is not what the usages say."""
        stands = {row.account: row.amount for row in self.store.balances(self.key)}
        held = len(self.store.kept_under(self.key, usage.OPEN, 10**6))
        return stands["free"] != 10**15 - CENT * held or held != self.count


def hot(conninfo: str) -> Iterator[tuple[str, float, str]]:
    """Measure reservations on one guarantee, the whole way and in the store alone."""
    with own_database(conninfo) as own:
        guarantee = Hot(own)
        yield "hot_guarantee", guarantee.rate(), "1/s"
        guarantee.lodge(OPEN - guarantee.count)
        guarantee.worker.drain()
        yield "hot_guarantee_10000_open", guarantee.rate(), "1/s"
        guarantee.earlier(EARLIER)
        yield "hot_guarantee_100000_earlier", guarantee.rate(), "1/s"
        yield "hot_guarantee_overdrawn", float(guarantee.overdrawn()), "times"
    with own_database(conninfo) as own:
        yield from hot_stream(own)
