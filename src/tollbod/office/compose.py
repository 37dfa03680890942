"""From an effect `Send` to bytes: the header, the writing, the check before anything leaves.

A message that we would send and that does not pass our own check is a bug, never sent: `Unsendable`
sets the case aside for a person.
"""
from typing import Any, NamedTuple

from tollbod.case.model import Facts, Send
from tollbod.findings import Finding
from tollbod.rules.check import check
from tollbod.spec.tables import ICS2, root_of
from tollbod.wire import xml
from tollbod.wire.message import Message, from_plain

PHASE = {"p6": "NCTS6", "p5": "NCTS5.1", "no1": "NO1", "ics2": ""}
# CL610 as far as it is known: the messages that name the one they answer (C0511, R0008).
CORRELATED = frozenset(
    "CC004C CC009C CC025C CC028C CC045C CC051C CC056C CC057C CC060C CC928C CD003C CD095C CD115C "
    "CD165C CD201C CD205C CD906C CD917C CC037C CC191C CC906C CC917C "
    "CC009N CC028N CC056N CC060N CCN25N CCN62N "
    "CC004D CC009D CC028D CC056D CC060D CC928D".split()
)


# Refusals repeat what their sender wrote, also what is wrong with it: of them only the structure is
# judged, and what does not fit it is left out.
REFUSALS = frozenset({"IE056", "IE057", "IE906", "IE917", "IE3N99", "IE3N01", "IE4N99"})
HOLDER = "HolderOfTheTransitProcedure"


class Unsendable(Exception):
    """A message of ours does not pass our own check, for these findings."""

    def __init__(self, root: str, to: str, findings: list[Finding]) -> None:
        first = findings[0]
        super().__init__(f"{root} to {to}: {first.path}: {first.text} ({len(findings)} in all)")
        self.findings = tuple(findings)


class Trigger(NamedTuple):
    """What the message answers: identification of the input, and of the first of the case."""

    identification: str
    opened_by: str = ""


def compose(send: Send, number: int, trigger: Trigger, facts: Facts) -> bytes:
    """Return the bytes of a message; `number` is its place among what one decision sends.

    The identification is made of office, receipt and number: the same decision gives the same
    bytes again, two decisions never the same identification.
    """
    profile = send.edition
    root = send.root or root_of(profile, send.ie)
    if not send.root and send.ie in ("IE906", "IE917"):
        root = root.replace("CC", "CD", 1) if send.role else root.replace("CD", "CC", 1)
    header = (_header(send, root, number, trigger, facts) if profile != ICS2 else
              _header_of_customs(send, number, facts) if root.startswith("IE4") else {})
    data, message = _written(profile, root, header | send.body)
    wrong = check(message, "schema" if send.ie in REFUSALS else "all")
    if wrong and send.ie in REFUSALS:
        data, message = _written(profile, root, header | _without(wrong, send))
        wrong = check(message, "schema")
    if wrong:
        raise Unsendable(root, send.to, wrong)
    return data


def _header(send: Send, root: str, number: int, trigger: Trigger, facts: Facts) -> dict[str, Any]:
    """Return what every message of NCTS begins with."""
    header = {
        "messageSender": f"NTA.{facts.office[:2]}",
        "messageRecipient": f"NTA.{send.to[:2]}" if send.role else send.to,
        "preparationDateAndTime": facts.now.isoformat(timespec="seconds")[:19],
        "messageIdentification": f"{facts.office}-{facts.receipt:X}-{number}",
        "messageType": root,
    }
    if root in CORRELATED:
        answered = trigger.identification if send.to == facts.sender else trigger.opened_by
        header["correlationIdentifier"] = answered or trigger.opened_by or None
    return header


def _header_of_customs(send: Send, number: int, facts: Facts) -> dict[str, Any]:
    """Return what a message of ICS2 between customs begins with; those to traders have nothing."""
    return {"MessageHeader": {
        "messageId": f"{facts.office}-{facts.receipt:X}-{number}",
        "messageTimestamp": f"{facts.now:%Y-%m-%dT%H:%M:%SZ}",
        "messageSender": f"NES.{facts.office[:2]}", "messageRecipient": f"NES.{send.to[:2]}"}}


def _written(profile: str, root: str, body: dict[str, Any]) -> tuple[bytes, Message]:
    """Return the bytes of a message and what to judge: its tree, and the document as parsed."""
    message = from_plain(profile, root, body, PHASE[profile])
    data = xml.write(message)
    message.tree = xml.parse(data).getroottree()
    return data, message


def _without(wrong: list[Finding], send: Send) -> dict[str, Any]:
    """Return a refusal without the groups that do not fit; the holder is told by number alone."""
    groups = {finding.path.split("/")[2].partition("[")[0] for finding in wrong}
    kept = {name: group for name, group in send.body.items() if name not in groups}
    return kept | ({HOLDER: {"identificationNumber": send.to}} if HOLDER in groups else {})
