"""The table of an outage: asked, permitted or refused, over, closed.

What is begun on paper ends on paper: a paper is registered once, under a number of the permission,
and what it declares is never taken as a new electronic declaration (the name it leaves tells the
office of departure so). A paper may come in after the outage, but must have been begun in it.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.model import (
    SAME, Effect, Event, Facts, Name, On, Refuse, Role, Send, Task, Wait, always, refuse,
)
from tollbod.continuity import outage, safety
from tollbod.continuity.outage import Outage, Paper, moment, text
from tollbod.findings import Finding

PERMIT, RETURN = "permission", "papers"


def on_paper(holder: str, lrn: str) -> str:
    """Return the name that an operation begun on paper leaves, for who would declare it anew."""
    return f"paper/{holder}:{lrn}"


# When

def unfit(case: Outage, event: Event, facts: Facts) -> bool:
    """Hold if an outage cannot be registered as told."""
    return any(outage.faults_of_report(event.body, facts.case, facts.now))


def not_so(case: Outage, event: Event, facts: Facts) -> bool:
    """Hold if a permission cannot be registered as told."""
    return any(outage.faults_of_permission(case, event.body, facts.now))


def not_permitted(case: Outage, event: Event, facts: Facts) -> bool:
    """Hold if a paper is not covered by the permission, or known already."""
    return any(_faults(case, event, facts))


def _faults(case: Outage, event: Event, facts: Facts) -> Iterable[Finding]:
    """Yield why a paper is not taken: as a paper, and as the prenotification that it is to be."""
    yield from outage.faults_of_paper(case, event.body, facts.now)
    if event.body.get("kind") in ("ssd", "ens"):
        yield from safety.faults(case, event.body, facts.now)
    if is_entry(case, event, facts):
        yield from safety.faults_of_entry(event.body)


def is_safety(_case: Outage, event: Event, _facts: Facts) -> bool:
    """Hold for a safety and security document (SSD) that becomes a prenotification."""
    return event.body.get("kind") == "ssd"


def is_entry(_case: Outage, event: Event, _facts: Facts) -> bool:
    """Hold for one that stands for an entry summary declaration until that is filed."""
    return event.body.get("kind") == "ens"


def not_filed(case: Outage, event: Event, facts: Facts) -> bool:
    """Hold if what a paper stands for is not filed: its holder's, with its transport document."""
    paper = case.paper(event.body["number"])
    return paper is not None and paper.kind == "ens" and not _filed(paper, facts)


def _filed(paper: Paper, facts: Facts) -> str:
    """Return the MRN of the accepted filing that a paper stood for; empty if there is none."""
    mrn, filer = facts.entry_of(paper.data.get("transport_document") or "-")
    return mrn if paper.kind == "ens" and filer == paper.holder else ""


def not_open(case: Outage, event: Event, _facts: Facts) -> bool:
    """Hold if there is no such paper that has not come back."""
    return event.body.get("number") not in {one.number for one in case.open}


def papers_are_out(case: Outage, _event: Event, _facts: Facts) -> bool:
    """Hold if papers have not come back."""
    return bool(case.open)


# Learn

def reported(_case: Outage, event: Event, facts: Facts) -> Outage:
    """Learn whose fault it is, who asked, and since when."""
    told = event.body
    own = told["cause"] != "customs"
    return Outage(number=facts.case, cause=told["cause"], asked_by=text(told["asked_by"]),
                  began=moment(told["began"]), reason=text(told.get("reason")),
                  expected=moment(told["expected"]) if own else None)


def permitted(case: Outage, event: Event, facts: Facts) -> Outage:
    """Learn who permitted it, when, and for how many papers."""
    told = event.body
    return msgspec.structs.replace(
        case, permission=f"{case.number}-P", permitted_by=told["by"], forms=outage.forms(told),
        permitted_at=moment(told["at"]) if "at" in told else facts.now)


