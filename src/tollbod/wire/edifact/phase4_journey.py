"""Means of transport and places: phase 4 has one of each, and says less of it.

What kind of number a means has follows from the mode of transport; what kind of place goods lie at
from the item it stands in.
"""
import re

from tollbod.spec.codes import codelist, office
from tollbod.wire.edifact.phase4_canonical import at_path, put_path

UNLOCODES = "CL244"
# The commonest identification of a means, by the mode: wagon number, road vehicle, aircraft ...
KINDS = {"1": "10", "2": "20", "3": "30", "4": "40", "8": "80"}
# (item, part of the location, type and qualifier that it stands for)
LOCATIONS = {
    "departure": (("@AutLocOfGooCodHEA41", "authorisationNumber", "B", "Y"),
                  ("@AgrLocOfGooCodHEA38", "UNLocode", "A", "U"),
                  ("@AgrLocOfGooHEA39", "Address", "D", "Z")),
    "arrival": (("@ArrAutLocOfGooHEA65", "authorisationNumber", "B", "Y"),
                ("@ArrAgrLocCodHEA62", "UNLocode", "A", "U"),
                ("@ArrAgrLocOfGooHEA63", "Address", "D", "Z")),
}
OFFICES = {"departure": "CustomsOfficeOfDeparture/referenceNumber",
           "arrival": "CustomsOfficeOfDestinationActual/referenceNumber"}


def journey_out(flat: dict, side: str) -> None:
    """Put means and places under the names of phase 4."""
    consignment = flat.get("Consignment") or {}
    means = (consignment.get("DepartureTransportMeans")
             or consignment.get("@DepartureTransportMeans") or [{}])[0]
    flat["@IdeOfMeaOfTraAtDHEA78"] = means.get("identificationNumber", "")
    flat["@NatOfMeaOfTraAtDHEA80"] = means.get("nationality", "")
    border = (consignment.get("ActiveBorderTransportMeans") or [{}])[0]
    flat["@IdeOfMeaOfTraCroHEA85"] = border.get("identificationNumber", "")
    flat["@NatOfMeaOfTraCroHEA87"] = border.get("nationality", "")
    flat["@TypOfMeaOfTraCroHEA88"] = border.get("typeOfIdentification", "")
    flat["@ConRefNumHEA"] = border.get("conveyanceReferenceNumber", "")
    for item, place in (("@PlaOfLoaCodHEA46", "PlaceOfLoading"),
                        ("@CodPlUnHEA357", "PlaceOfUnloading")):
        found = consignment.get(place) or {}
        flat[item] = found.get("UNLocode") or found.get("location", "")
    _location_out(flat, consignment.get("LocationOfGoods") or {}, side)


def _location_out(flat: dict, location: dict, side: str) -> None:
    """Put the location of goods into the item for its qualifier; at the office says nothing."""
    for item, part, _, qualifier in LOCATIONS[side]:
        if location.get("qualifierOfIdentification") == qualifier:
            found = location.get(part, "")
            if isinstance(found, dict):
                found = found.get("streetAndNumber", "")
            flat[item] = found


def journey_in(flat: dict, remarks: bool) -> None:
    """Make means and places of the items of phase 4; remarks say nothing that did not stand."""
    mode = at_path(flat, "Consignment/inlandModeOfTransport") or "3"
    number = flat.get("@IdeOfMeaOfTraAtDHEA78", "")
    nationality = flat.get("@NatOfMeaOfTraAtDHEA80", "")
    if number or nationality:
        put_path(flat, "Consignment/DepartureTransportMeans", [{
            "typeOfIdentification": "" if remarks else KINDS.get(mode, "30"),
            "identificationNumber": number, "nationality": nationality}])
    if number := flat.get("@IdeOfMeaOfTraCroHEA85"):
        put_path(flat, "Consignment/ActiveBorderTransportMeans", [_border(flat, number)])
    for item, place, at in (
            ("@PlaOfLoaCodHEA46", "PlaceOfLoading", "CustomsOfficeOfDeparture"),
            ("@CodPlUnHEA357", "PlaceOfUnloading", "CustomsOfficeOfDestinationDeclared")):
        if text := flat.get(item):
            country = (at_path(flat, f"{at}/referenceNumber") or "")[:2]
            put_path(flat, f"Consignment/{place}", _place(text, country))


def _border(flat: dict, number: str) -> dict:
    """Return the means at the border; the office there is the first of transit, or the last one."""
    mode = at_path(flat, "Consignment/modeOfTransportAtTheBorder") or ""
    return {
        "customsOfficeAtBorderReferenceNumber":
            at_path(flat, "CustomsOfficeOfTransitDeclared/referenceNumber")
            or at_path(flat, "CustomsOfficeOfDestinationDeclared/referenceNumber") or "",
        "typeOfIdentification": flat.get("@TypOfMeaOfTraCroHEA88") or KINDS.get(mode, "30"),
        "identificationNumber": number,
        "nationality": flat.get("@NatOfMeaOfTraCroHEA87", ""),
        "conveyanceReferenceNumber": flat.get("@ConRefNumHEA", "")}


def _place(text: str, country: str) -> dict:
    """Return a place: a UN/LOCODE, or a name in the country."""
    if re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", text) and codelist(UNLOCODES).has(text):
        return {"UNLocode": text}
    return {"country": country, "location": text}


def location_in(flat: dict, side: str, wanted: bool) -> None:
    """Make the location of goods; where phase 4 says nothing, it is the customs office."""
    number = at_path(flat, OFFICES[side]) or ""
    for item, part, kind, qualifier in LOCATIONS[side]:
        if text := flat.get(item):
            whole = {"typeOfLocation": kind, "qualifierOfIdentification": qualifier}
            put_path(flat, "Consignment/LocationOfGoods", whole | {
                part: _address(text, number) if part == "Address" else text})
            return
    if wanted and number:
        put_path(flat, "Consignment/LocationOfGoods", {
            "typeOfLocation": "A", "qualifierOfIdentification": "V",
            "CustomsOffice": {"referenceNumber": number}})


def _address(text: str, number: str) -> dict:
    """Return an address in the town of an office."""
    return {"streetAndNumber": text, "city": town(number) or number[:2], "country": number[:2]}


def town(number: str) -> str:
    """Return the town of an office, its name if that is not known, or an empty text."""
    found = office(number)
    return (found.city or found.name) if found is not None else ""
