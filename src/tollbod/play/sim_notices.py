"""The prenotifications that filers of a simulation lodge, right ones; and what they send about one.

Knows the structure of the national edition and which offices take them. Everything in them is
fictional.
"""
from datetime import datetime, timedelta
from typing import NamedTuple

from tollbod.play.sim_letters import Plain, second
from tollbod.spec import prenotification_law

ABROAD = {"3": "RU", "1": "US", "4": "US"}      # where it comes from or goes to, by mode
SUSPICIOUS = "Precursor, lot 1"                 # what the control filter of the simulation hits


class Notice(NamedTuple):
    """What one prenotification is to say, as its filer means it."""

    lrn: str
    filer: str
    carrier: str
    flow: str                   # ENTRY | EXIT
    mode: str                   # CL218
    office: str
    crossing: datetime          # arrives, or leaves
    container: bool
    goods: str
    replaces: str = ""          # MRN


def offices(mode: str, country: str) -> list[str]:
    """Return the offices of a country that take prenotifications of a mode."""
    kind = prenotification_law.MODES[mode]
    return [code for code, (modes, _) in prenotification_law.offices().items()
            if kind in modes and code.startswith(country)]


def declared(notice: Notice) -> Plain:
    """Return the content of a CC015N."""
    operation = {"LRN": notice.lrn, "declarationType": notice.flow}
    if notice.replaces:
        operation["replacesMRN"] = notice.replaces
    return {"TransitOperation": operation} | {
        name: {"referenceNumber": notice.office} for name in (
            "CustomsOfficeOfDeparture", "CustomsOfficeOfTransitDeclared",
            "CustomsOfficeOfDestinationDeclared")} | {
        "Filer": {"identificationNumber": notice.filer, "name": "Filer (fictional)",
                  "role": "transporter" if notice.filer == notice.carrier else "agent",
                  "ContactPerson": {"name": "Desk", "phoneNumber": "+47 00000000",
                                    "eMailAddress": "desk@example.no"}},
        "Carrier": {"identificationNumber": notice.carrier, "name": "Carrier (fictional)"},
        "Transport": _transport(notice),
        "Goods": {"numberOfPackages": "12", "grossMass": "4200", "GoodsItem": [{
            "sequenceNumber": "1", "descriptionOfGoods": notice.goods, "commodityCode": "440710",
            "numberOfPackages": "12", "grossMass": "4200"}]},
    }


def _transport(notice: Notice) -> Plain:
    way = (ABROAD[notice.mode], notice.office[:2])
    start, end = way if notice.flow == "ENTRY" else way[::-1]
    entry = notice.flow == "ENTRY"
    moments = {"loadingDateAndTime": notice.crossing - timedelta(days=2) if notice.container
               else None,
               "departureDateAndTime": notice.crossing - timedelta(hours=8) if entry
               else notice.crossing,
               "arrivalDateAndTime": notice.crossing if entry else None}
    return {"modeOfTransportAtTheBorder": notice.mode, "identificationNumber": "AB12345",
            "nationality": notice.office[:2], "containerIndicator": str(int(notice.container)),
            "countryOfDeparture": start, "countryOfDestination": end} | {
        name: second(at) for name, at in moments.items() if at} | {
        "TransportDocument": [{"sequenceNumber": "1", "type": "N730",
                               "referenceNumber": f"CMR-{notice.lrn}"}]}


def about(mrn: str, office: str, **groups: Plain) -> Plain:
    """Return what is sent about a prenotification: which one, and the groups that are given."""
    operation = {"MRN": mrn} | groups.pop("TransitOperation", {})
    return {"TransitOperation": operation,
            "CustomsOfficeOfDeparture": {"referenceNumber": office}} | groups
