"""One simulation: several countries, each a node, from the first declaration until all is settled.

Knows the order of things: work, network, letters, tasks, clock. All randomness comes from one
seed, no wall clock is read: the same seed gives the same trace.
"""
import hashlib
import heapq
import random
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from tollbod.case.model import Party
from tollbod.national import countries as profiles
from tollbod.national.profile import first_office
from tollbod.numbers import grn, mrn
from tollbod.office import intake, officer
from tollbod.play import sim_filer, sim_letters, sim_notices
from tollbod.play.sim_filer import Prenotification
from tollbod.play.sim_node import FAULTS, NONE, WORLD, House, Line
from tollbod.play.sim_officer import Officers, opening
from tollbod.play.sim_trader import Movement
from tollbod.risk.control_filter import FILTER, Criterion
from tollbod.spec import codes
from tollbod.store.records import Place

# Mondays: before entry by road moves to ICS2, and after.
FIRST = (datetime(2024, 2, 12, 8, tzinfo=UTC), datetime(2026, 5, 4, 8, tzinfo=UTC))
LIMIT = timedelta(days=3 * 365)                     # by then everything is settled
ROUNDS = 5_000
EVENTS = 40                                         # the last ones, shown with a violation
OFFICERS = ("olav", "kari", "per")                   # who acts
OFFICES = 3                                         # of each country take part


