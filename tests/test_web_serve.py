"""`./tollbod serve` as a process: ready, killed in parts, stopped; and what it refuses."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import msgspec
import psycopg
import pytest
from web_house import NODE, Trader, answering, declaration, make_world, own_database

from tollbod.store import schema
from tollbod.store.streams import Store
from tollbod.web import party, settings
from tollbod.web.settings import Misconfigured

PATIENCE_SECONDS = 30


@contextlib.contextmanager
def serving(folder, **environment):
    """A house in a process of its own; the process and its URL."""
    told = os.environ | {"TOLLBOD_DATA": str(folder), "TOLLBOD_TEST": "1"} | environment
    process = subprocess.Popen([sys.executable, "-m", "tollbod", "serve", "--port", "0"], env=told,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert "ready at http://" in line, line + process.stderr.read()
        yield process, line.split(" ready at ")[1].split()[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def family(pid):
    """The living processes below one, with their command lines."""
    found, parents = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/stat") as file:
                parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
    below = {pid}
    while more := {one for one, parent in parents.items() if parent in below} - below:
        below |= more
    for one in below - {pid}:
        with contextlib.suppress(OSError), open(f"/proc/{one}/cmdline") as file:
            found[one] = file.read().replace("\0", " ")
    return found


def foremen(pid):
    """The foreman and the workers below a house, in the order of their ages."""
    return sorted(one for one, line in family(pid).items() if "web.foreman" in line)


def alive(pids):
    """Those of some processes that live."""
    return [pid for pid in pids if os.path.exists(f"/proc/{pid}/cmdline")
            and open(f"/proc/{pid}/cmdline").read()]


def eventually(holds):
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_killed_in_parts_and_stopped(tmp_path):
    """A worker, then the foreman, is killed: others follow, and nothing is lost or left behind."""
    with serving(tmp_path) as (process, url):
        world = make_world(url)
        eventually(lambda: len(foremen(process.pid)) == 3)
        foreman, *workers = foremen(process.pid)
        os.kill(workers[0], signal.SIGKILL)
        os.kill(workers[1], signal.SIGKILL)
        world.holder.lodge(declaration())
        world.holder.mail("IE029")
        os.kill(foreman, signal.SIGKILL)
        world.holder.lodge(declaration("LRN2", "M2"))
        eventually(lambda: [one["lrn"] for one in world.holder.get("/messages").json()["messages"]
                            if one["ie"] == "IE029"] == ["LRN1", "LRN2"])
        eventually(lambda: Trader(url).get("/health/ready").status_code == 200)
        everybody = [process.pid, *family(process.pid)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        eventually(lambda: not alive(everybody))


def test_killed_whole(tmp_path):
    """kill -9 of the house itself: workers and database end by themselves, and it starts again."""
    with serving(tmp_path) as (process, url):
        world = make_world(url, name="before")
        id = world.holder.lodge(declaration())["id"]
        everybody = family(process.pid)
        process.kill()
        process.wait()
        eventually(lambda: not alive(everybody))
    with serving(tmp_path) as (_, url):
        form = {"grant_type": "client_credentials", "client_id": "officer",
                "client_secret": "demo", "world": "before"}
        officer = Trader(url, Trader(url).post("/token", data=form).json()["access_token"])
        assert officer.get(f"/messages/{id}").status_code == 200


def refused(**environment):
    """What serve says when it cannot serve."""
    done = subprocess.run([sys.executable, "-m", "tollbod", "serve", "--port", "0"],
                          env=os.environ | environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and not done.stdout and done.stderr.count("\n") == 1, done
    return done.stderr


def test_a_newer_schema_is_refused(conninfo, tmp_path):
    with own_database(conninfo) as own:
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute("insert into schema_version values (999, 'future', 'x')")
        said = refused(TOLLBOD_DATABASE=own, TOLLBOD_DATA=str(tmp_path))
    assert "999" in said and "newer" in said and str(schema.steps()[-1].version) in said


def test_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tollbod", "serve", "--port", str(port)], capture_output=True,
            env=os.environ | {"TOLLBOD_DATA": str(tmp_path)}, text=True, timeout=60)
    assert done.returncode == 1 and f"127.0.0.1:{port}" in done.stderr


def test_configuration(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("TOLLBOD_")]:
        monkeypatch.delenv(name)
    assert settings.read().port == 8400 and settings.read().node.test is False
    file = tmp_path / "tollbod.toml"
    file.write_text('port = 1\ncountries = ["SE"]\n[[clients]]\nid = "a"\nparty = "SE1"\n')
    monkeypatch.setenv("TOLLBOD_CONFIG", str(file))
    monkeypatch.setenv("TOLLBOD_PORT", "2")
    told = settings.read()
    assert (told.port, told.countries, told.clients[0].party) == (2, ("SE",), "SE1")
    for wrong in ("prot = 1", "port = 'x'", "[", '[[clients]]\nid = "a"\nparty = "x"\n'
                  'keys = [{kty = "RSA", d = "secret"}]', '[peers]\nDE = "http://x"'):
        monkeypatch.delenv("TOLLBOD_PORT", raising=False)
        file.write_text(wrong)
        with pytest.raises(Misconfigured):
            settings.read()


PARTY = '''[[parties]]
id = "NO310000019"
name = "Fjord Frakt (fictional)"
street = "Fictional Street 1"
city = "Oslo"
country = "NO"
authorisations = { C521 = "NOACR000001" }
'''


def test_the_register_of_traders_is_configured(conninfo, tmp_path, monkeypatch):
    """An installation that is no test has its traders from the file; they keep what they chose."""
    file = tmp_path / "tollbod.toml"
    monkeypatch.setenv("TOLLBOD_CONFIG", str(file))
    for wrong in (PARTY + 'authorisation = "C521"\n', PARTY.replace("NO310000019", "NO/1"),
                  PARTY.replace("city", "town")):
        file.write_text(wrong)
        with pytest.raises(Misconfigured):
            settings.read()
    file.write_text(PARTY)
    one, = settings.read().parties
    with own_database(conninfo) as own, Store(own) as store:
        store.create_world("main")
        party.enter(store, "main", [one])
        chosen = msgspec.structs.replace(one, form="edifact", partner="FJORD")
        store.put_party("main", one.id, msgspec.json.encode(chosen))
        party.enter(store, "main", [msgspec.structs.replace(one, city="Bergen")])
        assert party.all_of(store, "main") == [msgspec.structs.replace(chosen, city="Bergen")]


def test_pages_outside_the_test_environment(conninfo, tmp_path):
    """An officer logs in with the secret; without one the pages say why they are closed."""
    node = NODE._replace(test=False)
    with own_database(conninfo) as own:
        with Store(own) as store:
            store.create_world("main")
        with answering(own, tmp_path, node) as url:
            shut = httpx.get(url, trust_env=False)
            assert shut.status_code == 403 and "TOLLBOD_OFFICER_SECRET" in shut.text
        with answering(own, tmp_path, node, officer_secret="lighthouse") as url:
            browser = httpx.Client(base_url=url, trust_env=False)
            for path in ("/", "/movements/x", "/messages/1.xml", "/?live=1"):
                assert browser.get(path).status_code == 401
            assert browser.post("/login", data={"secret": "wrong"}).status_code == 403
            assert browser.get("/").status_code == 401
            entered = browser.post("/login", data={"secret": "lighthouse"})
            assert entered.status_code == 303
            cookie = entered.headers["set-cookie"].lower()
            assert "httponly" in cookie and "samesite=strict" in cookie
            assert browser.get("/").status_code == 200
            browser.get("/logout")
            assert browser.get("/").status_code == 401


def test_a_language_leads_nowhere_else(conninfo, tmp_path):
    with own_database(conninfo) as own, answering(own, tmp_path) as url:
        for to in ("//evil.example", "https://evil.example", "/\\evil.example"):
            answer = httpx.get(f"{url}/language/nb", params={"to": to}, trust_env=False)
            assert answer.headers["location"] == "/"
        assert httpx.get(f"{url}/static/..%2fpages.py", trust_env=False).status_code == 404
        assert json.loads(httpx.get(f"{url}/nothing", trust_env=False).text)["detail_nb"]
