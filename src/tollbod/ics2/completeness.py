"""A master filing and the declaration that others complete: who is awaited, and until when.

The stream where the filings of one consignment meet tells it who is awaited (`tell parts`). Nobody:
the declaration is complete and is assessed. When the time for linking runs out, the filer is told
who is missing (IE3N02) and they are (IE3N11); an officer may have assessed what is there. What
comes later is assessed anew. The master tells the others how the declaration stands.
"""
from collections.abc import Iterable
from datetime import timedelta
from functools import wraps

import msgspec

from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Task, Tell, Timer, always,
)
from tollbod.ics2.amendment import AMENDABLE, amended, confirm_amendment
from tollbod.ics2.assessment import assess, assessment_complete, late, suspected
from tollbod.ics2.case import MASTER, Filing
from tollbod.ics2.letters import letter, second, subscribed
from tollbod.ics2.lower import HERE
from tollbod.ics2.parts import carries_post, mass, tell_post
from tollbod.ics2.post import POST
from tollbod.ics2.registration import accept, heard
from tollbod.spec.ics2_law import uppers

WAITING = "pending completeness"
TOO_LATE = "filings that complete it came or went after the goods were {}"
EXPIRED = "the time for linking has run out"


# Learn

def heard_late(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn what the filings say that came too late, and that they did."""
    flag = TOO_LATE.format(case.state)
    return heard(msgspec.structs.replace(
        case, flags=tuple(dict.fromkeys((*case.flags, flag)))), event, facts)


def considered(case: Filing, _event: Event, _facts: Facts) -> Filing:
    """Learn that an officer considers it complete as it is."""
    return msgspec.structs.replace(
        case, whole=msgspec.structs.replace(case.whole, considered=True))


def expired(case: Filing, _event: Event, _facts: Facts) -> Filing:
    """Learn that the time for linking has run out."""
    return msgspec.structs.replace(
        case, flags=tuple(dict.fromkeys((*case.flags, EXPIRED))))


def amended_master(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn the filing anew; whom it awaits is asked again."""
    case = amended(case, event, facts)
    return msgspec.structs.replace(
        case, whole=msgspec.structs.replace(
            case.whole, considered=False, own=mass([event.body[MASTER]])))


# When

def of_master(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it is a master filing, which others complete."""
    return case.whole is not None


def awaits(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if somebody is still awaited, and no officer has considered it complete."""
    return event.body.get("awaited", 0) > 0 and not case.whole.considered


def suspected_now(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if a criterion hits it or one of the filings that complete it."""
    return bool(case.found)


def suspected_anew(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if a criterion hits a filing that completes it and hit none before."""
    return bool(set(event.body["hits"]) - set(case.found))


def missing(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if it waits, and persons are named who have not filed (of post, none is named)."""
    return case.state == WAITING and bool(event.body["who"])


def goods_here(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if the goods of the declaration are here."""
    return case.state in HERE


def carrying_post(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it is a means of transport that carries post."""
    return carries_post(case)


# Then

def wait_for_post(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept it, and ask where post meets which of its receptacles are complete."""
    yield from accept(case, facts)
    yield from _wait(case, facts)
    yield tell_post(case, "part")


def wait_for_others(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept it: who is named in it has still to file; the time for linking begins."""
    yield from accept(case, facts)
    yield from _wait(case, facts)


def wait_again(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Wait for somebody again: a filing was withdrawn, or names somebody more."""
    for task in ("assess", "announce"):
        yield Task(task)
    yield from _wait(case, facts)


def _wait(case: Filing, facts: Facts) -> Iterable[Effect]:
    minutes = uppers()[case.kind].minutes
    assert minutes is not None                      # a master has one
    yield Timer("linking", facts.now + timedelta(minutes=minutes))


def wait_on(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Wait on: somebody is still awaited."""
    return ()


def complete_and_clear(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Assess it whole: it is complete and nothing hits it (IE3N03 to those who subscribe)."""
    yield from _complete()
    yield from assessment_complete(case, facts)


def complete_and_assess(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Assess it whole: it is complete; what the control filter hits is for an officer."""
    yield from _complete()
    yield assess(case)


def _complete() -> Iterable[Effect]:
    yield Timer("linking", None)
    yield Task("complete")


def assess_with_news(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Have an officer assess it again: a filing came with something that hits."""
    yield Task("announce")
    yield assess(case)


def clear_again(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Assess it again with what came: nothing hits (IE3N03 to those who subscribe)."""
    yield Task("complete")
    yield from assessment_complete(case, facts)


def show_news(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Show the officer who assesses it what came meanwhile."""
    yield assess(case)


def note(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Note what came: it changes nothing in this state."""
    return ()


def show_late(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Show an officer what came when the goods were here: nobody has assessed it."""
    found = ", ".join(event.body["hits"]) or "-"
    yield Task("late", f"A filing that completes {case.mrn} came, changed or went when the goods "
               f"were here: criteria {found}", f"En deklarasjon som utfyller {case.mrn}, kom, ble "
               f"endret eller trukket da varene var her: kriterier {found}", ("late-noted",))


def note_late(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the task: an officer has seen what came late."""
    yield Task("late")


def ask_who_is_missing(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask where the filings meet who is missing, and offer an officer to assess what is there."""
    if not carries_post(case):                      # nobody is named for post
        yield Tell("expired", "key", case.document, {
            "mrn": case.mrn, "after": "", "transportDocument": case.head["transportDocument"],
            "customsOfficeOfFirstEntry": {"referenceNumber": case.office}})
    yield Task("complete", f"{case.whole.awaited} still awaited for {case.kind} {case.mrn}: "
               "assess what is there?",
               f"{case.whole.awaited} ventes fortsatt for {case.kind} {case.mrn}: "
               "vurdere det som er her?", ("analyse",))


def tell_incomplete(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell filer and carrier, as they subscribe, who has not filed (IE3N02)."""
    for party in dict.fromkeys((case.filer, case.carrier)):
        if subscribed(party, "IE3N02", facts):
            yield letter("IE3N02", party, case.head, {
                "MRN": case.mrn, "notificationDate": second(facts.now),
                "supplementaryDeclarant": [
                    {"identificationNumber": one} for one in event.body["who"]]})


def amend_and_ask(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Take the amendment (IE3N10), and ask anew whom the declaration awaits."""
    yield Task("assess")
    yield from confirm_amendment(case, facts)
    yield from _wait(case, facts)


def passing_on(row: On) -> On:
    """Return a row that also tells the parts where it leads, if it is one of a master filing."""
    if row.to == SAME and row.event != "tell parts":
        return row

    @wraps(row.then)
    def then(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
        yield from row.then(case, event, facts)
        if case.whole is not None:
            yield Tell("stage", "key", POST if carries_post(case) else case.document, {
                "mrn": case.mrn, "n": case.whole.n,
                "state": case.state if row.to == SAME else row.to})
    return row._replace(then=then)


def _reassessed(state: str) -> tuple[On, ...]:
    return (On(state, "tell parts", awaits,         WAITING,            wait_again,   heard),
            On(state, "tell parts", suspected_anew, "under assessment", assess_with_news, heard))


def _amending(state: str) -> On:
    return On(state, "IE3Axx", of_master, WAITING, amend_and_ask, amended_master)


# fmt: off
GRANTED = (
    #  in state              on                 when            go to               then                 learn
    On("registered",         "tell granted",    carrying_post,  WAITING,            wait_for_post),
    On("registered",         "tell granted",    awaits,         WAITING,            wait_for_others,     heard),
)
ROWS = (
    On(WAITING,              "tell parts",      awaits,         SAME,               wait_on,             heard),
    On(WAITING,              "tell parts",      suspected,      "under assessment", complete_and_assess, heard),
    On(WAITING,              "tell parts",      always,         "assessed",         complete_and_clear,  heard),
    On(WAITING,              "timer linking",   always,         SAME,               ask_who_is_missing,  expired),
    On(WAITING,              "timer assessment", always,        SAME,               note,                late),
    On(WAITING,              "officer analyse", suspected_now,  "under assessment", complete_and_assess, considered),
    On(WAITING,              "officer analyse", always,         "assessed",         complete_and_clear,  considered),
    *_reassessed("assessed"),
    On("assessed",           "tell parts",      always,         SAME,               clear_again,         heard),
    *_reassessed("control recommended"),
    On("control recommended", "tell parts",     always,         SAME,               note,                heard),
    On("under assessment",   "tell parts",      awaits,         WAITING,            wait_again,          heard),
    On("under assessment",   "tell parts",      always,         SAME,               show_news,                heard),
    On("referral open",      "tell parts",      always,         SAME,               note,                heard),
    On("do not load",        "tell parts",      always,         SAME,               note,                heard),
    On(ANY,                  "tell parts",      goods_here,     SAME,               show_late,           heard_late),
    On(ANY,                  "tell parts",      always,         SAME,               note,                heard),
    On(ANY,                  "officer late-noted", always,      SAME,               note_late),
    On(ANY,                  "tell missing",    missing,        SAME,               tell_incomplete),
)
AMENDING = (
    *map(_amending, AMENDABLE),
    On(WAITING,              "IE3Axx",          always,         SAME,               amend_and_ask,       amended_master),
)
# fmt: on
