"""What is answered when something is wrong: JSON with a title and a sentence in two languages."""
import traceback
from typing import Any

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
    if isinstance(error, ValidationException) and error.extra:
        detail = "; ".join(_invalid(one) for one in error.extra)
    return told(request, Problem(error.status_code, english, detail, f"{bokmaal}: {detail}",
                                 headers=dict(error.headers or {})))


def _invalid(one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    where = one.get("key", "")
    return f"{where}: {one.get('message', '')}" if where else str(one.get("message", ""))


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
