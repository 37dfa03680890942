"""`tollbod trace`: which requirements something claims, and which nothing does yet.

A requirement is claimed where its id (`DEP-05`, `PRE-TIME-01..03`) stands in a scenario, a test, a
case of the duty, a row or a docstring. `docs/requirements.txt` lists them all, with the capability
each waits for; DIVERGENCES.md names those we depart from. Rule ids are not traced here yet.
"""
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HOME = Path(__file__).parents[3]
LIST, DIVERGENCES = Path("docs/requirements.txt"), Path("DIVERGENCES.md")
PLACES = ("scenarios/**/*.scenario", "golden/duty/*.txt", "tests/**/*.py", "src/tollbod/**/*.py",
          "src/tollbod/**/*.sql")
NOW = "now"


class Requirement(NamedTuple):
    """One requirement: its id, `now` or the capability it waits for, and what it asks in short."""

    id: str
    when: str
    words: str

    @property
    def chapter(self) -> str:
        """Return the id without its number."""
        return self.id.rpartition("-")[0]


def requirements(home: Path = HOME) -> tuple[Requirement, ...]:
    """Return the list, in the order of the founding pages."""
    lines = (home / LIST).read_text("utf-8").splitlines()[1:]
    return tuple(Requirement(*(cell.strip() for cell in line.split("|"))) for line in lines)


def claims(home: Path = HOME) -> dict[str, list[str]]:
    """Return each id that is claimed, with the files that claim it."""
    found: dict[str, list[str]] = {}
    ids = _pattern(home)
    for place in PLACES:
        for path in sorted(home.glob(place)):
            if path.name == Path(__file__).name:
                continue                            # its docstrings name ids as examples
            for one in sorted(set(_ids(ids, path.read_text("utf-8")))):
                found.setdefault(one, []).append(str(path.relative_to(home)))
    return found


def diverging(home: Path = HOME) -> set[str]:
    """Return the ids that DIVERGENCES.md speaks of."""
    return set(_ids(_pattern(home), (home / DIVERGENCES).read_text("utf-8")))


def unknown(home: Path = HOME) -> list[str]:
    """Return what is claimed, or diverged from, and stands in no list."""
    known = {one.id for one in requirements(home)}
    return sorted((set(claims(home)) | diverging(home)) - known)


def _pattern(home: Path) -> re.Pattern:
    """Return what an id of our chapters looks like; `DEP-01..04` names four."""
    chapters = sorted({one.chapter for one in requirements(home)}, key=len, reverse=True)
    return re.compile(rf"(?<![A-Z0-9-])({'|'.join(chapters)})-(\d\d)(?:\.\.(\d\d))?(?!\d)")


def _ids(pattern: re.Pattern, text: str) -> Iterator[str]:
    for chapter, first, last in pattern.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{chapter}-{number:02}"


def run(home: Path = HOME) -> int:
    """Print what is claimed and what is not, by chapter; 1 if an id is claimed that is none."""
    if not (home / LIST).exists():
        print(f"tollbod trace: {LIST} is not here: run it from a checkout", file=sys.stderr)
        return 2
    listed, claimed, apart = requirements(home), claims(home), diverging(home)
    now = [one for one in listed if one.when == NOW]
    print(f"{len(listed)} requirements: {sum(one.id in claimed for one in listed)} claimed, "
          f"{len(listed) - len(now)} wait for a later capability, "
          f"{sum(one.id in apart for one in listed)} stand in {DIVERGENCES}")
    open_now = [one for one in now if one.id not in claimed]
    print(f"{len(now)} are due now, {len(open_now)} of them claimed by nothing"
          + (":" if open_now else ""))
    _print_by_chapter(open_now, apart)
    print("waiting for a later capability:")
    for when in dict.fromkeys(one.when for one in listed if one.when != NOW):
        ids = [one.id for one in listed if one.when == when and one.id not in claimed]
        print(f"  {when:16} {len(ids):3}  {_short(ids)}")
    astray = unknown(home)
    for one in astray:
        print(f"unknown: {one} in {', '.join(claimed.get(one, [str(DIVERGENCES)]))}")
    return 1 if astray else 0


def _print_by_chapter(these: list[Requirement], apart: set[str]) -> None:
    for chapter in dict.fromkeys(one.chapter for one in these):
        print(f"  {chapter}")
        for one in these:
            if one.chapter == chapter:
                print(f"    {one.id:16} {one.words}"
                      + ("  (see DIVERGENCES.md)" if one.id in apart else ""))


def _short(ids: list[str]) -> str:
    """Return ids in few words: the chapters, each with its numbers.

    >>> _short(["ZONE-01", "ZONE-02", "RISK-01"])
    'ZONE 01 02 · RISK 01'
    """
    chapters: dict[str, list[str]] = {}
    for one in ids:
        chapter, _, number = one.rpartition("-")
        chapters.setdefault(chapter, []).append(number)
    return " · ".join(f"{name} {' '.join(numbers)}" for name, numbers in chapters.items())
