"""A trader's CONTRL that rejects a message of ours: a task at the desk, a mark at the message."""
import time

import httpx
import pytest
from test_interchanges import EDIFACT, WHEN, declared
from web_house import NODE, WORLD, site, world  # noqa: F401

from tollbod.office import outgoing
from tollbod.office.interchange import receive
from tollbod.play import specimen
from tollbod.store.streams import Store
from tollbod.wire.edifact import contrl, write
from tollbod.wire.edifact.judge import verdicts


def test_a_contrl_that_rejects_a_message_of_ours_is_a_task(world):  # noqa: F811
    """Said once or thrice there is one task, at the office that sent it; an officer ends it."""
    world.holder.lodge(declared())
    world.holder.mail("IE029")
    row = world.holder.get("/messages").json()["messages"][0]
    data = world.holder.get(f"/messages/{row['id']}", headers=EDIFACT).content
    (verdict,) = verdicts(data.replace(b"UNT+", b"UNT+1", 1))
    for reference, status in (("C1", 202), ("C1", 200), ("C2", 202)):
        answer = contrl.answer(verdict, reference, WHEN)
        assert world.holder.lodge(answer, status)["ie"] == "CONTRL"
    (one,) = _tasks(world)
    assert (one["name"], one["office"], one["acts"]) == ("unread", "NO365001", ["resolve"])
    assert "IE928" in one["text"] and "code 29" in one["text"] and "kode 29" in one["nb"]
    done = world.officer.post(f"/desk/tasks/{one['id']}", json={"do": "resolve"}).json()
    assert done["state"] == "resolved"
    assert _open_tasks(world) == []
    world.holder.lodge(contrl.answer(verdict, "C3", WHEN))
    assert _open_tasks(world) == []


@pytest.mark.parametrize("said", ["UCI+999999+NTA.NO+{}+4", "UCI+1+NTA.XX+{}+4",
                                  "UCI+X+NTA.NO+{}+4", "UCI+1+NTA.NO+{}+7", "UCI+0+NTA.NO+{}+4"])
def test_a_contrl_about_no_message_of_ours_is_no_task(world, said):  # noqa: F811
    """A number that no message has, another sender, what is acknowledged."""
    world.holder.lodge(declared())
    world.holder.mail("IE029")
    elements = [part.split(":") for part in said.format(specimen.HOLDER).split("+")]
    world.holder.lodge(write.interchange(
        [specimen.HOLDER, "ZZZ"], ["NTA.NO", "ZZZ"], "C1", WHEN,
        [[[["UNH"], ["1"], contrl.IDENTIFIERS[3]], elements]]))
    world.holder.lodge(declared("LRN2", "R2"))
    world.holder.mail("IE029", after=3)                     # what came before it has been seen to
    assert _open_tasks(world) == []


def _tasks(world, seconds=5.0):  # noqa: F811
    """The open tasks about messages that nobody could read, as soon as there are any."""
    end = time.monotonic() + seconds
    while not (found := _open_tasks(world)):
        assert time.monotonic() < end, "no task came"
        time.sleep(0.05)
    return found


def _open_tasks(world):  # noqa: F811
    return [one for one in world.officer.get("/desk/tasks").json()["tasks"]
            if one["name"] == "unread"]


def test_the_mark_stands_at_the_message_that_a_contrl_rejects(site):  # noqa: F811
    with Store(site.conninfo) as store:
        taken = receive(store, NODE, WORLD, specimen.HOLDER, declared())
        assert taken[1].parts[0].verdict == "new"
        while not (rows := store.mailbox(WORLD, specimen.HOLDER)) or not store.idle(WORLD):
            time.sleep(0.05)
        data = outgoing.written(store, NODE, rows[0], "edifact", specimen.PARTIES[0]).data
        (verdict,) = verdicts(data.replace(b"UNT+", b"UNT+1", 1))
        receive(store, NODE, WORLD, specimen.HOLDER, contrl.answer(verdict, "C1", WHEN))
    pages = [httpx.get(f"{site.url}/messages/{row.receipt}.xml", trust_env=False).text
             for row in rows]
    assert ["code 29 of list 0085" in one for one in pages] == [True] + [False] * (len(rows) - 1)
