"""The life of a filing that is a part of a declaration: house data under somebody's master.

It waits for a master filing (pending linking) and then stands under it (linked), however the two
came in. Whoever supplied a part amends and withdraws that part alone, and is told of it alone. What
becomes of the whole is decided on the master; the part hears how that stands. One that is answered
before loading (F26) is assessed by itself as well, and is linked beside that.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Task, Tell, Timer, always, nothing, refuse,
)
from tollbod.ics2.amendment import amended, confirm_amendment, tell_wrong_state
from tollbod.ics2.assessment import another_question, answered, ask_filer, asked
from tollbod.ics2.case import Filing, Link
from tollbod.ics2.letters import second, subscribed, to_filer
from tollbod.ics2.registration import accept

# A declaration in these states takes amendments of its parts.
OPEN = ("pending completeness", "under assessment", "referral open", "assessed",
        "control recommended", "do not load")
HERE = ("arrived", "partially arrived", "arrived for control", "under control", "presented",
        "stopped")
OVER = ("presented", "stopped")
ASSESSED = ("assessed", "control recommended")


# Learn

def granted(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn that one of its keys has taken it."""
    key = event.body["key"]
    return _linked(case, key, msgspec.structs.replace(case.links[key], granted=True))


def stood(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn under which declaration it stands, and how that does."""
    key = event.body["key"]
    if key not in case.links:
        return case
    return _linked(case, key, Link(True, event.body["master"], event.body["state"]))


def _linked(case: Filing, key: str, link: Link) -> Filing:
    return msgspec.structs.replace(case, links=case.links | {key: link})


# When

def more_keys(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if another of its master documents has not answered yet."""
    return any(not link.granted for key, link in case.links.items() if key != event.body["key"])


def of_part(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it is house data that is assessed with its master alone."""
    return case.about.level == "house" and not case.about.preloading


def masters_closed(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if a declaration it stands under takes no amendment of it any more."""
    return any(link.state and link.state not in OPEN for link in case.links.values())


def masters_here(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if the goods of a declaration it stands under are here."""
    return any(link.state in HERE for link in case.links.values())


def now_linked(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if all of it stands under a master filing now."""
    return stood(case, event, facts).linked


def now_over(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if everything it stands under is presented now."""
    links = stood(case, event, facts).links.values()
    return bool(links) and all(link.state in OVER for link in links) and case.state not in (
        "rejected", "invalidated", *OVER)


def under_master(case: Filing, _event: Event, _facts: Facts) -> bool:
    """Hold if it stands under a master filing."""
    return any(link.master for link in case.links.values())


def part_answers(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if it is a part, and answers the question that is open."""
    return of_part(case, event, facts) and not another_question(case, event, facts)


def linked_part_answers(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if it is a linked part, and answers the question that is open."""
    return case.linked and part_answers(case, event, facts)


def of_linked_part(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if it is a linked part that is assessed with its master alone."""
    return case.linked and of_part(case, event, facts)


# Then

def accept_part(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept it: it waits for its master filing."""
    yield from accept(case, facts)
    yield from _offer_to_ask(case)


def _offer_to_ask(case: Filing) -> Iterable[Effect]:
    """Let an officer ask who supplied it about what the control filter hit."""
    if case.hits:
        found = ", ".join(case.hits)
        yield Task("ask", f"Ask who supplied this part ({case.kind})? criteria {found}",
                   f"Spørre den som leverte denne delen ({case.kind})? kriterier {found}",
                   ("ask-information", "ask-to-amend"))


def hear(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Hear how its declaration stands; who subscribes is told when it is assessed (IE3N03)."""
    if event.body["state"] in ASSESSED:
        yield Task("ask")
        yield from tell_assessed(case, facts)
    if case.links and all(link.state in HERE for link in case.links.values()):
        yield Timer("validity", None)


def tell_assessed(case: Filing, facts: Facts) -> Iterable[Effect]:
    """Tell who supplied this part, if it subscribes, that its declaration is assessed (IE3N03)."""
    if subscribed(case.filer, "IE3N03", facts):
        named = list(case.documents)
        yield to_filer(case, "IE3N03", {
            "completionDate": second(facts.now),
            "assessmentComplete": {"transportDocument": named} if named else None})


def end_with_master(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Note that the goods are presented: nothing more is waited for."""
    for task in ("ask", "assess", "announce"):
        yield Task(task)
    for timer in ("validity", "assessment"):
        yield Timer(timer, None)


def amend_part(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Take the amendment of this part (IE3N10); its declaration is assessed anew."""
    yield from confirm_amendment(case, facts)
    yield from _offer_to_ask(case)


def pass_arrival_on(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Pass the arrival on to the master filings: it is the declaration that arrives."""
    for master in dict.fromkeys(link.master for link in case.links.values() if link.master):
        yield Tell("arrival", "filing", master, event.body, event.body["office"])


def ask_supplier(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask who supplied this part (IE3Q02), and copy the carrier if it subscribes (IE3N04)."""
    yield Task("ask")
    yield from ask_filer(case, event, facts)


def show_answer(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Show the officer that the answer is here."""
    yield from _offer_to_ask(case)


def tell_master_presents(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to present a part by itself: its master filing is presented."""
    masters = ", ".join(dict.fromkeys(link.master for link in case.links.values()))
    yield refuse("92", f"this is a part of a declaration: present {masters}",
                 f"dette er en del av en deklarasjon: legg fram {masters}")


def _amending(state: str) -> On:
    return On(state, "IE3Axx", always, SAME, amend_part, amended)


def _asking(act: str) -> On:
    return On("linked", f"officer {act}", always, "referral open", ask_supplier, asked)


# fmt: off
GRANTED = (
    #  in state            on              when         go to              then         learn
    On("registered",       "tell granted", more_keys,   SAME,              nothing,     granted),
    On("registered",       "tell granted", of_part,     "pending linking", accept_part, granted),
)
STANDING = (
    On("pending linking",  "tell standing", now_linked, "linked",          hear,            stood),
    On("pending linking",  "tell standing", always,     SAME,              hear,            stood),
    On("linked",           "tell standing", now_over,   "presented",       end_with_master, stood),
    On("linked",           "tell standing", now_linked, SAME,              hear,            stood),
    On("linked",           "tell standing", always,     "pending linking", hear,            stood),
    On(ANY,                "tell standing", now_over,   "presented",       end_with_master, stood),
    On(ANY,                "tell standing", always,     SAME,              hear,            stood),
    On(ANY,                "tell arrival",  under_master, SAME,            pass_arrival_on),
    On("linked",           "officer present", always,   SAME,              tell_master_presents),
    _asking("ask-information"),
    _asking("ask-to-amend"),
    On("referral open",    "IE3R02", linked_part_answers, "linked",          show_answer, answered),
    On("referral open",    "IE3R02", part_answers,        "pending linking", show_answer, answered),
    # Another key than the one that refused it has answered too.
    On("rejected",         "tell granted", always,      SAME,              nothing),
    On("rejected",         "tell taken",   always,      SAME,              nothing),
)
AMENDING = (
    On(ANY,                "IE3Axx", masters_closed, SAME,              tell_wrong_state),
    On(ANY,                "IE3Q04", masters_here,   SAME,              tell_wrong_state),
    On("referral open",    "IE3Axx", of_linked_part, "linked",          amend_part, amended),
    On("referral open",    "IE3Axx", of_part,        "pending linking", amend_part, amended),
    _amending("pending linking"),
    _amending("linked"),
)
# fmt: on
