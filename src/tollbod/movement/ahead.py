"""Look ahead: a declaration is accepted only if what must follow from it will be valid too.

The messages of release (IE029, IE050, IE001) are built from the declaration as if it were released
now, and checked; what is wrong with them is told as a finding on the declaration.
"""
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.carry import many
from tollbod.case.model import Event, Facts, Send
from tollbod.findings import Finding
from tollbod.movement.departure.acceptance import declared, presented
from tollbod.movement.departure.amendment import amended
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.guarantee import unaskable
from tollbod.movement.departure.release import let_go, records
from tollbod.rules.check import check
from tollbod.spec.tables import root_of
from tollbod.wire.message import from_plain

SPECIMEN_MRN = "26NO000000000000J0"     # stands where the MRN will stand: it has not been given yet
STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")    # one step of a path: its name and number
PARTIES = ("HolderOfTheTransitProcedure", "Consignor", "Consignee")


# What a message makes of the case: a declaration, its amendment, or what completes it.
LEARN = {"IE015": declared, "IE013": amended, "IE170": presented}


def findings(case: Departure, event: Event, facts: Facts) -> list[Finding]:
    """Return what would be wrong with the messages of release that follow from this message.

    A pre-lodged declaration (type D) is judged when it is complete: with its IE170.
    """
    if event.name != "IE015" and not case.declaration:
        return []
    case = LEARN[event.name](case, event, facts)
    told = event.body["messageType"]
    asked = unaskable(case.declaration, told, facts)
    if case.prelodged and event.name != "IE170":
        return [*unreachable(case, facts), *asked]
    case = let_go(msgspec.structs.replace(case, mrn=SPECIMEN_MRN, accepted=facts.now), event, facts)
    found = {}
    for send in records(case, facts):
        for finding in _unsendable(send, facts, told, event.body):
            found.setdefault((finding.path, finding.code), finding)
    return [*unreachable(case, facts), *asked, *found.values()]


def _unsendable(send: Send, facts: Facts, told: str, said: dict[str, Any]
                ) -> Iterable[Finding]:
    root = send.root or root_of(send.edition, send.ie)
    message = from_plain(send.edition, root, header(root, facts, send) | send.body)
    for finding in check(message):
        yield _on_declaration(finding, root, send.ie, told, said)


def header(root: str, facts: Facts, send: Send) -> dict[str, str]:
    """Return a header that is valid in itself, so that only the content is judged."""
    return {
        "messageSender": f"NTA.{facts.office[:2]}",
        "messageRecipient": f"NTA.{send.to[:2]}" if send.role else send.to,
        "preparationDateAndTime": f"{facts.now:%Y-%m-%dT%H:%M:%S}",
        "messageIdentification": "1", "messageType": root,
    }


def _on_declaration(finding: Finding, root: str, ie: str, told: str, said: dict[str, Any]
                    ) -> Finding:
    """Re-address a finding on a later message onto the one (`told`) it would be built from.

    What comes from the register of parties stands at the number by which the sender named it.
    """
    path = finding.path.replace(f"/{root}", f"/{told}", 1)
    party = next((p for p in PARTIES if f"/{p}" in path), "")
    if party and finding.code == "13" and path.endswith(("/name", "/Address")):
        rule = "C0250"
        text = (f"{path} is missing: this party's number is not known here, so its name and "
                "address must be given")
        nb = (f"{path} mangler: partens nummer er ikke kjent her, så navn og adresse må oppgis")
    elif party and "/Address/" in path and not _wrote(said, path.partition("/Address/")[0]):
        named = path.partition("/Address/")[0]
        path, rule = f"{named}/identificationNumber", finding.rule
        text = (f"the register's address of this party is not complete for {ie}, which follows: "
                f"{finding.text}; have the register mended")
        nb = (f"adressen som registeret har for parten, er ikke fullstendig nok for {ie}, som "
              f"følger: {finding.nb}; få registeret rettet")
    else:
        rule = finding.rule
        text = f"{ie}, which follows from this declaration, would not be valid: {finding.text}"
        nb = f"{ie}, som følger av deklarasjonen, ville ikke bli gyldig: {finding.nb}"
    code = finding.code if finding.code in ("12", "13", "15") else "14"
    return Finding("rules", code, rule, path, 0, text, nb, finding.value)


def _wrote(said: dict[str, Any], path: str) -> bool:
    """Tell whether the sender wrote an address at a party: `/CC015C/Consignment/Consignor`."""
    here: Any = said
    for name, number in STEP.findall(path.partition("/")[2].partition("/")[2]):
        there = many(here.get(name))
        if len(there) < int(number or 1):
            return False
        here = there[int(number or 1) - 1]
    return "Address" in here


def unreachable(case: Departure, facts: Facts) -> list[Finding]:
    """Return a finding for each declared office in a country that no message of ours reaches."""
    found = []
    for group in ("CustomsOfficeOfTransitDeclared", "CustomsOfficeOfExitForTransitDeclared",
                  "CustomsOfficeOfDestinationDeclared"):
        for office in many(case.declaration.get(group)):
            code = office.get("referenceNumber", "")
            if not facts.reaches(code[:2]):
                found.append(Finding(
                    "codes", "12", "CL141", f"/CC015C/{group}/referenceNumber", 0,
                    f"office {code} cannot be reached: {code[:2]} is not connected here",
                    f"tollsted {code} kan ikke nås: {code[:2]} er ikke tilkoblet her", code))
    return found
