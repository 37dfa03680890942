"""The command line: exit codes, Ctrl-C, and that a small command does not load a large one."""
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tollbod.play import scenario

HOME = Path(__file__).parents[1]
WAITING = """
import sys, time, types
work = types.ModuleType("tollbod.play.trace")
def run():
    print("waiting", flush=True)
    time.sleep(30)
work.run = run
import tollbod.play
sys.modules["tollbod.play.trace"] = tollbod.play.trace = work
sys.argv = ["tollbod", "trace"]
from tollbod.cli import main
main()
"""


def tollbod(*words, code="from tollbod.cli import main; main()", before=""):
    command = [sys.executable, "-P", "-c", before + code, *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=os.environ | {"PYTHONPATH": str(HOME / "src")})


def test_the_version():
    told = tollbod("--version")
    assert told.returncode == 0 and re.fullmatch(r"tollbod \d+\.\d+\.\d+\n", told.stdout)


def test_help_names_every_command():
    told = tollbod("--help")
    commands = ("demo serve test check convert describe send inbox scenario number bench golden "
                "trace manual doctor document").split()
    assert told.returncode == 0
    assert [one for one in commands if not re.search(rf"^  {one} ", told.stdout, re.M)] == []


def test_a_mistake_is_two_and_tells_how():
    for words in (["nonsense"], ["check"], ["demo", "--port", "many"]):
        told = tollbod(*words)
        assert told.returncode == 2 and "Usage: tollbod" in told.stderr
        assert "Traceback" not in told.stderr


def test_a_folder_stands_for_its_stories(tmp_path):
    told = tollbod("scenario", str(tmp_path))
    assert told.returncode == 2 and "there is no scenario in" in told.stderr
    (tmp_path / "b").mkdir()
    for name in ("b/two.scenario", "a.scenario", "b/usual.world"):
        (tmp_path / name).touch()
    there = [path.name for path in scenario.found([tmp_path, tmp_path / "a.scenario"])]
    assert there == ["a.scenario", "two.scenario", "a.scenario"]


def test_ctrl_c_is_130_without_a_traceback():
    process = subprocess.Popen([sys.executable, "-c", WAITING], text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True,
                               env=os.environ | {"PYTHONPATH": str(HOME / "src")},
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in out + err


def test_a_small_command_loads_no_web_and_no_database():
    loud = "import atexit, sys; atexit.register(lambda: print('LOADED', *sys.modules));"
    told = tollbod("number", "mrn", "X", before=loud)
    loaded = set(told.stdout.partition("LOADED")[2].split())
    assert "tollbod.play.number" in loaded, told.stderr
    assert not loaded & {"litestar", "uvicorn", "psycopg", "lxml.etree", "pytest"}


def test_the_lock_names_no_place_and_hashes_all():
    lock = (HOME / "requirements.lock").read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index|find-links|/", lock)
    packages = re.split(r"\n(?=[a-z])", lock)
    assert len(packages) > 40 and all("--hash=sha256:" in one for one in packages)
