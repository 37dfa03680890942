"""The officer's paths: the work list, and what an officer does about one piece of it."""
import base64
import binascii
import secrets
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from tollbod.case.model import Task
from tollbod.office import officer
from tollbod.office.decide import NOT_XML
from tollbod.spec import codes
from tollbod.store import records
from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.access import BEARER
from tollbod.web.answers import OutcomeAnswer, TaskAnswer, TasksAnswer
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

PATIENCE_SECONDS = 8.0          # how long an answer waits for the decision on an act


class ActBody(msgspec.Struct, frozen=True):
    """An act: what to do, and its details (`decision`, `code`, `seals` ...)."""

    do: str
    details: dict[str, Any] = {}
    id: str = ""                # the caller's own; the same again is the same act
    by: str = ""                # who acts, in the test environment; else the party of the token


Office = Annotated[str | None, QueryParameter(name="office", description="Only of this office")]


@get("/desk/tasks", guards=[access.officer], security=BEARER, tags=["desk"], responses=ERRORS)
async def tasks(request: Request, office: Office = None) -> TasksAnswer:
    """What waits for an officer, oldest first, with the acts that may be done about it."""
    house, who = access.house(request), access.caller(request)
    rows = await house.work(_tasks, who, office)
    return TasksAnswer([task(row) for row in rows])


def _tasks(store: Store, who: Caller, office: str | None) -> list[records.Task]:
    return [row for row in store.tasks(who.world, office) if who.serves(row.office)]


@post("/desk/tasks/{id:str}", guards=[access.officer], security=BEARER, tags=["desk"],
      status_code=200, responses=ERRORS | {404: NOT_FOUND, 422: problem("Not one of its acts")})
async def do_task(request: Request, id: FromPath[str], data: JSONBody[ActBody]) -> OutcomeAnswer:
    """Do one of the acts of a task; the answer tells what became of it."""
    house, who = access.house(request), access.caller(request)
    if not house.node.test:
        data = msgspec.structs.replace(data, by="")     # nobody acts in another's name
    return await house.patiently(_do, who, id, data)


def _do(store: Store, who: Caller, id: str, body: ActBody) -> OutcomeAnswer:
    key, name = _opened(id)
    row = store.task(key, name) if key.startswith(f"{who.world}/") else None
    if row is None:
        raise Problem(404, "No such task", "there is no such task, or somebody has done it",
                      "det finnes ingen slik oppgave, eller noen har gjort den")
    acts = msgspec.json.decode(row.body, type=Task).acts
    if body.do not in acts:
        raise Problem(422, "Not one of its acts", f"this task can be: {', '.join(acts)}",
                      f"denne oppgaven kan løses med: {', '.join(acts)}")
    place = records.Place.of(key)
    return act(store, who, place.office, place.case_id, body)


def act(store: Store, who: Caller, office: str, case: str, body: ActBody) -> OutcomeAnswer:
    """Lodge an officer's act and wait for what becomes of it. Raises Problem 400, 403, 404, 409."""
    if NOT_XML.search(f"{office}{case}{body.do}{body.by}{body.id}"):
        raise Problem(400, "Not understood", "a number, a name or the id holds a character that "
                      "no register can hold", "et nummer, et navn eller id-en har et tegn som "
                      "intet register kan ha")
    if codes.office(office) and not who.serves(office):
        raise Problem(403, "Another office", f"your token is not for office {office[:20]!r}: it is "
                      f"for {', '.join(who.offices)}", f"tokenet ditt gjelder ikke tollstedet "
                      f"{office[:20]!r}: det gjelder {', '.join(who.offices)}")
    try:
        key, receipt = officer.act(store, who.world, office, case, body.do, body.by or who.party,
                                   body.id or secrets.token_hex(12), body.details)
    except officer.Unknown as error:
        raise Problem(404, "No such case", str(error)) from error
    if receipt.verdict == "other":
        raise Problem(409, "Identification used", "another act was done under this id",
                      "en annen handling er gjort under denne id-en")
    try:
        done = officer.outcome(store, key, receipt, PATIENCE_SECONDS)
    except TimeoutError:
        stream = store.stream(key)
        return OutcomeAnswer(str(receipt.id), False, stream.phase if stream else "", [])
    return OutcomeAnswer(str(receipt.id), True, done.state, list(done.refused), done.proposed)


def task(row: records.Task) -> TaskAnswer:
    """Return a task as the API tells it."""
    place, told = records.Place.of(row.key), msgspec.json.decode(row.body, type=Task)
    return TaskAnswer(_closed(row.key, row.name), place.office, place.role, place.case_id,
                      row.name, told.text, told.nb, list(told.acts), row.since)


def _closed(key: str, name: str) -> str:
    """Return key and name of a task as one word for a path."""
    return base64.urlsafe_b64encode(f"{key}\n{name}".encode()).decode().rstrip("=")


def _opened(id: str) -> tuple[str, str]:
    try:
        text = base64.urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode()
    except (binascii.Error, ValueError):
        return "", ""
    key, _, name = text.replace("\0", "").partition("\n")
    return key, name
