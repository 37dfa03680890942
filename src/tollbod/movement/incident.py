"""Incidents during the transport: registered by an officer of any office, notified by IE180."""
from tollbod.case.model import Event, Facts, Send


def incident_letter(mrn: str, departure: str, event: Event, facts: Facts) -> Send:
    """Write the notification of an incident (IE180) from an officer's act.

    The act gives `code` (CL019), `text`, and where it happened: `country`, `unlocode`.
    """
    body = event.body
    place = {"qualifierOfIdentification": "U", "UNLocode": body.get("unlocode", ""),
             "country": body.get("country", facts.office[:2])}
    incident = {"sequenceNumber": "1", "code": body.get("code", "5"),
                "text": body.get("text", "Incident"), "Location": place}
    for group in ("Endorsement", "TransportEquipment", "Transhipment"):
        if body.get(group):
            incident[group] = body[group]
    return Send("IE180", departure, {
        "TransitOperation": {
            "MRN": mrn, "incidentNotificationDateAndTime": f"{facts.now:%Y-%m-%dT%H:%M:%S}"},
        "CustomsOfficeOfDeparture": {"referenceNumber": departure},
        "CustomsOfficeOfIncidentRegistration": {"referenceNumber": facts.office},
        "Consignment": {"Incident": [incident]},
    }, role="departure", case=mrn)
