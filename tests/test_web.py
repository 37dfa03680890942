"""The API over real HTTP, with a real database and a worker: what is taken, told and refused."""
import threading
import time

import httpx
import pytest
from web_house import GRN, Trader, declaration, make_world, problem, site, world  # noqa: F401

from tollbod.play import specimen
from tollbod.wire import forms


# --- a life ---------------------------------------------------------------------------------------

def test_a_whole_life(world):  # noqa: F811
    taken = world.holder.lodge(declaration())
    released = world.holder.mail("IE029")
    mrn = released["mrn"]
    assert world.act("SE603340", mrn, "crossing")["state"] == "passed"
    world.consignee.lodge(specimen.arrival(mrn, "A1"))
    world.consignee.mail("IE043")
    world.consignee.lodge(specimen.remarks(mrn, "A2"))
    assert world.consignee.mail("IE025")["correlation"] == "A2"
    assert world.holder.mail("IE045")["mrn"] == mrn
    told = world.officer.get(f"/movements/{mrn}").json()
    assert (told["state"], told["waiting"]) == ("written off", None)
    assert [one["role"] for one in told["offices"]] == ["departure", "transit", "destination",
                                                        "guarantee"]
    trail = [one["what"] for one in told["timeline"]]
    assert trail[0] == "IE015" and sorted(trail) == sorted(
        "IE015 IE928 IE028 IE200 IE201 IE203 IE205 IE029 IE050 IE001 IE118 IE007 IE006 IE209 IE043 "
        "IE044 IE018 IE025 IE045 IE204".split() + ["officer crossing"])
    for one in told["timeline"]:
        if one["what"].startswith("IE"):
            body = world.officer.get(f"/messages/{one['id']}")
            assert forms.read(body.content).ie == one["what"]
    free = world.holder.get(f"/guarantees/{GRN}").json()
    assert (free["available_cent"], free["still_liable_cent"]) == (1_000_000, 0)
    assert told["timeline"][0]["id"] == taken["id"]


