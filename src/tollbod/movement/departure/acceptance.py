"""Lodging and acceptance: IE015 judged, acknowledged (IE928), given its MRN (IE028); IE170."""
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    SAME, Effect, Event, Facts, Name, On, Task, Timer, always, broken, refuse, reject,
)
from tollbod.movement.deadlines import start, with_deadlines
from tollbod.movement.departure import combined, entry, entry_data
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.exports import (
    ROWS as EXPORT_ROWS, allocate_exports, ask_exports, to_be_asked,
)
from tollbod.movement.departure.guarantee import ask, unknown_currencies, uses
from tollbod.movement.departure.letters import dates, to_declarant
from tollbod.movement.departure.release import (
    ask_control, ask_release, closed, let_go, notify_control, release, tell_closed, wait_release,
)


# Learn

def declared(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration; it has no MRN yet."""
    return msgspec.structs.replace(
        case,
        lrn=at(event.body, "TransitOperation/LRN"),
        declarant=facts.sender,
        declaration=entry.with_known(event.body, facts),
        edition=event.edition,
        declared_by=facts.message,
        lodged=facts.now,
        control="decided" if facts.hits else "",
    )


def accepted(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration, or what completes it, and give it its MRN."""
    if event.name == "IE015":
        case = declared(case, event, facts)
    if event.name == "IE170":
        case = presented(case, event, facts)
    number = case.mrn if case.ens else entry_data.number(case, facts)
    return msgspec.structs.replace(
        case, mrn=number, accepted=case.accepted or facts.now, uses=uses(case.declaration, facts)
    )


def declared_entry(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration, or what completes it, and under which number ICS2 is asked."""
    if event.name == "IE015":
        case = declared(case, event, facts)
    if event.name == "IE170":
        case = presented(case, event, facts)
    return entry_data.to_be_asked(case, facts)


def declared_export(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn the declaration, or what completes it, and the exports to ask about."""
    if event.name == "IE015":
        case = declared(case, event, facts)
    if event.name == "IE170":
        case = presented(case, event, facts)
    return to_be_asked(case, event, facts)


def accepted_and_gone(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn acceptance and release in one: nothing stands between them."""
    return let_go(accepted(case, event, facts), event, facts)


def presented(case: Departure, event: Event, facts: Facts) -> Departure:
    """Learn what the presentation notification (IE170) completes or changes."""
    told = event.body
    declaration = dict(case.declaration)
    consignment = dict(declaration.get("Consignment", {}))
    for name, value in told.get("Consignment", {}).items():
        if name != "HouseConsignment":
            consignment[name] = value
    if told["Consignment"].get("containerIndicator") == "0":
        consignment["TransportEquipment"] = _outside_containers(consignment)    # G0045, C0055
    houses = {h.get("sequenceNumber"): h for h in many(told["Consignment"].get("HouseConsignment"))}
    consignment["HouseConsignment"] = [
        house | ({"DepartureTransportMeans": means} if (means := houses.get(
            house.get("sequenceNumber"), {}).get("DepartureTransportMeans")) else {})
        for house in many(consignment.get("HouseConsignment"))
    ]
    declaration["Consignment"] = consignment
    limit = at(told, "TransitOperation/limitDate")
    if limit:
        declaration["TransitOperation"] = declaration["TransitOperation"] | {"limitDate": limit}
    control = case.control or ("decided" if facts.hits else "")
    return msgspec.structs.replace(case, declaration=declaration, presented=True, control=control)


def _outside_containers(consignment: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the equipment without container numbers: the goods were presented in no container."""
    return [{name: value for name, value in one.items() if name != "containerIdentificationNumber"}
            for one in many(consignment.get("TransportEquipment"))]


# When

def claims_without_authorisation(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if simplified procedure is claimed by someone who is no authorised consignor."""
    claimed = declared(case, event, facts)
    party = facts.party(claimed.holder)
    return claimed.simplified and not (party and "C521" in party.authorisations)


def currency_unknown(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if an amount is declared in a currency without a rate."""
    return bool(unknown_currencies(event.body, facts))


def before_presentation(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold for a pre-lodged declaration (type D)."""
    return Departure(declaration=event.body).prelodged


def officer_accepts(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold where the national profile leaves acceptance under normal procedure to an officer."""
    return facts.profile.accepted_by_officer and not Departure(declaration=event.body).simplified


def exported(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if exports (N830) go in the transit and our office is an office of exit."""
    return bool(declared_export(case, event, facts).exports)


def without_office(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if no guarantee of the declaration has to be confirmed by an office of guarantee."""
    return not accepted(case, event, facts).uses


def controlled_without_office(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if control is decided and no office of guarantee has to be asked."""
    after = accepted(case, event, facts)
    return not after.uses and after.to_control


def goes_at_once(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold under the simplified procedure if neither guarantee, control nor delay is due."""
    after = accepted(case, event, facts)
    return after.simplified and not after.uses and not facts.profile.release_minutes


def somebody_else(case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the presentation names another holder than the declaration."""
    return at(event.body, "HolderOfTheTransitProcedure/identificationNumber") != case.holder


# Then

def acknowledge(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Acknowledge the declaration (IE928) and ask an officer to accept it."""
    yield to_declarant(case, "IE928", {})
    yield Task("accept", "Accept the declaration", "Godta deklarasjonen", ("accept", "refuse"))


def await_presentation(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Acknowledge a pre-lodged declaration (IE928); the goods are to be presented in time."""
    yield to_declarant(case, "IE928", {})
    given = facts.profile.presentation_minutes
    yield Timer("presentation", facts.now + timedelta(minutes=given)) if given \
        else start("presentation", facts)


def allocate(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Send IE928 and the MRN (IE028); ask each office of guarantee (IE200)."""
    if event.name == "IE015":
        yield to_declarant(case, "IE928", {})
    yield Task("accept")
    yield Task("export")
    yield Timer("presentation", None)
    yield Name(f"departure/{case.mrn}")
    if not case.ens:                                # with entry data it was told before
        yield to_declarant(case, "IE028", dates(case))
    yield from allocate_exports(case)
    yield from entry.join(case, facts)
    yield from combined.hold_exit_data(case)
    if case.to_control and not case.told_of_control:
        yield notify_control(case, facts)
    yield from ask(case, facts)
    if not case.uses:
        yield from _without_guarantee(case, event, facts)


def _without_guarantee(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Go on at once: no office of guarantee has to answer."""
    if case.to_control:
        yield from ask_control(case, event, facts)
    elif case.released:
        yield from release(case, event, facts)
    elif case.simplified:
        yield from wait_release(case, event, facts)
    else:
        yield from ask_release(case, event, facts)


def refuse_declaration(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the declaration for an officer's reason."""
    yield Task("accept")
    text = event.body.get("text") or "the declaration is not accepted"
    yield refuse("14", text, text)


def expire(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a pre-lodged declaration whose goods were not presented in time."""
    yield refuse("92", "the goods were not presented in time; lodge the declaration anew",
                 "varene ble ikke fremlagt i tide; send deklarasjonen på nytt")


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


def tell_holder(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a presentation in another holder's name."""
    yield refuse("14", "the holder of the procedure is not the one of the declaration",
                 "den ansvarlige er ikke den samme som i deklarasjonen", "R0520",
                 "/CC170C/HolderOfTheTransitProcedure/identificationNumber")


# fmt: off
def _accepting(state: str, event: str) -> tuple[On, ...]:
    """Return the rows that accept: the MRN is given, the guarantee asked, or all is clear."""
    return (
        #  in    on     when                       go to            then      learn
        On(state, event, controlled_without_office, "under control", allocate, accepted),
        On(state, event, goes_at_once,              "released",      allocate, accepted_and_gone),
        On(state, event, without_office,            "covered",       allocate, accepted),
        On(state, event, always,                    "accepted",      allocate, accepted),
    )


def _lodging(state: str, refused: str) -> tuple[On, ...]:
    """Return the rows of a declaration where there is none: an LRN may be used anew."""
    return (
        #  in    on       when                          go to         then                learn
        On(state, "IE015", broken,                       refused,      reject),
        On(state, "IE015", claims_without_authorisation, refused,      tell_authorisation),
        On(state, "IE015", currency_unknown,             refused,      tell_currency),
        On(state, "IE015", combined.moved,               refused,      combined.tell_moved),
        On(state, "IE015", combined.entered_elsewhere,   refused,      combined.tell_elsewhere),
        On(state, "IE015", entry.ens_not_filed,              refused,      entry.tell_ens_not_filed),
        On(state, "IE015", entry_data.not_taken,         refused,      entry_data.tell_not_taken),
        On(state, "IE015", before_presentation,          "pre-lodged", await_presentation, declared),
        On(state, "IE015", officer_accepts,              "submitted",  acknowledge,        declared),
        On(state, "IE015", entry_data.holds_entry,       "entry asked",  entry_data.ask_entry, declared_entry),
        On(state, "IE015", exported,                     "export asked", ask_exports,      declared_export),
        *_accepting(state, "IE015"),
    )


ROWS = with_deadlines(with_deadlines((
    *_lodging("none", "rejected"),
    *_lodging("rejected", SAME),
    On("submitted",  "officer refuse",     always,         "rejected",  refuse_declaration),
    On("submitted",  "officer accept",     closed,         SAME,        tell_closed),
    On("submitted",  "officer accept",     entry_data.case_holds_entry, "entry asked", entry_data.ask_entry, declared_entry),
    On("submitted",  "officer accept",     exported,       "export asked", ask_exports, declared_export),
    *(row for row in _accepting("submitted", "officer accept") if row.when is not goes_at_once),
    On("pre-lodged", "IE170",              somebody_else,  SAME,        tell_holder),
    On("pre-lodged", "IE170",              entry_data.case_holds_entry, "entry asked", entry_data.ask_entry, declared_entry),
    On("pre-lodged", "IE170",              exported,       "export asked", ask_exports, declared_export),
    *_accepting("pre-lodged", "IE170"),
    *entry_data.ROWS,
    *_accepting("entry under assessment", "IEA93"),
    *EXPORT_ROWS,
    *_accepting("export asked", "IE191"),
    On("pre-lodged", "timer presentation", always,         "rejected",  expire),
), "export asked", lambda _case, facts: start("export answer", facts), ("export answer",)),
    "entry asked", lambda _case, facts: start("entry answer", facts), ("entry answer",))
# fmt: on
