"""Registering a filing: the interface's own checks, its MRN, then the checks of the repository.

Order of work: what is wrong is told in one answer (IE3N99); what is right gets its MRN (IE3R01);
then the words are weighed (error 100), and the transport document is claimed at the stream of its
key, which knows whether another filing has it (error 81).
"""
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    SAME, Effect, Event, Facts, Name, On, Refuse, Tell, Timer, always, broken, refuse, reject,
)
from tollbod.findings import Finding
from tollbod.ics2 import waybill, words
from tollbod.ics2.assessment import assess, assessment_complete, clear_houses, suspected
from tollbod.ics2.case import (
    HOUSE, MASTER, Filing, Link, Whole, conveyance, head, house_documents, name_of, packed,
)
from tollbod.ics2.parts import (
    claimed, mass, of_mail, receptacles, receptacles_of_items, taken_places, tell_keys,
)
from tollbod.ics2.post import MOST_BAGS
from tollbod.ics2.words import suspected_houses
from tollbod.ics2.letters import letter, refused, second, to_carrier
from tollbod.numbers import mrn, reference
from tollbod.spec import ics2_law
from tollbod.spec.timers import minutes

INDICATOR = "SpecificCircumstanceIndicator"
FILER = "declarant/identificationNumber"


# Learn

def number_of(facts: Facts, letter: str = "T") -> str:
    """Return a new MRN: three of the office, eight of the receipt."""
    serial = reference.serial(f"{facts.office[2:5]}000", facts.receipt, 8)
    by = "C" if facts.sender == facts.office else "A"           # the bridge to transit, or a filer
    return mrn.issue_entry(facts.now.year, facts.office[:2], serial[:3] + serial[6:], letter, by)


def registered(case: Filing, event: Event, facts: Facts) -> Filing:
    """Learn the filing, its MRN, and what of it the control filter hits."""
    number = number_of(facts)
    kind = ics2_law.kinds()[event.ie[3:]]
    named = head(event.body, facts.office)
    alone = kind.level == "minimum" or "transportDocument" not in named
    houses = house_documents(event.body) if alone else ()
    case = msgspec.structs.replace(
        case, lrn=at(event.body, "LRN"), mrn=number, office=facts.office, filer=facts.sender,
        kind=kind.name, stream=facts.case, head=named | {"MRN": number},
        content=packed(event.body), registered=facts.now, houses=houses, hits=facts.hits,
        records=facts.found(event.body, event.ie) if facts.hits else (),
        conveyance=conveyance(event.body) if kind.mode in ("sea", "air") else "",
        suspected=suspected_houses(event.body, facts) if houses and facts.hits else (),
        whole=Whole(own=mass([event.body[MASTER]])) if kind.level == "master" else None)
    if kind.level != "house" and not of_mail(case) or case.whole:
        return case
    return msgspec.structs.replace(case, links=dict.fromkeys(claimed(case), Link()))


def heard(case: Filing, event: Event, _facts: Facts) -> Filing:
    """Learn who is awaited and how many are linked, if it is one that others complete."""
    if case.whole is None:
        return case
    return msgspec.structs.replace(case, whole=msgspec.structs.replace(
        case.whole, n=event.body["n"], awaited=event.body["awaited"],
        linked=event.body["linked"], hits=tuple(event.body["hits"]),
        suspected=tuple(event.body["suspected"]), kilos=Decimal(event.body["kilos"]),
        considered=case.whole.considered and event.body["awaited"] > 0))


# When

