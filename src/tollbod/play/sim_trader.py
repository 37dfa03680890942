"""The traders of a simulation: each movement has a will of its own, often a wrong one.

Knows what a trader does when a letter comes, and how it goes wrong: unknown codes, bad guarantees,
missing groups, identifications used again, late or missing arrivals, another office, differences.
"""
import copy
from datetime import datetime, timedelta
from typing import Any

from tollbod.play import sim_letters as letters
from tollbod.play.sim_letters import Plain, Trade
from tollbod.store.records import Message, Place

FAULTS = ("code", "access", "unknown grn", "too much", "nothing to cover", "group", "holder",
          "not allowed", "currency", "office", "bytes")


class Trader:
    """Whoever lodges messages: carelessly at times."""

    def __init__(self, sim: Any, name: str, country: str, party: str) -> None:
        self.sim, self.random, self.name = sim, sim.random, name
        self.country, self.party = country, party
        self.fault, self.edition, self.lodged = "", "p6", 0

    def send(self, root: str, body: Plain, party: str = "", country: str = "") -> None:
        """Lodge a message; a careless trader repeats it, or uses its identification again."""
        draw, self.lodged = self.random, self.lodged + 1
        party, country = party or self.party, country or self.country
        ident = f"{self.name}-{self.lodged}"
        form = "json" if draw.random() < 0.1 else "xml"

        def made(at: datetime) -> bytes:
            return letters.letter(root, party, at, ident, body, form, self.edition)
        data = made(self.sim.now)
        if self.fault == "bytes" and root == "CC015C":
            data, self.fault = data[:len(data) // 2], ""
        self.sim.lodge(country, party, data)
        if draw.random() < 0.1:
            self.sim.later(draw.choice((0, 0, 30)),
                           lambda: self.sim.lodge(country, party, data, again=True))
        if draw.random() < 0.04:
            other = made(self.sim.now + timedelta(days=1))
            self.sim.lodge(country, party, other, again=True)


class Movement(Trader):
    """One movement and the trader who declares it, with what it has heard so far."""

    def __init__(self, sim: Any, number: int) -> None:
        draw, country = sim.random, sim.random.choice(sim.countries)
        good = draw.random() < 0.7
        super().__init__(sim, str(number), country,
                         sim.parties[country][0 if good else 1])        # authorised, plain
        procedure = draw.choice(("normal", "normal", "simplified", "simplified", "pre-lodged"))
        if not good and procedure == "simplified":
            procedure = "normal"
        end = draw.choice(sim.countries)
        self.trade = Trade(
            f"LRN{number:05}", self.party, procedure, draw.choice(sim.offices[self.country]),
            draw.choice(sim.offices[end]), self._route(end),
            sim.guarantees[self.party],
            f"{draw.choice((100, 500, 2500))}.00", draw.choice((1, 1, 3)),
            40 if procedure == "pre-lodged" else draw.choice((0, 3, 3, 9)),
            draw.choice(("one",) * 8 + ("two", "waived")),
            sim.exits[self.country] if end == "GB" and self.country != "GB" else "")
        self.fault = draw.choice(FAULTS) if draw.random() < 0.3 else ""
        self.will = {name: draw.random() < chance for name, chance in (
            ("amend", 0.15), ("cancel", 0.15), ("premature", 0.05), ("present", 0.85),
            ("arrive", 0.85), ("elsewhere", 0.12), ("on paper", 0.15), ("remark", 0.9),
            ("differ", 0.2), ("in parts", 0.15), ("answer", 0.6), ("mend", 0.7))}
        self.mrn, self.declared = "", {}
        if self.country in sim.entries and not self.trade.exit and draw.random() < 0.2:
            self._combine(sim.entries[self.country])

    def _combine(self, office: str) -> None:
        """Let the goods come from a third country, prenotified with the transit (PRE-COMB-03)."""
        self.edition = "p5"
        further = tuple(one for one in self.trade.transits if one[:2] != self.country)
        self.trade = self.trade._replace(
            departure=office, transits=(office, *further), entry=True, procedure="normal")

    def _route(self, end: str) -> tuple[str, ...]:
        """Return the offices of transit: where the goods enter each other country, in order."""
        between = [c for c in self.sim.countries if c not in (self.country, end)]
        through = between[:1] if end != self.country and self.random.random() < 0.5 else []
        entered = through + ([end] if end != self.country or through else [])
        if not entered:                                 # C0030: within a common transit country
            entered = [self.country]
        return tuple(self.sim.borders[country] for country in entered)

    # What goes in

    def declare(self) -> None:
        """Lodge the declaration, right or wrong."""
        self.declared = letters.declaration(self.trade, self.sim.now)
        body = copy.deepcopy(self.declared)
        self._spoil(body)
        self.declared = body
        self.send("CC015C", body)
        if self.will["premature"]:
            self.sim.later(0.5, self.arrive)

    def _spoil(self, body: Plain) -> None:
        """Make the declaration wrong in its own way."""
        reference = body["Guarantee"][0].get("GuaranteeReference", [{}])[0]
        match self.fault:
            case "code":
                body["TransitOperation"]["declarationType"] = "T7"
            case "access":
                reference["accessCode"] = "NONE"
            case "unknown grn":
                reference["GRN"] = self.sim.unknown_grn
            case "too much":
                reference["amountToBeCovered"] = "99999999.00"
            case "nothing to cover":
                reference["amountToBeCovered"] = "0.00"
            case "group":
                del body["Consignment"]["HouseConsignment"]
            case "holder":
                body["HolderOfTheTransitProcedure"]["identificationNumber"] = "NO999999999"
            case "not allowed":
                body["Authorisation"] = [{"sequenceNumber": "1", "type": "C521",
                                          "referenceNumber": "NOACR999999"}]
            case "currency":
                reference["currency"] = "ISK"
            case "office":
                body["CustomsOfficeOfDeparture"]["referenceNumber"] = "FR000040"

    # What comes

    def heard(self, letter: Message, country: str) -> None:
        """React to a letter; most are only read."""
        react = {
            "IE028": self._numbered, "IE056": self._rejected, "IE055": self._asked_guarantee,
            "IE928": self._acknowledged, "IE029": self._released, "IE022": self._asked_amendment,
            "IE060": self._controlled, "IE140": self._asked,
        }.get(letter.ie)
        if react:
            react(letter)
        elif letter.ie == "IE043":
            self._unload(letter, country)

    def _acknowledged(self, _letter: Message) -> None:
        if self.trade.procedure == "pre-lodged" and self.will["present"]:
            hours = self.random.choice((1, 24, 24, 24 * 29, 24 * 31))
            self.sim.later(hours, lambda: self.send(
                "CC170C", letters.presentation(self.trade, self.declared)))
        if self.random.random() < 0.05:
            self.cancel()

    def _numbered(self, letter: Message) -> None:
        self.mrn = letter.movement
        self.sim.by_mrn[self.mrn] = self
        if self.will["amend"]:
            self.sim.later(self.random.choice((0, 0.1, 5, 50)), self.amend)
        if self.will["cancel"]:
            self.sim.later(self.random.choice((0, 0.1, 5, 50)), self.cancel)

    def _rejected(self, _letter: Message) -> None:
        if self.fault and self.will["mend"] and not self.mrn:
            self.fault = ""
            self.sim.later(1, self.declare)

    def _asked_guarantee(self, _letter: Message) -> None:
        if self.will["mend"]:
            self.fault = ""
            body = self.declared | {"Guarantee": letters.guarantee(
                self.trade.guarantee, self.trade.amount)}
            hours = self.random.choice((0.1, 0.5, 0.9, 2))
            self.sim.later(hours, lambda: self.send(
                "CC013C", letters.amendment(body, self.mrn, True)))

    def _asked_amendment(self, _letter: Message) -> None:
        self.sim.later(1, self.amend)

    def _controlled(self, _letter: Message) -> None:
        if self.mrn and self.random.random() < 0.3:
            release = self.random.random() < 0.7
            self.sim.later(2, lambda: self.send("CC054C", letters.after_control(
                self.trade, self.mrn, release, self.sim.now)))

    def _asked(self, _letter: Message) -> None:
        if self.will["answer"]:
            authority = self.sim.authority(self.country, self.trade.departure)
            self.sim.later(48, lambda: self.send(
                "CC141C", letters.information(self.trade, self.mrn, authority)))

    def _released(self, _letter: Message) -> None:
        if self.will["arrive"]:
            come = self.come_on_paper if self.will["on paper"] else self.arrive
            self.sim.later(self.random.choice((3, 30, 60, 24 * 9, 24 * 20)), come)

    # What it does by itself

    def amend(self) -> None:
        """Ask for an amendment, sometimes of what may not change."""
        body = copy.deepcopy(self.declared)
        match self.random.randrange(5):
            case 4:                     # another guarantee than declared
                body["Guarantee"] = letters.guarantee(self.trade.guarantee[2:], "300.00")
            case 0:
                body["TransitOperation"]["declarationType"] = "T2"
            case 1:
                body["Guarantee"] = letters.guarantee(self.trade.guarantee, "700.00")
            case 2:
                body["Consignment"]["DepartureTransportMeans"][0]["identificationNumber"] = "CD9"
        flag = self.random.random() < 0.1
        by_mrn = self.mrn if self.random.random() < 0.9 else ""
        self.send("CC013C", letters.amendment(body, by_mrn, flag))

    def cancel(self) -> None:
        """Ask for cancellation; sometimes a replacement is named, known or not."""
        others = [mrn for mrn in self.sim.by_mrn if mrn != self.mrn]
        why = "Not needed."
        if others and self.random.random() < 0.3:
            why += f" REPLACED BY {self.random.choice(others)}"
        body = letters.cancellation(self.trade, self.mrn, why, self.sim.now)
        if self.random.random() < 0.1:
            other = self.sim.parties[self.country][1]
            self.send("CC014C", body, party=other)
        else:
            self.send("CC014C", body)

    def arrive(self) -> None:
        """Notify the arrival, perhaps at an office that nobody expects."""
        if not self.mrn:
            return
        office, draw = self.trade.destination, self.random
        if self.will["elsewhere"]:
            office = draw.choice(self.sim.offices[draw.choice(self.sim.countries)])
        end = office[:2]
        authorised, plain, _ = self.sim.parties[end]
        simplified = draw.random() < 0.5
        trader = authorised if simplified or draw.random() < 0.5 else plain
        self.send("CC007C", letters.arrival(self.mrn, office, trader, simplified, self.sim.now),
                  trader, end)
        if draw.random() < 0.1:
            self.sim.later(5, self.arrive)

    def come_on_paper(self) -> None:
        """Come to the office of destination, where an officer registers the arrival."""
        house = self.sim.house[self.trade.destination[:2]]
        self.sim.act(house, self.trade.destination, self.mrn, "arrival",
                     self.random.choice(({}, {"trader": self.sim.parties[house.country][1]})))

    def meddle(self) -> None:
        """Send something about a movement that is unknown, or somebody else's."""
        draw, sim = self.random, self.sim
        mrn = draw.choice([*sim.by_mrn, sim.unknown_mrn, sim.unknown_mrn])
        office = self.trade.departure
        match draw.randrange(7):
            case 0:
                self.send("CC007C", letters.arrival(mrn, office, self.party, False, sim.now))
            case 1:
                self.send("CC044C", letters.remarks(mrn, office, self.party, sim.now, False))
            case 2 if self.declared:
                self.send("CC013C", letters.amendment(self.declared, mrn, False))
            case 3:
                self.send("CC014C", letters.cancellation(self.trade, mrn, "Mine?", sim.now))
            case 4:
                self.send("CC054C", letters.after_control(self.trade, mrn, True, sim.now))
            case 5:
                authority = sim.authority(self.country, office)
                self.send("CC141C", letters.information(self.trade, mrn, authority))
            case _ if self.declared:
                self.send("CC170C", letters.presentation(self.trade, self.declared))

    def _unload(self, letter: Message, country: str) -> None:
        """Send unloading remarks after a permission, first in parts where that is the will."""
        if not self.will["remark"]:
            return
        office, trader = Place.of(letter.origin).office, Place.of(letter.key).case_id
        complete = not self.will["in parts"] or self.random.random() < 0.5
        sealed = b"<Seal>" in letter.body
        body = letters.remarks(self.mrn, office, trader, self.sim.now, sealed,
                               not self.will["differ"], complete)
        self.sim.later(self.random.choice((1, 10, 24 * 8)),
                       lambda: self.send("CC044C", body, trader, country))
