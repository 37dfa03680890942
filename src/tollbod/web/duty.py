"""What must be notified about a transport: the path of the API, and the page. No token, no log-in.

Both answer without the database, so that they do also while it is away.
"""
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType

from tollbod.prenotification import answer, question, tell
from tollbod.prenotification.duty import duty
from tollbod.prenotification.question import Fault, Question
from tollbod.store.streams import Store
from tollbod.web import access, pages
from tollbod.web.documented import problem
from tollbod.web.house import House
from tollbod.web.problems import Problem

SHOWN_FIRST = ("from", "to", "mode", "departure", "arrival", "cargo", "via")
KINDS = {"departure", "arrival", "loading", "crossing", "filed", "now"}     # a moment


@dataclass
class DutyOperation(Operation):
    """GET /duty: its parameters are the fields of the question."""

    def __post_init__(self) -> None:
        self.parameters = [
            Parameter(name=field.name, param_in="query", description=field.en,
                      required=field.name in question.REQUIRED,
                      schema=Schema(type=OpenAPIType.STRING, enum=list(field.choices) or None))
            for field in question.FIELDS]


@get("/duty", tags=["duty"], operation_class=DutyOperation,
     responses={400: problem("What cannot be understood, by field")})
async def answered(request: Request) -> dict[str, Any]:
    """Is a prenotification due: which, in which system, where, by whom, by when, on what ground.

    The clock to the deadline runs from `now`; moments need a zone: 2022-06-01T12:00Z.
    """
    given = dict(request.query_params.items())
    asked = question.read(await _with_defaults(access.house(request), given))
    if not isinstance(asked, Question):
        raise Problem(400, "Not understood", "; ".join(f"{f.field}: {f.en}" for f in asked),
                      "; ".join(f"{f.field}: {f.nb}" for f in asked))
    return answer.plain(duty(asked))


@get("/duty", include_in_schema=False)
async def page(request: Request) -> Response:
    """Show a form about a transport, and the answer under it."""
    w = pages.tongue(request)
    given = {name: text for name, text in request.query_params.items() if text}
    told, faults = None, []
    if given:
        asked = question.read(await _with_defaults(access.house(request), given), w.zone)
        if isinstance(asked, Question):
            told = answer.plain(duty(asked))
        else:
            faults = asked
    return pages.page(request, "duty.html", told=told, tell=tell, given=given,
                      first=_inputs(given, faults, first=True),
                      more=_inputs(given, faults, first=False), faults=faults)


async def _with_defaults(house: House, given: dict[str, str]) -> dict[str, str]:
    """Return what is asked, under the law of this house and by its clock."""
    now = await house.work(Store.now, house.world) if house.node.test else datetime.now(UTC)
    return {"regime": house.node.regime, "now": answer.moment(now)} | given


def _inputs(given: dict[str, str], faults: list[Fault], *, first: bool) -> list[dict[str, Any]]:
    """Return the fields of the form, with what was given and what is wrong with it."""
    wrong = {fault.field: fault for fault in faults}
    fields = {field.name: field for field in question.FIELDS}
    names = SHOWN_FIRST if first else [name for name in fields if name not in SHOWN_FIRST]
    return [{"field": fields[name], "value": given.get(name, ""), "fault": wrong.get(name),
             "needed": name in question.REQUIRED,
             "kind": "datetime-local" if name in KINDS and _local(given.get(name, "")) else "text"}
            for name in names]


def _local(text: str) -> bool:
    """Tell whether a browser's field for a moment can show it: it has none with a zone.

    >>> _local("2022-06-01T14:00"), _local("2022-06-01T12:00Z")
    (True, False)
    """
    return not text or ("Z" not in text.upper() and "+" not in text)
