"""A stub of the export system (AES): one case for each export declaration (its MRN), at its office
of exit, which is the office of departure of the transit that follows.

It knows the exports that an officer tells it of (`export-known`), and no goods, no quantities and
no times. States: none, known, silent (it does not answer, to try what then happens), in transit,
reported (with the results of the transit), recovered.
Results (CL100): P1 positive, N1 not known, N2 already in another transit.
"""
from collections.abc import Iterable
from datetime import datetime

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Case, Effect, Event, Facts, On, Role, Send, always, nothing,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding
from tollbod.movement import speakers

CHECK, AMEND = "1", "3"         # AESCommunicationPurpose, CL158
GOOD, UNKNOWN, TAKEN = "P1", "N1", "N2"


class Export(Case, frozen=True, kw_only=True):
    """An export declaration as the stub knows it."""

    mrn: str = ""                       # of the transit it is in
    export: str = ""                    # its own MRN
    result: str = ""                    # of the transit's destination (IE042)


# Learn

def known(case: Export, _event: Event, facts: Facts) -> Export:
    """Learn that there is such an export declaration."""
    return msgspec.structs.replace(case, export=facts.case)


def taken(case: Export, event: Event, _facts: Facts) -> Export:
    """Learn which transit the goods go in (IE190, allocation)."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"))


def freed(case: Export, _event: Event, _facts: Facts) -> Export:
    """Learn that the transit is cancelled or was not released (IE040)."""
    return msgspec.structs.replace(case, mrn="")


def reported(case: Export, event: Event, _facts: Facts) -> Export:
    """Learn the result at the destination of the transit (IE042)."""
    result = at(event.body, "ExportOperation/ControlResult/code")
    return msgspec.structs.replace(case, result=result)


# When

def checked(_case: Export, event: Event, _facts: Facts) -> bool:
    """Hold if the export is only asked about, not taken into a transit."""
    return at(event.body, "TransitOperation/AESCommunicationPurpose") == CHECK


def of_another(case: Export, event: Event, _facts: Facts) -> bool:
    """Hold if the message is about another transit than the one the export is in."""
    return case.mrn != at(event.body, "TransitOperation/MRN")


def amended(case: Export, event: Event, _facts: Facts) -> bool:
    """Hold if the transit that the export is in was amended."""
    told = event.body["TransitOperation"]
    return told["AESCommunicationPurpose"] == AMEND and told.get("MRN") == case.mrn


# Then

def say_good(case: Export, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that the export may go in the transit (IE191, P1)."""
    yield _answer(case, event, facts, GOOD)


def say_unknown(case: Export, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that no such export is known (IE191, N1)."""
    yield _answer(case, event, facts, UNKNOWN)


def say_taken(case: Export, event: Event, facts: Facts) -> Iterable[Effect]:
    """Answer that the export is in another transit, or has been (IE191, N2)."""
    yield _answer(case, event, facts, TAKEN)


def _answer(case: Export, event: Event, facts: Facts, result: str) -> Send:
    """Write IE191; before the MRN its receiver is found by the identification of the IE190."""
    told = event.body["TransitOperation"]
    purpose = told["AESCommunicationPurpose"]
    number = told.get("MRN") or asked_as(event.body["messageIdentification"])
    return Send("IE191", facts.sender, {
        "TransitOperation": {"LRN": told.get("LRN"), "MRN": told.get("MRN")},
        "CustomsOfficeOfExit": event.body["CustomsOfficeOfExit"],
        "CustomsOfficeOfDeparture": event.body["CustomsOfficeOfDeparture"],
        "AESResults": {
            "AESCommunicationPurpose": purpose,
            "responseDateAndTime": f"{facts.now:%Y-%m-%dT%H:%M:%S}",
            "globalValidationResponse": "1" if result == GOOD else "0",
            "ExportOperation": [{"sequenceNumber": "1", "MRN": case.export or facts.case,
                                 "security": "0", "resultIndicator": result}],
        },
    }, "departure", number)


def asked_as(identification: str) -> str:
    """Return what all messages of one decision have in common in their identification.

    >>> asked_as("SE004134-1F-3")
    'SE004134-1F'
    """
    return identification.rpartition("-")[0]


# fmt: off
TABLE = (
    #  in state      on                      when        go to         then         learn
    On("none",       "officer export-known", always,     "known",      nothing,     known),
    On("none",       "IE190",                always,     SAME,         say_unknown),
    On("known",      "IE190",                checked,    SAME,         say_good),
    On("known",      "IE190",                always,     "in transit", say_good,    taken),
    On("known",      "officer export-silent", always,    "silent",     nothing),
    On("silent",     "IE190",                always,     SAME,         nothing),
    On("silent",     "officer export-known", always,     "known",      nothing,     known),
    On("in transit", "IE040",                of_another, SAME,         nothing),
    On("in transit", "IE040",                always,     "known",      nothing,     freed),
    On(ANY,          "IE190",                amended,    SAME,         say_good),
    On(ANY,          "IE190",                always,     SAME,         say_taken),
    On("in transit", "IE042",                always,     "reported",   nothing,     reported),
    On("in transit", "IE048",                always,     "recovered",  nothing),
    On("reported",   "IE048",                always,     "recovered",  nothing),
    On("recovered",  "IE042",                always,     SAME,         nothing,     reported),
    On(ANY,          "IE040",                always,     SAME,         nothing),
    On(ANY,          "IE906",                always,     SAME,         nothing),
)
# fmt: on


def answer(
    _case: Export, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse another office's message with IE906."""
    yield from nack(event, facts, findings, "export")


ROLE = Role("export", TABLE, Export, answer, {}, heard=speakers.EXPORT)
