"""What a message of ICS2 from customs says, in words, for a trader at the command line.

What a message is, is said as on the pages; which groups are told, and how, is the table below.
Knows no case: it reads the message alone.
"""
from collections.abc import Callable, Iterator
from typing import Any

from tollbod.case.carry import at, many
from tollbod.spec import ics2_words
from tollbod.spec.tables import ICS2
from tollbod.web.words import words
from tollbod.wire import forms

Group = dict[str, Any]
UTC_NAME = "UTC"


def lines(data: bytes) -> list[str]:
    """Return a message in words: a line on what it is about, and one for each thing it tells.

    Raises Unreadable for what is no message.
    """
    message = forms.read(data, ICS2)
    content = message.plain()
    about = " ".join(f"{name} {content[name]}" for name in ("MRN", "LRN") if content.get(name))
    told = [f"{words('en', UTC_NAME).event(message.ie)}: {about}".rstrip(": ")]
    for name, say in TOLD:
        for one in many(at(content, name, "")):
            told += [f"  {line}" for line in say(one)]
    return told


def _error(one: Group) -> Iterator[str]:
    place = at(one, "pointer/messageElementPath")
    yield f"{one.get('validationCode', '')} {place}: {one.get('description', '')}"


def _question(one: Group) -> Iterator[str]:
    kind, reference = one.get("requestType", ""), one.get("referralRequestReference", "")
    answer = {"RFI": "IE3R02", "RFS": "IE3R03"}.get(kind, "an amendment (IE3A..)")
    what = ics2_words.code("CL735", kind)[0] or kind
    house = _document(at(one, "transportDocumentHouse", {}))
    yield f"{what} {reference}{house and ' about ' + house}: answer with {answer}"
    for said in many(one.get("additionalInformation")):
        yield f"  {said.get('code', '')} {said.get('text', '')}".rstrip()
    if place := at(one, "pointer/messageElementPath"):
        yield f"  about {place}"
    for asked in many(one.get("supportingDocuments")):
        yield f"  document {asked.get('type', '')} {asked.get('referenceNumber', '')}"
    methods = [ics2_words.code("CL724", m.get("method", ""))[0] or m.get("method", "")
               for m in many(one.get("recommendedHRCMScreeningMethod"))]
    if methods:
        yield f"  recommended: {', '.join(methods)}"


def _not_loaded(one: Group) -> Iterator[str]:
    yield f"may not be loaded: {_document(at(one, 'transportDocument', {})) or 'all of it'}"
    for name, number in (("receptacle", "receptacleIdentificationNumber"),
                         ("transportEquipment", "containerIdentificationNumber")):
        for other in many(one.get(name)):
            yield f"  {name} {other.get(number, '')}"


def _complete(one: Group) -> Iterator[str]:
    for document in many(one.get("transportDocument")):
        yield f"assessed: {_document(document)}"


def _entity(one: Group) -> Iterator[str]:
    state = ics2_words.code("CL744", one.get("state", ""))[0]
    yield f"{one.get('type', '')} {one.get('identification', '')}: {one.get('state')} {state}"


def _control(one: Group) -> Iterator[str]:
    place = one.get("examinationPlace", {})
    yield f"control at {place.get('placeOfExamination') or place.get('referenceNumber', '')}"


def _missing(one: Group) -> Iterator[str]:
    yield f"missing: {one.get('identificationNumber', '')} {one.get('name', '')}".rstrip()


def _moment(label: str) -> Callable[[Group], Iterator[str]]:
    def say(one: Group) -> Iterator[str]:
        yield f"{label} {one.get('DateTime', '')}"
    return say


def _document(one: Group) -> str:
    return f"{one.get('type', '')} {one.get('documentNumber', '')}".strip() if one else ""


# Which groups are told, in this order, wherever a message has them.
TOLD = (
    ("registrationDate", _moment("registered")),
    ("completionDate", _moment("completed")),
    ("error", _error),
    ("referralRequestDetails", _question),
    ("doNotLoadDetails", _not_loaded),
    ("assessmentComplete", _complete),
    ("supplementaryDeclarant", _missing),
    ("scheduledControlDate", _moment("control on")),
    ("control", _control),
    ("ENSEntity", _entity),
)
