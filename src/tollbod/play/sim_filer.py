"""The filers of a simulation: each transport to or from a third country has a will of its own.

Knows what a filer does, rightly and wrongly: in time or late or after the goods have come, with
offices that differ, without a contact, corrected though nothing can be, replaced and cancelled.
"""
from datetime import timedelta
from typing import Any

from tollbod.play import sim_notices as notices
from tollbod.play.sim_notices import Notice
from tollbod.play.sim_trader import Trader
from tollbod.store.records import Message, Place

COUNTRY = "NO"                  # whose offices are flagged (spec/regimes)
FAULTS = ("offices", "other mode", "minimum", "contact", "inside", "no moment")


class Prenotification(Trader):
    """One transport across the border of the security zone, and who prenotifies it."""

    def __init__(self, sim: Any, number: int) -> None:
        super().__init__(sim, f"P{number}", COUNTRY, sim.random.choice(sim.parties[COUNTRY]))
        draw = self.random
        mode = draw.choice("3314")
        self.hours = draw.choice((-3, 0.3, 2, 9, 9, 40))        # from filing to the border
        self.notice = Notice(
            f"PRE{number:05}", self.party, draw.choice(sim.parties[COUNTRY]),
            draw.choice(("ENTRY", "EXIT")), mode, draw.choice(notices.offices(mode, COUNTRY)),
            sim.now, draw.random() < 0.3,
            notices.SUSPICIOUS if draw.random() < 0.3 else "Sawn timber")
        self.fault = draw.choice(FAULTS) if draw.random() < 0.25 else ""
        self.will = {name: draw.random() < chance for name, chance in (
            ("come", 0.85), ("correct", 0.15), ("replace", 0.25), ("cancel", 0.1),
            ("answer", 0.6), ("mend", 0.8), ("unnotified", 0.15), ("asked", 0.2),
            ("moves", 0.2))}
        self.mrn = self.newer = ""      # of this one, and of the one that takes its place
        self.new_office = ""

    def declare(self) -> None:
        """File it; or come to the border first, and file when told to."""
        if self.will["unnotified"] and self.hours < 1:
            self.will["unnotified"] = False
            self._act("arrive-unnotified", self._unnotified, {"text": "no prenotification"})
            self.sim.later(0.2, self.declare)
            return
        self.notice = self.notice._replace(crossing=self.sim.now + timedelta(hours=self.hours))
        body = notices.declared(self.notice)
        self._spoil(body)
        self.send("CC015N", body)

    @property
    def _unnotified(self) -> str:
        """Return the reference under which an officer records the goods that came without."""
        return f"CAME-{self.notice.lrn}"

    def _spoil(self, body: dict) -> None:
        """Make it wrong in its own way."""
        match self.fault:
            case "offices":
                body["CustomsOfficeOfDestinationDeclared"] = {"referenceNumber": "NO365001"}
            case "other mode":
                body["Transport"]["modeOfTransportAtTheBorder"] = "2"
            case "minimum":
                body["TransitOperation"]["declarationType"] = "MINIMUM"
            case "contact":
                del body["Filer"]["ContactPerson"]
            case "inside":
                body["Transport"] |= {"countryOfDeparture": "SE", "countryOfDestination": "NO"}
            case "no moment":
                for name in ("arrivalDateAndTime", "departureDateAndTime"):
                    body["Transport"].pop(name, None)

    # What comes

    def heard(self, letter: Message, _country: str) -> None:
        """React to a letter; most are only read."""
        match letter.ie:
            case "IE028":
                self._numbered(letter)
            case "IE056" if self.fault and self.will["mend"] and not self.mrn:
                self.fault = ""
                self.sim.later(1, self.declare)
            case "IEN62" if self.will["answer"]:
                asked = Place.of(letter.key).case_id
                body = notices.about(self.mrn, self.notice.office,
                                     TransitOperation={"text": "Packed by us."})
                self.sim.later(self.random.choice((1, 5, 30)),
                               lambda: self.send("CCN63N", body, asked))

    def _numbered(self, letter: Message) -> None:
        if self.mrn:                                    # of the one that takes its place
            self.newer = letter.movement
            self.sim.later(0.1, lambda: self.cancel(self.newer))
        else:
            self.mrn = letter.movement
            self._first()
        self.sim.prenotified[letter.movement] = self

    def _first(self) -> None:
        """Do with the first of its prenotifications whatever its will is."""
        draw = self.random
        if self.will["correct"]:
            self.sim.later(0.1, lambda: self.send("CC013N", notices.about(
                self.mrn, self.notice.office)))
        if self.will["replace"]:
            self.sim.later(draw.choice((0.1, 1)), self.replace)
        if self.will["cancel"]:
            other = draw.choice(["", self.mrn, self.sim.unknown_mrn, *self.sim.prenotified])
            self.sim.later(draw.choice((0.1, 1, 20)), lambda: self.cancel(other))
        if self.will["asked"]:
            of = draw.choice(self.sim.parties[COUNTRY])
            self.sim.later(0.1, lambda: self._act(
                "ask-information", self.mrn, {"text": "Who packed it?", "of": of}))
        if self.will["come"]:
            self.sim.later(max(0.1, self.hours), self.come)

    # What it does by itself

    def replace(self) -> None:
        """File a new one that names the one whose place it takes, perhaps at another office."""
        new = self.notice._replace(lrn=f"{self.notice.lrn}B", replaces=self.mrn)
        if self.will["moves"]:
            new = new._replace(office=self.random.choice(notices.offices(new.mode, COUNTRY)))
        self.sim.by_lrn[f"{self.party}:{new.lrn}"] = self
        self.new_office = new.office
        self.send("CC015N", notices.declared(new))

    def cancel(self, new: str) -> None:
        """Ask for the cancellation of the first, naming what takes its place, or not rightly."""
        invalidation = {"justification": "Wrong goods."} | ({"replacedByMRN": new} if new else {})
        party = self.random.choice(self.sim.parties[COUNTRY]) if self.random.random() < 0.1 \
            else self.party
        self.send("CC014N", notices.about(
            self.mrn, self.notice.office, Invalidation=invalidation), party)

    def come(self) -> None:
        """Come to the border and show the MRN or the slip; some come twice."""
        shown = self.random.choice(("mrn", "slip"))
        office = self.new_office if self.newer else self.notice.office
        self._act("present", self.newer or self.mrn, {"shown": shown}, office)
        self._act("notified", self._unnotified, {"mrn": self.newer or self.mrn})
        if self.random.random() < 0.1:
            self.sim.later(3, self.come)

    def _act(self, do: str, case: str, said: dict, office: str = "") -> None:
        self.sim.act(self.sim.house[COUNTRY], office or self.notice.office, case, do, said)
