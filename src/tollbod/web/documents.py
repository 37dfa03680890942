"""The papers of a movement: for its parties over the API, for officers on the pages.

A document is made of a stored message, the newest of its kind that whoever asks may read; the
accompanying document is there from release on and gone when the movement is cancelled.
"""
import asyncio
from typing import Annotated, Literal, NamedTuple

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from tollbod.case.carry import at
from tollbod.documents import kinds
from tollbod.documents.kinds import KINDS, NotOfThis
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.store.records import Message, Place
from tollbod.store.streams import Store
from tollbod.web import access, messages, movements, story
from tollbod.web.access import BEARER
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.problems import Problem
from tollbod.web.story import Story
from tollbod.web.tokens import Caller
from tollbod.wire import forms

PDF = "application/pdf"
PAPER = ResponseSpec(bytes, description="PDF/A", media_type=PDF, generate_examples=False)
# a movement that goes nowhere has no papers
GONE = ("cancelled", "not released", "rejected", "expired")
# Those who may have the papers that go with the goods, besides the parties of the movement.
ON_THE_WAY = ("tad", "tsad", "items")
Tongue = Annotated[Literal["en", "nb"], QueryParameter(
    name="language", description="Language of the form's words")]
ANSWERS = ERRORS | {200: PAPER, 404: NOT_FOUND,
                    409: problem("There is no such document of it, or not yet")}


class Asked(NamedTuple):
    """What a document is made of: the stored message, and the MRN."""

    row: Message
    mrn: str


@get("/documents/{kind:str}/{reference:path}", guards=[access.anybody], security=BEARER,
     tags=["documents"], media_type=PDF, responses=ANSWERS)
async def document(request: Request, kind: FromPath[str], reference: FromPath[str],
                   language: Tongue = "en") -> Response[bytes]:
    """A paper of a movement as PDF/A, by its MRN or LRN: tad, tsad, items, slip, unloading.

    For the parties of the movement and officers; what accompanies the goods also for the carrier.
    The accompanying documents exist from release on.
    """
    house, who = access.house(request), access.caller(request)
    asked = await house.work(_asked, who, kind, reference.strip("/"))
    return await answer(kind, asked, language)


async def answer(kind: str, asked: Asked, language: str) -> Response[bytes]:
    """Return the document as an answer. Raises Problem 409 with the reason why there is none."""
    data = await asyncio.get_running_loop().run_in_executor(None, _made, kind, asked, language)
    name = f"{kind}-{asked.mrn or asked.row.receipt}.pdf"
    return Response(data, media_type=PDF,
                    headers={"Content-Disposition": f'inline; filename="{name}"'})


def _made(kind: str, asked: Asked, language: str) -> bytes:
    try:
        return kinds.pdf(kind, forms.read(messages.content(asked.row)), language,
                         {"mrn": asked.mrn} if asked.mrn else {})
    except NotOfThis as reason:
        raise Problem(409, "No such document of this", reason.text, reason.nb) from None


def _asked(store: Store, who: Caller, kind: str, reference: str) -> Asked:
    party = movements.party_of(who)
    if kind == "slip":
        return _of_prenotification(store, who.world, party, reference)
    found = story.find(store, who.world, reference, None) if kind in KINDS else None
    if found is None or not _may(found, kind, party):
        raise _none()
    return choose(found, kind, party)


def _none() -> Problem:
    return Problem(404, "No such document", "there is no such movement of yours, or no such kind "
                   "of document", "det finnes ingen slik forsendelse som er din, eller ikke noe "
                   "slikt dokument")


def _of_prenotification(store: Store, world: str, party: str | None, reference: str) -> Asked:
    """Return what a slip is made of: for the filer, the transporter and officers (PRE-TALONG-01).
    """
    key = store.address(world, f"prenotification/{reference}") if "\0" not in reference else None
    stream = store.stream(key) if key else None
    case = decode(ROLES["prenotification"], stream.state) if stream else None
    if case is None or party not in (None, case.filer, at(
            case.declaration, "Carrier/identificationNumber")):
        raise _none()
    if case.state in GONE:
        raise Problem(409, "No document", f"the prenotification is {case.state}",
                      "forhåndsvarselet gjelder ikke lenger")
    return Asked(store.inbox(key, 0, 1)[0], case.mrn)


def _may(found: Story, kind: str, party: str | None) -> bool:
    """Tell whether somebody may have a paper; None is an officer."""
    return party is None or party in found.own or kind in ON_THE_WAY and party == carrier(found)


def carrier(found: Story) -> str:
    """Return who carries the goods, as declared; empty if that is not told."""
    departure = found.office("departure")
    return at(departure.case.declaration, "Consignment/Carrier/identificationNumber") \
        if departure else ""


def choose(found: Story, kind: str, party: str | None) -> Asked:
    """Return the message that a document is made of. Raises Problem 409 while there is none.

    A trader's is the one it sent or was sent; the carrier's the one of the declarant.
    """
    if found.state in GONE and kind in ON_THE_WAY:
        raise Problem(409, "No document", f"the movement is {found.state}: nothing goes with it",
                      "forsendelsen er avsluttet uten transport: den har ingen dokumenter")
    wanted = {f"IE{root[2:5]}" for root in KINDS[kind].roots}
    if kind in ON_THE_WAY:
        wanted &= {"IE029", "IEA29", "IE043"} if kind == "items" else {"IE029", "IEA29"}
    mailed = [step.row for step in found.steps
              if step.row.ie in wanted and (Place.of(step.row.key).role == "mailbox"
                                            or not step.row.origin)]
    own = [row for row in mailed if party in (row.sender, Place.of(row.key).case_id)]
    if not (rows := own or (mailed if party in (None, carrier(found)) else [])):
        raise Problem(409, "Not yet", f"there is no {' or '.join(sorted(wanted))} yet, of which "
                      "this is made", f"det finnes ingen {' eller '.join(sorted(wanted))} ennå, "
                      "som dette lages av")
    return Asked(max(rows, key=lambda row: row.receipt), found.mrn)


def offered(found: Story) -> list[str]:
    """Return the kinds of documents that there are of a movement now."""
    there = []
    for kind in ("tad", "tsad", "items", "unloading"):
        try:
            row = choose(found, kind, None).row
        except Problem:
            continue
        body = messages.content(row)
        secured = b"<security>0<" not in body
        if kind not in ("tad", "tsad") or (kind == "tsad") == secured:
            there.append(kind)
    return there
