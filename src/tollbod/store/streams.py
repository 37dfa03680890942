"""The streams: intake, a worker's turn, timers, and what is set aside.

Knows the calls to the SQL functions of schema/ and how their parallel arrays are filled. Does not
know what a message means. One Store is one connection; it may be used by one thread at a time.
"""
import json
from functools import cache

import psycopg

from tollbod.store.connection import Connection
from tollbod.store.reads import Reads
from tollbod.store.records import (Arrival, Claimed, Decided, Out, Place,  # noqa: F401
                                   Receipt, pack, unpack)
from tollbod.store.worlds import UnknownWorld, Worlds

TRIES = 3                       # failures that were reported, before a stream is set aside
SILENT_TRIES = 6                # claims without any outcome, before it is
LEASE_SECONDS = 10.0
EMPTY = "'{}'"
DESK = "desk"                   # role of the streams on which officers resolve what was set aside

_TAKE = ("select verdict, receipt, n, at from take(%b::text[], %b::text[], %b::text[], "
         "%b::bytea[], %b::text[], %b::text[], %b::text[], %b::bytea[])")
_TAKE_WHOLE = _TAKE.replace("from take(", "from take_whole(")
_LINK_TAKE = ("select link_take(%b, %b, %b, %b::text[], %b::text[], %b::text[], %b::text[], "
              "%b::text[], %b::text[], %b::bytea[])")
# The columns of each group of parallel arrays, in the order of the function's arguments.
_GROUPS = (
    "text bigint bigint text text bytea bytea bytea",               # decided
    "text bigint timestamptz text bytea bytea",                     # history
    "text text text text text timestamptz bytea",                   # sends
    "text text timestamptz",                                        # timers
    "text text timestamptz bytea",                                  # tasks
    "text text",                                                    # addresses
    "text bigint int text text bigint text text timestamptz",       # postings
    "text text text bigint",                                        # floors
    "text text bytea",                                              # kept
)


@cache
def _turn_call(filled):
    """The statement of a turn in which only these groups hold anything.

    The others are written out as empty: psycopg takes a statement of more than fifty values apart
    anew each time, which cost more than all else in a turn of few messages.
    """
    columns = ", ".join(f"{'%b' if some else EMPTY}::{kind}[]"
                        for group, some in zip(_GROUPS, filled) for kind in group.split())
    return ("select * from turn(%b::int, %b, %b, %b::int, %b::int, make_interval(secs => %b), %b, "
            + columns + ")")


class BalanceError(Exception):
    """Decisions that would have taken a balance below its floor; `keys` are their streams.

    All other decisions of the same turn are committed. Nothing of these is: release them with the
    error, or decide them again.
    """

    def __init__(self, keys):
        super().__init__("a balance would fall below its floor: " + ", ".join(keys))
        self.keys = keys


class NotWhole(Exception):
    """What was to be taken as one could not be; `verdicts` has a word for each, in order.

    Nothing was taken.
    """

    def __init__(self, verdicts):
        super().__init__(" ".join(verdicts))
        self.verdicts = verdicts


