"""Software that may ask for a token: which party it speaks for, with which keys, for what.

A client stands in the configuration, or in the register of parties of its world under
`client/ID`. Its keys are public JWKs (RFC 7517); a secret is never stored.
"""
from typing import Any

import msgspec

from tollbod.store.streams import Store

SCOPES = ("trader", "officer")


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A client: `iss` of its assertions is `id`."""

    id: str
    party: str                                  # EORI number or the like; `sub` of its tokens
    scopes: tuple[str, ...] = ("trader",)
    keys: tuple[dict[str, Any], ...] = ()       # public JWKs, with or without kid
    offices: tuple[str, ...] = ()               # an officer's: NO371001, NO; none: all of ours


def register(store: Store, world: str, client: Client) -> None:
    """Enter a client into the register of a world, or what is new about it."""
    store.put_party(world, f"client/{client.id}", msgspec.json.encode(client))


def registered(store: Store, world: str, id: str) -> Client | None:
    """Return the client of that id in the register of a world."""
    body = store.party(world, f"client/{id}")
    return msgspec.json.decode(body, type=Client) if body else None
