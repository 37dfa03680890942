"""How a party is spoken to: the form of its messages, the channel, its address in UNB.

The register says who a party is and what it may do; that is not the party's to change. What stands
here is its own choice.
"""
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from litestar import Request, get, put
from litestar.params import JSONBody

from tollbod.case.model import Party
from tollbod.store.streams import Store
from tollbod.web import access, tokens
from tollbod.web.access import BEARER
from tollbod.web.answers import PartyAnswer, told
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

PARTNER = r"^[A-Z0-9][A-Z0-9 .,()/=!%*;<>_-]{0,34}$|^$"
FORMS = ("", "edifact", "p5", "p6", "json")
CHANNELS = ("http", "folder")
Form = Literal[FORMS]
Channel = Literal[CHANNELS]
Address = Annotated[str, msgspec.Meta(pattern=PARTNER)]


class ChoiceBody(msgspec.Struct, frozen=True):
    """What a party chooses; what is left out stays as it is."""

    form: Annotated[Form | None, told("edifact, p5 or p6 (XML), json; empty: XML, in the edition "
                                      "in which it speaks itself")] = None
    channel: Annotated[Channel | None, told("http: fetched here; folder: files are dropped")] = None
    partner: Annotated[Address | None, told(
        "Address in UNB (0004, 0010); empty: the party's id")] = None


@get("/party", guards=[access.trader], security=BEARER, tags=["party"],
     responses=ERRORS | {404: NOT_FOUND})
async def shown(request: Request) -> PartyAnswer:
    """What the register says of the caller, and how it is spoken to."""
    house, who = access.house(request), access.caller(request)
    return answer(await house.work(_known, who))


@put("/party", guards=[access.trader], security=BEARER, tags=["party"],
     responses=ERRORS | {404: NOT_FOUND, 409: problem("There are no folders here, or somebody "
                                                      "else has this address")})
async def chosen(request: Request, data: JSONBody[ChoiceBody]) -> PartyAnswer:
    """Choose form and channel, and say what one is called in EDIFACT.

    It holds for what is fetched from now on; what was fetched before stays what it was.
    """
    house, who = access.house(request), access.caller(request)
    return answer(await house.work(choose, house, who, data))


def choose(store: Store, house: House, who: Caller, choice: ChoiceBody) -> Party:
    """Enter a choice into the register. Raises Problem 404, 409."""
    party = _known(store, who)
    changes = {name: value for name, value in msgspec.to_builtins(choice).items()
               if value is not None}
    if changes.get("channel") == "folder" and not house.folders:
        raise Problem(409, "No folders", "this installation drops no files; fetch over HTTP",
                      "denne installasjonen legger ikke ut filer; hent over HTTP")
    if (address := changes.get("partner")) and _others(store, who, address):
        raise Problem(409, "Address taken", f"another party is {address} in UNB",
                      f"en annen part er {address} i UNB")
    party = msgspec.structs.replace(party, **changes)
    store.put_party(who.world, party.id, msgspec.json.encode(party))
    return party


def _others(store: Store, who: Caller, address: str) -> bool:
    """Return whether another party has the address, by choice or as its id."""
    return any(address in (one.id, one.partner) for one in all_of(store, who.world)
               if one.id != who.party)


def enter(store: Store, world: str, parties: Iterable[Party]) -> None:
    """Enter parties of the configuration into the register; what each chose itself stays."""
    for party in parties:
        if before := tokens.party(store, world, party.id):
            own = {name: getattr(before, name) for name in ChoiceBody.__struct_fields__}
            party = msgspec.structs.replace(party, **own)
        store.put_party(world, party.id, msgspec.json.encode(party))


def all_of(store: Store, world: str) -> list[Party]:
    """Return the parties of a world, by id; what else lies in the register is left out."""
    return [msgspec.json.decode(body, type=Party) for id, body in store.parties(world)
            if id.isascii() and id.isalnum()]


def _known(store: Store, who: Caller) -> Party:
    party = tokens.party(store, who.world, who.party)
    if party is None:
        raise Problem(404, "Not registered", f"{who.party} is not in the register of traders",
                      f"{who.party} står ikke i registeret over aktører")
    return party


def answer(party: Party) -> PartyAnswer:
    """Return a party as the API tells it."""
    return PartyAnswer(party.id, party.name, party.form, party.channel, party.partner or party.id)
