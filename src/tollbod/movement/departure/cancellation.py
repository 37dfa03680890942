"""Cancellation: asked for by the declarant (IE014), decided by the office of departure (IE009).

From the MRN until the transport starts; after release the offices ahead are told (IE010). Whether
a request after release is judged at all is a matter of the national profile.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, Task, Timer, always, refuse,
)
from tollbod.movement.departure.case import Departure, Request
from tollbod.movement.departure.exports import free_exports
from tollbod.movement.departure.guarantee import give_back
from tollbod.movement.departure.letters import (
    for_office, here, listed, reference, second, to_declarant, withdrawal,
)
from tollbod.movement.departure.release import held_back, wait_release

REPLACED_BY = "REPLACED BY "        # in the justification: the message has no field for it
TIMERS = ("presentation", "guarantee answer", "guarantee amendment", "release", "arrival")


def replacement(justification: str) -> str:
    """Return the MRN that replaces the declaration, as the justification names it; else nothing.

    >>> replacement("Wrong consignee. REPLACED BY 26NO371001000001J7")
    '26NO371001000001J7'
    """
    _, found, rest = justification.partition(REPLACED_BY)
    return rest.split()[0].strip(".,;") if found and rest.split() else ""


# Learn

def asked(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the request for cancellation."""
    return msgspec.structs.replace(case, request=Request(
        facts.sender, at(event.body, "Invalidation/requestDateAndTime"),
        at(event.body, "Invalidation/justification"), facts.message))


