"""The life that the demo plays: a trader, officers at the border and a consignee, over HTTP.

After the transit one exit is prenotified (PRENOTIF-01, PRE-HOW-05) and its slip shown.

The messages are the files in golden/demo; only what must be new each time (identification, dates,
LRN, MRN) is changed. What passed is read from the stored history, by the number of its receipt.
"""
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tollbod.numbers import lrn
from tollbod.play import demo_world as world
from tollbod.play.client import Client, Refused
from tollbod.play.scenario_letters import made
from tollbod.play.scenario_words import Change
from tollbod.store.records import Message, Place
from tollbod.store.streams import Store
from tollbod.web.redacted import hidden
from tollbod.wire import forms

FILES = Path(__file__).parents[3] / "golden" / "demo"
BORDER, EXIT = "SE603340", "NO324001"
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.02
SERIAL_SECONDS = 0.1            # a serial number of an LRN lasts so long
# What is most worth seeing of each message: a path, and in words what it is.
TELLING = {
    "IE015": ("TransitOperation/LRN", "LRN"), "IE928": ("TransitOperation/LRN", "LRN"),
    "IE028": ("TransitOperation/MRN", "MRN"),
    "IE200": ("Guarantee/GuaranteeReference/amountConcerned", "asks for EUR"),
    "IE201": ("Guarantee/GuaranteeReference/GRN", "covered by"),
    "IE203": ("Guarantee/GuaranteeReference/amountConcerned", "reserves EUR"),
    "IE205": ("Guarantee/GuaranteeReference/GRN", "reserved on"),
    "IE209": ("TransitOperation/arrivalDateAndTimeActual", "credit, arrived"),
    "IE204": ("TransitOperation/releaseDate", "liability ends"),
    "IE029": ("ControlResult/code", "control result"),
    "IE050": ("CustomsOfficeOfTransitDeclared/arrivalDateAndTimeEstimated", "expected"),
    "IE001": ("Consignment/grossMass", "expected, kg"),
    "IE118": ("TransitOperation/passageDate", "crossed the border"),
    "IE007": ("TransitOperation/arrivalNotificationDateAndTime", "arrived"),
    "IE006": ("TransitOperation/arrivalDateAndTimeActual", "arrived"),
    "IE043": ("Consignment/grossMass", "may unload kg"),
    "IE044": ("UnloadingRemark/conform", "as declared (1: yes)"),
    "IE018": ("ControlResult/code", "control result"),
    "IE025": ("TransitOperation/releaseDate", "goods released"),
    "IE045": ("TransitOperation/writeOffDate", "written off"),
    "IEN25": ("TransitOperation/outcome", "at the border:"),
}


class Failed(Exception):
    """The life did not go as it should; the text says where."""


class Balance(NamedTuple):
    """What stands on the guarantee, EUR."""

    free: Decimal
    liable: Decimal


class Passing(NamedTuple):
    """One message on its way."""

    at: datetime
    ie: str
    root: str
    sender: str
    to: str
    telling: str


class Life(NamedTuple):
    """What was played, as the stored history tells it."""

    mrn: str
    trail: list[str]                # all messages but those about the guarantee (IE2xx)
    guarantee_trail: list[str]
    unfetched: list[str]
    before: Balance
    lowest: Decimal
    after: Balance
    prenotified: str                # MRN of the prenotification
    prenotification_trail: list[str]


def play(url: str, store: Store, show: Callable[[Passing], None]) -> Life:
    """Play one transit and one prenotification. Raises Failed, Refused, Unreachable."""
    stage = Stage(url, store, show)
    before = stage.balance()
    now = store.now(world.WORLD)            # its clock may have been moved in an earlier demo
    stage.declare(_reference(now), now)
    stage.await_message(stage.trader, "IE029")
    lowest = stage.balance().free
    stage.cross()
    stage.arrive()
    stage.await_message(stage.consignee, "IE043")
    stage.unload()
    stage.await_message(stage.trader, "IE045")
    stage.await_message(stage.consignee, "IE025")
    stage.await_balance(before)
    rows, mrn = stage.pass_by(), stage.mrn
    kinds = [row.ie for row in rows]
    after, unfetched = stage.balance(), stage.unfetched(rows)
    stage.prenotify(_reference(store.now(world.WORLD)))
    return Life(mrn, [ie for ie in kinds if not ie.startswith("IE2")],
                [ie for ie in kinds if ie.startswith("IE2")], unfetched, before, lowest, after,
                stage.mrn, [row.ie for row in stage.pass_by()])


def _reference(now: datetime) -> str:
    """Return an LRN that no earlier demo has used."""
    return lrn.issue("NO123456", now.date(), int(time.time() / SERIAL_SECONDS) % lrn.SERIALS)


