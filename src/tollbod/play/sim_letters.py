"""The messages that traders of a simulation lodge, right ones; wrong ones are changed right ones.

Knows the structure of what a trader sends. Does not know when it is sent, nor what comes of it.
Everything in them is fictional.
"""
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tollbod.office.compose import PHASE
from tollbod.spec.tables import NATIONAL
from tollbod.wire import json, xml
from tollbod.wire.message import from_plain

Plain = dict[str, Any]
ABROAD = "RU"                   # where goods come from that are prenotified with the transit
NO_CITY = {"NO": "Oslo", "SE": "Malmö", "DE": "Hamburg", "GB": "Dover"}


class Trade(NamedTuple):
    """What one movement is to be, as its declarant means it."""

    lrn: str
    declarant: str
    procedure: str              # normal | simplified | pre-lodged
    departure: str              # offices
    destination: str
    transits: tuple[str, ...]
    guarantee: tuple[str, ...]  # GRN, access code; and again
    amount: str
    items: int
    days: int                   # until the goods come to the first office of transit
    cover: str                  # one | two | waived: how the guarantee is given
    exit: str                   # office of exit for transit, or ''
    entry: bool = False         # combined with a prenotification of entry (phase 5)


def letter(root: str, sender: str, now: datetime, ident: str, body: Plain,
           form: str = "xml", edition: str = "p6") -> bytes:
    """Return the bytes of a message with its header."""
    edition = NATIONAL if root.endswith("N") else edition
    header = {
        "messageSender": sender, "messageRecipient": f"NTA.{sender[:2]}",
        "preparationDateAndTime": second(now), "messageIdentification": ident,
        "messageType": root,
    }
    message = from_plain(edition, root, header | body, PHASE[edition])
    return (json if form == "json" else xml).write(message)


def declaration(trade: Trade, now: datetime) -> Plain:
    """Return the content of an IE015."""
    kind = "D" if trade.procedure == "pre-lodged" else "A"
    operation = {
        "LRN": trade.lrn, "declarationType": "T1", "additionalDeclarationType": kind,
        "security": "1" if trade.entry else "2" if trade.exit else "0",
        "reducedDatasetIndicator": "0", "bindingItinerary": "0",
    }
    ready = now + timedelta(days=trade.days)
    body: Plain = {"TransitOperation": operation}
    if trade.procedure == "simplified":
        operation["limitDate"] = f"{now + timedelta(days=5):%Y-%m-%d}"
        body["Authorisation"] = [{"sequenceNumber": "1", "type": "C521",
                                  "referenceNumber": authorisation(trade.declarant, "C521")}]
    if trade.exit:
        body["CustomsOfficeOfExitForTransitDeclared"] = [
            {"sequenceNumber": "1", "referenceNumber": trade.exit}]
    return body | {
        "CustomsOfficeOfDeparture": {"referenceNumber": trade.departure},
        "CustomsOfficeOfDestinationDeclared": {"referenceNumber": trade.destination},
        "CustomsOfficeOfTransitDeclared": [
            {"sequenceNumber": str(n), "referenceNumber": office,
             "arrivalDateAndTimeEstimated": second(ready + timedelta(hours=6 * n))}
            for n, office in enumerate(trade.transits, 1)],
        "HolderOfTheTransitProcedure": {"identificationNumber": trade.declarant},
        "Guarantee": guarantee(trade.guarantee, trade.amount, trade.cover),
        "Consignment": _consignment(trade),
    }


def guarantee(of: tuple[str, ...], amount: str, cover: str = "one") -> list[Plain]:
    """Return the group Guarantee: one reference, or two, or a guarantee waived by agreement."""
    if cover == "waived":
        return [{"sequenceNumber": "1", "guaranteeType": "A"}]
    both = range(2 if cover == "two" else 1)
    return [{"sequenceNumber": "1", "guaranteeType": "1", "GuaranteeReference": [{
        "sequenceNumber": str(n + 1), "GRN": of[2 * n], "accessCode": of[2 * n + 1],
        "amountToBeCovered": amount, "currency": "EUR"} for n in both]}]


