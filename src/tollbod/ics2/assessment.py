"""The risk analysis of a filing: what the control filter hits is for an officer to decide.

An officer finds no risk, wants a control at the border, asks the filer (for information or an
amendment, IE3Q02; for screening, IE3Q03) or forbids loading (IE3Q01). A minimum data set is
answered house by house and at once: the houses that nothing hits need not wait for the others.
"""
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Task, Timer, always, nothing, refuse,
)
from tollbod.ics2.advance import nobody_to_tell, would_endanger
from tollbod.ics2.case import HOUSE, MASTER, Filing, Referral
from tollbod.ics2.letters import connected, letter, second, subscribed, to_all, to_filer
from tollbod.ics2.result import NO_LOADING, NO_RISK, RISK, all_in_words, tell_involved

QUESTIONS = {"ask-information": "RFI", "ask-to-amend": "AMD", "ask-screening": "RFS"}
# What holds goods that may not be loaded: group of IE3Q01, its number, how many the table allows.
HOLDERS = (("receptacle", "receptacleIdentificationNumber", 999),
           ("transportEquipment", "containerIdentificationNumber", 9_999))
DEEP_SEA = timedelta(hours=24)          # UCC-DA art. 105(a): before loading, containers


# Learn

def asked(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn what is asked of the filer."""
    new = Referral(f"R{facts.receipt:X}", QUESTIONS[event.body["do"]], facts.now)
    return msgspec.structs.replace(case, referrals=(*case.referrals, new))


def answered(case: Filing, _event: Event, _facts: Facts) -> Filing:
    """Learn that the open question is answered."""
    return msgspec.structs.replace(case, referrals=tuple(
        msgspec.structs.replace(one, answered=True) for one in case.referrals))


def late(case: Filing, _event: Event, _facts: Facts) -> Filing:
    """Learn that the time of the analysis has run out."""
    return msgspec.structs.replace(
        case, flags=(*case.flags, "the time of the risk analysis has run out"))


def recommended(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn where and when the control is to be."""
    return msgspec.structs.replace(case, control={
        name: event.body[name] for name in ("place", "day", "endangered")
        if event.body.get(name)})


# When

def suspected(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if a criterion of safety and security hits it, or a filing that completes it."""
    return bool(case.hits or event.body.get("hits"))


def loading_is_over(case: Filing, _event: Event, facts: Facts) -> bool:
    """Hold unless it is answered before loading, or the 24 hours of a container still run."""
    kind = case.about
    deep_sea = kind.mode == "sea" and kind.minutes == DEEP_SEA.total_seconds() // 60
    return not kind.preloading and not (deep_sea and facts.now < case.registered + DEEP_SEA)


def no_house(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if screening is asked for, but the filing is not one of goods by air with houses."""
    return case.about.mode != "air" or not case.houses


def another_question(case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if it answers another question than the one that is open."""
    said = {one.get("referralRequestReference") for name in
            ("additionalInformationResponse", "hrcmScreeningResults")
            for one in many(event.body.get(name))} - {None}
    one = case.open_referral
    fits = {"IE3R02": ("RFI",), "IE3R03": ("RFS",)}[event.name]
    return said != {one.reference} or one.type not in fits


def not_speaking(case: Filing, _event: Event, facts: Facts) -> bool:
    """Hold if it comes from another than filer, declarant or representative."""
    return facts.sender not in case.speakers


# Then

def assess(case: Filing) -> Task:
    """Ask an officer to assess what the control filter hit."""
    said = "; ".join(filter(None, (*case.flags, odd_mass(case))))
    where = ", ".join(case.whole.suspected) if case.whole else ""
    return Task("assess", f"Assess the filing {case.kind}: criteria {all_in_words(case) or '-'}"
                + (f" in {where}" if where else "") + (f"; {said}" if said else ""),
                f"Vurder deklarasjonen {case.kind}: kriterier {all_in_words(case, True) or '-'}"
                + (f" i {where}" if where else "")
                + (f"; {odd}" if (odd := odd_mass(case, nb=True)) else ""),
                ("no-risk", "control", "ask-information", "ask-to-amend", "ask-screening",
                 "do-not-load", "involve"))


def odd_mass(case: Filing, nb: bool = False) -> str:
    """Say that a master weighs otherwise than the houses it names; empty if it does not."""
    if not case.odd_mass or case.whole is None:
        return ""
    if nb:
        return f"oppgitt bruttomasse {case.whole.own} kg, husene til sammen {case.whole.kilos} kg"
    return f"gross mass {case.whole.own} kg, its houses {case.whole.kilos} kg together"


def assessment_complete(case: Filing, facts: Facts) -> Iterable[Effect]:
    """Tell those who subscribe that the analysis is done (IE3N03), and of which houses."""
    open_ = case.suspected or range(len(case.houses))
    yield from _complete(case, facts, open_)


def clear_houses(case: Filing, facts: Facts) -> Iterable[Effect]:
    """Tell those who subscribe of the houses that nothing hits (IE3N03)."""
    clear = [n for n in range(len(case.houses)) if n not in set(case.suspected)]
    if clear:
        yield from _complete(case, facts, clear)


def _complete(case: Filing, facts: Facts, houses: Iterable[int]) -> Iterable[Effect]:
    named = [case.houses[n] for n in houses]
    yield from to_all(case, facts, "IE3N03", {
        "completionDate": second(facts.now),
        "assessmentComplete": {"transportDocument": named} if named else None})


def find_no_risk(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Find no risk: nothing further is done for now (IE3N03)."""
    yield from _assessed(case, facts, NO_RISK)


def _assessed(case: Filing, facts: Facts, verdict: str) -> Iterable[Effect]:
    yield from tell_involved(case, facts, verdict)
    yield Task("assess")
    yield Timer("assessment", None)
    yield from assessment_complete(case, facts)


def recommend(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Recommend a control at the border; the analysis is done (IE3N03)."""
    yield from _assessed(case, facts, RISK)
    if not would_endanger(case, event, facts) and not nobody_to_tell(case, event, facts):
        yield Task("announce", "Announce the control in advance to an authorised operator?",
                   "Varsle kontrollen på forhånd til en autorisert aktør?", ("announce-control",))


def ask_filer(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the filer (IE3Q02), and copy the carrier if it subscribes to that (IE3N04)."""
    yield from pose(case, facts, "IE3Q02", "IE3N04", _details(case, event))


def ask_screening(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the filer for screening (IE3Q03), and copy the carrier if it subscribes (IE3N05)."""
    houses = case.suspected or range(len(case.houses))
    details = _details(case, event)[0]
    methods = [{"method": one} for one in str(event.body.get("methods", "")).split()]
    more = {"recommendedHRCMScreeningMethod": methods} if methods else {}
    yield from pose(case, facts, "IE3Q03", "IE3N05", [
        details | more | {"transportDocumentHouse": case.houses[n]} for n in houses])


def pose(case: Filing, facts: Facts, ie: str, copy: str, details: list) -> Iterable[Effect]:
    """Put questions to the filer, and copy the carrier if it subscribes to that."""
    yield Task("assess")
    told = {"documentIssueDate": second(facts.now), "referralRequestDetails": details}
    yield to_filer(case, ie, told)
    if case.carrier and case.carrier != case.filer and subscribed(case.carrier, copy, facts):
        yield letter(copy, case.carrier, case.head, {"MRN": case.mrn} | told)


def _details(case: Filing, event: Event) -> list[dict]:
    one, said = case.referrals[-1], event.body
    more = {name: str(said[name])[:512] for name in ("text", "code") if said.get(name)}
    details: dict = {"referralRequestReference": one.reference, "requestType": one.type}
    if more:
        details["additionalInformation"] = [more]
    if said.get("pointer"):
        details["pointer"] = {"messageElementPath": str(said["pointer"])[:512]}
    return [details]


def tell_no_house(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to ask for the screening of goods that nobody screens."""
    yield refuse("14", "only houses of a data set for goods by air are screened",
                 "bare hussendinger med luftfrakt kan gjennomlyses")


def forbid_loading(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Forbid loading: IE3Q01 to the filer, and always to a carrier that can be reached."""
    yield from tell_involved(case, facts, NO_LOADING)
    yield Task("assess")
    yield Timer("assessment", None)
    for told in _forbidden(case):
        changes = {"MRN": case.mrn, "documentIssueDate": second(facts.now),
                   "doNotLoadDetails": told}
        yield letter("IE3Q01", case.filer, case.head, changes)
        if case.carrier and case.carrier != case.filer and connected(case.carrier, facts):
            yield letter("IE3Q01", case.carrier, case.head, changes)


def _forbidden(case: Filing) -> list[dict]:
    """Return what may not be loaded: each house by its document, or the whole by its own; and the
    receptacles and containers that hold it."""
    if case.houses:
        levels = many(at(case.declaration, f"{MASTER}/{HOUSE}"))
        open_ = case.suspected or range(len(case.houses))
        return [{"transportDocument": case.houses[n]} | _held_in(levels[n]) for n in open_]
    return [{"transportDocument": case.head["transportDocument"]} | _held_in(case.declaration)]


def _held_in(level: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Return what holds the goods of a level, each once."""
    found = {}
    for group, number, most in HOLDERS:
        numbers = list(dict.fromkeys(_numbers(level, number)))[:most]
        if numbers:
            found[group] = [{number: one} for one in numbers]
    return found


def _numbers(level: Any, name: str) -> Iterator[str]:
    """Yield what is given under a name, at any depth."""
    for key, below in level.items():
        if key == name:
            yield below
        elif isinstance(below, dict | list):
            for one in many(below):
                if isinstance(one, dict):
                    yield from _numbers(one, name)


def tell_loading_is_over(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to forbid what is done: a control at the border is left."""
    yield refuse("92", "do not load is for goods that are not loaded yet; order a control instead",
                 "lasting kan bare nektes før varene er lastet; beslutt heller en kontroll")


def go_on_assessing(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to go on: the answer is here."""
    yield assess(case)


def tell_another_question(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an answer to a question that was not asked (error 98)."""
    name = "hrcmScreeningResults" if event.name == "IE3R03" else "additionalInformationResponse"
    yield refuse("98", "this is not the question that is open; repeat its reference",
                 "dette er ikke spørsmålet som er åpent; gjenta referansen", "",
                 f"/{event.ie}/{name}/referralRequestReference")


def tell_no_question(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an answer where nothing is asked (error 98)."""
    yield refuse("98", "nothing is asked about this filing now",
                 "det er ikke spurt om noe for denne deklarasjonen nå", "", f"/{event.ie}/MRN")


def tell_stranger(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message of a stranger as if the filing were not there (error 90)."""
    yield refuse("90", "this MRN is not known as a filing of yours",
                 "dette MRN-et er ikke kjent som en deklarasjon fra deg", "", f"/{event.ie}/MRN")


def remind(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the officer that the time of the analysis has run out: nobody waits for it any more."""
    yield assess(case)


def _answers(ie: str) -> tuple[On, ...]:
    """Return the rows of an answer to a question."""
    return (On("referral open", ie, another_question, SAME,               tell_another_question),
            On("referral open", ie, always,           "under assessment", go_on_assessing,
               answered),
            On(ANY,             ie, always,           SAME,               tell_no_question))


# fmt: off
ROWS = (
    #  in state            on                         when             go to                  then                  learn
    On("under assessment", "officer no-risk",         always,          "assessed",            find_no_risk),
    On("under assessment", "officer control",         always,          "control recommended", recommend,            recommended),
    On("under assessment", "officer ask-information", always,          "referral open",       ask_filer,            asked),
    On("under assessment", "officer ask-to-amend",    always,          "referral open",       ask_filer,            asked),
    On("under assessment", "officer ask-screening",   no_house,        SAME,                  tell_no_house),
    On("under assessment", "officer ask-screening",   always,          "referral open",       ask_screening,        asked),
    On("under assessment", "officer do-not-load",     loading_is_over, SAME,                  tell_loading_is_over),
    On("under assessment", "officer do-not-load",     always,          "do not load",         forbid_loading),
    On("under assessment", "timer assessment",        always,          SAME,                  remind,               late),
    On("referral open",    "timer assessment",        always,          SAME,                  nothing,              late),
    *_answers("IE3R02"),
    *_answers("IE3R03"),
)
# fmt: on
