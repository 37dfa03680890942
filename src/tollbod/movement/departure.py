"""The office of departure. The table is the whole behaviour: read it first, and change it first.

States: none, rejected, submitted, accepted (the guarantee is being asked), covered (it is
reserved), guarantee not valid, under control, released, not released, arrived, discrepancies,
written off. What a case keeps and learns stands in `departure_case`, what it writes in
`departure_letters`. Sources: founding document NCTS (procedures), states.json, convention App. I.
"""
from collections.abc import Iterable

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Role, Wait, always, broken, no_more, nothing, refuse,
    reject,
)
from tollbod.movement.departure_case import (
    Departure, accepted, accepted_and_gone, answered, arrival, control_decided, control_done,
    crossing, declared, let_go, presented, results, seals_fixed, unknown_currencies,
)
from tollbod.movement.departure_letters import (
    acknowledge, allocate, allocate_and_control, allocate_and_release, allocate_covered, answer,
    ask_control, ask_release, ask_write_off, control, credit, no_release, release, tell_guarantee,
    use_guarantees, wait_for_guarantee, write_off,
)


# When

def claims_without_authorisation(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if simplified procedure is claimed by someone who is no authorised consignor."""
    claimed = declared(case, event, facts)
    party = facts.party(claimed.holder)
    return claimed.simplified and not (party and "C521" in party.authorisations)


def currency_unknown(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if an amount is declared in a currency without a rate."""
    return bool(unknown_currencies(event.body, facts))


def officer_accepts(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold where the national profile leaves acceptance under normal procedure to an officer."""
    plain = Departure(declaration=event.body)
    return facts.profile.accepted_by_officer and not plain.simplified


def without_office(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if no guarantee of the declaration has to be confirmed by an office of guarantee."""
    return not accepted(case, event, facts).uses


def without_office_stopped(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if no guarantee has to be confirmed, and the control filter has hit."""
    learned = accepted(case, event, facts)
    return not learned.uses and learned.control == "decided"


def without_office_simplified(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if no guarantee has to be confirmed, and the procedure waits for no person."""
    learned = accepted(case, event, facts)
    return not learned.uses and learned.simplified


def more_to_come(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if other guarantees have not been answered yet."""
    due = "asked" if event.name == "IE201" else "checked"
    return any(use.status == due for use in answered(case, event, facts).uses)


def refused(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if any guarantee is refused, now that all are answered."""
    return any(use.status == "refused" for use in answered(case, event, facts).uses)


def to_be_controlled(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if control was decided and its result is not known."""
    return case.control == "decided"


def simplified(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold under the simplified procedure: nothing waits for a person."""
    return case.simplified


def no_control(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the officer decided that there is no control."""
    return event.body.get("decision") == "none"


def unfinished(case: Departure, _event: Event, _facts: Facts) -> bool:
    """Hold if presentation, the decision on control or the one on sealing is missing."""
    return bool(missing(case))


def closed(_case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold outside the opening hours of the office."""
    return not facts.profile.open(facts.office, facts.now)


def in_order(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold for results A1 (satisfactory) and A2 (considered satisfactory)."""
    return at(event.body, "ControlResult/code") in ("A1", "A2")


# Then: refusals of an act or a message (the letters are in departure_letters)

def missing(case: Departure) -> list[tuple[str, str]]:
    """List what release under the normal procedure still lacks, en and nb."""
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


def tell_authorisation(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a declaration whose holder is no authorised consignor."""
    yield refuse("14", "authorisation C521 is not registered for the holder of the procedure; "
                 "use the normal procedure or the holder's own authorisation",
                 "autorisasjon C521 er ikke registrert på den ansvarlige; bruk normal prosedyre "
                 "eller den ansvarliges egen autorisasjon",
                 "G0033", "/CC015C/Authorisation/referenceNumber")


def tell_currency(_case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse a declaration in a currency that the office has no rate for."""
    codes = ", ".join(unknown_currencies(event.body, facts))
    yield refuse("12", f"no exchange rate for {codes}; give the amount in another currency",
                 f"ingen valutakurs for {codes}; oppgi beløpet i en annen valuta",
                 "CL048", "/CC015C/Guarantee/GuaranteeReference/currency")


def tell_unknown(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about an MRN that this office never gave."""
    yield refuse("90", f"MRN {at(event.body, 'TransitOperation/MRN')} is not known here",
                 f"MRN {at(event.body, 'TransitOperation/MRN')} er ikke kjent her",
                 "", f"/{event.body.get('messageType', '*')}/TransitOperation/MRN")


# fmt: off
TABLE = (
    #  in state               on                     when                          go to                  then                  learn
    On(ANY,                   "IE013",               broken,                       SAME,                  reject),
    On("none",                "IE015",               broken,                       "rejected",            reject),
    On("none",                "IE015",               claims_without_authorisation, "rejected",            tell_authorisation),
    On("none",                "IE015",               currency_unknown,             "rejected",            tell_currency),
    On("none",                "IE015",               officer_accepts,              "submitted",           acknowledge,          declared),
    On("none",                "IE015",               without_office_stopped,       "under control",       allocate_and_control, accepted),
    On("none",                "IE015",               without_office_simplified,    "released",            allocate_and_release, accepted_and_gone),
    On("none",                "IE015",               without_office,               "covered",             allocate_covered,     accepted),
    On("none",                "IE015",               always,                       "accepted",            allocate,             accepted),
    On("rejected",            "IE015",               broken,                       SAME,                  reject),
    On("rejected",            "IE015",               claims_without_authorisation, SAME,                  tell_authorisation),
    On("rejected",            "IE015",               currency_unknown,             SAME,                  tell_currency),
    On("rejected",            "IE015",               officer_accepts,              "submitted",           acknowledge,          declared),
    On("rejected",            "IE015",               without_office_stopped,       "under control",       allocate_and_control, accepted),
    On("rejected",            "IE015",               without_office_simplified,    "released",            allocate_and_release, accepted_and_gone),
    On("rejected",            "IE015",               without_office,               "covered",             allocate_covered,     accepted),
    On("rejected",            "IE015",               always,                       "accepted",            allocate,             accepted),
    On("submitted",           "officer accept",      closed,                       SAME,                  tell_closed),
    On("submitted",           "officer accept",      without_office_stopped,       "under control",       allocate_and_control, accepted),
    On("submitted",           "officer accept",      without_office,               "covered",             allocate_covered,     accepted),
    On("submitted",           "officer accept",      always,                       "accepted",            allocate,             accepted),

    On("accepted",            "IE201",               more_to_come,                 SAME,                  nothing,              answered),
    On("accepted",            "IE201",               refused,                      "guarantee not valid", tell_guarantee,       answered),
    On("accepted",            "IE201",               always,                       SAME,                  use_guarantees,       answered),
    On("accepted",            "IE205",               more_to_come,                 SAME,                  nothing,              answered),
    On("accepted",            "IE205",               refused,                      "guarantee not valid", tell_guarantee,       answered),
    On("accepted",            "IE205",               to_be_controlled,             "under control",       ask_control,          answered),
    On("accepted",            "IE205",               simplified,                   "released",            release,              let_go),
    On("accepted",            "IE205",               always,                       "covered",             ask_release,          answered),
    On("guarantee not valid", "timer guarantee",     always,                       "not released",        no_release),

    On("accepted",            "officer present",     always,                       SAME,                  nothing,              presented),
    On("accepted",            "officer seal",        always,                       SAME,                  nothing,              seals_fixed),
    On("accepted",            "officer control",     no_control,                   SAME,                  nothing,              control_decided),
    On("accepted",            "officer control",     always,                       SAME,                  control,              control_decided),
    On("accepted",            "officer release",     always,                       SAME,                  wait_for_guarantee),

    On("covered",             "officer present",     always,                       SAME,                  ask_release,          presented),
    On("covered",             "officer seal",        always,                       SAME,                  ask_release,          seals_fixed),
    On("covered",             "officer control",     no_control,                   SAME,                  ask_release,          control_decided),
    On("covered",             "officer control",     always,                       "under control",       control,              control_decided),
    On("covered",             "officer release",     closed,                       SAME,                  tell_closed),
    On("covered",             "officer release",     unfinished,                   SAME,                  tell_missing),
    On("covered",             "officer release",     always,                       "released",            release,              let_go),
    On("covered",             "officer no-release",  always,                       "not released",        no_release),
    On("under control",       "officer present",     always,                       SAME,                  nothing,              presented),
    On("under control",       "officer seal",        always,                       SAME,                  nothing,              seals_fixed),
    On("under control",       "officer result",      simplified,                   "released",            release,              let_go),
    On("under control",       "officer result",      always,                       "covered",             ask_release,          control_done),
    On("under control",       "officer no-release",  always,                       "not released",        no_release),

    On("released",            "IE118",               always,                       SAME,                  nothing,              crossing),
    On("released",            "IE006",               always,                       "arrived",             credit,               arrival),
    On("arrived",             "IE118",               always,                       SAME,                  nothing,              crossing),
    On("arrived",             "IE018",               in_order,                     "written off",         write_off,            results),
    On("arrived",             "IE018",               always,                       "discrepancies",       ask_write_off,        results),
    On("discrepancies",       "IE118",               always,                       SAME,                  nothing,              crossing),
    On("discrepancies",       "officer write-off",   always,                       "written off",         write_off),
    On("written off",         "IE118",               always,                       SAME,                  nothing,              crossing),

    On("none",                "IE006",               always,                       SAME,                  tell_unknown),
    On("none",                "IE018",               always,                       SAME,                  tell_unknown),
    On("none",                "IE118",               always,                       SAME,                  tell_unknown),
    On(ANY,                   "IE906",               always,                       SAME,                  nothing,              no_more),
)
# fmt: on

WAITS = {
    "submitted": Wait("officer", "an officer of the office of departure accepts the declaration",
                      "en tjenesteperson ved avgangstollstedet godtar deklarasjonen"),
    "accepted": Wait("office of guarantee", "the office of guarantee answers (IE201, IE205)",
                     "garantitollstedet svarer (IE201, IE205)"),
    "guarantee not valid": Wait("holder", "the guarantee was not valid (IE055)",
                                "garantien var ikke gyldig (IE055)"),
    "covered": Wait("officer", "presentation, control, sealing and release by an officer",
                    "fremlegging, kontroll, forsegling og frigivelse ved en tjenesteperson"),
    "under control": Wait("officer", "the result of the control at departure",
                          "resultatet av kontrollen ved avgang"),
    "released": Wait("carrier", "the goods are on their way; arrival (IE006) is awaited",
                     "varene er underveis; ankomst (IE006) ventes"),
    "arrived": Wait("office of destination", "the results of the office of destination (IE018)",
                    "resultatet fra bestemmelsestollstedet (IE018)"),
    "discrepancies": Wait("officer", "an officer of departure decides on the discrepancies",
                          "en tjenesteperson ved avgang avgjør uoverensstemmelsene"),
}

ROLE = Role("departure", TABLE, Departure, answer, WAITS)
