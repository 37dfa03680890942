"""How long a timer runs, from the table `spec/regimes/timers.txt`."""
from functools import cache
from importlib.resources import files

UNITS = {"min": 1, "d": 24 * 60, "wd": 24 * 60}         # in minutes


@cache
def _table() -> dict[str, tuple[int, str]]:
    text = (files("tollbod.spec") / "regimes" / "timers.txt").read_text("utf-8")
    table = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, (length, unit, *_) = line[:21].strip(), line[21:].split(maxsplit=2)
            table[name] = int(length), unit
    return table


def minutes(name: str) -> int:
    """Return the length of timer `name` in minutes.

    >>> minutes("guarantee amendment")
    60
    """
    length, unit = _table()[name]
    return length * UNITS[unit]


def days(name: str) -> int:
    """Return the length of timer `name` in whole days.

    >>> days("holder reply")
    28
    """
    return minutes(name) // (24 * 60)


def in_working_days(name: str) -> bool:
    """Tell whether timer `name` counts working days.

    >>> in_working_days("record"), in_working_days("results")
    (True, False)
    """
    return _table()[name][1] == "wd"
