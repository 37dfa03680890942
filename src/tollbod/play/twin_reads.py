"""What the twin's reading calls answer: the same records as store.reads, from plain dicts."""
from collections.abc import Iterable
from datetime import datetime, timedelta

from tollbod.play.twin_tables import Clock, Row, Tables, of_world
from tollbod.store.records import (
    Balance, Entry, Link, Message, Movement, Place, Stream, Task, Timer,
)
from tollbod.store.worlds import ClockGoesBack


class Reads:
    """The reading part of the twin, and its worlds; see twin.Twin."""

    tables: Tables

    # Worlds

    def create_world(self, world: str, clock: datetime | timedelta = timedelta(0)) -> bool:
        """Create a world unless it exists; whether it is new."""
        assert world and "/" not in world
        new = world not in self.tables.worlds
        if new:
            self.tables.worlds[world] = _clock(clock)
        return new

    def now(self, world: str) -> datetime:
        """Return what a world's clock shows. Raises UnknownWorld."""
        return self.tables.now(world)

    def set_clock(self, world: str, clock: datetime | timedelta) -> datetime:
        """Freeze a clock, or let it run ahead. Raises ClockGoesBack, UnknownWorld."""
        wanted, shown = _clock(clock), self.now(world)
        if (wanted.frozen or self.tables.real() + wanted.ahead) < shown:
            raise ClockGoesBack(f"the clock of {world} shows {shown.isoformat()} already")
        self.tables.worlds[world] = wanted
        return self.now(world)

    def is_frozen(self, world: str) -> bool:
        """Tell whether a world's clock stands still."""
        clock = self.tables.worlds.get(world)
        return clock is not None and clock.frozen is not None

    def worlds(self) -> list[str]:
        """Return all worlds by name."""
        return sorted(self.tables.worlds)

    def next_due(self, world: str) -> datetime | None:
        """Return when the next timer of a world falls due."""
        return min((due for (key, _), due in self.tables.timers.items() if of_world(world, key)),
                   default=None)

    def idle(self, world: str) -> bool:
        """Tell whether nothing in a world waits to be decided; what is held does not count."""
        return not any(of_world(world, key) for key in self.tables.ready)

    # Messages

    def inbox(self, key: str, after: int = 0, limit: int = 100) -> list[Message]:
        """Return the messages of a stream after a number, in order."""
        return self.tables.inbox.get(key, [])[after:after + limit]

    def mailbox(self, world: str, party: str, after: int = 0, limit: int = 100) -> list[Message]:
        """Return what was sent to a party after a marker, in order."""
        return self.inbox(f"{world}//mailbox/{party}", after, limit)

    def link_rows(self, world: str, node: str, after: int = 0, limit: int = 100) -> list[Message]:
        """Return what waits for another node after a number, in order."""
        return self.inbox(f"{world}//link/{node}", after, limit)

    def message(self, receipt: int) -> Message | None:
        """Return the message of a receipt, or None."""
        return self.tables.receipts.get(receipt)

    def movement_rows(self, world: str, movement: str, limit: int = 10_000) -> list[Message]:
        """Return all messages of a movement, in the order of their receipts."""
        key, mrn = self._movement_key(world, movement)
        return [row for _, row in sorted(self.tables.receipts.items())
                if of_world(world, row.key) and (
                    mrn and row.movement == mrn or row.key == key
                    or key and row.origin == key and not row.movement)][:limit]

    def movement_streams(self, world: str, movement: str) -> list[Stream]:
        """Return the streams of a movement, in the order in which they were opened."""
        key, mrn = self._movement_key(world, movement)
        opened = dict.fromkeys(
            row.key for _, row in sorted(self.tables.receipts.items())
            if of_world(world, row.key) and (mrn and row.movement == mrn or row.key == key))
        found = [self.tables.streams[one] for one in opened]
        return [_stream(row) for row in found
                if not row.passive and (row.key == key or row.movement == mrn)]

    def _movement_key(self, world: str, movement: str) -> tuple[str, str]:
        if "/" not in movement:
            found = (self.address(world, f"{role}/{movement}")
                     for role in ("departure", "prenotification", "filing"))
            return next(filter(None, found), ""), movement
        row = self.tables.streams.get(movement)
        return movement, row.movement if row else ""

    def movements(self, world: str, before: int | None = None, limit: int = 50,
                  role: str = "departure") -> list[Movement]:
        """Return the movements of a world, newest first."""
        found = []
        for key, rows in self.tables.inbox.items():
            first, row = rows[0], self.tables.streams[key]
            if of_world(world, key) and Place.of(key).role == role and (
                    before is None or first.receipt < before):
                found.append(Movement(key, row.movement, row.phase, row.waiting, row.held,
                                      first.receipt, first.at))
        return sorted(found, key=lambda one: -one.receipt)[:limit]

    def opened_by(self, world: str, role: str, sender: str, after: datetime, window: int) -> int:
        """Return how many of the cases of a role opened last a sender opened after a time."""
        lately = sorted((rows[0] for key, rows in self.tables.inbox.items()
                         if of_world(world, key) and Place.of(key).role == role),
                        key=lambda first: -first.receipt)[:window]
        return sum(first.sender == sender and first.at > after for first in lately)

    # Streams

    def stream(self, key: str) -> Stream | None:
        """Return a stream as it stands, or None."""
        row = self.tables.streams.get(key)
        return None if row is None else _stream(row)

    def held(self, world: str) -> list[Stream]:
        """Return the streams of a world that were set aside."""
        return [_stream(row) for key, row in sorted(self.tables.streams.items())
                if row.held is not None and of_world(world, key)]

    def address(self, world: str, name: str) -> str | None:
        """Return the key of the stream that a name leads to, or None."""
        return self.tables.addresses.get((world, name))

    def named(self, world: str, names: Iterable[str]) -> list[tuple[str, str]]:
        """Return where these names lead to: (name, key) of those that lead anywhere."""
        there = self.tables.addresses
        return [(name, there[world, name]) for name in names if (world, name) in there]

    def addresses(self, key: str) -> list[str]:
        """Return all names that lead to a stream."""
        return sorted(name for (_, name), to in self.tables.addresses.items() if to == key)

    def history(self, key: str) -> list[Link]:
        """Return the history of a stream, in order."""
        return list(self.tables.history.get(key, ()))

    def tasks(self, world: str, office: str | None = None) -> list[Task]:
        """Return the work that waits for officers, oldest first."""
        found = (self.task(*which) for which in self.tables.tasks if of_world(world, which[0]))
        return sorted((task for task in found if office in (None, task.office)),
                      key=lambda task: (task.since, task.key, task.name))

    def task(self, key: str, name: str) -> Task | None:
        """Return one task, or None."""
        if (key, name) not in self.tables.tasks:
            return None
        since, body = self.tables.tasks[key, name]
        return Task(key, name, Place.of(key).office, since, body)

    def timers(self, key: str) -> list[Timer]:
        """Return the timers that run for a stream, next first."""
        found = [Timer(key, name, due) for (k, name), due in self.tables.timers.items() if k == key]
        return sorted(found, key=lambda timer: (timer.due, timer.name))

    def balances(self, key: str) -> list[Balance]:
        """Return what stands on each account of a stream's ledger."""
        return [Balance(*where, *row)
                for where, row in sorted(self.tables.balances.get(key, {}).items())]

    def entries(self, key: str, movement: str | None = None) -> list[Entry]:
        """Return the postings of a stream, in order; of one movement or of all."""
        return sorted(row for row in self.tables.entries.get(key, ())
                      if movement in (None, row.movement))

    def kept(self, key: str, names: Iterable[str]) -> dict[str, bytes]:
        """Return what a stream keeps under these names."""
        found = {name: self.tables.kept.get((key, name)) for name in names}
        return {name: body for name, body in found.items() if body is not None}

    def kept_under(self, key: str, beginning: str, limit: int = 10_000, after: str = ""
                   ) -> list[tuple[str, bytes]]:
        """Return the rows that a stream keeps whose names begin so, by name, after one."""
        return sorted((name, body) for (k, name), body in self.tables.kept.items()
                      if k == key and name.startswith(beginning) and name > after)[:limit]

    # Register

    def party(self, world: str, id: str) -> bytes | None:
        """Return what the register of traders says of a party, or None."""
        return self.tables.parties.get((world, id))

    def keep(self, key: str, name: str, body: bytes) -> None:
        """Keep a row, over the one that is there."""
        self.tables.kept[key, name] = body

    def keep_first(self, key: str, name: str, body: bytes) -> bytes:
        """Keep a row unless there is one; the row that there is now."""
        return self.tables.kept.setdefault((key, name), body)

    def put_party(self, world: str, id: str, body: bytes) -> None:
        """Enter a party into the register, or what is new about it."""
        self.tables.parties[world, id] = body

    def parties(self, world: str) -> list[tuple[str, bytes]]:
        """Return the register of a world, by id."""
        return sorted((id, body) for (w, id), body in self.tables.parties.items() if w == world)


def _stream(row: Row) -> Stream:
    return Stream(row.key, row.last_in, row.last_done, row.phase, row.movement, row.waiting,
                  row.state, row.head, row.held, row.tries, row.since, row.passive)


def _clock(clock: datetime | timedelta) -> Clock:
    if isinstance(clock, timedelta):
        return Clock(None, clock)
    assert clock.utcoffset() is not None, "an aware time"
    return Clock(clock, timedelta(0))


