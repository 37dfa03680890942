"""What the API, the pages and the doctor read from the store; see queries/*.sql.

Knows which query makes which record. Changes nothing but the register of parties, and what a
stream keeps once for all.
"""
from psycopg.rows import args_row

from tollbod.store.records import (Balance, Entry, Link, Message, Movement, Stream, Task, Timer,
                                   unpack)


def _message(*row):
    return Message(*row[:-1], unpack(row[-1]))


def _stream(*row):
    stream = Stream(*row)
    return stream._replace(state=unpack(stream.state))


class Reads:
    """The reading part of the store; see streams.Store."""

    def address(self, world, name):
        """The key of the stream that a name leads to (`departure/MRN`), or None."""
        return self.value("address", world=world, name=name)

    def named(self, world, names):
        """Where these names lead to: (name, key) of those that lead anywhere."""
        return self.query("named", world=world, names=list(names))

    def addresses(self, key):
        """All names that lead to a stream."""
        return [name for name, in self.query("addresses", key=key)]

    def addresses_under(self, world, beginning, after="", limit=100):
        """Names that begin so, after one of them, in order: (name, key)."""
        return self.query("addresses_under", world=world, beginning=beginning, after=after,
                          limit=limit)

    def stream(self, key):
        """A stream as it stands, or None."""
        rows = self.query("stream", args_row(_stream), key=key)
        return rows[0] if rows else None

    def opened_by(self, world, role, sender, after, window):
        """How many of the `window` cases of a role opened last a sender opened after a time."""
        return self.value("opened_by", world=world, role=role, sender=sender, after=after,
                          window=window)

    def mailbox(self, world, party, after=0, limit=100):
        """What was sent to a party after a marker, in order: Messages; `n` is the marker."""
        return self.inbox(f"{world}//mailbox/{party}", after, limit)

    def link_rows(self, world, node, after=0, limit=100):
        """What waits for another node after a number, in order."""
        return self.inbox(f"{world}//link/{node}", after, limit)

    def link_ends(self, node):
        """Where the links to another node stand: (world, last number) for each world with one."""
        return self.query("link_ends", node=node)

    def inbox(self, key, after=0, limit=100):
        """The messages of a stream after a number, in order."""
        return self.query("inbox", args_row(_message), key=key, after=after, limit=limit)

    def message(self, receipt):
        """The message of a receipt, or None."""
        rows = self.query("message", args_row(_message), receipt=receipt)
        return rows[0] if rows else None

    def movement_rows(self, world, movement, limit=10_000):
        """All messages of a movement, in the order of their receipts, wherever they lie.

        `movement` is an MRN, or the key of the office of departure's stream. What that office
        heard and sent before there was an MRN belongs to it.
        """
        return self.query("movement_rows", args_row(_message), world=world, limit=limit,
                          **self._movement_key(world, movement))

    def movement_streams(self, world, movement):
        """The streams of a movement, office by office: Streams with phase and waiting."""
        return self.query("movement_streams", args_row(_stream), world=world,
                          **self._movement_key(world, movement))

    def _movement_key(self, world, movement):
        """{key, movement} of the stream that gave an MRN, or for that stream's key."""
        if "/" not in movement:
            found = (self.address(world, f"{role}/{movement}")
                     for role in ("departure", "prenotification", "filing"))
            return {"key": next(filter(None, found), ""), "mrn": movement}
        stream = self.stream(movement)
        return {"key": movement, "mrn": stream.movement if stream else ""}

    def movements(self, world, before=None, limit=50, role="departure"):
        """Movements of a world, newest first; `before` is the receipt of the last one shown."""
        return self.query("movements", args_row(Movement), world=world, role=role,
                          before=2**62 if before is None else before, limit=limit)

    def history(self, key):
        """The history of a stream: Links, in order."""
        return self.query("history", args_row(Link), key=key)

    def tasks(self, world, office=None):
        """Work that waits for officers, oldest first; of one office or of all."""
        return self.query("tasks", args_row(Task), world=world, office=office)

    def task(self, key, name):
        """One task, or None."""
        rows = self.query("task", args_row(Task), key=key, name=name)
        return rows[0] if rows else None

    def timers(self, key):
        """The timers that run for a stream, next first."""
        return self.query("timers", args_row(Timer), key=key)

    def balances(self, key):
        """What stands on each account of a stream's ledger."""
        return self.query("balances", args_row(Balance), key=key)

    def entries(self, key, movement=None):
        """The postings of a stream, in order; of one movement or of all."""
        return self.query("entries", args_row(Entry), key=key, movement=movement)

    def entries_after(self, key, after, limit=1000, last=2**62):
        """Postings after a message: (Entry, name of its message), in order."""
        rows = self.query("entries_after", key=key, after=after, last=last, limit=limit)
        return [(Entry(*row[:-1]), row[-1]) for row in rows]

    def entries_of(self, key, n):
        """The postings of one message: (Entry, name of the message)."""
        return self.entries_after(key, n - 1, 10_000, n)

    def balance_at(self, key, account, n):
        """What stood on an account of a stream after the message `n`."""
        return self.value("balance_at", key=key, account=account, n=n)

    def kept(self, key, names):
        """What a stream keeps in rows of its own under these names: {name: body}."""
        return dict(self.query("kept", key=key, names=list(names)))

    def kept_under(self, key, beginning, limit=10_000, after=""):
        """The rows that a stream keeps whose names begin so: (name, body), by name, after one."""
        return self.query("kept_under", key=key, beginning=beginning, limit=limit, after=after)

    def keep(self, key, name, body):
        """Keeps a row beside a passive stream, over the one that is there."""
        self.query("keep", key=key, name=name, body=body)

    def keep_first(self, key, name, body):
        """Keeps a row unless there is one; the row that there is now, also if two come at once."""
        self.query("keep_first", key=key, name=name, body=body)
        return self.kept(key, [name])[name]

    def forget(self, key, name):
        """Lets go of a row beside a passive stream."""
        self.query("forget", key=key, name=name)

    def held(self, world):
        """The streams of a world that were set aside."""
        return self.query("held", args_row(_stream), world=world)

    def party(self, world, id):
        """What the register of traders says of a party, as bytes, or None."""
        return self.value("party", world=world, id=id)

    def put_party(self, world, id, body):
        """Enters a party into the register, or what is new about it."""
        self.query("put_party", world=world, id=id, body=body)

    def parties(self, world):
        """The register of a world: (id, body), by id."""
        return self.query("parties", world=world)

    def counts(self):
        """Figures for the metrics, by name."""
        return {name: value for name, value in self.query("counts")}
