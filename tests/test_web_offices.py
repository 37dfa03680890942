"""Officers at their own offices: what a token is for, and offices that other nodes run."""
from web_house import (  # noqa: F401
    GRN, WORLD, Trader, declaration, make_world, problem, site, world,
)

from tollbod.play import specimen


def officer_of(url, world, offices):  # noqa: F811
    """A client with a demo token of an officer for these offices."""
    answer = Trader(url).post("/token", data={
        "grant_type": "client_credentials", "client_id": "officer", "client_secret": "demo",
        "world": world, "offices": offices})
    assert answer.status_code == 200, answer.text
    return Trader(url, answer.json()["access_token"])


def test_a_token_may_be_for_some_offices_only(site, world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    task, = world.officer.get("/desk/tasks").json()["tasks"]
    assert task["office"] == "SE603340"
    norwegian = officer_of(site.url, world.name, "NO")
    assert norwegian.get("/desk/tasks").json() == {"tasks": []}
    problem(norwegian.post(f"/desk/tasks/{task['id']}", json={"do": "crossing"}), 403)
    act = {"office": "SE603340", "case": mrn, "do": "crossing"}
    assert "SE603340" in problem(norwegian.post("/test/officer", json=act), 403)["detail"]
    swedish = officer_of(site.url, world.name, "NO371001 SE603340")
    assert swedish.get("/desk/tasks").json()["tasks"] == [task]
    assert swedish.post("/test/officer", json=act).json()["state"] == "passed"


def test_offices_that_are_not_run_here(site, world):  # noqa: F811
    act = {"office": "FR000040", "case": "26FR00000000000000", "do": "arrival"}
    problem(world.officer.post("/test/officer", json=act), 403)
    problem(Trader(site.url).post("/test/worlds", json={"guarantees": [
        {"grn": GRN, "type": "1", "holder": specimen.HOLDER, "reference_cent": 1,
         "office": "FR000040"}]}), 422)


def test_two_officers(site, world):  # noqa: F811
    """What is proposed at the desk is done when another officer confirms it; the story says who."""
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    bench = world.officer.post("/test/officer", json={
        "office": "NO365001", "case": mrn, "do": "cancel", "by": "kari"}).json()
    assert (bench["state"], bench["proposed"]) == ("released", True)
    task, = world.officer.get("/desk/tasks", params={"office": "NO365001"}).json()["tasks"]
    assert (task["name"], task["acts"]) == ("second", ["confirm", "reject"])
    assert "kari" in task["text"] and "kari" in task["nb"]
    path = f"/desk/tasks/{task['id']}"
    own = world.officer.post(path, json={"do": "confirm", "by": "kari"}).json()
    assert own["refused"][0]["code"] == "14" and own["state"] == "released"
    other = world.officer.post(path, json={"do": "confirm", "by": "per"}).json()
    assert (other["state"], other["refused"], other["proposed"]) == ("cancelled", [], False)
    told = world.officer.get(f"/movements/{mrn}").json()["timeline"]
    grounds = [one["grounds"] for one in told if one["what"].startswith("officer")]
    assert [one["by"] for one in grounds] == ["kari", "kari", "per"]
    assert grounds[0]["proposes"]["act"] == "cancel" and grounds[2]["confirms"]["by"] == "kari"
    mine = world.holder.get(f"/movements/{mrn}").json()["timeline"]
    assert not any(one.get("grounds") for one in mine)


def test_the_bench_has_two_officers(world):  # noqa: F811
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    done = world.act("NO365001", mrn, "cancel")
    assert (done["state"], done["proposed"]) == ("cancelled", False)
