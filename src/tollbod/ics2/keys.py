"""The keys of filings: which filing has a transport document, kept where all who claim it come.

A document of the master level is a stream of its own (type, number and carrier): one filing may
have it at a time. Where houses alone are named they are kept by their filer: two filings of one
party may not name the same house. The next part of a split consignment names the filing before it
and takes over.
"""
from collections.abc import Iterable
from typing import Any

from tollbod.case.model import SAME, Case, Effect, Event, Facts, Keep, On, Role, Send, Tell, always
from tollbod.findings import Finding
from tollbod.spec.tables import ICS2


class Key(Case, frozen=True, kw_only=True):
    """What keeps transport documents; which filing has which stands in rows beside it."""


# When

def taken(_case: Key, event: Event, facts: Facts) -> bool:
    """Hold if another filing has one of the documents."""
    return bool(_taken(event, facts))


# Then

def grant(_case: Key, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Grant the documents to the filing that claims them."""
    for name in event.body["documents"]:
        yield Keep(_row(name), event.body["mrn"].encode())
    yield _told("granted", event, [])


def tell_taken(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the filing which of its documents another one has."""
    yield _told("taken", event, _taken(event, facts))


def free(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the documents free that this filing still has."""
    rows = [_row(name) for name in event.body["documents"]]
    for row, holder in facts.kept_all(rows).items():
        if holder == event.body["mrn"].encode():
            yield Keep(row, None)


def _row(name: str) -> str:
    return f"document/{name}"


def _taken(event: Event, facts: Facts) -> list[str]:
    names = event.body["documents"]
    known = facts.kept_all([_row(name) for name in names])
    ours = (None, event.body["previous"].encode())
    return [name for name in names if known.get(_row(name)) not in ours]


def _told(what: str, event: Event, documents: list[str]) -> Tell:
    return Tell(what, "filing", event.body["mrn"], {"documents": documents}, event.body["office"])


def answer(
    _case: Any, _event: Event, _facts: Facts, _findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Answer nobody: no message comes here."""
    return ()


TABLE = (
    On("none", "tell claim",   taken,  SAME, tell_taken),
    On("none", "tell claim",   always, SAME, grant),
    On("none", "tell release", always, SAME, free),
)
ROLE = Role("key", TABLE, Key, answer, {}, edition=ICS2)
