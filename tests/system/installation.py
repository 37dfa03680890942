"""One Tollbod as an operator runs it: `serve` as real processes, in a data folder of its own.

Knows which processes belong to it (by the folder that stands in their command line or environment),
how to kill each kind of them, and that nothing is left when it ends. Knows no message.
"""
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from tollbod.store import guard
from tollbod.store.server import Server

SOURCE = Path(__file__).parents[2] / "src"
READY_SECONDS = 60.0
END_SECONDS = 20.0
KINDS = ("web", "foreman", "worker", "guard", "postmaster")


def free_ports(many: int) -> list[int]:
    """Return ports of the loopback that nobody listens on."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(many)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


class Installation:
    """A data folder, the settings of `serve` on it, and what runs; a context manager."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        own = {"DATA": str(folder), "PORT": str(port), "TEST": "1", **settings}
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("TOLLBOD_", "PYTEST_"))}
        self.environment = kept | {f"TOLLBOD_{name}": value for name, value in own.items()} \
            | {"PYTHONPATH": str(SOURCE)}
        self.log = folder.with_suffix(".log")
        self.main: subprocess.Popen | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Installation":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.end()

    def start(self, wait: bool = True) -> float:
        """Start `serve`; seconds until it says that it is ready."""
        began = time.monotonic()
        with open(self.log, "ab") as log:
            self.main = subprocess.Popen(
                [sys.executable, "-P", "-m", "tollbod", "serve"], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        if wait:
            self.await_ready()
        return time.monotonic() - began

    def await_ready(self) -> None:
        """Wait until it is ready to work."""
        end = time.monotonic() + READY_SECONDS
        while not self.ready():
            assert self.main.poll() is None, f"serve ended by itself:\n{self.said()}"
            assert time.monotonic() < end, f"not ready after {READY_SECONDS:.0f} s:\n{self.said()}"
            time.sleep(0.02)

    def ready(self) -> bool:
        """Tell whether it says that it is ready."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health/ready", timeout=6,
                             trust_env=False).status_code == 200
        return False

    def said(self) -> str:
        """Return the end of what it has said."""
        return self.log.read_text(errors="replace")[-4000:]

    # The processes

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Return what runs, by kind; what PostgreSQL has started is not among it."""
        found: dict[str, list[psutil.Process]] = {kind: [] for kind in KINDS}
        for one in self._ours():
            with suppress(psutil.Error):
                found[self._kind(one)].append(one)
        if pid := guard.postmaster(self.folder / "pg"):
            found["postmaster"] = [psutil.Process(pid)]
        return found

    def _ours(self) -> list[psutil.Process]:
        mark, ours = str(self.folder), []
        for one in psutil.process_iter():
            with suppress(psutil.Error):
                python = one.status() != psutil.STATUS_ZOMBIE and "python" in one.name()
                if python and (one.environ().get("TOLLBOD_DATA") == mark
                               or f"{mark}/pg" in one.cmdline()):
                    ours.append(one)
        return ours

    def _kind(self, one: psutil.Process) -> str:
        words = " ".join(one.cmdline())
        if "guard.py" in words:
            return "guard"
        if "tollbod.web.foreman" not in words:
            return "web"
        above = one.parent()
        return "worker" if above and "foreman" in " ".join(above.cmdline()) else "foreman"

    def kill(self, kind: str, choose=lambda some: some[0]) -> int:
        """Kill one process of a kind with SIGKILL; its id, 0 if none runs."""
        some = self.processes().get(kind)
        if not some:
            return 0
        one = choose(some)
        with suppress(psutil.NoSuchProcess):
            one.kill()
        if self.main and one.pid == self.main.pid:
            self.main.wait()
        return one.pid

    def kill_all(self) -> None:
        """Kill everything at once, the database too, as when the machine loses its power."""
        backends: list[psutil.Process] = []
        for one in self.processes()["postmaster"]:
            backends += [one, *one.children(recursive=True)]
        everybody = [*self._ours(), *backends]
        for one in everybody:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGSTOP)         # so that none sees another one's end
        for one in everybody:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        if self.main:
            self.main.wait()
        psutil.wait_procs(everybody, timeout=END_SECONDS)

    def end(self) -> None:
        """Ask it to end as an operator does; kill what is left."""
        if self.main and self.main.poll() is None:
            self.main.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.main.wait(END_SECONDS)
        self.kill_all()

    def database(self) -> Server:
        """Return its database, to be looked at; a context manager that gives a conninfo."""
        return Server(self.folder / "pg")
