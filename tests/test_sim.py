"""Simulations: fixed seeds, the same seed twice, and fresh seeds for a while.

TOLLBOD_SIM_SECONDS says how long fresh seeds are played; a seed that fails is printed, with the
command that plays it again, and becomes one of the fixed ones.
"""
import os
import subprocess
import sys
import time

import pytest

from tollbod.play import sim
from tollbod.play.sim import Run
from tollbod.play.sim_inbox import illegal
from tollbod.store.records import Message

NORTH = ("NO", "SE", "DE")
SECURE = ("NO", "SE", "DE", "GB")           # one of them stands outside the security area
SECONDS = float(os.environ.get("TOLLBOD_SIM_SECONDS", "0"))
# Seeds that once failed, and a few others.
FIXED = (Run(1, 20, NORTH, False), Run(2, 20, NORTH, True), Run(12, 50, SECURE, True),
         Run(4, 50, SECURE, True), Run(9, 50, SECURE, True), Run(13, 50, NORTH, True),
         Run(3, 20, ("NO", "GB"), True))


def judge(run):
    played, found = sim.play(run)
    assert not found, "\n" + sim.story(run, played, found)
    return played


@pytest.mark.parametrize("run", FIXED, ids=lambda run: run.command.removeprefix("./tollbod "))
def test_a_fixed_seed_breaks_nothing(run):
    played = judge(run)
    assert any(one.mrn for one in played.movements)


@pytest.mark.skipif(not SECONDS, reason="fresh seeds: TOLLBOD_SIM_SECONDS=60, or tollbod sim")
def test_fresh_seeds_break_nothing():
    end, seed = time.monotonic() + SECONDS, time.time_ns() // 1_000_000 % 10**9
    while time.monotonic() < end:
        judge(Run(seed, 30, SECURE, True))
        seed += 1


def test_the_same_seed_gives_the_same_trace_in_another_process():
    """Also where strings hash otherwise: nothing depends on the order of a set."""
    run = "import sys; from tollbod.play import sim; " \
          "print(sim.play(sim.Run(7, 12, ('NO', 'SE', 'DE'), True))[0].trace)"
    traces = {subprocess.run([sys.executable, "-c", run], check=True, text=True,
                             env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path()},
                             capture_output=True).stdout.splitlines()[-1] for seed in "12"}
    assert traces == {sim.play(Run(7, 12, NORTH, True))[0].trace}


def path():
    return os.pathsep.join(filter(None, sys.path))


def test_faults_do_happen():
    played, _ = sim.play(Run(2, 40, NORTH, True))
    assert sum(house.crashes for house in played.houses) > 5
    assert any(line.stray for line in played.lines) or played.steps


@pytest.mark.parametrize("told, why", [
    ("IE928 IE028 IE029 IE045", ""),
    ("IE928 IE056 IE928 IE028 IE060 IE051", ""),
    ("IE928 IE028 IE028", "IE028 more than 1 times"),
    ("IE928 IE029", "IE029 without IE028 before it"),
    ("IE928 IE028 IE051 IE029", "IE029 after IE051"),
    ("IE928 IE028 IE045", "IE045 without IE029 before it"),
    ("IE928 IE043", "IE043 is not a letter of the office of departure"),
])
def test_the_grammar_of_a_traders_inbox(told, why):
    rows = [Message("k", n, n, "", "", ie, "", "", None, b"") for n, ie in enumerate(told.split())]
    assert illegal("departure", rows) == why


def test_prenotifications_are_played_pure_and_combined():
    """PRENOTIF-04: before entry moves to ICS2 each kind goes its way, and each law is asked."""
    found = set()
    for seed in range(1, 7):
        played = judge(Run(seed, 30, SECURE, True))
        house = played.house["NO"]
        found |= {(one.notice.flow, house.tables.streams[key].phase)
                  for one in played.prenotifications
                  for key in house.tables.streams
                  if key.endswith(f"/prenotification/{one.party}:{one.notice.lrn}")}
        found |= {"combined" for one in played.movements if one.trade.entry and one.mrn}
        found |= {"with exit" for one in played.movements if one.trade.exit and one.mrn}
    assert found >= {("ENTRY", "closed"), ("EXIT", "closed"), ("ENTRY", "rejected"),
                     ("EXIT", "cancelled"), "combined", "with exit"}
