"""The web application of one house: which paths there are, and what holds for all of them.

`app` is the factory. Everything of the API lies under /api/v1; the pages are beside it.
"""
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar, Request, Router, get, post
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, OpenAPI, SecurityScheme, Tag
from litestar.types import Message, Receive, Scope, Send

import tollbod
from tollbod.office.node import Node
from tollbod.web import (
    access, as4, border, dataset, dataset_pages, desk, documents, duty, explained, filing_desk,
    filing_pages, filing_story, guarantee_pages, guarantee_register, guarantees, health, help_page,
    links, messages, movements, outage_pages, outages, party, problems, received, testbench, tokens,
)
from tollbod.web import pages as shown
from tollbod.web import party_pages, prenotifications, risk
from tollbod.web.answers import TokenAnswer
from tollbod.web.body import bounded
from tollbod.web.documented import FormOperation, problem, worded
from tollbod.web.house import House

LARGEST_BODY = 1_000_000        # of everything but messages
HEADERS = (                     # of every answer, where its handler sets no other
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy",
     b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
     b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
TAGS = [
    Tag("token", "Access tokens: RFC 7523, as Maskinporten grants them"),
    Tag("messages", "Lodge and judge messages, read one's mailbox"),
    Tag("party", "How one is spoken to: form, channel, address in UNB"),
    Tag("movements", "Where movements stand, and what they wait for"),
    Tag("border", "Arrival, presentation and control routing of goods at the border (ICS2)"),
    Tag("documents", "The papers of a movement as PDF/A"),
    Tag("guarantees", "What is available of a guarantee"),
    Tag("duty", "What must be notified about a transport to or from a third country"),
    Tag("datasets", "One data set, filed once: the messages that it makes"),
    Tag("rules", "What conditions and rules demand, in words"),
    Tag("desk", "The work of officers"),
    Tag("test", "Only in the test environment: clock, officer, worlds"),
    Tag("links", "Other nodes of the same system"),
    Tag("health", "For whoever runs the system"),
]


@post("/token", tags=["token"], status_code=200, operation_class=FormOperation,
      responses={400: problem("The grant is refused"), 401: problem("No such demo client")})
async def token(request: Request) -> TokenAnswer:
    """Grant an access token for an assertion (RFC 7523).

    `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`, `assertion`: a JWT signed RS256,
    RS384 or RS512 with iss (client), aud (this server), iat, exp (at most 120 s later), jti
    (used once), scope. In the test environment also `grant_type=client_credentials` with
    `client_id` a registered party or `officer`, `client_secret=demo`, `world`, and for an officer
    `offices` (`NO371001 SE`), if not all.
    """
    try:
        form = dict(parse_qsl((await bounded(request, LARGEST_BODY)).decode(), max_num_fields=20))
    except ValueError:
        form = {}
    house = access.house(request)
    granted, who = await house.work(tokens.grant, house, form)
    return TokenAnswer(granted, "Bearer", tokens.LIFE_SECONDS, " ".join(sorted(who.scopes)))


@get("/openapi.json", include_in_schema=False, media_type="application/json")
async def described(request: Request) -> dict[str, Any]:
    """Return the description of the API: OpenAPI 3.1."""
    return request.app.openapi_schema.to_schema()


class App(Litestar):
    """The application, which adds the security headers to every answer, and counts it."""

    @property
    def openapi_schema(self) -> OpenAPI:
        """Return the description of the API, each answer in our words."""
        return worded(super().openapi_schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through start and end."""
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(message)
            await send(message)
        await super().__call__(scope, receive, sent)

    def _complete(self, message: Message) -> None:
        answered = self.state.house.answered
        answered[message["status"]] = answered.get(message["status"], 0) + 1
        there = {name.lower() for name, _ in message["headers"]}
        message["headers"] = [*message["headers"],
                              *(one for one in HEADERS if one[0] not in there)]


def app(
    conninfo: str, node: Node, world: str, *, folder: Path, pages: bool = True, **settings,
) -> App:
    """Return the ASGI application; `settings` are those of `House`.

    `folder` is where the key of our tokens lies. Handlers open connections as they are needed and
    close them when the application ends.
    """
    house = House(conninfo, node, world, folder=folder, **settings)
    handlers = [
        token, messages.lodge, messages.check, messages.mailbox, messages.message,
        received.received, received.received_of, outages.act, outages.outage,
        outages.ask, outages.listed,
        party.shown, party.chosen, explained.rules, explained.rule, duty.answered,
        prenotifications.notified, movements.listed, movements.one, documents.document,
        guarantees.guarantee, guarantees.statement_of, guarantees.statement_paper,
        guarantee_register.register_list, guarantee_register.act, *dataset.PATHS,
        desk.tasks, desk.do_task, risk.trial, *border.PATHS,
        health.live, health.ready, health.metrics, links.last, links.give,
        *(testbench.PATHS if node.test else ()),
    ]
    gates = [as4.endpoint] if house.gate else []
    probes = [health.live, health.ready, health.metrics]
    routes: list = [Router("/api/v1", route_handlers=handlers),
                    Router("/", route_handlers=[described, *probes, *gates],
                           include_in_schema=False)]
    handle = dict(problems.HANDLERS)
    if pages:
        routes += [*shown.PATHS, duty.page, *dataset_pages.PATHS, *outage_pages.PATHS,
                   *guarantee_pages.PATHS, *party_pages.PATHS, *filing_pages.PATHS,
                   *filing_story.PATHS, *filing_desk.PATHS, help_page.shown, prenotifications.page]
        handle |= shown.HANDLERS
    return App(
        routes, state=State({"house": house}),
        exception_handlers=handle, openapi_config=openapi(),
        request_max_body_size=LARGEST_BODY, on_shutdown=[house.close],
        logging_config=None,
    )


def openapi() -> OpenAPIConfig:
    """Return what /openapi.json says besides the paths."""
    return OpenAPIConfig(
        title="Tollbod", version=tollbod.__version__,
        description="An open electronic customs transit system. Errors are JSON in English and "
                    "Norwegian; every message that was acknowledged is durable, and a repeat never "
                    "counts twice.",
        path="/api/v1/openapi", render_plugins=[JsonRenderPlugin(media_type="application/json")],
        use_handler_docstrings=True, tags=TAGS,
        components=Components(security_schemes={"bearer": SecurityScheme(
            type="http", scheme="bearer", description="From POST /api/v1/token")}))