def registered(case: Outage, event: Event, _facts: Facts) -> Outage:
    """Learn of an operation that was begun on paper."""
    told = event.body
    paper = Paper(number=told["number"], kind=told.get("kind", "transit"),
                  holder=text(told["holder"]), begun=moment(told["begun"]), by=told["by"],
                  lrn=text(told.get("lrn")), data=_boxes(told))
    return msgspec.structs.replace(case, papers=(*case.papers, paper))


def _boxes(told: dict) -> dict[str, str]:
    """Return the boxes of an SSD as they were told."""
    own = {"do", "by", "case", "number", "kind", "holder", "begun", "lrn"}
    return {name: text(value) for name, value in sorted(told.items()) if name not in own} \
        if told.get("kind") in ("ssd", "ens") else {}


def returned(case: Outage, event: Event, facts: Facts) -> Outage:
    """Learn that an operation has ended, on paper."""
    papers = tuple(msgspec.structs.replace(one, ended=facts.now, mrn=_filed(one, facts))
                   if one.number == event.body["number"] else one for one in case.papers)
    return msgspec.structs.replace(case, papers=papers)


def ended(case: Outage, _event: Event, facts: Facts) -> Outage:
    """Learn when the system was back."""
    return msgspec.structs.replace(case, ended=facts.now)


# Then

