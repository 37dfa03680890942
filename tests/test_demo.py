"""The demo from outside, as a visitor runs it, and the trader's client against its house."""
import json
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
TRAIL = ("trail: IE015 IE928 IE028 IE029 IE050 IE001 IE118 IE007 IE006 IE043 IE044 IE018 IE025 "
         "IE045")
PATIENCE_SECONDS = 120


def tollbod(folder, *arguments, **more):
    """Start a command in a data folder of its own."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("TOLLBOD_")}
    return subprocess.Popen(
        [sys.executable, "-m", "tollbod", *map(str, arguments)], cwd=HOME, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment | {"TOLLBOD_DATA": str(folder), "PYTHONPATH": str(HOME / "src")} | more)


def done(process):
    """Return what a command printed, its complaints and its exit code."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return out, err, process.returncode


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def test_once(folder):
    """On an empty folder: every message is shown, the balance is back, the last line is the trail.

    A busy port does not stop it.
    """
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        out, err, code = done(tollbod(folder, "demo", "--once", "--port", busy.getsockname()[1]))
    assert (code, err) == (0, "")
    lines = out.rstrip().splitlines()
    assert lines[-1] == TRAIL
    assert lines[-2] == "guarantee: IE200 IE201 IE203 IE205 IE209 IE204"
    shown = re.findall(r"^\d\d:\d\d:\d\d\.\d+ +\S+ → \S+ +(IE\w{3})", out, re.MULTILINE)
    told = [line.partition(":")[2].split() for line in lines[-3:]]
    assert lines[-3] == "prenotification: IE015 IE028 IEN25"
    assert sorted(shown) == sorted(ie for trail in told for ie in trail)
    assert "10000.00 EUR available before, 7391.30 EUR while" in out
    assert "10000.00 EUR now; 0.00 EUR still liable" in out


def test_again_and_the_client(folder):
    """On the same folder again, kept open: the trader's client sends and reads there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    demo = tollbod(folder, "demo", "--port", port)
    watch = threading.Timer(PATIENCE_SECONDS, demo.kill)
    watch.start()
    try:
        lines = iter(demo.stdout.readline, "")
        assert any(line.startswith("trail: ") and line.rstrip() == TRAIL for line in lines)
        _client(folder, f"http://127.0.0.1:{port}")
    finally:
        demo.terminate()
        watch.cancel()
        assert done(demo)[2] == 0


def _client(folder, url):
    out, err, code = done(tollbod(folder, "inbox", "--to", url, "--json"))
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [row["ie"] for row in rows] == [
        "IE928", "IE028", "IE029", "IE045", "IE028", "IEN25"] * 2
    assert [row["marker"] for row in rows] == list(range(1, 13))

    declaration = HOME / "golden" / "demo" / "IE015.xml"
    first, err, code = done(tollbod(folder, "send", declaration, "--to", url, "--json"))
    assert (code, err) == (0, "")
    again, _, code = done(tollbod(folder, "send", declaration, "--to", url, "--json"))
    assert code == 0 and json.loads(again) == json.loads(first) | {"verdict": "again"}

    out, _, code = done(tollbod(folder, "inbox", "--to", url, "--after", 8))
    assert code == 0 and out.splitlines()[0].split()[0] == "9"
    letter, reason = out.splitlines()[-2:]          # the dates of that file are past: told in words
    assert letter.split()[2] == "IE056" and reason.split()[:2] == ["14", "R0004"]
    _, err, code = done(tollbod(folder, "inbox", "--to", url, "--as", "NO399999990"))
    assert code == 1 and err.startswith("refused (401)")


def test_scenarios_against_a_url(folder):
    """The files that are played in this process come true at a running customs house as well."""
    names = ("life/simplified", "life/normal", "guarantee/two-guarantees", "refusals/intake",
             "refusals/repeated", "offices/broken-messages", "edifact/life", "edifact/contrl")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = tollbod(folder, "serve", "--port", port, TOLLBOD_TEST="1")
    watch = threading.Timer(PATIENCE_SECONDS, serve.kill)
    watch.start()
    try:
        assert "is ready" in serve.stdout.readline()
        out, err, code = done(tollbod(
            folder, "scenario", *(f"scenarios/{name}.scenario" for name in names),
            "--against", f"http://127.0.0.1:{port}"))
    finally:
        serve.terminate()
        watch.cancel()
        done(serve)
    assert (code, err) == (0, ""), out[-3000:]
    assert out.rstrip().endswith("7 of 7 came true, 1 left out")      # who may speak for an office?


def test_a_busy_port_is_said_in_words(folder):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        _, err, code = done(tollbod(folder, "demo", "--port", port))
    assert code == 1
    assert err.startswith(f"tollbod demo: cannot listen on 127.0.0.1:{port}")


def test_nobody_there(tmp_path):
    """A customs house that does not answer is told in words, without a traceback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    from tollbod.play import client
    previous, client.TRIES = client.TRIES, 2
    try:
        with pytest.raises(client.Unreachable, match=f"no answer from http://127.0.0.1:{port}"):
            client.Client(f"http://127.0.0.1:{port}", "NO310000019").mailbox()
    finally:
        client.TRIES = previous
    _, err, code = done(tollbod(tmp_path, "send", HOME / "golden" / "no such file.xml"))
    assert code == 2 and "no such file" in err.lower()
