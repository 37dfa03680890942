"""A control announced before the goods arrive: to whom, and when not (UCC-DA art. 24(2)).

The filer is told if it is an authorised operator for security and safety; then its carrier too, if
that is one as well and connected. Nobody is told where an announcement would endanger the control,
which whoever orders it says. Each gets the notice (IE3N09) as it subscribes. Once it has gone out,
the filing cannot be amended any more.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import SAME, Effect, Event, Facts, On, Task, always, refuse
from tollbod.ics2.case import Filing
from tollbod.ics2.letters import authorised, letter, subscribed
from tollbod.ics2.presentation import control_notice

YES = ("1", "yes", "true")          # how an officer says so


# Learn

def announced(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn where and when the control is to be, as far as that is new."""
    return msgspec.structs.replace(case, control=case.control | {
        name: event.body[name] for name in ("place", "day") if event.body.get(name)})


# When

def nobody_to_tell(case: Filing, _event: Event, facts: Facts) -> bool:
    """Hold if no authorised operator of this filing is told of controls in advance."""
    return not told_in_advance(case, facts)


def would_endanger(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if an announcement would endanger the control."""
    return str(case.control.get("endangered", "")).lower() in YES


def told_in_advance(case: Filing, facts: Facts) -> tuple[str, ...]:
    """Return who is told of a control before the goods arrive."""
    return tuple(party for party in dict.fromkeys((case.filer, case.carrier))
                 if authorised(case.filer, facts) and authorised(party, facts)
                 and subscribed(party, "IE3N09", facts))


# Then

def announce(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell of the control in advance whom it may be told, by their subscriptions (IE3N09)."""
    yield Task("announce")
    for party in told_in_advance(case, facts):
        yield letter("IE3N09", party, case.head, {"MRN": case.mrn} | control_notice(case, facts))


def tell_nobody_to_tell(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to announce it: no authorised operator is to be told."""
    yield refuse("14", "a control is announced in advance only to a filer that is an authorised "
                 "operator for security and safety (AEOS, AEOF) and subscribes to IE3N09",
                 "en kontroll varsles på forhånd bare til en som har meldt og er autorisert for "
                 "sikkerhet og trygghet (AEOS, AEOF) og abonnerer på IE3N09", "UCC-DA art. 24(2)")


def tell_not_endangered(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to announce it: whoever ordered the control said that this would endanger it."""
    yield refuse("14", "the control was ordered as one that an announcement would endanger",
                 "kontrollen ble besluttet som en kontroll et varsel ville skade",
                 "UCC-DA art. 24(2)")


# fmt: off
ROWS = (
    #  in state               on                          when            go to                then                 learn
    On("control recommended", "officer announce-control", would_endanger, SAME,                tell_not_endangered),
    On("control recommended", "officer announce-control", nobody_to_tell, SAME,                tell_nobody_to_tell),
    On("control recommended", "officer announce-control", always,         "control announced", announce,            announced),
)
# fmt: on
