"""Writes the tables of phase 4 messages, src/tollbod/spec/ncts/p4, from the reference tree.

    python tools/build_p4.py ../shared [FOLDER]

Input: reference/derived/p4_structures.csv, and `p4_ours.txt` beside this file for messages whose
structure is not public. The items of the interchange and of UNH, the same for every message, stand
once in `envelope.txt`. The same input gives the same bytes.
"""
import csv
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

HMRC = ("NCTS phase 4 schemas as published by HMRC under Apache-2.0 (common-transit-convention-"
        "traders, transits-movements-trader-at-departure, transit-movements-trader-at-destination, "
        "transit-movements-guarantee-balance); 2026-11")
OURS = ("ours (evidence P): no public structure; items as in the phase 4 column of the public "
        "mapping to phase 5 where it has the message, names as the published schemas make them; "
        "2026-11")
# The messages of the published schemas: title and who sends them.
TITLES = {
    "CC007A": ("Arrival notification", "trader"),
    "CC008A": ("Arrival notification rejection", "destination"),
    "CC009A": ("Cancellation decision", "departure"),
    "CC014A": ("Declaration cancellation request", "holder"),
    "CC015B": ("Declaration data", "holder"),
    "CC016A": ("Declaration rejected", "departure"),
    "CC025A": ("Goods release notification", "destination"),
    "CC028A": ("MRN allocated", "departure"),
    "CC029B": ("Release for transit", "departure"),
    "CC043A": ("Unloading permission", "destination"),
    "CC044A": ("Unloading remarks", "trader"),
    "CC045A": ("Write-off notification", "departure"),
    "CC051B": ("No release for transit", "departure"),
    "CC055A": ("Guarantee not valid", "departure"),
    "CC058A": ("Unloading remarks rejection", "destination"),
    "CC060A": ("Control decision notification", "departure"),
    "CC917A": ("Message that cannot be read", "departure"),
    "CC928A": ("Positive acknowledgement", "departure"),
    "CD034A": ("Query on guarantees", "holder"),
    "CD037A": ("Response to the query on guarantees", "guarantee"),
    "CD906A": ("Functional error", "departure"),
}
WHO = {"departure": ("Office of departure", "Holder or declarant at departure"),
       "holder": ("Holder or declarant at departure", "Office of departure"),
       "destination": ("Office of destination", "Trader at destination"),
       "trader": ("Trader at destination", "Office of destination"),
       "guarantee": ("Office of guarantee", "Holder or declarant at departure")}
# Rows that the published schemas lack: (path, occurs, format, before which row). The British
# variant of CC015B leaves out what its answers have; the rest is ours (evidence P), for what an
# answer of today must be able to say. A path that is there already gets other occurrences.
ADDED = {
    "CC009A": (("HEAHEA/RefNumHEA4", "0..1", "an..22", "HEAHEA/DocNumHEA5"),
               ("HEAHEA/DocNumHEA5", "0..1", "an..21", "HEAHEA/DocNumHEA5")),
    "CC014A": (("HEAHEA/RefNumHEA4", "0..1", "an..22", "HEAHEA/DocNumHEA5"),
               ("HEAHEA/DocNumHEA5", "0..1", "an..21", "HEAHEA/DocNumHEA5")),
    "CC015B": (("HEAHEA/BinItiHEA246", "0..1", "n1", "HEAHEA/DiaLanIndAtDepHEA254"),),
    "CC025A": (("HEAHEA/RelIndHEA", "0..1", "n1", "TRADESTRD"),),
    "CC060A": (("HEAHEA/RefNumHEA4", "0..1", "an..22", "HEAHEA/DocNumHEA5"),
               ("HEAHEA/DocNumHEA5", "0..1", "an..21", "HEAHEA/DocNumHEA5"),
               ("HEAHEA/NotTypHEA", "0..1", "n1", "TRAPRIPC1"),
               ("TYPCON", "0..99", "group", "TRAPRIPC1"),
               ("TYPCON/TypTYPCON", "1..1", "an..3", "TRAPRIPC1"),
               ("TYPCON/TexTYPCON", "0..1", "an..350", "TRAPRIPC1"),
               ("REQDOC", "0..99", "group", "TRAPRIPC1"),
               ("REQDOC/DocTypREQDOC", "1..1", "an..4", "TRAPRIPC1"),
               ("REQDOC/DesREQDOC", "0..1", "an..350", "TRAPRIPC1")),
    "CD906A": (("HEAHEA/RefNumHEA4", "0..1", "an..22", "HEAHEA/DocNumHEA5"),
               ("HEAHEA/DocNumHEA5", "0..1", "an..21", "HEAHEA/DocNumHEA5")),
}

