"""Worlds: each sandbox, scenario or applicant has its own, with a clock of its own.

A clock stands still (frozen) or runs, perhaps ahead of real time; it never goes back.
"""
from datetime import datetime, timedelta


class UnknownWorld(LookupError):
    """No world of that name was created."""


class ClockGoesBack(ValueError):
    """A world's clock only goes forward."""


class Worlds:
    """The part of the store that knows worlds; see streams.Store."""

    def create_world(self, world, clock=timedelta(0)):
        """Creates a world unless it exists; `clock` as for set_clock. Whether it is new."""
        assert world and "/" not in world, "a world's name is the first part of every key"
        frozen, ahead = _frozen_ahead(clock)
        return bool(self.query("create_world", world=world, frozen=frozen, ahead=ahead))

    def now(self, world):
        """What a world's clock shows. Raises UnknownWorld."""
        at = self.value("now", world=world)
        if at is None:
            raise UnknownWorld(world)
        return at

    def set_clock(self, world, clock):
        """Freezes a clock at a datetime, or lets it run ahead of real time by a timedelta.

        Returns what it shows now. Raises ClockGoesBack, UnknownWorld.
        """
        frozen, ahead = _frozen_ahead(clock)
        at = self.value("set_clock", world=world, frozen=frozen, ahead=ahead)
        if at is None:
            shown = self.now(world)
            raise ClockGoesBack(f"the clock of {world} shows {shown.isoformat()} already")
        return at

    def is_frozen(self, world):
        """Whether a world's clock stands still."""
        return bool(self.value("is_frozen", world=world))

    def worlds(self):
        """All worlds by name."""
        return [name for name, in self.query("worlds")]

    def drop_world(self, world):
        """Removes a world and all that happened in it: sandboxes and tests only."""
        for name in ("drop_world_streams", "drop_world_rest"):
            self.query(name, world=world)

    def next_due(self, world):
        """When the next timer of a world falls due, or None."""
        return self.value("next_due", world=world)

    def idle(self, world):
        """Whether nothing in a world waits to be decided; what is held does not count."""
        return self.value("idle", world=world)


def _frozen_ahead(clock):
    if isinstance(clock, timedelta):
        return None, clock
    assert isinstance(clock, datetime) and clock.utcoffset() is not None, "an aware time"
    return clock, timedelta(0)
