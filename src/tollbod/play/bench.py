"""`./tollbod bench`: measures, one JSON line a figure, the disk's fsync time beside every figure.

Figures are of this machine at this moment; compare ratios and medians, not single runs.
"""
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits

from rich.console import Console

from tollbod.documents import kinds
from tollbod.play import (
    bench_edifact, bench_guarantee, bench_ics2, bench_lives, documents_golden,
)
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import random_message
from tollbod.play.random_messages_coverage import Coverage
from tollbod.play.random_messages_law import tallies, traders
from tollbod.play.specimen import declaration
from tollbod.rules.check import check
from tollbod.rules.explain import everything
from tollbod.spec.tables import PROFILES
from tollbod.store import schema
from tollbod.store.server import Server
from tollbod.wire import xml
from tollbod.wire.message import Node

Figures = Iterator[tuple[str, float, str]]
ITEMS = 9                       # makes a declaration of 10 kB
RANDOM = 100                    # random messages of each kind that traders send
MANY = 10_000                   # the same where all is to be reached: that takes half an hour
SECONDS = 12.0                  # how long the lives are played
DOCUMENTS_SECONDS = 3.0         # of processor time for each kind of document
STEADY = 12.0                   # lives per second while the latency is measured


def _rate(work: Callable[[], object], seconds: float = 2.0) -> float:
    """Return how often a second `work` can be done: the best of three spells (a shared machine)."""
    best = 0.0
    for _ in range(3):
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds / 3:
            work()
            done += 1
        best = max(best, done / (time.perf_counter() - began))
    return best


def _declarations() -> Iterator[bytes]:
    """Yield declarations of about 10 kB, again and again; their references differ."""
    return cycle([declaration(f"B{n}", f"B{n}", bench_lives.GRN, ITEMS) for n in range(50)])


def parse(_conninfo: str) -> Figures:
    """Read a declaration of about 10 kB."""
    some = _declarations()
    yield "parse_size", len(next(some)) / 1000, "kB"
    yield "parse_per_second", _rate(lambda: xml.read(next(some))), "1/s"


def judging(_conninfo: str) -> Figures:
    """Read and judge a declaration of about 10 kB, all layers."""
    some = _declarations()
    assert not check(xml.read(next(some))), "the specimen must be judged in full"
    yield "check_per_second", _rate(lambda: check(xml.read(next(some)))), "1/s"
    yield "check_schema_per_second", _rate(lambda: check(xml.read(next(some)), "schema")), "1/s"


def writing(_conninfo: str) -> Figures:
    """Write a declaration of about 10 kB."""
    message = xml.read(next(_declarations()))
    yield "write_per_second", _rate(lambda: xml.write(message)), "1/s"


def documents(_conninfo: str) -> Figures:
    """Set accompanying documents with three pages of items, and slips, every text another one.

    Per second of this process's own processor time, all its threads: what one core would do.
    """
    sources = {"tad": "IE029.xml", "slip": "IE015-prenotification.xml"}
    seeds = count()
    for kind, name in sources.items():
        message = xml.read((documents_golden.GOLDEN / name).read_bytes(), None)
        texts = list(_texts(message.root))

        def one() -> None:
            seed = next(seeds)
            letters = _swapped(seed)
            for node, text in texts:
                node.text = text.translate(letters)
            told = f"BENCH{seed:017}"
            message.first("TransitOperation/LRN").text = told
            kinds.pdf(kind, message, "nb", {"mrn": told[-18:]})
        one()                                           # fonts and template are read once
        began, spent, done = time.process_time(), 0.0, 0
        while spent < DOCUMENTS_SECONDS:
            one()
            done, spent = done + 1, time.process_time() - began
        yield f"documents_{kind}_per_core_second", done / spent, "1/s"


