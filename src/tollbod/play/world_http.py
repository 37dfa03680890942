"""A world played against a running customs house: a sandbox of its own there, reached over HTTP.

Knows the paths of the test environment. Has the same methods as `world.World`, as far as anybody
outside can do the same: it cannot speak for an office, nor hold back a decision.
"""
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec

from tollbod.case.model import Party
from tollbod.office.roles import ROLES
from tollbod.play.client import TIMEOUT_SECONDS, Client, Refused, Unreachable
from tollbod.play import scenario_forms
from tollbod.play.scenario_words import Unplayable
from tollbod.play.world import Letter, Lodged, Movement, Standing, Told
from tollbod.risk.control_filter import Criterion

OFFICER = "officer"


class RemoteWorld:
    """One sandbox at a customs house; it is made when its scene is set, and removed at the end."""

    remote = True

    def __init__(self, url: str, at: datetime) -> None:
        self.url, self.at, self.name = url, at, ""
        self.http = httpx.Client(timeout=TIMEOUT_SECONDS)
        self.parties: dict[str, Party] = {}
        self.criteria: list[Criterion] = []
        self.first_acts: list[tuple] = []               # of the scene: before there is a world
        self.outcomes: dict[str, Told] = {}
        self.clients: dict[str, Client] = {}
        self.bodies: dict[str, bytes] = {}

    def close(self) -> None:
        """Remove the sandbox."""
        try:
            if self.name:
                self._officer().call("DELETE", f"/test/worlds/{self.name}")
        except (Refused, Unreachable):
            pass                                        # it is the house's to clear up
        self.http.close()

    # Settings

    def party(self, party: Party) -> None:
        """Note a trader for the register."""
        self.parties[party.id] = party

    def speaks(self, party: str, form: str) -> None:
        """Note the form in which a trader speaks."""
        self.party(msgspec.structs.replace(self.parties[party], form=form))

    def filter(self, criteria: Iterable[Criterion]) -> None:
        """Note the control filter."""
        self.criteria = list(criteria)

    def acceptance_by_officer(self) -> None:
        """Say that another house's national profile is not ours to change."""
        raise Unplayable("acceptance by officer is a country's profile: only in this process")

    def regime(self, _name: str) -> None:
        """Say that this cannot be done from outside."""
        raise Unplayable("the regime is a setting of the installation: only in this process")

    def _make(self) -> None:
        """Make the sandbox, and do the acts of the scene."""
        body = {"clock": self.at.isoformat(),
                "parties": msgspec.to_builtins(list(self.parties.values())),
                "criteria": [{name: value for name, value in msgspec.to_builtins(one).items()
                              if value is not None} for one in self.criteria]}
        told = Client(self.url, OFFICER, http=self.http).open_post("/test/worlds", body)
        self.name = told["world"]
        for one in self.first_acts:
            self.act(*one)

    def _client(self, party: str) -> Client:
        if party not in self.clients:
            self.clients[party] = Client(self.url, party, world=self.name, http=self.http)
        return self.clients[party]

    def _officer(self) -> Client:
        return self._client(OFFICER)

    # What goes in

    def lodge(self, party: str, data: bytes) -> Lodged:
        """Lodge a message as a trader."""
        try:
            told = self._client(party).lodge(data)
        except Refused as error:
            found = tuple((one["code"], one["rule"], one["path"])
                          for one in error.told.get("findings") or ())
            return Lodged("refused", 0, error.status, found)
        return Lodged(told["verdict"], int(told["id"]))

    def act(self, office: str, case: str, do: str, ident: str, details: dict[str, Any]) -> Told:
        """Do an officer's act; the house tells its outcome at once, and it is kept."""
        if not self.name:
            self.first_acts.append((office, case, do, ident, details))
            return Told()
        body = {name: value for name, value in details.items() if value is not None}
        body |= {"office": office, "case": case, "do": do, "id": ident}
        try:
            told = self._officer().post("/test/officer", body)
        except Refused as error:
            if error.status != 404:
                raise ValueError(f"the act was answered {error.status}: {error}") from error
            return Told((("404", str(error)),), 404)
        if not told["decided"]:
            raise TimeoutError("the act is not decided; its case may have been set aside")
        self.outcomes[ident] = Told(tuple((one["code"], one["text"]) for one in told["refused"]))
        return Told()

    def outcome(self, ident: str) -> Told:
        """Tell what came of an act."""
        return self.outcomes.pop(ident)

    def settle(self) -> None:
        """Wait until everything is decided; the first time, make the world."""
        if not self.name:
            self._make()
        self.advance(timedelta(0))

    def advance(self, span: timedelta) -> None:
        """Move the clock on; timers fire on the way."""
        self._officer().post("/test/clock", {"advance": f"PT{int(span.total_seconds())}S"})

    # What can be looked up

    def now(self) -> datetime:
        """Return what the world's clock shows."""
        return datetime.fromisoformat(self._officer().get("/test/clock")["now"])

    def mailbox(self, party: str, after: int) -> list[Letter]:
        """Return what was sent to a party after number `after`."""
        client = self._client(party)
        letters = []
        for row in client.mailbox(after):
            body = client.message(row["id"])
            letters.append(Letter(row["marker"], int(row["id"]), row["ie"], party,
                                  _sender(body), row["mrn"], body))
        return letters

    def office_letters(self, mrn: str) -> list[Letter]:
        """Return all messages of a movement between offices, in order."""
        letters = []
        for event in self._officer().get(f"/movements/{mrn}")["timeline"]:
            sender, to = _office(event["from"]), _office(event.get("to", ""))
            if event["what"].startswith("IE") and sender and to:
                if event["id"] not in self.bodies:
                    self.bodies[event["id"]] = self._officer().message(event["id"])
                letters.append(Letter(0, int(event["id"]), event["what"], to, sender, mrn,
                                      self.bodies[event["id"]]))
        return letters

    def standing(self, movement: Movement) -> list[Standing]:
        """Return where a movement stands at each office."""
        try:
            told = self._client(movement.party).get(f"/movements/{movement.mrn or movement.lrn}")
        except Refused:
            return []
        return [Standing(one["role"], one["office"], one["state"],
                         (one.get("waiting") or {}).get("for", "")) for one in told["offices"]]

    def guarantee(self, grn: str) -> str:
        """Return the state of a guarantee."""
        return self._guarantee(grn).get("state", "none")

    def balance(self, grn: str, account: str) -> int:
        """Return what stands on an account of a guarantee, in cent."""
        name = {"free": "available_cent", "liable": "still_liable_cent"}[account]
        return self._guarantee(grn).get(name, 0)

    def _guarantee(self, grn: str) -> dict[str, Any]:
        try:
            return self._officer().get(f"/guarantees/{grn}")
        except Refused:
            return {}

    def tasks(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return the open tasks: name, office, acts."""
        return [(one["name"], one["office"], tuple(one["acts"]))
                for one in self._officer().get("/desk/tasks")["tasks"]]

    def held(self) -> list[str]:
        """Return what was set aside, with its reason."""
        return [one["text"] for one in self._officer().get("/desk/tasks")["tasks"]
                if one["name"] == "held"]


def _sender(body: bytes) -> str:
    """Return who sent a message, as far as its form says."""
    return scenario_forms.read(body).sender


def _office(said: str) -> str:
    """Return the office of `departure NO365001`; empty for a party."""
    role, _, office = said.partition(" ")
    return office if role in ROLES else ""
