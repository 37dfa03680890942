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
from tollbod.office import intake
from tollbod.office.envelope import Envelope
from tollbod.rules import check as rules
from tollbod.store.records import Message, Place, Receipt
from tollbod.store.streams import Store
from tollbod.web import access, body
from tollbod.web.access import BEARER
from tollbod.web.answers import (
    CheckAnswer, MailboxAnswer, MessageAnswer, ReceiptAnswer, finding_answer,
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
          413: problem("Larger than 10 MB"), 415: problem("EDIFACT is not read yet"),
          422: problem("Readable, but for no office or case of ours"), 503: AWAY})
async def lodge(request: Request) -> Response[ReceiptAnswer]:
    """Lodge a message: 202 once it is stored, 200 with the first id when it was lodged before.

    The sender is the party of the token, and a message is known by the sender and its
    messageIdentification: the same again changes nothing, other content is refused (409).
    """
    house, who = access.house(request), access.caller(request)
    data = await read(request)
    taken = await house.work(intake.receive, house.node, who.world, who.party, data)
    if isinstance(taken, intake.Refusal):
        raise refusal(taken)
    receipt, message = taken
    answer = ReceiptAnswer(str(receipt.id), message.identification.strip(), message.ie,
                           receipt.verdict, receipt.at)
    return Response(answer, status_code=_status(receipt),
                    headers={"Location": f"/api/v1/messages/{receipt.id}"})


def _status(receipt: Receipt) -> int:
    return 202 if receipt.verdict == "new" else 200


async def read(request: Request) -> bytes:
    """Return the message in a request's body. Raises Problem 413 or 415."""
    data = await body.bounded(request)
    if forms.sniff(data) == "edifact":
        raise Problem(415, "EDIFACT is not read yet", "this is EDIFACT, which is not read here "
                      "yet; send XML or JSON", "dette er EDIFACT, som ennå ikke leses her; send "
                      "XML eller JSON")
    return data


def refusal(refused: intake.Refusal) -> Problem:
    """Return a refusal of the intake as the API tells it."""
    title, detail, nb = TITLES[refused.status]
    if len(refused.findings) == 1:
        detail, nb = refused.findings[0].text, refused.findings[0].nb
    return Problem(refused.status, title, detail, nb, findings=refused.findings,
                   answer=refused.answer.decode() or None)


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
    try:
        message = forms.read(data, profile)
    except Unreadable as error:
        found = Finding("schema", error.code, "", "", error.line, error.text, error.nb)
        return CheckAnswer("", profile or "", "unreadable", [finding_answer(found)])
    found = rules.check(message, layer)
    return CheckAnswer(message.kind, message.profile, "invalid" if found else "valid",
                       [finding_answer(one) for one in found])


@get("/messages", guards=[access.trader], security=BEARER, tags=["messages"], responses=ERRORS)
async def mailbox(
    request: Request, after: After = 0, limit: Limit = 100, wait: Wait = 0.0
) -> MailboxAnswer:
    """Everything that was sent to me after a marker, in order; it may be read again for ever."""
    house, who = access.house(request), access.caller(request)
    end = time.monotonic() + wait
    while True:
        rows = await house.work(_mailbox, who, after, limit)
        if rows or time.monotonic() >= end:
            return MailboxAnswer([_line(row) for row in rows], rows[-1].n if rows else after)
        await asyncio.sleep(LOOK_SECONDS)


def _mailbox(store: Store, who: Caller, after: int, limit: int) -> list[Message]:
    return store.mailbox(who.world, who.party, after, limit)


def _line(row: Message) -> MessageAnswer:
    """Return a message of a mailbox; what is ours to write needs no parser to find two elements."""
    told = {name.decode(): unescape(text.decode()) for name, text in _ELEMENTS.findall(row.body)}
    identification = re.search(rb"<messageIdentification>([^<]+)<", row.body)
    return MessageAnswer(str(row.receipt), row.n, row.ie, row.movement, row.at,
                         unescape(identification[1].decode()) if identification else "",
                         told.get("LRN", ""), told.get("correlationIdentifier", ""))


@get("/messages/{id:str}", guards=[access.anybody], security=BEARER, tags=["messages"],
     media_type="application/xml", responses=ERRORS | {404: NOT_FOUND})
async def message(request: Request, id: FromPath[str]) -> Response[bytes]:
    """The content of a message that was sent to me or that I sent; XML, or JSON by `Accept`."""
    house, who = access.house(request), access.caller(request)
    row = await house.work(find, number(id))
    if row is None or not access.may_read(who, row):
        raise no_message(id)
    form, data = "xml", content(row)
    if row.sender != who.party and Place.of(row.key).case_id != who.party:
        data = hidden(data)                     # an officer reads what was said between others
    if not row.ie.startswith("IE"):
        form = "json"
    elif wants_json(request):
        form, data = "json", forms.write(forms.read(data), "json")
    return Response(data, media_type=forms.FORMS[form].media_type,
                    headers={"X-Message": row.ie, "X-Movement": row.movement})


def wants_json(request: Request) -> bool:
    """Tell whether JSON is preferred to XML by the header Accept."""
    best = request.accept.best_match(["application/xml", "application/json"], "application/xml")
    return best == "application/json"


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


