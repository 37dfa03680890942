"""Our own key for access tokens, and which assertions have been used.

The key lies in the data folder, readable by its owner alone, and is made at the first start. A
token is a JWT signed with it; nobody else has to verify it.
"""
import json
import time
from pathlib import Path

from joserfc.jwk import OctKey

from tollbod.web import key_files

FILE = "token.key"
MOST_USED = 100_000             # assertions remembered at once; more are told to come back


def own(folder: Path) -> OctKey:
    """Return the key of a data folder; it is made if there is none."""
    return OctKey.import_key(json.loads(key_files.kept(
        folder / FILE, lambda: json.dumps(OctKey.generate_key(256).as_dict()))))


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
