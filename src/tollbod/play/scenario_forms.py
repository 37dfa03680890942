"""In which form the parties of a scenario speak: what they send is put into it, what they get read.

A step's message is made in XML, from a template; a party that speaks EDIFACT sends it as an
interchange, and all that comes to it is read back from the interchange that it would get. A line
that sets the control filter is read here too.
"""
from collections.abc import Iterable
from typing import Any

from tollbod.case.model import Party
from tollbod.risk import synthetic
from tollbod.risk.control_filter import Criterion
from tollbod.wire import forms, json
from tollbod.wire.edifact import contrl, ncts
from tollbod.wire.edifact.judge import Judged, judge
from tollbod.wire.message import Message, Node

# Who answers for a party of a scenario: of nobody's number and domain.
CONTACT = {"contact": "Desk", "phone": "+47 00000000", "mail": "desk@example.no"}
CUSTOMS = "NTA"                 # beginning of the customs' address in UNB


def sent(data: bytes, number: str, world, count: int) -> bytes:
    """Return what a party sends; bytes that are not XML, or no message, go as they are.

    What phase 4 wants of a party besides its number its sender knows too.
    """
    parties: dict[str, Party] = world.parties
    party = parties.get(number)
    if party is None or party.form not in ("edifact", "json") or not data.startswith(b"<"):
        return data
    message = forms.read(data)
    if party.form == "json":
        return json.write(message)
    register = {one.id: ncts.Party(one.id, one.name, one.street, one.postcode, one.city,
                                   one.country, one.contact, one.phone, one.mail,
                                   one.authorisations) for one in parties.values()}
    return ncts.write_interchange(
        [message], known=ncts.Known(register), sender=party.partner or party.id,
        recipient=f"{CUSTOMS}.{office(message)[:2]}", reference=f"S{count:04d}", when=world.now(),
        test=True)


def fits(body: bytes, party: Party | None) -> bool:
    """Return whether what came to a party is in EDIFACT if it speaks that and the message can."""
    if party is None or party.form != "edifact" or forms.sniff(body) == "edifact":
        return True
    try:
        ncts.kind_of(forms.read(body))
    except ncts.Unmapped:
        return True
    return False


def office(message: Message) -> str:
    """Return the office that a trader's message is for: the first that it names."""
    return next((group.get("referenceNumber") for group in message.root.children
                 if group.name.startswith("CustomsOffice") and group.get("referenceNumber")), "NO")


def read(data: bytes) -> Message:
    """Return the message in what came or went, in whatever form; of a CONTRL what it says."""
    if forms.sniff(data) != "edifact":
        return forms.read(data)
    one = next(one for one in judge(data) if isinstance(one, Judged))
    if one.message.identifier[0] == "CONTRL":
        return _report(contrl.report(one.message))
    reading = ncts.read_message(one.message)
    assert reading.message is not None, reading.findings
    return reading.message


def _report(report: contrl.Report) -> Message:
    """Return a CONTRL as a tree, to be asked like a message: action, reference, and its lines."""
    root = Node("CONTRL", None, [])
    values = {"action": report.action, "reference": report.reference}
    for line in report.lines:
        values.setdefault("code", line.code)
        if line.level == "message":
            values["message"] = line.reference
    root.children = [Node(name, value, [], 0, root) for name, value in values.items()]
    return Message(root, "p4", "edifact")


def criteria(step: Any, number: int) -> Iterable[Criterion]:
    """Return the criteria that a line puts into the control filter: one, or all synthetic ones."""
    if not step["path"]:
        return synthetic.criteria()
    return [Criterion(id=f"F{number}", path=step["path"], how=step["how"],
                      value=step["value"].strip('"'))]
