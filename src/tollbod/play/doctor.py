"""`tollbod doctor`: whether this machine and this data can be trusted to run Tollbod.

A list of questions, each answered by a sentence; knows whom to ask, not how they find out. Changes
nothing: without a data folder the database is tried in a temporary one.
"""
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000
MOST_BREAKS_SHOWN = 20
FINE, NOTE, WRONG = "ok", "--", "!!"

Answer = tuple[str, str]        # one of the three marks, and a sentence


def run() -> int:
    """Print every answer; 0 if nothing is wrong, 1 otherwise."""
    answers = []
    for question in (python, packages, programs, disk, database):
        for answer in question():
            print(f"{answer[0]}  {answer[1]}", flush=True)
            answers.append(answer[0])
    wrong = answers.count(WRONG)
    print(f"{wrong} wrong" if wrong else "everything is in order")
    return 1 if wrong else 0


def python() -> Iterator[Answer]:
    """The version of Python."""
    told = ".".join(map(str, sys.version_info[:3]))
    mark = FINE if sys.version_info >= OLDEST_PYTHON else WRONG
    yield mark, f"Python {told} at {sys.executable}"


def packages() -> Iterator[Answer]:
    """Installed versions against the lock the environment was made from."""
    lock = Path(sys.prefix, "tollbod.lock")
    if not lock.exists():
        yield NOTE, "packages: not an environment that ./tollbod made, so nothing to compare"
        return
    wanted = [line.split(" ")[0].split("==") for line in lock.read_text().splitlines()
              if "==" in line and not line.startswith((" ", "#")) and "win32" not in line]
    off = [f"{name} {found or 'missing'} instead of {version}" for name, version in wanted
           if (found := installed(name)) != version]
    if off:
        yield WRONG, f"packages: {', '.join(off)}; remove .venv, ./tollbod makes it anew"
    else:
        yield FINE, f"{len(wanted)} packages as locked"


def installed(name: str) -> str | None:
    """The installed version of a package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def programs() -> Iterator[Answer]:
    """PostgreSQL's programs, and the browser that tests use."""
    from tollbod.store import cluster
    if not os.environ.get("TOLLBOD_DATABASE"):
        try:
            bin = cluster.programs()
            yield FINE, f"PostgreSQL {cluster.major(bin)} in {bin}"
        except cluster.ServerError as error:
            yield WRONG, str(error)
    chromium = shutil.which("chromium")
    yield ((FINE, f"chromium at {chromium}") if chromium else
           (NOTE, "no chromium: only the browser tests need it"))


def disk() -> Iterator[Answer]:
    """Room on the disk where the database lies."""
    from tollbod.store.server import data_folder
    place = data_folder().absolute()
    place = next(folder for folder in (place, *place.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    yield (FINE if free > LEAST_FREE_BYTES else WRONG), f"{free / 1e9:.1f} GB free for {place}"


def database() -> Iterator[Answer]:
    """The database: whether it starts, and whether its history is whole."""
    import psycopg

    from tollbod.store import server
    try:
        yield from trial()
    except (server.ServerError, psycopg.Error) as error:
        yield WRONG, f"the database: {error}"


def trial() -> Iterator[Answer]:
    """Start or reach the database, and let it speak for itself."""
    import psycopg

    from tollbod.store import server
    with contextlib.ExitStack() as until_end:
        folder, what = server.data_folder(), "the database"
        if os.environ.get("TOLLBOD_DATABASE"):
            what = "the database of TOLLBOD_DATABASE"
        elif not folder.exists():
            trial = until_end.enter_context(tempfile.TemporaryDirectory(prefix="tb-"))
            folder, what = Path(trial, "pg"), "a trial database"
        began = time.monotonic()
        conninfo = until_end.enter_context(server.database(folder))
        took = time.monotonic() - began
        with psycopg.connect(conninfo, autocommit=True) as connection:
            server.refuse_unsafe(connection)
            version = connection.info.server_version // 10000
        yield FINE, f"{what} (PostgreSQL {version}) answers after {took:.1f} s and is durable"
        yield from history(conninfo)


def history(conninfo: str) -> Iterator[Answer]:
    """Every chain of history, and every balance against the sum of its entries."""
    if util.find_spec("tollbod.store.chain") is None:
        yield NOTE, "history: this version keeps no chains"
        return
    from tollbod.store import chain, schema
    from tollbod.store.streams import Store
    if not schema.version(conninfo):
        yield NOTE, "history: the database is empty"
        return
    breaks = chain.verify(Store(conninfo))
    for one in breaks[:MOST_BREAKS_SHOWN]:
        yield WRONG, f"history: {' '.join(map(str, one))}"
    if len(breaks) > MOST_BREAKS_SHOWN:
        yield WRONG, f"history: {len(breaks) - MOST_BREAKS_SHOWN} more breaks"
    if not breaks:
        yield FINE, "every chain of history is whole, every balance equals its entries"
