"""Our own key for access tokens, and which assertions have been used.

The key lies in the data folder, readable by its owner alone, and is made at the first start. A
token is a JWT signed with it; nobody else has to verify it.
"""
import json
import os
import secrets
import time
from pathlib import Path

from joserfc.jwk import OctKey

FILE = "token.key"
MOST_USED = 100_000             # assertions remembered at once; more are told to come back


def own(folder: Path) -> OctKey:
    """Return the key of a data folder; it is made if there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    if not path.exists():
        _make(path)
    return OctKey.import_key(json.loads(path.read_text()))


def _make(path: Path) -> None:
    """Write a new key whole or not at all; whoever comes first wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(OctKey.generate_key(256).as_dict(), file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    draft.unlink()


class TooMany(Exception):
    """More assertions than can be remembered are in use at once."""


class Used:
    """The assertions (issuer, jti) that were used and have not expired.

    Kept in memory: one that was issued before `began` is refused too, so that none is good a second
    time after a restart.
    """

    def __init__(self) -> None:
        self.began = time.time()
        self._until: dict[tuple[str, str], float] = {}

    def first(self, issuer: str, jti: str, expires: float) -> bool:
        """Tell whether this assertion is seen for the first time, and remember it."""
        now = time.time()
        if len(self._until) >= MOST_USED:
            self._until = {key: until for key, until in self._until.items() if until > now}
            if len(self._until) >= MOST_USED:
                raise TooMany
        if (issuer, jti) in self._until:
            return False
        self._until[issuer, jti] = expires
        return True