@dataclass
class Table:
    """One message: what it is and its rows, path -> (occurs, format)."""

    root: str
    title: str
    sent: str
    source: str
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)

    def put(self, path: str, occurs: str, form: str) -> None:
        """Add a row, and groups that are not yet there; a row that is there stays."""
        group = path.rpartition("/")[0]
        if group and group not in self.rows:
            self.put(group, "1..1" if occurs[0] == "1" else "0..1", "group")
        self.rows.setdefault(path, (occurs, form))

    def text(self) -> str:
        """Return the table as it stands in its file."""
        sender, receiver = WHO[self.sent]
        lines = [f"# {self.source}",
                 f"IE{self.root[2:5]} | {self.root} | {self.title} | {sender} | {receiver} | "
                 "external", *_aligned(self.ordered())]
        return "\n".join(lines) + "\n"

    def ordered(self) -> list[tuple[str, str, str]]:
        """Return the rows with everything of a group below it, in the order of first mention."""
        def inner(group):
            for path, (occurs, form) in self.rows.items():
                if path.rpartition("/")[0] == group:
                    yield path, occurs, form
                    yield from inner(path)
        return list(inner(""))


def _aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    """Return rows as lines: name, occurs, status, format, type, code list."""
    cells = []
    for path, occurs, form in rows:
        name = "  " * path.count("/") + path.rpartition("/")[2]
        group = form == "group"
        status = "R" if occurs[0] != "0" else "O"
        cells.append((name, occurs, status, "-" if group else form, "-" if group else form, "-"))
    wide = [max(len(row[n]) for row in cells) for n in range(6)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, wide)).rstrip()
            for row in cells]


def form_of(text: str) -> str:
    """Return a format without what schemas vary: `an0..4` is an..4, `n0..4` n..4.

    >>> form_of("an0..4"), form_of("n6..8"), form_of("n..11,3")
    ('an..4', 'n..8', 'n..11,3')
    """
    return re.sub(r"^(an?|n)\d+\.\.", r"\1..", text)


def types_of(forms: set[str]) -> list[str]:
    """Return the lines of `types.txt`: name, base, length, value, digits, pattern."""
    lines = []
    for form in sorted(forms):
        kind, most = re.fullmatch(r"(an?|n)(\.\.\d+(?:,\d+)?|\d+)", form).groups()
        fixed = not most.startswith("..")
        most = most.lstrip(".")
        if kind == "n" and "," in most:
            lines.append((form, "decimal", "-", "0..", most, "-"))
        elif kind == "n":
            times = most if fixed else f"1,{most}"
            lines.append((form, "token", "-", "-", "-", f"[0-9]{{{times}}}"))
        else:
            length = most if fixed else f"1..{most}"
            lines.append((form, "normalizedString", length, "-", "-",
                          "[A-Za-z]*" if kind == "a" else "-"))
    lines.append(("PhaseID", "token", "-", "-", "-", "one of: NCTS4"))
    wide = [max(len(row[n]) for row in lines) for n in range(6)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, wide)).rstrip()
            for row in lines]


def published(path: Path) -> tuple[dict[str, Table], dict[str, tuple[str, str]]]:
    """Return the public messages, and the rows of the envelope, the same for all."""
    found: dict[str, Table] = {}
    envelope: dict[str, tuple[str, str]] = {}
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(line for line in stream if line[0] != "#"):
            root, place = row["message"], row["path"]
            occurs, form = f"{row['min']}..{row['max']}", form_of(row["format"])
            if re.fullmatch(r"(?!OriMes)[A-Za-z]+MES\d+", place):
                envelope.setdefault(place, (occurs, form))
                continue
            source = f"{HMRC}; with rows of ours" if root in ADDED else HMRC
            table = found.setdefault(root, Table(root, *TITLES[root], source))
            for item, often, kind, before in ADDED.get(root, ()):
                if place == before:
                    table.put(item, often, kind)
            table.put(place, occurs, form)
    return found, envelope


def add_ours(tables: dict[str, Table], path: Path) -> None:
    """Read the messages that are ours."""
    table = None
    for line in path.read_text("utf-8").splitlines():
        if not line or line[0] == "#":
            continue
        if " | " in line:
            _, root, title, sent = line.split(" | ")
            table = tables[root] = Table(root, title, sent, OURS)
        elif line.startswith("like "):
            names, _, without = line.removeprefix("like ").partition(" but ")
            other, *groups = names.split()
            for place, (occurs, form) in tables[other].rows.items():
                top = place.partition("/")[0]
                if (groups == ["*"] or top in groups) and place not in without.split() and \
                        not (groups == ["*"] and top == "HEAHEA"):
                    table.put(place, occurs, form)
        else:
            table.put(*line.split())


def main(shared: Path, folder: Path) -> None:
    """Write every table."""
    tables, envelope = published(shared / "reference" / "derived" / "p4_structures.csv")
    add_ours(tables, Path(__file__).parent / "p4_ours.txt")
    folder.mkdir(parents=True, exist_ok=True)
    for root, table in tables.items():
        (folder / f"{root}.txt").write_text(table.text(), "utf-8")
    forms = {form for table in tables.values() for _, form in table.rows.values()
             if form != "group"} | {form for _, form in envelope.values()}
    whole = [(path, *row) for path, row in envelope.items()]
    for name, lines in (
            ("envelope.txt", _aligned(whole)), ("types.txt", types_of(forms)),
            ("index.txt", [" | ".join((f"IE{root[2:5]}", root, one.title, *WHO[one.sent],
                                       "external")) for root, one in sorted(tables.items())])):
        (folder / name).write_text("\n".join([f"# {HMRC}", *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    here = Path(__file__).parents[1]
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2
         else here / "src" / "tollbod" / "spec" / "ncts" / "p4")
