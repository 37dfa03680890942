"""From what is written in a form to a message of ICS2, judged: content, findings, legal limit.

Pure: the time, and what the party is called in the register, come in.
"""
from datetime import date, datetime
from typing import Any, NamedTuple

from tollbod.case.model import Party
from tollbod.findings import Finding
from tollbod.ics2 import words as weighed
from tollbod.ics2.case import Filing
from tollbod.ics2.letters import second
from tollbod.rules.case_file import Earlier
from tollbod.rules.check import check
from tollbod.spec import ics2_law
from tollbod.spec.tables import ICS2, Structure, structure
from tollbod.web import ics2_limits, table_form
from tollbod.web.drafts import Draft
from tollbod.web.ics2_limits import Limit
from tollbod.web.story import Story
from tollbod.wire import forms, xml
from tollbod.wire.message import Message, Unreadable, from_plain

INDICATOR = "SpecificCircumstanceIndicator"
ISSUED = "documentIssueDate/DateTime"
# What a form does not ask for: it is known, or filled in when the message is sent.
FIXED = frozenset((INDICATOR, ISSUED, "MRN", "responsibleMemberState/country"))
# What an answer repeats of its question.
REPEATED = frozenset(f"{group}/{name}" for group in ("additionalInformationResponse",
                                                     "hrcmScreeningResults")
                     for name in ("referralRequestReference", "transportDocumentHouseLevel"))
MODES = {"sea": "1", "rail": "2", "road": "3", "air": "4"}
LEGAL_PERSON = "2"


class Made(NamedTuple):
    """A message that was made of a draft, and what is wrong with it."""

    message: Message
    content: dict[str, Any]
    findings: list[Finding]

    @property
    def data(self) -> bytes:
        """Return the message as it is sent."""
        return xml.write(self.message)


def table(draft: Draft) -> Structure:
    """Return the table of a draft's message."""
    return structure(ICS2, draft.ie)


def known(draft: Draft) -> frozenset[str]:
    """Return the places that the form of a draft does not ask for."""
    answers = REPEATED if draft.ie.startswith("IE3R") else frozenset()
    return FIXED | answers | set(draft.fixed)


def kind_of(ie: str) -> str:
    """Return the kind of filing that a filing or an amendment is of; empty for other messages.

    >>> kind_of("IE3A50"), kind_of("IE3R02")
    ('F50', '')
    """
    name = ie[3:].replace("A", "F")
    return name if name in ics2_law.kinds() else ""


def beginning(kind: str, lrn: str, party: Party | None, country: str) -> dict[str, Any]:
    """Return what a new filing of a kind begins with: what is known of the filer and the kind."""
    rows = structure(ICS2, f"IE3{kind}")
    tree: dict[str, Any] = {"LRN": lrn, "declarant": declarant(party) if party else {}}
    if rows.child("addressedMemberState"):
        tree["addressedMemberState"] = {"country": country}
    if rows.child("reEntryIndicator"):
        tree["reEntryIndicator"] = "0"
    if rows.field("activeBorderTransportMeans/ModeOfTransport"):
        tree["activeBorderTransportMeans"] = {"ModeOfTransport": MODES[ics2_law.kinds()[kind].mode]}
    return table_form.blank(rows, tree)


def declarant(party: Party) -> dict[str, Any]:
    """Return a party of the register as the declarant of a filing."""
    told = (("TE", party.phone), ("EM", party.mail))
    return {"name": party.name, "identificationNumber": party.id,
            "address": {"city": party.city, "country": party.country, "street": party.street,
                        "postCode": party.postcode},
            "communication": [{"identifier": one, "type": kind} for kind, one in told if one]}


def like(content: dict[str, Any], ie: str, lrn: str = "") -> dict[str, Any]:
    """Return the form of a message that is like another one: a new filing, or its amendment."""
    rows = structure(ICS2, ie)
    kept = {name: value for name, value in content.items() if rows.child(name)}
    return table_form.blank(rows, kept | ({"LRN": lrn} if lrn else {}))


def filed(found: Story, case: Filing) -> tuple[str, dict[str, Any]]:
    """Return the kind of message and the content of a filing, also of one that was not taken."""
    if case.kind:
        return f"IE3{case.kind}", case.declaration
    for step in found.steps:
        if step.row.ie.startswith("IE3F"):
            try:
                return step.row.ie, forms.read(step.row.body, ICS2).plain()
            except Unreadable:
                break
    return "", {}


def made(draft: Draft, now: datetime, on: date, earlier: Earlier | None = None) -> Made:
    """Return the message of a draft with every finding: of all layers, and on its words."""
    rows = table(draft)
    tree = table_form.settled(rows, draft.tree)
    content = table_form.numbered(rows, tree) | {"documentIssueDate": second(now)}
    for path, value in draft.fixed.items():
        _lay(content, path.split("/"), value)
    if kind := kind_of(draft.ie):
        content[INDICATOR] = kind
    message = from_plain(ICS2, draft.ie, content)
    found = check(message, on=on, earlier=earlier)
    taken = {one.path for one in found}
    found += [one for one in _words(draft.ie, message) if one.path not in taken]
    return Made(message, content, found)


def _lay(content: dict[str, Any], path: list[str], value: str) -> None:
    *way, last = path
    for name in way:
        content = content.setdefault(name, {})
    content[last] = value


def _words(ie: str, message: Message) -> list[Finding]:
    """Return what of a filing says nothing: it would be rejected for its words."""
    if not kind_of(ie):
        return []
    return [weighed.nothing_said(ie, path, text)
            for path, text in weighed.empty_words(message.plain())]


def limit(made: Made, ie: str, regime: str) -> Limit | None:
    """Return by when a filing is due by law, as far as what is written tells."""
    kind = kind_of(ie)
    return ics2_limits.of(made.content, ics2_law.kinds()[kind], regime) if kind else None
