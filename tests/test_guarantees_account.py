"""The account of a guarantee: never overdrawn, whatever comes in whatever order, by eight hands.

The first half drives the office's own table without a store; the second races workers on one GRN of
the real database (GUAR-12, GUAR-16, DISCH-01).
"""
import secrets
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tollbod.case.model import Event, Facts, Floor, Keep, Party, Post, Send, Task, step
from tollbod.case.money import convert, written
from tollbod.guarantees import query, usage
from tollbod.guarantees.account import BOUND, FREE, LIABLE, REFERENCE, SPENT, SURETY, Guarantee
from tollbod.guarantees.office import TABLE
from tollbod.guarantees.usage import Usage
from tollbod.office import officer
from tollbod.office.node import Node
from tollbod.office.worker import Worker
from tollbod.play.world import guarantee_key
from tollbod.rules.check import check
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.wire import xml
from tollbod.wire.message import from_plain

GRN = {"1": "25NO3650010001230", "2": "26NO3650010000204", "4": "26NO3650010000077A000001",
       "9": "26NO3650010000912"}
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
MRNS = [f"26NO3650010000{n:02}J1" for n in range(6)]
CENT = st.integers(0, 12_000_00)


def question(mrn: str, cent: int, kind: str = "1", code: str = "AC01") -> dict:
    """What an IE200 or IE203 says."""
    return {
        "TransitOperation": {"MRN": mrn, "declarationAcceptanceDate": "2026-05-04"},
        "CustomsOfficeOfDeparture": {"referenceNumber": "NO365001"},
        "CustomsOfficeOfDestinationDeclared": {"referenceNumber": "DE004851"},
        "HolderOfTheTransitProcedure": {"identificationNumber": "NO310000019"},
        "CountryInvolved": [{"sequenceNumber": "1", "country": "NO"}],
        "Guarantee": [{"sequenceNumber": "1", "guaranteeType": kind, "GuaranteeReference": [{
            "sequenceNumber": "1", "GRN": GRN[kind], "accessCode": code,
            "amountConcerned": written(cent, "EUR"), "currency": "EUR"}]}],
    }


def notice(mrn: str, **said: str) -> dict:
    """What an IE209 or IE204 says."""
    return {"TransitOperation": {"MRN": mrn} | said}


