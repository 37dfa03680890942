"""Exports in transit (N830): the export system says whether they may go (IE190, IE191) and hears
how the transit ended (IE040, IE042, IE048).

Asked before the MRN is given, for each export by a message of its own; told of the MRN when it is
given. Only where the office of departure is an office of exit as well (R0509): elsewhere there is
no export system to ask.
"""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, Name, On, Send, Task, Timer, always, nothing, refuse,
)
from tollbod.movement.deadlines import start
from tollbod.movement.departure.case import Departure, Export
from tollbod.movement.departure.letters import day, here, second, to_declarant
from tollbod.spec.codes import codelist

EXPORT = "N830"
CHECK, ALLOCATE, AMEND = "1", "2", "3"      # AESCommunicationPurpose, CL158
GOOD = "P1"                         # resultIndicator, CL100
INTERNAL = ("T2", "T2F", "T2SM")    # R0720


def exports_of(declaration: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the first house consignment of each export declaration that is named, by its MRN."""
    found: dict[str, dict[str, Any]] = {}
    for house in many(declaration.get("Consignment", {}).get("HouseConsignment")):
        for document in many(house.get("PreviousDocument")):
            if document.get("type") == EXPORT:
                found.setdefault(document.get("referenceNumber", ""), house)
    return found


# Learn

def to_be_asked(case: Departure, _event: Event, facts: Facts) -> Departure:
    """Learn the exports whose answers are awaited."""
    if not codelist("CL194").has(facts.office, facts.now.date()):
        return case
    return msgspec.structs.replace(
        case, exports=tuple(Export(mrn) for mrn in exports_of(case.declaration)))


def amended_to(case: Departure, facts: Facts) -> Departure:
    """Learn which exports an amended declaration names, and which it named before."""
    told = {one.mrn: one for one in case.exports}
    after = to_be_asked(case, Event("IE013", {}), facts).exports
    return msgspec.structs.replace(case, former_exports=case.exports, exports=tuple(
        told.get(one.mrn, one) for one in after))


def answered(case: Departure, event: Event, _facts: Facts) -> Departure:
    """Learn what the export system answered about an export (IE191)."""
    said = {one["MRN"]: one["resultIndicator"]
            for one in many(event.body["AESResults"]["ExportOperation"])}
    return msgspec.structs.replace(case, exports=tuple(
        Export(one.mrn, said.get(one.mrn, one.result)) for one in case.exports))


# When

def more_exports(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if other exports have not been answered yet."""
    return not all(one.result for one in answered(case, event, facts).exports)


def export_refused(case: Departure, event: Event, facts: Facts) -> bool:
    """Hold if any export may not go, now that all are answered."""
    return any(one.result != GOOD for one in answered(case, event, facts).exports)


def export_stopped(_case: Departure, event: Event, _facts: Facts) -> bool:
    """Hold if the export system says no after the MRN was given."""
    return at(event.body, "AESResults/globalValidationResponse") == "0"


# Then

def ask_exports(case: Departure, event: Event, facts: Facts) -> Iterable[Effect]:
    """Acknowledge the declaration (IE928) and ask the export system about each export (IE190)."""
    if event.name == "IE015":
        yield to_declarant(case, "IE928", {})
    yield Task("accept")
    yield Timer("presentation", None)
    yield Name(f"departure/{facts.office}-{facts.receipt:X}")       # the answers find us by it
    yield from _questions(case, set(exports_of(case.declaration)), CHECK, {"LRN": case.lrn})


def _questions(case: Departure, mrns: set[str], purpose: str, more: dict[str, str]
               ) -> Iterable[Send]:
    """Write a question about each of these exports, with its goods (IE190)."""
    located = any(a.get("type") == "C521" for a in many(case.declaration.get("Authorisation")))
    for mrn, house in exports_of(case.declaration).items():
        consignment = {"HouseConsignment": [_house(case, mrn, house)]}
        if located and (place := case.declaration["Consignment"].get("LocationOfGoods")):
            consignment = {"LocationOfGoods": place} | consignment                      # C0861
        if mrn in mrns:
            yield _letter("IE190", mrn, case, {
                "TransitOperation": _operation(case, purpose) | more,
                **_both(case), "Consignment": consignment})


def amend_exports(case: Departure, facts: Facts) -> Iterable[Send]:
    """Tell the export system what an amendment (IE013) makes of the exports in the transit.

    Those that stay, and those that are new, are told with their goods (IE190, amendment); those
    that are taken out are free again (IE040).
    """
    stay = {one.mrn for one in case.exports}
    yield from _questions(case, stay, AMEND, {
        "MRN": case.mrn, "declarationAcceptanceDate": day(case.accepted),
        "amendmentAcceptanceDateAndTime": second(facts.now)})
    for one in case.former_exports:
        if one.mrn not in stay:
            yield _letter("IE040", one.mrn, case, {"TransitOperation": {"MRN": case.mrn}})


def ask_exports_again(case: Departure, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Ask the silent export system once more (IE190); an officer may refuse the declaration."""
    silent = {one.mrn for one in case.exports if not one.result}
    yield Name(f"departure/{facts.office}-{facts.receipt:X}")
    yield from _questions(case, silent, CHECK, {"LRN": case.lrn})
    yield start("export answer", facts)
    yield Task("export", "The export system does not answer", "Utførselssystemet svarer ikke",
               ("ask-export", "refuse"))


def refuse_for_silence(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the declaration: the export system does not answer, or for the officer's reason."""
    yield Task("export")
    text = event.body.get("text") or "the export system does not answer"
    yield refuse("14", text, event.body.get("text") or "utførselssystemet svarer ikke", "R0449",
                 "/CC015C/Consignment/HouseConsignment/PreviousDocument/referenceNumber")


def _house(case: Departure, mrn: str, house: dict[str, Any]) -> dict[str, Any]:
    kind = at(case.declaration, "TransitOperation/declarationType")
    items = many(house.get("ConsignmentItem"))
    kind = at(items[0], "declarationType") or kind if items else kind
    return {
        "sequenceNumber": house.get("sequenceNumber", "1"),
        "ExportOperation": {"MRN": mrn,
                            "transitProcedureCategory": "2" if kind in INTERNAL else "1"},
        "ConsignmentItem": [_item(item) for item in items],
    }


def _item(item: dict[str, Any]) -> dict[str, Any]:
    goods, mass = item["Commodity"], item["Commodity"].get("GoodsMeasure", {})
    code = goods.get("CommodityCode", {})
    return {
        "goodsItemNumber": item["goodsItemNumber"],
        "declarationGoodsItemNumber": item["declarationGoodsItemNumber"],
        "Commodity": {
            "CommodityCode": {name: code[name] for name in (
                "harmonizedSystemSubHeadingCode", "combinedNomenclatureCode") if name in code},
            "GoodsMeasure": {"netMass": mass.get("netMass") or mass.get("grossMass")},
        },
    }


def _operation(case: Departure, purpose: str) -> dict[str, Any]:
    tir = at(case.declaration, "TransitOperation/TIRCarnetNumber")
    return {"AESCommunicationPurpose": purpose, "TIRCarnetNumber": tir or None}         # C0190


def _both(case: Departure) -> dict[str, Any]:
    return {"CustomsOfficeOfExit": here(case), "CustomsOfficeOfDeparture": here(case)}


def _letter(ie: str, export: str, case: Departure, body: dict[str, Any]) -> Send:
    return Send(ie, here(case)["referenceNumber"], body, "export", export)


def allocate_exports(case: Departure) -> Iterable[Send]:
    """Tell the export system in which transit the exports go (IE190, allocation)."""
    for one in case.exports:
        yield _letter("IE190", one.mrn, case, {
            "TransitOperation": _operation(case, ALLOCATE) | {
                "MRN": case.mrn, "declarationAcceptanceDate": day(case.accepted)},
            **_both(case)})


def free_exports(case: Departure) -> Iterable[Send]:
    """Tell the export system that the transit does not take place (IE040)."""
    for one in case.exports:
        yield _letter("IE040", one.mrn, case, {"TransitOperation": {"MRN": case.mrn}})


def report_exports(case: Departure, event: Event) -> Iterable[Send]:
    """Tell the export system the results at destination (IE042) when they come (IE018)."""
    for one in case.exports if event.name == "IE018" else ():
        result = event.body["ControlResult"]
        yield _letter("IE042", one.mrn, case, {
            "TransitOperation": {
                "MRN": case.mrn,
                "declarationType": at(case.declaration, "TransitOperation/declarationType")},
            "ExportOperation": [{"sequenceNumber": "1", "MRN": one.mrn, "ControlResult": {
                "code": result["code"], "date": result["date"]}}],
            **_both(case), "CustomsOfficeOfDestination": {"referenceNumber": case.destination}})


def tell_results(case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the export system the late results (IE042); for the rest nothing follows."""
    yield from report_exports(case, event)


def recover_exports(case: Departure, authority: dict[str, str], facts: Facts) -> Iterable[Send]:
    """Tell the export system that the debt is recovered (IE048)."""
    for one in case.exports:
        yield _letter("IE048", one.mrn, case, {
            "TransitOperation": {"MRN": case.mrn, "recoveryCommunicationDate": day(facts.now)},
            "ExportOperation": [{"sequenceNumber": "1", "MRN": one.mrn}],
            "CustomsOfficeOfDestination": {
                "referenceNumber": case.destination or case.declared_destination},
            "CustomsOfficeOfRecoveryAtDeparture": authority})


def tell_exports(case: Departure, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse the declaration with what the export system said about each export."""
    yield Task("export")
    bad = [f"{one.mrn}: {one.result}" for one in case.exports if one.result != GOOD]
    yield refuse("14", f"the export system does not let these exports go: {', '.join(bad)}",
                 f"utførselssystemet lar ikke disse utførslene gå: {', '.join(bad)}", "R0449",
                 "/CC015C/Consignment/HouseConsignment/PreviousDocument/referenceNumber")


def show_export(_case: Departure, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Show an officer that the export system says no to a movement that has its MRN."""
    mrn = at(event.body, "AESResults/ExportOperation/MRN")
    code = at(event.body, "AESResults/ExportOperation/resultIndicator")
    yield Task("told", f"The export system says {code} to {mrn}",
               f"Utførselssystemet svarer {code} for {mrn}", ("noted",))


# fmt: off
ROWS = (
    #  in state        on       when            go to       then          learn
    On("export asked", "IE191", more_exports,   SAME,       nothing,      answered),
    On("export asked", "IE191", export_refused, "rejected", tell_exports, answered),
    On("export asked", "timer export answer", always, SAME, ask_exports_again),
    On("export asked", "officer ask-export",  always, SAME, ask_exports_again),
    On("export asked", "officer refuse",      always, "rejected", refuse_for_silence),
)
LATER = (
    On(ANY,            "IE191", export_stopped, SAME,       show_export),
    On(ANY,            "IE191", always,         SAME,       nothing),
)
# fmt: on
