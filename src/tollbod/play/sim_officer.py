"""The officers of a simulation: they take the tasks that the offices give them, well or badly.

Knows which acts a task offers and how an act is worded. While the simulation runs they act right,
late or never, and sometimes unasked; when it ends they resolve whatever is theirs.
"""
import random
from datetime import timedelta
from typing import Any

import msgspec

from tollbod.case.four_eyes import ANSWERS
from tollbod.case.model import ANY, Task
from tollbod.office.roles import ROLES
from tollbod.play.sim_node import WORLD, House
from tollbod.store.records import Place

PATIENCE = 40               # how often the same task is tried at the end, in the same state
# At the end: which act of a task an officer takes, the first that is offered.
BEST = ("confirm", "accept", "present", "no-risk", "control", "control-result", "seal",
        "release", "permit-unloading", "result", "cancel", "noted",
        "write-off", "resolve-discrepancies", "recover", "recovered", "answer",
        "remarks", "crossing", "exit")
ENDLESS = {"crossing", "exit"}      # at the end no goods come any more

UNASKED = ("depart", "incident", "control", "seal", "present", "ask-amendment", "cancel",
           "recover", "no-release", "release", "tell-guarantor", "refuse-cancel")


def foreseen(key: str, phase: str) -> list[str]:
    """Return the acts that the table of a stream foresees in a state, in the table's order."""
    role = ROLES.get(Place.of(key).role)
    rows = role.table if role else ()
    return list(dict.fromkeys(
        row.event.removeprefix("officer ") for row in rows
        if row.event.startswith("officer ") and row.state in (phase or "none", ANY)))


def case_of(key: str, movement: str) -> str:
    """Return how an officer names the case of a stream."""
    place = Place.of(key)
    return movement or place.case_id if place.role == "departure" else place.case_id


def details(draw: random.Random, do: str, role: str, well: bool = False) -> dict[str, Any]:
    """Word an act; `well`: as an officer does who wants to be done with it."""
    choose = draw.choice
    if role == "prenotification":
        return _of_prenotification(draw, do, well)
    if do == "control":
        return {"decision": "none" if well else choose(("none", "none", "yes", "documents"))}
    if do == "seal":
        return {"seals": [] if well else choose(([], ["NOSEAL7"], ["A1", "B2"]))}
    if do == "result":
        codes = ("A1", "A2") if role == "departure" else ("A1", "A2", "A2", "A5", "B1")
        fine = ("A2",) if role == "departure" else ("A2", "A2", "A5")      # G0017: broken seals
        return {"code": choose(fine if well else codes), "text": "Looked at."}
    if do == "remarks":
        good = well or draw.random() < 0.7
        done = well or draw.random() < 0.9
        return {"UnloadingRemark": {
            "conform": "1" if good else "0", "unloadingCompletion": "1" if done else "0",
            "unloadingDate": "2024-02-12", "unloadingRemark": "on paper"}}
    if do == "answer":
        code = "2" if well else choose(("1", "2", "3", "4"))
        return {"code": code, "text": "Found." if code in "24" else ""}
    if do == "incident":
        return {"code": "5", "text": "Delay", "country": "NO", "unlocode": "NOOSL"}
    if do == "ask-amendment":
        return {"errors": [{"path": "/CC015C/Consignment/grossMass", "code": "14"}]}
    if do in ("no-release", "cancel", "refuse-cancel", "refuse", "refuse-crossing"):
        return choose(({}, {"text": "An officer says so."}))
    return {}


def _of_prenotification(draw: random.Random, do: str, well: bool) -> dict[str, Any]:
    """Word an act on a prenotification."""
    if do == "ask-information":
        return {"text": "Who packed it?"} if well or draw.random() < 0.9 else {}
    if do == "control-result":
        result = ("satisfactory", "satisfactory", "stopped", "perhaps")
        return {"result": "satisfactory" if well else draw.choice(result)}
    if do == "present":
        return {"shown": draw.choice(("mrn", "slip"))}
    return draw.choice(({}, {"text": "An officer says so."}))


