"""Specimens: the messages of one plain life, made anew for each reference, for benches and tests.

All parties are fictional, their numbers from ranges that are not given out.
"""
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tollbod.case.model import Party
from tollbod.wire import xml
from tollbod.wire.message import from_plain

HOLDER, CONSIGNEE = "NO310000019", "DE100000001"
PARTIES = (
    Party(id=HOLDER, name="Fjord Frakt (fictional)", street="Kaiveien 1", postcode="0150",
          city="Oslo", country="NO", authorisations={"C521": "NOACR000001"}),
    Party(id=CONSIGNEE, name="Elbe Lager (fictional)", street="Musterkai 1", postcode="20457",
          city="Hamburg", country="DE", authorisations={"C522": "DEACE000001"}),
)


def _header(root: str, sender: str, country: str, identification: str) -> dict[str, str]:
    return {
        "messageSender": sender, "messageRecipient": f"NTA.{country}",
        "preparationDateAndTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
        "messageIdentification": identification, "messageType": root,
    }


def _bytes(root: str, header: dict[str, str], body: dict[str, Any]) -> bytes:
    return xml.write(from_plain("p6", root, header | body, "NCTS6"))


@cache
def _goods(items: int) -> list[dict[str, Any]]:
    return [
        {
            "goodsItemNumber": str(n), "declarationGoodsItemNumber": str(n),
            "Commodity": {
                "descriptionOfGoods": f"Frozen salmon fillets, lot {n}",
                "CommodityCode": {"harmonizedSystemSubHeadingCode": "030481"},
                "GoodsMeasure": {"grossMass": "100.000", "netMass": "90.000"},
            },
            "Packaging": [{"sequenceNumber": "1", "typeOfPackages": "CT",
                           "numberOfPackages": "40", "shippingMarks": f"FJORD {n}"}],
        }
        for n in range(1, items + 1)
    ]


def declaration(lrn: str, identification: str, grn: str, items: int = 1) -> bytes:
    """Return an IE015 (CC015C), Oslo over Svinesund to Hamburg, T1, simplified procedure."""
    now = datetime.now(UTC)
    body = {
        "TransitOperation": {
            "LRN": lrn, "declarationType": "T1", "additionalDeclarationType": "A", "security": "0",
            "reducedDatasetIndicator": "0", "bindingItinerary": "0",
            "limitDate": f"{now + timedelta(days=6):%Y-%m-%d}",
        },
        "Authorisation": [
            {"sequenceNumber": "1", "type": "C521", "referenceNumber": "NOACR000001"}],
        "CustomsOfficeOfDeparture": {"referenceNumber": "NO365001"},
        "CustomsOfficeOfDestinationDeclared": {"referenceNumber": "DE004851"},
        "CustomsOfficeOfTransitDeclared": [
            {"sequenceNumber": "1", "referenceNumber": "SE603340",
             "arrivalDateAndTimeEstimated": f"{now + timedelta(hours=4):%Y-%m-%dT%H:%M:%S}"}],
        "HolderOfTheTransitProcedure": {"identificationNumber": HOLDER},
        "Guarantee": [{
            "sequenceNumber": "1", "guaranteeType": "1",
            "GuaranteeReference": [{
                "sequenceNumber": "1", "GRN": grn, "accessCode": "AC01",
                "amountToBeCovered": "3000.00", "currency": "EUR"}]}],
        "Consignment": _consignment(items),
    }
    return _bytes("CC015C", _header("CC015C", HOLDER, "NO", identification), body)


def _consignment(items: int) -> dict[str, Any]:
    mass = f"{100 * items}.000"
    return {
        "countryOfDispatch": "NO", "countryOfDestination": "DE", "containerIndicator": "0",
        "inlandModeOfTransport": "3", "grossMass": mass, "referenceNumberUCR": "FJORD20260001",
        "Consignor": {"identificationNumber": HOLDER},
        "Consignee": {
            "name": "Elbe Handel (fictional)",
            "Address": {"streetAndNumber": "Musterkai 2", "postcode": "20457", "city": "Hamburg",
                        "country": "DE"}},
        "TransportEquipment": [{
            "sequenceNumber": "1", "numberOfSeals": "1",
            "Seal": [{"sequenceNumber": "1", "identifier": "NOSEAL1"}]}],
        "LocationOfGoods": {"typeOfLocation": "B", "qualifierOfIdentification": "Y",
                            "authorisationNumber": "NOACR000001"},
        "DepartureTransportMeans": [{
            "sequenceNumber": "1", "typeOfIdentification": "30",
            "identificationNumber": "AB12345", "nationality": "NO"}],
        "PlaceOfLoading": {"UNLocode": "NOOSL"},
        "HouseConsignment": [{
            "sequenceNumber": "1", "grossMass": mass, "ConsignmentItem": _goods(items)}],
    }


def arrival(mrn: str, identification: str) -> bytes:
    """Return an IE007 (CC007C) of the authorised consignee in Hamburg."""
    body = {
        "TransitOperation": {
            "MRN": mrn, "arrivalNotificationDateAndTime":
            f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}", "simplifiedProcedure": "1"},
        "Authorisation": [
            {"sequenceNumber": "1", "type": "C522", "referenceNumber": "DEACE000001"}],
        "CustomsOfficeOfDestinationActual": {"referenceNumber": "DE004851"},
        "TraderAtDestination": {"identificationNumber": CONSIGNEE},
        "Consignment": {"LocationOfGoods": {
            "typeOfLocation": "B", "qualifierOfIdentification": "Y",
            "authorisationNumber": "DEACE000001"}},
    }
    return _bytes("CC007C", _header("CC007C", CONSIGNEE, "DE", identification), body)


def remarks(mrn: str, identification: str) -> bytes:
    """Return an IE044 (CC044C): unloaded, conform, seals in good state."""
    body = {
        "TransitOperation": {"MRN": mrn},
        "CustomsOfficeOfDestinationActual": {"referenceNumber": "DE004851"},
        "TraderAtDestination": {"identificationNumber": CONSIGNEE},
        "UnloadingRemark": {"conform": "1", "unloadingCompletion": "1",
                            "unloadingDate": f"{datetime.now(UTC):%Y-%m-%d}",
                            "stateOfSeals": "1"},
    }
    return _bytes("CC044C", _header("CC044C", CONSIGNEE, "DE", identification), body)
