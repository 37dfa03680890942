"""The embedded server: it always starts again, it is shared, and it says in words what is wrong."""
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tollbod.store import cluster, guard
from tollbod.store.server import Server, ServerError, database, refuse_unsafe

SOURCE = Path(__file__).parents[1] / "src"
ROOT = os.geteuid() == 0
USE = """
import sys, psycopg
from pathlib import Path
from tollbod.store.server import Server, ServerError
try:
    with Server(Path(sys.argv[1])) as conninfo:
        with psycopg.connect(conninfo) as connection:
            print(connection.execute("select current_user").fetchone()[0], flush=True)
        sys.stdin.readline()
except ServerError as error:
    print(f"refused: {error}", flush=True)
"""


@pytest.fixture
def folder():
    """A folder for one server, under a path that every account may pass.

    In memory where there is room: what is killed here is processes, never the machine.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1_000_000_000
    place = Path(tempfile.mkdtemp(prefix="tb-test-", dir=memory if roomy else None))
    place.chmod(0o755)
    yield place / "pg"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("TOLLBOD_DATABASE", "TOLLBOD_DATA", "TOLLBOD_PG_BIN"):
        monkeypatch.delenv(name, raising=False)


def ask(conninfo, question="select 1"):
    with psycopg.connect(conninfo, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def do(conninfo, statement):
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement)


def ask_again(conninfo, question="select 1", seconds=15):
    """The same, of a server that is just being started again."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask(conninfo, question)
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.02)


