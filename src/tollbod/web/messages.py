"""The paths of messages: lodge one, judge one, fetch what was sent to me."""
import asyncio
import re
import time
from typing import Annotated, Literal
from xml.sax.saxutils import unescape

import msgspec
from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from tollbod.findings import Finding
from tollbod.office import door, intake, interchange
from tollbod.office.attachments import File
from tollbod.office.envelope import Envelope
from tollbod.office.node import Node
from tollbod.rules import check as rules
from tollbod.rules.interchanges import judged
from tollbod.store.records import Message, Place, Receipt
from tollbod.store.streams import Store
from tollbod.web import access, body, message_forms, tokens
from tollbod.web.access import BEARER
from tollbod.web.answers import (
    CheckAnswer, MailboxAnswer, MessageAnswer, PartAnswer, ReceiptAnswer, finding_answer,
)
from tollbod.web.documented import AWAY, ERRORS, NOT_FOUND, MessageOperation, problem
from tollbod.web.problems import Problem
from tollbod.web.redacted import hidden
from tollbod.web.tokens import Caller
from tollbod.wire import forms
from tollbod.wire.message import Unreadable

MOST = 1000                     # messages of one answer
LARGEST_RECEIPT = 2**63 - 1
LONGEST_WAIT_SECONDS = 30
LOOK_SECONDS = 0.2
_ELEMENTS = re.compile(rb"<(correlationIdentifier|LRN)>([^<]{1,100})<")
TITLES = {
    400: ("Not readable", "the bytes are no message that can be read here",
          "innholdet er ingen melding som kan leses her"),
    409: ("Identification used", "another message was lodged under this identification",
          "en annen melding er sendt under denne identifikasjonen"),
    422: ("Not taken", "the message can be read but not taken; see the findings",
          "meldingen kan leses, men ikke tas imot; se funnene"),
    429: ("Too many", "too many arrivals of unknown numbers have come from you within a day",
          "for mange ankomster med ukjente numre har kommet fra deg på ett døgn"),
}

After = Annotated[int, QueryParameter(
    name="after", ge=0, le=LARGEST_RECEIPT, description="Marker of the last one seen")]
Limit = Annotated[int, QueryParameter(
    name="limit", ge=1, le=MOST, description="At most so many")]
Wait = Annotated[float, QueryParameter(
    name="wait", ge=0, le=LONGEST_WAIT_SECONDS,
    description="Wait so many seconds for something new before answering")]
Layer = Annotated[Literal["schema", "codes", "rules", "all"], QueryParameter(
    name="layer", description="Judge only this layer")]
Profile = Annotated[Literal["p5", "p6"] | None, QueryParameter(
    name="profile", description="Edition of the specification; read from the message if not given")]


@post("/messages", guards=[access.trader], security=BEARER, tags=["messages"], status_code=202,
      operation_class=MessageOperation, request_max_body_size=None,
      responses=ERRORS | {
          200: ResponseSpec(ReceiptAnswer, description="A repeat: the first receipt",
                            generate_examples=False),
          400: problem("Not readable"), 409: problem("Identification used (code 26)"),
          413: problem("Larger than 10 MB"),
          422: problem("Readable, but for no office or case of ours"),
          429: problem("Too many arrivals of unknown numbers"), 503: AWAY})
