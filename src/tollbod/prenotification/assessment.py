"""Assessment for safety and security by an officer: no risk, a control (IE060), or a question.

The filer is asked, or another who has the information (PRE-WHO-05); there is a time for the answer.
"""
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Send, Task, Timer, always, refuse,
)
from tollbod.prenotification.border import (
    hold_goods, let_pass, on_hold, presented, to_be_held, was_presented,
)
from tollbod.prenotification.case import Asked, Prenotified
from tollbod.prenotification.letters import second, to_filer
from tollbod.prenotification.lodging import assess, tell_stranger
from tollbod.spec.timers import minutes


# Learn

def asked(case: Prenotified, event: Event, facts: Facts) -> Prenotified:
    """Learn what is asked, of whom, and by when it is due."""
    one = Asked(event.body.get("of") or case.filer, event.body.get("text", ""),
                facts.now + timedelta(minutes=minutes("information")))
    return msgspec.structs.replace(case, asked=(*case.asked, one))


def answered(case: Prenotified, event: Event, _facts: Facts) -> Prenotified:
    """Learn the answer."""
    last = msgspec.structs.replace(case.asked[-1], answer=at(event.body, "TransitOperation/text"))
    return msgspec.structs.replace(case, asked=(*case.asked[:-1], last),
                                   flags=(*case.flags, f"answered: {last.answer}"))


def unanswered(case: Prenotified, _event: Event, _facts: Facts) -> Prenotified:
    """Learn that no answer came in time."""
    return msgspec.structs.replace(case, flags=(*case.flags, "a question was not answered in time"))


def ordered(case: Prenotified, _event: Event, _facts: Facts) -> Prenotified:
    """Learn that a control is ordered."""
    return msgspec.structs.replace(case, control="ordered")


# When

def nothing_asked(_case: Prenotified, event: Event, _facts: Facts) -> bool:
    """Hold if the question has no words."""
    return not event.body.get("text")


def not_who_was_asked(case: Prenotified, _event: Event, facts: Facts) -> bool:
    """Hold if the answer comes from another party than was asked."""
    return facts.sender != case.open_question.of


# Then

def settle(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the assessment: the goods may come."""
    yield Task("assess")


def announce_control(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Announce the control (IE060)."""
    yield Task("assess")
    yield to_filer(case, "IE060", {
        "TransitOperation/controlNotificationDateAndTime": second(facts.now),
        "TransitOperation/text": event.body.get("text") or None})


def announce_control_here(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Announce the control (IE060); the goods are here, its result is asked for."""
    yield from announce_control(case, event, facts)
    yield ask_result()


def ask_result() -> Task:
    """Ask an officer for the result of the control at the border."""
    return Task("control", "Control the goods of the prenotification",
                "Kontroller varene i forhåndsvarselet", ("control-result",))


def ask_for_information(case: Prenotified, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the filer, or another who has it, for information (IEN62), with a time for the answer."""
    question = case.asked[-1]
    yield Task("assess")
    yield Timer("information", question.due)
    yield _request(case, question, facts)


def _request(case: Prenotified, question: Asked, facts: Facts) -> Send:
    return to_filer(case, "IEN62", {
        "TransitOperation/requestDateAndTime": second(facts.now),
        "TransitOperation/answerDueDateAndTime": second(question.due),
        "TransitOperation/text": question.text}, question.of)


def assess_again(case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask the officer to assess with what was answered, or was not."""
    yield Timer("information", None)
    yield assess(case)


def tell_words(_case: Prenotified, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a question without words."""
    yield refuse("14", "say what is asked for (text)", "si hva som etterspørres (text)")


def tell_not_asked(case: Prenotified, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse information of a party that was not asked."""
    yield from tell_stranger(case, event, facts)


# fmt: off
ROWS = (
    #  in state             on                         when               to                   then                   learn
    On("clear",             "officer control",         always,            "control ordered",   announce_control,      ordered),
    On("clear",             "officer ask-information", nothing_asked,     SAME,                tell_words),
    On("clear",             "officer ask-information", always,            "information asked", ask_for_information,   asked),
    On("under assessment",  "officer no-risk",         to_be_held,        "held",              hold_goods),
    On("under assessment",  "officer no-risk",         was_presented,     "closed",            let_pass),
    On("under assessment",  "officer no-risk",         always,            "clear",             settle),
    On("under assessment",  "officer control",         was_presented,     "under control",     announce_control_here, ordered),
    On("under assessment",  "officer control",         always,            "control ordered",   announce_control,      ordered),
    On("under assessment",  "officer ask-information", nothing_asked,     SAME,                tell_words),
    On("under assessment",  "officer ask-information", always,            "information asked", ask_for_information,   asked),
    On("under assessment",  "officer present",         always,            SAME,                on_hold,               presented),
    On("information asked", "IEN63",                   not_who_was_asked, SAME,                tell_not_asked),
    On("information asked", "IEN63",                   always,            "under assessment",  assess_again,          answered),
    On("information asked", "timer information",       always,            "under assessment",  assess_again,          unanswered),
    On("information asked", "officer present",         always,            SAME,                on_hold,               presented),
)
# fmt: on
