"""Where a trader's message about guarantees goes in: to the case of each GRN that it names.

IE026 and IE034 come from holders, IE034, IE224, IE225 and IE228 from guarantors. A message may name
several guarantees, of one office or of several; each case gets it whole and answers for itself.
"""
from tollbod.findings import Finding
from tollbod.national import countries
from tollbod.office.node import Node
from tollbod.rules.check import check
from tollbod.spec import codes
from tollbod.wire.message import Message

OFFICE = "CustomsOfficeOfGuarantee/referenceNumber"


def cases(message: Message, node: Node) -> list[tuple[str, str]]:
    """Return each guarantee of a message with its office: as named, else as the GRN tells."""
    found = {}
    for reference in message.all("GuaranteeReference"):
        grn = reference.get("GRN").strip()
        named = reference.get(OFFICE).strip() or message.get(OFFICE).strip()
        found.setdefault(grn, named or _keeps(grn, node))
    return [(grn, office) for grn, office in found.items() if grn]


def _keeps(grn: str, node: Node) -> str:
    """Return the office of guarantee that keeps a GRN; for one of a country that is not ours the
    country's first, for nonsense nothing."""
    try:
        return countries.of(grn[2:4]).guarantee_office(grn)
    except KeyError:
        return ""


def faults(message: Message, node: Node) -> tuple[Finding, ...]:
    """Return why no case can be found for a message; nothing: there is one for each GRN."""
    found = cases(message, node)
    if not found or check(message, "schema"):
        return tuple(check(message, "schema")) or (_nowhere(message),)
    return tuple(_not_ours(message, grn, office, node) for grn, office in found
                 if not codes.office(office) or not node.hosts(office))


def _nowhere(message: Message) -> Finding:
    return Finding("schema", "13", "", f"/{message.kind}/GuaranteeReference/GRN", 0,
                   "the GRN is missing", "GRN mangler")


def _not_ours(message: Message, grn: str, office: str, node: Node) -> Finding:
    ours = ", ".join(node.countries)
    return Finding(
        "codes", "12", "CL174", f"/{message.kind}/GuaranteeReference/GRN", 0,
        f"the office of guarantee of {grn} ({office or 'unknown'}) is not an office of this "
        f"system; it runs the offices of {ours}",
        f"garantitollstedet for {grn} ({office or 'ukjent'}) er ikke et tollsted i dette systemet, "
        f"som omfatter tollstedene i {ours}", grn)
