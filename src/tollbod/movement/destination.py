"""The office of destination. The table is the whole behaviour: read it first.

States: none, expected, arrived (unloading is not permitted yet), unloading, unloaded, under
control, goods released, waiting for resolution. What it writes stands in `destination_letters`.
Sources: founding document NCTS (arrival and completion), states.json.
"""
from collections.abc import Iterable

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Role, Wait, always, broken, no_more, nothing, refuse,
    reject,
)
from tollbod.movement.destination_case import (
    Destination, arrived, expected, is_simplified, permitted, remarked, resulted,
)
from tollbod.movement.destination_letters import (
    advise, answer, ask_control, ask_result, complete, go_on, permit, permit_at_once,
)


# When

def without_authorisation(_case: Destination, event: Event, facts: Facts) -> bool:
    """Hold if simplified procedure is claimed by someone who is no authorised consignee."""
    party = facts.party(facts.sender)
    return is_simplified(event) and not (party and "C522" in party.authorisations)


def somebody_else(_case: Destination, event: Event, facts: Facts) -> bool:
    """Hold if the message names another trader at destination than its sender."""
    return at(event.body, "TraderAtDestination/identificationNumber") != facts.sender


def not_the_one_who_arrived(case: Destination, _event: Event, facts: Facts) -> bool:
    """Hold if the unloading remarks come from another trader than the arrival."""
    return facts.sender != case.trader


def closed(case: Destination, _event: Event, facts: Facts) -> bool:
    """Hold outside the opening hours of the office."""
    return not facts.profile.open(facts.office, facts.now)


def simplified(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the arrival is notified under the simplified procedure."""
    return is_simplified(event)


def to_be_controlled(_case: Destination, _event: Event, facts: Facts) -> bool:
    """Hold if a criterion of the control filter hits."""
    return bool(facts.hits)


def incomplete(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the unloading goes on (unloadingCompletion 0)."""
    return at(event.body, "UnloadingRemark/unloadingCompletion", "1") == "0"


def conform(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold if the unloading showed no difference and the seals, if any, were in good state."""
    remark = event.body.get("UnloadingRemark", {})
    return remark.get("conform") == "1" and remark.get("stateOfSeals", "1") == "1"


def major(_case: Destination, event: Event, _facts: Facts) -> bool:
    """Hold for the result B1 (not satisfactory): the goods wait for its resolution."""
    return event.body.get("code") == "B1"


# Then: refusals

def tell_unknown(_case: Destination, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about an MRN of which no record (IE001) has come."""
    mrn = at(event.body, "TransitOperation/MRN")
    yield refuse("90", f"MRN {mrn} is not known at this office; check it, or whether the goods "
                 "were declared to another office",
                 f"MRN {mrn} er ikke kjent ved dette tollstedet; kontroller nummeret, eller om "
                 "varene er meldt til et annet tollsted",
                 "", f"/{event.body.get('messageType', '*')}/TransitOperation/MRN")


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
TABLE = (
    #  in state        on                          when                     go to                     then                learn
    On(ANY,            "IE001",                    broken,                  SAME,                     reject),
    On("none",         "IE001",                    always,                  "expected",               nothing,            expected),
    On(ANY,            "IE007",                    broken,                  SAME,                     reject),
    On("none",         "IE007",                    always,                  SAME,                     tell_unknown),
    On("none",         "IE044",                    always,                  SAME,                     tell_unknown),
    On(ANY,            "IE007",                    somebody_else,           SAME,                     tell_somebody_else),
    On("expected",     "IE007",                    without_authorisation,   SAME,                     tell_authorisation),
    On("expected",     "IE007",                    to_be_controlled,        "arrived",                advise,             arrived),
    On("expected",     "IE007",                    simplified,              "unloading",              permit_at_once,     arrived),
    On("expected",     "IE007",                    always,                  "arrived",                advise,             arrived),
    On("expected",     "officer arrival",          closed,                  SAME,                     tell_closed),
    On("expected",     "officer arrival",          always,                  "arrived",                advise,             arrived),
    On("arrived",      "officer permit-unloading", always,                  "unloading",              permit,             permitted),

    On(ANY,            "IE044",                    broken,                  SAME,                     reject),
    On("unloading",    "IE044",                    not_the_one_who_arrived, SAME,                     tell_somebody_else),
    On("unloading",    "IE044",                    incomplete,              SAME,                     go_on,              remarked),
    On("unloading",    "IE044",                    conform,                 "goods released",         complete,           remarked),
    On("unloading",    "IE044",                    always,                  "under control",          ask_control,        remarked),
    On("unloading",    "officer remarks",          incomplete,              SAME,                     nothing,            remarked),
    On("unloading",    "officer remarks",          conform,                 "unloaded",               ask_result,         remarked),
    On("unloading",    "officer remarks",          always,                  "under control",          ask_control,        remarked),
    On("unloaded",     "officer result",           major,                   "waiting for resolution", complete,           resulted),
    On("unloaded",     "officer result",           always,                  "goods released",         complete,           resulted),
    On("under control", "officer result",          major,                   "waiting for resolution", complete,           resulted),
    On("under control", "officer result",          always,                  "goods released",         complete,           resulted),
    On(ANY,            "IE906",                    always,                  SAME,                     nothing,            no_more),
)
# fmt: on

WAITS = {
    "expected": Wait("carrier", "the goods have not arrived yet (IE007 or an officer)",
                     "varene har ikke kommet ennå (IE007 eller en tjenesteperson)"),
    "arrived": Wait("officer", "an officer permits the unloading, with or without control",
                    "en tjenesteperson gir lossetillatelse, med eller uten kontroll"),
    "unloading": Wait("trader at destination", "the unloading remarks (IE044 or on paper)",
                      "lossemerknadene (IE044 eller på papir)"),
    "unloaded": Wait("officer", "an officer verifies the unloading remarks",
                     "en tjenesteperson kontrollerer lossemerknadene"),
    "under control": Wait("officer", "the result of the control at destination",
                          "resultatet av kontrollen ved bestemmelsesstedet"),
    "waiting for resolution": Wait("office of departure", "the discrepancies are being resolved",
                                   "uoverensstemmelsene er under avklaring"),
}

ROLE = Role("destination", TABLE, Destination, answer, WAITS)
