"""How fast one hot guarantee is: reservations that eight offices ask for at once, all on one GRN.

Each is a message from an office of departure abroad that goes in durably, is read, judged in full,
decided, posted and answered by a message that is judged too, by worker processes as they run in a
house. Measured on a fresh guarantee, with open usages, and with earlier entries in the ledger. The
reference amount covers all but the last FEWER: these must be refused, and not a cent be overdrawn.
"""
import secrets
import threading
import time
from collections.abc import Iterator

from tollbod.guarantees import usage
from tollbod.numbers import mrn as numbers
from tollbod.office import officer
from tollbod.office.node import Node
from tollbod.office.worker import Worker
from tollbod.play.bench_lives import GRN, HOLDER, workers
from tollbod.play.bench_store import hot_stream, own_database
from tollbod.spec import codes
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.wire import xml
from tollbod.wire.message import from_plain

OFFICE = "NO365001"             # of guarantee
NODE = Node(("NO",), {"DE": ""}, test=True)
SENDERS = 8
BATCH = 50                      # in one commit: half of what a link may bring (links.BATCH)
WAITING = 800                   # lodged and not decided: more are not lodged
WARM, MANY = 640, 6_000         # reservations before any is measured; that are, at a time
OPEN, EARLIER = 10_000, 100_000
CENT, FEWER = 7, 500
PATIENCE_SECONDS = 120.0


def mrn(n: int) -> str:
    """Return the MRN of the movement number n."""
    return numbers.issue(2026, "DE", f"485{n:09}")


def reservation(mrn: str, ident: str, departure: str) -> bytes:
    """Return an IE203 (CD203C) for a few cent."""
    return xml.write(from_plain("p6", "CD203C", {
        "messageSender": "NTA.DE", "messageRecipient": "NTA.NO",
        "preparationDateAndTime": "2026-05-04T08:00:00", "messageIdentification": ident,
        "messageType": "CD203C",
        "TransitOperation": {"MRN": mrn, "declarationAcceptanceDate": "2026-05-04"},
        "CustomsOfficeOfDeparture": {"referenceNumber": departure},
        "HolderOfTheTransitProcedure": {"identificationNumber": HOLDER},
        "CountryInvolved": [{"sequenceNumber": str(number), "country": one}
                            for number, one in enumerate(("NO", "SE", "DE"), 1)],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": "1", "GuaranteeReference": [{
            "sequenceNumber": "1", "GRN": GRN, "accessCode": "AC01",
            "amountConcerned": f"0.{CENT:02}", "currency": "EUR"}]}],
    }, "NCTS6"))


class Hot:
    """One guarantee that everybody uses, large enough for `covered` reservations."""

    def __init__(self, conninfo: str, covered: int) -> None:
        self.conninfo, self.store, self.covered = conninfo, Store(conninfo), covered
        self.world, self.count = f"hot{time.time_ns()}", 0
        self.key = f"{self.world}/{OFFICE}/guarantee/{GRN}"
        self.departures = [one.code for one in codes.offices("DE", "DEP")[:SENDERS]]
        self.store.create_world(self.world)
        officer.act(self.store, self.world, OFFICE, GRN, "register", "bench", "register", {
            "grn": GRN, "type": "1", "holder": HOLDER, "reference_cent": covered * CENT,
            "access_codes": ["AC01"]})
        Worker(Store(conninfo), NODE, secrets.randbits(30)).drain()

    def rate(self, many: int = MANY) -> float:
        """Return how many reservations a second are taken and decided, all senders at once."""
        lots = [self._made(sender, range(self.count + sender, self.count + many, SENDERS))
                for sender in range(SENDERS)]
        self.count += many
        before = self.store.stream(self.key).last_done
        senders = [threading.Thread(target=self._send, args=(lot,)) for lot in lots]
        began = time.perf_counter()
        for one in senders:
            one.start()
        while self.store.stream(self.key).last_done < before + many:
            assert time.perf_counter() - began < PATIENCE_SECONDS, "reservations are not decided"
            time.sleep(0.005)
        return many / (time.perf_counter() - began)

    def _made(self, sender: int, numbers: range) -> list[Arrival]:
        departure = self.departures[sender]
        origin = f"{self.world}/{departure}/departure/bench"
        return [Arrival(self.key, origin, str(n), b"d" * 32, "IE203", mrn(n), origin,
                        reservation(mrn(n), str(n), departure)) for n in numbers]

    def _send(self, lot: list[Arrival]) -> None:
        """Lodge as one sender, not faster than the worker decides."""
        with Store(self.conninfo) as store:
            for first in range(0, len(lot), BATCH):
                store.take(lot[first:first + BATCH])
                store.notify()
                while (stands := store.stream(self.key)).last_in - stands.last_done > WAITING:
                    time.sleep(0.005)

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

    def free(self) -> int:
        """Return what is free as the ledger has it, in cent."""
        return {row.account: row.amount for row in self.store.balances(self.key)}["free"]

    def refused(self) -> int:
        """Return how many asked and hold nothing; what is free must be what the others left."""
        held = len(self.store.kept_under(self.key, usage.OPEN, 10**6))
        assert self.free() == (self.covered - held) * CENT, "the account is not what is reserved"
        return self.count - held


def hot(conninfo: str) -> Iterator[tuple[str, float, str]]:
    """Measure reservations on one guarantee, the whole way and in the store alone."""
    with own_database(conninfo) as own, workers(own, node=NODE):
        guarantee = Hot(own, OPEN + 2 * MANY - FEWER)
        guarantee.rate(WARM)
        yield "hot_guarantee", guarantee.rate(), "1/s"
        guarantee.rate(OPEN - guarantee.count)
        yield "hot_guarantee_10000_open", guarantee.rate(), "1/s"
        guarantee.earlier(EARLIER)
        yield "hot_guarantee_100000_earlier", guarantee.rate(), "1/s"
        yield "hot_guarantee_asked", float(guarantee.count), "times"
        yield "hot_guarantee_refused", float(guarantee.refused()), "times"
        yield "hot_guarantee_overdrawn", float(max(0, -guarantee.free())), "cent"
    with own_database(conninfo) as own:
        yield from hot_stream(own)
