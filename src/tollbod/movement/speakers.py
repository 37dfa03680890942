"""Which office may say what about a movement: one that the movement knows in that part.

Asked before any row of a table, so that no other office can end, cancel, discharge or move what
is not its own. What is not listed may be said by every office: questions for a record (IE002,
IE027, IE114, IE164) and refusals (IE906). What comes from a trader or an officer is not asked here.
"""
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import Event, Facts, Refuse, refuse


def refuse_stranger(event: Event, facts: Facts) -> Refuse:
    """Return the refusal of a message from an office that has no part in the movement."""
    root = event.body.get("messageType", "*")
    return refuse(
        "14", f"{facts.sender} has no part in this movement in which it could send {event.name}",
        f"{facts.sender} har ingen rolle i denne forsendelsen der det kan sende {event.name}",
        "", f"/{root}")


# At the office of departure

def known_ahead(case: Any, _event: Event, facts: Facts) -> bool:
    """An office that was given the record of the movement."""
    return not case.mrn or any(office == facts.sender for office, _ in case.ahead())


def known_transit(case: Any, _event: Event, facts: Facts) -> bool:
    """An office of transit that was declared or has asked for the record."""
    return not case.mrn or (facts.sender, "transit") in case.ahead()


def known_exit(case: Any, _event: Event, facts: Facts) -> bool:
    """An office of exit for transit that was declared or has asked for the record."""
    return not case.mrn or (facts.sender, "exit") in case.ahead()


def known_destination(case: Any, _event: Event, facts: Facts) -> bool:
    """An office of destination that was declared or has asked for the record."""
    return not case.mrn or (facts.sender, "destination") in case.ahead()


def where_it_arrived(case: Any, event: Event, facts: Facts) -> bool:
    """The office of destination where the goods have arrived, before that any that is known."""
    return known_destination(case, event, facts) and case.destination in ("", facts.sender)


def the_enquired(case: Any, _event: Event, facts: Facts) -> bool:
    """The authority that the enquiry was sent to (IE142)."""
    return not case.enquired or case.enquired == facts.sender


def its_guarantee(case: Any, event: Event, facts: Facts) -> bool:
    """The office that keeps each guarantee it speaks of."""
    kept = {use.grn: use.office for use in (*case.former, *case.uses)}
    told = {reference["GRN"] for guarantee in many(event.body.get("Guarantee"))
            for reference in many(guarantee.get("GuaranteeReference"))}
    return all(kept.get(grn, facts.sender) == facts.sender for grn in told)


def its_entry(case: Any, _event: Event, facts: Facts) -> bool:
    """The office of first entry, where the bridge to ICS2 stands."""
    return case.entry in ("", facts.sender)


def our_own(_case: Any, _event: Event, facts: Facts) -> bool:
    """Our own office: the export system stands beside it."""
    return facts.sender == facts.office


# At the offices ahead

def its_departure(case: Any, event: Event, facts: Facts) -> bool:
    """The movement's office of departure; before its record is here, one of the MRN's country."""
    if case.departure:
        return case.departure == facts.sender
    mrn = case.mrn or at(event.body, "TransitOperation/MRN")
    return mrn[2:4] == facts.sender[:2]


DEPARTURE = {
    "IE006": known_destination, "IE018": where_it_arrived, "IE118": known_transit,
    "IE119": known_transit, "IE168": known_exit, "IE180": known_ahead, "IE095": known_ahead,
    "IE143": the_enquired, "IE144": the_enquired, "IE145": the_enquired,
    "IE201": its_guarantee, "IE205": its_guarantee, "IE191": our_own,
    **dict.fromkeys(("IE004", "IE009", "IE056", "IE060", "IE927", "IE928", "IEA70", "IEA93"),
                    its_entry),
}
AHEAD = dict.fromkeys((
    "IE001", "IE003", "IE010", "IE024", "IE049", "IE050", "IE063", "IE094", "IE115", "IE160",
    "IE165", "IE181", "IE059", "IE142", "IE144", "IE145", "IE038", "IE150"), its_departure)
EXPORT = dict.fromkeys(("IE190", "IE040", "IE042", "IE048"), our_own)