def is_stopped(folder, seconds=15):
    """Whether nothing of the server lives, at the latest after some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        fd = guard.lock(folder / "running.lock", fcntl.LOCK_SH | fcntl.LOCK_NB)
        if fd is not None:
            os.close(fd)
            return True
        time.sleep(0.02)
    return False


def other_process(folder, before=(), **account):
    """Another process that uses the server until its standard input is closed."""
    return subprocess.Popen(
        [*before, sys.executable, "-c", USE, str(folder)], text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(SOURCE)}, **account)


def test_first_start_then_restart_keeps_what_was_committed(folder):
    with Server(folder) as conninfo:
        do(conninfo, "create table kept as select 42 as x")
    assert is_stopped(folder, 0.1)
    with Server(folder) as conninfo:
        assert ask(conninfo, "select x from kept") == 42


def test_it_is_durable_private_and_speaks_utf8(folder):
    with Server(folder) as conninfo, psycopg.connect(conninfo) as connection:
        refuse_unsafe(connection)
        shown = {name: connection.execute("select current_setting(%s)", (name,)).fetchone()[0]
                 for name in ("fsync", "full_page_writes", "synchronous_commit", "jit",
                              "listen_addresses", "server_encoding", "data_checksums")}
    assert list(shown.values()) == ["on", "on", "on", "off", "", "UTF8", "on"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "password").stat().st_mode & 0o777 == 0o600
    assert (folder / "s").stat().st_mode & 0o777 == 0o700


def test_a_wrong_password_is_refused(folder):
    with Server(folder) as conninfo:
        with pytest.raises(psycopg.OperationalError, match="password"):
            ask(psycopg.conninfo.make_conninfo(conninfo, password="wrong"))


def test_kill_of_the_postmaster_the_guard_starts_it_again(folder):
    with Server(folder) as conninfo:
        do(conninfo, "create table kept as select 42 as x")
        dead = guard.postmaster(folder)
        os.kill(dead, signal.SIGKILL)
        assert ask_again(conninfo, "select x from kept") == 42
        assert guard.postmaster(folder) not in (None, dead)
    assert is_stopped(folder, 0.1)


def test_kill_of_guard_and_postmaster_the_next_start_works(folder):
    server = Server(folder)
    conninfo = server.start()
    do(conninfo, "create table kept as select 42 as x")
    os.kill(server.set_guard.pid, signal.SIGKILL)
    server.set_guard.wait()
    os.kill(guard.postmaster(folder), signal.SIGKILL)
    assert ask(server.start(), "select x from kept") == 42
    server.stop()
    assert is_stopped(folder, 0.1)


def test_kill_of_the_guard_alone_the_server_is_adopted(folder):
    server = Server(folder)
    conninfo = server.start()
    same = guard.postmaster(folder)
    os.kill(server.set_guard.pid, signal.SIGKILL)
    server.set_guard.wait()
    assert ask(conninfo) == 1
    with Server(folder) as again:
        assert ask(again) == 1 and guard.postmaster(folder) == same
    server.stop()
    assert is_stopped(folder, 0.1)


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_hindrance(folder):
    with Server(folder):
        pid_file = (folder / "data/postmaster.pid").read_text()
    stranger = subprocess.Popen(["sleep", "60"])
    lines = pid_file.split("\n")
    lines[0] = str(stranger.pid)
    (folder / "data/postmaster.pid").write_text("\n".join(lines))
    with Server(folder) as conninfo:
        assert ask(conninfo) == 1
    assert stranger.poll() is None, "the stranger must live"
    stranger.kill()
    stranger.wait()


def test_a_second_process_joins_and_the_last_one_stops_it(folder):
    server = Server(folder)
    conninfo = server.start()
    other = other_process(folder)
    assert other.stdout.readline() == "tollbod\n"
    server.stop()
    assert ask(conninfo) == 1, "the other one still uses it"
    other.communicate("\n", timeout=20)
    assert is_stopped(folder, 0.1)


def test_two_first_starts_at_once(folder):
    both = [other_process(folder), other_process(folder)]
    assert [one.stdout.readline() for one in both] == ["tollbod\n", "tollbod\n"]
    for one in both:
        one.communicate("\n", timeout=20)
    assert is_stopped(folder)


def test_users_that_are_killed_leave_no_server_behind(folder):
    other = other_process(folder)
    assert other.stdout.readline() == "tollbod\n"
    other.kill()
    other.communicate()
    assert is_stopped(folder)


def test_another_version_of_the_data_folder_is_told(folder):
    with Server(folder):
        pass
    (folder / "data/PG_VERSION").write_text("14\n")
    with pytest.raises(ServerError, match="was made by PostgreSQL 14.*TOLLBOD_PG_BIN"):
        Server(folder).start()


def test_a_first_start_that_was_interrupted_is_done_again(folder):
    (folder / "data.new/base").mkdir(parents=True)
    with Server(folder) as conninfo:
        assert ask(conninfo) == 1


def test_a_missing_program_folder_is_told(folder):
    with pytest.raises(ServerError, match="no program postgres in"):
        Server(folder, bin=folder / "nowhere").start()


def test_a_server_that_cannot_start_says_why(folder):
    with Server(folder):
        pass
    (folder / "data/global/pg_control").write_bytes(b"")
    began = time.monotonic()
    with pytest.raises(ServerError, match="pg_control"):
        Server(folder).start()
    assert time.monotonic() - began < 10
    assert is_stopped(folder)


def test_another_folder_of_programs(folder, monkeypatch):
    older = next((path for major in range(18, 14, -1)
                  if (path := Path(f"/usr/lib/postgresql/{major}/bin")).exists()), None)
    if older is None:
        pytest.skip("no PostgreSQL of the system's packages here")
    monkeypatch.setenv("TOLLBOD_PG_BIN", str(older))
    with Server(folder) as conninfo:
        assert ask(conninfo, "select 'é'::text") == "é"


@pytest.mark.parametrize("name", ["x" * 90, "a folder, it's \"odd\""])
def test_a_path_too_long_or_odd_for_a_socket(folder, name):
    with Server(folder / name) as conninfo:
        socket = Path(psycopg.conninfo.conninfo_to_dict(conninfo)["host"])
        assert socket.parent == cluster.FAR and socket.stat().st_mode & 0o777 == 0o700
        assert ask(conninfo) == 1
    assert not socket.exists()


def test_a_full_disk_is_told(folder):
    if not ROOT:
        pytest.skip("only root can mount a small disk")
    folder.parent.joinpath("disk").mkdir()
    disk = folder.parent / "disk"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk],
                             capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(ServerError, match="is full"):
            Server(disk / "pg").start()
        assert not list((disk / "pg").glob("data*"))
    finally:
        subprocess.run(["umount", disk], check=True)


def test_an_ordinary_account(folder):
    """As `nobody` where that account can read this Python, else as a user without any power."""
    folder.mkdir()
    python = Path(sys.executable).resolve()
    before, account = (), {}
    if ROOT:
        if cluster.reachable(python, cluster.NOBODY):
            os.chown(folder, cluster.NOBODY, cluster.NOBODY)
            account = {"user": cluster.NOBODY, "group": cluster.NOBODY, "extra_groups": []}
        elif not (before := cluster.user_namespace()):
            pytest.skip("no ordinary account can read this Python, and no user namespaces")
    for _ in range(2):
        other = other_process(folder, before, **account)
        assert other.stdout.readline() == "tollbod\n"
        other.communicate("\n", timeout=20)
        assert is_stopped(folder)


def test_root_without_user_namespaces_runs_it_as_nobody(folder, monkeypatch):
    if not ROOT:
        pytest.skip("only for root")
    with Server(folder) as conninfo:            # as root's own, in a namespace if that works
        do(conninfo, "create table kept as select 42 as x")
    monkeypatch.setenv("PATH", str(folder / "nothing"))
    with Server(folder) as conninfo:
        assert ask(conninfo, "select x from kept") == 42
        assert Path(f"/proc/{guard.postmaster(folder)}").stat().st_uid == cluster.NOBODY
    monkeypatch.undo()
    with Server(folder) as conninfo:            # and so it stays
        assert ask(conninfo, "select x from kept") == 42
        assert Path(f"/proc/{guard.postmaster(folder)}").stat().st_uid == cluster.NOBODY


def test_a_folder_that_may_not_be_used_is_told(folder):
    folder.write_text("a file, not a folder")
    with pytest.raises(ServerError, match="File exists|Not a directory"):
        Server(folder).start()


def test_somebody_elses_database(folder, monkeypatch):
    with Server(folder) as own:
        monkeypatch.setenv("TOLLBOD_DATABASE", own)
        with database() as conninfo:
            assert conninfo == own and ask(conninfo) == 1
        do(own, "alter database tollbod set synchronous_commit = off")
        with pytest.raises(ServerError, match="synchronous_commit off"), database():
            pass
    with pytest.raises(ServerError, match="TOLLBOD_DATABASE cannot be used"), database():
        pass
