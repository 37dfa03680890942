"""`tollbod golden [--update]`: the golden messages and documents against the code.

Good ones are read, judged clean and written back equal, byte for byte. Broken ones have a
`.findings` file beside them: one finding a line, `code | rule | path | line | text`, or one line
that begins with `unreadable`. Documents: see `documents_golden`; interchanges of
NCTS: see `edifact_golden`.
"""
import sys
from collections.abc import Iterator
from pathlib import Path

from tollbod.findings import Finding
from tollbod.play import documents_golden, edifact_golden
from tollbod.rules.check import check
from tollbod.wire import forms
from tollbod.wire.message import Unreadable

GOLDEN = Path(__file__).parents[3] / "golden"
FINE, DIFFERENT, NO_FOLDER = 0, 1, 2


def run(update: bool = False, folder: Path = GOLDEN) -> int:
    """Compare and print what differs; with `update` rewrite the `.findings` files.

    Returns 0 if all agree or were rewritten, 1 if something differs, 2 without golden files.
    """
    good, broken = files(folder)
    if not good and not broken:
        print(f"tollbod golden: there are no golden messages in {folder}", file=sys.stderr)
        return NO_FOLDER
    wrong = 0
    for path in good:
        for complaint in faults_of_good(path):
            print(f"{path.name}: {complaint}")
            wrong += 1
    for path in broken:
        said, expected = findings_of(path), _expected(path)
        if said == expected:
            continue
        if update:
            path.with_suffix(".findings").write_text(said, encoding="utf-8")
            print(f"{path.name}: rewritten")
        else:
            print(f"{path.name}: differs\n--- expected\n{expected}--- found\n{said}")
            wrong += 1
    wrong += _documents(folder / "documents", update)
    wrong += _interchanges(folder / "edifact" / "ncts", update)
    print(f"{len(good)} good, {len(broken)} broken messages, {wrong or 'nothing'} different")
    return DIFFERENT if wrong else FINE


def _documents(folder: Path, update: bool) -> int:
    """Print which documents differ, or were rewritten; returns how many differ."""
    wrong = 0
    for case in documents_golden.cases(folder) if folder.is_dir() else ():
        for complaint in documents_golden.faults(case, folder, update):
            print(f"{case.name}: {complaint}")
            wrong += not update
    return wrong


def _interchanges(folder: Path, update: bool) -> int:
    """Print which interchanges are read otherwise, or were rewritten; returns how many differ."""
    wrong = 0
    for path in edifact_golden.cases(folder):
        for complaint in edifact_golden.faults(path, update):
            print(f"{path.name}: {complaint}")
            wrong += not update
    return wrong


def files(folder: Path = GOLDEN) -> tuple[list[Path], list[Path]]:
    """Return the good and the broken messages."""
    return (sorted((folder / "messages" / "good").glob("*.xml")),
            sorted((folder / "messages" / "broken").glob("*.xml")))


def faults_of_good(path: Path) -> Iterator[str]:
    """Yield what is wrong with a good message."""
    data = path.read_bytes()
    try:
        message = forms.read(data)
    except Unreadable as fault:
        yield f"cannot be read: {fault.text}"
        return
    yield from (_line(finding) for finding in check(message))
    if forms.write(message, "xml") != data:
        yield "is not written back as it was read"


def findings_of(path: Path) -> str:
    """Return what the code says of a broken message, as a `.findings` file has it."""
    try:
        found = check(forms.read(path.read_bytes()))
    except Unreadable as fault:
        return f"unreadable {fault.code} | {fault.line} | {fault.text}\n"
    return "".join(_line(finding) + "\n" for finding in found)


def _line(finding: Finding) -> str:
    """Return a finding as a line."""
    return " | ".join((finding.code, finding.rule or "-", finding.path, str(finding.line),
                       finding.text))


def _expected(path: Path) -> str:
    """Return the findings file's text; empty if there is none yet."""
    beside = path.with_suffix(".findings")
    return beside.read_text(encoding="utf-8") if beside.exists() else ""
