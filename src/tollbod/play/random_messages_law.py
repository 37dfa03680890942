"""The law of random messages: none is refused. Run short by the tests, long by hand.

    python -m tollbod.play.random_messages_law 10000 traders
    python -m tollbod.play.random_messages_law 2000 p5 CC015C CC013C
    python -m tollbod.play.random_messages_law 200 all
    python -m tollbod.play.random_messages_law 100 cases

A quarter each of the messages is judged alone, alone beside a register of parties, in a case, and
in a case beside the register. A seed repeats itself; with the decks of codes that a long run
has, the run does.
"""
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import Unwritten, drawn
from tollbod.play.random_messages_case import case_before, looked_at
from tollbod.play.random_messages_coverage import Coverage
from tollbod.play.random_messages_decks import Decks
from tollbod.rules.case_file import CaseFile
from tollbod.rules.check import check
from tollbod.spec.tables import PROFILES, messages, roots
from tollbod.wire.message import from_plain

DECLARATIONS = {"CC015C": "A", "CCA15D": "C"}   # declaration: forms that never follow it (place 3)
REGISTERED = "02468ACEGIKMOQSUWY"       # last signs of the numbers that a made-up register knows
# Who sends, in the words of the tables; offices send the rest. A receiver may be a trader too.
TRADER = re.compile("Trader|Holder|Carrier|Guarantor|authorised|Receiver")
IN_ONE_CASE = 8         # messages for which a case is made once


class Tally(NamedTuple):
    """What became of the messages of one kind."""

    root: str
    made: int
    attempts: int
    seconds: float                      # of making, not of checking
    refused: tuple[str, ...]            # seed and finding of each message that check refuses
    given_up: Counter


def traders(profile: str) -> tuple[str, ...]:
    """Return the messages that traders send to an office.

    >>> traders("p5")[:4], len(traders("p6"))
    (('CC007C', 'CC013C', 'CC014C', 'CC015C'), 20)
    """
    return tuple(root for root, about in messages(profile).items()
                 if root.startswith("CC") and TRADER.search(about.sender))


def known(number: str) -> bool:
    """Tell whether a made-up register of parties knows a number: half of them."""
    return number[-1:] in REGISTERED


def law(root: str, seeds: Iterable[int], profile: str = "p6", coverage: Coverage | None = None,
        decks: Decks | None = None, enough: int | None = None) -> Tally:
    """Return what became of one message a seed, until there are enough of them."""
    attempts, made, seconds, refused, given_up = 0, 0, 0.0, [], Counter()
    for seed in seeds:
        if made == enough:
            break
        register = known if seed % 2 else None
        case = _case(root, profile, seed // (4 * IN_ONE_CASE), register) if seed % 4 > 1 else None
        began = time.perf_counter()
        try:
            one = drawn(root, Random(seed), profile, case, register=register, decks=decks)
        except Unwritten as why:
            given_up[str(why)] += 1
            continue
        seconds += time.perf_counter() - began
        made, attempts = made + 1, attempts + one.attempts
        given_up.update(one.given_up)
        message = one.message
        refused += [f"{seed}: {found.rule} {found.path} {found.text}"
                    for found in check(message, earlier=case, register=register)[:1]]
        if coverage is not None:
            coverage.add(message, None if case is None else CaseFile(case, profile), register)
    return Tally(root, made, attempts, seconds, tuple(refused), given_up)


@lru_cache(maxsize=4)
def _case(root: str, profile: str, number: int, register) -> dict[str, dict] | None:
    """Return a case that messages come into; none for a message that looks at no other one."""
    if not looked_at(profile, root):
        return None
    return case_before(root, Random(f"{profile} {root} {number}"), profile, register)


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


def tallies(count: int, profile: str, wanted: Iterable[str], coverage: Coverage
            ) -> Iterator[Tally]:
    """Yield what became of so many messages of each kind, their codes dealt from decks."""
    decks = Decks(Random(count), coverage.today)
    for root in wanted:
        yield law(root, range(2 * count), profile, coverage, decks, enough=count)


def main(count: int, wanted: list[str]) -> None:
    """Print what became of so many messages of each kind, and what none of them reached."""
    only = [one for one in wanted if one in PROFILES]
    wanted = [one for one in wanted if one not in only]
    for profile in only or PROFILES:
        coverage = Coverage(profile, PREPARED)
        if wanted == ["cases"]:
            for declaration in DECLARATIONS.keys() & set(roots(profile)):
                for root, seed, why in cases(range(count), declaration, profile, coverage):
                    print(f"{profile} {root} after {declaration}, seed {seed}: {why[:150]}")
        else:
            named = {"all": roots, "traders": traders}.get(" ".join(wanted))
            for tally in tallies(count, profile, named(profile) if named else wanted, coverage):
                _print(coverage, tally)
        _print_coverage(coverage)


def _print(coverage: Coverage, tally: Tally) -> None:
    """Print what became of one kind."""
    untaken = sum(root == tally.root for root, _ in coverage.untaken())
    print(f"{coverage.profile} {tally.root}  made {tally.made}  attempts {tally.attempts}  "
          f"{tally.made / max(tally.seconds, 1e-9):.0f}/s  refused {len(tally.refused)} "
          f"{' | '.join(tally.refused[:3])}  branches not taken {untaken}  "
          f"codes not used {sum(1 for _ in coverage.unused())}  "
          f"{tally.given_up.most_common(2) or ''}", flush=True)


def _print_coverage(coverage: Coverage) -> None:
    """Print how much was reached, and what was not."""
    for name, value, unit in coverage.figures():
        print(f"{coverage.profile} {name:<32}{value:>8.2f} {unit}")
    for title, found in (("never stood", coverage.absent()), ("never used", coverage.unused()),
                         ("never taken", coverage.untaken()),
                         ("wrongly shut", coverage.wrongly_shut())):
        for one in found:
            print(coverage.profile, title, *one)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
