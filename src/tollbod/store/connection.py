"""One connection to the store that survives the server: it connects anew and asks again.

Knows deadlocks, lost connections and how long to be patient. Every call made through it may be
repeated: the SQL behind it is either a read or a no-op the second time.
"""
import time

import psycopg
from psycopg.adapt import PyFormat
from psycopg.types.numeric import Int8

from tollbod.store.sql import queries

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
CONNECT_SECONDS = 5
STATEMENTS = 500                # prepared at most; a turn has one for each set of empty arrays
NO_ROOM = ("53", "58")          # classes of SQLSTATE: disk full, out of memory; disk errors
# Every int travels as int8: arrays of narrower ones would each need a statement of their own.
INT8 = [psycopg.adapters.get_dumper(Int8, format) for format in (PyFormat.TEXT, PyFormat.BINARY)]


class StoreUnavailable(Exception):
    """The server did not come back within the patience of this connection, or has no room left."""


class Connection:
    """A connection in autocommit: every statement is a transaction of its own."""

    def __init__(self, conninfo, patience=PATIENCE_SECONDS):
        self.conninfo = conninfo
        self.patience = patience
        self.deadlocks = 0
        self.reconnects = 0
        self._open = None
        self._listening = False

    def close(self):
        if self._open is not None:
            self._open.close()
            self._open = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, statement, values=(), row_factory=None):
        """All rows of one statement, whatever happens to the server meanwhile.

        Raises StoreUnavailable when patience runs out; an outcome that was lost with the
        connection is asked for again, with the same values.
        """
        return self.call_knowing(statement, lambda lost: values, row_factory)

    def call_knowing(self, statement, values_of, row_factory=None):
        """As call; `values_of(lost)` is told whether an earlier outcome was lost."""
        start, tries, lost = time.monotonic(), 0, False
        while True:
            try:
                with self.connected().cursor(binary=True) as cursor:
                    if row_factory is not None:
                        cursor.row_factory = row_factory
                    cursor.execute(statement, values_of(lost))
                    return cursor.fetchall() if cursor.description else []
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                self.deadlocks += 1
                if time.monotonic() - start > self.patience:
                    raise
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if not self._lost(error):                # the server lives and has refused
                    if (error.sqlstate or "").startswith(NO_ROOM):
                        raise StoreUnavailable(str(error)) from error
                    raise
                lost = True
                if time.monotonic() - start > self.patience:
                    raise StoreUnavailable(
                        f"no answer from the database for {self.patience:.0f} s: {error}"
                    ) from error
                time.sleep(PAUSE_SECONDS[min(tries, len(PAUSE_SECONDS) - 1)])
                tries += 1

    def query(self, name, row_factory=None, /, **values):
        """All rows of a query of queries/*.sql."""
        return self.call(queries()[name].text, values, row_factory)

    def value(self, name, /, **values):
        """The single value of a query, or None when it has no row."""
        rows = self.query(name, **values)
        return rows[0][0] if rows else None

    def connected(self):
        """The open connection; connects once if there is none."""
        if self._open is None or self._open.closed:
            self._open = psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=1,
                                         connect_timeout=CONNECT_SECONDS)
            self._open.prepared_max = STATEMENTS
            for dumper in INT8:
                self._open.adapters.register_dumper(int, dumper)
            self._open.execute("set timezone to 'UTC'")
            self._listening = False
            self.reconnects += 1
        return self._open

    def _lost(self, error):
        """Whether the connection is gone; what is left of it is closed."""
        going_down = (error.sqlstate or "").startswith("57P")
        if self._open is not None and not self._open.closed and not going_down:
            return False
        self.close()
        return True
