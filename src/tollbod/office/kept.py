"""The rows that a stream keeps beside its state, as its decisions see them within one turn.

What was decided in this turn is not committed yet, so it lies over what the store has.
"""
from collections.abc import Iterable

from tollbod.case.model import Effect, Keep
from tollbod.store.streams import Store


class Kept:
    """The kept rows of one stream; `movements` are those that its messages are about.

    A stream of which nothing was decided before (`new`) has none in the store.
    """

    def __init__(self, store: Store, key: str, movements: Iterable[str] = (),
                 new: bool = False) -> None:
        self.store, self.key, self.nothing = store, key, new
        self.movements = sorted(movements)
        self.known: dict[str, bytes | None] = {}
        self.new: dict[str, bytes | None] = {}

    def get(self, name: str) -> bytes | None:
        """Return the row of a name; those of all movements of the turn come with the first."""
        if name in self.new:
            return self.new[name]
        if name not in self.known:
            beginning = name.partition("/")[0]
            names = {name, *(f"{beginning}/{one}" for one in self.movements)}
            self.known |= dict.fromkeys(names) | self._stored(sorted(names))
        return self.known[name]

    def all(self, names: list[str]) -> dict[str, bytes]:
        """Return those rows of these names that there are, asked for at once."""
        found = self._stored(sorted(names)) | {
            name: self.new[name] for name in names if name in self.new}
        return {name: body for name, body in found.items() if body is not None}

    def under(self, beginning: str, most: int, after: str = "") -> list[tuple[str, bytes]]:
        """Return at most so many rows whose names begin so, by name, from after one of them on."""
        stored = {} if self.nothing else dict(
            self.store.kept_under(self.key, beginning, most + len(self.new), after))
        rows = stored | {name: body for name, body in self.new.items()
                         if name.startswith(beginning) and name > after}
        return sorted((name, body) for name, body in rows.items() if body is not None)[:most]

    def _stored(self, names: list[str]) -> dict[str, bytes]:
        return {} if self.nothing else self.store.kept(self.key, names)

    def learn(self, effects: Iterable[Effect]) -> None:
        """Lay over what a decision keeps."""
        self.new |= {effect.name: effect.body for effect in effects if isinstance(effect, Keep)}
