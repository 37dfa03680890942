"""The golden messages: good ones are clean and written back equal, broken ones say theirs."""
import shutil

import pytest

from tollbod.findings import XML_CODES
from tollbod.play import golden
from tollbod.rules.check import check
from tollbod.wire import forms, json, xml
from tollbod.wire.message import digest

GOOD, BROKEN = golden.files()
# Said only of a message that the schema refuses and the table does not: the law of the mutants.
NEVER_SAID = {"18"}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good(path):
    """A good message has no finding and is written back as it was read; JSON holds it too."""
    assert list(golden.faults_of_good(path)) == []
    message = forms.read(path.read_bytes())
    again = forms.read(json.write(message))
    assert again.form == "json" and digest(again) == digest(message) and not check(again)
    assert xml.write(again) == path.read_bytes()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken(path):
    """A broken message says exactly what stands in its .findings file, its own code too."""
    said = golden.findings_of(path)
    assert said == path.with_suffix(".findings").read_text(encoding="utf-8")
    code = path.stem[:2]
    assert not code.isdigit() or f"{code} |" in said


def test_there_are_enough():
    """A plain life in at least twelve messages, and a broken message for each code in use."""
    assert len(GOOD) >= 12
    assert {path.stem[:2] for path in BROKEN} >= set(XML_CODES) - NEVER_SAID


def test_every_findings_file_has_its_message():
    """No .findings file outlives the message it is about."""
    folder = golden.GOLDEN / "messages" / "broken"
    assert {path.stem for path in folder.glob("*.findings")} == {path.stem for path in BROKEN}


def test_command(tmp_path, capsys):
    """The command tells what differs, and --update mends it."""
    assert golden.run() == golden.FINE
    shutil.copytree(golden.GOLDEN, tmp_path / "golden")
    some = sorted((tmp_path / "golden/messages/broken").glob("*.findings"))[0]
    some.write_text("nonsense\n")
    assert golden.run(folder=tmp_path / "golden") == golden.DIFFERENT
    assert "nonsense" in capsys.readouterr().out
    assert golden.run(update=True, folder=tmp_path / "golden") == golden.FINE
    assert golden.run(folder=tmp_path / "golden") == golden.FINE
    assert golden.run(folder=tmp_path / "nowhere") == golden.NO_FOLDER