def not_to_be_filed(_case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if it may not be filed so: not yet, not by this sender, or under another kind."""
    return bool(unfit_findings(event, facts))


def poor(_case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if a mandatory element says nothing: it holds stop words alone."""
    return bool(event.read(words.empty_words))


# Then

def unfit_findings(event: Event, facts: Facts) -> tuple[Finding, ...]:
    """Return why a filing may not be made so."""
    kind, found = event.ie[3:], []
    said = at(event.body, INDICATOR)
    if said != kind:
        found.append(_fault("12", event, INDICATOR, f"{said} is not the kind of this filing: "
                            f"{event.ie} is {kind}", f"{said} er ikke denne deklarasjonens type: "
                            f"{event.ie} er {kind}"))
    release = ics2_law.release_of(kind, facts.regime)
    if facts.now.date() < release.first:
        found.append(_fault("14", event, INDICATOR, f"{kind} is filed in ICS2 from {release.first} "
                            f"({release.name})", f"{kind} leveres i ICS2 fra {release.first} "
                            f"({release.name})"))
    who = {at(event.body, FILER), at(event.body, "representative/identificationNumber")}
    if facts.sender not in who and facts.sender != facts.office:     # the bridge to transit
        found.append(_fault("14", event, FILER, f"{facts.sender} sent it, but is neither its "
                            "declarant nor its representative", f"{facts.sender} sendte den, men "
                            "er verken deklarant eller representant"))
    if kind == "F44" and len(receptacles_of_items(event.body)) > MOST_BAGS:
        found.append(_fault("35", event, f"{MASTER}/{HOUSE}/receptacle", f"more than {MOST_BAGS} "
                            "receptacles: divide them among several filings",
                            f"mer enn {MOST_BAGS} sekker: fordel dem på flere deklarasjoner"))
    return tuple(found)


def _fault(code: str, event: Event, path: str, text: str, nb: str) -> Finding:
    return Finding("rules", code, "", f"/{event.ie}/{path}", 0, text, nb)


def tell_why_not(_case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse it for every reason (IE3N99)."""
    yield Refuse(unfit_findings(event, facts))


def register(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Give it its MRN (IE3R01), and tell the carrier if it subscribes to that."""
    yield Name(f"filing/{case.mrn}")
    told = {"MRN": case.mrn, "registrationDate": second(facts.now)}
    yield letter("IE3R01", case.filer, case.head, told)
    yield from to_carrier(case, facts, "IE3R01", told)


def register_and_reject(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give it its MRN (IE3R01), then reject it for its words (IE3N99, error 100)."""
    yield from register(case, event, facts)
    findings = words.findings(event)
    yield refused("IE3N99", case.filer, event.body, facts, findings, event.ie)


def register_and_claim(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give it its MRN (IE3R01) and claim its transport documents for it."""
    yield from register(case, event, facts)
    yield from tell_keys(case, "claim", at(event.body, "splitConsignment/previousMRN"))


def accept(case: Filing, facts: Facts) -> Iterable[Effect]:
    """Start the 200 days and the time of the risk analysis; it is found by its documents.

    What comes by sea or air is found by its vessel or flight too, post by its receptacles. No name
    that a trader chooses stands among the MRNs.
    """
    if case.conveyance:
        yield Tell("aboard", "key", case.conveyance, {"mrn": case.mrn})
    yield Timer("validity", case.registered + timedelta(minutes=minutes("entry filing")))
    if case.about.minutes:
        yield Timer("assessment", case.registered + timedelta(minutes=case.about.minutes))
    for one in case.documents:
        yield Name(f"filed/{name_of(one)}")
    if case.whole:
        for receptacle in receptacles(case):
            yield Name(f"receptacle/{receptacle}")
    if case.filer == facts.office:                  # the bridge filed it for a transit
        yield Tell("accepted", "bridge", case.lrn, {}, facts.office)


def accept_and_clear(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept it: complete, and its analysis finds nothing (IE3N03 to those who subscribe)."""
    yield from accept(case, facts)
    yield from assessment_complete(case, facts)


def accept_and_assess(case: Filing, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Accept it: complete; what the control filter hits is for an officer, the rest is clear."""
    yield from accept(case, facts)
    yield from clear_houses(case, facts)
    yield assess(case)


def tell_taken(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Reject it: another filing has its transport documents (IE3N01, error 81)."""
    ie = f"IE3{case.kind}"
    places = taken_places(case, event.body["key"], event.body["documents"])
    if len(case.links) > 1:
        yield from tell_keys(case, "release")
    yield refused("IE3N01", case.filer, case.declaration | {"MRN": case.mrn}, facts, tuple(
        Finding("state", "81", "", f"{place}/documentNumber", 0,
                "another filing names this transport document",
                "en annen deklarasjon oppgir dette transportdokumentet") for place in places), ie)


def tell_unknown(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about a filing that is not known here."""
    number = at(event.body, "MRN")
    if not number:
        yield refuse("80", "this transport document is not known here",
                     "dette transportdokumentet er ikke kjent her", "", f"/{event.ie}")
        return
    yield refuse("90", f"MRN {number} is not known here", f"MRN {number} er ikke kjent her", "",
                 f"/{event.ie}/MRN")


# fmt: off
ROWS = (
    #  in state      on              when             go to               then                 learn
    On("none",       "IE3Fxx",       broken,          "rejected",         reject),
    On("none",       "IE3Fxx",       not_to_be_filed, "rejected",         tell_why_not),
    On("none",       "IE3Fxx",       poor,            "rejected",         register_and_reject, registered),
    *waybill.FILED,
    On("none",       "IE3Fxx",       always,          "registered",       register_and_claim,  registered),
    On("registered", "tell taken",   always,          "rejected",         tell_taken),
    On("registered", "tell granted", suspected,       "under assessment", accept_and_assess,   heard),
    On("registered", "tell granted", always,          "assessed",         accept_and_clear,    heard),
    On("none",       "IE3Axx",       always,          SAME,               tell_unknown),
    On("none",       "IE3Q04",       always,          SAME,               tell_unknown),
    On("none",       "IE3Q05",       always,          SAME,               tell_unknown),
    On("none",       "IE3R02",       always,          SAME,               tell_unknown),
    On("none",       "IE3R03",       always,          SAME,               tell_unknown),
)
# fmt: on
