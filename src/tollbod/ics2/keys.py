"""The keys of filings: which filing has a transport document, kept where all who claim it come.

A document of the master level is a stream of its own (type, number and carrier): one filing may
have it at a time. Where houses alone are named they are kept by their filer: two filings of one
party may not name the same house. The next part of a split consignment names the filing before it
and takes over. A vessel or flight with its expected arrival is a key too: it knows who is aboard.
Filings that make one declaration meet at the document of their master: see `linking`.
"""
from collections.abc import Iterable
from typing import Any

from tollbod.case.model import SAME, Case, Effect, Event, Facts, Keep, On, Role, Send, Tell, always
from tollbod.findings import Finding
from tollbod.ics2 import linking, post
from tollbod.ics2.letters import refused
from tollbod.spec.tables import ICS2

MOST_ABOARD = 20_000                # filings of one vessel or flight


class Key(Case, frozen=True, kw_only=True):
    """What keeps transport documents; which filing has which stands in rows beside it."""


# When

def taken(_case: Key, event: Event, facts: Facts) -> bool:
    """Hold if another filing has one of the documents, or too many filings are there already."""
    return bool(_taken(event, facts))


# Then

def grant(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Grant the documents to the filing that claims them, and link it with the others there."""
    for name in event.body["documents"]:
        yield Keep(_row(name), event.body["mrn"].encode())
    effects, whole = linking.enter(event, facts)
    yield _told("granted", event, [], whole)
    yield from effects


def grant_mail(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Grant the items to the filing of post that claims them, and link it with the others."""
    for name in event.body["documents"]:
        yield Keep(_row(name), event.body["mrn"].encode())
    yield _told("granted", event, [])
    yield from post.enter(event, facts)


def tell_taken(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the filing which of its documents another one has."""
    yield _told("taken", event, _taken(event, facts))


def free(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the documents free that this filing still has, and unlink it from others."""
    yield from linking.leave(event, facts)
    yield from _free(event, facts)


def _free(event: Event, facts: Facts) -> Iterable[Effect]:
    rows = [_row(name) for name in event.body["documents"]]
    for row, holder in facts.kept_all(rows).items():
        if holder == event.body["mrn"].encode():
            yield Keep(row, None)


def free_mail(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Give the items free that this filing of post still has, and unlink it from others."""
    yield from _free(event, facts)
    yield from post.leave(event, facts)


def take_aboard(_case: Key, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Keep that a filing is aboard this vessel or flight."""
    yield Keep(f"aboard/{event.body['mrn']}", b"1")


def tell_aboard(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell every filing aboard that it arrives."""
    for name, _ in facts.kept_under("aboard/", MOST_ABOARD):
        yield Tell("arrival", "filing", name.removeprefix("aboard/"), event.body,
                   event.body["office"])


def nobody_aboard(_case: Key, _event: Event, facts: Facts) -> bool:
    """Hold if no filing names this vessel or flight."""
    return not facts.kept_under("aboard/", 1)


def tell_nobody(_case: Key, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the notifier that no filing names it (IE3N99, error 97)."""
    fault = Finding("state", "97", "", "/IE3N06/activeBorderTransportMeans", 0,
                    "no filing names this means of transport with this time of arrival",
                    "ingen deklarasjon oppgir dette transportmiddelet med denne ankomsttiden")
    yield refused("IE3N99", event.body["notifier"], {"LRN": event.body["lrn"]}, facts, (fault,),
                  "IE3N06")


def _row(name: str) -> str:
    return f"document/{name}"


def _taken(event: Event, facts: Facts) -> list[str]:
    names = event.body["documents"]
    if linking.too_many(event, facts):
        return list(names)
    known = facts.kept_all([_row(name) for name in names])
    ours = (None, event.body["previous"].encode())
    return [name for name in names if known.get(_row(name)) not in ours]


def _told(what: str, event: Event, documents: list[str], more: dict[str, Any] | None = None
          ) -> Tell:
    return Tell(what, "filing", event.body["stream"],
                {"documents": documents, "key": event.body["key"]} | (more or {}),
                event.body["office"], named=False)


def answer(
    _case: Any, _event: Event, _facts: Facts, _findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Answer nobody: no message comes here."""
    return ()


TABLE = (
    On("none", "tell claim",   taken,  SAME, tell_taken),
    On("none", "tell claim",   post.of_post, SAME, grant_mail),
    On("none", "tell claim",   always, SAME, grant),
    On("none", "tell release", post.of_post, SAME, free_mail),
    On("none", "tell release", always, SAME, free),
    On("none", "tell part",    post.of_post, SAME, post.take_mail),
    On("none", "tell part",    always, SAME, linking.note_change),
    On("none", "tell stage",   post.of_post, SAME, post.pass_mail_on),
    On("none", "tell stage",   always, SAME, linking.pass_on),
    On("none", "tell expired", always, SAME, linking.tell_who_is_missing),
    On("none", "tell aboard",  always, SAME, take_aboard),
    On("none", "tell arrival", nobody_aboard, SAME, tell_nobody),
    On("none", "tell arrival", always, SAME, tell_aboard),
)
ROLE = Role("key", TABLE, Key, answer, {}, edition=ICS2)
