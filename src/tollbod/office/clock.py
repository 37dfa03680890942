"""Move a world's test clock: from one due timer to the next, so that each fires at its own time."""
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from tollbod.store.streams import Store

STEPS = 10_000              # at most so many timers are passed in one advance


def advance(store: Store, world: str, by: timedelta, settle: Callable[[], None]) -> datetime:
    """Move the clock of `world` forward; `settle` lets everything due be decided at each stop.

    The world's clock stands still afterwards (`frozen`), as between the stops. Returns the new
    time. Raises ValueError on a negative span.
    """
    if by < timedelta(0):
        raise ValueError("time only goes forward")
    settle()
    target = store.now(world) + by
    for _ in range(STEPS):
        due = store.next_due(world)
        if due is None or due > target:
            break
        store.set_clock(world, max(due, store.now(world)))
        while store.fire(world):
            pass
        settle()
    store.set_clock(world, target)
    return target


def settled(store: Store, world: str, patience: float = 30.0) -> None:
    """Wait until workers elsewhere have decided everything in `world`; TimeoutError if not."""
    end = time.monotonic() + patience
    while not store.idle(world):
        if time.monotonic() > end:
            raise TimeoutError(f"world {world} still has undecided messages after {patience} s")
        time.sleep(0.01)
