"""The outage drill: database and web are gone, papers are begun, all comes back, nothing is lost.

BCP-01..04, PRE-BCP-01, PRE-BCP-04..06: what a trader, an officer and the system do, in order.
"""
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from installation import SOURCE, Installation, free_ports
from traffic import GRN, Client, make_world

from tollbod.play import documents_golden as golden
from tollbod.play.specimen import HOLDER, declaration
from tollbod.store import chain
from tollbod.store.streams import Store

WORLD, OUTAGE = "drill", "NO365001-26-0001"
PERMISSION = f"{OUTAGE}-P"
SSD = {"type": "EX", "border_office": "NO324001", "notifier": "Fjord Frakt (fictional)",
       "contact": "Desk", "phone": "+47 00000000", "mail": "desk@example.no",
       "carrier": "Fjell Handel (fictional)", "mode": "3", "means": "AB12345", "from": "NO",
       "to": "RU", "gross": "4200", "description": "Sawn timber", "packages": "12",
       "transport_document": "N730 CMR-1001"}


def document(folder, name, *words):
    """Make a paper as anybody can whose system is away: no house, no database is there."""
    out = folder / name
    told = subprocess.run([sys.executable, "-m", "tollbod", "document", *words, "-o", str(out)],
                          capture_output=True, text=True, cwd=folder,
                          env=os.environ | {"PYTHONPATH": str(SOURCE), "TOLLBOD_URL": ""})
    assert told.returncode == 0, told.stderr
    return golden.text(out.read_bytes())


def act(officer, do, **details):
    """An officer's act on the outage; what was refused."""
    answer = officer.ask("POST", "/test/officer", (503,), json={
        "office": "NO365001", "case": OUTAGE, "do": do, "id": f"{do} {details}", **details})
    assert answer.status_code == 200, answer.text
    return answer.json()["refused"]


def states(trader, identifications):
    """What the house says of each message."""
    answer = trader.ask("POST", "/received", json={"identifications": identifications})
    return {one["identification"]: one["state"] for one in answer.json()["messages"]}


def decided(trader, identifications):
    """The same, once nothing is unprocessed any more."""
    for _ in range(400):
        found = states(trader, identifications)
        if "unprocessed" not in found.values():
            return found
    raise AssertionError(found)


@pytest.fixture
def house(tmp_path):
    """A house with a world in it."""
    with Installation(tmp_path / "house", free_ports(1)[0]) as house:
        make_world(house.url, WORLD)
        yield house


def test_the_drill(house, tmp_path):
    """Three messages are in, all is killed, two are refused, one goes on paper; then it is back."""
    mine = {f"D{n}-15": declaration(f"D{n}", f"D{n}-15", GRN) for n in range(1, 7)}
    trader = Client(house.url, HOLDER, WORLD)
    receipts = {name: trader.ask("POST", "/messages", content=mine[name]).json()["id"]
                for name in ("D1-15", "D2-15", "D3-15")}
    began = datetime.now(UTC)
    house.kill_all()                                    # web, workers and database, at once
    for name in ("D4-15", "D5-15"):                     # nobody takes these
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{house.url}/api/v1/messages", content=mine[name], trust_env=False)
    begun = on_paper(tmp_path, mine["D6-15"])

    house.start()                                       # it is back
    trader, officer = (Client(house.url, who, WORLD) for who in (HOLDER, "officer"))
    found = decided(trader, list(mine))
    assert [found[name] for name in receipts] == ["answered"] * 3
    lost = [name for name, state in found.items() if state == "never received"]
    assert lost == ["D4-15", "D5-15", "D6-15"]
    for name, receipt in receipts.items():              # who sends again anyway harms nothing
        again = trader.ask("POST", "/messages", content=mine[name])
        assert (again.status_code, again.json()["id"]) == (200, receipt)
    register(officer, began, begun)

    # Only what never came is sent; what went on paper is not taken anew.
    for name in lost:
        assert trader.ask("POST", "/messages", content=mine[name]).status_code == 202
    assert set(decided(trader, list(mine)).values()) == {"answered"}
    for number in ("001", "002"):
        assert act(officer, "close-paper", number=f"{PERMISSION}-{number}") == []
    assert act(officer, "close-outage") == []
    look(house, trader, mine)


def on_paper(folder, data):
    """By telephone customs permits fallback for two papers; both are made with nothing there."""
    source = folder / "D6.xml"
    source.write_bytes(data)
    shown = document(folder, "paper.pdf", str(source), "--kind", "fallback",
                     "--set", f"number={PERMISSION}-001", "--set", f"permission={PERMISSION}")
    assert f"{PERMISSION}-001" in shown and "Not valid" not in shown and "D6" in shown
    ssd = document(folder, "ssd.pdf", "--kind", "ssd", "--set", "type=EX",
                   "--set", f"reference={PERMISSION}-002", "--set", f"permission={PERMISSION}")
    assert f"{PERMISSION}-002" in ssd
    return datetime.now(UTC)


def register(officer, began, begun):
    """The officer registers what happened; without permission nothing counts."""
    paper = {"holder": HOLDER, "begun": begun.isoformat()}
    permitted = began + timedelta(milliseconds=1)
    assert act(officer, "report-outage", cause="customs", asked_by=HOLDER,
               began=began.isoformat()) == []
    refused = act(officer, "register-paper", number=f"{PERMISSION}-001", lrn="D6", **paper)
    assert [one["code"] for one in refused] == ["92"]
    assert act(officer, "permit-fallback", at=permitted.isoformat(), forms=2) == []
    assert act(officer, "register-paper", number=f"{PERMISSION}-001", lrn="D6", kind="transit",
               **paper) == []
    assert act(officer, "register-paper", number=f"{PERMISSION}-002", kind="ssd", **SSD,
               departure=(begun + timedelta(days=1)).isoformat(),
               received=datetime.now(UTC).isoformat(), **paper) == []
    assert act(officer, "end-outage") == []


def look(house, trader, mine):
    """Each message is there once and answered once; D6, on paper, has no MRN."""
    rows = trader.ask("GET", "/messages", params={"limit": 1000}).json()["messages"]
    accepted = sorted(row["correlation"] for row in rows if row["ie"] == "IE028")
    assert accepted[:5] == ["D1-15", "D2-15", "D3-15", "D4-15", "D5-15"]
    assert [one.startswith("NO365001-") for one in accepted[5:]] == [True]      # of the SSD
    assert [row.get("correlation") for row in rows if row["ie"] == "IE056"] == ["D6-15"]
    with house.database() as conninfo, Store(conninfo) as store:
        taken = store.call("select ident from inbox where ie = 'IE015' order by ident")
        assert [ident for ident, in taken if ident.endswith("-15")] == sorted(mine)
        assert len(taken) == len(mine) + 1                                      # and the SSD
        assert store.held(WORLD) == [] and chain.verify(store) == []
