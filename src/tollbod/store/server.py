"""The database that Tollbod runs on: an embedded PostgreSQL in a folder, or somebody's own.

    with database() as conninfo: ...        # TOLLBOD_DATABASE, else the server in ./.tollbod/pg

An embedded server is shared: the first process that asks for it starts it, later ones join, and it
stops when the last one has left, also if that one was killed (see guard.py). If PostgreSQL dies
while it is used, the guard starts it again; users reconnect. If the guard itself is killed, or gave
up (a full disk), the server lives on as long as it can, and a new guard is set over it: within a
second by whoever has it through `database`, else by the next start or stop. In every case the next
start works: what was committed is there, fsync and full_page_writes are never off.
"""
import contextlib
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tollbod.store import guard
from tollbod.store.cluster import ELDEST, NAME, Cluster, ServerError, explain

__all__ = ["Server", "ServerError", "database", "refuse_unsafe"]

READY_SECONDS = 20.0            # from start to the first answer
RECOVERY_SECONDS = 600.0        # the same, while it tells that it is recovering after a crash
JOIN_SECONDS = 90.0             # for a server that is just being stopped by others
LOOK_SECONDS = 0.01
TEND_SECONDS = 1.0              # between two looks whether the server is guarded
SURE = 3                        # looks in a row; a single one may have met another's look
RECOVERING = ("starting up", "recovery", "not yet accepting", "shutting down")
UNSAFE = "the database at {where} has {name} off: an accepted message could be lost. Set it to on."
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class Server:
    """The embedded PostgreSQL of one folder, as one user of it sees it; a context manager."""

    def __init__(self, folder: Path, bin: Path | None = None):
        self.folder = Path(folder).absolute()
        self.bin = bin
        self.cluster: Cluster | None = None
        self.set_guard: subprocess.Popen | None = None
        self.using: int | None = None           # descriptor that holds users.lock, shared

    def start(self) -> str:
        """Start or join the server; returns the conninfo of the database `tollbod`.

        Calling it again is harmless, and makes sure that the server is still guarded.
        Raises ServerError with the reason in plain words.
        """
        try:
            return self._start()
        except BaseException as error:
            self._leave()
            if isinstance(error, OSError):
                words = f"{error.strerror}: {error.filename}"
                raise explain(words, self.folder, "the system") from error
            raise

    def stop(self) -> None:
        """Leave the server. If nobody else uses it, it has stopped when this returns."""
        if self.using is None:
            return
        self._leave()
        deadline, others = time.monotonic() + JOIN_SECONDS, 0
        while others < SURE:
            others = others + 1 if self._others_use_it() else 0
            if not self._lives():
                self._tidy()
                return
            if time.monotonic() > deadline:
                raise ServerError(f"the database in {self.folder} does not stop; "
                                  f"see {self.folder / 'server.log'}")
            self._guard()
            time.sleep(LOOK_SECONDS)

    @contextlib.contextmanager
    def tended(self) -> Iterator[None]:
        """Set a new guard over the server, within a second, whenever it has none."""
        ending = threading.Event()
        tender = threading.Thread(target=self._tend, args=(ending,), name="guard", daemon=True)
        tender.start()
        try:
            yield
        finally:
            ending.set()
            tender.join()

    def _tend(self, ending: threading.Event) -> None:
        while not ending.wait(TEND_SECONDS):
            with contextlib.suppress(OSError):              # a full disk, say: again, later
                self._guard()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def _start(self) -> str:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.cluster = self.cluster or Cluster(self.folder, self.bin)
        if self.set_guard and self.set_guard.poll() is not None:
            self.set_guard = None               # of an earlier start
        self._join()
        log = self.folder / "server.log"
        with self._setting_up():
            told_before = log.stat().st_size if log.exists() else 0
            if not self._lives():
                self._refuse_stranger()
                self.cluster.prepare()
            self._guard()
            self._await(told_before)
        return self.cluster.conninfo()

    def _join(self) -> None:
        """Become a user. Waits only for a guard that is just stopping the server."""
        deadline = time.monotonic() + JOIN_SECONDS
        while self.using is None:
            self.using = guard.lock(self.folder / "users.lock", fcntl.LOCK_SH | fcntl.LOCK_NB)
            if self.using is None:
                if time.monotonic() > deadline:
                    raise ServerError(f"the database in {self.folder} is being stopped by another "
                                      f"process and does not end")
                time.sleep(LOOK_SECONDS)

    def _leave(self) -> None:
        if self.using is not None:
            os.close(self.using)
            self.using = None

    @contextlib.contextmanager
    def _setting_up(self) -> Iterator[None]:
        fd = guard.lock(self.folder / "setup.lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(fd)

    def _free(self, name: str, how: int = fcntl.LOCK_SH) -> bool:
        """Whether the lock is to be had. Shared, so that two who look do not see each other."""
        fd = guard.lock(self.folder / name, how | fcntl.LOCK_NB)
        if fd is not None:
            os.close(fd)
        return fd is not None

    def _lives(self) -> bool:
        return not self._free("running.lock")

    def _others_use_it(self) -> bool:
        """Shared is to be had, alone is not: users. Neither: the guard, who is stopping it."""
        return not self._free("users.lock", fcntl.LOCK_EX) and self._free("users.lock")

    def _guard(self) -> None:
        """Set a guard over the server unless there is one, or ours is just coming."""
        coming = self.set_guard is not None and self.set_guard.poll() is None
        if not coming and self._free("guard.lock"):
            with open(self.folder / "server.log", "ab") as log:
                self.set_guard = subprocess.Popen(
                    [sys.executable, "-I", "-S", guard.__file__, str(self.folder)], cwd="/",
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _refuse_stranger(self) -> None:
        """A server that was started by hand holds no lock of ours; it must not be run over."""
        if pid := guard.postmaster(self.folder):
            raise ServerError(f"a PostgreSQL that Tollbod did not start (process {pid}) runs in "
                              f"{self.folder}: stop it first")

    def _await(self, told_before: int) -> None:
        """Wait for the first answer, and see that the database `tollbod` exists."""
        began = time.monotonic()
        while True:
            try:
                with psycopg.connect(self.cluster.conninfo("postgres"), autocommit=True,
                                     connect_timeout=5) as connection:
                    return make_database(connection)
            except psycopg.OperationalError as error:
                told = str(error)
            waited = time.monotonic() - began
            recovering = any(sign in told for sign in RECOVERING)
            if (self.set_guard and self.set_guard.poll() or 0) > 0 and not self._lives():
                raise self._failure(told_before, told)      # the guard gave up; not: was killed
            self._guard()
            if waited > (RECOVERY_SECONDS if recovering else READY_SECONDS):
                raise self._failure(told_before, told)
            time.sleep(LOOK_SECONDS)

    def _failure(self, told_before: int, told: str) -> ServerError:
        log = self.folder / "server.log"
        with open(log, "rb") as words:
            words.seek(told_before if told_before <= log.stat().st_size else 0)
            return explain(words.read(100_000).decode(errors="replace") or told, self.folder)

    def _tidy(self) -> None:
        with self._setting_up():
            far = self.cluster.far_socket()
            if far and not self._lives():
                with contextlib.suppress(OSError):
                    far.rmdir()
        if self.set_guard:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.set_guard.wait(1)


def make_database(connection: psycopg.Connection) -> None:
    """Create the database `tollbod` unless it is there."""
    there = connection.execute("select 1 from pg_database where datname = %s", (NAME,)).fetchone()
    if not there:
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(f"create database {NAME}")


def data_folder() -> Path:
    """Where the embedded server lives by default: TOLLBOD_DATA/pg, else ./.tollbod/pg."""
    return Path(os.environ.get("TOLLBOD_DATA") or ".tollbod", "pg")


@contextlib.contextmanager
def database(folder: Path | None = None) -> Iterator[str]:
    """The conninfo of the database to use: TOLLBOD_DATABASE, else the embedded server's."""
    if own := os.environ.get("TOLLBOD_DATABASE"):
        try:
            with psycopg.connect(own, autocommit=True, connect_timeout=10) as connection:
                refuse_unsafe(connection)
        except psycopg.Error as error:
            raise ServerError(f"TOLLBOD_DATABASE cannot be used: {error}") from error
        yield own
    else:
        server = Server(folder or data_folder())
        with server as conninfo, server.tended():
            yield conninfo


def refuse_unsafe(conn: psycopg.Connection) -> None:
    """Raise ServerError unless this server keeps what it has confirmed, and is not too old."""
    where = conn.info.host or conn.info.hostaddr or "its socket"
    if conn.info.server_version < ELDEST * 10000:
        raise ServerError(f"the database at {where} is PostgreSQL "
                          f"{conn.info.server_version // 10000}; at least {ELDEST} is needed")
    for name in MUST_BE_ON:
        value = conn.execute("select current_setting(%s)", (name,)).fetchone()[0]
        if value == "off":
            raise ServerError(UNSAFE.format(where=where, name=name))