class Officers:
    """All officers of all houses."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim
        self.known: set[tuple] = set()              # tasks that somebody has looked at
        self.tried: dict[tuple, int] = {}

    def look(self, house: House) -> None:
        """Look at new tasks: somebody will take them, soon, late or never."""
        draw = self.sim.random
        for (key, name), (since, body) in list(house.tables.tasks.items()):
            mark = (house.country, key, name, since, body)
            if mark in self.known:
                continue
            self.known.add(mark)
            if draw.random() < 0.9:
                hours = draw.choice((0.1, 0.1, 0.5, 0.5, 2, 2, 8, 30, 150))
                self.sim.later(hours, lambda h=house, k=key, n=name: self.take(h, k, n))

    def take(self, house: House, key: str, name: str) -> None:
        """Take one of the acts of a task that is still open; perhaps come back to it."""
        draw, task = self.sim.random, house.store.task(key, name)
        if task is None or name == "held":
            return
        acts = msgspec.json.decode(task.body, type=Task).acts
        phase = house.tables.streams[key].phase
        lacks = set(acts) - set(foreseen(key, phase)) - set(ANSWERS)
        if lacks:
            offered = ", ".join(sorted(lacks))
            self.sim.wrong.append(f"{key}: task '{name}' offers {offered}, of which the table "
                                  f"knows nothing in '{phase}'")
        best = [do for do in BEST if do in acts] or [acts[0]]
        do = best[0] if draw.random() < 0.75 else draw.choice(acts)
        self.act(house, key, do)
        if draw.random() < 0.9:
            self.sim.later(draw.choice((0.1, 0.2, 0.2, 3, 20)), lambda: self.take(house, key, name))

    def unasked(self) -> None:
        """Do something that the table foresees, at any case, without being asked."""
        draw = self.sim.random
        house = draw.choice(self.sim.houses)
        keys = [key for key, row in house.tables.streams.items()
                if not row.passive and Place.of(key).role in ROLES]
        if not keys:
            return
        key = draw.choice(keys)
        acts = [do for do in foreseen(key, house.tables.streams[key].phase)
                if do != "register" and (do != "revoke" or draw.random() < 0.02)]
        if acts:
            self.act(house, key, draw.choice(acts))

    def unannounced(self) -> None:
        """Register goods that come to an office without notice, or of which nothing is known."""
        draw, sim = self.sim.random, self.sim
        house = draw.choice(sim.houses)
        office = draw.choice(list(filter(None, (
            *sim.offices[house.country], sim.borders[house.country], sim.exits[house.country]))))
        mrn = draw.choice([*sim.by_mrn, sim.unknown_mrn])
        do = draw.choice(("ask-crossing", "ask-exit", "arrival", "incident"))
        sim.act(house, office, mrn, do, details(draw, do, ""))

    def act(self, house: House, key: str, do: str, well: bool = False) -> bool:
        """Lodge an act at a case."""
        row, place = house.tables.streams[key], Place.of(key)
        said = details(self.sim.random, do, place.role, well)
        if do == "notified":
            some = sorted(self.sim.prenotified) or [self.sim.unknown_mrn]
            said = {"mrn": self.sim.random.choice(some)}
        return self.sim.act(house, place.office, case_of(key, row.movement), do, said)

    def finish(self) -> bool:
        """Take every open task that is not hopeless, as well as one can; whether there was any."""
        acted = False
        for house in self.sim.houses:
            for task in house.store.tasks(WORLD):
                row = house.tables.streams[task.key]
                mark = (house.country, task.key, task.name, row.phase)
                tries = self.tried.get(mark, 0)
                acts = msgspec.json.decode(task.body, type=Task).acts
                best = [do for do in BEST if do in acts and do not in ENDLESS]
                if not best or tries >= PATIENCE or task.name == "held":
                    continue
                self.tried[mark] = tries + 1
                do = best[0] if tries < PATIENCE - 5 else acts[-1]
                acted |= self.act(house, task.key, do, well=True)
        return acted


def opening() -> timedelta:
    """Return how long officers rest at the end before they try again: a shift."""
    return timedelta(hours=3)