def authorisation(party: str, kind: str) -> str:
    """Return the fictional reference of a party's authorisation."""
    return f"{party[:2]}{kind}{party[-6:]}"


def _consignment(trade: Trade) -> Plain:
    country, end = trade.departure[:2], trade.destination[:2]
    mass = f"{100 * trade.items}.000"
    goods: Plain = {
        "countryOfDispatch": ABROAD if trade.entry else country, "countryOfDestination": end,
        "containerIndicator": "0",
        "inlandModeOfTransport": "3", "grossMass": mass, "referenceNumberUCR": f"U{trade.lrn}",
        "Consignor": {"identificationNumber": trade.declarant},
        "Consignee": {"name": "Receiver (fictional)", "Address": {
            "streetAndNumber": "Fictional 2", "postcode": "20457",
            "city": NO_CITY.get(end, "City"), "country": end}},
        "LocationOfGoods": _location(trade.departure, trade.declarant, "C521",
                                     trade.procedure == "simplified"),
        "DepartureTransportMeans": [{
            "sequenceNumber": "1", "typeOfIdentification": "30",
            "identificationNumber": "AB12345", "nationality": country}],
        "PlaceOfLoading": {"country": country, "location": "Terminal 1"},
        "HouseConsignment": [{"sequenceNumber": "1", "grossMass": mass, "ConsignmentItem": [
            _item(n) for n in range(1, trade.items + 1)]}],
    }
    if trade.exit or trade.entry:
        goods |= _border(trade)
    if trade.entry:
        goods |= {"PlaceOfUnloading": {"country": end, "location": "Terminal 2"},
                  "TransportDocument": [{"sequenceNumber": "1", "type": "N730",
                                         "referenceNumber": f"CMR-{trade.lrn}"}]}
    if trade.procedure == "simplified":
        goods["TransportEquipment"] = [{"sequenceNumber": "1", "numberOfSeals": "1", "Seal": [
            {"sequenceNumber": "1", "identifier": f"S{trade.lrn[-6:]}"}]}]
    return goods


def _border(trade: Trade) -> Plain:
    """Return what is told of the border when the goods leave the security area."""
    route = dict.fromkeys(o[:2] for o in (ABROAD if trade.entry else "",
        trade.departure, trade.exit, *trade.transits, trade.destination) if o)
    means = ({"typeOfIdentification": "30", "identificationNumber": "AB12345"} if trade.entry
             else {"typeOfIdentification": "11", "identificationNumber": "MS FISH"})
    crossed = trade.transits if trade.entry else trade.transits[:1]
    return {
        "modeOfTransportAtTheBorder": "3" if trade.entry else "1",
        "Carrier": {"identificationNumber": trade.declarant},
        "CountryOfRoutingOfConsignment": [
            {"sequenceNumber": str(n), "country": country} for n, country in enumerate(route, 1)],
        "ActiveBorderTransportMeans": [{
            "sequenceNumber": str(n), "customsOfficeAtBorderReferenceNumber": office,
            "nationality": trade.departure[:2]} | means for n, office in enumerate(crossed, 1)],
    }


def _location(office: str, party: str, kind: str, authorised: bool) -> Plain:
    if authorised:
        return {"typeOfLocation": "B", "qualifierOfIdentification": "Y",
                "authorisationNumber": authorisation(party, kind)}
    return {"typeOfLocation": "A", "qualifierOfIdentification": "V",
            "CustomsOffice": {"referenceNumber": office}}


def _item(n: int) -> Plain:
    return {
        "goodsItemNumber": str(n), "declarationGoodsItemNumber": str(n),
        "Commodity": {
            "descriptionOfGoods": f"Frozen fish, lot {n}",
            "CommodityCode": {"harmonizedSystemSubHeadingCode": "030481"},
            "GoodsMeasure": {"grossMass": "100.000", "netMass": "90.000"}},
        "Packaging": [{"sequenceNumber": "1", "typeOfPackages": "CT", "numberOfPackages": "4",
                       "shippingMarks": f"FISH {n}"}],
    }


