"""Answers of the office: rejections, errors and incidents in the words of phase 4."""
import re

from tollbod.spec.edifact.ncts import Kind
from tollbod.wire.edifact.phase4_canonical import at_path, put_path

FUNCTIONAL, OTHER, DIVERTED = "12", "4", "3"        # rejection codes


def answers_out(flat: dict) -> None:
    """Put errors of XML and incidents under the names of phase 4."""
    for one in flat.get("XMLError") or ():
        one["@ErrPoiER12"] = f"{one.get('errorLineNumber', '')}:" \
            f"{one.get('errorColumnNumber', '')} {one.get('errorPointer', '')}".rstrip()
    for incident in at_path(flat, "Consignment/Incident") or ():
        equipment = incident.get("TransportEquipment") or ()
        incident["@SEAIDSI1"] = [{"SeaIdeSI11": seal.get("identifier", "")} for one in equipment
                                 for seal in one.get("Seal") or ()]
        incident["@CONNR3"] = [{"ConNumNR31": one["containerIdentificationNumber"]}
                               for one in equipment if one.get("containerIdentificationNumber")]


def answers_in(flat: dict, kind: Kind) -> None:
    """Make errors, incidents and what a rejection of today must say of the items of phase 4."""
    for one in flat.get("XMLError") or ():
        found = re.fullmatch(r"(\d+):(\d+) ?(.*)", one.get("@ErrPoiER12", ""))
        if found:
            names = ("errorLineNumber", "errorColumnNumber", "errorPointer")
            pointer = one["@ErrPoiER12"]
            one |= {name: pointer.like(text) if hasattr(pointer, "like") and text else text
                    for name, text in zip(names, found.groups())}
    for incident in at_path(flat, "Consignment/Incident") or ():
        _incident_in(incident)
    if kind.canonical in ("CC056C", "CC057C"):
        if kind.when != "any":
            put_path(flat, "TransitOperation/businessRejectionType", kind.when)
        errors = flat.get("FunctionalError")
        operation = flat.setdefault("TransitOperation", {})
        operation.setdefault("rejectionCode", DIVERTED if kind.ie == "IE021" else
                             FUNCTIONAL if errors else OTHER)


def _incident_in(incident: dict) -> None:
    """Make the equipment of an incident: seals are on the first."""
    some: list[dict] = [{"containerIdentificationNumber": one["ConNumNR31"]}
                        for one in incident.get("@CONNR3") or ()]
    seals = [{"identifier": one["SeaIdeSI11"]} for one in incident.get("@SEAIDSI1") or ()]
    if seals:
        some = some or [{}]
        some[0] |= {"numberOfSeals": str(len(seals)), "Seal": seals}
    if some:
        incident["TransportEquipment"] = some
