"""The page of traders: who is in the register, and in which form and by which channel each is met.

An officer, or in the test environment anybody, may choose for a party what it may choose itself
over the API.
"""

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tollbod.office import as4_push
from tollbod.store.streams import Store
from tollbod.web import access, pages, party, visitors
from tollbod.web.house import House
from tollbod.web.party import CHANNELS, FORMS, ChoiceBody
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

MOST_BYTES = 10_000


@get("/traders", include_in_schema=False)
async def listed(request: Request) -> Response:
    """List the traders, each with its choice."""
    pages.admit(request)
    return await _list(request, "", None)


async def _list(request: Request, id: str, fault: Problem | None) -> Response:
    house = access.house(request)
    found, now, frozen = await house.work(_found, house.world)
    pushed = await house.work(_pushed, house)
    channels = CHANNELS if house.folders else CHANNELS[:1]
    faults = [{"text": fault.detail, "nb": fault.nb}] if fault else []
    return pages.page(request, "traders.html", 409 if fault else 200, lines=found, now=now,
                      frozen=frozen, forms=FORMS, channels=channels, wrong=id, faults=faults,
                      pushed=pushed)


def _found(store: Store, world: str) -> tuple:
    return party.all_of(store, world), store.now(world), store.is_frozen(world)


def _pushed(store: Store, house: House) -> dict[str, as4_push.State]:
    """Return how it stands with each endpoint that messages are pushed to by AS4."""
    return {id: as4_push.state(store, house.world, id) for id in sorted(house.pushed)}


@post("/traders/{id:str}/push", include_in_schema=False, status_code=200)
async def resumed(request: Request, id: FromPath[str]) -> Response:
    """Let an endpoint that was stopped be tried again."""
    pages.admit(request)
    visitors.from_here(request)
    house = access.house(request)
    if id in house.pushed:
        await house.work(as4_push.resume, house.world, id)
    return Redirect("/traders", status_code=303)


@post("/traders/{id:str}", include_in_schema=False, status_code=200)
async def chosen(request: Request, id: FromPath[str]) -> Response:
    """Enter a choice, or show what is wrong with it."""
    pages.admit(request)
    house = access.house(request)
    form = await visitors.form(request, MOST_BYTES, 5)
    who = Caller(id, frozenset(["trader"]), house.world)
    told = {name: form[name] for name in ("form", "channel", "partner") if name in form}
    try:
        choice = msgspec.convert(told, ChoiceBody)
        await house.work(party.choose, house, who, choice)
    except msgspec.ValidationError:
        return await _list(request, id, Problem(
            409, "Not understood", "an address in UNB has at most 35 capitals, figures and signs",
            "en adresse i UNB har høyst 35 store bokstaver, tall og tegn"))
    except Problem as fault:
        return await _list(request, id, fault)
    return Redirect("/traders", status_code=303)


PATHS = [listed, chosen, resumed]