class Simulation:
    """A seeded run; `play` it, then look at `trace`, `wrong` and the houses."""

    def __init__(self, seed: int, movements: int, countries: tuple[str, ...], faults: bool) -> None:
        self.random = random.Random(seed)
        self.first = self.random.choice(FIRST)
        self.seed, self.now, self.faults = seed, self.first, faults
        self.countries = countries
        self.hash, self.steps, self.planned = hashlib.sha256(), 0, 0
        self.events: deque[str] = deque(maxlen=EVENTS)
        self.wrong: list[str] = []                  # what was seen to be wrong on the way
        self.agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self.houses = [House(country, [c for c in countries if c != country], self.random,
                             self.first)
                       for country in countries]
        self.house = {house.country: house for house in self.houses}
        self.lines = [Line(one, two) for one in self.houses for two in self.houses if one != two]
        self._people()
        self.officers = Officers(self)
        self.by_mrn: dict[str, Movement] = {}
        self.markers: dict[tuple[str, str], int] = {}
        self.movements = [Movement(self, number) for number in range(1, movements + 1)]
        self.by_lrn = {f"{one.party}:{one.trade.lrn}": one for one in self.movements}
        self.prenotified: dict[str, Prenotification] = {}
        self.prenotifications = [Prenotification(self, number) for number in range(
            1, movements // 4 + 1) if sim_filer.COUNTRY in countries]
        self.by_lrn |= {f"{one.party}:{one.notice.lrn}": one for one in self.prenotifications}
        self.seen: dict[tuple[str, str], tuple] = {}        # identification: what became of it

    @property
    def trace(self) -> str:
        """Return the digest of everything that has happened."""
        return self.hash.hexdigest()[:16]

    def _people(self) -> None:
        """Settle offices, traders and their guarantees."""
        self.offices, self.borders = {}, {}
        self.parties: dict[str, tuple[str, str, str]] = {}
        self.guarantees: dict[str, tuple[str, ...]] = {}
        self.entries = {country: sim_notices.offices("3", country)[0]
                        for country in self.countries if sim_notices.offices("3", country)}
        self.exits = {country: next((o.code for o in codes.offices(country=country)
                                     if "TXT" in o.roles), "") for country in self.countries}
        self.unknown_mrn = mrn.issue(2026, self.countries[-1], "999999999999")
        self.unknown_grn = grn.issue(2025, self.countries[0], "999999999999")
        for number, country in enumerate(self.countries):
            all_round = [o.code for o in codes.offices(country=country)
                         if {"DEP", "DES", "TRA"} <= o.roles]
            self.offices[country] = tuple(all_round[:OFFICES])
            self.borders[country] = all_round[min(OFFICES, len(all_round) - 1)]
            trio = tuple(f"{country}90000000{number}{n}" for n in range(3))
            self.parties[country] = trio
            abroad = self.countries[number - 1]         # there the plain trader's first one is kept
            for n, party in enumerate(trio):
                self.guarantees[party] = (
                    _grn(abroad if n == 1 else country, number * 10 + n), f"AC0{n}",
                    _grn(country, number * 10 + n + 5), f"AC1{n}")
        for house in self.houses:
            self._register(house)

    def _register(self, house: House) -> None:
        house.store.put_party(WORLD, FILTER, msgspec.json.encode((Criterion(
            id="F1", path="Consignment/HouseConsignment/ConsignmentItem/Packaging/shippingMarks",
            how="equals", value="FISH 3"), Criterion(
            id="F2", path="Goods/GoodsItem/descriptionOfGoods", how="equals",
            value=sim_notices.SUSPICIOUS))))
        for country, trio in self.parties.items():
            for n, party in enumerate(trio):
                allowed = {kind: sim_letters.authorisation(party, kind)
                           for kind in ("C521", "C522")} if n == 0 else {}
                house.store.put_party(WORLD, party, msgspec.json.encode(Party(
                    id=party, name=f"Trader {party} (fictional)", street="Fictional 1",
                    postcode="20457", city="City", country=country, authorisations=allowed)))
        for party, both in self.guarantees.items():
            for number, code in (both[:2], both[2:]):
                office = first_office(number[2:4], "GUA")
                if house.node.hosts(office):
                    self.act(house, office, number, "register", {
                        "grn": number, "type": "1", "holder": party, "access_codes": [code],
                        "reference_cent": self.random.choice((500_000, 9_000_000))})

    def authority(self, country: str, office: str) -> str:
        """Return the enquiry authority for an office."""
        return profiles.of(country).enquiry_office(office)

    # What goes in

    def note(self, what: str) -> None:
        """Note an event: part of the trace."""
        self.steps += 1
        line = f"{self.now:%m-%d %H:%M:%S} {what}"
        self.events.append(line)
        self.hash.update(line.encode() + b"\n")

    def later(self, hours: float, action: Callable[[], None]) -> None:
        """Do something in so many hours, and a bit."""
        at = self.now + timedelta(hours=hours, seconds=self.random.randrange(600))
        self.planned += 1
        heapq.heappush(self.agenda, (at, self.planned, action))

    def lodge(self, country: str, party: str, data: bytes, again: bool = False) -> None:
        """Lodge a trader's message; a repeat must get the same answer."""
        house = self.house[country]
        got = intake.receive(house.store, house.node, WORLD, party, data)
        if isinstance(got, intake.Refusal):
            became = (got.status,)
            if got.status not in (400, 409, 422):
                self.wrong.append(f"intake answered {got.status} to {party}")
            if not got.findings:
                self.wrong.append(f"intake refused a message of {party} without a reason")
        else:
            became = (got[0].verdict, got[0].id, got[1].ie)
        self.note(f"{party} lodges {became}")
        mark = (country, hashlib.sha256(data).hexdigest())
        first = self.seen.setdefault(mark, became)
        if again and mark in self.seen and first[0] == "new" and became[0] != "new":
            if became != ("again", *first[1:]):
                self.wrong.append(f"a repeat of {first} got {became}")

    def act(self, house: House, office: str, case: str, do: str, said: dict) -> bool:
        """Lodge an officer's act; whether there is such a case."""
        try:
            by = self.random.choice(OFFICERS)
            officer.act(house.store, WORLD, office, case, do, by, f"act {self.steps}", said)
        except officer.Unknown as error:
            self.note(f"{office} {do} {case}: {error}")
            return False
        self.note(f"{office} {do} {case} {sorted(said)}")
        return True

    # What comes out

    def look(self) -> None:
        """Let traders read their letters and officers their tasks."""
        for house in self.houses:
            for key, rows in list(house.tables.inbox.items()):
                if key.startswith(f"{WORLD}//mailbox/"):
                    self._read(house, key, rows)
            self.officers.look(house)

    def _read(self, house: House, key: str, rows: list) -> None:
        after = self.markers.get((house.country, key), 0)
        for letter in rows[after:]:
            self.note(f"{key} gets {letter.ie} {letter.movement}")
            place = Place.of(letter.origin)
            movement = self.by_lrn.get(place.case_id) or self.by_mrn.get(letter.movement)
            if movement and self.active:
                movement.heard(letter, house.country)
        self.markers[house.country, key] = len(rows)

    # Time

    active = True

    def pump(self) -> None:
        """Let a bit of work be done, and a bit be carried, in any order."""
        for _ in range(self.random.randrange(1, 12)):
            if self.random.random() < 0.5:
                house = self.random.choice(self.houses)
                if house.busy():
                    house.work()
            elif self.lines:
                self.random.choice(self.lines).carry()
        self.look()

    def advance(self, to: datetime) -> None:
        """Move every clock, mostly from due to due, sometimes in one jump."""
        while self.random.random() < 0.95:
            due = min(filter(None, (h.store.next_due(WORLD) for h in self.houses)), default=None)
            if due is None or due > to:
                break
            self._set(max(due, self.now))
            self.pump()
        self._set(max(to, self.now))

    def _set(self, at: datetime) -> None:
        self.now = at
        for house in self.houses:
            if self.active and house.chances.lost and self.random.random() < 0.1:
                continue                            # this country's clock lags
            house.store.set_clock(WORLD, at)
            due = house.store.next_due(WORLD)
            if due is not None and due <= at:
                self.note(f"{house.country} fires {house.store.fire(WORLD)}")

    # The whole

    def play(self) -> None:
        """Play it to the end."""
        self.rest()
        for house in self.houses:
            house.chances = FAULTS if self.faults else NONE
        for one in (*self.movements, *self.prenotifications):
            self.later(self.random.randrange(100), one.declare)
        for _ in range(len(self.movements) // 3):
            self.later(self.random.randrange(300), self.officers.unasked)
            self.later(self.random.randrange(300), self.officers.unannounced)
            self.later(self.random.randrange(300), self.random.choice(self.movements).meddle)
        while self.agenda:
            at, _, action = heapq.heappop(self.agenda)
            self.advance(at)
            action()
            self.pump()
        self.settle()

    def rest(self) -> None:
        """Let everything be decided and carried."""
        carried = 1
        while carried or any(house.busy() for house in self.houses):
            for house in self.houses:
                house.settle()
            carried = sum(line.carry() for line in self.lines)
        self.look()

    def settle(self) -> None:
        """Heal the network; officers resolve what is theirs; time passes until nothing is due."""
        self.active = False
        for house in self.houses:
            house.chances = NONE
        self._set(self.now)
        for _ in range(ROUNDS):
            self.rest()
            if self.officers.finish():
                self.rest()
                self._set(self.now + opening())
                continue
            due = min(filter(None, (h.store.next_due(WORLD) for h in self.houses)), default=None)
            if due is None or due > self.first + LIMIT:
                break
            self._set(max(due, self.now))
        self.agenda.clear()
        self.rest()


def _grn(country: str, number: int) -> str:
    """Return the number of a fictional guarantee, kept by the first office of a country."""
    return grn.issue(2025, country, f"{first_office(country, 'GUA')[2:]}{number:06}")