def test_what_it_waits_for(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    for reference in (mrn, "LRN1"):
        told = world.holder.get(f"/movements/{reference}").json()
        assert told["waiting"]["for"] == "carrier" and told["waiting"]["because_nb"]
    world.consignee.lodge(specimen.arrival(mrn, "A1"))
    world.consignee.mail("IE043")
    waiting = world.consignee.until(lambda told: told["waiting"]["for"] != "carrier",
                                    f"/movements/{mrn}")["waiting"]
    assert waiting["for"] == "trader at destination" and waiting["since"]
    listed = world.consignee.get("/movements").json()["movements"]
    assert [(one["mrn"], one["waiting"]["for"]) for one in listed] == [
        (mrn, "trader at destination")]


# --- identity -------------------------------------------------------------------------------------

def test_a_repeat_gives_the_first_receipt(world):  # noqa: F811
    data = declaration()                # it holds the second in which it was made
    first = world.holder.lodge(data)
    again = world.holder.lodge(data.replace(b"><", b">\n<"), 200)
    assert (again["id"], again["verdict"]) == (first["id"], "again")
    assert world.holder.http.post("/messages", content=data).headers["Location"] == (
        f"/api/v1/messages/{first['id']}")


def test_twenty_at_once_are_one(world):  # noqa: F811
    data, answers = declaration(), []
    threads = [threading.Thread(
        target=lambda: answers.append(world.holder.post("/messages", content=data)))
        for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in answers) == [200] * 19 + [202]
    assert len({one.json()["id"] for one in answers}) == 1


def test_other_content_under_the_same_identification(world):  # noqa: F811
    world.holder.lodge(declaration())
    told = problem(world.holder.post("/messages", content=declaration("LRN2")), 409)
    assert [one["code"] for one in told["findings"]] == ["26"]
    assert len(world.officer.get("/movements").json()["movements"]) == 1


def test_json_and_xml_are_the_same_message(world):  # noqa: F811
    sent = declaration()
    first = world.holder.lodge(forms.write(forms.read(sent), "json"))
    assert world.holder.lodge(sent, 200)["id"] == first["id"]
    path = f"/messages/{first['id']}"
    xml = world.holder.get(path, headers={"Accept": "application/xml"})
    assert xml.headers["content-type"] == "application/xml"
    assert forms.read(xml.content).ie == "IE015"
    told = world.holder.get(path, headers={"Accept": "application/json"})
    assert told.json()["CC015C"]["TransitOperation"]["LRN"] == "LRN1"


# --- bad input ------------------------------------------------------------------------------------

NCTS = b'xmlns:ncts="http://ncts.dgtaxud.ec"'


def test_a_reference_that_is_far_too_long_is_told_at_once(world):  # noqa: F811
    """It would not fit the key of a case: index rows have an end."""
    told = problem(world.holder.post("/messages", content=declaration("L" * 3000)), 422)
    assert [one["path"] for one in told["findings"]] == ["/CC015C/TransitOperation/LRN"]
    assert forms.read(told["answer"].encode()).ie == "IE917"


def test_phase_5_is_told_in_codes_of_phase_5(world):  # noqa: F811
    """The codes of phase 6 (39: too long) do not pass in an IE917 of phase 5: no case is held."""
    world.holder.lodge(declaration("L" * 30).replace(b"NCTS6", b"NCTS5.1"))
    told = world.holder.get(f"/messages/{world.holder.mail('IE917')['id']}").content
    assert forms.read(told).get("XMLError/errorCode") == "51"


@pytest.mark.parametrize(("data", "status"), [
    (b"", 400), (b"hello", 400), (b"<a>", 400), (b"\x00\xff\xfe", 400), (b"{", 400), (b"[]", 400),
    (b'<!DOCTYPE a [<!ENTITY x "y">]><ncts:CC015C %s/>' % NCTS, 400),
    (b'<CC015C xmlns="http://example.com/other"/>', 400),
    (b"<ncts:CC999Z %s/>" % NCTS, 400),
    (b'{"CC015C": {"LRN": "1", "LRN": "2"}}', 400),
    (b"<ncts:CC015C %s/>" % NCTS, 422),
    (b"UNB+UNOC:3+A+B+260504:0800+1'", 422),
])
def test_what_cannot_be_taken(world, data, status):  # noqa: F811
    told = problem(world.holder.post("/messages", content=data), status)
    if status == 400:
        assert forms.read(told["answer"].encode()).ie == "IE917"
        assert told["findings"][0]["layer"] == "schema" and told["findings"][0]["nb"]
    assert world.holder.get("/movements").json() == {"movements": []}


def test_an_office_that_is_not_ours(world):  # noqa: F811
    told = problem(world.holder.post(
        "/messages", content=declaration().replace(b"NO365001", b"FR000130")), 422)
    assert "FR000130" in told["detail"] and told["findings"][0]["path"].endswith("referenceNumber")


def test_a_message_that_traders_do_not_send(world):  # noqa: F811
    world.holder.lodge(declaration())
    letter = world.holder.get(f"/messages/{world.holder.mail('IE029')['id']}").content
    told = problem(world.holder.post("/messages", content=letter), 422)
    assert "IE015" in told["detail"]


def test_a_message_at_the_wrong_time_is_answered(world):  # noqa: F811
    world.consignee.lodge(specimen.arrival("26NO36500100000AJ5", "A1"))
    told = world.consignee.mail("IE057")
    assert b"<errorCode>90</errorCode>" in world.consignee.get(f"/messages/{told['id']}").content


def resident():
    """How many bytes this process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.parametrize("announced", [True, False])
def test_a_hundred_megabytes(world, announced):  # noqa: F811
    piece, before, most = b" " * 1_000_000, resident(), 0

    def pieces():
        nonlocal most
        for _ in range(100):
            most = max(most, resident())
            yield piece

    headers = {"Content-Length": "100000000"} if announced else {}
    told = problem(world.holder.post("/messages", content=pieces(), headers=headers), 413)
    assert "10 MB" in told["detail"]
    assert most - before < 40_000_000           # the server is in this very process
    world.holder.lodge(declaration())


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "wait=99",
                                   "after=99999999999999999999999"])
def test_questions_that_make_no_sense(world, query):  # noqa: F811
    problem(world.holder.get(f"/messages?{query}"), 400)


def test_what_is_no_choice_is_told_the_choices(world):  # noqa: F811
    told = problem(world.holder.http.put("/party", json={"form": "xml"}), 400)
    assert "'edifact'" in told["detail"] and "'p6'" in told["detail"]
    told = problem(world.holder.post("/check?layer=colour", content=declaration()), 400)
    assert "'schema'" in told["detail"]


@pytest.mark.parametrize("path", [
    "/messages/abc", "/messages/999999999999999999999", "/messages/1%00", "/movements/x%00y",
    "/movements/%27%20or%201=1", "/movements/" + "9" * 500, "/guarantees/x", "/guarantees/a%00b",
    "/guarantees/../x", "/nothing"])
def test_what_is_not_there(world, path):  # noqa: F811
    problem(world.holder.get(path), 404)


# --- the mailbox ----------------------------------------------------------------------------------

def test_markers(world):  # noqa: F811
    world.holder.lodge(declaration())
    world.holder.mail("IE029")
    every = world.holder.get("/messages").json()
    assert [one["marker"] for one in every["messages"]] == [1, 2, 3] and every["next"] == 3
    assert [one["ie"] for one in every["messages"]] == ["IE928", "IE028", "IE029"]
    second = world.holder.get("/messages?after=1&limit=1").json()
    assert second["messages"] == every["messages"][1:2] and second["next"] == 2
    assert world.holder.get("/messages?after=3").json() == {"messages": [], "next": 3}
    began = time.monotonic()
    assert world.holder.get("/messages?after=3&wait=0.4").json()["messages"] == []
    assert time.monotonic() - began >= 0.4
    assert world.holder.get("/messages").json() == every


# --- who may what ---------------------------------------------------------------------------------

def test_others_messages_are_not_there(world):  # noqa: F811
    mine = world.holder.lodge(declaration())["id"]
    to_me = world.holder.mail("IE028")
    for id in (mine, to_me["id"]):
        problem(world.consignee.get(f"/messages/{id}"), 404)
        assert world.officer.get(f"/messages/{id}").status_code == 200
    for reference in (to_me["mrn"], "LRN1"):
        problem(world.consignee.get(f"/movements/{reference}"), 404)
    problem(world.consignee.get(f"/guarantees/{GRN}"), 404)
    assert world.consignee.get("/movements").json() == {"movements": []}


def test_worlds_do_not_see_each_other(world, site):  # noqa: F811
    other = make_world(site.url)
    id = world.holder.lodge(declaration())["id"]
    mrn = world.holder.mail("IE028")["mrn"]
    for stranger in (other.holder, other.officer):
        problem(stranger.get(f"/messages/{id}"), 404)
        problem(stranger.get(f"/movements/{mrn}"), 404)
    other.holder.lodge(declaration())                           # the same identification


def test_grounds_are_for_officers(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    mine = world.holder.get(f"/movements/{mrn}").json()["timeline"]
    assert [one["what"] for one in mine] == ["IE015", "IE928", "IE028", "IE029"]
    assert all("grounds" not in one and one["mine"] for one in mine)
    theirs = world.officer.get(f"/movements/{mrn}").json()["timeline"]
    assert theirs[0]["grounds"]["to"] == "accepted" and len(theirs) > len(mine)


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/messages"), ("GET", "/messages"), ("GET", "/messages/1"), ("POST", "/check"),
    ("GET", "/movements"), ("GET", "/movements/X"), ("GET", f"/guarantees/{GRN}"),
    ("GET", "/desk/tasks"), ("POST", "/desk/tasks/x"), ("POST", "/test/clock"),
    ("POST", "/test/officer"), ("DELETE", "/test/worlds/main")])
def test_nobody_is_let_in(site, world, method, path):  # noqa: F811
    for token in ("", "rubbish", world.holder.http.headers["Authorization"][7:-3] + "abc"):
        answer = Trader(site.url, token).http.request(method, path, json={})
        assert "Bearer" in answer.headers["WWW-Authenticate"]
        problem(answer, 401)


def test_traders_are_no_officers(world):  # noqa: F811
    for path, body in (("/test/clock", {"advance": "PT1M"}), ("/desk/tasks/x", {"do": "x"})):
        problem(world.holder.post(path, json=body), 403)
    problem(world.holder.get("/desk/tasks"), 403)
    problem(world.officer.post("/messages", content=declaration()), 403)


# --- check, clock, officer, desk ------------------------------------------------------------------

def test_check_lodges_nothing(world):  # noqa: F811
    good = world.holder.post("/check", content=declaration()).json()
    assert (good["verdict"], good["message"], good["findings"]) == ("valid", "CC015C", [])
    bad = declaration().replace(b">T1<", b">T9<")
    told = world.holder.post("/check", content=bad).json()
    assert told["verdict"] == "invalid" and told["findings"][0]["rule"] == "CL231"
    assert world.holder.post("/check?layer=schema", content=bad).json()["verdict"] == "valid"
    assert world.holder.post("/check", content=b"<").json()["verdict"] == "unreadable"
    problem(world.holder.post("/check?layer=nonsense", content=bad), 400)
    assert world.holder.get("/movements").json() == {"movements": []}


def test_the_clock(site):  # noqa: F811
    still = make_world(site.url, clock="2026-05-04T08:00:00Z")
    told = still.officer.post("/test/clock", json={"advance": "PT45M"}).json()
    assert told == {"world": still.name, "now": "2026-05-04T08:45:00Z", "running": False}
    for bad in ("-PT1M", "45", "PTX", None, "P9000000D"):
        problem(still.officer.post("/test/clock", json={"advance": bad}), 400)
    running = make_world(site.url)
    before = running.officer.get("/test/clock").json()
    after = running.officer.post("/test/clock", json={"advance": "P1D"}).json()
    assert before["running"] and after["running"] and after["now"] > before["now"]


def test_the_officer_is_refused_in_words(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    done = world.act("SE603340", mrn, "crossing", id="once")
    assert done["decided"] and done["state"] == "passed" and done["refused"] == []
    assert world.act("SE603340", mrn, "crossing", id="once")["receipt"] == done["receipt"]
    assert world.act("SE603340", mrn, "crossing")["refused"][0]["code"] == "92"
    assert world.act("NO365001", "LRN1", "release")["refused"]
    ask = {"office": "SE603340", "case": mrn, "do": "dance"}
    assert "crossing" in problem(world.officer.post("/test/officer", json=ask), 404)["detail"]
    problem(world.officer.post("/test/officer", json={"office": "SE603340"}), 400)
    problem(world.officer.post("/test/officer", json=ask | {"do": "crossing", "case": "X"}), 404)


def test_the_work_list(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    task, = world.officer.until(lambda told: told["tasks"],
                                "/desk/tasks", office="SE603340")["tasks"]
    assert task["case"] == mrn and "crossing" in task["acts"]
    problem(world.officer.post(f"/desk/tasks/{task['id']}", json={"do": "dance"}), 422)
    done = world.officer.post(f"/desk/tasks/{task['id']}", json={"do": "crossing"}).json()
    assert done["state"] == "passed"
    problem(world.officer.post(f"/desk/tasks/{task['id']}", json={"do": "crossing"}), 404)
    assert world.officer.get("/desk/tasks").json() == {"tasks": []}


def test_worlds_are_made_and_removed(site):  # noqa: F811
    made = make_world(site.url, name=f"w-{time.time_ns()}")
    problem(Trader(site.url).post("/test/worlds", json={"name": made.name}), 409)
    problem(Trader(site.url).post("/test/worlds", json={"name": "../x"}), 400)
    problem(Trader(site.url).post("/test/worlds", json={"clock": "2026-05-04T08:00:00"}), 400)
    problem(made.officer.http.delete("/test/worlds/main"), 403)
    assert made.officer.http.delete(f"/test/worlds/{made.name}").status_code == 204
    problem(made.holder.get("/movements/X"), 404)
    problem(made.holder.post("/messages", content=declaration()), 404)


# --- explanations ---------------------------------------------------------------------------------

def test_rules_are_explained(site):  # noqa: F811
    told = httpx.get(f"{site.url}/api/v1/rules/c0250").json()
    assert told["id"] == "C0250" and "register" in told["en"] and told["notation"]
    everything = httpx.get(f"{site.url}/api/v1/rules").json()
    assert len(everything) > 500 and everything[0]["status"] == "retired"
    missing = httpx.get(f"{site.url}/api/v1/rules/C02500")
    assert missing.status_code == 404 and "C0250" in missing.json()["detail"]