async def lodge(request: Request) -> Response[ReceiptAnswer]:
    """Lodge a message: 202 once it is stored, 200 with the first id when it was lodged before.

    The sender is the party of the token, and a message is known by the sender and its
    messageIdentification: the same again changes nothing, other content is refused (409). An
    EDIFACT interchange is taken in one piece and is known by its recipient and reference; CONTRL
    answers it in the mailbox when it asks for that or when something is wrong.

    A message of ICS2 may have files beside it (PDF, JPEG): then the body is multipart/form-data,
    its part `message` is the message, and each part `file` is a file whose file name is the
    identification by which the message names it.
    """
    house, who = access.house(request), access.caller(request)
    data, files = await body.with_files(request)
    large = files or forms.sniff(data) == "edifact"     # a thousand messages take some seconds
    work = house.patiently if large else house.work
    taken = await work(door.receive, house.node, who.world, who.party, data,
                       tuple(File(*one) for one in files))
    if isinstance(taken, intake.Refusal):
        raise refusal(taken)
    receipt, message = taken
    parts = message.parts if isinstance(message, interchange.Taken) else ()
    answer = ReceiptAnswer(str(receipt.id), message.identification.strip(), message.ie,
                           receipt.verdict, receipt.at, [_part(one) for one in parts])
    return Response(answer, status_code=_status(receipt),
                    headers={"Location": f"/api/v1/messages/{receipt.id}"})


def _part(part: interchange.Part) -> PartAnswer:
    """Return what became of one message of an interchange."""
    return PartAnswer(part.reference, part.ie, part.verdict, str(part.id) if part.id else "",
                      part.identification, [finding_answer(one) for one in part.findings],
                      [finding_answer(one) for one in part.losses])


def _status(receipt: Receipt) -> int:
    return 202 if receipt.verdict == "new" else 200


async def read(request: Request) -> bytes:
    """Return the message in a request's body. Raises Problem 413."""
    return await body.bounded(request)


def refusal(refused: intake.Refusal) -> Problem:
    """Return a refusal of the intake as the API tells it."""
    title, detail, nb = TITLES[refused.status]
    if len(refused.findings) == 1:
        detail, nb = refused.findings[0].text, refused.findings[0].nb
    return Problem(refused.status, title, detail, nb, findings=refused.findings,
                   answer=refused.answer.decode(errors="replace") or None)


@post("/check", guards=[access.anybody], security=BEARER, tags=["messages"], status_code=200,
      operation_class=MessageOperation, request_max_body_size=None,
      responses=ERRORS | {413: problem("Larger than 10 MB")})
async def check(
    request: Request, layer: Layer = "all", profile: Profile = None
) -> CheckAnswer:
    """Judge a message without lodging it: what is wrong, where, and how to mend it."""
    data = await read(request)
    return await asyncio.get_running_loop().run_in_executor(None, _judge, data, layer, profile)


def _judge(data: bytes, layer: str, profile: str | None) -> CheckAnswer:
    if forms.sniff(data) == "edifact":
        return _judge_interchange(data, layer)
    try:
        message = forms.read(data, profile)
    except Unreadable as error:
        found = Finding("schema", error.code, "", "", error.line, error.text, error.nb)
        return CheckAnswer("", profile or "", "unreadable", [finding_answer(found)])
    found = rules.check(message, layer)
    return CheckAnswer(message.kind, message.profile, "invalid" if found else "valid",
                       [finding_answer(one) for one in found])


def _judge_interchange(data: bytes, layer: str) -> CheckAnswer:
    """Return the verdict on what came as EDIFACT, as `tollbod check` gives it."""
    found = judged(data, layer)
    return CheckAnswer(", ".join(found.kinds), "p4", found.verdict,
                       [finding_answer(one) for one in found.findings],
                       [finding_answer(one) for one in found.losses], found.syntax)


@get("/messages", guards=[access.trader], security=BEARER, tags=["messages"],
     responses=ERRORS | {406: problem("No such form")})
async def mailbox(
    request: Request, after: After = 0, limit: Limit = 100, wait: Wait = 0.0
) -> MailboxAnswer | Response:
    """Everything that was sent to me after a marker, in order; it may be read again for ever.

    A list; with `Accept: application/edifact` the interchanges themselves, one after another, and
    the next marker in the header X-Next.
    """
    house, who = access.house(request), access.caller(request)
    whole = request.accept.best_match(["application/json", "application/edifact"])
    end = time.monotonic() + wait
    while True:
        rows = await house.work(_mailbox, who, after, limit)
        if rows or time.monotonic() >= end:
            break
        await asyncio.sleep(LOOK_SECONDS)
    marker = rows[-1].n if rows else after
    if whole == "application/edifact" and request.headers.get("accept", "*/*") != "*/*":
        data = await house.work(_interchanges, house.node, rows)
        return Response(data, media_type=whole, headers={"X-Next": str(marker), "Vary": "Accept"})
    form = await house.work(_form, who)
    return MailboxAnswer([_line(row, form) for row in rows], marker)


