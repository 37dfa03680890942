"""Amendment: IE013 accepted (IE004), or asked for (IE022); what may change is rule R0520."""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import ANY, SAME, Effect, Event, Facts, On, Task, Timer, always, refuse
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.entry import join, ens_not_filed, tell_ens_not_filed, with_known
from tollbod.movement.departure.exports import amend_exports, amended_to
from tollbod.movement.departure.guarantee import ask, give_back, no_longer_silent, uses
from tollbod.movement.departure.letters import dates, reference, second, to_declarant
from tollbod.movement.departure.release import (
    ask_control, ask_release, notify_control, wait_release,
)

NOT_DECLARED = ("MRN", "ENSMRN", "amendmentTypeFlag", "referralRequestReference")
ONLY_GUARANTEE = "1"        # amendmentTypeFlag


def _declaration(amendment: dict[str, Any], case: Departure) -> dict[str, Any]:
    """Return the amendment in the form of a declaration: with the LRN, without its own items."""
    operation = {name: value for name, value in amendment["TransitOperation"].items()
                 if name not in NOT_DECLARED}
    return amendment | {"TransitOperation": operation | {"LRN": case.lrn}}


# Learn

def amended(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the amended declaration; a control decided before stays decided."""
    control = "decided" if case.to_control else case.control
    if facts.hits and control in ("", "none"):
        control = "hit"
    return msgspec.structs.replace(
        case, declaration=with_known(_declaration(event.body, case), facts), control=control)


def amended_and_asked(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the amended declaration; its guarantees are asked for anew."""
    case = amended_to(amended(case, event, facts), facts)
    return msgspec.structs.replace(case, former=case.uses, uses=uses(case.declaration, facts))


# When

def flagged_wrongly(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the flag for a guarantee amendment and the state do not go together (R0520)."""
    only_guarantee = at(event.body, "TransitOperation/amendmentTypeFlag") == ONLY_GUARANTEE
    return only_guarantee != (case.state == "guarantee not valid")


def needs_no_office(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if no guarantee of the amendment has to be confirmed by an office of guarantee."""
    return not amended_and_asked(case, event, facts).uses


def controlled_without_office(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if, besides, control is decided and its result is not known."""
    after = amended_and_asked(case, event, facts)
    return not after.uses and after.to_control


# Then

def tell_flag(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an amendment whose flag does not fit the state."""
    due = "1" if case.state == "guarantee not valid" else "0"
    yield refuse("14", f"amendmentTypeFlag must be {due} while the case is '{case.state}'",
                 f"amendmentTypeFlag må være {due} mens saken er «{case.state}»",
                 "R0520", "/CC013C/TransitOperation/amendmentTypeFlag")


def accept_amendment(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept the amendment (IE004)."""
    yield Task("amendment")
    yield to_declarant(case, "IE004", reference(case) | {
        "TransitOperation/amendmentSubmissionDateAndTime":
            at(event.body, "preparationDateAndTime"),
        "TransitOperation/amendmentAcceptanceDateAndTime": second(facts.now),
    })


def ask_anew(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept the amendment (IE004) and ask for its guarantees anew."""
    yield from accept_amendment(case, event, facts)
    yield Timer("guarantee amendment", None)
    yield Timer("release", None)
    yield Task("release")
    if case.control == "hit":
        yield notify_control(case, facts)
    yield from amend_exports(case, facts)
    yield from join(case, facts)
    yield from give_back(case, facts, case.former)
    yield from no_longer_silent()
    yield from ask(case, facts)


def go_on(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept the amendment (IE004) and go on at once: no office of guarantee has to answer."""
    yield from ask_anew(case, event, facts)
    if case.to_control:
        yield from ask_control(case, event, facts)
    elif case.simplified:
        yield from wait_release(case, event, facts)
    else:
        yield from ask_release(case, event, facts)


def ask_amendment(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the declarant to amend the declaration (IE022), naming what is wrong."""
    told = event.body.get("errors") or [event.body] * ("path" in event.body)
    errors = [{"sequenceNumber": str(n), "errorPointer": one.get("path"),
               "errorCode": one.get("code", "14"), "errorReason": one.get("rule")}
              for n, one in enumerate(told, 1)]
    yield Task("amendment", "Waiting for the declarant's amendment (IE013)",
               "Venter på deklarantens endring (IE013)", ("release", "no-release"))
    yield to_declarant(case, "IE022", dates(case) | {
        "TransitOperation/amendmentNotificationDateAndTime": second(facts.now),
        "FunctionalError": [{k: v for k, v in one.items() if v} for one in errors],
    })


# fmt: off
def _amending(state: str) -> tuple[On, ...]:
    """Return the rows of an amendment between the MRN and the release."""
    return (
        On(state, "IE013", flagged_wrongly,           SAME,            tell_flag),
        On(state, "IE013", controlled_without_office, "under control", go_on,    amended_and_asked),
        On(state, "IE013", needs_no_office,           "covered",       go_on,    amended_and_asked),
        On(state, "IE013", always,                    "accepted",      ask_anew, amended_and_asked),
    )


ROWS = (
    #  in state    on                       when             go to  then              learn
    On("pre-lodged", "IE013",               flagged_wrongly, SAME,  tell_flag),
    On(ANY,          "IE013",               ens_not_filed,       SAME,  tell_ens_not_filed),
    On("pre-lodged", "IE013",               always,          SAME,  accept_amendment, amended),
    *_amending("guarantee not valid"),
    *_amending("accepted"),
    *_amending("covered"),
    On("accepted", "officer ask-amendment", always,          SAME,  ask_amendment),
    On("covered",  "officer ask-amendment", always,          SAME,  ask_amendment),
)
# fmt: on
