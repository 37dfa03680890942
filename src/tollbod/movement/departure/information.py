"""More about an enquiry: departure asks the authority at destination (IE145) and tells it (IE144).

As long as the movement is looked for or its debt is recovered.
"""
from collections.abc import Iterable

from tollbod.case.model import ANY, SAME, Effect, Event, Facts, On, Send, Task
from tollbod.movement import information
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.letters import day


# When

def looked_for(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if the authority at destination was asked (IE142) and the matter is not over."""
    return bool(case.enquired) and case.state in (
        "under enquiry", "results asked", "under recovery")


# Then

def ask_information(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the authority at destination for more (IE145)."""
    yield _letter("IE145", case, event, facts)


def inform(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the authority at destination what is known here (IE144)."""
    yield Task("information")
    yield _letter("IE144", case, event, facts)


def ask_inform(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer for what the authority at destination wants to know (IE145)."""
    said = information.said(event)
    yield Task("information", f"The enquiry authority at destination asks: {said}",
               f"Etterlysningsmyndigheten ved bestemmelsesstedet spør: {said}", ("inform",))


def show(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Show an officer what the authority at destination tells (IE144)."""
    said = information.said(event)
    yield Task("told", f"The enquiry authority at destination tells: {said}",
               f"Etterlysningsmyndigheten ved bestemmelsesstedet opplyser: {said}", ("noted",))


def _letter(ie: str, case: Departure, event: Event, facts: Facts) -> Send:
    here = facts.profile.enquiry_office(facts.office)
    body = information.letter(ie, case.mrn, (here, case.enquired), day(case.enquired_on), event)
    return Send(ie, case.enquired, body, "enquiry", case.mrn)


# fmt: off
ROWS = (
    #  in  on                         when        go to then
    On(ANY, "officer ask-information", looked_for, SAME, ask_information),
    On(ANY, "officer inform",          looked_for, SAME, inform),
    On(ANY, "IE145",                   looked_for, SAME, ask_inform),
    On(ANY, "IE144",                   looked_for, SAME, show),
)
# fmt: on
