"""The whole behaviour of the office of departure: the rows of all its parts, in reading order.

States: none, rejected, submitted, pre-lodged, accepted (the guarantee is being asked), guarantee
not valid, covered (it is reserved), under control, released, not released, cancelled, status
asked, holder asked, under enquiry, arrived, results asked, discrepancies, discrepancies open,
under recovery, written off. Sources: founding document NCTS, states.json, convention Appendix I.
"""
from collections.abc import Iterable

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Role, Send, Wait, always, nothing, refuse,
)
from tollbod.case.office_answers import nack
from tollbod.case.refusal import functional_errors, reason
from tollbod.findings import Finding
from tollbod.movement import speakers
from tollbod.movement.departure import (
    acceptance, amendment, cancellation, enquiry, entry, entry_data,
    exports, guarantee, information,
    on_the_way, recovery, release, results,
)
from tollbod.movement.departure.case import Departure, Use, holds_entry_data
from tollbod.movement.departure.letters import day, form, second

def not_the_declarant(case: Departure, _event: Event, facts: Facts) -> bool:
    """Hold if the message comes from another party than the declaration."""
    return facts.sender != case.declarant


def tell_declarant(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message of somebody else about this movement."""
    yield refuse("14", "only the declarant may send this about the movement",
                 "bare deklaranten kan sende dette om forsendelsen", "R0850",
                 f"/{event.body.get('messageType', '*')}/HolderOfTheTransitProcedure")


def tell_unknown(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse a message about a declaration that this office does not know."""
    kind = "MRN" if at(event.body, "TransitOperation/MRN") else "LRN"
    number = at(event.body, f"TransitOperation/{kind}")
    yield refuse("90", f"{kind} {number} is not known here", f"{kind} {number} er ikke kjent her",
                 "", f"/{event.body.get('messageType', '*')}/TransitOperation/{kind}")


def _only_of_the_declarant(*ies: str) -> tuple[On, ...]:
    """Return the rows that let nobody but the declarant speak about a declaration."""
    unknown = tuple(On("none", ie, always, SAME, tell_unknown) for ie in ies)
    return unknown + tuple(On(ANY, ie, not_the_declarant, SAME, tell_declarant) for ie in ies)


TABLE = (
    *_only_of_the_declarant("IE013", "IE014", "IE054", "IE141", "IE170", "IEA71"),
    *acceptance.ROWS,
    *guarantee.ROWS,
    *release.ROWS,
    *amendment.ROWS,
    *cancellation.ROWS,
    *on_the_way.ROWS,
    *results.ROWS,
    *enquiry.ROWS,
    *information.ROWS,
    *recovery.ROWS,
    *exports.LATER,
    *entry.ROWS,
    *entry_data.ANYWHERE,
    On(ANY, "IE906", always, SAME, nothing),
)

WAITS = {
    "submitted": Wait("officer", "an officer of the office of departure accepts the declaration",
                      "en tjenesteperson ved avgangstollstedet godtar deklarasjonen"),
    "entry asked": Wait("repository", "ICS2 takes the entry data (IE928, IE927)",
                        "ICS2 tar imot inngangsdataene (IE928, IE927)"),
    "entry under assessment": Wait("repository", "ICS2 assesses the entry data (IEA93)",
                                   "ICS2 vurderer inngangsdataene (IEA93)"),
    "export asked": Wait("export system", "the export system answers (IE191)",
                         "utførselssystemet svarer (IE191)"),
    "pre-lodged": Wait("holder", "the goods are to be presented (IE170)",
                       "varene skal fremlegges (IE170)"),
    "accepted": Wait("office of guarantee", "the office of guarantee answers (IE201, IE205)",
                     "garantitollstedet svarer (IE201, IE205)"),
    "guarantee not valid": Wait("holder", "the guarantee was not valid (IE055); amend it (IE013)",
                                "garantien var ikke gyldig (IE055); endre den (IE013)"),
    "covered": Wait("officer", "presentation, control, sealing and release by an officer",
                    "fremlegging, kontroll, forsegling og frigivelse ved en tjenesteperson"),
    "under control": Wait("officer", "the result of the control at departure",
                          "resultatet av kontrollen ved avgang"),
    "released": Wait("carrier", "the goods are on their way; arrival (IE006) is awaited",
                     "varene er underveis; ankomst (IE006) ventes"),
    "status asked": Wait("office of destination", "the office of destination tells what it knows "
                         "(IE095)", "bestemmelsestollstedet sier hva det vet (IE095)"),
    "holder asked": Wait("holder", "where are the goods? (IE140; answer with IE141)",
                         "hvor er varene? (IE140; svar med IE141)"),
    "under enquiry": Wait("enquiry authority at destination", "the answer to the enquiry (IE143)",
                          "svaret på etterlysningen (IE143)"),
    "arrived": Wait("office of destination", "the results of the office of destination (IE018)",
                    "resultatet fra bestemmelsestollstedet (IE018)"),
    "results asked": Wait("enquiry authority at destination", "the results (IE018) are overdue",
                          "resultatet (IE018) er forfalt"),
    "discrepancies": Wait("officer", "an officer of departure decides on the discrepancies",
                          "en tjenesteperson ved avgang avgjør uoverensstemmelsene"),
    "discrepancies open": Wait("officer", "the major discrepancies are to be resolved (IE049)",
                               "de vesentlige uoverensstemmelsene skal avklares (IE049)"),
    "under recovery": Wait("officer", "the debt is being recovered (IE035), here or elsewhere "
                           "(IE150)", "skylden kreves inn (IE035), her eller et annet sted "
                           "(IE150)"),
}

REJECTIONS = {"IE013": "013", "IE014": "014", "IE015": "015", "IE054": "054", "IE141": "141",
              "IE170": "170", "timer presentation": "015",
              "officer refuse": "015", "IE191": "015", "IE906": "015", "IE056": "015",
              "IEA71": "A71"}                                      # CL560 businessRejectionType
COMBINED = {"013": "A13", "015": "A15"}     # the same of a declaration with entry data
# What other systems answer about a declaration: their no is the declarant's refusal.
OF_SYSTEMS = ("IE191", "IE906", "IE056")


def answer(
    case: Departure, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse: IE056 to a trader (CC056C), IE906 to an office."""
    broken_answer = event.name in OF_SYSTEMS and facts.findings
    if event.name not in REJECTIONS or broken_answer:
        yield from nack(event, facts, findings)
        return
    theirs = event.name.startswith("IE") and event.name not in OF_SYSTEMS
    to = facts.sender if theirs else case.declarant
    known = case.declaration if to == case.declarant and case.declaration else event.body
    functional = all(f.layer != "state" or f.code == "14" and f.path for f in findings)
    mrn = case.mrn or at(known, "TransitOperation/MRN")                         # C0467
    changes = {
        "TransitOperation": {
            "LRN": None if mrn else at(known, "TransitOperation/LRN"),
            "MRN": mrn or None,
            "businessRejectionType": _rejected(known, event),
            "rejectionDateAndTime": second(facts.now),
            "rejectionCode": "12" if functional else "4",
            "rejectionReason": None if functional else reason(findings),
        },
        "CustomsOfficeOfDeparture": known.get("CustomsOfficeOfDeparture") or {
            "referenceNumber": facts.profile.departure_office(mrn) or facts.office},
        "FunctionalError": functional_errors(findings, event.body.get("messageType", "CC015C")),
    }
    edition, root = event.edition if theirs else case.edition, form(known, "IE056")
    if case.ens and to == case.declarant:
        changes["EnsOperation"] = {"ENSMRN": case.ens}
    yield Send("IE056", to, carry(edition, root, known, changes), edition=edition, root=root)


def _rejected(known: dict, event: Event) -> str:
    """Return what is rejected (CL560): with entry data it has a code of its own."""
    said = REJECTIONS[event.name]
    if event.name == "IE056":
        said = at(event.body, "TransitOperation/businessRejectionType")
    return COMBINED.get(said, said) if holds_entry_data(known) else said


def earlier(case: Departure) -> dict[str, dict]:
    """Return what conditions may look back at: the declaration as amended, IE028 and IE029."""
    joined = holds_entry_data(case.declaration)
    found = {"CCA15D" if joined else "CC015C": case.declaration} if case.declaration else {}
    if case.ens:
        found["CC928D"] = {"EnsOperation": {"ENSMRN": case.ens}}
    if case.question:
        found["CCA70D"] = case.question
    given = {"TransitOperation": {
        "LRN": case.lrn, "MRN": case.mrn, "declarationAcceptanceDate": day(case.accepted)}}
    if case.accepted:
        found["CC028D" if joined else "CC028C"] = given
    if case.released:
        found["CCA29D" if joined else "CC029C"] = case.declaration | given
    return found


def forget(case: Departure) -> Departure:
    """Return the case without access codes, once it is released or can never be."""
    if case.released is None and case.state in WAITS:
        return case
    groups = [group | {"GuaranteeReference": [
        {name: value for name, value in one.items() if name != "accessCode"}
        for one in many(group.get("GuaranteeReference"))]}
        for group in many(case.declaration.get("Guarantee"))]
    told = {"Guarantee": groups} if groups else {}
    return msgspec.structs.replace(
        case, declaration=case.declaration | told, uses=_codeless(case.uses),
        former=_codeless(case.former))


def called(ie: str) -> str:
    """Return the event that a message is: with entry data or without, a declaration is one.

    >>> called("IEA15"), called("IEA13"), called("IE014")
    ('IE015', 'IE013', 'IE014')
    """
    return {"IEA15": "IE015", "IEA13": "IE013"}.get(ie, ie)


def _codeless(uses: tuple[Use, ...]) -> tuple[Use, ...]:
    return tuple(msgspec.structs.replace(use, access_code="") for use in uses)


ROLE = Role("departure", TABLE, Departure, answer, WAITS, earlier,
            amends_guarantee="guarantee not valid", owner=lambda case: case.declarant,
            forget=forget,
            heard=speakers.DEPARTURE, calls=called)
