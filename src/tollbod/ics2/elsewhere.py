"""What the office of a filing and those of other Member States say to each other about it.

The officer who assesses it may ask another office to screen it (IE4N03). That office gets to see
the declaration (IE4R05), may have the filer asked (IE4Q04), and tells its result (IE4S01); when the
analysis is done every office that was asked hears of it (IE4S02, see `result`).
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import carry, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, always, nothing, refuse,
)
from tollbod.ics2.assessment import another_question, answered, assess, pose
from tollbod.ics2.case import Filing, Referral
from tollbod.ics2.letters import second
from tollbod.ics2.result import INVOLVED, RISK
from tollbod.spec import codes
from tollbod.spec.tables import ICS2


# Learn

def asked_office(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn which office was asked to screen it."""
    return msgspec.structs.replace(case, involved=case.involved | {event.body["office"]: "asked"})


def asked_by_another(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn what another office has the filer asked."""
    told = event.body["referralRequestDetails"][0]
    new = Referral(f"R{facts.receipt:X}", told["requestType"], facts.now, asker=facts.sender,
                   theirs=told["referralRequestReference"])
    return msgspec.structs.replace(case, referrals=(*case.referrals, new))


def screened(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn the result of another office's screening."""
    found = many(event.body["riskAnalysis"].get("riskAnalysisResult"))
    risk = any(one.get("resultCode") == RISK for one in found)
    hits = ", ".join(filter(None, (one.get("riskCriteriaIdentifier") for one in found)))
    said = f"{'risk' if risk else 'no risk'}{f' ({hits})' if hits else ''}"
    return msgspec.structs.replace(
        case, involved=case.involved | {facts.sender: said},
        flags=(*case.flags, f"{facts.sender}: {said}"))


# When

def no_such_office(_case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if no office of another Member State that can be reached is named."""
    name = str(event.body.get("office", ""))
    return (codes.office(name) is None or name[:2] == facts.office[:2]
            or not facts.reaches(name[:2]))


def answers_another(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if it answers the open question, and another office had that asked."""
    return not another_question(case, event, facts) and bool(case.open_referral.asker)


# Then

def tell_no_such_office(_case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to ask it."""
    yield refuse("14", "name the office of another Member State that is to screen it (office=...)",
                 "oppgi tollstedet i en annen medlemsstat som skal vurdere den (office=...)")


def involve(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell another Member State's office that there is a hit (IE4N03): it screens the filing."""
    yield _to(event.body["office"], case, "IE4N03", {
        "functionalReference": case.mrn, "documentIssueDate": second(facts.now),
        "riskAnalysis": {
            "riskAnalysisRequestReference": case.mrn,
            "involvedMemberState": {"country": event.body["office"][:2]},
            "responsibleMemberState": {"country": facts.office[:2]}}})


def show_declaration(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Let the office that was asked see the declaration as it stands (IE4R05)."""
    yield _to(facts.sender, case, "IE4R05", carry(
        ICS2, "IE4R05", {"relatedENS": case.declaration | {"MRN": case.mrn}},
        {"functionalReference": case.mrn}))


def ask_for_another(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the filer what another office wants to know (IE3Q02); a copy as to others (IE3N04)."""
    one = case.referrals[-1]
    told = event.body["referralRequestDetails"][0] | {"referralRequestReference": one.reference}
    yield from pose(case, facts, "IE3Q02", "IE3N04", [told])


def tell_not_now(case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse to ask the filer: the filing is not being assessed, or a question is open."""
    yield refuse("92", f"the filing is '{case.state}': nothing is asked about it now",
                 "det spørres ikke om noe for denne deklarasjonen nå", "", f"/{event.ie}/MRN")


def pass_on(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Pass the answer on to the office that had it asked (IE4R02), and go on."""
    one = case.referrals[-1]
    told = carry(ICS2, "IE4R02", event.body)
    told["additionalInformationResponse"] = [
        group | {"referralRequestReference": one.theirs}
        for group in told["additionalInformationResponse"]]
    yield _to(one.asker, case, "IE4R02", told)
    yield assess(case)


def note_result(case: Filing, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the officer what another office found."""
    yield assess(case)


def _to(office: str, case: Filing, ie: str, body: dict[str, Any]) -> Send:
    return Send(ie, office, body, role=INVOLVED, case=case.mrn, edition=ICS2)


# Who may say what

def one_that_was_asked(case: Filing, _event: Event, facts: Facts) -> bool:
    """An office that was asked to screen the filing."""
    return facts.sender in case.involved


HEARD = {ie: one_that_was_asked for ie in ("IE4Q10", "IE4Q04", "IE4S01")}
# fmt: off
FIRST = (On("referral open", "IE3R02", answers_another, "under assessment", pass_on, answered),)
ROWS = (
    #  in state            on                when            go to               then                 learn
    On("under assessment", "officer involve", no_such_office, SAME,               tell_no_such_office),
    On("under assessment", "officer involve", always,         SAME,               involve,             asked_office),
    On(ANY,                "IE4Q10",          always,         SAME,               show_declaration),
    On("under assessment", "IE4Q04",          always,         "referral open",    ask_for_another,     asked_by_another),
    On(ANY,                "IE4Q04",          always,         SAME,               tell_not_now),
    On("under assessment", "IE4S01",          always,         SAME,               note_result,         screened),
    On(ANY,                "IE4S01",          always,         SAME,               nothing,             screened),
)
# fmt: on
