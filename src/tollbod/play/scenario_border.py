"""Steps of a story at the border: goods are presented, and the signal that comes of it.

They are played by functions of the player, whose numbers, places and world they use.
"""
import re
from typing import Any

from tollbod.play.scenario_words import Step, Unplayable


class Differs(ValueError):
    """The signal, or what became of a presentation, is another."""


def present(player: Any, step: Step) -> None:
    """Present goods twice: the second time changes nothing."""
    world = player.world
    if world.remote:
        raise Unplayable("goods are presented only in this process")
    party = player._number(step["party"])
    name = f"goods-{world.presented + 1}"
    goods = tuple(player._filled(one.strip()) for one in step["goods"].split(","))
    first = world.present(party, step["office"], name, goods)
    again = world.present(party, step["office"], name, goods)
    world.presented += 1
    if (first, again) != ("new", "again"):
        raise Differs(f"presented twice it gave {first}, then {again}")


def routed(player: Any, step: Step) -> None:
    """Hold that the last signal of a party says this."""
    last = player.world.routing(player._number(step["party"]))
    have = (last.get("routing"), last.get("routingControlLocation") or None,
            bool(last.get("flag")))
    if have != (step["code"], step["where"], bool(step["flag"])):
        raise Differs(f"the last signal says {have}")


def not_taken(player: Any, step: Step) -> None:
    """Hold that the last presentation was not taken for this reason."""
    found = player.world.presentation_faults()
    if not any(re.search(re.escape(step["words"]), one) for one in found):
        raise Differs(f"it was not taken for {found or 'no reason'}")


STEPS = {"present": present, "routing": routed, "fault": not_taken}
