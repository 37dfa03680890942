"""The crew of a house: the foreman's process, watched by a thread, and the slots of its workers."""
import fcntl
import json
import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

from tollbod.office.node import CREW, Node

STOP_SECONDS = 8.0
PAUSE_SECONDS = 0.2             # before a foreman that was killed is followed by another
MOST_CREWS = 32
DRAWN = 2**31 // (MOST_CREWS * CREW)    # a slot is a number of 31 bits


class Crew:
    """Workers on a database: started with `start`, followed by others when they die."""

    def __init__(self, conninfo: str, node: Node, folder: Path, workers: int = 2,
                 folders: str = "", world: str = "", as4: str = "") -> None:
        self.lock, slots = _slots(folder, workers)
        self.orders = json.dumps({
            "conninfo": conninfo, "countries": node.countries, "peers": node.peers,
            "secret": node.secret, "test": node.test, "slots": slots,
            "access_key": node.access_key.hex(), "regime": node.regime,
            "folders": folders, "world": world, "as4": as4,
        }).encode() + b"\n"
        self.ending = threading.Event()
        self.foreman: subprocess.Popen | None = None
        self.watch = threading.Thread(target=self._watch, name="crew", daemon=True)

    def start(self) -> None:
        """Start the foreman, and follow it with another whenever it dies."""
        self.foreman = self._send()
        self.watch.start()

    def alive(self) -> bool:
        """Tell whether there is a foreman, who sees to the workers."""
        return self.foreman is not None and self.foreman.poll() is None

    def stop(self) -> None:
        """Let the workers finish their turn and end; nobody is left when this returns."""
        self.ending.set()
        if self.foreman:
            self.foreman.stdin.close()          # the sign for all to end
            try:
                self.foreman.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.foreman.kill()             # its workers are told by the kernel
                self.foreman.wait()
            self.watch.join()
        os.close(self.lock)

    def _send(self) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(
            [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])}
        foreman = subprocess.Popen([sys.executable, "-m", "tollbod.web.foreman"], env=environment,
                                   stdin=subprocess.PIPE, start_new_session=True)
        try:
            foreman.stdin.write(self.orders)
            foreman.stdin.flush()
        except BrokenPipeError:                 # died at once: it is followed like any other
            pass
        return foreman

    def _watch(self) -> None:
        while not self.ending.is_set():
            self.foreman.wait()
            if not self.ending.wait(PAUSE_SECONDS):
                self.foreman = self._send()


def _slots(folder: Path, workers: int) -> tuple[int, list[int]]:
    """Return slots that no other crew on any database has, and the descriptor that keeps them.

    A number drawn for the data folder tells crews apart that have come to one database from
    different folders or machines: two workers in one slot would take each other's work away.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for crew in range(MOST_CREWS):
        fd = os.open(folder / f"crew{crew}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            first = (_drawn(fd) * MOST_CREWS + crew) * CREW
            return fd, [first + number for number in range(workers)]
        except BlockingIOError:
            os.close(fd)
    raise RuntimeError(f"{MOST_CREWS} crews work on {folder} already")


def _drawn(fd: int) -> int:
    """Return the number that stands in a lock file; it is drawn if there is none."""
    told = os.pread(fd, 20, 0).strip()
    if not told.isdigit():
        told = b"%d" % secrets.randbelow(DRAWN)
        os.pwrite(fd, told, 0)
    return int(told) % DRAWN
