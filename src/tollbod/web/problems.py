"""What is answered when something is wrong: JSON with a title and a sentence in two languages."""
import traceback
from typing import Any, Literal, get_args, get_origin

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from tollbod.findings import Finding
from tollbod.store.worlds import UnknownWorld
from tollbod.web.answers import ProblemAnswer, finding_answer

LONGEST_TRACE = 4000            # characters

log = structlog.get_logger()

TITLES = {
    400: ("Not understood", "Forespørselen kan ikke leses"),
    404: ("Not found", "Finnes ikke"),
    405: ("Method not allowed", "Metoden er ikke tillatt"),
    413: ("Too large", "For stor"),
    415: ("Form not read", "Formatet leses ikke"),
}


class Problem(Exception):
    """An answer that is not what was asked for, with the reason in English and Norwegian."""

    def __init__(
        self, status: int, title: str, detail: str, nb: str = "", *,
        findings: tuple[Finding, ...] = (), answer: str | None = None,
        headers: dict[str, str] | None = None, error: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.nb = status, title, detail, nb or detail
        self.findings, self.answer = findings, answer
        self.headers, self.error = headers or {}, error


def told(_request: Request, problem: Problem) -> Response[ProblemAnswer]:
    """Answer with a Problem."""
    answer = ProblemAnswer(problem.title, problem.detail, problem.nb,
                           [finding_answer(f) for f in problem.findings] or None,
                           problem.answer, problem.error,
                           problem.detail if problem.error else None)
    return Response(answer, status_code=problem.status, headers=problem.headers,
                    media_type="application/json")


def framework(request: Request, error: HTTPException) -> Response[ProblemAnswer]:
    """Answer with what the framework found wrong: path, method, form of the request."""
    english, bokmaal = TITLES.get(error.status_code, ("Refused", "Avvist"))
    detail = error.detail
    if error.status_code == 404:
        return told(request, Problem(404, english, f"there is nothing at {request.url.path[:200]}",
                                     f"det finnes ingenting på {request.url.path[:200]}"))
    if error.status_code == 405:
        headers = dict(error.headers or {})
        may = headers.get("allow", "")
        return told(request, Problem(405, english, f"{request.method} is not taken here, but {may}",
                                     f"{request.method} tas ikke imot her, men {may}",
                                     headers=headers))
    if isinstance(error, ValidationException) and error.extra:
        detail = "; ".join(_invalid(request, one) for one in error.extra)
    return told(request, Problem(error.status_code, english, detail, f"{bokmaal}: {detail}",
                                 headers=dict(error.headers or {})))


def _invalid(request: Request, one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    where, what = one.get("key", ""), str(one.get("message", ""))
    if what.startswith("Invalid enum value") and (may := _choices(request, where)):
        what += f"; it is one of {', '.join(may)}"
    return f"{where}: {what}" if where else what


def _choices(request: Request, name: str) -> list[str]:
    """Return what a parameter or a field of the body may be, if that is a list of texts."""
    parameters = request.route_handler.parsed_fn_signature.parameters
    found = [one.raw for key, one in parameters.items() if key.replace("_", "-") == name]
    if "data" in parameters and hasattr(body := parameters["data"].annotation, "__struct_fields__"):
        found += [one.type for one in msgspec.structs.fields(body) if one.encode_name == name]
    return sorted({repr(value) for one in found for value in _literals(one)})


def _literals(type: Any) -> list[str]:
    """Return the texts of a Literal, also inside Annotated and unions."""
    if get_origin(type) is Literal:
        return [one for one in get_args(type) if isinstance(one, str)]
    return [text for one in get_args(type) for text in _literals(one)]


def no_world(request: Request, error: UnknownWorld) -> Response[ProblemAnswer]:
    """Answer who asks in a world that was removed or never was."""
    return told(request, Problem(404, "No such world", f"world '{error}' does not exist",
                                 f"verdenen «{error}» finnes ikke"))


def bug(request: Request, error: Exception) -> Response[ProblemAnswer]:
    """Answer for a fault of ours: the log has it, the sender is told no more than that."""
    # Without the values of variables: tokens and messages are among them.
    trace = "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
    log.error("request failed", path=request.url.path, error=repr(error)[:1000], trace=trace)
    return told(request, Problem(
        500, "Our fault", "something went wrong here; it has been noted. Sending the same again "
        "does no harm", "noe gikk galt hos oss; det er notert. Det gjør ingen skade å sende det "
        "samme på nytt"))


HANDLERS = {Problem: told, HTTPException: framework, UnknownWorld: no_world, Exception: bug}
