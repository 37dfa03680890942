"""Answering what an office asks about a filing: the draft of the answer, and its files.

A request for information is answered by IE3R02, one for screening by IE3R03; what is asked for is
set in the draft, so that the form asks only for the answer.
"""
from datetime import datetime
from typing import Any

from tollbod.case.carry import at
from tollbod.ics2.case import Filing
from tollbod.office import attachments
from tollbod.spec.tables import ICS2, structure
from tollbod.store.streams import Store
from tollbod.web import drafts, table_form
from tollbod.web.drafts import Draft, Kept
from tollbod.web.ics2_cases import ANSWERS, Asked
from tollbod.web.tokens import Caller

GROUPS = {"IE3R02": "additionalInformationResponse", "IE3R03": "hrcmScreeningResults"}
FILES = {"IE3R02": "binaryAttachment", "IE3R03": "binaryFile"}
MOST_FILES = 9                  # of one answer
ONE_WAS_ENOUGH = "ZZZ"          # CL724: the second method, where one was enough


class Unfit(Exception):
    """A file that cannot go with an answer; the reason in both languages."""

    def __init__(self, en: str, nb: str) -> None:
        super().__init__(en)
        self.en, self.nb = en, nb


def ie_of(asked: Asked) -> str:
    """Return the message that answers a letter; empty where an amendment does."""
    return next((ANSWERS[one.type] for one in asked.questions if one.type in ANSWERS), "")


def begun(asked: Asked, case: Filing, who: Caller, now: datetime) -> Draft:
    """Return the draft of the answer to a letter: a group for each of its questions."""
    ie = ie_of(asked)
    groups = [_group(ie, one.reference, one.document) for one in asked.questions
              if ANSWERS.get(one.type) == ie]
    head = {"MRN": case.mrn, "responsibleMemberState/country": case.office[:2],
            "declarant/identificationNumber":
                at(case.head, "declarant/identificationNumber") or who.party}
    if speaks := at(case.head, "representative/identificationNumber"):
        head["representative/identificationNumber"] = speaks
    tree = table_form.blank(structure(ICS2, ie), {GROUPS[ie]: groups})
    return Draft(drafts.new_id(), ie, now, tree, head)


def _group(ie: str, reference: str, document: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"referralRequestReference": reference}
    if ie == "IE3R02":
        return made | {"additionalInformation": [{}]}
    return made | {"screeningMethod": [{}, {"method": ONE_WAS_ENOUGH}],
                   "transportDocumentHouseLevel": document}


def take_file(store: Store, who: Caller, draft: Draft, name: str, data: bytes) -> None:
    """Keep a file with the draft of an answer. Raises Unfit."""
    media = attachments.media_of(data)
    kept = drafts.files(store, who.world, who.party, draft.id)
    if not media:
        raise Unfit(f"{name[:80]}: a file is a PDF or a JPEG", f"{name[:80]}: en fil er PDF eller "
                    "JPEG")
    if len(kept) >= MOST_FILES:
        raise Unfit(f"an answer has at most {MOST_FILES} files",
                    f"et svar har høyst {MOST_FILES} filer")
    file = Kept(drafts.new_id(), name.replace("\\", "/").rpartition("/")[2][:256], media, data)
    drafts.keep_file(store, who.world, who.party, draft.id, file)


def with_files(draft: Draft, files: list[Kept]) -> Draft:
    """Return the draft with its files named, in the first of its answers."""
    group = GROUPS.get(draft.ie)
    if not files or not group or not draft.tree.get(group):
        return draft
    first, *others = draft.tree[group]
    told = [{"identification": one.id, "filename": one.filename, "MIME": one.media}
            for one in files]
    tree = draft.tree | {group: [first | {FILES[draft.ie]: told}, *others]}
    return Draft(draft.id, draft.ie, draft.at, tree, draft.fixed)