class Account(RuleBasedStateMachine):
    """One guarantee under everything that can be asked of it, beside a plain model."""

    @initialize(kind=st.sampled_from("1249"), currency=st.sampled_from(("EUR", "NOK", "ISK")))
    def register(self, kind, currency):
        self.case, self.rows, self.balances = Guarantee(), {}, Counter()
        self.kind, self.currency, self.reference = kind, "EUR" if kind == "4" else currency, None
        amount = convert(10_000_00, "EUR", self.currency, NOW.date())
        self.do("officer register", {
            "grn": GRN[kind], "type": kind, "holder": "NO310000019", "access_codes": ["AC01"],
            "amount": written(amount, self.currency), "currency": self.currency})
        assert self.case.state == "valid"

    def do(self, name: str, body: dict) -> list:
        """Take the row for an event, post what it posts; what it sends and refuses."""
        facts = Facts(now=NOW, office="NO365001", sender="NO365001", case=GRN[self.kind],
                      kept=self.rows.get, keyed=lambda text: f"<{text}>",
                      kept_under=lambda start, most: sorted(
                          (n, b) for n, b in self.rows.items() if n.startswith(start))[:most])
        decision = step(TABLE, self.case, Event(name, body), facts)
        self.case = decision.case
        for effect in decision.effects:
            if isinstance(effect, Post):
                assert effect.amount > 0 and effect.currency == self.currency
                self.balances[effect.debit] -= effect.amount
                self.balances[effect.credit] += effect.amount
            elif isinstance(effect, Keep) and effect.body is None:
                self.rows.pop(effect.name, None)
            elif isinstance(effect, Keep):
                self.rows[effect.name] = effect.body
        return [one for one in decision.effects if not isinstance(one, Post | Keep | Floor | Task)]

    def open(self) -> dict[str, usage.Usage]:
        return {one.mrn: one for one in usage.read(
            [(n, b) for n, b in self.rows.items() if n.startswith(usage.OPEN)])}

    @rule(mrn=st.sampled_from(MRNS), cent=CENT, again=st.booleans())
    def reserve(self, mrn, cent, again):
        told = self.do("IE203", question(mrn, cent, self.kind))
        if again:
            before = (self.case, dict(self.rows), Counter(self.balances))
            if mrn in self.open() and self.open()[mrn].asked_cent == cent:
                assert self.do("IE203", question(mrn, cent, self.kind)) == told
                assert (self.case, self.rows, self.balances) == before

    @rule(mrn=st.sampled_from(MRNS), cent=CENT)
    def ask(self, mrn, cent):
        answer, = self.do("IE200", question(mrn, cent, self.kind))
        assert isinstance(answer, Send) and answer.ie == "IE201"

    @rule(mrn=st.sampled_from(MRNS), ie=st.sampled_from(("IE209", "IE204", "cancelled")))
    def end(self, mrn, ie):
        said = {"IE209": ("IE209", {"arrivalDateAndTimeActual": "2026-05-05T10:00:00"}),
                "IE204": ("IE204", {"releaseDate": "2026-05-06"}),
                "cancelled": ("IE204", {"usageCancellationDate": "2026-05-06"})}[ie]
        self.do(said[0], notice(mrn, **said[1]))
        before = (self.case, dict(self.rows), Counter(self.balances))
        self.do(said[0], notice(mrn, **said[1]))
        assert (self.case, self.rows, self.balances) == before, "told again it changed something"

    @precondition(lambda self: self.kind != "4")
    @rule(cent=CENT)
    def change(self, cent):
        self.do("officer change", {"amount": written(cent, self.currency)
                                   if self.currency != "ISK" else str(cent)})

    @invariant()
    def adds_up(self):
        if not hasattr(self, "case"):
            return
        held, stands = self.open().values(), self.balances
        assert sum(stands.values()) == 0
        assert stands[FREE] == self.case.free >= 0
        assert stands[LIABLE] == -stands[SURETY] == self.case.liable == sum(
            one.amount for one in held)
        assert stands[BOUND] == sum(one.bound for one in held if one.state == "reserved")
        assert stands[FREE] + stands[BOUND] + stands[SPENT] == self.case.reference
        assert stands[REFERENCE] == -self.case.reference
        if self.kind in "24":
            assert len(held) <= 1, "used twice"


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_what_was_credited_is_not_given_back_twice():
    """A movement that arrived and asks anew is measured against what is free, no more."""
    account = Account()
    account.register(kind="1", currency="EUR")
    account.reserve(mrn=MRNS[0], cent=2, again=False)
    account.end(mrn=MRNS[0], ie="IE209")
    account.change(cent=0)
    account.reserve(mrn=MRNS[0], cent=1, again=False)
    account.adds_up()


# The real database

WORKERS, EACH, CENTS = 8, 25, 100_00


def letter(n: int) -> bytes:
    """An IE203 for 100 EUR of the movement number n."""
    body = question(f"26NO36500100{n:04}J1", CENTS)
    del body["CustomsOfficeOfDestinationDeclared"]
    return xml.write(from_plain("p6", "CD203C", {
        "messageSender": "NTA.NO", "messageRecipient": "NTA.NO",
        "preparationDateAndTime": "2026-05-04T08:00:00", "messageIdentification": f"M{n}",
        "messageType": "CD203C"} | body, "NCTS6"))


