"""Presentation, control, sealing and release; or no release (IE051)."""
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.movement.departure.case import Departure, holds_entry_data
from tollbod.movement.departure.exports import free_exports
from tollbod.movement.departure.letters import (
    control_code, dates, day, form, record, reference, sealed, second, to_declarant,
)
from tollbod.spec.timers import days

LIMIT_DAYS = 8          # where neither trader nor officer gives a limit date; see DIVERGENCES.md
NO_RELEASE = "Z1"       # CL211 has no public values


# Learn

def presented(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that goods and documents were presented at the office."""
    return msgspec.structs.replace(case, presented=True)


def control_decided(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the decision on control: `"decision": "none"` or anything else for a control."""
    control = "none" if event.body.get("decision") == "none" else "decided"
    return msgspec.structs.replace(case, control=control)


def control_done(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the result of the control (A1 satisfactory, A2 considered satisfactory)."""
    return msgspec.structs.replace(case, control=event.body.get("code", "A1"))


def seals_fixed(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn the decision on sealing: the seals affixed, or none (`"seals": []`)."""
    return msgspec.structs.replace(case, sealed=True, seals=tuple(event.body.get("seals", ())))


def let_go(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the release and the day by which the goods are due (G0127)."""
    if event.name == "officer result":
        case = control_done(case, event, facts)
    given = event.body.get("limit") or at(case.declaration, "TransitOperation/limitDate")
    limit = date.fromisoformat(given) if given else facts.now.date() + timedelta(days=LIMIT_DAYS)
    return msgspec.structs.replace(case, released=facts.now, limit=limit)


def kept_here(case: Departure, _event: Event, _facts: Facts) -> Departure:
    """Learn that there is no release: an open request for cancellation has nothing left to end."""
    return case.overtaken()


# When

def to_be_controlled(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if control was decided and its result is not known."""
    return case.to_control


def simplified(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold under the simplified procedure: nothing waits for a person."""
    return case.simplified


def delayed(case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold where the national profile lets automatic release wait."""
    return case.simplified and facts.profile.release_minutes > 0


def overdue(case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold if goods that would go by themselves cannot: a time that was declared has passed."""
    return case.simplified and bool(passed_times(case, facts))


def held_back(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if goods that would go by themselves are asked back: a cancellation is undecided."""
    return case.simplified and case.request is not None and case.request.open


def not_satisfactory(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the control at departure was not satisfactory (B1)."""
    return event.body.get("code") == "B1"


def no_result(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the code is none of a control at departure."""
    return event.body.get("code", "A1") not in ("A1", "A2", "A3")


def no_control(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the officer decided that there is no control."""
    return event.body.get("decision") == "none"


def documents_only(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the officer asks for documents only."""
    return event.body.get("decision") == "documents"


def closed(_case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold outside the opening hours of the office."""
    return not facts.profile.open(facts.office, facts.now)


def unfinished(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold under the normal procedure if presentation or a decision is missing."""
    return bool(missing(case))


def wants_release(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the holder asks for release after a control with a revised declaration (IE054)."""
    return at(event.body, "TransitOperation/releaseRequested") == "1"


# Then

def passed_times(case: Departure, facts: Facts) -> list[str]:
    """List the paths of declared times that are over before the release (R0004, limit date)."""
    today = day(facts.now)
    limit = at(case.declaration, "TransitOperation/limitDate")
    expected = [one.get("arrivalDateAndTimeEstimated", "")
                for one in many(case.declaration.get("CustomsOfficeOfTransitDeclared"))]
    found = ["TransitOperation/limitDate"] if limit and limit < today else []
    return found + [f"CustomsOfficeOfTransitDeclared[{n}]/arrivalDateAndTimeEstimated"
                    for n, time in enumerate(expected, 1) if time and time <= f"{today}T00:00:00"]


def ask_new_times(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the declarant for times that are still to come (IE022) before the goods may go."""
    yield Task("control")
    yield Timer("release", None)
    yield Task("release", "A declared time has passed: release once it is amended (IE013)",
               "En oppgitt tid er ute: frigi når den er endret (IE013)",
               ("control", "release", "no-release"))
    yield to_declarant(case, "IE022", dates(case) | {
        "TransitOperation/amendmentNotificationDateAndTime": second(facts.now),
        "FunctionalError": [
            {"sequenceNumber": str(n), "errorPointer": f"/CC015C/{path}", "errorCode": "14",
             "errorReason": "R0004" if "Estimated" in path else "G0127"}
            for n, path in enumerate(passed_times(case, facts), 1)],
    })


def hold_back(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Let nothing go by itself while a request for cancellation is undecided."""
    yield Task("control")
    yield Timer("release", None)
    yield Task("release", "A cancellation is asked for: decide on it before the goods go",
               "Det er bedt om kansellering: avgjør den før varene går",
               ("control", "release", "no-release"))


def tell_result(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a result that a control at departure cannot have."""
    code = str(event.body.get("code"))[:20]
    yield refuse("12", f"{code} is no result of a control at departure: A1, A2, or B1: no release",
                 f"{code} er ikke et resultat av kontroll ved avgang: A1, A2, eller B1 for ikke "
                 "frigitt", "CL047")


def missing(case: Departure) -> list[tuple[str, str]]:
    """List what release under the normal procedure still lacks, en and nb."""
    if case.simplified:
        return []
    lacks = []
    if not case.presented:
        lacks.append(("presentation of goods and documents", "fremlegging av varer og dokumenter"))
    if not case.control:
        lacks.append(("a decision on control", "en beslutning om kontroll"))
    if not case.sealed:
        lacks.append(("a decision on sealing", "en beslutning om forsegling"))
    return lacks


def tell_missing(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the release, naming what it lacks."""
    english, bokmaal = zip(*missing(case))
    yield refuse("92", f"release needs first: {', '.join(english)}",
                 f"frigivelse krever først: {', '.join(bokmaal)}")


def tell_closed(_case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse an act outside opening hours, naming when the office opens."""
    opens = facts.profile.opens(facts.office, facts.now)
    yield refuse("92", f"office {facts.office} is closed; it opens {opens:%Y-%m-%d %H:%M} UTC",
                 f"tollsted {facts.office} er stengt; det åpner {opens:%Y-%m-%d %H:%M} UTC")


def decision(case: Departure, facts: Facts, kind: str, more: dict[str, Any]) -> Send:
    """Write a control decision (IE060); it never tells which criterion hit.

    `kind` (CL384): 0 control, 1 documents only, 2 intention to control a pre-lodged declaration.
    """
    return to_declarant(case, "IE060", reference(case) | {
        "TransitOperation/controlNotificationDateAndTime": second(facts.now),
        "TransitOperation/notificationType": kind,
    } | more)


def notify_control(case: Departure, facts: Facts, types: tuple[str, ...] = ("10",)) -> Send:
    """Write the decision to control (IE060 type 0); `types` are of CL716."""
    controls = [{"sequenceNumber": str(n), "type": kind} for n, kind in enumerate(types, 1)]
    return decision(case, facts, "0", {"TypeOfControls": controls})


def order_control(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the control (IE060); its result is asked for once the guarantee is reserved."""
    yield notify_control(case, facts, tuple(event.body.get("types", ("10",))))


def control(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the control (IE060) and ask for its result."""
    yield from order_control(case, event, facts)
    yield from ask_control(case, event, facts)


def ask_documents(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the declarant for documents only (IE060 type 1)."""
    wanted = event.body.get("documents", ["N380"])
    yield decision(case, facts, "1", {"RequestedDocument": [
        {"sequenceNumber": str(n), "documentType": kind} for n, kind in enumerate(wanted, 1)
    ]})


def announce_control(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Announce the intention to control a pre-lodged declaration (IE060 type 2)."""
    yield decision(case, facts, "2", {})


def ask_control(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to control the goods; no amendment is waited for any more."""
    yield Timer("release", None)
    yield Task("release")
    yield Task("amendment")
    yield Task("control", "Control the goods or the documents",
               "Kontroller varene eller dokumentene", ("result", "no-release"))


def ask_release(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer for what release under the normal procedure still lacks."""
    acts = [act for act, done in (("present", case.presented), ("control", case.control),
                                  ("seal", case.sealed)) if not done]
    yield Task("control")
    yield Task("release", "Release for transit", "Frigi til transittering",
               (*acts, "release", "no-release"))


def wait_release(_case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Let the automatic release wait as long as the national profile says."""
    yield Timer("release", facts.now + timedelta(minutes=facts.profile.release_minutes))
    yield Task("release", "Release now, control or refuse before the automatic release",
               "Frigi nå, kontroller eller avslå før automatisk frigivelse",
               ("control", "release", "no-release"))


def release_letter(case: Departure, facts: Facts) -> Send:
    """Write the release for transit (IE029, IEA29 with entry data) to the declarant."""
    declaration = sealed(case)
    ie = "IEA29" if holds_entry_data(declaration) else "IE029"
    root = form(declaration, ie)
    body = carry(case.edition, root, declaration, dates(case) | {
        "Consignment/containerIndicator": at(declaration, "Consignment/containerIndicator", "0"),
        "ControlResult": {"code": control_code(case), "date": day(case.limit),
                          "controlledBy": facts.office},
    })
    return Send(ie, case.declarant, body, edition=case.edition, root=root)


def records(case: Departure, facts: Facts) -> Iterable[Send]:
    """Write what release sends: IE029, then IE050, IE160 and IE001 to the offices ahead."""
    yield release_letter(case, facts)
    ies = {"transit": "IE050", "exit": "IE160", "destination": "IE001"}
    for office, role in case.ahead():
        ie = ies[role]
        yield Send(ie, office, record(case, f"CD{ie[2:]}C", office, facts), role, case.mrn)


def release(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Release for transit: the declarant and the offices ahead are told; arrival is awaited."""
    for task in ("release", "control", "amendment"):
        yield Task(task)
    yield Timer("release", None)
    yield from records(case, facts)
    due = facts.now.replace(hour=0, minute=0, second=0, microsecond=0)
    late = case.limit - facts.now.date() + timedelta(days=days("arrival"))
    yield Timer("arrival", due + late)


def no_release(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the release (IE051) and give back what was reserved (IE204)."""
    from tollbod.movement.departure.cancellation import decision as decision_on_request
    from tollbod.movement.departure.guarantee import give_back

    for task in ("guarantee", "release", "control", "cancel", "amendment"):
        yield Task(task)
    yield Timer("guarantee answer", None)
    yield Timer("release", None)
    text = event.body.get("text") or "The transit is not released."
    if event.name == "timer guarantee amendment":
        text = "No valid guarantee was given in time."
    if case.request and case.request.overtaken:
        yield decision_on_request(case, facts, False, "The movement is not released.")
    yield to_declarant(case, "IE051", {
        "TransitOperation/MRN": case.mrn,
        "TransitOperation/declarationSubmissionDateAndTime": second(case.lodged),
        "TransitOperation/noReleaseMotivationCode": event.body.get("code") or NO_RELEASE,
        "TransitOperation/noReleaseMotivationText": text,
    })
    yield from give_back(case, facts)
    yield from free_exports(case)


def ask_revised(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Ask an officer to decide on the request for release after control (IE054)."""
    yield Task("control", "The holder asks for release with a revised declaration (IE054)",
               "Den ansvarlige ber om frigivelse med revidert deklarasjon (IE054)",
               ("result", "no-release"))


# fmt: off
ROWS = (
    #  in state              on                    when              go to            then              learn
    On("pre-lodged",         "officer control",    always,           SAME,            announce_control),
    On("accepted",           "officer present",    always,           SAME,            nothing,          presented),
    On("accepted",           "officer seal",       always,           SAME,            nothing,          seals_fixed),
    On("accepted",           "officer control",    no_control,       SAME,            nothing,          control_decided),
    On("accepted",           "officer control",    documents_only,   SAME,            ask_documents),
    On("accepted",           "officer control",    always,           SAME,            order_control,    control_decided),
    On("accepted",           "officer no-release", always,           "not released",  no_release,       kept_here),

    On("covered",            "officer present",    always,           SAME,            ask_release,      presented),
    On("covered",            "officer seal",       always,           SAME,            ask_release,      seals_fixed),
    On("covered",            "officer control",    no_control,       SAME,            ask_release,      control_decided),
    On("covered",            "officer control",    documents_only,   SAME,            ask_documents),
    On("covered",            "officer control",    always,           "under control", control,          control_decided),
    On("covered",            "officer release",    closed,           SAME,            tell_closed),
    On("covered",            "officer release",    unfinished,       SAME,            tell_missing),
    On("covered",            "officer release",    always,           "released",      release,          let_go),
    On("covered",            "officer no-release", always,           "not released",  no_release,       kept_here),
    On("covered",            "timer release",      held_back,        SAME,            hold_back),
    On("covered",            "timer release",      overdue,          SAME,            ask_new_times),
    On("covered",            "timer release",      always,           "released",      release,          let_go),

    On("under control",      "officer present",    always,           SAME,            nothing,          presented),
    On("under control",      "officer seal",       always,           SAME,            nothing,          seals_fixed),
    On("under control",      "officer result",     not_satisfactory, "not released",  no_release,       kept_here),
    On("under control",      "officer result",     no_result,        SAME,            tell_result),
    On("under control",      "officer result",     held_back,        "covered",       hold_back,        control_done),
    On("under control",      "officer result",     overdue,          "covered",       ask_new_times,    control_done),
    On("under control",      "officer result",     simplified,       "released",      release,          let_go),
    On("under control",      "officer result",     always,           "covered",       ask_release,      control_done),
    On("under control",      "officer no-release", always,           "not released",  no_release,       kept_here),
    On("under control",      "IE054",              wants_release,    SAME,            ask_revised),
    On("under control",      "IE054",              always,           "not released",  no_release,       kept_here),
)
# fmt: on
