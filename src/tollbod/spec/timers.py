"""How long a timer runs, from the table `spec/regimes/timers.txt`."""
from functools import cache
from importlib.resources import files

UNITS = {"min": 1, "d": 24 * 60}        # in minutes


@cache
def _table() -> dict[str, int]:
    text = (files("tollbod.spec") / "regimes" / "timers.txt").read_text("utf-8")
    table = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, (length, unit, *_) = line[:21].strip(), line[21:].split(maxsplit=2)
            table[name] = int(length) * UNITS[unit]
    return table


def minutes(name: str) -> int:
    """Return the length of timer `name` in minutes.

    >>> minutes("guarantee amendment")
    60
    """
    return _table()[name]


def days(name: str) -> int:
    """Return the length of timer `name` in whole days.

    >>> days("holder reply")
    28
    """
    return minutes(name) // (24 * 60)
