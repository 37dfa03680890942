"""Do the tests notice a slip in the judge, the rules or the conditions? Makes many and counts.

    python tools/mutants.py                     a sample of 200, another with each --seed
    python tools/mutants.py --all               every mutant: an hour or two on two cores
    python tools/mutants.py --all mass judge    every mutant of these files, or of the `table`

A mutant is the code of tollbod.rules with one small change (mutants_code), or the table of
conditions with one (mutants_conditions). Each gets a process of its own, in which it is imported
and the tests that judge are run until one fails. Prints the score by file and by group, and each
mutant that lived. Ends with 1 if a group's score is below the floor: in a sample, so far below that
chance alone would not explain it.
"""
import argparse
import os
import random
import resource
import select
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import comb
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

import mutants_code
import mutants_conditions
import mutants_tests
from mutants_code import Mutant

RULES = ROOT / "src/tollbod/rules"
JUDGE = ("judge", "judge_places", "judge_tests", "judge_words", "conditions",
         "conditions_notation", "case_file")
CHECK = ("check", "structure", "values", "codes", "patterns")
GROUPS = ("judge", "check", "rules by subject", *mutants_conditions.GROUPS)
TIME_LIMIT = 900        # seconds, for one mutant on a busy machine
FLOOR = 0.9
CHANCE = 0.001          # a sample is below it only where luck would hardly explain it
MEMORY, WORK = 4 << 30, 120
EQUAL = ROOT / "tools" / "mutants_equal.txt"


def code_mutants() -> list[Mutant]:
    """Return every mutant of the code."""
    found = []
    for path in sorted(RULES.rglob("*.py")):
        name = path.relative_to(RULES).with_suffix("").as_posix()
        group = "judge" if name in JUDGE else "check" if name in CHECK else "rules by subject"
        found += mutants_code.mutants(path, group, name, mutants_tests.put_in_place)
    return found


class Order:
    """Which tests are asked first: what is named alike, then what killed a neighbour."""

    def __init__(self):
        self.killers: dict[tuple, set[str]] = defaultdict(set)

    def learn(self, mutant: Mutant, killer: str) -> None:
        """Remember what killed a mutant."""
        self.killers[mutant.file, mutant.where].add(killer)
        self.killers[mutant.file, ""].add(killer)

    def first(self, mutant: Mutant, test: str) -> int:
        """Return a low number for a test that is likely to notice the mutant soon."""
        if any(hint in test for hint in mutant.hints):
            return 0
        for n, where in enumerate((mutant.where, ""), 1):
            if test in self.killers[mutant.file, where]:
                return n
        return 4 if any(word in test for word in mutants_tests.SLOW) else 3


def ask(mutant: Mutant | None, order: Order) -> str:
    """Put a mutant in place, in this process, and return the test that noticed it."""
    if mutant is None:
        name = mutants_tests.module("values")
        return next(filter(None, (mutants_tests.killer(name, group, lambda _: 0)
                                  for group in mutants_tests.FILES)), "")
    mutant.install()
    if mutant.group in mutants_conditions.GROUPS:
        return mutants_tests.killer_of_condition(mutant.hints)
    return mutants_tests.killer(mutants_tests.module(mutant.file), mutant.group,
                                lambda test: order.first(mutant, test))


def started(mutant: Mutant | None, order: Order) -> tuple[int, int]:
    """Start a process that asks about one mutant; return its number and where it will answer."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        return child, read
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (WORK, WORK))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        try:
            answer = ask(mutant, order)
        except BaseException as fault:      # noqa: BLE001 - a mutant may raise anything
            answer = f"a {type(fault).__name__}"
        os.write(write, (answer or "lived").encode()[:4000])
    finally:
        os._exit(0)


def played(mutants: Iterable[Mutant | None], order: Order,
           at_once: int) -> Iterator[tuple[Mutant | None, str]]:
    """Yield each mutant and what noticed it (empty: it lived), in the order in which they end."""
    waiting = iter(mutants)
    running: dict[int, tuple] = {}
    while True:
        while len(running) < at_once and (one := next(waiting, running)) is not running:
            child, pipe = started(one, order)
            running[pipe] = (one, child, time.monotonic() + TIME_LIMIT)
        if not running:
            return
        ready, _, _ = select.select(list(running), [], [], 0.5)
        for pipe, (one, child, until) in list(running.items()):
            late = time.monotonic() > until
            if pipe not in ready and not late:
                continue
            answer = os.read(pipe, 4000).decode() if pipe in ready else "the time limit"
            _gone(child)
            os.close(pipe)
            del running[pipe]
            yield one, "" if answer == "lived" else answer or "a crash"


def _gone(child: int) -> None:
    """End a process that we started, with all that it started."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)


