"""Where an access code is no longer, and who is not shown it (GUAR-AC-04, decision 15)."""
from web_house import GRN, declaration, make_world, site  # noqa: F401

from tollbod.store.streams import Store

CODE = b"AC01"


def test_a_released_movement_has_forgotten_its_access_code(site):  # noqa: F811
    world = make_world(site.url)
    receipt = world.holder.lodge(declaration())["id"]
    letter = world.holder.mail("IE029")
    with Store(site.conninfo) as store:
        stream = store.stream(store.address(world.name, f"departure/{letter['mrn']}"))
        assert stream.phase == "released" and CODE not in stream.state
        assert GRN.encode() in stream.state
    assert CODE in world.holder.get(f"/messages/{receipt}").content, "the holder's own words"
    assert CODE in world.holder.get(f"/messages/{letter['id']}").content, "and its own letter"
    for id in (receipt, letter["id"]):
        told = world.officer.get(f"/messages/{id}").content
        assert CODE not in told and b"<accessCode>****</accessCode>" in told
        told = world.officer.get(f"/messages/{id}", headers={"Accept": "application/json"}).content
        assert CODE not in told and b'"accessCode"' in told


def test_the_act_that_gives_a_code_is_shown_without_it(site):  # noqa: F811
    world = make_world(site.url)
    world.officer.post(f"/guarantees/{GRN}", json={"do": "give-code", "access_code": "Z9Q8"})
    with Store(site.conninfo) as store:
        acts = [one for one in store.inbox(f"{world.name}/NO365001/guarantee/{GRN}")
                if b"Z9Q8" in one.body]
    assert acts, "it is kept as it was done"
    told = world.officer.get(f"/messages/{acts[0].receipt}").content
    assert b"Z9Q8" not in told and b"****" in told
