"""What became of a trader's own messages: received, answered, unprocessed, or never received.

After an outage nobody has to send again blindly: who asks by identification is told of each whether
it is here, and what followed from it. A repeat would change nothing anyway.
"""
import json
import re
from datetime import datetime
from typing import Annotated

from litestar import Request, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.access import BEARER
from tollbod.web.answers import ReasonAnswer
from tollbod.web.documented import ERRORS, problem
from tollbod.web.messages import LARGEST_RECEIPT, MOST
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

ANSWERED, PROCESSED, UNPROCESSED = "answered", "processed", "unprocessed"
SET_ASIDE, MISSING = "set aside", "never received"
FILED = "LRN "                      # under which a filing of ICS2 is known; others have a digest
_DIGEST = re.compile(r"[0-9a-f]{64}")
Before = Annotated[int, QueryParameter(
    name="before", ge=1, le=LARGEST_RECEIPT, description="Id of the last one seen: older ones")]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MOST)]


class Followed(Struct, frozen=True):
    """A message that answers: its kind, and its id in the mailbox."""

    ie: str
    id: str


class SentAnswer(Struct, frozen=True, omit_defaults=True):
    """One message that the caller sent, or asks about."""

    identification: str
    state: str                          # answered | processed | unprocessed | set aside | ...
    id: str = ""                        # the receipt's
    ie: str = ""
    mrn: str = ""
    at: datetime | None = None          # received
    decided: datetime | None = None
    answers: list[Followed] = []
    refused: list[ReasonAnswer] = []    # why, with the remedy


class ReceivedAnswer(Struct, frozen=True):
    """Messages of the caller, newest first; or in the order asked for."""

    messages: list[SentAnswer]


class Named(Struct, frozen=True):
    """The messages that a caller asks about, by identification."""

    identifications: list[str]


@get("/received", guards=[access.trader], security=BEARER, tags=["messages"], responses=ERRORS)
async def received(request: Request, before: Before = LARGEST_RECEIPT,
                   limit: Limit = 100) -> ReceivedAnswer:
    """What became of the messages I sent, newest first: answered, processed, or not yet.

    `processed` is decided without a message to me; `set aside` waits for a person. What was
    refused tells each reason and its remedy in words.
    """
    house, who = access.house(request), access.caller(request)
    return ReceivedAnswer(await house.work(sent, who.world, who.party, None, before, limit))


@post("/received", guards=[access.trader], security=BEARER, tags=["messages"], status_code=200,
      responses=ERRORS | {400: problem("Not understood")})
async def received_of(request: Request, data: JSONBody[Named]) -> ReceivedAnswer:
    """What became of these messages, by identification, at most 1000; also which never came.

    A filing of ICS2 is named by its LRN, for it has no other identification.

    What was never received may be sent now, as it is. What is here need not be sent again.
    """
    house, who = access.house(request), access.caller(request)
    wanted = [one.strip() for one in data.identifications]
    if not 0 < len(wanted) <= MOST or any(not one or "\0" in one for one in wanted):
        raise Problem(400, "Not understood", f"name 1 to {MOST} identifications",
                      f"oppgi 1 til {MOST} identifikasjoner")
    found = await house.work(_named, who, wanted)
    return ReceivedAnswer([found.get(one) or SentAnswer(one, MISSING) for one in wanted])


def _named(store: Store, who: Caller, wanted: list[str]) -> dict[str, SentAnswer]:
    idents = [*wanted, *(f"{FILED}{one}" for one in wanted)]
    rows = sent(store, who.world, who.party, idents, LARGEST_RECEIPT, 2 * MOST)
    return {one.identification: one for one in rows}


def sent(store: Store, world: str, party: str, idents: list[str] | None, before: int,
         limit: int) -> list[SentAnswer]:
    """Return what a party sent, newest first, with what followed from each."""
    rows = store.query("received", world=world, party=party, idents=idents, before=before,
                       limit=limit)
    letters = store.query("letters_from", mailbox=f"{world}//mailbox/{party}",
                          origins=[row[4] for row in rows],
                          movements=[row[3] for row in rows if row[3]])
    answers: dict[tuple[str, int], list[Followed]] = {}
    for receipt, ie, origin, n in letters:
        answers.setdefault((origin, n), []).append(Followed(ie, str(receipt)))
    return [_told(row, answers) for row in rows]


def _told(row: tuple, answers: dict[tuple[str, int], list[Followed]]) -> SentAnswer:
    receipt, ident, ie, movement, key, n, at, done, held, decided, what = row
    followed = answers.get((key, n), [])
    state = ANSWERED if followed else PROCESSED if done else SET_ASIDE if held else UNPROCESSED
    name = "" if _DIGEST.fullmatch(ident) else ident.removeprefix(FILED)
    refused = json.loads(what).get("refused", ()) if what else ()
    return SentAnswer(name, state, str(receipt), ie, movement, at, decided, followed,
                      [ReasonAnswer(*one) for one in refused])
