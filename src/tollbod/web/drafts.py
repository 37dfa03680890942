"""Drafts of messages that a party writes in the portal and has not sent: kept beside no case.

A draft is a row of its own, written over by each saving, and gone once it was sent.
"""
import re
import secrets
from datetime import datetime
from typing import Any

import msgspec

from tollbod.store.streams import Store

MOST = 200                      # of one party
ID = re.compile(r"[0-9a-f]{16}")


class TooMany(Exception):
    """A party has as many drafts as there is room for."""


class Draft(msgspec.Struct, frozen=True):
    """What was written so far: of which message, about what, by the form's tree."""

    id: str
    ie: str                     # IE3F50, IE3A50
    at: datetime                # saved
    tree: dict[str, Any]
    fixed: dict[str, str] = {}  # what the form does not ask: an MRN, a reference

    @property
    def mrn(self) -> str:
        """Return the MRN of the filing that it is about; empty for a new filing."""
        return self.fixed.get("MRN", "")

    @property
    def name(self) -> str:
        """Return what it is about: an MRN, or the LRN that it gives."""
        return self.mrn or str(self.tree.get("LRN", ""))


def new_id() -> str:
    """Return an id for a draft that nobody has."""
    return secrets.token_hex(8)


def find(store: Store, world: str, party: str, id: str) -> Draft | None:
    """Return a draft of a party, or None."""
    if not ID.fullmatch(id):
        return None
    body = store.kept(_key(world, party), [f"draft {id}"]).get(f"draft {id}")
    return msgspec.msgpack.decode(body, type=Draft) if body else None


def all_of(store: Store, world: str, party: str) -> list[Draft]:
    """Return the drafts of a party, the one saved last first."""
    rows = store.kept_under(_key(world, party), "draft ", MOST)
    found = [msgspec.msgpack.decode(body, type=Draft) for _, body in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)


def save(store: Store, world: str, party: str, draft: Draft) -> None:
    """Keep a draft, over the one of the same id. Raises TooMany for one more than there may be."""
    assert ID.fullmatch(draft.id), "an id is made here"
    key, name = _key(world, party), f"draft {draft.id}"
    if not store.kept(key, [name]) and len(store.kept_under(key, "draft ", MOST)) >= MOST:
        raise TooMany
    store.keep(key, name, msgspec.msgpack.encode(draft))


def forget(store: Store, world: str, party: str, id: str) -> None:
    """Let a draft go, with its files."""
    if ID.fullmatch(id):
        for one in files(store, world, party, id):
            drop_file(store, world, party, id, one.id)
        store.forget(_key(world, party), f"draft {id}")


def _key(world: str, party: str) -> str:
    return f"{world}//drafts/{party}"


# The files that go with a draft

class Kept(msgspec.Struct, frozen=True):
    """A file that goes with a draft, and what people call it."""

    id: str
    filename: str
    media: str
    data: bytes


def files(store: Store, world: str, party: str, id: str) -> list[Kept]:
    """Return the files that go with a draft, by their number."""
    rows = store.kept_under(_key(world, party), f"file {id} ", MOST)
    return [msgspec.msgpack.decode(body, type=Kept) for _, body in rows]


def keep_file(store: Store, world: str, party: str, id: str, file: Kept) -> None:
    """Keep a file with a draft."""
    store.keep(_key(world, party), f"file {id} {file.id}", msgspec.msgpack.encode(file))


def drop_file(store: Store, world: str, party: str, id: str, file: str) -> None:
    """Let a file of a draft go."""
    if ID.fullmatch(id) and ID.fullmatch(file):
        store.forget(_key(world, party), f"file {id} {file}")
