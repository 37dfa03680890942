"""How long a timer runs, from the table `spec/regimes/timers.txt`."""
from functools import cache
from importlib.resources import files


@cache
def _table() -> dict[str, int]:
    text = (files("tollbod.spec") / "regimes" / "timers.txt").read_text("utf-8")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {row[:24].strip(): int(row[24:].split(maxsplit=1)[0]) for row in rows}


def minutes(name: str) -> int:
    """Return the length of timer `name` in minutes.

    >>> minutes("guarantee amendment")
    60
    """
    return _table()[name]
