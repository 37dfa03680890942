"""Where messages of ICS2 go in: to the filing that they lodge or name, and what is refused there.

A filing is named by its sender and LRN until it has an MRN; what follows names the MRN, a query
perhaps a transport document. A message without a reference of its own is known by its content.
"""
import secrets
from datetime import datetime

from tollbod.case.carry import at
from tollbod.case.model import Facts
from tollbod.findings import Finding
from tollbod.ics2.letters import refused
from tollbod.national.profile import interface_office
from tollbod.office import strangers
from tollbod.office.node import Node
from tollbod.rules.check import check
from tollbod.spec import codes
from tollbod.spec.tables import ICS2, roots
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.wire import xml
from tollbod.wire.message import Message, digest, from_plain

DOORS = (*(root for root in roots(ICS2) if root[:4] in ("IE3F", "IE3A")),
         "IE3N06", "IE3Q04", "IE3Q05", "IE3R02", "IE3R03")
OFFICE = "customsOfficeOfFirstEntry/referenceNumber"
ARRIVED = "actualCustomsOfficeOfFirstEntry/referenceNumber"
NAMED_BY_SENDER = ("IE3F", "IE3N")      # by their LRN
STATES = ("addressedMemberState/country", "responsibleMemberState/country")
DOCUMENTS = ("transportDocument", "transportDocumentHouse")


def office_of(message: Message, home: str) -> tuple[str, str]:
    """Return the office that a message is for, and the path that names it.

    The office of first entry, or the one that takes filings for the member state that is named; a
    query names neither and goes to the country of its MRN, or else to `home`.
    """
    for path in (OFFICE, ARRIVED):
        if named := message.get(path).strip():
            return named, path
    for path in STATES:
        if country := message.get(path).strip():
            return interface_office(country), path
    if message.ie == "IE3Q05":
        country = message.get("MRN").strip()[2:4] or home
        return interface_office(country) or interface_office(home), "MRN"
    return "", OFFICE


def faults(message: Message, node: Node) -> tuple[Finding, ...]:
    """Return why no filing can be found for a message; nothing: there is one."""
    if message.ie not in DOORS:
        return (_no_door(message),)
    office, path = office_of(message, node.countries[0])
    if not office or not _case(message):
        found = check(message, "schema")
        return tuple(found) or (_not_ours(message, path, "", node),)
    if not codes.office(office) or not node.hosts(office):
        return (_not_ours(message, path, office, node),)
    return ()


def _case(message: Message) -> str:
    """Return the reference by which a message names its filing, empty if that has no form."""
    name = message.get("LRN" if message.ie[:4] in NAMED_BY_SENDER else "MRN").strip()
    if not name and message.ie == "IE3Q05":
        name = _document(message)
    return name if len(name) <= 100 else ""


def _document(message: Message) -> str:
    return next((f"{one.get('type').strip()} {one.get('documentNumber').strip()}"
                 for one in map(message.first, DOCUMENTS) if one is not None), "")


def arrival(store: Store, node: Node, world: str, party: str, message: Message, data: bytes
            ) -> Arrival:
    """Return what goes in, to which stream, and under which identity."""
    office, _ = office_of(message, node.countries[0])
    name, mrn, content = _case(message), message.get("MRN").strip(), digest(message)
    key = f"{world}/{office}/filing/{name}"
    if message.ie[:4] in NAMED_BY_SENDER:
        role = "filing" if message.ie[3] == "F" else "arrival"
        key, ident = f"{world}/{office}/{role}/{party}:{name}", f"LRN {name}"
    else:
        known = f"filing/{mrn}" if mrn else f"filed/{name}"
        key = store.address(world, known) or strangers.stream_for(store, key, message.ie, party)
        ident = content.hex()
    body = data if message.form == "xml" and data else xml.write(message)
    return Arrival(key, party, ident, content, message.ie, mrn, "", body)


def used(message: Message) -> Finding:
    """Return the refusal of an LRN that its sender has used for another filing (error 94)."""
    lrn = message.get("LRN").strip()
    return Finding("state", "94", "", f"/{message.kind}/LRN", 0,
                   f"LRN {lrn} was used for another filing; nothing was changed. File this one "
                   "under a new LRN", f"LRN {lrn} er brukt for en annen deklarasjon; ingenting er "
                   "endret. Send denne med et nytt LRN", lrn)


def answer(message: Message, findings: tuple[Finding, ...], country: str, party: str, now: datetime
           ) -> bytes:
    """Return the IE3N99 that tells why nothing was taken; empty if even that cannot be written."""
    facts = Facts(now=now, office=f"{country}{secrets.token_hex(3)}")
    told = refused("IE3N99", party, {
        name: value for name, value in (("LRN", at(message.plain(), "LRN")),)
        if isinstance(value, str) and 0 < len(value) <= 22}, facts, findings, message.ie)
    letter = from_plain(ICS2, "IE3N99", told.body)
    return b"" if check(letter, "schema") else xml.write(letter)


def _no_door(message: Message) -> Finding:
    takes = ", ".join(DOORS)
    return Finding("state", "12", "", f"/{message.kind}", 0,
                   f"{message.ie} is not taken by this system, which takes {takes}",
                   f"{message.ie} tas ikke imot av dette systemet, som tar imot {takes}",
                   message.kind)


def _not_ours(message: Message, path: str, office: str, node: Node) -> Finding:
    ours = ", ".join(node.countries)
    return Finding("codes", "12", "CL141", f"/{message.kind}/{path}", 0,
                   f"{office or 'this'} is not an office of this system; it takes filings for "
                   f"{ours}", f"{office or 'dette'} er ikke et tollsted i dette systemet, som tar "
                   f"imot deklarasjoner for {ours}", office)
