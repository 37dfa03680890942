"""The foreman: a small process that keeps the workers alive, and dies with the one it serves.

Started as `python -m tollbod.web.foreman` with its orders as one line of JSON on standard input,
which stays open: when it closes, the one who gave the orders is gone, and all end. What the
workers need is imported once, before they fork, so that they share its memory. A worker that is
killed is followed by another at once, in the same slot.
"""
import ctypes
import gc
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tollbod.office import folders, links, worker
from tollbod.office.node import Node

SOON_SECONDS = 1.0              # one that dies sooner is followed only after as long
STOP_SECONDS = 5.0              # how long a worker may take to finish its turn
PR_SET_PDEATHSIG = 1
ASKED = (signal.SIGTERM, signal.SIGINT)     # how a process is asked to end


def main() -> None:
    """Keep the workers that the orders name until the orders' giver is gone."""
    orders = json.loads(sys.stdin.buffer.readline())
    node = Node(tuple(orders["countries"]), orders["peers"], orders["secret"], orders["test"],
                bytes.fromhex(orders["access_key"]), orders["regime"])
    jobs: list[Callable[[threading.Event], None]] = [
        _worker(orders["conninfo"], node, slot) for slot in orders["slots"]
    ]
    if node.peers:
        jobs.append(lambda stop: links.run(orders["conninfo"], node, stop))
    if orders["folders"]:
        jobs.append(lambda stop: folders.run(orders["conninfo"], node, orders["world"],
                                             Path(orders["folders"]), stop))
    if orders["as4"]:
        jobs += _pusher(orders["conninfo"], node, orders["world"], Path(orders["as4"]))
    gc.collect()
    gc.freeze()
    _keep(jobs)


def _worker(conninfo: str, node: Node, slot: int) -> Callable[[threading.Event], None]:
    return lambda stop: worker.run(conninfo, node, slot, stop)


def _pusher(conninfo: str, node: Node, world: str, folder: Path
            ) -> list[Callable[[threading.Event], None]]:
    """Return who pushes by AS4, if somebody wants that."""
    from tollbod.office import as4_push
    from tollbod.web import as4
    gate = as4.gate(folder)
    dial = partial(as4.dial, folder)
    return [lambda stop: as4_push.run(conninfo, node, world, gate, dial, stop)] \
        if gate.pushed else []


def _keep(jobs: list[Callable[[threading.Event], None]]) -> None:
    """Run every job in a process of its own, again and again, until it is time to end."""
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    ending = threading.Event()
    for number in ASKED:
        signal.signal(number, lambda *_: ending.set())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    began: dict[int, float] = {}
    running: dict[int, int] = {}                # process: number of its job
    while not ending.is_set():
        soonest = _start_missing(jobs, began, running)
        ready, _, _ = select.select([sys.stdin, wake], [], [], soonest)
        if sys.stdin in ready and not os.read(sys.stdin.fileno(), 4096):
            break
        if wake in ready:
            os.read(wake, 4096)
        _reap(running)
    _end(running)


def _start_missing(jobs: list, began: dict[int, float], running: dict[int, int]) -> float | None:
    """Start the jobs that nobody does; in how many seconds one is due that died too soon."""
    waits = []
    for number, job in enumerate(jobs):
        if number in running.values():
            continue
        rest = began.get(number, -SOON_SECONDS) + SOON_SECONDS - time.monotonic()
        if rest > 0 and number in began:
            waits.append(rest)
            continue
        began[number] = time.monotonic()
        running[_fork(job)] = number
    return min(waits, default=None)


def _fork(job: Callable[[threading.Event], None]) -> int:
    foreman = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKED)         # not before the child can hear it
    if child := os.fork():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
        return child
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        stop = threading.Event()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)        # Ctrl-C is the foreman's to pass on
        signal.signal(signal.SIGTERM, lambda *_: (stop.set(), signal.alarm(int(STOP_SECONDS))))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
        if os.getppid() == foreman:
            job(stop)
        os._exit(0)
    except BaseException as error:              # a process of its own: say why, and be followed
        print(f"worker ended: {error!r}"[:1000], file=sys.stderr, flush=True)
        os._exit(1)


def _reap(running: dict[int, int]) -> None:
    while running:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            running.clear()
            return
        if not process:
            return
        running.pop(process, None)


def _end(running: dict[int, int]) -> None:
    """Ask all to end, wait for them, and kill who does not."""
    for process in running:
        os.kill(process, signal.SIGTERM)
    end = time.monotonic() + STOP_SECONDS
    while running and time.monotonic() < end:
        _reap(running)
        time.sleep(0.01)
    for process in running:
        os.kill(process, signal.SIGKILL)
    _reap(running)


if __name__ == "__main__":
    main()
