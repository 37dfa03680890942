"""Specimens of ICS2: a filing by road and a minimum data set of many houses, for benches and tests.

All parties are fictional, their numbers from ranges that are not given out.
"""
from datetime import UTC, datetime, timedelta
from typing import Any

from tollbod.play.specimen import HOLDER
from tollbod.spec.tables import ICS2
from tollbod.wire import xml
from tollbod.wire.message import from_plain

OFFICE = "NO324001"
HERE = {"location": "Kirkenes", "address": {"country": "NO"}}
THERE = {"location": "Murmansk", "address": {"country": "RU"}}
ROUTE = [{"sequenceNumber": "1", "country": "RU"}, {"sequenceNumber": "2", "country": "NO"}]
PHONE = [{"identifier": "+47 99 00 00 00", "type": "TE"}]
AT_HOME = {"city": "Oslo", "country": "NO", "street": "Kaiveien", "postCode": "0150", "number": "1"}
ABROAD = {"city": "Murmansk", "country": "RU", "street": "Sjøgata", "postCode": "183000",
          "number": "2"}
CHARGES = {"methodOfPayment": "A"}


def _moment(later: timedelta = timedelta()) -> dict[str, str]:
    return {"DateTime": f"{datetime.now(UTC) + later:%Y-%m-%dT%H:%M:%SZ}"}


def _person(name: str, address: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"name": f"{name} (fictional)", "address": address, **more}


SENDER = _person("Kola Handel", ABROAD, typeOfPerson="2")
BUYER = _person("Fjell Handel", AT_HOME, typeOfPerson="2")
DECLARANT = _person("Fjord Frakt", AT_HOME, identificationNumber=HOLDER, communication=PHONE)


def road(lrn: str) -> bytes:
    """Return an IE3F50: one lorry with one consignment over Storskog."""
    lorry = {"identificationNumber": "FF10001", "typeOfIdentification": "30",
             "typeOfMeansOfTransport": "3116", "nationality": "NO"}
    house = {
        "containerIndicator": "0", "totalGrossMass": "120.5", "transportCharges": CHARGES,
        "placeOfAcceptance": THERE, "placeOfDelivery": HERE,
        "countriesOfRoutingOfConsignment": ROUTE,
        "goodsShipment": {"buyer": BUYER, "seller": SENDER},
        "transportDocumentHouseLevel": {"documentNumber": f"H-{lrn}", "type": "N730"},
        "goodsItem": [{
            "goodsItemNumber": "1", "weight": {"grossMass": "120.5"},
            "commodity": {"descriptionOfGoods": "Brake discs for passenger cars",
                          "commodityCode": {"harmonizedSystemSubHeadingCode": "870830"}},
            "packaging": [{"shippingMarks": "none", "numberOfPackages": "4",
                           "typeOfPackages": "PX"}],
            "passiveBorderTransportMeans": [lorry]}]}
    return xml.write(from_plain(ICS2, "IE3F50", {
        "LRN": lrn, "documentIssueDate": _moment(), "SpecificCircumstanceIndicator": "F50",
        "reEntryIndicator": "0", "declarant": DECLARANT,
        "customsOfficeOfFirstEntry": {"referenceNumber": OFFICE},
        "activeBorderTransportMeans": lorry | {
            "ModeOfTransport": "3", "estimatedDateAndTimeOfDeparture": _moment(),
            "estimatedDateAndTimeOfArrival": _moment(timedelta(hours=6)),
            "countriesOfRoutingOfMeansOfTransport": ROUTE},
        "consignmentMasterLevel": {
            "containerIndicator": "0", "consignor": SENDER, "consignee": BUYER,
            "carrier": _person("Fjord Frakt", AT_HOME, identificationNumber=HOLDER),
            "placeOfAcceptance": THERE, "placeOfDelivery": HERE, "placeOfLoading": THERE,
            "placeOfUnloading": HERE, "transportCharges": CHARGES,
            "transportDocumentMasterLevel": {"documentNumber": f"M-{lrn}", "type": "N730"},
            "consignmentHouseLevel": [house]}}))


def express(lrn: str, houses: int) -> bytes:
    """Return an IE3F32: a minimum data set of so many houses, each with one item."""
    return xml.write(from_plain(ICS2, "IE3F32", {
        "LRN": lrn, "documentIssueDate": _moment(), "SpecificCircumstanceIndicator": "F32",
        "declarant": DECLARANT, "addressedMemberState": {"country": "NO"},
        "consignmentMasterLevel": {"consignmentHouseLevel": [
            _parcel(f"{lrn}-{n}") for n in range(1, houses + 1)]}}))


def _parcel(number: str) -> dict[str, Any]:
    return {
        "totalGrossMass": "1.5", "consignor": SENDER, "consignee": BUYER,
        "transportDocumentHouseLevel": {"documentNumber": number, "type": "N703"},
        "referenceNumberUCR": {"referenceNumberUCR": f"UCR-{number}"},
        "goodsItem": [{
            "goodsItemNumber": "1", "weight": {"grossMass": "1.5"},
            "commodity": {"descriptionOfGoods": "Reading glasses, plastic frame"},
            "packaging": [{"numberOfPackages": "1"}]}]}