def _texts(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield the values that differ from message to message: no codes, offices, dates."""
    for child in node.children:
        yield from _texts(child)
        if child.text and len(child.text) > 2 and child.name != "referenceNumber" \
                and "ate" not in child.name:
            yield child, child.text


def _swapped(seed: int) -> dict[int, str]:
    """Return other letters and figures for each."""
    found = {}
    for alike in (ascii_uppercase, ascii_lowercase, digits):
        found |= zip(map(ord, alike), Random(seed).sample(alike, len(alike)))
    return found


def lives(conninfo: str) -> Figures:
    """Play whole lives, all durable."""
    yield from bench_lives.lives(conninfo, SECONDS, f"lives{time.time_ns()}")


def latency(conninfo: str) -> Figures:
    """Measure IE015 in to IE028 out at a steady rate."""
    yield from bench_lives.latency(conninfo, STEADY, SECONDS, f"steady{time.time_ns()}")


def making(_conninfo: str) -> Figures:
    """Make random valid declarations, judge some of every trader's message, count what is reached.
    """
    seeds = count()
    random_message("CC015C", Random(0))                 # the tables and lists are read once
    yield "random_declarations_per_second", _rate(
        lambda: random_message("CC015C", Random(next(seeds)))), "1/s"
    yield from _messages(RANDOM)


def whole(_conninfo: str) -> Figures:
    """Make 10,000 random messages of every kind that traders send, in both phases, and judge each.
    """
    yield from _messages(MANY)


def _messages(count: int) -> Figures:
    """Make and judge messages of traders, and count what they reach."""
    for profile in PROFILES:
        coverage = Coverage(profile, PREPARED)
        found = list(tallies(count, profile, traders(profile), coverage))
        for tally in found:
            for said in tally.refused:
                print(f"bench: {profile} {tally.root} refused, seed {said}", file=sys.stderr)
        yield f"random_{profile}_kinds", float(len(found)), ""
        yield f"random_{profile}_made", float(sum(one.made for one in found)), ""
        yield f"random_{profile}_refused", float(sum(len(one.refused) for one in found)), ""
        for name, value, unit in coverage.figures():
            yield f"random_{profile}_{name}", value, unit


def rules(_conninfo: str) -> Figures:
    """Count the conditions and rules: judged, not checkable with their reason, over."""
    for kind in "CRGTB":
        told = [one for one in everything() if one["id"][0] == kind]
        for status in dict.fromkeys(one["status"] for one in told):
            name = f"rules_{kind}_{status.replace(' ', '_')}"
            yield name, float(sum(one["status"] == status for one in told)), ""


# name: measure, whether it needs a database
BENCHES: dict[str, tuple[Callable[[str], Figures], bool]] = {
    "parse": (parse, False),
    "check": (judging, False),
    "write": (writing, False),
    "rules": (rules, False),
    "random": (making, False),
    "random whole": (whole, False),
    "documents": (documents, False),
    "edifact": (bench_edifact.figures, False),
    "lives": (lives, True),
    "latency": (latency, True),
    "hot guarantee": (bench_guarantee.hot, True),
    "ics2": (bench_ics2.figures, True),
}
LONG = ("random whole",)        # measured only when asked for by name


def run(name: str | None = None, json: bool = False) -> int:
    """Measure one bench or all; exit 2 for a name that does not exist."""
    if name and name not in BENCHES:
        Console(stderr=True).print(f"no bench {name!r}; there are {', '.join(BENCHES)}")
        return 2
    wanted = [name] if name else [one for one in BENCHES if one not in LONG]
    with tempfile.TemporaryDirectory(prefix="tollbod-bench-") as folder:
        fsync = bench_lives.fsync_ms(folder)
        if any(BENCHES[one][1] for one in wanted):
            with Server(Path(folder)) as conninfo:
                schema.migrate(conninfo)
                _measure(wanted, conninfo, fsync, json)
        else:
            _measure(wanted, "", fsync, json)
    return 0


def _measure(wanted: list[str], conninfo: str, fsync: float, as_json: bool) -> None:
    for one in wanted:
        for name, value, unit in BENCHES[one][0](conninfo):
            _print(name, value, unit, fsync, as_json)


def _print(name: str, value: float, unit: str, fsync: float, as_json: bool) -> None:
    figure = {"name": name, "value": round(value, 2), "unit": unit, "fsync_ms": round(fsync, 2)}
    if as_json:
        print(json.dumps(figure), flush=True)
    else:
        print(f"{name:<32}{value:>12,.1f} {unit:<8}  fsync {fsync:.2f} ms", flush=True)
