"""Our signatures before another engine: XML Signature and PKIPath of the JDK (17 or later)."""
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from as4_ends import AT, EORI, ends, pushed

from tollbod.wire.as4 import mime

SOURCE = Path(__file__).parent / "java" / "Verify.java"
LEAST = 17


@pytest.fixture(scope="module")
def jdk(tmp_path_factory):
    """A function that asks the JDK about a post; the test is skipped where there is no JDK."""
    java, javac = shutil.which("java"), shutil.which("javac")
    if not java or not javac:
        pytest.skip("no JDK on this machine: java and javac are not found")
    told = subprocess.run([javac, "-version"], capture_output=True, text=True, check=True)
    version = int(re.search(r"(\d+)", told.stdout + told.stderr)[1])
    if version < LEAST:
        pytest.skip(f"the JDK is {version}, which is older than {LEAST}")
    folder = tmp_path_factory.mktemp("jdk")
    subprocess.run([javac, "-d", folder, SOURCE], check=True, timeout=120)

    def ask(post, edit=lambda name, data: data):
        envelope, parts = mime.unpack(*post)
        (folder / "envelope.xml").write_bytes(edit("envelope", envelope))
        for cid, data in parts.items():
            (folder / cid).write_bytes(edit(cid, data))
        done = subprocess.run([java, "-cp", folder, "Verify", folder / "envelope.xml", folder],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
    return ask


def test_the_jdk_accepts_what_we_sign(jdk):
    sent = pushed()
    opened, signed = ends().gate.station.read(sent, AT)
    assert jdk(sent) == "valid 4"
    assert jdk(ends().gate.station.receipt(opened, signed, "r1@customs.example", AT)) == "valid 2"
    assert jdk(ends().trader.pull_request(EORI, "p1@trader.example", AT)) == "valid 2"


def test_the_jdk_refuses_what_was_changed(jdk):
    """It is no engine that says yes to everything."""
    def changed(name, old, new):
        def edit(which, data):
            assert which != name or old in data
            return data.replace(old, new) if which == name else data
        return edit
    assert jdk(pushed(), changed("envelope", b">IE3F50<", b">IE3A50<")) == "invalid"
    assert jdk(pushed(), changed("file1", b"\x1f\x8b", b"\x1f\x8c")) == "invalid"
