"""Business continuity: outages over the API, and what became of each message after one.

BCP-01, BCP-02, PRE-BCP-03..06: the rows are played by scenarios/continuity, here over HTTP.
"""
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from web_house import (  # noqa: F401
    WORLD, Trader, answering, declaration, own_database, problem, site, working, world,
)

from tollbod.continuity import outage
from tollbod.play import specimen
from tollbod.play.specimen_ics2 import road
from tollbod.prenotification import question
from tollbod.store.streams import Store


def test_causes_are_those_of_the_duty():
    """PRE-BCP-03, BCP-01: deadlines in an outage go by the same causes (PRE-BCP-07..09)."""
    assert outage.CAUSES == question.OUTAGES


@pytest.mark.parametrize("number", ["NO365001-26-001", "AB123456-99-000001"])
def test_numbers_of_papers_look_like_no_mrn(number):
    """BCP-02: own numbering."""
    case = outage.Outage(number=number, permission=f"{number}-P", forms=3)
    assert case.numbers[0] == f"{number}-P-001" and len(case.numbers) == 3
    assert all("-" in one and len(one) > 18 for one in case.numbers)


def test_what_became_of_each_message(world):  # noqa: F811
    """After an outage nobody resends blindly: answered, and never received, by identification."""
    data = declaration("R1", "M-R1")
    taken = world.holder.lodge(data)
    world.holder.mail("IE029")
    told = world.holder.post("/received", json={"identifications": ["M-R1", "M-R2"]})
    first, second = told.json()["messages"]
    assert (first["state"], first["id"], first["ie"]) == ("answered", taken["id"], "IE015")
    assert [one["ie"] for one in first["answers"]] == ["IE928", "IE028"]
    for one in first["answers"]:
        assert f"<messageType>CC{one['ie'][2:]}C" in world.holder.get(f"/messages/{one['id']}").text
    assert second == {"identification": "M-R2", "state": "never received"}
    again = world.holder.lodge(data, 200)                           # and a repeat changes nothing
    assert again["id"] == taken["id"]
    listed = world.holder.get("/received").json()["messages"]
    assert [one["identification"] for one in listed] == ["M-R1"]
    assert world.consignee.get("/received").json() == {"messages": []}
    other = world.consignee.post("/received", json={"identifications": ["M-R1"]}).json()
    assert other["messages"][0]["state"] == "never received"        # another's is not told
    problem(world.holder.post("/received", json={"identifications": []}), 400)


def test_a_refusal_is_told_in_words_to_its_sender_alone(world):  # noqa: F811
    """The letter has codes only; the sender is told over HTTP what was wrong and how to mend it."""
    data = declaration("R3", "M-R3").replace(b"<countryOfDispatch>NO", b"<countryOfDispatch>ZZ")
    world.holder.lodge(data)
    letter = world.holder.mail("IE056")
    assert letter["correlation"] == "M-R3"
    sent, = world.holder.post("/received", json={"identifications": ["M-R3"]}).json()["messages"]
    why, = sent["refused"]
    assert (why["code"], why["rule"]) == ("12", "CL008")
    assert why["path"].endswith("countryOfDispatch")
    assert "ZZ" in why["text"] and "ZZ" in why["nb"] and why["text"] != why["nb"]
    mine = world.holder.get("/movements/R3").json()["timeline"]
    assert [one.get("refused") for one in mine] == [[why], None]
    seen = world.officer.get("/movements/R3").json()["timeline"][0]
    assert "refused" not in seen and seen["grounds"]["refused"] == [why]


def test_what_is_received_and_not_yet_processed(conninfo, tmp_path):
    """Without a worker a message is received and stays unprocessed, on the page too."""
    with own_database(conninfo) as own, answering(own, tmp_path) as url:
        with Store(own) as store:
            store.create_world(WORLD)
            for party in specimen.PARTIES:
                store.put_party(WORLD, party.id, msgspec.json.encode(party))
        token = Trader(url).post("/token", data={
            "grant_type": "client_credentials", "client_id": specimen.HOLDER,
            "client_secret": "demo"}).json()["access_token"]
        holder = Trader(url, token)
        holder.lodge(declaration("U1", "M-U1"))
        state, = holder.post("/received", json={"identifications": ["M-U1"]}).json()["messages"]
        assert state["state"] == "unprocessed" and "decided" not in state
        assert "ikke behandlet ennå" in page(url)
        with working(own):
            holder.mail("IE028")
        state, = holder.get("/received").json()["messages"]
        assert state["state"] == "answered" and state["decided"]
        assert "besvart" in page(url) and "ikke behandlet" not in page(url)


