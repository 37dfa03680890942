"""The folder channel: what is dropped is taken once and what is sent comes once, whoever dies."""
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_interchanges import declared
from web_house import GRN, NODE

from tollbod.office import folders, officer
from tollbod.office.worker import Worker
from tollbod.play import specimen
from tollbod.store.streams import Store
from tollbod.transport import folder as transport
from tollbod.transport.folder import Folder
from tollbod.wire.edifact.judge import judge

HOLDER = next(one for one in specimen.PARTIES if one.id == specimen.HOLDER)


class Place:
    """A world with a trader who has a folder, and what the trader has taken out of it."""

    def __init__(self, conninfo, root):
        self.store, self.root, self.got = Store(conninfo), root, []
        self.world = f"folder-{secrets.token_hex(6)}"
        self.store.create_world(self.world)
        for one in specimen.PARTIES:
            self.store.put_party(self.world, one.id, msgspec.json.encode(one))
        self.party = msgspec.structs.replace(HOLDER, form="edifact", channel="folder")
        self.store.put_party(self.world, self.party.id, msgspec.json.encode(self.party))
        officer.act(self.store, self.world, "NO365001", GRN, "register", "officer", "g", {
            "grn": GRN, "type": "1", "holder": HOLDER.id, "reference_cent": 1_000_000_000,
            "access_codes": ["AC01"]})
        self.worker = Worker(self.store, NODE, secrets.randbits(30))
        self.folder = Folder(root / HOLDER.id)
        self.folder.make()

    def drop(self, name, data):
        """What a trader does: writes all of it, then gives it its name."""
        there = self.folder.path / "in" / name
        there.with_name(name + ".tmp").write_bytes(data)
        os.replace(there.with_name(name + ".tmp"), there)

    def carry(self):
        return folders.carry(self.store, NODE, self.world, self.party, self.root)

    def collect(self):
        """What a trader does: takes what is shown, and away with it."""
        for name in sorted(os.listdir(self.folder.path / "out")):
            if not name.startswith("."):
                file = self.folder.path / "out" / name
                self.got.append((name, file.read_bytes()))
                file.unlink()

    def names(self, box):
        return sorted(os.listdir(self.folder.path / box))

    def quiet(self):
        """Carry and decide until nothing moves."""
        for _ in range(50):
            moved = self.carry() + self.worker.drain()
            self.collect()
            if not moved:
                return
        raise AssertionError("it never comes to rest")


@pytest.fixture
def place(conninfo, tmp_path):
    made = Place(conninfo, tmp_path)
    yield made
    made.store.close()


def test_a_file_is_taken_and_its_answers_come_in_the_form_of_the_party(place):
    place.drop("a.edi", declared())
    place.quiet()
    assert [name for name, _ in place.got] == [
        "000000001-IE928.edi", "000000002-IE028.edi", "000000003-IE029.edi"]
    for number, (_, data) in enumerate(place.got, 1):
        verdict = list(judge(data))[-1]
        assert verdict.fine and verdict.interchange.reference == str(number)
    assert place.names("taken") == ["a.edi"] and place.names("failed") == []
    assert "not carried on" in (place.folder.path / "notes" / "a.edi.txt").read_text()
    assert [name for name in place.names("in") if not name.startswith(".")] == []


def test_what_is_not_finished_is_never_read(place):
    box = place.folder.path / "in"
    (box / "a.edi.tmp").write_bytes(declared())
    (box / ".hidden").write_bytes(declared())
    place.quiet()
    assert place.names("in") == [".hidden", "a.edi.tmp"] and place.got == []


def test_what_fails_lies_with_its_reason_beside_it(place):
    box = place.folder.path / "in"
    (box / "link.edi").symlink_to("/etc/hostname")
    (box / "folder").mkdir()
    os.mkfifo(box / "pipe")
    place.drop("large.edi", b"UNB" + b"x" * 10_000_001)
    place.drop("broken.edi", declared().replace(b"UNZ+1", b"UNZ+7"))
    place.drop("text.txt", b"hello")
    place.quiet()
    assert place.names("failed") == sorted(
        name + end for name in ("broken.edi", "folder", "large.edi", "link.edi", "pipe", "text.txt")
        for end in ("", ".reason.txt"))
    told = (place.folder.path / "failed" / "broken.edi.reason.txt").read_text()
    assert told.startswith("400\n29 ") and "CONTRL: UNA" in told
    assert [name for name, _ in place.got] == ["000000001-CONTRL.edi"]


def test_files_of_one_name_do_not_cover_each_other(place):
    for data in (b"one", b"two", b"one"):
        place.drop("same.xml", data)
        place.quiet()
    found = [name for name in place.names("failed") if not name.endswith(".reason.txt")]
    assert len(found) == 2 and "same.xml" in found


def test_a_file_that_ends_the_carrier_again_and_again_is_put_aside(place, monkeypatch):
    def killed(*_):
        raise Killed
    place.drop("poison.edi", declared())
    with monkeypatch.context() as patch:
        patch.setattr(folders.door, "receive", killed)
        for _ in range(folders.MOST_TRIES):
            with pytest.raises(Killed):
                place.carry()
    place.quiet()
    assert place.names("failed") == ["poison.edi", "poison.edi.reason.txt"] and place.got == []


