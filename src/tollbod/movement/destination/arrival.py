"""Arrival: expected by its record (IE001) or diverted here (IE002, IE003), then notified."""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.case.refusal import functional_errors
from tollbod.findings import Finding
from tollbod.movement.deadlines import start, waiting_for_goods
from tollbod.movement.destination.case import Destination
from tollbod.movement.destination.letters import here, permission, second

CANCELLED = ("the movement was cancelled by the office of departure (IE010)",
             "forsendelsen ble kansellert av avgangstollstedet (IE010)")
ELSEWHERE = ("the movement is not on its way here: it is not released, has arrived at another "
             "office, or is over", "forsendelsen er ikke på vei hit: den er ikke frigitt, har "
             "ankommet et annet tollsted, eller er avsluttet")


# Learn

def expected(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn the anticipated arrival record (IE001, or IE003 on request)."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"),
                                   record=event.body)


def named(case: Destination, event: Event, _facts: Facts) -> Destination:
    """Learn which movement was cancelled before its record came."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"))


def forgotten(case: Destination, _event: Event, _facts: Facts) -> Destination:
    """Learn that the record is not kept any longer: goods that come now are asked for anew."""
    return msgspec.structs.replace(case, record={})


def is_simplified(event: Event) -> bool:
    """Tell whether an arrival is notified under the simplified procedure."""
    return at(event.body, "TransitOperation/simplifiedProcedure") == "1"


def notified(case: Destination, event: Event, facts: Facts) -> Destination:
    """Learn who notifies the arrival, the trader's IE007 or an officer, and how."""
    by_message = event.name == "IE007"
    return msgspec.structs.replace(
        case,
        mrn=case.mrn or at(event.body, "TransitOperation/MRN") or event.body.get("case", ""),
        trader=facts.sender if by_message else event.body.get("trader", ""),
        notified=facts.message if by_message else "",
        edition=event.edition,
        procedure="simplified" if by_message and is_simplified(event) else "normal",
        to_control=bool(facts.hits),
    )


def arrived(case: Destination, event: Event, facts: Facts) -> Destination:
    """Learn the arrival; under the simplified procedure unloading is permitted with it."""
    if event.name in ("IE007", "officer arrival"):
        case = notified(case, event, facts)
    at_once = case.procedure == "simplified" and not case.to_control
    return msgspec.structs.replace(
        case, arrived=facts.now, permitted=facts.now if at_once else None)


def recorded(case: Destination, event: Event, facts: Facts) -> Destination:
    """Learn the record that was asked for, and with it the arrival."""
    return arrived(expected(case, event, facts), event, facts)


# When

def without_authorisation(_case: Destination, event: Event, facts: Facts) -> bool:
    """Hold if simplified procedure is claimed by someone who is no authorised consignee."""
    party = facts.party(facts.sender)
    return is_simplified(event) and not (party and "C522" in party.authorisations)


def somebody_else(_case: Destination, event: Event, facts: Facts) -> bool:
    """Hold if the message names another trader at destination than its sender."""
    return at(event.body, "TraderAtDestination/identificationNumber") != facts.sender


def closed(_case: Destination, _event: Event, facts: Facts) -> bool:
    """Hold outside the opening hours of the office."""
    return not facts.profile.open(facts.office, facts.now)


def no_departure(case: Destination, event: Event, facts: Facts) -> bool:
    """Hold if the MRN names no country whose office of departure could be asked."""
    mrn = at(event.body, "TransitOperation/MRN") or event.body.get("case", "")
    office = facts.profile.departure_office(mrn)
    return not office or not facts.reaches(office[:2])


def goes_on(case: Destination, event: Event, facts: Facts) -> bool:
    """Hold if unloading is permitted at once: simplified, and no criterion of the filter hits."""
    after = notified(case, event, facts) if event.name == "IE007" else case
    return after.procedure == "simplified" and not after.to_control


