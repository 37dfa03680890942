"""Random declarations put to an office that looks ahead: what it accepts, and why not the rest.

What is accepted must yield valid messages of release; they are built here once more and judged
beside the declaration, with the register, as the offices that receive them would.
"""
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import NamedTuple

import msgspec

from tollbod.case.model import Event, Facts, Party
from tollbod.movement import ahead
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.release import let_go, records
from tollbod.play.instances import PREPARED
from tollbod.play.random_messages import drawn
from tollbod.play.random_messages_law import known
from tollbod.play.random_messages_story import draw
from tollbod.rules.check import check
from tollbod.spec.tables import root_of
from tollbod.wire.message import from_plain

KEPT = 150              # characters of a reason


class Ahead(NamedTuple):
    """What became of declarations: accepted, refused by reason, and what then was not valid."""

    accepted: int
    refused: Counter
    invalid: tuple[str, ...]


def party(number: str) -> Party | None:
    """Return a party of the made-up register."""
    if not known(number):
        return None
    return Party(id=number, name="Fjordfrakt Eksempel AS", street="Kaia 1", city="Oslo",
                 country="NO", postcode="0150")


def look_ahead(seeds: Iterable[int]) -> Ahead:
    """Put one declaration a seed to its office of departure."""
    accepted, refused, invalid = 0, Counter(), []
    for seed in seeds:
        rng = Random(seed)
        plain = drawn("CC015C", rng, register=known).plain
        plain["TransitOperation"]["additionalDeclarationType"] = "A"
        if check(from_plain("p6", "CC015C", plain), register=known):
            continue                    # it was complete only as a prelodged one
        event = Event("IE015", plain)
        office = plain["CustomsOfficeOfDeparture"]["referenceNumber"]
        now = draw(rng, PREPARED).prepared + timedelta(days=1)
        facts = Facts(now=now, office=office, sender=plain["messageSender"], party=party)
        found = ahead.findings(Departure(), event, facts)
        refused.update({f"security {plain['TransitOperation']['security']}: {_reason(one)}"
                        for one in found})
        if not found:
            accepted += 1
            invalid += [f"{seed}: {why}" for why in _released(event, facts, plain)]
    return Ahead(accepted, refused, tuple(invalid))


def _reason(finding) -> str:
    """Return a finding without what is of this declaration only."""
    steps = [step.partition("[")[0] for step in finding.path.split("/")]
    text = finding.text.replace(", which follows from this declaration, would not be valid", "")
    return f"{finding.code} {finding.rule} {'/'.join(steps)} {text}"[:KEPT]


def _released(event: Event, facts: Facts, plain: dict) -> Iterable[str]:
    """Yield what is wrong with the messages of release."""
    case = ahead.LEARN["IE015"](Departure(), event, facts)
    case = msgspec.structs.replace(case, mrn=ahead.SPECIMEN_MRN, accepted=facts.now)
    case = let_go(case, event, facts)
    earlier = {"CC015C": plain}
    for send in records(case, facts):
        root = root_of(send.edition, send.ie)
        message = from_plain(send.edition, root, ahead.header(root, facts, send) | send.body)
        for found in check(message, earlier=earlier):
            yield f"{send.ie} {found.rule} {found.path} {found.text}"[:KEPT]
        earlier[root] = message.plain()