def say_unfit(_case: Outage, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse with what is wrong in the request."""
    yield Refuse(tuple(outage.faults_of_report(event.body, facts.case, facts.now)))


def say_not_so(case: Outage, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse with what is wrong in the permission."""
    yield Refuse(tuple(outage.faults_of_permission(case, event.body, facts.now)))


def say_not_permitted(case: Outage, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the paper with the reason."""
    yield Refuse(tuple(_faults(case, event, facts)))


def say_not_open(_case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: there is no such paper on its way."""
    yield refuse("14", "no paper with this number is on its way under this permission",
                 "ingen papirer med dette nummeret er underveis med denne tillatelsen", "BCP")


def say_not_filed(_case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: this paper is over when its declaration is filed in ICS2."""
    yield refuse("14", "its holder has filed nothing in ICS2 with the paper's transport document: "
                 "that is due when the system is back, and then closes the paper",
                 "innehaveren har ikke levert noe i ICS2 med papirets transportdokument: det skal "
                 "gjøres når systemet er tilbake, og avslutter da papiret", "BCP")


def say_papers_are_out(case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: what was begun on paper has not ended."""
    numbers = _numbers(case)
    yield refuse("14", f"papers have not come back: {numbers}",
                 f"papirer er ikke kommet tilbake: {numbers}", "BCP")


def ask_for_permission(case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to permit fallback or refuse it; it is found by its number and who asked."""
    yield Name(f"outage/{case.number}")
    if case.asked_by.isalnum():
        yield Name(f"outage-of/{case.asked_by}/{case.number}")
    yield Task(PERMIT, f"{case.asked_by} asks to use fallback: the fault lies with {case.cause}",
               f"{case.asked_by} ber om å bruke nødprosedyren: feilen ligger hos {case.cause}",
               ("permit-fallback", "refuse-fallback", "end-outage"))


def answered(_case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the question."""
    yield Task(PERMIT)


def keep_papers(case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the question; ask the officer to keep account of the papers until it is over."""
    yield Task(PERMIT)
    yield _account(case)


def begin_paper(case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Leave the name under which the operation can no longer be declared electronically."""
    paper = case.papers[-1]
    if paper.lrn:
        yield Name(on_paper(paper.holder, paper.lrn))
    yield _account(case)


def prenotify(case: Outage, event: Event, facts: Facts) -> Iterable[Effect]:
    """Lodge what the SSD says with its office of entry or exit, filed when the paper came in."""
    yield from begin_paper(case, event, facts)
    paper = case.papers[-1]
    yield Send("IE015", text(event.body["border_office"]), safety.body(case, event.body, facts.now),
               role="prenotification", case=f"{paper.holder}:{safety.reference(event.body)}",
               edition=safety.EDITION)


def await_filing(case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Keep the paper as what stands for the declaration until that is filed."""
    yield _account(case)


def account(case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the officer which papers are still out."""
    yield _account(case)


def close(_case: Outage, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Let nothing more be done about it."""
    yield Task(RETURN)


def _account(case: Outage) -> Task:
    numbers = _numbers(case) or "-"
    acts = ("register-paper", "close-paper", "close-outage" if case.ended else "end-outage")
    due = ", ".join(f"{one.data.get('transport_document')} ({one.holder})"
                    for one in case.open if one.kind == "ens")
    return Task(RETURN, f"{case.permission}: papers on their way: {numbers}. What was lodged "
                "electronically too, its holder withdraws (IE014)"
                + (f". To be filed in ICS2: {due}" if due else ""),
                f"{case.permission}: papirer underveis: {numbers}. Det som også er sendt "
                "elektronisk, trekker innehaveren tilbake (IE014)"
                + (f". Skal leveres i ICS2: {due}" if due else ""), acts)


def _numbers(case: Outage) -> str:
    return ", ".join(one.number for one in case.open)


# fmt: off
TABLE = (
    #  in state     on                         when            go to        then                learn
    On("none",      "officer report-outage",   unfit,          SAME,        say_unfit),
    On("none",      "officer report-outage",   always,         "asked",     ask_for_permission, reported),
    On("asked",     "officer permit-fallback", not_so,         SAME,        say_not_so),
    On("asked",     "officer permit-fallback", always,         "permitted", keep_papers,        permitted),
    On("asked",     "officer refuse-fallback", always,         "refused",   answered),
    On("asked",     "officer end-outage",      always,         "closed",    answered,           ended),
    On("permitted", "officer register-paper",  not_permitted,  SAME,        say_not_permitted),
    On("permitted", "officer register-paper",  is_safety,      SAME,        prenotify,          registered),
    On("permitted", "officer register-paper",  is_entry,       SAME,        await_filing,       registered),
    On("permitted", "officer register-paper",  always,         SAME,        begin_paper,        registered),
    On("permitted", "officer close-paper",     not_open,       SAME,        say_not_open),
    On("permitted", "officer close-paper",     not_filed,      SAME,        say_not_filed),
    On("permitted", "officer close-paper",     always,         SAME,        account,            returned),
    On("permitted", "officer end-outage",      always,         "over",      account,            ended),
    On("over",      "officer register-paper",  not_permitted,  SAME,        say_not_permitted),
    On("over",      "officer register-paper",  is_safety,      SAME,        prenotify,          registered),
    On("over",      "officer register-paper",  is_entry,       SAME,        await_filing,       registered),
    On("over",      "officer register-paper",  always,         SAME,        begin_paper,        registered),
    On("over",      "officer close-paper",     not_open,       SAME,        say_not_open),
    On("over",      "officer close-paper",     not_filed,      SAME,        say_not_filed),
    On("over",      "officer close-paper",     always,         SAME,        account,            returned),
    On("over",      "officer close-outage",    papers_are_out, SAME,        say_papers_are_out),
    On("over",      "officer close-outage",    always,         "closed",    close),
)
# fmt: on

WAITS = {
    "asked": Wait("officer", "customs decides whether fallback is permitted",
                  "tollmyndighetene avgjør om nødprosedyren tillates"),
    "permitted": Wait("officer", "the system is away: papers are begun under the permission",
                      "systemet er nede: papirer begynnes med tillatelsen"),
    "over": Wait("officer", "what was begun on paper ends on paper, and comes back",
                 "det som er begynt på papir, avsluttes på papir og kommer tilbake"),
}


def answer(
    _case: Outage, _event: Event, _facts: Facts, _findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Answer nobody by message: who asks is told by the officer, for the system is away."""
    return ()


ROLE = Role("outage", TABLE, Outage, answer, WAITS, owner=lambda case: case.asked_by)
