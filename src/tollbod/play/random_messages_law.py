"""The law of random messages: none is refused. Run short by the tests, long by hand.

    python -m tollbod.play.random_messages_law 2000 CC015C CC013C
    python -m tollbod.play.random_messages_law 200 all
    python -m tollbod.play.random_messages_law 100 cases
"""
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import Unwritten, drawn
from tollbod.play.random_messages_coverage import Coverage
from tollbod.rules.case_file import CaseFile
from tollbod.rules.check import check
from tollbod.spec.tables import roots
from tollbod.wire.message import from_plain

TRADERS = ("CC007C", "CC013C", "CC014C", "CC015C", "CC044C", "CC054C", "CC141C", "CC170C")
DECLARATIONS = {"CC015C": "A", "CCA15D": "C"}   # declaration: forms that never follow it (place 3)
REGISTERED = "02468ACEGIKMOQSUWY"       # last signs of the numbers that a made-up register knows


class Tally(NamedTuple):
    """What became of the messages of one kind."""

    root: str
    made: int
    attempts: int
    seconds: float                      # of making, not of checking
    refused: tuple[str, ...]            # seed and finding of each message that check refuses
    given_up: Counter


def known(number: str) -> bool:
    """Tell whether a made-up register of parties knows a number: half of them."""
    return number[-1:] in REGISTERED


def law(root: str, seeds: Iterable[int], profile: str = "p6", coverage: Coverage | None = None,
        register=None) -> Tally:
    """Return what became of one message a seed."""
    attempts, made, seconds, refused, given_up = 0, 0, 0.0, [], Counter()
    for seed in seeds:
        began = time.perf_counter()
        try:
            one = drawn(root, Random(seed), profile, register=register)
        except Unwritten as why:
            given_up[str(why)] += 1
            continue
        seconds += time.perf_counter() - began
        made, attempts = made + 1, attempts + one.attempts
        given_up.update(one.given_up)
        message = from_plain(profile, root, one.plain)
        refused += [f"{seed}: {found.rule} {found.path} {found.text}"
                    for found in check(message, register=register)[:1]]
        if coverage is not None:
            coverage.add(message, None, register)
    return Tally(root, made, attempts, seconds, tuple(refused), given_up)


def cases(seeds: Iterable[int], declaration: str, profile: str = "p6",
          coverage: Coverage | None = None) -> Iterator[tuple[str, int, str]]:
    """Yield kind, seed and finding of each message that is refused beside a declaration, and of
    each that could not be made: one of every kind after each declaration."""
    for seed in seeds:
        rng = Random(seed)
        case = {declaration: drawn(declaration, rng, profile, register=known).plain}
        for root in rng.sample(roots(profile), len(roots(profile))):
            if root in ("CC015C", "CCA15D") or root[2] == DECLARATIONS[declaration] or (
                    root == "CC013C" and declaration == "CCA15D"):
                continue
            try:
                plain = drawn(root, rng, profile, dict(case), register=known).plain
            except Unwritten as why:
                yield root, seed, f"not made: {why}"
                continue
            message = from_plain(profile, root, plain)
            for found in check(message, earlier=case, register=known)[:1]:
                yield root, seed, f"{found.rule} {found.path} {found.text}"
            if coverage is not None:
                coverage.add(message, CaseFile(dict(case), profile), known)
            if root not in ("CC013C", "CCA13D", "CDA13D"):
                case[root] = plain


def main(count: int, wanted: list[str], profile: str = "p6") -> None:
    """Print what became of so many messages of each kind, and what none of them reached."""
    coverage = Coverage(profile, PREPARED)
    if wanted == ["cases"]:
        for declaration in DECLARATIONS:
            for root, seed, why in cases(range(count), declaration, profile, coverage):
                print(f"{root} after {declaration}, seed {seed}: {why[:150]}")
    else:
        for root in roots(profile) if wanted == ["all"] else wanted:
            half = count // 2
            for register, seeds in ((None, range(half)), (known, range(half, count))):
                tally = law(root, seeds, profile, coverage, register)
                print(f"{root}  made {tally.made}  attempts {tally.attempts}  "
                      f"{tally.made / max(tally.seconds, 1e-9):.0f}/s  "
                      f"refused {len(tally.refused)} {' | '.join(tally.refused[:3])} "
                      f"{tally.given_up.most_common(2) or ''}")
    for name, value, unit in coverage.figures():
        print(f"{name:<32}{value:>8.2f} {unit}")
    for title, found in (("never stood", coverage.absent()), ("never used", coverage.unused()),
                         ("never taken", coverage.untaken())):
        for one in found:
            print(title, *one)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
