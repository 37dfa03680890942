"""The process that keeps one embedded PostgreSQL alive while somebody uses it, and then ends it.

Started by `store.server` as `python -I -S guard.py FOLDER`; standard library only, so it stays
small. It knows four files of the folder and nothing else:

    running.lock   held by PostgreSQL itself: every process of the server inherits the descriptor.
                   Whoever gets this lock knows that nothing lives, whatever postmaster.pid says.
    users.lock     held, shared, by each process that uses the server. Getting it alone means that
                   the last one has left, in good order or by kill -9.
    guard.lock     held by the guard: there is one at a time. A new one adopts a living server.
    command.json   how the server is started (read anew at each start).

If PostgreSQL dies while it has users it is started again. If it dies at once, again and again, the
guard gives up; the users see guard.lock free and read the reason in server.log.
"""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

QUICK_DEATH_SECONDS = 3.0       # died sooner than this: a failed start, not a crash in use
MOST_FAILED_STARTS = 6          # in a row; with the growing pauses about three seconds
FIRST_PAUSE_SECONDS = 0.1
LOOKS_AT_POST, LOOK_SECONDS = 20, 0.02
STOP_AGAIN_SECONDS = 0.5        # a postmaster that has just been born may miss the first signal
PATIENCE_SECONDS = 60.0         # then it is stopped without a checkpoint
LOG_BYTES = 5_000_000           # server.log and one older: never more than about twice this
LOG_LOOK_SECONDS = 60.0


def lock(path: Path, how: int) -> int | None:
    """A new descriptor that holds the lock, None if it was asked not to wait and would have to."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, how)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


def postmaster(folder: Path) -> int | None:
    """Process id of the postmaster that works in this folder, None if there is none.

    A number in postmaster.pid proves nothing, it may since belong to somebody else: the process
    must also stand in the data folder, as PostgreSQL does.
    """
    data = folder / "data"
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path("/proc/self").exists():
            return pid if os.path.samefile(f"/proc/{pid}/cwd", data) else None
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def launch(folder: Path, running: int) -> None:
    """Start PostgreSQL, which takes the lock over. Only called while the lock is held."""
    if postmaster(folder):
        return                  # started by hand meanwhile: not ours to run over
    order = json.loads((folder / "command.json").read_text())
    for stale in (folder / "data/postmaster.pid", Path(order["socket"], ".s.PGSQL.5432.lock"),
                  Path(order["socket"], ".s.PGSQL.5432")):
        stale.unlink(missing_ok=True)
    with open(folder / "server.log", "ab") as log:
        subprocess.Popen(
            order["command"], pass_fds=[running], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd="/", start_new_session=True, env=order["environment"], **order["account"],
        )


def stop_when_unused(folder: Path, closing: threading.Event) -> None:
    """Wait until the last user has left, then tell the server to stop until it has."""
    lock(folder / "users.lock", fcntl.LOCK_EX)
    closing.set()
    began = time.monotonic()
    while True:
        late = time.monotonic() - began > PATIENCE_SECONDS
        if pid := postmaster(folder):
            try:
                os.kill(pid, signal.SIGQUIT if late else signal.SIGINT)
            except ProcessLookupError:
                pass
        time.sleep(STOP_AGAIN_SECONDS)


def limit_log(log: Path, closing: threading.Event) -> None:
    """Keep server.log small. PostgreSQL appends, so the file may be emptied under it."""
    while not closing.wait(LOG_LOOK_SECONDS):
        if log.exists() and log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, log.with_name("server.log.1"))
            os.truncate(log, 0)


def keep(folder: Path, closing: threading.Event) -> int:
    """Start, wait for the end, start again. Returns when unused (0) or when it cannot run (1)."""
    failed, born = 0, None
    while True:
        running = lock(folder / "running.lock", fcntl.LOCK_EX)
        if closing.is_set():
            return 0
        if born is not None and time.monotonic() - born < QUICK_DEATH_SECONDS:
            failed += 1
            if failed == MOST_FAILED_STARTS:
                return 1
            closing.wait(FIRST_PAUSE_SECONDS * 2 ** (failed - 1))
        else:
            failed = 0
        if not closing.is_set():
            born = time.monotonic()
            launch(folder, running)
        os.close(running)


def take_post(path: Path) -> int | None:
    """Hold guard.lock, None if somebody does. Who only looks holds it too, for an instant."""
    for _ in range(LOOKS_AT_POST):
        held = lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if held is not None:
            return held
        time.sleep(LOOK_SECONDS)
    return None


def main(folder: Path) -> int:
    """Watch over the server of a folder until nobody uses it; 0 if another guard does already."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    held = take_post(folder / "guard.lock")
    if held is None:
        return 0                # somebody else guards it
    closing = threading.Event()
    for work in ((stop_when_unused, folder), (limit_log, folder / "server.log")):
        threading.Thread(target=work[0], args=(work[1], closing), daemon=True).start()
    code = keep(folder, closing)
    # guard.lock must be free before users.lock is: who comes next finds that nobody guards.
    os.close(held)
    return code


if __name__ == "__main__":
    code = main(Path(sys.argv[1]))
    os._exit(code)              # the threads wait for locks; the end of the process frees them
