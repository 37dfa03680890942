"""One data set, filed once: the messages that it makes, and lodging them together.

Making needs no token and no database: nothing is kept. Lodging takes all messages or none: what
one of them lacks is told before any is taken.
"""
from datetime import UTC, datetime
from typing import Any, Literal

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from tollbod.findings import Finding
from tollbod.office import door, filings, intake
from tollbod.prenotification import answer
from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.access import BEARER
from tollbod.web.answers import FindingAnswer, finding_answer
from tollbod.web.documented import ERRORS, problem
from tollbod.web.house import House
from tollbod.web.messages import refusal
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller
from tollbod.wire import xml

Kind = Literal["transit", "combined", "prenotification", "ens"]


class MadeAnswer(Struct, frozen=True):
    """A message of a data set: what it lacks, what else is wrong with it, and its XML."""

    kind: str
    message: str                        # CC015C
    profile: str
    missing: list[str]                  # fields of the data set
    findings: list[FindingAnswer]
    xml: str


class DueAnswer(Struct, frozen=True):
    """What must be notified of a data set by law, and which messages to make for it."""

    wanted: list[str]
    duty: dict[str, Any] | None         # as GET /duty; null where too little is known


class FilingBody(Struct, frozen=True):
    """A data set, and what is to be made of it and lodged."""

    kinds: list[Kind]
    data: dict[str, Any]


class LodgedAnswer(Struct, frozen=True):
    """A message that was made and lodged."""

    kind: str
    id: str
    identification: str
    verdict: str


@get("/datasets/example", tags=["datasets"])
async def example() -> dict[str, Any]:
    """Return a data set of which every message can be made, its moments ahead of now."""
    return filings.example(datetime.now(UTC))


@get("/datasets/fields", tags=["datasets"])
async def fields() -> dict[str, list[str]]:
    """Return every field of a data set, in English and Norwegian; `items[].gross` is of a list."""
    return {name: list(said) for name, said in filings.fields().items()}


@post("/datasets/due", tags=["datasets"], status_code=200,
      responses={400: problem("What is no field, or has not its shape")})
async def due(request: Request, data: JSONBody[dict[str, Any]]) -> DueAnswer:
    """Say what must be notified of a data set by law: which kinds to make. No token."""
    house, told = access.house(request), understood(data)
    now = await clock(house)
    found = filings.due(told, house.node.regime, now)
    return DueAnswer(list(filings.wanted(told, house.node.regime, now)),
                     answer.plain(found) if found else None)


@post("/datasets/{kind:str}", tags=["datasets"], status_code=200,
      responses={400: problem("No such kind, or what is no field")})
async def made(request: Request, kind: FromPath[str], data: JSONBody[dict[str, Any]]
               ) -> MadeAnswer:
    """Make a message of a data set and judge it; nothing is lodged. No token.

    Kinds: transit, combined, prenotification, ens.
    """
    if kind not in filings.KINDS:
        raise Problem(400, "Not understood", f"a kind is one of {', '.join(filings.KINDS)}",
                      f"slaget er et av {', '.join(filings.KINDS)}")
    return told_of(kind, filings.made(understood(data), kind, await clock(access.house(request))))


@post("/datasets", guards=[access.trader], security=BEARER, tags=["datasets"], status_code=202,
      responses=ERRORS | {400: problem("What is no field"), 409: problem("Used before (code 26)"),
                          422: problem("What a message lacks: none is lodged")})
async def lodge(request: Request, data: JSONBody[FilingBody]) -> list[LodgedAnswer]:
    """Make messages of one data set and lodge them: all, or none while one of them lacks something.

    A repeat with the same moment in `prepared` is the same messages and changes nothing.
    """
    house, who = access.house(request), access.caller(request)
    told, now = understood(data.data), await clock(house)
    return await house.work(lodged, house, who, told, tuple(dict.fromkeys(data.kinds)), now)


def lodged(store: Store, house: House, who: Caller, data: dict[str, Any], kinds: tuple[str, ...],
           now: datetime) -> list[LodgedAnswer]:
    """Lodge what a data set makes as a party. Raises Problem 422, with nothing lodged, and 409."""
    some = [(kind, filings.made(data, kind, now)) for kind in kinds]
    lacks = tuple(one for kind, made in some for one in _lacks(kind, made))
    if lacks or not some:
        raise Problem(422, "Not complete", "something is missing or wrong: nothing was lodged",
                      "noe mangler eller er galt: ingenting er sendt inn", findings=lacks)
    found = []
    for kind, made in some:
        taken = door.receive(store, house.node, who.world, who.party, xml.write(made.message))
        if isinstance(taken, intake.Refusal):
            raise refusal(taken)
        receipt, message = taken
        found.append(LodgedAnswer(kind, str(receipt.id), message.identification, receipt.verdict))
    return found


def _lacks(kind: str, made: filings.Made) -> list[Finding]:
    """Return what a message lacks as findings, at the fields of the data set."""
    return [Finding("schema", "13", kind, name, 0, f"{name} is missing for {kind}",
                    f"{name} mangler for {kind}") for name in made.missing] + [
        one._replace(rule=one.rule or kind) for one in made.findings]


def told_of(kind: str, made: filings.Made) -> MadeAnswer:
    """Return a message of a data set as the API tells it."""
    message = made.message
    return MadeAnswer(kind, message.kind, message.profile, list(made.missing),
                      [finding_answer(one) for one in made.findings],
                      xml.write(message).decode())


def understood(data: dict[str, Any]) -> dict[str, Any]:
    """Return a data set. Raises Problem 400 for names that are no fields."""
    if wrong := filings.faults(data):
        names = ", ".join(wrong[:20])
        raise Problem(400, "Not understood", f"no such field, or not of its shape: {names}",
                      f"feltet finnes ikke, eller har ikke sin form: {names}")
    return data


async def clock(house: House) -> datetime:
    """Return the time by which a message is prepared: the world's, in a test environment."""
    return await house.work(Store.now, house.world) if house.node.test else datetime.now(UTC)


PATHS = [example, fields, due, made, lodge]