# --- death at every step --------------------------------------------------------------------------

class Killed(BaseException):
    """Ends what runs there and then, as kill -9 does."""


class Steps:
    """Counts everything that changes disk or database, and kills before or after one of them."""

    def __init__(self, patch, place, fatal):
        self.count, self.fatal = 0, fatal
        for owner, name in ((transport.os, "replace"), (transport.os, "fsync"),
                            (place.store, "keep"), (place.store, "keep_first"),
                            (place.store, "take_whole")):
            patch.setattr(owner, name, self.watched(getattr(owner, name)))

    def watched(self, call):
        def step(*arguments, **named):
            self.tick()
            answer = call(*arguments, **named)
            self.tick()
            return answer
        return step

    def tick(self):
        self.count += 1
        if self.count == self.fatal:
            raise Killed


def one_life(place, patch, fatal, number):
    """A file goes in and its answers come out, with one death on the way; how many steps it had."""
    place.got.clear()
    place.drop(f"{number}.edi", declared(f"LRN{number}", f"R{number}"))
    with patch.context() as inner:
        steps = Steps(inner, place, fatal)
        died = False
        try:
            place.quiet()
        except Killed:
            died = True
    place.collect()
    place.quiet()
    assert [name.partition("-")[2] for name, _ in place.got] == [
        "IE928.edi", "IE028.edi", "IE029.edi"], fatal
    return steps.count if not died else None


def test_death_at_any_step_neither_loses_nor_doubles(place, monkeypatch):
    """Every step is once the last one: the trader and the house have everything, and once."""
    total = one_life(place, monkeypatch, 0, 0)
    numbers = []
    for fatal in range(1, total + 1):
        assert one_life(place, monkeypatch, fatal, fatal) is None
        numbers += [int(name.partition("-")[0]) for name, _ in place.got]
    assert numbers == list(range(4, 4 + 3 * total)) and total > 30
    assert len(place.names("taken")) == total + 1 and place.names("failed") == []


CARRIER = """
import sys, threading
from pathlib import Path
from tollbod.office import folders
from tollbod.office.node import Node
folders.run(sys.argv[1], Node(("NO", "SE", "DE"), test=True), sys.argv[2], Path(sys.argv[3]),
            threading.Event())
"""


def test_a_carrier_that_is_killed_again_and_again(place, conninfo):
    """kill -9 at random moments while files go in and come out."""
    chance, number, most = random.Random(5), 0, 12
    stop = threading.Event()

    def decide():
        with Store(conninfo) as own:
            worker = Worker(own, NODE, secrets.randbits(30))
            while not stop.is_set():
                if not worker.turn():
                    time.sleep(0.02)
            worker.flush()
    deciding = threading.Thread(target=decide)
    deciding.start()
    try:
        for _ in range(most):
            carrier = subprocess.Popen([sys.executable, "-c", CARRIER, conninfo, place.world,
                                        str(place.root)])
            for _ in range(2):
                number += 1
                place.drop(f"{number}.edi", declared(f"LRN{number}", f"R{number}"))
            time.sleep(chance.uniform(0.4, 1.6))
            carrier.send_signal(signal.SIGKILL)
            carrier.wait()
            place.collect()
    finally:
        stop.set()
        deciding.join()
    place.quiet()
    names = [name for name, _ in place.got]
    assert len(names) == len(set(names)) == 3 * number
    assert [int(name.partition("-")[0]) for name in names] == list(range(1, 3 * number + 1))


# --- any bytes ------------------------------------------------------------------------------------

GOOD = declared()


@st.composite
def spoiled(draw):
    """An interchange with something wrong in it: cut, doubled, overwritten, or no interchange."""
    data = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        what = draw(st.sampled_from("cut insert overwrite double".split()))
        some = draw(st.binary(max_size=20)) if what in ("insert", "overwrite") else b""
        if what == "cut":
            del data[at:at + draw(st.integers(1, 40))]
        elif what == "insert":
            data[at:at] = some
        elif what == "overwrite":
            data[at:at + len(some)] = some
        else:
            data[at:at] = data[max(0, at - 60):at]
    return bytes(data)


@pytest.fixture(scope="module")
def wide(conninfo, tmp_path_factory):
    made = Place(conninfo, tmp_path_factory.mktemp("wide"))
    yield made
    made.store.close()


@settings(max_examples=int(os.environ.get("TOLLBOD_FUZZ", 150)),
          suppress_health_check=list(HealthCheck))
@given(data=st.one_of(spoiled(), st.binary(max_size=200)), name=st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_file_is_taken_or_fails_for_a_reason(wide, data, name):
    """Nothing ends the carrier, nothing is held, nothing stays; what fails says why."""
    name = name.strip(".") or "x"
    if name.endswith(".tmp") or len(name.encode()) > 200:
        name = "x"
    wide.drop(name, data)
    for _ in range(3):
        wide.carry()
    wide.worker.drain()
    assert wide.store.held(wide.world) == []
    assert [one for one in wide.names("in") if not one.startswith(".")] == []
    for one in wide.names("failed"):
        file = wide.folder.path / "failed" / one
        if one.endswith(".reason.txt"):
            assert file.read_text().strip()
        file.unlink()
