"""Whether the store tells the truth: hash chains, gap-free numbers, balances, one root over all.

Each stream's history is a chain: hash = sha256(previous hash || sha256(what)); its head stands in
the stream's row. A root covers (key, n, head) of every stream in one snapshot and the root before
it; signed and kept elsewhere, it proves that nothing before it was changed since.
"""
import hashlib
from contextlib import contextmanager
from typing import NamedTuple

import psycopg

from tollbod.store.sql import queries

ROWS = 5000                     # fetched at a time
CHECKS = ("numbers_with_gaps", "balances_off", "receipts_without_message", "streams_astray")


class Break(NamedTuple):
    """A place where the store contradicts itself."""

    key: str
    n: int
    why: str


def link(head, what):
    """The next hash of a chain.

    >>> link(b"", b"IE015 accepted").hex()[:16]
    'a4ebedee5afc7cc2'
    """
    return hashlib.sha256(head + hashlib.sha256(what).digest()).digest()


def verify(store):
    """Every Break of the store, in one snapshot; an empty list if it is whole."""
    with _snapshot(store.conninfo) as connection:
        breaks = list(_chains(_rows(connection, "chains")))
        for name in CHECKS:
            breaks += [Break(key, n, queries()[name].sentence)
                       for key, n in _rows(connection, name)]
    return breaks


def root(store, previous=b""):
    """The root over all heads as they stand in one snapshot, chained to the root before it."""
    digest = hashlib.sha256(previous)
    with _snapshot(store.conninfo) as connection:
        for key, n, head in _rows(connection, "heads"):
            digest.update(b"%d %b %d " % (len(key.encode()), key.encode(), n) + head)
    return digest.digest()


def _chains(rows):
    """Breaks in the chains; rows are (key, decided, head of the stream, n, what, hash)."""
    key, n, head, decided, last = None, 0, b"", 0, b""
    for row_key, row_decided, row_last, row_n, what, said in rows:
        if row_key != key:
            yield from _end(key, n, head, decided, last)
            key, n, head, decided, last = row_key, 0, b"", row_decided, row_last
        if row_n is None:
            continue
        if row_n != n + 1:
            yield Break(key, n + 1, "a decision is missing from the history")
        n, head = row_n, link(head, what)
        if head != said:
            yield Break(key, n, "the hash chain is broken")
            head = said                                  # go on, to find every break once
    yield from _end(key, n, head, decided, last)


def _end(key, n, head, decided, last):
    if key is None:
        return
    if decided is None:
        yield Break(key, n, "a history without its stream")
    elif n != decided:
        yield Break(key, n, f"the history ends here, the stream at {decided}")
    elif head != last:
        yield Break(key, n, "the history's end is not the head of the stream")


@contextmanager
def _snapshot(conninfo):
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def _rows(connection, name):
    with connection.cursor(name, binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(queries()[name].text)
        yield from cursor