def arrival_refused(case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the office of departure refuses our advice of arrival (IE006), before the results."""
    waits = case.state in ("arrived", "unloading", "unloaded", "under control")
    return waits and any(error.get("errorPointer", "").startswith("/CD006C")
                         for error in many(event.body.get("FunctionalError")))


def negative(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the office of departure has no record to give."""
    return bool(at(event.body, "TransitOperation/requestRejectionReasonCode"))


# Then

def advise(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Advise the office of departure of the arrival (IE006); ask an officer to go on."""
    yield Task("record")
    yield _arrival_advice(case, facts)
    yield Task("unloading", "Verify the arrival against the record and permit the unloading",
               "Kontroller ankomsten mot forhåndsmeldingen og gi lossetillatelse",
               ("permit-unloading", *(() if case.trader else ("result",))))


def permit_at_once(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Advise departure of the arrival (IE006) and permit the unloading (IE043) in one go."""
    yield Task("record")
    yield _arrival_advice(case, facts)
    yield permission(case, facts)


def _arrival_advice(case: Destination, facts: Facts) -> Send:
    return Send("IE006", case.departure, {
        "TransitOperation": {"MRN": case.mrn, "arrivalDateAndTimeActual": second(facts.now)},
        "CustomsOfficeOfDeparture": {"referenceNumber": case.departure},
        "CustomsOfficeOfDestinationActual": here(facts),
    }, role="departure", case=case.mrn)


def ask_record(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the office of departure for the record of goods that came unannounced (IE002)."""
    yield Send("IE002", facts.profile.departure_office(case.mrn), {
        "TransitOperation": {"MRN": case.mrn},
        "CustomsOfficeOfDestinationActual": here(facts),
    }, role="departure", case=case.mrn)


def ask_record_again(case: Destination, event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the silent office of departure once more (IE002); an officer may give up."""
    yield from ask_record(case, event, facts)
    yield start("record", facts)
    departure = facts.profile.departure_office(case.mrn)
    yield Task("record", f"The office of departure {departure} does not answer (IE002)",
               f"Avgangstollstedet {departure} svarer ikke (IE002)", ("ask-record", "give-up"))


def give_up(case: Destination, event: Event, facts: Facts) -> Iterable[Effect]:
    """End the arrival: the office of departure does not answer; the trader is told (IE057)."""
    yield Task("record")
    text = event.body.get("text") or "The office of departure does not answer."
    if case.trader:
        yield rejection(case.trader, case.mrn, "007", "4", text, (), facts, edition=case.edition)


def keep_record(_case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Keep the record of overdue goods for some time yet: departure looks for them."""
    yield start("record kept", facts)


def tell_negative(case: Destination, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the arrival (IE057), or tell the officer: the office of departure has no record."""
    told = at(event.body, "TransitOperation/requestRejectionReasonCode")
    mrn = at(event.body, "TransitOperation/MRN")
    yield Task("record")
    text, nb = {"2": CANCELLED, "4": ELSEWHERE}.get(told) or _unknown_words(mrn)
    code = "92" if told in ("2", "4") else "90"
    finding = Finding("state", code, "", "/CC007C/TransitOperation/MRN", 0, text, "", mrn)
    yield Task("unloading")
    if case.trader:
        yield rejection(case.trader, mrn, "007", "1" if told == "1" else "4", text, (finding,),
                        facts, edition=case.edition)
    else:
        yield Task("denied", text, nb, ("noted",))


def noted(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the tasks: an officer has taken note."""
    yield Task("denied")
    yield Task("overdue")


def rejection(to: str, mrn: str, kind: str, code: str, text: str | None,
              findings: tuple[Finding, ...], facts: Facts, root: str = "CC007C",
              edition: str = "p6") -> Send:
    """Write the rejection from the office of destination (IE057, CC057C)."""
    return Send("IE057", to, edition=edition, body=carry(edition, "CC057C", {}, {
        "TransitOperation": {
            "MRN": mrn, "businessRejectionType": kind,
            "rejectionDateAndTime": second(facts.now), "rejectionCode": code,
            "rejectionReason": text,
        },
        "CustomsOfficeOfDestinationActual": here(facts),
        "TraderAtDestination": {"identificationNumber": to},
        "FunctionalError": functional_errors(findings, root),
    }))


def _unknown_words(mrn: str) -> tuple[str, str]:
    return (f"MRN {mrn} is not known; check it, or whether the goods were declared to another "
            "office", f"MRN {mrn} er ikke kjent; kontroller nummeret, eller om varene er meldt "
            "til et annet tollsted")


def tell_unknown(_case: Destination, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about an MRN of which no record (IE001) has come."""
    mrn = at(event.body, "TransitOperation/MRN") or event.body.get("case", "")
    text, nb = _unknown_words(mrn)
    yield refuse("90", text, nb, "",
                 f"/{event.body.get('messageType', '*')}/TransitOperation/MRN")


def end_arrival(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """End an arrival that crossed the cancellation (IE010): unloading is not permitted any more."""
    yield Task("unloading")
    yield Task("overdue")
    yield Task("record")
    if case.trader:
        yield rejection(case.trader, case.mrn, "007", "4", CANCELLED[0], (), facts,
                        edition=case.edition)


def end_elsewhere(case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """End an arrival that the office of departure refused (IE906): the goods arrived elsewhere."""
    for task in ("unloading", "remarks", "result", "overdue"):
        yield Task(task)
    yield Timer("report", None)
    if case.trader:
        yield rejection(case.trader, case.mrn, "007", "4",
                        "the office of departure has refused the arrival: the movement has "
                        "arrived at another office, or is over", (), facts, edition=case.edition)


def tell_cancelled(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an arrival of a movement that was cancelled (IE010)."""
    yield refuse("92", *CANCELLED)


def tell_elsewhere(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse an arrival of a movement that has arrived elsewhere (IE024) or is over (IE906)."""
    yield refuse("92", *ELSEWHERE)


def tell_authorisation(_case: Destination, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a simplified arrival of someone who is no authorised consignee."""
    yield refuse("14", "authorisation C522 is not registered for this trader; arrive under the "
                 "normal procedure",
                 "autorisasjon C522 er ikke registrert på denne aktøren; meld ankomst etter "
                 "normal prosedyre",
                 "G0033", "/CC007C/Authorisation/referenceNumber")


def tell_somebody_else(_case: Destination, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message in another trader's name."""
    yield refuse("14", "the trader at destination is not the sender of the message",
                 "aktøren ved bestemmelsesstedet er ikke den som sendte meldingen", "R0850",
                 f"/{event.body.get('messageType', '*')}/TraderAtDestination/identificationNumber")


def tell_closed(_case: Destination, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse an act outside opening hours, naming when the office opens."""
    opens = facts.profile.opens(facts.office, facts.now)
    yield refuse("92", f"office {facts.office} is closed; it opens {opens:%Y-%m-%d %H:%M} UTC",
                 f"tollsted {facts.office} er stengt; det åpner {opens:%Y-%m-%d %H:%M} UTC")


# fmt: off
ROWS = waiting_for_goods((
    #  in state        on                when                    go to           then                learn
    On("none",         "IE001",          always,                 "expected",     nothing,            expected),
    On("cancelled",    "IE001",          always,                 SAME,           nothing),
    On("none",         "IE010",          always,                 "cancelled",    nothing,            named),
    On("expected",     "IE010",          always,                 "cancelled",    nothing),
    On("record asked", "IE010",          always,                 "cancelled",    end_arrival),
    On("arrived",      "IE010",          always,                 "cancelled",    end_arrival),
    On("expected",     "IE024",          always,                 "closed",       nothing),
    On(ANY,            "IE024",          always,                 SAME,           nothing),

    On(ANY,            "IE007",          somebody_else,          SAME,           tell_somebody_else),
    On("none",         "IE007",          without_authorisation,  SAME,           tell_authorisation),
    On("none",         "IE007",          no_departure,           SAME,           tell_unknown),
    On("none",         "IE007",          always,                 "record asked", ask_record,         notified),
    On("none",         "officer arrival", closed,                SAME,           tell_closed),
    On("none",         "officer arrival", no_departure,          SAME,           tell_unknown),
    On("none",         "officer arrival", always,                "record asked", ask_record,         notified),
    On("record asked", "IE001",          goes_on,                "unloading",    permit_at_once,     recorded),
    On("record asked", "IE001",          always,                 "arrived",      advise,             recorded),
    On("record asked", "IE003",          negative,               "none",         tell_negative),
    On("record asked", "IE003",          goes_on,                "unloading",    permit_at_once,     recorded),
    On("record asked", "IE003",          always,                 "arrived",      advise,             recorded),
    On("record asked", "timer record",   always,                 SAME,           ask_record_again),
    On("record asked", "officer ask-record", always,             SAME,           ask_record_again),
    On("record asked", "officer give-up", always,                "none",         give_up),
    On("expected",     "timer expected", always,                 SAME,           keep_record),
    On("expected",     "timer record kept", always,              "none",         nothing,            forgotten),
    On(ANY,            "IE003",          always,                 SAME,           nothing),
    On(ANY,            "officer noted",  always,                 SAME,           noted),

    On("expected",     "IE007",          without_authorisation,  SAME,           tell_authorisation),
    On("expected",     "IE007",          goes_on,                "unloading",    permit_at_once,     arrived),
    On("expected",     "IE007",          always,                 "arrived",      advise,             arrived),
    On("expected",     "officer arrival", closed,                SAME,           tell_closed),
    On("expected",     "officer arrival", always,                "arrived",      advise,             arrived),
    On("cancelled",    "IE007",          always,                 SAME,           tell_cancelled),
    On("closed",       "IE007",          always,                 SAME,           tell_elsewhere),
))
# fmt: on