def test_eight_workers_never_overdraw_one_guarantee(conninfo):
    """200 reservations of 100 EUR on 10,000 EUR: a hundred are made, whoever decides them."""
    world = f"race-{secrets.token_hex(6)}"
    key = guarantee_key(world, GRN["1"])
    node = Node(("NO", "SE", "DE"), test=True)
    with Store(conninfo) as store:
        store.create_world(world, timedelta(0))
        officer.act(store, world, "NO365001", GRN["1"], "register", "officer", "r", {
            "grn": GRN["1"], "type": "1", "holder": "NO310000019", "access_codes": ["AC01"],
            "reference_cent": 10_000_00})

    def work(number: int) -> None:
        with Store(conninfo) as store:
            worker = Worker(_Only(store, world), node, secrets.randbits(30))
            origin = f"{world}/NO365001/departure/x"
            for n in range(number * EACH, (number + 1) * EACH):
                store.take([Arrival(key, origin, f"{n}", b"d", "IE203", f"26NO36500100{n:04}J1",
                                    origin, letter(n))])
                worker.turn()
            while not store.idle(world):
                worker.turn()
            worker.flush()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(conninfo) as store:
        Worker(_Only(store, world), node, secrets.randbits(30)).drain()
        stands = {row.account: row.amount for row in store.balances(key)}
        case = msgspec.msgpack.decode(store.stream(key).state, type=Guarantee)
        assert stands[FREE] == case.free == 0 and stands[LIABLE] == case.liable == 10_000_00
        assert len(store.kept_under(key, usage.OPEN)) == 100
        assert sum(stands.values()) == 0 and not store.held(world)


class _Only:
    """A store whose turns claim the streams of one world only."""

    def __init__(self, store: Store, world: str) -> None:
        self._store, self._world = store, world

    def turn(self, slot, fence, decided=(), want=16, most=128):
        return self._store.turn(slot, fence, decided, want, most, self._world)

    def __getattr__(self, name):
        return getattr(self._store, name)


def test_no_access_code_is_kept_in_clear(conninfo):
    """The state and the history of a guarantee hold digests only (GUAR-AC-04)."""
    world = f"codes-{secrets.token_hex(6)}"
    code = "Q7X9"
    with Store(conninfo) as store:
        store.create_world(world, timedelta(0))
        key, _ = officer.act(store, world, "NO365001", GRN["1"], "register", "officer", "r", {
            "grn": GRN["1"], "type": "1", "holder": "NO310000019", "access_codes": [code],
            "reference_cent": 1})
        Worker(_Only(store, world), Node(("NO",), access_key=b"k"), 1).drain()
        kept = store.stream(key).state + b"".join(link.what for link in store.history(key))
        assert code.encode() not in kept and b"digest" in kept


def test_a_query_is_answered_in_the_phase_in_which_it_was_asked():
    """Of a use that is under way no day of arrival is told, and phase 5 takes that too (C0231)."""
    grn, now = "26NO3650010000505", datetime(2026, 5, 4, 12, tzinfo=UTC)
    case = Guarantee(state="valid", grn=grn, type="1", holder="NO310000019", reference=1_000_000,
                     guarantor="NO310000027", registered=now, free=700_000, liable=300_000)
    used = Usage(mrn="26NO3650010000J1J2", since=now, amount=300_000, bound=300_000,
                 asked_cent=300_000, state="reserved")
    facts = Facts(
        now=now, office="NO365001", sender="NO310000019", case=grn,
        kept_under=lambda beginning, _most: [("", msgspec.msgpack.encode(used))]
        if beginning == usage.OPEN else [],
        party=lambda number: Party(id=number, name="Kai Eksempel AS", city="Oslo", country="NO",
                                   street="Kaia 1", postcode="0150"))
    body = {"messageType": "CC034C", "Requester": {"identificationNumber": "NO310000019",
            "role": "1"}, "GuaranteeReference": {"GRN": grn, "accessCode": "QU01",
            "GuaranteeQuery": {"queryIdentifier": "1"}}}
    for edition in ("p5", "p6"):
        send, = (one for one in query.tell(case, Event("IE034", body, edition), facts)
                 if isinstance(one, Send))
        told = send.body["GuaranteeReference"][0]["Usage"][0]
        assert send.edition == edition and "arrivalDateAndTime" not in told
        header = {"messageSender": "NTA.NO", "messageRecipient": "NO310000019",
                  "preparationDateAndTime": "2026-05-04T12:00:00", "messageIdentification": "1",
                  "messageType": "CC037C"}
        assert not check(from_plain(edition, "CC037C", header | send.body))