def chosen(every: list[Mutant], options) -> list[Mutant]:
    """Return the mutants to be played, in an order that only the seed decides."""
    if options.files:
        every = [one for one in every if one.file in options.files]
    random.Random(options.seed).shuffle(every)
    return every if options.all else every[:options.number]


def equal() -> dict[tuple[str, str, str], str]:
    """Return the mutants that change nothing anyone could notice, each with the reason."""
    rows = EQUAL.read_text(encoding="utf-8").splitlines()[1:]
    cells = ([cell.strip() for cell in row.split(" | ")] for row in rows)
    return {(file, where, change): why for file, where, change, why in cells}


def until(mutants: list[Mutant], seconds: float) -> Iterator[Mutant]:
    """Yield mutants as long as there is time."""
    end = time.monotonic() + (seconds or float("inf"))
    for one in mutants:
        if time.monotonic() > end:
            return
        yield one


def told(results: list[tuple[Mutant, str]], sizes: Counter) -> bool:
    """Print the scores and the mutants that lived; tell whether every group is good enough."""
    for one, killer in sorted(results, key=lambda pair: (pair[0].file, pair[0].line)):
        if not killer:
            print(f"lived  {one.file}:{one.line} {one.where} | {one.change}")
    good = True
    for group in GROUPS:
        here = [(one, killer) for one, killer in results if one.group == group]
        if not here:
            continue
        for file in sorted({one.file for one, _ in here}):
            _score(f"  {file}", [killer for one, killer in here if one.file == file])
        score = _score(group, [killer for _, killer in here])
        lived = sum(not killer for _, killer in here)
        if chance(lived, len(here), max(sizes[group], len(here))) < CHANCE:
            print(f"{group}: {score:.1%} of {len(here)} is below the floor of {FLOOR:.0%}")
            good = False
    _score("all", [killer for _, killer in results])
    return good


def chance(lived: int, played: int, size: int) -> float:
    """Return how likely so many live of those played, if as many of the group do as may.

    >>> chance(1, 10, 10), chance(2, 10, 10)        # all were played: one of ten may live
    (1.0, 0.0)
    >>> round(chance(2, 3, 1000), 3), round(chance(30, 150, 1000), 4)
    (0.028, 0.0)
    """
    may = round((1 - FLOOR) * size)
    return sum(comb(may, k) * comb(size - may, played - k)
               for k in range(lived, played + 1)) / comb(size, played)


def _score(name: str, killers: list[str]) -> float:
    dead = sum(map(bool, killers))
    print(f"{name:32} {dead:5} of {len(killers):5} noticed  {dead / len(killers):6.1%}")
    return dead / len(killers)


def main() -> int:
    """Play the mutants that were asked for."""
    options = _options()
    order, began = Order(), time.monotonic()
    mutants_tests.prepare()
    (_, fault), = played([None], order, 1)
    if fault:
        print(f"mutants: without any change {fault} fails")
        return 2
    known = equal()
    every = [one for one in code_mutants() if (one.file, one.where, one.change) not in known]
    table = mutants_conditions.mutants()
    sizes = Counter(one.group for one in [*every, *table])
    results = []
    for one, killer in played(until(chosen([*every, *table], options), options.seconds), order,
                              options.at_once):
        results.append((one, killer))
        order.learn(one, killer)
        if options.show:
            print(f"{killer or 'LIVED':60.60} {one.file}:{one.line} {one.change}", flush=True)
    good = told(results, sizes)
    print(f"{len(results)} of {sum(sizes.values())} mutants, seed {options.seed}, "
          f"{time.monotonic() - began:.0f} seconds; {len(known)} are known to be equal")
    return 0 if good else 1


def _options():
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("files", nargs="*", help="only these files of rules, or `conditions`")
    reader.add_argument("--seed", default="1")
    reader.add_argument("--number", type=int, default=200)
    reader.add_argument("--seconds", type=float, default=0, help="start none after that")
    reader.add_argument("--all", action="store_true")
    reader.add_argument("--at-once", type=int, default=2)
    reader.add_argument("--show", action="store_true", help="each mutant as it ends")
    return reader.parse_args()


if __name__ == "__main__":
    sys.exit(main())
