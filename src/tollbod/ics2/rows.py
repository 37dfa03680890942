"""The rows beside a key's stream, those that one decision changes laid over the others."""
from collections.abc import Iterable
from typing import Any

import msgspec

from tollbod.case.model import Effect, Facts, Keep


class Rows:
    """What a stream keeps in rows, as a decision reads and changes it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.new: dict[str, bytes | None] = {}
        self.inside: dict[str, dict[str, bytes | None]] = {}    # the new ones, by beginning

    def effects(self) -> Iterable[Effect]:
        """Keep what changed."""
        for name, body in self.new.items():
            yield Keep(name, body)

    def get(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return those rows of these names that there are, asked for at once."""
        names = list(dict.fromkeys(names))
        stored = self.facts.kept_all([name for name in names if name not in self.new])
        rows = stored | {name: self.new[name] for name in names if name in self.new}
        return {name: body for name, body in rows.items() if body is not None}

    def under(self, beginning: str, most: int) -> dict[str, bytes]:
        """Return the rows whose names begin so, up to a slash."""
        new = self.inside.get(beginning, {})
        rows = dict(self.facts.kept_under(beginning, most + len(new))) | new
        return {name: body for name, body in rows.items() if body is not None}

    def put(self, name: str, value: Any) -> None:
        """Lay a row over the one that is there; None or an empty one takes it away."""
        body = self.new[name] = msgspec.json.encode(value) if value else None
        end = name.find("/")
        while end >= 0:
            self.inside.setdefault(name[:end + 1], {})[name] = body
            end = name.find("/", end + 1)

    def struct(self, name: str, kind: type) -> Any:
        """Return a row as a Struct, or None."""
        body = self.get([name]).get(name)
        return msgspec.json.decode(body, type=kind) if body else None
