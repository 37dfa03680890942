"""What /openapi.json says of bodies that the handlers read themselves, and of errors."""
from dataclasses import dataclass
from http import HTTPStatus

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPI, OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from tollbod.web.answers import ProblemAnswer


def problem(text: str) -> ResponseSpec:
    """Return the description of an error answer."""
    return ResponseSpec(ProblemAnswer, description=text, generate_examples=False)


UNAUTHORISED = problem("No token, or one that has expired")
NOT_FOUND = problem("There is no such thing, or it is not the caller's")
AWAY = problem("The database is away: nothing was taken, send the same again (Retry-After)")
ERRORS = {401: UNAUTHORISED, 503: AWAY}

_TEXT = Schema(type=OpenAPIType.STRING, description="The message, beginning with its root element")
_INTERCHANGE = Schema(type=OpenAPIType.STRING, description="One interchange, UNB to UNZ")
_TREE = Schema(type=OpenAPIType.OBJECT, description='The message: {"CC015C": {...}}')


# In place of the phrases of HTTP, which tell nobody anything.
SAID = {"200": "The answer", "201": "It is made", "202": "It is stored; the decision follows",
        "204": "It is gone", "400": "A parameter or the body cannot be understood: which, and why"}


def worded(schema: OpenAPI) -> OpenAPI:
    """Say of each answer in our words what it is, where only the phrase of HTTP stood."""
    for path in (schema.paths or {}).values():
        for operation in (path.get, path.put, path.post, path.delete):
            for status, answer in ((operation and operation.responses) or {}).items():
                phrases = HTTPStatus(int(status)).description, HTTPStatus(int(status)).phrase
                if answer.description in (*phrases, ""):
                    answer.description = SAID.get(status, answer.description)
    return schema


@dataclass
class MessageOperation(Operation):
    """An operation whose body is a message."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            description="An NCTS message of phase 5 or 6, or an interchange of phase 4; 10 MB",
            required=True,
            content={"application/xml": OpenAPIMediaType(schema=_TEXT),
                     "application/json": OpenAPIMediaType(schema=_TREE),
                     "application/edifact": OpenAPIMediaType(schema=_INTERCHANGE)})


@dataclass
class FormOperation(Operation):
    """POST /token: a form, as RFC 6749 has it."""

    def __post_init__(self) -> None:
        names = ("grant_type", "assertion", "client_id", "client_secret", "world")
        form = Schema(type=OpenAPIType.OBJECT, required=["grant_type"],
                      properties={name: Schema(type=OpenAPIType.STRING) for name in names})
        self.request_body = RequestBody(
            required=True,
            content={"application/x-www-form-urlencoded": OpenAPIMediaType(schema=form)})
