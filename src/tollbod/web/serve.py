"""`./tollbod serve`: the database, the workers and the web side of one house, and their clean end.

`house` is the building block: everything that runs, as a context manager; the demo uses it too.
"""
import contextlib
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg

from tollbod.office.as4 import Gate
from tollbod.store import schema
from tollbod.store.connection import StoreUnavailable
from tollbod.store.server import ServerError, database
from tollbod.store.streams import Store
from tollbod.web import as4, key_files, party
from tollbod.web import settings as configuration
from tollbod.web.crew import Crew
from tollbod.web.house import Contact, House
from tollbod.web.settings import Misconfigured, Settings

READY_SECONDS = 20.0
PAUSE_SECONDS = 0.1
GRACE_SECONDS = 3               # for requests that are being answered when we stop


class Running(NamedTuple):
    """What runs: where the web side is, and how to reach the database behind it."""

    url: str
    conninfo: str
    settings: Settings
    crew: Crew


def run(host: str | None = None, port: int | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; the exit code: 0, or 1 with a sentence on why it cannot."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        told = configuration.read()
        changes = {name: value for name, value in (("host", host), ("port", port))
                   if value is not None}
        with house(configuration.changed(told, **changes)) as running:
            print(f"Tollbod is ready at {running.url} (Ctrl-C stops it)", flush=True)
            stop.wait()
            print("stopping ...", flush=True)
    except (ServerError, StoreUnavailable, schema.NewerSchema, schema.ChangedSchema,
            Misconfigured) as error:
        print(f"tollbod serve: {error}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def house(
    settings: Settings, clock: timedelta | datetime = timedelta(0)
) -> Iterator[Running]:
    """Run a whole house: database, schema, world, workers, web; all of it ends with the block.

    `clock` is that of the world, if it is new. Raises ServerError, NewerSchema, Misconfigured.
    """
    listening = listen(settings.host, settings.port)
    with contextlib.ExitStack() as stack:
        stack.callback(listening.close)
        conninfo = stack.enter_context(database(settings.folder / "pg"))
        _migrate(conninfo)
        node = settings.node._replace(
            access_key=key_files.access(settings.folder, settings.access_key))
        crew = Crew(conninfo, node, settings.folder, settings.workers, settings.folders,
                    settings.world, settings.as4)
        stack.callback(crew.stop)
        crew.start()                            # imports while we do
        with Store(conninfo) as store:
            store.create_world(settings.world, clock)
            party.enter(store, settings.world, settings.parties)
        url = address(listening)
        stack.enter_context(web(settings, conninfo, listening, crew))
        yield Running(url, conninfo, settings, crew)


def _migrate(conninfo: str) -> None:
    """Bring the schema up to date, also if the database crashes meanwhile."""
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            schema.migrate(conninfo)
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > end:
                raise ServerError(f"the database does not answer: {error}") from error
            time.sleep(PAUSE_SECONDS)


@contextlib.contextmanager
def web(settings: Settings, conninfo: str, listening: socket.socket, crew: Crew) -> Iterator[None]:
    """Answer requests on a socket, in a thread of its own. Raises Misconfigured."""
    from tollbod.web.api import app
    gate, secured = _gate(settings)
    application = app(
        conninfo, settings.node, settings.world, folder=settings.folder, clients=settings.clients,
        issuer=settings.url or address(listening), officer_secret=settings.officer_secret,
        alive=crew.alive, folders=settings.folders, gate=None if secured else gate,
        pushed=frozenset(gate.pushed if gate else ()),
        contact=Contact(settings.contact, settings.contact_mail, settings.contact_phone))
    with contextlib.ExitStack() as stack:
        stack.enter_context(answering(application, listening))
        if secured:
            stack.enter_context(_as4(settings, conninfo, gate))
        yield


def _gate(settings: Settings) -> tuple[Gate | None, bool]:
    """Return customs' end of AS4, if there is one, and whether it has a port with mutual TLS."""
    if not settings.as4:
        return None, False
    try:
        return as4.gate(Path(settings.as4)), (Path(settings.as4) / "tls.pem").exists()
    except as4.Unfit as error:
        raise Misconfigured(f"TOLLBOD_AS4: {error}") from error


@contextlib.contextmanager
def _as4(settings: Settings, conninfo: str, gate: Gate) -> Iterator[None]:
    """Answer AS4 alone, by mutual TLS, on a port of its own."""
    house = House(conninfo, settings.node, settings.world, folder=settings.folder, gate=gate)
    listening = listen(settings.host, settings.as4_port)
    with contextlib.closing(listening):
        with answering(as4.app(house), listening, **as4.mutual_tls(Path(settings.as4))):
            yield


@contextlib.contextmanager
def answering(application, listening: socket.socket, **tls) -> Iterator[None]:
    """Run an ASGI application on a listening socket in a thread until the block ends.

    `tls` are uvicorn's own words for how it listens by TLS.
    """
    import uvicorn
    server = uvicorn.Server(uvicorn.Config(
        application, log_config=None, access_log=False, server_header=False, lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS, timeout_keep_alive=30, **tls))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="web")
    thread.start()
    end = time.monotonic() + READY_SECONDS
    try:
        while not server.started:
            if not thread.is_alive() or time.monotonic() > end:
                raise ServerError("the web side did not start")
            time.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        thread.join()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises ServerError in plain words when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        raise ServerError(f"cannot listen on {host}:{port}: {error.strerror}; "
                          "another port: --port, or TOLLBOD_PORT") from error
    return listening


def address(listening: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
