"""The twin: the store's calls in memory, for a simulation that needs no database.

The same names, records and outcomes as store.streams.Store; a differential test holds the two
together (tests/test_twin.py). Real time is what its tables say, so leases can be stolen at will.
Pure Python, one thread, the same calls give the same answers.
"""
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tollbod.play.twin_reads import Reads
from tollbod.play.twin_tables import Row, Tables, of_world
from tollbod.store.records import Arrival, Claimed, Decided, Entry, Link, Place, Receipt
from tollbod.store.streams import DESK, LEASE_SECONDS, SILENT_TRIES, TRIES, BalanceError, NotWhole
from tollbod.store.worlds import UnknownWorld

PAUSE = timedelta(milliseconds=200)         # after a failure, times the tries


class Twin(Reads):
    """One connection to the tables of a twin; see store.streams.Store for what each call does."""

    def __init__(self, tables: Tables, lease: float = LEASE_SECONDS) -> None:
        self.tables = tables
        self.lease = lease
        self.refused: list[str] = []
        self.stolen = 0

    def close(self) -> None:
        """Give nothing back: there is nothing."""

    def notify(self) -> None:
        """Wake nobody: whoever simulates knows when there is work."""

    # Intake

    def take(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Take what comes from outside. Raises UnknownWorld."""
        tables = self.tables
        numbers = [tables.number() for _ in arrivals]
        worlds = [Place.of(one.key).world for one in arrivals]
        if missing := set(worlds) - tables.worlds.keys():
            raise UnknownWorld(", ".join(sorted(missing)))
        known, fresh = [], []
        for number, world, one in zip(numbers, worlds, arrivals):
            digest, first = tables.seen.setdefault((world, one.sender, one.ident),
                                                   (one.digest, number))
            known.append(("new" if first == number else
                          "again" if digest == one.digest else "other", first))
            if first == number:
                fresh.append((number, one, tables.now(world)))
        if fresh:
            tables.lock(one.key for _, one, _ in fresh)
            tables.deliver(fresh)
        return [Receipt(verdict, first, tables.receipts[first].n, tables.receipts[first].at)
                for verdict, first in known]

    def take_whole(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Take an interchange, whose envelope is the first: whole, or not at all."""
        seen, fresh, verdicts = self.tables.seen, {}, []
        for one in arrivals:
            identity = Place.of(one.key).world, one.sender, one.ident
            first = seen.get(identity) or fresh.get(identity)
            fresh.setdefault(identity, (one.digest,))
            verdicts.append("new" if first is None else
                            "again" if first[0] == one.digest else "other")
        if any(Place.of(one.key).world not in self.tables.worlds for one in arrivals):
            return self.take(arrivals)          # which says so
        if verdicts[0] == "new" and "other" in verdicts or \
                verdicts[0] != "new" and "new" in verdicts:
            for _ in arrivals:
                self.tables.number()            # a sequence does not go back
            raise NotWhole(verdicts)
        return self.take(arrivals)

    def link_take(self, world: str, node: str, first_n: int, arrivals: Sequence[Arrival]) -> int:
        """Take messages `first_n` and on of a numbered link; the last number now taken."""
        tables = self.tables
        taken = tables.links.setdefault((world, node), 0)
        skip = taken - first_n + 1
        if skip < 0 or skip >= len(arrivals):
            return taken
        tables.lock(one.key for one in arrivals[skip:])
        tables.deliver([(tables.number(), one, tables.now(world)) for one in arrivals[skip:]])
        tables.links[world, node] = first_n + len(arrivals) - 1
        return tables.links[world, node]

    # A worker's turn

    def turn(self, slot: int, fence: int, decided: Sequence[Decided] = (), want: int = 16,
             most: int = 128, world: str = "", again: bool = False) -> list[Claimed]:
        """Write what was decided, send what it sends, claim what waits. Raises BalanceError.

        `again`: an earlier outcome of this very turn was lost.
        """
        if any(self._breaks(fence, one) for one in decided):
            broken = []
            for one in decided:
                if self._breaks(fence, one):
                    broken.append(one.key)
                else:
                    self._write(fence, [one])
            raise BalanceError(broken)
        self.refused = self._write(fence, decided)
        self.stolen += len(self.refused)
        claims = self._claim(slot, fence, want, most, world, again)
        silent = {row.key for row in claims if row.tries > SILENT_TRIES}
        for key in silent:
            self.hold(key, f"no outcome after {SILENT_TRIES} tries")
        return [row for row in claims if row.key not in silent]

    def _accepted(self, fence: int, one: Decided) -> bool:
        row = self.tables.streams.get(one.key)
        return (row is not None and row.last_done == one.first - 1 and row.last_in >= one.last
                and row.fence == fence)

    def _write(self, fence: int, decided: Sequence[Decided]) -> list[str]:
        """Write what can be accepted; the keys of the rest."""
        tables = self.tables
        ok = [one for one in decided if self._accepted(fence, one)]
        tables.order += bool(ok)
        for one in ok:
            row = tables.streams[one.key]
            row.last_done, row.phase, row.movement = one.last, one.phase, one.movement
            row.head, row.waiting, row.state = one.head, one.waiting, one.state
            row.tries, row.slot, row.fence, row.until = 0, None, None, None
            tables.wait_again(row)
            tables.history.setdefault(one.key, []).extend(Link(*link) for link in one.history)
        self._send(ok)
        for one in ok:
            self._note(one)
            self._post(one)
        accepted = {one.key for one in ok}
        return [one.key for one in decided if one.key not in accepted]

    def _send(self, decided: Sequence[Decided]) -> None:
        rows = []
        for one in decided:
            at = {link[0]: link[1] for link in one.history}
            assert list(at) == list(range(one.first, one.last + 1)), "a history row a message"
            rows += [(Arrival(out.key, one.key, f"{n}.{i}", b"", out.ie, out.movement, one.key,
                              out.body), at[n]) for n, i, out in one.sends]
        if rows:
            self.tables.lock(new.key for new, _ in rows)
            self.tables.deliver([(self.tables.number(), new, at) for new, at in rows])

    def _note(self, one: Decided) -> None:
        """Note the timers, tasks, kept rows and names of a decision; the last word of each wins."""
        tables, at = self.tables, one.history[-1][1]
        for name, due in dict(one.timers).items():
            if due is None:
                tables.timers.pop((one.key, name), None)
            else:
                tables.timers[one.key, name] = due
        for name, body in dict(one.tasks).items():
            if body is None:
                tables.tasks.pop((one.key, name), None)
            else:
                since, _ = tables.tasks.get((one.key, name), (at, b""))
                tables.tasks[one.key, name] = (since, body)
        for name, body in one.kept:
            if body is None:
                tables.kept.pop((one.key, name), None)
            else:
                tables.kept[one.key, name] = body
        for name in one.names:
            tables.addresses[Place.of(one.key).world, name] = one.key

    # The ledger

    def _balances(self, one: Decided) -> dict[tuple[str, str], list]:
        """Return the balances of a stream as a decision would leave them: [amount, floor]."""
        rows = {where: list(row) for where, row in self.tables.balances.get(one.key, {}).items()}
        for _, _, debit, credit, amount, currency, _ in one.posts:
            rows.setdefault((debit, currency), [0, None])[0] -= amount
            rows.setdefault((credit, currency), [0, None])[0] += amount
        for account, currency, floor in one.floors:
            rows.setdefault((account, currency), [0, None])[1] = floor
        return rows

    def _breaks(self, fence: int, one: Decided) -> bool:
        """Tell whether a decision would break a floor, or posts what is no amount."""
        if not (one.posts or one.floors) or not self._accepted(fence, one):
            return False
        below = any(floor is not None and amount < floor
                    for amount, floor in self._balances(one).values())
        return below or any(post[4] <= 0 for post in one.posts)

    def _post(self, one: Decided) -> None:
        if one.posts or one.floors:
            at = {link[0]: link[1] for link in one.history}
            self.tables.balances[one.key] = self._balances(one)
            self.tables.entries.setdefault(one.key, []).extend(
                Entry(*row, at[row[0]]) for row in one.posts)

    # Claims

    def _claim(self, slot: int, fence: int, want: int, most: int, world: str,
               again: bool) -> list[Claimed]:
        """Lease the streams that have waited longest; a suspect is handed out alone."""
        tables, now = self.tables, self.tables.real()

        def free(row: Row) -> bool:
            own = row.slot == slot and row.fence is not None and (again or row.fence != fence)
            return row.until is None or row.until < now or own

        rows = [row for row in tables.ready.values()
                if (not world or of_world(world, row.key)) and free(row)]
        rows = sorted(rows, key=lambda row: (row.order, row.key))[:want]
        if rows and rows[0].tries:
            rows, most = rows[:1], 1
        else:
            rows = [row for row in rows if not row.tries]
        claims: list[Claimed] = []
        share = max(1, most // max(1, len(rows)))
        for row in sorted(rows, key=lambda row: row.key):
            row.slot, row.fence, row.tries = slot, fence, row.tries + 1
            row.until = now + timedelta(seconds=self.lease)
            claims += [Claimed(row.key, *message[1:], row.state, row.head, row.tries)
                       for message in self.inbox(row.key, row.last_done, share)]
        return claims

    # What is set aside

    def release(self, key: str, fence: int, error: object) -> bool:
        """Give a claimed stream back after a failure; whether it is now set aside."""
        row = self.tables.streams.get(key)
        if row is None or row.fence != fence:
            return False
        row.slot = row.fence = None
        row.until = self.tables.real() + row.tries * PAUSE
        return row.tries >= TRIES and self.hold(key, str(error) or type(error).__name__)

    def hold(self, key: str, why: str) -> bool:
        """Set a stream aside at once; False if it was already."""
        tables, place = self.tables, Place.of(key)
        desk = "" if place.role == DESK else f"{place.world}/{place.office}/{DESK}/{key}"
        tables.lock([key])
        row = tables.streams[key]
        if row.held is not None or row.passive:
            return False
        row.held, row.slot, row.fence, row.until = why, None, None, None
        tables.ready.pop(key, None)
        if desk:
            note = json.dumps({"key": key, "why": why}).encode()
            told = Arrival(desk, "store", f"{key} {row.last_done + 1}", b"", "held", "", key, note)
            tables.lock([desk])
            tables.deliver([(tables.number(), told, tables.now(place.world))])
        return True

    def unhold(self, key: str) -> bool:
        """Let a stream that was set aside be tried again; False if it was not held."""
        row = self.tables.streams.get(key)
        if row is None or row.held is None:
            return False
        row.held, row.tries, row.until = None, 0, None
        self.tables.order += 1
        self.tables.wait_again(row)
        return True

    def answer(self, key: str, body: bytes) -> bool:
        """Let a stream that was set aside go on with an answer; False if it was not held."""
        if not self.unhold(key):
            return False
        row = self.tables.streams[key]
        row.tries = 1
        self.tables.kept[key, f"answer/{row.last_done + 1}"] = body
        return True

    # Timers

    def fire(self, world: str | None = None, most: int = 500) -> int:
        """Turn due timers into messages to their streams, longest overdue first; how many."""
        tables, due = self.tables, []
        for (key, name), at in tables.timers.items():
            own = Place.of(key).world
            runs = world == own if world is not None else not self.is_frozen(own)
            if runs and at <= tables.now(own):
                due.append((at, key, name))
        due = sorted(due)[:most]
        tables.lock(key for _, key, _ in due)
        fired = []
        for at, key, name in due:
            del tables.timers[key, name]
            fired.append((tables.number(), _firing(key, name, at),
                          tables.now(Place.of(key).world)))
        tables.deliver(fired)
        return len(fired)


def _firing(key: str, name: str, due: datetime) -> Arrival:
    """Return the message that a due timer becomes."""
    text = f"{due.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    body = f'{{"name": {json.dumps(name, ensure_ascii=False)}, "due": "{text}"}}'.encode()
    return Arrival(key, "clock", f"{name} {text}", b"", "timer", "", "", body)

