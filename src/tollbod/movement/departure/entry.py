"""Goods whose entry summary declaration (ENS) was filed apart: previous document N355.

Where the country takes entry data apart from the transit only, the declaration names the ENS. One
of ours that is named must be there; one that is not named, but known by a transport document of
the declaration and filed by the same party, is filled in. The filing hears of the transit, and
tells if no goods may come in by it.
"""
from collections.abc import Iterable, Iterator
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Task, Tell, always, refuse,
)
from tollbod.movement.departure.case import Departure
from tollbod.spec import ens_in_transit, security_zone

ENS = "N355"                    # previous document: an entry summary declaration
FILED = "T"                     # place 17 of its MRN, where it was given by ICS2
APART = ("0", "2")              # security of a transit that holds no entry data itself


def levels(declaration: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the consignment, its houses and their items, each with its path."""
    consignment = declaration.get("Consignment") or {}
    yield "Consignment", consignment
    for n, house in enumerate(many(consignment.get("HouseConsignment")), 1):
        path = f"Consignment/HouseConsignment[{n}]"
        yield path, house
        for m, item in enumerate(many(house.get("ConsignmentItem")), 1):
            yield f"{path}/ConsignmentItem[{m}]", item


def named(declaration: dict[str, Any]) -> list[tuple[str, str]]:
    """Return each ENS that a declaration names, as its path and its MRN."""
    return [(f"{path}/PreviousDocument[{n}]/referenceNumber", one.get("referenceNumber", ""))
            for path, level in levels(declaration)
            for n, one in enumerate(many(level.get("PreviousDocument")), 1)
            if one.get("type") == ENS]


def with_known(declaration: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Return a declaration with the ENS that its own party has filed for its transport documents.

    Only where goods from a third country enter a country that opts out, and none is named.
    """
    day = facts.now.date()
    origin = at(declaration, "Consignment/countryOfDispatch")
    if (not origin or at(declaration, "TransitOperation/security") not in APART
            or not ens_in_transit.opts_out(facts.office[:2], day, facts.regime)
            or not security_zone.third_country(origin, day, facts.regime) or named(declaration)):
        return declaration
    found = (facts.entry_of(f"{one.get('type', '')} {one.get('referenceNumber', '')}")
             for _, level in levels(declaration) for one in many(level.get("TransportDocument")))
    numbers = list(dict.fromkeys(mrn for mrn, filer in found if mrn and filer == facts.sender))
    if not numbers:
        return declaration
    consignment = declaration["Consignment"]
    before = many(consignment.get("PreviousDocument"))
    more = [{"sequenceNumber": str(n), "type": ENS, "referenceNumber": mrn}
            for n, mrn in enumerate(numbers, len(before) + 1)]
    return declaration | {"Consignment": consignment | {"PreviousDocument": [*before, *more]}}


# When

def ens_not_filed(_case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if it names an ENS of our country that nobody has filed."""
    return bool(_unknown(event, facts))


def _unknown(event: Event, facts: Facts) -> list[tuple[str, str]]:
    return [(path, mrn) for path, mrn in named(event.body)
            if mrn[2:4] == facts.office[:2] and mrn[16:17] == FILED and not facts.entry_of(mrn)[0]]


# Then

def tell_ens_not_filed(_case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse a declaration that names an ENS which nobody has filed."""
    path, mrn = _unknown(event, facts)[0]
    root = event.body.get("messageType", "CC015C")
    yield refuse("14", f"no entry summary declaration {mrn} was filed here; file it in ICS2, and "
                 "name the MRN that you get (N355)", f"ingen summarisk innførselsdeklarasjon {mrn} "
                 "er gitt her; gi den i ICS2, og oppgi det MRN-et du får (N355)", "N0013",
                 f"/{root}/{path}")


def join(case: Departure, facts: Facts) -> Iterable[Tell]:
    """Tell each ENS of ours that the declaration names of the transit that goes on from it."""
    for mrn in dict.fromkeys(mrn for _, mrn in named(case.declaration)):
        if facts.entry_of(mrn)[0]:
            yield Tell("transit", "filing", mrn, {"mrn": case.mrn, "stream": facts.case,
                                                  "office": facts.office})


def ask_about_entry(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell an officer that no goods may come in by the ENS that the declaration names."""
    mrn, state = event.body["mrn"], event.body["state"]
    yield Task("entry", f"The entry summary declaration {mrn} (N355) is '{state}': no goods may "
               "come in by it", f"Den summariske innførselsdeklarasjonen {mrn} (N355) er "
               "avvist, kansellert eller stanset: ingen varer kan komme inn på den",
               ("entry-noted",))


def noted(_case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the task: an officer has taken note."""
    yield Task("entry")


ROWS = (
    On(ANY, "tell entry-gone",     always, SAME, ask_about_entry),
    On(ANY, "officer entry-noted", always, SAME, noted),
)
