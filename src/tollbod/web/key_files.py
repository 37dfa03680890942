"""Secrets in files of the data folder, readable by their owner alone, made at the first start.

The key of access codes lies here, outside the database, on purpose: whoever has the database alone
cannot try codes. All nodes on one database must have the same; with another every code is wrong.
"""
import os
import secrets
from collections.abc import Callable
from pathlib import Path

ACCESS_FILE = "access.key"
ACCESS_BYTES = 32


def access(folder: Path, given: str = "") -> bytes:
    """Return the key of access codes: as given, else that of the data folder."""
    if given:
        return given.encode()
    return kept(folder / ACCESS_FILE, lambda: secrets.token_hex(ACCESS_BYTES)).encode()


def kept(path: Path, new: Callable[[], str]) -> str:
    """Return what stands in a key file; a new one is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path, new())
    return path.read_text().strip()


def _make(path: Path, key: str) -> None:
    """Write a new key whole or not at all; whoever comes first wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    draft.unlink()
