"""The command `sim`: simulations of several countries, seed by seed, and what broke in them.

Prints a line a seed. A violation is shown with the histories of its movement, the last events and
the smallest run found that breaks in the same way; then the exit code is 1.
"""
import json
import logging
import re
import time
from typing import NamedTuple

import structlog

from tollbod.national.countries import ZONES
from tollbod.play import sim_laws
from tollbod.play.sim_laws import Violation
from tollbod.play.sim_node import WORLD
from tollbod.play.sim_run import Simulation

SMALLER = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)      # movements of a smaller run
NEARBY = 10                                         # seeds that are tried with so many movements
SHRINK_SECONDS = 20.0


class Run(NamedTuple):
    """What a simulation is made of."""

    seed: int
    movements: int
    countries: tuple[str, ...]
    faults: bool

    @property
    def command(self) -> str:
        """Return the command line that plays it."""
        faults = " --faults" if self.faults else ""
        return (f"./tollbod sim --seed {self.seed} --movements {self.movements}{faults} "
                f"--countries {','.join(self.countries)}")


def run(seeds: str, movements: int, faults: bool, countries: str, minutes: float) -> int:
    """Play seeds `A` or `A..B`; with `minutes` go on with further seeds that long. Exit code."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    strange = [country for country in countries.split(",") if country not in ZONES]
    if strange:
        print(f"sim: no profile for {', '.join(strange)}; there are {', '.join(ZONES)}")
        return 2
    first, _, last = seeds.partition("..")
    seed, end = int(first), time.monotonic() + minutes * 60
    begun, played = time.monotonic(), 0
    while seed <= int(last or first) or time.monotonic() < end:
        this = Run(seed, movements, tuple(countries.split(",")), faults)
        sim, found = play(this)
        print(said(this, sim, len(found)), flush=True)
        if found:
            print(story(this, sim, found))
            return 1
        seed, played = seed + 1, played + movements
    seconds = time.monotonic() - begun
    print(f"{played} movements in {seconds:.1f} s, {played / seconds:.0f}/s: no violation")
    return 0


def play(this: Run) -> tuple[Simulation, list[Violation]]:
    """Play one simulation; what breaks a law."""
    sim = Simulation(this.seed, this.movements, this.countries, this.faults)
    sim.play()
    return sim, sim_laws.broken(sim)


def said(this: Run, sim: Simulation, violations: int) -> str:
    """Return the line about one seed."""
    decisions = sum(house.decisions for house in sim.houses)
    crashes = sum(house.crashes for house in sim.houses)
    stolen = sum(worker.store.stolen for house in sim.houses for worker in house.workers)
    return (f"seed {this.seed} trace {sim.trace}: {this.movements} movements, {sim.steps} events, "
            f"{decisions} decisions, {crashes} crashes, {stolen} refused turns, "
            f"{violations} violations")


def story(this: Run, sim: Simulation, found: list[Violation]) -> str:
    """Return what is wrong, what led to it, and how to see it again with as little as possible."""
    first = found[0]
    lines = [f"{one.law}: {one.movement}: {one.text}" for one in found[:10]]
    lines += ["", f"Seed {this.seed}, movement {first.movement}:", *_histories(sim, first.movement)]
    if first.law == "held":
        lines += ["", *(text for house in sim.houses for text in house.failures.values()
                        if first.movement)][:3]
    lines += ["", "Last events:", *list(sim.events)[-15:], "", f"Again: {this.command}"]
    smaller = shortest(this, first)
    if smaller:
        lines.append(f"Shorter: {smaller.command}")
    return "\n".join(lines)


def _histories(sim: Simulation, movement: str) -> list[str]:
    """Return every decision of every office on a movement, office by office."""
    lines = []
    for house in sim.houses:
        for key, row in sorted(house.tables.streams.items()):
            if row.passive or movement not in (row.movement, key) and not key.endswith(movement):
                continue
            lines.append(f"  {key.removeprefix(WORLD + '/')} is '{row.phase}'")
            lines += [f"    {one.at:%m-%d %H:%M} {_decision(one.what)}"
                      for one in house.store.history(key)[-25:]]
    return lines


def _decision(what: bytes) -> str:
    said = json.loads(what)
    if "to" not in said:
        return said["event"]
    sent = " ".join(ie for ie, *_ in said["sent"])
    why = f" refused: {said['refused'][0][3]}" if said["refused"] else ""
    return f"{said['event']}: {said['from']} -> {said['to']} (row {said['row']}) {sent}{why}"


def shortest(this: Run, violation: Violation) -> Run | None:
    """Return a smaller run that breaks the same law in the same way, if one is found in time."""
    end = time.monotonic() + SHRINK_SECONDS
    for movements in (few for few in SMALLER if few < this.movements):
        for seed in (this.seed, *range(1, NEARBY + 1)):
            if time.monotonic() > end:
                return None
            smaller = this._replace(seed=seed, movements=movements)
            if any(_alike(one, violation) for one in play(smaller)[1]):
                return smaller
    return None


def _alike(one: Violation, other: Violation) -> bool:
    """Tell whether two violations say the same but for the numbers in them."""
    def plain(text: str) -> str:
        return re.sub(r"\S*\d\S*", "#", text.splitlines()[0])
    return one.law == other.law and plain(one.text) == plain(other.text)
