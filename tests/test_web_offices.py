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
