"""The tables and functions of the store: which version a database has, and how it gets the newest.

Knows the ordered files of schema/: `001_streams.sql` and on. A file is applied once; one that
begins with `-- replaceable:` holds functions only and is applied anew whenever it changes. Does not
know how a server is started.
"""
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import psycopg

from tollbod.store.server import ServerError, refuse_unsafe

FOLDER = Path(__file__).parent / "schema"
FUNCTION = re.compile(r"^create or replace function (\w+)", re.M)
LOCK = 0x70117B0D                     # one migration at a time, no more than that


class NewerSchema(Exception):
    """The database was made by a newer Tollbod: this one must not touch it."""


class ChangedSchema(Exception):
    """A file of the schema is not the one this database was made from."""


class Step(NamedTuple):
    """One file of the schema."""

    version: int
    name: str
    text: str

    @property
    def digest(self):
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def replaceable(self):
        return self.text.startswith("-- replaceable:")


def steps():
    """All files of the schema, in order."""
    return [Step(int(path.name[:3]), path.name, path.read_text(encoding="utf-8"))
            for path in sorted(FOLDER.glob("[0-9][0-9][0-9]_*.sql"))]


def version(conninfo):
    """The number of the last file applied to a database; 0 for an empty one."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        return max(_recorded(connection), default=0)


def migrate(conninfo):
    """Brings a database to the newest schema, in one transaction; returns the names applied.

    Raises NewerSchema if the database is ahead of this program, ChangedSchema if a file that must
    not change has changed, ServerError if the server may lose what it confirms.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection:
        refuse_unsafe(connection)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise ServerError(f"the database must be encoded in UTF8, not {encoding}")
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
            missing = _missing(connection, steps())
            for step in missing:
                _apply(connection, step)
        if missing:
            connection.execute("analyze")
    return [step.name for step in missing]


def _recorded(connection):
    """{version: digest} of what was applied to this database."""
    if connection.execute("select to_regclass('schema_version')").fetchone()[0] is None:
        return {}
    return dict(connection.execute("select version, digest from schema_version").fetchall())


def _missing(connection, known):
    recorded = _recorded(connection)
    newest, ours = max(recorded, default=0), known[-1].version
    if newest > ours:
        raise NewerSchema(f"the database has schema {newest}, this program knows up to {ours}: "
                          "use the program that made it, or a newer one")
    for step in known:
        if step.version in recorded and recorded[step.version] != step.digest \
                and not step.replaceable:
            raise ChangedSchema(f"{step.name} is not the file this database was made from: "
                                "changes go into a new file")
    return [step for step in known if recorded.get(step.version) != step.digest]


def _apply(connection, step):
    connection.execute("create table if not exists schema_version (version int primary key, "
                       "name text not null, digest text not null, "
                       "applied timestamptz not null default now())")
    if step.replaceable:
        _drop_functions(connection, step.text)
    connection.execute(step.text)
    connection.execute(
        "insert into schema_version (version, name, digest) values (%s, %s, %s) on conflict "
        "(version) do update set name = excluded.name, digest = excluded.digest, applied = now()",
        (step.version, step.name, step.digest))


def _drop_functions(connection, text):
    """Removes the functions that a file defines, whatever arguments they had before."""
    names = FUNCTION.findall(text)
    old = connection.execute(
        "select oid::regprocedure::text from pg_proc where proname = any(%s) "
        "and pronamespace = current_schema()::regnamespace", (names,)).fetchall()
    for signature, in old:
        connection.execute("drop function " + signature)
