"""A presentation of goods at the border: which goods, by whom, and what became of each.

It names goods by the MRN of their filing or by a transport document. Goods behind which nobody
filed anything are not notified: they wait (ENTRY_PENDING) for an officer, who lets them in or
denies them entry, and the breach stays on record (ICS2-03, ICS2-10).
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import (
    SAME, Case, Effect, Event, Facts, On, Role, Send, Task, Tell, Wait, always, nothing,
)
from tollbod.findings import Finding
from tollbod.ics2 import routing
from tollbod.spec.tables import ICS2


class Fault(msgspec.Struct, frozen=True):
    """Why something that was presented is not taken."""

    name: str
    text: str
    nb: str


class Presentation(Case, frozen=True, kw_only=True):
    """Goods presented at the border."""

    request: str = ""                           # the presenter's own reference
    presenter: str = ""
    office: str = ""
    named: tuple[str, ...] = ()                 # MRNs and transport documents
    answered: tuple[str, ...] = ()              # those of them that are answered
    faults: tuple[Fault, ...] = ()
    missing: tuple[str, ...] = ()               # goods that nobody filed for


# Learn

def learned(case: Presentation, event: Event, facts: Facts) -> Presentation:
    """Learn what is presented, and what of it nobody filed for."""
    named = tuple(dict.fromkeys(event.body["goods"]))
    missing = tuple(name for name in named if not facts.entry_of(name)[0])
    return msgspec.structs.replace(
        case, request=event.body["request"], presenter=facts.sender, office=facts.office,
        named=named, answered=missing, missing=missing)


def heard(case: Presentation, event: Event, _facts: Facts) -> Presentation:
    """Learn what became of one of the goods."""
    told = event.body
    fault = (Fault(told["name"], told["why"], told["nb"]),) if told.get("why") else ()
    missing = (told["name"],) if event.name == "tell not-notified" else ()
    return msgspec.structs.replace(
        case, answered=(*case.answered, told["name"]), faults=(*case.faults, *fault),
        missing=(*case.missing, *missing))


# When

def nothing_is_filed(case: Presentation, event: Event, facts: Facts) -> bool:
    """Hold if nobody filed for any of the goods."""
    after = learned(case, event, facts)
    return after.named == after.missing


def others_to_answer(case: Presentation, event: Event, facts: Facts) -> bool:
    """Hold if the answer for other goods is still to come."""
    return set(heard(case, event, facts).answered) != set(case.named)


def some_not_notified(case: Presentation, event: Event, facts: Facts) -> bool:
    """Hold if nobody filed for some of the goods, now that all are answered."""
    return bool(heard(case, event, facts).missing)


# Then

def ask_filings(case: Presentation, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the filing of each of the goods that they are here."""
    for name in case.named:
        if name not in case.missing:
            yield Tell("present", "filing", name, {
                "name": name, "presenter": case.presenter, "stream": facts.case,
                "office": facts.office}, facts.office)


def hold_not_notified(case: Presentation, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Hold the goods that nobody filed for (NON_NOTIFIED) and ask an officer about them."""
    yield _signal(case, facts, routing.PENDING, routing.ON_ENTRY)
    told = ", ".join(case.missing)[:400]
    yield Task("missing", f"Goods without entry summary declaration, presented by "
               f"{case.presenter}: {told}", "Varer uten summarisk innførselsdeklarasjon, lagt fram "
               f"av {case.presenter}: {told}", ("allow-entry", "deny-entry"))


def allow_entry(case: Presentation, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Let the goods in all the same (TO_ENTRY): no declaration is due, or it is filed elsewhere."""
    yield Task("missing")
    yield _signal(case, facts, routing.TO_ENTRY)


def deny_entry(case: Presentation, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Deny the goods entry (ENTRY_DENIED)."""
    yield Task("missing")
    yield _signal(case, facts, routing.DENIED)


def _signal(case: Presentation, facts: Facts, what: str, where: str = "") -> Tell:
    return Tell("routing", "routing", case.presenter, routing.signal(facts, what, where) | {
        "flag": routing.NOT_NOTIFIED, "request": case.request,
        "consignments": [{"name": name} for name in case.missing]})


def answer(
    _case: Presentation, _event: Event, _facts: Facts, _findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Answer nobody by message: who presents reads the validation status and the routing."""
    return ()


# fmt: off
TABLE = (
    #  in state      on                      when               go to         then         learn
    On("none",       "trader present",       nothing_is_filed,  "goods held", hold_not_notified,  learned),
    On("none",       "trader present",       always,            "sent",       ask_filings, learned),
    On("sent",       "tell not-notified",    others_to_answer,      SAME,         nothing,     heard),
    On("sent",       "tell not-notified",    always,            "goods held", hold_not_notified,  heard),
    On("sent",       "tell presented",       others_to_answer,      SAME,         nothing,     heard),
    On("sent",       "tell presented",       some_not_notified, "goods held", hold_not_notified,  heard),
    On("sent",       "tell presented",       always,            "routed",     nothing,     heard),
    On("goods held", "officer allow-entry",  always,            "routed",     allow_entry),
    On("goods held", "officer deny-entry",   always,            "turned away", deny_entry),
)
# fmt: on
WAITS = {
    "sent": Wait("repository", "the filings of the goods answer",
                 "deklarasjonene for varene svarer"),
    "goods held": Wait("officer", "an officer decides on goods without entry summary declaration",
                       "en tjenesteperson avgjør hva som skjer med varer uten summarisk "
                       "innførselsdeklarasjon"),
}
ROLE = Role("presentation", TABLE, Presentation, answer, WAITS,
            owner=lambda case: case.presenter, edition=ICS2)