def decided(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that the request is decided."""
    request = case.request and msgspec.structs.replace(case.request, open=False)
    return msgspec.structs.replace(case, request=request)


def granted(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn that the open request is granted; without one, customs cancels by itself."""
    if case.request is None or not case.request.open:
        return msgspec.structs.replace(case, request=None)
    return decided(case, event, facts)


def granted_at_once(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the request and that it is granted: nobody need decide."""
    return decided(asked(case, event, facts), event, facts)


# When

def replaced_by_unknown(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if an MRN that is to replace this one is unknown or another declarant's."""
    mrn = replacement(at(event.body, "Invalidation/justification"))
    return bool(mrn) and facts.declarant_of(mrn) != case.declarant


def refused_by_profile(_case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold where the national profile takes no request after release."""
    return not facts.profile.cancels_after_release


def asked_already(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if a request is undecided."""
    return case.request is not None and case.request.open


def went_by_itself(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if the automatic release was held back for the request."""
    return held_back(case, event, facts) and "release" not in case.timers


def started(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold once the transport has started."""
    return case.started


def nothing_asked(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if there is no request to refuse."""
    return case.request is None or not case.request.open


# Then

def decision(case: Departure, facts: Facts, yes: bool, text: str) -> Send:
    """Write the decision on cancellation (IE009): 1 accepted, 0 refused (R0102)."""
    request = case.request
    body: dict[str, Any] = {
        "requestDateAndTime": request.asked or second(facts.now) if request else None,  # C0129
        "decisionDateAndTime": second(facts.now),
        "decision": "1" if yes else "0",
        "initiatedByCustoms": "0" if request else "1",
        "justification": text or (request.justification if request else None) or None,
    }
    return to_declarant(case, "IE009", reference(case) | {"Invalidation": body})


def cancel(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Cancel: IE009 to the declarant, IE010 to the offices ahead if released, guarantee freed."""
    for task in ("accept", "guarantee", "release", "control", "cancel", "amendment"):
        yield Task(task)
    for timer in TIMERS:
        yield Timer(timer, None)
    yield decision(case, facts, True, event.body.get("text", ""))
    if case.released:
        yield from tell_offices(case, facts)
    yield from give_back(case, facts)
    yield from free_exports(case)
    if case.ens and event.name != "IE009":          # ICS2 has withdrawn them already
        yield withdrawal(case)


def tell_offices(case: Departure, facts: Facts) -> Iterable[Send]:
    """Tell every office ahead that the movement is cancelled (IE010)."""
    for office, role in case.ahead():
        yield Send("IE010", office, for_office(office, {
            "TransitOperation": {"MRN": case.mrn},
            "Invalidation": {"decisionDateAndTime": second(facts.now)},
            "CustomsOfficeOfDeparture": here(case),
            "CustomsOfficeOfDestinationDeclared": {"referenceNumber": case.declared_destination},
            "CustomsOfficeOfTransitDeclared": listed(
                case.offices("CustomsOfficeOfTransitDeclared")),
            "CustomsOfficeOfExitForTransitDeclared": listed(
                case.offices("CustomsOfficeOfExitForTransitDeclared")),
        }), role, case.mrn)


def ask_officer(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to decide on the request."""
    why = at(event.body, "Invalidation/justification")
    mrn = replacement(why)
    instead = f" (replaced by {mrn})" if mrn else ""
    instead_nb = f" (erstattes av {mrn})" if mrn else ""
    yield Task("cancel", f"Decide on the request for cancellation: {why}{instead}",
               f"Avgjør anmodningen om kansellering: {why}{instead_nb}",
               ("cancel", "refuse-cancel"))


def refuse_cancel(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the cancellation (IE009 with decision 0 and the reason)."""
    yield Task("cancel")
    yield decision(case, facts, False, event.body.get("text") or "The request is refused.")


def refuse_and_go_on(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the cancellation (IE009); the automatic release goes on."""
    yield from refuse_cancel(case, event, facts)
    yield from wait_release(case, event, facts)


def tell_already(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a second request while the first is undecided."""
    yield refuse("92", "a request for cancellation is being decided already",
                 "en anmodning om kansellering er allerede til avgjørelse")


def tell_replacement(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a request that names a replacement we do not know as this declarant's."""
    mrn = replacement(at(event.body, "Invalidation/justification"))
    yield refuse("14", f"{mrn}, which is to replace this one, is not a declaration of yours",
                 f"{mrn}, som skal erstatte denne deklarasjonen, er ikke din deklarasjon",
                 "", "/CC014C/Invalidation/justification")


def tell_released(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a request after release where the national profile takes none."""
    yield refuse("92", "the movement is released; a request for cancellation is not taken any more",
                 "forsendelsen er frigitt; anmodning om kansellering tas ikke lenger imot")


def tell_started(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a cancellation after the transport has started."""
    yield refuse("92", "the transport has started; the movement cannot be cancelled any more",
                 "transporten har startet; forsendelsen kan ikke lenger kanselleres")


def tell_nothing_asked(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to refuse what nobody asked for."""
    yield refuse("92", "there is no request for cancellation to refuse",
                 "det er ingen anmodning om kansellering å avslå")


# fmt: off
def _before_release(state: str) -> tuple[On, ...]:
    """Return the rows of a cancellation before release."""
    return (
        On(state, "IE014",                 replaced_by_unknown, SAME,        tell_replacement),
        On(state, "IE014",                 always,              SAME,        ask_officer,    asked),
        On(state, "officer cancel",        always,              "cancelled", cancel,         granted),
        On(state, "officer refuse-cancel", nothing_asked,       SAME,        tell_nothing_asked),
        *((On(state, "officer refuse-cancel", went_by_itself,   SAME,        refuse_and_go_on, decided),)
          if state == "covered" else ()),
        On(state, "officer refuse-cancel", always,              SAME,        refuse_cancel,  decided),
    )


ROWS = (
    On(ANY,          "IE014", asked_already,       SAME,        tell_already),
    On("pre-lodged", "IE014", replaced_by_unknown, SAME,        tell_replacement),
    On("pre-lodged", "IE014", always,              "cancelled", cancel,         granted_at_once),
    *_before_release("accepted"),
    *_before_release("guarantee not valid"),
    *_before_release("covered"),
    *_before_release("under control"),

    On("released", "IE014",                 started,             SAME,        tell_started),
    On("released", "IE014",                 refused_by_profile,  SAME,        tell_released),
    On("released", "IE014",                 replaced_by_unknown, SAME,        tell_replacement),
    On("released", "IE014",                 always,              SAME,        ask_officer,    asked),
    On("released", "officer cancel",        started,             SAME,        tell_started),
    On("released", "officer cancel",        always,              "cancelled", cancel,         granted),
    On("released", "officer refuse-cancel", nothing_asked,       SAME,        tell_nothing_asked),
    On("released", "officer refuse-cancel", always,              SAME,        refuse_cancel,  decided),
)
# fmt: on
