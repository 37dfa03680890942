"""A folder as a channel: files come in `in`, go out in `out`, and what failed lies in `failed`.

What was taken lies in `taken`; what is to be said about a file stands in `notes` under its name.

A name is given to a file only when all of it is there: who writes, writes NAME.tmp and renames it.
What ends in .tmp or begins with a dot is never read. Nothing here knows what a file means, nor
when it has been taken: the caller says so.
"""
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

IN, OUT, FAILED, TAKEN, NOTES = "in", "out", "failed", "taken", "notes"
TEMPORARY = ".tmp"
REASON = ".reason.txt"
MOST = 100                      # files looked at in one round


class Odd(Exception):
    """A file that is not read at all: too large, or no plain file; the text says which."""


class Folder:
    """The folder of one party."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folders that are missing."""
        for name in (IN, OUT, FAILED, TAKEN, NOTES):
            (self.path / name).mkdir(parents=True, exist_ok=True, mode=0o770)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Have the folder for oneself, unless somebody has it already (False)."""
        descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                mine = True
            except BlockingIOError:
                mine = False
            yield mine
        finally:
            os.close(descriptor)

    def waiting(self) -> list[Path]:
        """Return the files that came, oldest first, at most so many."""
        found = []
        with os.scandir(self.path / IN) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.endswith(TEMPORARY):
                    continue
                try:
                    found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
                except FileNotFoundError:
                    continue                # whoever put it there took it away again
        return [self.path / IN / name for _, name in sorted(found)[:MOST]]

    def read(self, file: Path, largest: int) -> bytes:
        """Return the bytes of a file that came. Raises Odd; FileNotFoundError if it is gone."""
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Odd(f"it cannot be read: {error.strerror}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Odd("it is no plain file")
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(largest + 1)
        if len(data) > largest:
            raise Odd(f"it is larger than {largest:,} bytes")
        return data

    def tries(self, file: Path) -> int:
        """Note that a file is tried, and return how often it was tried and never finished."""
        note = self._note(file)
        before = note.stat().st_size if note.exists() else 0
        with open(note, "ab") as stream:
            stream.write(b".")
        return before

    def taken(self, file: Path) -> None:
        """Put a file away whose content is durable elsewhere."""
        self._move(file, TAKEN)

    def fail(self, file: Path, reason: str) -> None:
        """Put a file away that was not taken, with the reason beside it."""
        there = self._room(file, FAILED)
        self._write(there.with_name(there.name + REASON), reason.encode())
        self._move(file, FAILED)

    def note(self, name: str, said: str) -> None:
        """Say something about a file that came or goes; the same again changes nothing."""
        self._write(self.path / NOTES / f"{name}.txt"[-255:], said.encode())

    # What goes out. A file is staged, then noted elsewhere as gone, then shown. Whoever begins
    # anew shows what was noted and stages the rest again: nothing is lost, and nothing comes twice,
    # since a file that is no longer staged has been shown.

    def stage(self, name: str, data: bytes) -> None:
        """Write a file that nobody is to read yet."""
        _whole(self.path / OUT / f".{name}{TEMPORARY}", data)
        _settle(self.path / OUT)

    def show(self, name: str) -> bool:
        """Give a staged file its name; False if it is not staged, so that it was shown before."""
        try:
            os.replace(self.path / OUT / f".{name}{TEMPORARY}", self.path / OUT / name)
        except FileNotFoundError:
            return False
        _settle(self.path / OUT)
        return True

    def staged(self) -> Iterable[str]:
        """Return the names of what is staged, in order."""
        names = os.listdir(self.path / OUT)
        return sorted(name[1:-len(TEMPORARY)] for name in names
                      if name.startswith(".") and name.endswith(TEMPORARY))

    def forget(self, name: str) -> None:
        """Take a staged file away, which was never shown."""
        (self.path / OUT / f".{name}{TEMPORARY}").unlink(missing_ok=True)

    def _move(self, file: Path, to: str) -> None:
        """Move a file; gone already means moved before."""
        try:
            os.replace(file, self._room(file, to))
        except FileNotFoundError:
            return
        self._note(file).unlink(missing_ok=True)
        _settle(self.path / to)
        _settle(self.path / IN)

    def _note(self, file: Path) -> Path:
        """Return the note of how often a file was tried."""
        return file.with_name(f".{sha256(os.fsencode(file.name)).hexdigest()[:24]}.tries")

    def _room(self, file: Path, to: str) -> Path:
        """Return where a file goes: under its own name, or one that its content adds to."""
        there = self.path / to / file.name
        if not os.path.lexists(there) or _mark(there) == _mark(file):
            return there
        return there.with_name(f"{_mark(file)}-{file.name}"[-255:])

    def _write(self, file: Path, data: bytes) -> None:
        """Write a file whole under its name, over the one that is there."""
        staged = file.with_name(f".{file.name}{TEMPORARY}")
        _whole(staged, data)
        os.replace(staged, file)
        _settle(file.parent)


def _mark(file: Path) -> str:
    """Return a mark of a file's content; its kind, if it is no plain file."""
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return "odd"
        with open(file, "rb") as stream:
            return sha256(stream.read(1 << 24)).hexdigest()[:12]
    except OSError:
        return "gone"


def _whole(file: Path, data: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with open(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _settle(folder: Path) -> None:
    """Wait until the disk has the names of a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
