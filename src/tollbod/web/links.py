"""The receiving end of a link from another node; `office` knows who may speak and what is taken."""
from typing import Annotated

from litestar import Request, get, post
from litestar.params import FromPath, QueryParameter

from tollbod.office import links
from tollbod.transport.http import SIGNATURE
from tollbod.web import access
from tollbod.web.answers import LinkAnswer
from tollbod.web.body import bounded
from tollbod.web.documented import AWAY, problem
from tollbod.web.problems import Problem

To = Annotated[str, QueryParameter(name="to", description="Country of ours that is spoken to")]
World = Annotated[str, QueryParameter(name="world")]
First = Annotated[int, QueryParameter(
    name="first", ge=1, le=2**62, description="Number of the first message")]
ERRORS = {403: problem("Not signed with the secret that the nodes share"), 503: AWAY}


async def _signed(request: Request) -> bytes:
    """Return the body of a request that another node signed. Raises Problem 403."""
    body = await bounded(request, links.LARGEST)
    path = request.scope["raw_path"].decode()
    if query := request.scope["query_string"].decode():
        path = f"{path.partition('?')[0]}?{query}"
    signature = request.headers.get(SIGNATURE, "")
    if not links.authentic(access.house(request).node, path, body, signature):
        raise Problem(403, "Not signed", "this is not signed with the secret of our nodes",
                      "dette er ikke signert med hemmeligheten nodene deler")
    return body


@get("/links/{link:str}", tags=["links"], responses=ERRORS)
async def last(request: Request, link: FromPath[str], to: To, world: World) -> LinkAnswer:
    """The last number that was taken from another node."""
    await _signed(request)
    return LinkAnswer(await access.house(request).work(links.taken, world, link, to))


@post("/links/{link:str}", tags=["links"], status_code=200, request_max_body_size=None,
      responses=ERRORS | {400: problem("Not a batch of messages to offices of ours")})
async def give(
    request: Request, link: FromPath[str], to: To, world: World, first: First
) -> LinkAnswer:
    """Take numbered messages from another node; answers the last number now taken."""
    body, house = await _signed(request), access.house(request)
    try:
        taken = await house.work(links.take, house.node, world, link, to, first, body)
    except ValueError as error:
        raise Problem(400, "No batch", str(error)[:300]) from error
    return LinkAnswer(taken)