def page(url):
    """The page of what the holder sent, in Norwegian."""
    shown = httpx.get(f"{url}/received/{specimen.HOLDER}", trust_env=False,
                      headers={"Accept-Language": "nb"})
    assert shown.status_code == 200 and "M-U1" in shown.text
    return shown.text


def test_an_outage_over_the_api(world):  # noqa: F811
    """BCP-01, PRE-BCP-04..06: registered, permitted, a paper registered; its LRN is taken."""
    now = datetime.now(UTC)
    began, begun = now - timedelta(hours=2), now - timedelta(hours=1)
    number = "NO365001-26-0007"
    refused = world.act("NO365001", number, "report-outage", cause="holiday")["refused"]
    assert {one["path"] for one in refused} >= {"cause", "asked_by", "began"}
    world.act("NO365001", number, "report-outage", cause="network", asked_by=specimen.HOLDER,
              began=began.isoformat(), reason="line cut", expected=now.isoformat())
    early = world.act("NO365001", number, "register-paper", number=f"{number}-P-001")
    assert [one["code"] for one in early["refused"]] == ["92"]
    at = (began + timedelta(minutes=5)).isoformat()
    assert world.act("NO365001", number, "permit-fallback", at=at)["state"] == "permitted"
    done = world.act("NO365001", number, "register-paper", number=f"{number}-P-001",
                     holder=specimen.HOLDER, begun=begun.isoformat(), lrn="PAPER1")
    assert done["refused"] == []
    told = world.holder.get(f"/outages/{number}").json()
    assert (told["state"], told["permission"], told["papers"][0]["lrn"]) == (
        "permitted", f"{number}-P", "PAPER1")
    problem(world.consignee.get(f"/outages/{number}"), 404)
    ended = world.officer.post(f"/outages/{number}", json={"do": "end-outage"}).json()
    assert (ended["state"], ended["refused"]) == ("over", [])
    assert world.holder.post(f"/outages/{number}", json={"do": "close-outage"}).status_code == 403
    world.holder.lodge(declaration("PAPER1", "M-PAPER1"))
    told = world.holder.mail("IE056")
    body = world.holder.get(f"/messages/{told['id']}").text
    assert "BCP" in body and told["correlation"] == "M-PAPER1"


def test_what_became_of_each_filing(world):  # noqa: F811
    """S26 of ICS2: a filing is asked for by its LRN; nobody sends again blindly."""
    filed, wrong = road("Z1"), road("Z2").replace(b"+47 99 00 00 00", b"call me")
    taken = world.holder.lodge(filed)
    world.holder.lodge(wrong)
    mrn = world.holder.mail("IE3R01")["mrn"]
    world.holder.mail("IE3N99")
    told = world.holder.post("/received", json={"identifications": ["Z1", "Z2", "Z3"]}).json()
    first, second, third = told["messages"]
    assert (first["state"], first["id"], first["mrn"]) == ("answered", taken["id"], mrn)
    assert [one["ie"] for one in first["answers"]] == ["IE3R01"]
    assert [one["ie"] for one in second["answers"]] == ["IE3N99"]
    assert third == {"identification": "Z3", "state": "never received"}
    again = world.holder.lodge(filed, 200)                  # and if it is sent again all the same
    assert again["id"] == taken["id"]
    listed = world.holder.get("/received").json()["messages"]
    assert [one["identification"] for one in listed] == ["Z2", "Z1"]
    other = world.consignee.post("/received", json={"identifications": ["Z1"]}).json()
    assert other["messages"][0]["state"] == "never received"        # another's is not told
