"""The office of transit. The table is the whole behaviour.

States: none, expected (the anticipated transit record came), passed. Sources: founding document
NCTS (crossing the border), states.json.
"""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Role, Send, Task, Wait, always, broken, no_more, nothing,
    refuse, reject,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding


class Transit(msgspec.Struct, frozen=True, kw_only=True):
    """A movement as one office of transit knows it."""

    state: str = "none"
    mrn: str = ""
    record: dict[str, Any] = {}         # plain CD050C
    passed: datetime | None = None
    since: datetime | None = None       # when this state was entered
    timers: dict[str, datetime] = {}


# Learn

def expected(case: Transit, event: Event, _facts: Facts) -> Transit:
    """Learn the anticipated transit record (IE050)."""
    mrn = at(event.body, "TransitOperation/MRN")
    return msgspec.structs.replace(case, mrn=mrn, record=event.body)


def crossed(case: Transit, _event: Event, facts: Facts) -> Transit:
    """Learn when the goods crossed."""
    return msgspec.structs.replace(case, passed=facts.now)


# When

def not_ours(_case: Transit, event: Event, facts: Facts) -> bool:
    """Hold if the record does not name this office among the offices of transit."""
    declared = many(event.body.get("CustomsOfficeOfTransitDeclared"))
    return all(office["referenceNumber"] != facts.office for office in declared)


# Then

def ask_crossing(_case: Transit, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to register the crossing when the carrier comes."""
    yield Task("crossing", "Register the crossing of the border", "Registrer grensepasseringen",
               ("crossing",))


def notify_crossing(case: Transit, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the office of departure that the goods crossed the frontier (IE118)."""
    departure = at(case.record, "CustomsOfficeOfDeparture/referenceNumber")
    yield Task("crossing")
    yield Send("IE118", departure, {
        "TransitOperation": {"MRN": case.mrn, "passageDate": f"{facts.now:%Y-%m-%d}"},
        "CustomsOfficeOfDeparture": {"referenceNumber": departure},
        "CustomsOfficeOfTransitActual": {"referenceNumber": facts.office},
    }, role="departure", case=case.mrn)


def tell_not_ours(_case: Transit, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse a record that is meant for another office."""
    yield refuse("14", f"the record does not name {facts.office} as office of transit",
                 f"forhåndsmeldingen nevner ikke {facts.office} som transittollsted", "G0030",
                 "/CD050C/CustomsOfficeOfTransitDeclared/referenceNumber")


# fmt: off
TABLE = (
    #  in state     on                    when       go to        then               learn
    On(ANY,         "IE050",              broken,    SAME,        reject),
    On("none",      "IE050",              not_ours,  SAME,        tell_not_ours),
    On("none",      "IE050",              always,    "expected",  ask_crossing,      expected),
    On("expected",  "officer crossing",   always,    "passed",    notify_crossing,   crossed),
    On(ANY,         "IE906",              always,    SAME,        nothing,           no_more),
)
# fmt: on

WAITS = {
    "expected": Wait("carrier", "the goods have not come to the office of transit yet",
                     "varene har ikke kommet til transittollstedet ennå"),
}


def answer(
    _case: Transit, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse another office's message with IE906."""
    yield from nack(event, facts, findings)


ROLE = Role("transit", TABLE, Transit, answer, WAITS)