class Store(Connection, Reads, Worlds):
    """The store, by one connection in autocommit.

    `slot` is the number of a worker, alone among the living; `fence` a random number of 60 bits
    that it draws when it starts. A worker decides or releases all that it has claimed before it
    asks for its next turn.
    """

    def __init__(self, conninfo, patience=60.0, lease=LEASE_SECONDS):
        super().__init__(conninfo, patience)
        self.lease = lease
        self.refused = []       # keys of the last turn that were not accepted
        self.stolen = 0         # how many in all, for the metrics

    def take(self, arrivals):
        """Takes what comes from outside, all in one commit: a Receipt for each, in order.

        A repeat, also one that arrives at the same moment, gets the first receipt; other content
        under a known identity changes nothing. Raises UnknownWorld.
        """
        return self._take(_TAKE, arrivals) if arrivals else []

    def take_whole(self, arrivals):
        """Takes an interchange: the first is its envelope; all in one commit, or nothing.

        A repeat of the envelope takes nothing else. Raises NotWhole if other content stands under
        an identity, so that the caller leaves it out and says so; UnknownWorld.
        """
        try:
            return self._take(_TAKE_WHOLE, arrivals)
        except psycopg.errors.RaiseException as error:
            raise NotWhole(error.diag.message_detail.split()) from error

    def _take(self, statement, arrivals):
        *columns, bodies = map(list, zip(*arrivals))
        try:
            rows = self.call(statement, (*columns, [pack(body) for body in bodies]))
        except psycopg.errors.NoDataFound as error:
            raise UnknownWorld(", ".join({Place.of(row.key).world for row in arrivals})) from error
        return [Receipt(*row) for row in rows]

    def link_take(self, world, node, first_n, arrivals):
        """Takes messages `first_n` and on of a node's numbered link; the last number now taken.

        What was taken before is passed over; after a gap nothing is taken. Digests are not looked
        at: the numbers protect. Raises UnknownWorld.
        """
        columns = list(map(list, zip(*arrivals))) or [[] for _ in Arrival._fields]
        keys, senders, idents, _, ies, movements, origins, bodies = columns
        values = (world, node, first_n, keys, senders, idents, ies, movements, origins,
                  [pack(body) for body in bodies])
        try:
            return self.call(_LINK_TAKE, values)[0][0]
        except psycopg.errors.NoDataFound as error:
            raise UnknownWorld(world) from error

    def turn(self, slot, fence, decided=(), want=16, most=128, world=""):
        """Writes what was decided, sends what it sends, and claims up to `want` streams.

        One call and one commit; the messages claimed come stream by stream in order, at most
        `most` in all, an equal share of each stream; of all worlds, or of one. What was not
        accepted (its lease was stolen, or this turn was committed before its answer was lost) is
        named in `refused` and was without effect. Raises BalanceError, claiming nothing, if some
        decisions break a floor.
        """
        claiming = (want, most, self.lease, world)
        try:
            rows = self._turn(slot, fence, decided, claiming)
        except psycopg.errors.CheckViolation:
            self._turn_one_by_one(slot, fence, decided)
            rows = self._turn(slot, fence, (), claiming)
        self.refused = [row[0] for row in rows if row[1] is None]
        self.stolen += len(self.refused)
        return self._without_silent(_claimed(row for row in rows if row[1] is not None))

    def _turn(self, slot, fence, decided, claiming):
        groups = _groups(decided)
        filled = tuple(bool(group[0]) for group in groups)
        columns = [column for group, some in zip(groups, filled) if some for column in group]
        return self.call_knowing(_turn_call(filled),
                                 lambda lost: (slot, fence, lost, *claiming, *columns))

    def _turn_one_by_one(self, slot, fence, decided):
        """Writes what can be written, and names what breaks a floor."""
        broken = []
        for one in decided:
            try:
                self._turn(slot, fence, [one], (0, 0, self.lease, ""))
            except psycopg.errors.CheckViolation:
                broken.append(one.key)
        if broken:
            raise BalanceError(broken)

    def _without_silent(self, claims):
        """Sets aside what was claimed again and again without any outcome."""
        silent = {row.key for row in claims if row.tries > SILENT_TRIES}
        for key in silent:
            self.hold(key, f"no outcome after {SILENT_TRIES} tries")
        return [row for row in claims if row.key not in silent] if silent else claims

    def release(self, key, fence, error):
        """Gives a claimed stream back after a failure; whether it is now set aside.

        The third time the stream is held with the error's text, and the stream
        `world/office/desk/KEY` gets a message `held` whose body names key and reason.
        """
        why = str(error) or type(error).__name__
        return self.call("select release(%b, %b, %b::int, %b, %b, %b)",
                         (key, fence, TRIES, why, *_desk(key, why)))[0][0]

    def hold(self, key, why):
        """Sets a stream aside at once; False if it was already."""
        return self.call("select hold(%b, %b, %b, %b)", (key, why, *_desk(key, why)))[0][0]

    def unhold(self, key):
        """Lets a stream that was set aside be tried again; False if it was not held."""
        return bool(self.query("unhold", key=key))

    def answer(self, key, body):
        """Lets a stream that was set aside go on with an answer; False if it was not held.

        The answer lies beside the stream as `answer/N`, N being the message that held it.
        """
        return bool(self.query("answer", key=key, body=body))

    def fire(self, world=None, most=500):
        """Turns due timers into messages to their streams, longest overdue first; how many.

        Without a world: those of all worlds whose clock runs. The message is from `clock`, its ie
        `timer`, its ident `NAME DUE`, its body `{"name": ..., "due": ...}`.
        """
        if world is None:
            return self.call("select fire_running(%b::int)", (most,))[0][0]
        return self.call("select fire(%b, %b::int)", (world, most))[0][0]

    def notify(self):
        """Wakes those who wait: a hint, sent in a statement of its own, that may be lost."""
        self.query("wake")

    def wait(self, timeout):
        """Waits for such a hint for at most so many seconds; whether one came."""
        try:
            connection = self.connected()
            if not self._listening:
                connection.execute("listen tollbod")
                self._listening = True
            return any(True for _ in connection.notifies(timeout=timeout, stop_after=1))
        except psycopg.OperationalError:
            self.close()
            return False


def _desk(key, why):
    """The desk's stream for a stream that is set aside, and what it is told; a desk has no desk."""
    place = Place.of(key)
    desk = "" if place.role == DESK else f"{place.world}/{place.office}/{DESK}/{key}"
    return desk, json.dumps({"key": key, "why": why}).encode()


def _claimed(rows):
    """Claimed for each row; the state comes once for each stream."""
    claims, state = [], b""
    for key, n, receipt, sender, ident, ie, movement, origin, at, body, kept, head, tries in rows:
        if kept is not None:
            state = unpack(kept)
        claims.append(Claimed(key, n, receipt, sender, ident, ie, movement, origin, at,
                              unpack(body), state, head, tries))
    return claims


def _groups(decided):
    """The groups of parallel arrays for what was decided: a list of columns for each group."""
    groups = tuple([] for _ in _GROUPS)
    streams, history, sends, timers, tasks, names, posts, floors, kept = groups
    for one in decided:
        key = one.key
        streams.append((key, one.first, one.last, one.phase, one.movement, one.head, one.waiting,
                        pack(one.state)))
        at = {row[0]: row[1] for row in one.history}
        assert list(at) == list(range(one.first, one.last + 1)), f"{key}: a history row a message"
        history += [(key, *row) for row in one.history]
        sends += [(key, out.key, f"{n}.{i}", out.ie, out.movement, at[n], pack(out.body))
                  for n, i, out in one.sends]
        timers += [(key, name, due) for name, due in dict(one.timers).items()]  # the last word wins
        tasks += [(key, name, at[one.last], body) for name, body in dict(one.tasks).items()]
        names += [(key, name) for name in dict.fromkeys(one.names)]
        posts += [(key, *row, at[row[0]]) for row in one.posts]
        floors += [(key, *where, floor)
                   for where, floor in {row[:2]: row[2] for row in one.floors}.items()]
        kept += [(key, name, body) for name, body in dict(one.kept).items()]
    return [list(map(list, zip(*rows))) if rows else [[]] * len(kinds.split())
            for rows, kinds in zip(groups, _GROUPS)]

