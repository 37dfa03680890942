"""Message files for the commands: reading one without ever showing a traceback."""
import sys
from pathlib import Path

from tollbod.wire import forms
from tollbod.wire.message import Message, Unreadable
from tollbod.wire.xml import MAX_BYTES, TIMES_ICS2

MOST = MAX_BYTES * TIMES_ICS2 + 1
FINE, FINDINGS, UNREADABLE = 0, 1, 2
NOT_YET = {
    "p4": "profile p4 is EDIFACT, and the file is no interchange; use p5 or p6",
    "d96b": "profile d96b is EDIFACT, and the file is no interchange; use p5 or p6",
}


def read(path: Path, profile: str | None = None) -> Message:
    """Read the file as a message; Unreadable also when there is no such file."""
    if profile in NOT_YET:
        raise Unreadable("18", NOT_YET[profile].capitalize() + ".",
                         f"Profilen {profile} gjelder ikke denne filen; bruk p5 eller p6.")
    return forms.read(content(path), profile)


def content(path: Path) -> bytes:
    """Return the file's bytes, one more than is read at most; Unreadable without a file."""
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(MOST)
        with path.open("rb") as file:
            return file.read(MOST)
    except (OSError, ValueError) as fault:
        said, nb = _WORDS.get(type(fault), (str(fault), str(fault)))
        raise Unreadable("18", f"Cannot read the file: {said}.",
                         f"Kan ikke lese filen: {nb}.") from None


def complain(command: str, path: Path | str, fault: Unreadable) -> int:
    """Print why the file cannot be read; returns the exit code."""
    place = f"{path}:{fault.line}" if fault.line else str(path)
    print(f"tollbod {command}: {place}: {fault.text}", file=sys.stderr)
    return UNREADABLE


_WORDS = {
    FileNotFoundError: ("there is no such file", "det er ingen slik fil"),
    IsADirectoryError: ("it is a folder", "det er en mappe"),
    PermissionError: ("it may not be read", "den kan ikke åpnes"),
}