def _mailbox(store: Store, who: Caller, after: int, limit: int) -> list[Message]:
    return store.mailbox(who.world, who.party, after, limit)


def _interchanges(store: Store, node: Node, rows: list[Message]) -> bytes:
    return b"\n".join(message_forms.written(store, node, row, "edifact").data for row in rows)


def _form(store: Store, who: Caller) -> str:
    known = tokens.party(store, who.world, who.party)
    return known.form if known else ""


def _line(row: Message, form: str) -> MessageAnswer:
    """Return a message of a mailbox; what is ours to write needs no parser to find two elements."""
    told = {name.decode(): unescape(text.decode()) for name, text in _ELEMENTS.findall(row.body)}
    identification = re.search(rb"<messageIdentification>([^<]+)<", row.body)
    return MessageAnswer(str(row.receipt), row.n, row.ie, row.movement, row.at,
                         unescape(identification[1].decode()) if identification else "",
                         told.get("LRN", ""), told.get("correlationIdentifier", ""),
                         "edifact" if row.ie == "CONTRL" else form)


@get("/messages/{id:str}", guards=[access.anybody], security=BEARER, tags=["messages"],
     media_type="application/xml", responses=ERRORS | {
         404: NOT_FOUND, 406: problem("It cannot be had in this form")})
async def message(request: Request, id: FromPath[str]) -> Response[bytes]:
    """The content of a message that was sent to me or that I sent, in any form by `Accept`.

    `application/xml` (also `;profile=p5` or `p6`), `application/json`, `application/edifact`;
    without a wish in the form that its receiver has in the register. X-Not-Carried tells what the
    form had no place for.
    """
    house, who = access.house(request), access.caller(request)
    form = message_forms.wanted(request)
    row = await house.work(find, number(id))
    if row is None or not access.may_read(who, row):
        raise no_message(id)
    place = Place.of(row.key)
    if place.role == "interchange":
        if place.case_id != who.party:
            raise no_message(id)                    # it may hold access codes: its sender's alone
        return Response(row.body, media_type="application/edifact",
                        headers={"X-Message": row.ie})
    data = content(row)
    mine = who.party in (row.sender, place.case_id)
    if not mine:
        data = hidden(data)                         # an officer reads what was said between others
    if not row.ie.startswith("IE") and row.ie != "CONTRL":
        return Response(data, media_type="application/json",
                        headers={"X-Message": row.ie, "X-Movement": row.movement})
    made = await house.work(message_forms.written, house.node, row._replace(body=data), form, mine)
    return Response(made.data, media_type=made.media_type,
                    headers=message_forms.headers(row, made))


def number(id: str) -> int:
    """Return the number of a receipt; 0, which none has, for what is no number."""
    good = id.isascii() and id.isdigit() and len(id) < 20
    return int(id) if good and int(id) <= LARGEST_RECEIPT else 0


def find(store: Store, receipt: int) -> Message | None:
    """Return the message of a receipt."""
    return store.message(receipt)


def content(row: Message) -> bytes:
    """Return the bytes of a message; one that goes to another node is taken out of its envelope."""
    if "//link/" in row.key:
        return msgspec.msgpack.decode(row.body, type=Envelope).body
    return row.body


def no_message(id: str) -> Problem:
    """Return the answer to who asks for a message that is not there, or somebody else's."""
    return Problem(404, "No such message", f"there is no message {id[:40]} of yours",
                   f"det finnes ingen melding {id[:40]} som er din")


