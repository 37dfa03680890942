"""What all handlers share: the node, its stores and keys, and the threads that work on them.

A Store is one connection and belongs to one thread, so every handler hands its work to a thread
that keeps a Store of its own. Two kinds of threads: quick ones, and patient ones for work that
waits until a worker has decided. Knows no path and no message.
"""
import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from tollbod.office.as4 import Gate
from tollbod.office.node import Node
from tollbod.store.connection import StoreUnavailable
from tollbod.store.streams import Store
from tollbod.web import keys
from tollbod.web.clients import Client
from tollbod.web.problems import Problem

T = TypeVar("T")
QUICK, PATIENT = 4, 4           # threads of each kind, one connection each
MOST_WAITING = 256              # requests in line; more are told to come back
PATIENCE_SECONDS = 4.0          # how long a request waits for a database that is away
SHORT_SECONDS = 0.2             # the same while it is known to be away
KNOWN_SECONDS = 2.0             # how long it is taken to be away after the last try
QUICK_SECONDS = 10.0            # when a request is answered whatever its thread is waiting for
PATIENT_SECONDS = 60.0          # the same for patient threads


class Contact(NamedTuple):
    """Whom to ask for help; what is not configured is empty."""

    name: str = ""
    mail: str = ""
    phone: str = ""


class House:
    """One running web side of a custom house."""

    def __init__(
        self, conninfo: str, node: Node, world: str, *, folder: Path,
        issuer: str = "http://127.0.0.1:8400", clients: tuple[Client, ...] = (),
        officer_secret: str = "", alive: Callable[[], bool] = lambda: True, folders: str = "",
        gate: Gate | None = None, contact: Contact = Contact(),
        pushed: frozenset[str] = frozenset(),
    ) -> None:
        self.conninfo, self.node, self.world = conninfo, node, world
        self.issuer, self.officer_secret, self.alive = issuer.rstrip("/"), officer_secret, alive
        self.folders = folders                      # where parties' folders lie; "": nowhere
        self.gate = gate                            # of AS4; None: there is none
        self.pushed = pushed                        # parties with an endpoint of AS4
        self.contact = contact                      # whom the page of help names
        self.clients = {client.id: client for client in clients}
        self.key = keys.own(folder)
        self.used = keys.Used()
        self.answered: dict[int, int] = {}          # status: how often, for the metrics
        self._quick = ThreadPoolExecutor(QUICK, "store")
        self._patient = ThreadPoolExecutor(PATIENT, "patient")
        self._mine = threading.local()
        self._stores: list[Store] = []
        self._waiting = 0
        self._away_until = 0.0

    async def work(self, do: Callable[..., T], *args: Any) -> T:
        """Call `do(store, *args)` in a thread with a Store. Raises Problem 503 if there is none."""
        return await self._run(self._quick, QUICK_SECONDS, do, args)

    async def patiently(self, do: Callable[..., T], *args: Any) -> T:
        """The same for what may have to wait for a worker's decision."""
        return await self._run(self._patient, PATIENT_SECONDS, do, args)

    async def _run(
        self, pool: ThreadPoolExecutor, seconds: float, do: Callable[..., T], args: tuple
    ) -> T:
        if self._waiting >= MOST_WAITING:
            raise Problem(503, "Busy", "too many requests at once; try again in a second",
                          "for mange forespørsler på én gang; prøv igjen om et sekund",
                          headers={"Retry-After": "1"})
        loop = asyncio.get_running_loop()
        future = pool.submit(self._call, do, args)
        self._waiting += 1                          # until the thread is done, asked for or not
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._done))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except StoreUnavailable:
            self._away_until = time.monotonic() + KNOWN_SECONDS
            raise _away() from None
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise                               # what was called has run out of patience
            raise _away() from None                 # a database that neither answers nor refuses

    def _done(self) -> None:
        self._waiting -= 1

    def _call(self, do: Callable[..., T], args: tuple) -> T:
        store = getattr(self._mine, "store", None)
        if store is None:
            store = self._mine.store = Store(self.conninfo)
            self._stores.append(store)
        away = time.monotonic() < self._away_until
        store.patience = SHORT_SECONDS if away else PATIENCE_SECONDS
        return do(store, *args)

    def close(self) -> None:
        """Let threads and connections go; what is being done is finished first."""
        for pool in (self._quick, self._patient):
            pool.shutdown(wait=True, cancel_futures=True)
        for store in self._stores:
            store.close()


def _away() -> Problem:
    """Return what is answered while the database is away; the outcome may just have been lost."""
    return Problem(503, "The database is away",
                   "the database does not answer, so this may not have been taken; send the same "
                   "again shortly: a repeat is never counted twice",
                   "databasen svarer ikke, så det er ikke sikkert at dette er mottatt; send det "
                   "samme på nytt om litt: en gjentakelse telles aldri to ganger",
                   headers={"Retry-After": "5"})