class Stage:
    """Who plays, and what has passed so far."""

    def __init__(self, url: str, store: Store, show: Callable[[Passing], None]) -> None:
        self.store, self.show = store, show
        self.trader = Client(url, world.DECLARANT)
        self.consignee = Client(url, world.CONSIGNEE, http=self.trader.http)
        self.officer = Client(url, "officer", http=self.trader.http)
        self.key, self.mrn, self.shown = "", "", 0
        self.run = f"{time.time_ns() // 1_000_000:X}"
        self.markers = {client.party: _end_of(client) for client in (self.trader, self.consignee)}

    def declare(self, number: str, now: datetime) -> None:
        """Lodge the declaration under a new LRN."""
        office = "NO365001"
        self.key = f"{world.WORLD}/{office}/departure/{world.DECLARANT}:{number}"
        self._lodge(self.trader, "IE015", {
            "TransitOperation/LRN": number,
            "TransitOperation/limitDate": f"{now + timedelta(days=4):%Y-%m-%d}",
            "CustomsOfficeOfTransitDeclared[1]/arrivalDateAndTimeEstimated":
                f"{now + timedelta(hours=4):%Y-%m-%dT%H:%M:%S}"})

    def cross(self) -> None:
        """Let the officer at the border register the crossing."""
        self._act(BORDER, "crossing")
        self.await_row("IE118")

    def prenotify(self, number: str) -> None:
        """Prenotify an exit by road, three hours before; the lorry then shows the slip."""
        self.key = f"{world.WORLD}/{EXIT}/prenotification/{world.DECLARANT}:{number}"
        self.mrn, self.shown = "", 0
        leaves = self.store.now(world.WORLD) + timedelta(hours=3)
        self._lodge(self.trader, "IE015", {
            "TransitOperation/LRN": number,
            "Transport/departureDateAndTime": f"{leaves:%Y-%m-%dT%H:%M:%S}"}, "-prenotification")
        self.await_message(self.trader, "IE028")
        self._act(EXIT, "present", shown="slip")
        self.await_message(self.trader, "IEN25")

    def _act(self, office: str, what: str, **details: str) -> None:
        """Let an officer act on the case."""
        told = self.officer.post("/test/officer", {
            "office": office, "case": self.mrn, "do": what, "id": f"{self.run}-{what}"} | details)
        if told["refused"]:
            raise Failed(f"{what} was refused: {told['refused'][0]['text']}")

    def arrive(self) -> None:
        """Lodge the arrival notification of the authorised consignee."""
        self._lodge(self.consignee, "IE007", {
            "TransitOperation/MRN": self.mrn,
            "TransitOperation/arrivalNotificationDateAndTime": self._now()})

    def unload(self) -> None:
        """Lodge the unloading remarks."""
        self._lodge(self.consignee, "IE044", {
            "TransitOperation/MRN": self.mrn, "UnloadingRemark/unloadingDate": self._now()[:10]})

    def _now(self) -> str:
        return f"{self.store.now(world.WORLD):%Y-%m-%dT%H:%M:%S}"

    def _lodge(self, client: Client, ie: str, changes: dict[str, str], variant: str = "") -> None:
        header = {"messageIdentification": f"DEMO-{self.run}-{ie}{variant[:2]}",
                  "preparationDateAndTime": self._now()}
        data = made((FILES / f"{ie}{variant}.xml").read_bytes(),
                    [Change(path, value) for path, value in (header | changes).items()], str)
        client.lodge(data)
        self.pass_by()

    def await_message(self, client: Client, ie: str) -> None:
        """Wait until a message has come to a party; any refusal on the way ends the demo."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            rows = client.mailbox(self.markers[client.party], wait=1.0)
            self.pass_by()
            for row in rows:
                self.markers[client.party] = row["marker"]
                if row["ie"] in ("IE056", "IE057", "IE055", "IE917"):
                    raise Failed(f"{row['ie']} has come: {client.message(row['id']).decode()}")
                self.mrn = self.mrn or row["mrn"]
                if row["ie"] == ie:
                    return
        raise Failed(f"{ie} has not come to {client.party} after {PATIENCE_SECONDS:.0f} s")

    def await_row(self, ie: str) -> None:
        """Wait until a message between offices is in the history."""
        end = time.monotonic() + PATIENCE_SECONDS
        while ie not in [row.ie for row in self.pass_by()]:
            if time.monotonic() > end:
                raise Failed(f"{ie} was not sent within {PATIENCE_SECONDS:.0f} s")
            time.sleep(LOOK_SECONDS)

    def await_balance(self, wanted: Balance) -> None:
        """Wait until the guarantee is where it was; the caller tells what it is if it never is."""
        end = time.monotonic() + PATIENCE_SECONDS / 6
        while self.balance() != wanted and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)

    def balance(self) -> Balance:
        """Return what stands on the guarantee."""
        told = self.trader.get(f"/guarantees/{world.GRN}")
        return Balance(_euro(told["available_cent"]), _euro(told["still_liable_cent"]))

    def pass_by(self) -> list[Message]:
        """Show what has passed since the last look; all messages of the movement, in order."""
        rows = [row for row in self.store.movement_rows(world.WORLD, self.key)
                if row.ie.startswith("IE")]
        for row in rows[self.shown:]:
            self.show(_passing(row))
        self.shown = len(rows)
        return rows

    def unfetched(self, rows: list[Message]) -> list[str]:
        """Return the messages that GET /messages/{id} does not give an officer as they are stored.

        Access codes excepted, which are shown to sender and receiver only.
        """
        missing = []
        for row in rows:
            try:
                same = self.officer.message(str(row.receipt)) == hidden(row.body)
            except Refused:
                same = False
            if not same:
                missing.append(f"{row.ie} {row.receipt}")
        return missing


def _end_of(client: Client) -> int:
    """Return the marker of the last message that a party was sent."""
    marker = 0
    while rows := client.mailbox(marker):
        marker = rows[-1]["marker"]
    return marker


def _passing(row: Message) -> Passing:
    message = forms.read(row.body)
    path, words = TELLING.get(row.ie, ("TransitOperation/MRN", "MRN"))
    to, origin = Place.of(row.key), Place.of(row.origin) if row.origin else None
    return Passing(row.at, row.ie, message.kind, origin.office if origin else row.sender,
                   to.case_id if to.role == "mailbox" else to.office,
                   f"{words} {message.get(path)}")


def _euro(cent: int) -> Decimal:
    return Decimal(cent).scaleb(-2)
