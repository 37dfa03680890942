"""Who may do what: the bearer token of a request, and the guards of the paths."""
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from tollbod.store.records import Message, Place
from tollbod.web import tokens
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

OWN = ("IE", "in", "CO")        # IE015 ..., interchange, CONTRL: what a trader sends
BEARER = [{"bearer": []}]


def house(connection: ASGIConnection) -> House:
    """Return the house that a request came to."""
    return connection.app.state.house


def caller(connection: ASGIConnection) -> Caller:
    """Return who asks. Raises Problem 401 without a good bearer token."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    found = tokens.read(house(connection), token.strip()) if kind.lower() == "bearer" else None
    if found is None:
        raise Problem(401, "No good token", "send `Authorization: Bearer TOKEN` with a token from "
                      "POST /api/v1/token that has not expired",
                      "send `Authorization: Bearer TOKEN` med et token fra POST /api/v1/token som "
                      "ikke er utløpt", headers={"WWW-Authenticate": 'Bearer realm="tollbod"'})
    return found


def anybody(connection: ASGIConnection, _handler: BaseRouteHandler) -> None:
    """Let everybody in who has a token."""
    caller(connection)


def trader(connection: ASGIConnection, _handler: BaseRouteHandler) -> None:
    """Let traders in."""
    _scope(caller(connection), "trader")


def officer(connection: ASGIConnection, _handler: BaseRouteHandler) -> None:
    """Let officers in."""
    _scope(caller(connection), "officer")


def _scope(who: Caller, scope: str) -> None:
    if scope not in who.scopes:
        raise Problem(403, "Not allowed", f"this needs a token with the scope {scope}",
                      f"dette krever et token med scope {scope}")


def may_read(who: Caller, message: Message) -> bool:
    """Tell whether a message may be read: by whom it was sent to or from, and by officers."""
    place = Place.of(message.key)
    if place.world != who.world:
        return False
    to_me = (place.office, place.role, place.case_id) == ("", "mailbox", who.party)
    from_me = not message.origin and message.sender == who.party and message.ie[:2] in OWN
    return "officer" in who.scopes or ("trader" in who.scopes and (to_me or from_me))
