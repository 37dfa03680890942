"""The conditions of each profile: when an element must, may or must not stand.

Read from `spec/ncts/conditions`: p6.txt holds all conditions of phase 6, p5.txt those that phase 5
words otherwise or has alone; order.txt says which has the last word over which, words.txt what
each is about. Those of ICS2 stand beside its messages. How they are judged is `judge`'s business.
"""
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tollbod.rules.conditions_notation import Statement, read_block
from tollbod.spec import tables

FOLDER = tables.FOLDER / "conditions"
_ICS2 = tables.FOLDER.parent / "ics2" / "v2"
IN_FORCE, NOT_JUDGED = "in force", "not judged"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: id, what it says in the notation, and whether it is judged here.

    `status` is "in force" or "not judged" (`why` says why not). `text` and `nb` say in words of
    our own what it is about, in English and bokmål.
    """

    id: str
    profile: str
    notation: str
    statements: tuple[Statement, ...]
    source: str
    status: str
    why: str
    text: str
    nb: str

    @property
    def messages(self) -> dict[str, tuple[str, ...]]:
        """Return where the condition binds: the paths of each message of the profile."""
        return _places(self.profile).get(self.id, {})


@cache
def conditions(profile: str) -> tuple[Condition, ...]:
    """Return the conditions of a profile, in the order of their ids."""
    used = _places(profile)
    return tuple(condition(name, profile) for name in sorted(_blocks(profile)) if name in used)


@cache
def condition(name: str, profile: str) -> Condition | None:
    """Return a condition by its id, None if there is none."""
    block = _blocks(profile).get(name)
    return _condition(name, profile, *block) if block is not None else None


@cache
def order() -> dict[str, tuple[str, ...]]:
    """Return, by the id of each rule of order, the conditions in the order of judgement."""
    rows = (line.split() for line in _lines(FOLDER / "order.txt"))
    return {name: tuple(ids) for name, *ids in rows}


def _condition(name: str, profile: str, source: str, lines: tuple[str, ...]) -> Condition:
    """Return a condition from its block."""
    why = next((line.partition(": ")[2] for line in lines if line.startswith("not judged: ")), "")
    body = [line for line in lines if not line.startswith("not judged: ")]
    text, nb = _words()[name]
    return Condition(name, profile, "\n".join(body), read_block(body), source,
                     NOT_JUDGED if why else IN_FORCE, why, text, nb)


@cache
def _blocks(profile: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the blocks of a profile: id, source, lines; p5.txt only holds what differs."""
    if profile == tables.NATIONAL:
        return {}                       # it has none
    file = _ICS2 / "conditions.txt" if profile == tables.ICS2 else FOLDER / f"{profile}.txt"
    text = file.read_text(encoding="utf-8")
    source, *blocks = text.strip().split("\n\n")
    found = dict(_blocks("p6")) if profile == "p5" else {}
    for block in blocks:
        name, *lines = block.splitlines()
        found[name] = (source.removeprefix("# ").partition(";")[0],
                       tuple(line[2:] for line in lines))
    return found


@cache
def _words() -> dict[str, tuple[str, str]]:
    """Return what each condition is about."""
    lines = _lines(FOLDER / "words.txt") + _lines(_ICS2 / "words.txt")
    rows = (line.split(" | ") for line in lines)
    return {name: (text, nb) for name, text, nb in rows}


@cache
def _places(profile: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return where each id stands in the tables of a profile."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for root in tables.roots(profile):
        for path, field in tables.structure(profile, root).walk():
            for name in field.rules:
                if name[0] == "C":
                    here = found.setdefault(name, {})
                    here[root] = (*here.get(root, ()), path)
    return found


def _lines(file: Path) -> list[str]:
    """Return the rows of a file, without its head."""
    return file.read_text(encoding="utf-8").splitlines()[1:]
