"""Amending, invalidating and lapsing of a filing.

An amendment replaces all data under the same MRN until the goods are presented or a control is
announced; it adds no goods and changes nothing that R3024 names (errors 101 and 104, which the
check of the message finds). The analysis is made anew; its timer stops and none starts.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Refuse, Task, Timer, always, refuse,
)
from tollbod.ics2 import words
from tollbod.ics2.assessment import (
    assess, assessment_complete, clear_houses, not_speaking, tell_stranger,
)
from tollbod.ics2.case import Filing, head, packed
from tollbod.ics2.letters import letter, second
from tollbod.ics2.parts import tell_keys

PARTS = ("pending linking", "linked")
AMENDABLE = ("under assessment", "referral open", "assessed", "control recommended", "do not load")
TAKEN = (*AMENDABLE, "pending completeness", *PARTS)
OPEN = (*AMENDABLE, "control announced", "pending completeness", *PARTS)    # not here yet
OF_AN_AMENDMENT = ("MRN", "referralRequestReference")


# Learn

def amended(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn the filing anew; what was asked is answered."""
    body = _as_filed(event.body, case.lrn)
    houses = words.suspected_houses(body, facts) if case.houses and facts.hits else ()
    return msgspec.structs.replace(
        case, content=packed(body), hits=facts.hits, suspected=houses,
        records=facts.found(event.body, event.ie) if facts.hits else (),
        head=head(body, facts.office) | {"MRN": case.mrn}, control={},
        referrals=tuple(msgspec.structs.replace(one, answered=True) for one in case.referrals))


def _as_filed(body: dict[str, Any], lrn: str) -> dict[str, Any]:
    return {"LRN": lrn} | {name: value for name, value in body.items()
                           if name not in OF_AN_AMENDMENT}


# When

def another_kind(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if it amends another kind of filing than this one is."""
    return case.kind != event.ie[3:].replace("A", "F")


def poor(_case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if a mandatory element says nothing: it holds stop words alone."""
    return bool(event.read(words.empty_words))


def suspicious(_case: Filing, _event: Event, facts: Facts) -> bool:
    """Hold if a criterion of safety and security hits it now."""
    return bool(facts.hits)


# Then

def tell_another_kind(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse it: the kind of a filing cannot be amended (error 104)."""
    yield refuse("104", f"this filing is {case.kind}: it is amended by IE3A{case.kind[1:]}",
                 f"denne deklarasjonen er {case.kind}: den endres med IE3A{case.kind[1:]}", "R3024",
                 f"/{event.ie}/SpecificCircumstanceIndicator")


def tell_poor(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse it for its words (IE3N99, error 100)."""
    yield Refuse(words.findings(event))


def tell_wrong_state(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse it for the state of the filing (IE3N01, error 72)."""
    yield refuse("72", f"the filing is '{case.state}': this comes too late",
                 "deklarasjonen er kommet for langt til dette", "", f"/{event.ie}/MRN")


def confirm_amendment(case: Filing, facts: Facts) -> Iterable[Effect]:
    """Take the amendment (IE3N10): the time of the analysis stops, and none starts."""
    yield Timer("assessment", None)
    yield Task("announce")
    yield letter("IE3N10", facts.sender, case.head, {
        "MRN": case.mrn, "completionDate": second(facts.now)})
    if case.whole or case.about.level == "house":
        yield from tell_keys(case, "part")


def amend_and_clear(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Take the amendment (IE3N10); its analysis finds nothing (IE3N03)."""
    yield from confirm_amendment(case, facts)
    yield Task("assess")
    yield from assessment_complete(case, facts)


def amend_and_assess(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Take the amendment (IE3N10) and ask an officer to assess what the control filter hits."""
    yield from confirm_amendment(case, facts)
    yield from clear_houses(case, facts)
    yield assess(case)


def invalidate(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Invalidate it and tell who asked for that (IE3R07)."""
    yield from _end(case)
    yield letter("IE3R07", facts.sender, case.head, {
        "MRN": case.mrn, "completionDate": second(facts.now)})


def end_after_200_days(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Invalidate it: no goods came in 200 days."""
    yield from _end(case)


def _end(case: Filing) -> Iterable[Effect]:
    for task in ("assess", "announce", "complete", "ask"):
        yield Task(task)
    for timer in ("assessment", "validity", "linking"):
        yield Timer(timer, None)
    yield from tell_keys(case, "release")


def _amending(state: str) -> tuple[On, ...]:
    return (On(state, "IE3Axx", suspicious, "under assessment", amend_and_assess, amended),
            On(state, "IE3Axx", always,     "assessed",         amend_and_clear,  amended))


def _ending(state: str) -> tuple[On, ...]:
    return (On(state, "IE3Q04",         always, "invalidated", invalidate),
            On(state, "timer validity", always, "invalidated", end_after_200_days))


# fmt: off
# A stranger learns nothing: asked before all else.
FIRST = tuple(On(ANY, ie, not_speaking, SAME, tell_stranger)
              for ie in ("IE3Axx", "IE3Q04", "IE3R02", "IE3R03"))
REFUSED = (
    On(ANY, "IE3Axx", another_kind, SAME, tell_another_kind),
    On(ANY, "IE3Axx", poor,         SAME, tell_poor),
)
ROWS = (
    *(row for state in AMENDABLE for row in _amending(state)),
    *(row for state in OPEN for row in _ending(state)),
    On(ANY, "IE3Axx", always,       SAME, tell_wrong_state),
    On(ANY, "IE3Q04", always,       SAME, tell_wrong_state),
)
# fmt: on