def presentation(trade: Trade, declared: Plain) -> Plain:
    """Return the content of an IE170, for a pre-lodged declaration."""
    goods = declared["Consignment"]
    return {
        "TransitOperation": {"LRN": trade.lrn},
        "CustomsOfficeOfDeparture": declared["CustomsOfficeOfDeparture"],
        "HolderOfTheTransitProcedure": declared["HolderOfTheTransitProcedure"],
        "Consignment": {name: goods[name] for name in (
            "containerIndicator", "inlandModeOfTransport", "LocationOfGoods",
            "DepartureTransportMeans", "PlaceOfLoading")} | {
                "HouseConsignment": [{"sequenceNumber": "1"}]},
    }


def amendment(declared: Plain, mrn: str, only_guarantee: bool) -> Plain:
    """Return the content of an IE013 that repeats a declaration; the caller changes it."""
    operation = declared["TransitOperation"] | {
        "MRN": mrn, "amendmentTypeFlag": "1" if only_guarantee else "0"}
    if mrn:
        del operation["LRN"]
    else:
        del operation["MRN"]
    return declared | {"TransitOperation": operation}


def cancellation(trade: Trade, mrn: str, why: str, now: datetime) -> Plain:
    """Return the content of an IE014."""
    return {
        "TransitOperation": {"MRN": mrn} if mrn else {"LRN": trade.lrn},
        "Invalidation": {"requestDateAndTime": second(now), "initiatedByCustoms": "0",
                         "justification": why},
        "CustomsOfficeOfDeparture": {"referenceNumber": trade.departure},
        "HolderOfTheTransitProcedure": {"identificationNumber": trade.declarant},
    }


def after_control(trade: Trade, mrn: str, release: bool, now: datetime) -> Plain:
    """Return the content of an IE054: release after a control, or not."""
    return {
        "TransitOperation": {"MRN": mrn, "releaseRequested": "1" if release else "0",
                             "releaseRequestDateAndTime": second(now)},
        "CustomsOfficeOfDeparture": {"referenceNumber": trade.departure},
        "HolderOfTheTransitProcedure": {"identificationNumber": trade.declarant},
    }


def information(trade: Trade, mrn: str, authority: str) -> Plain:
    """Return the content of an IE141: where the goods went."""
    return {
        "TransitOperation": {"MRN": mrn},
        "CustomsOfficeOfDestinationActual": {"referenceNumber": trade.destination},
        "CustomsOfficeOfEnquiryAtDeparture": {"referenceNumber": authority},
        "HolderOfTheTransitProcedure": {"identificationNumber": trade.declarant},
        "Enquiry": {"text": "The goods were delivered."},
    }


def arrival(mrn: str, office: str, trader: str, simplified: bool, now: datetime) -> Plain:
    """Return the content of an IE007."""
    body: Plain = {"TransitOperation": {
        "MRN": mrn, "arrivalNotificationDateAndTime": second(now),
        "simplifiedProcedure": "1" if simplified else "0"}}
    if simplified:
        body["Authorisation"] = [{"sequenceNumber": "1", "type": "C522",
                                  "referenceNumber": authorisation(trader, "C522")}]
    return body | {
        "CustomsOfficeOfDestinationActual": {"referenceNumber": office},
        "TraderAtDestination": {"identificationNumber": trader},
        "Consignment": {"LocationOfGoods": _location(office, trader, "C522", simplified)},
    }


def remarks(mrn: str, office: str, trader: str, now: datetime, sealed: bool,
            conform: bool = True, complete: bool = True) -> Plain:
    """Return the content of an IE044; what does not conform is less mass."""
    remark = {"conform": "1" if conform else "0", "unloadingCompletion": "1" if complete else "0",
              "unloadingDate": f"{now:%Y-%m-%d}"}
    if sealed:
        remark["stateOfSeals"] = "1" if conform else "0"
    body: Plain = {
        "TransitOperation": {"MRN": mrn},
        "CustomsOfficeOfDestinationActual": {"referenceNumber": office},
        "TraderAtDestination": {"identificationNumber": trader},
        "UnloadingRemark": remark,
    }
    if not conform:
        body["Consignment"] = {"grossMass": "50.000"}
    return body


def second(now: datetime) -> str:
    """Return a moment as messages write it."""
    return f"{now:%Y-%m-%dT%H:%M:%S}"
