"""Scenarios: stories of transits that officers read and that the customs house plays.

A scenario is a text file, `*.scenario`. It begins with the story in words (`#`), then may set the
scene, then tells step by step what goes in (`>`), what must come out (`<`), and what the offices
hold afterwards. Every message to a trader must be expected, in order for each receiver, and every
finding of a rejection must be mentioned; anything else fails the scenario. Messages between offices
are held to the same as soon as one line expects a message to an office (`< IE001 to DE004851`).
Each message and each act is delivered twice: the second time must bring the first receipt and
change nothing.

    # A transit from Oslo over Svinesund to Hamburg, simplified at both ends.
    world usual at 2026-05-04T08:00Z
    > IE015 from trader: simplified.xml
    < IE928 to trader
    < IE028 to trader
    < IE029 to trader: declarationType=T1
    state departure released
    free 25NO3650010001230 7000.00
    waiting for carrier

The scene. `world usual at TIME` takes the traders and guarantees of `usual.world` (beside the file
or one folder up; `world gb` those of `gb.world`) and sets the clock; the other lines add to it, or
stand alone:

    party trader NO310000019 "Fjord Frakt" Oslo NO authorised C521
    guarantee 25NO3650010001230 type 1 holder trader has 10000.00 EUR code AC01 not valid in DE
    trader speaks edifact
    filter Consignment/HouseConsignment/ConsignmentItem/Commodity/descriptionOfGoods contains salmon
    acceptance by officer
    regime current

What goes in. A message is made from the template `messages/IE015.xml`, or from a FILE, with the
changes that the line names. A path may be only its end (`amountToBeCovered=3000`): it means the
highest place of the message that ends so. `Guarantee[2]/guaranteeType=0` is the second one,
`without Authorisation` takes a node out. In templates and values {MRN} {LRN} {id} {sender} {now}
{today+4} are filled in, {referral}, the reference of the last question of ICS2, and {ENS}, the MRN
of the entry summary declaration that a transit holds; {MRN A1} is the MRN of the declaration with
LRN A1, and {LRN} is a new one in a declaration, the last one otherwise. `at once` lodges a step
before anything of the step above is decided; `again` delivers the last message a third time. An
office may speak as well (`> IE118
from SE603340 to NO365001`; `to transit SE603340` where it has several roles): the last such message
between the two, or the template, with changes.

A party that `speaks edifact` sends each message as an interchange, and what comes to it must be
one: it is read back before it is compared. A FILE may be an interchange itself, `.edi`, in which
also {day+4} and {prepared} are filled in; it takes no changes.

    > IE015 from trader: declaration.edi
    > IE007 from consignee: simplifiedProcedure=0
    > officer NO365001: control decision=none
    > officer NO365001 on 25NO3650010001230: revoke
    > at once officer NO365001: present
    > after 45 min

What must come out, and what is held afterwards. `*` is any value. Under a rejection each finding
has its line: code, rule, and the end of its path. An act that is refused, and a message that intake
refuses, are told by a line of their own.

    < CONTRL to trader: action=7 reference=R1
    < IE056 to trader: rejectionCode=12
      finding 12 CL231 at declarationType
    refused 92: release needs first
    409 26
    state destination goods released
    state guarantee 25NO3650010001230 valid
    liable 25NO3650010001230 3000.00
    waiting for officer at departure
    task release at NO365001: present control seal release no-release
    no tasks
    held none
"""
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from tollbod.play.scenario_player import Player, Tell, scenario_of
from tollbod.play.scenario_words import Scenario, ScenarioError, Unplayable, opening

COLOURS = {">": "bold cyan", "<": "green"}


def run(files: list[Path], against: str | None = None) -> int:
    """Play scenario files, here or against a customs house; 0: all came true, 1: not, 2: unread.

    A folder stands for all stories in it.
    """
    console = Console(highlight=False)
    try:
        scenarios = [scenario_of(path) for path in found(files)]
    except (ScenarioError, OSError) as error:
        print(f"tollbod scenario: {error}", file=sys.stderr)
        return 2
    if against:
        from tollbod.play.client import Unreachable
        from tollbod.play.world_http import RemoteWorld
        try:
            return _play_all(console, scenarios, lambda at: RemoteWorld(against, at))
        except Unreachable as error:
            print(f"tollbod scenario: {error}", file=sys.stderr)
            return 2
    from tollbod.play.world import World
    from tollbod.store import schema, server
    try:
        with server.database() as conninfo:
            schema.migrate(conninfo)
            return _play_all(console, scenarios, lambda at: World(conninfo, fresh_name(), at))
    except server.ServerError as error:
        print(f"tollbod scenario: {error}", file=sys.stderr)
        return 2


def found(files: list[Path]) -> Iterator[Path]:
    """Yield the files, of a folder all its scenarios. Raises ScenarioError where none is."""
    for path in files:
        inside = sorted(path.rglob("*.scenario")) if path.is_dir() else [path]
        if not inside:
            raise ScenarioError(f"there is no scenario in {path}")
        yield from inside


def fresh_name() -> str:
    """Return the name of a world that nobody has yet."""
    return f"scenario-{secrets.token_hex(6)}"


def _play_all(console: Console, scenarios: list[Scenario], world_at) -> int:
    failed = left_out = 0
    for scenario in scenarios:
        console.print(f"\n[bold]{scenario.path.stem}[/]  {scenario.story}", soft_wrap=True)
        try:
            play(scenario, world_at, lambda kind, text: _tell(console, kind, text))
            console.print("  [green]came true[/]")
        except Unplayable as error:
            left_out += 1
            console.print(f"  left out: {error}", style="yellow", markup=False)
        except ScenarioError as error:
            failed += 1
            console.print("  did not come true:", style="bold red")
            console.print(f"  {error}", markup=False, soft_wrap=True)
    played = len(scenarios) - left_out
    out = f", {left_out} left out" if left_out else ""
    console.print(f"\n{played - failed} of {played} came true{out}")
    return 1 if failed else 0


def play(scenario: Scenario, world_at, tell: Tell = lambda _kind, _text: None) -> Any:
    """Play one scenario in a world of its own; the world, closed. Raises ScenarioError."""
    world = world_at(opening(scenario)[0])
    try:
        Player(scenario, world, tell).play()
        return world
    finally:
        world.close()


def _tell(console: Console, kind: str, text: str) -> None:
    if kind == "step":
        console.print(f"  {text}", style=COLOURS.get(text[0], ""), markup=False, soft_wrap=True)
    else:
        console.print(f"      {text}", style="dim", markup=False, soft_wrap=True)
