"""The duty by its three ways in: the command, GET /duty, and the page anybody may use."""
import json
import re

import httpx
import pytest
from web_house import site  # noqa: F401

from tollbod.cli import HOME
from tollbod.play import duty as command
from tollbod.prenotification import question

ASKED = {"from": "RU", "to": "NO", "mode": "road", "arrival": "2022-06-01T12:00Z"}


def test_the_command(capsys):
    """The JSON of the command, and its words in both languages."""
    assert command.run(ASKED, json_out=True) == 0
    told = json.loads(capsys.readouterr().out)
    [one] = told["notifications"]
    assert (one["system"], one["office"]["code"]) == ("NCTS", "NO324001")
    assert one["deadline"]["at"] == "2022-06-01T11:00:00Z"
    for language, words in (("en", "a prenotification is due"), ("nb", "forhåndsvarsel kreves")):
        assert command.run(ASKED, language=language) == 0
        assert words in capsys.readouterr().out


def test_the_command_tells_what_it_cannot_understand(capsys):
    """Exit code 2, with the option and what it may be."""
    assert command.run({"from": "RU", "mode": "foot"}, json_out=True) == 2
    assert [one["field"] for one in json.loads(capsys.readouterr().out)["faults"]] == ["mode", "to"]
    assert command.run({"from": "RU"}) == 2
    assert "--mode: is needed" in capsys.readouterr().err


def test_the_command_explains_every_field():
    """Each field of the question stands in the help of the command."""
    text = (HOME / "src" / "tollbod" / "cli.py").read_text("utf-8")
    help_text = text[text.index("def duty("):text.index("def guarantees(")]
    told = set(re.findall(r"--([a-z-]+)", help_text))
    assert {one.name for one in question.FIELDS} <= told


def test_the_api_needs_no_token(site):  # noqa: F811
    """The answer of the command, under the law and by the clock of the house."""
    told = httpx.get(f"{site.url}/api/v1/duty", params=ASKED)
    assert told.status_code == 200 and told.json()["regime"] == "founding"
    [one] = told.json()["notifications"]
    assert one["deadline"]["at"] == "2022-06-01T11:00:00Z" and one["deadline"]["clock"]


def test_the_api_tells_what_it_cannot_understand(site):  # noqa: F811
    """400 with the field, in both languages."""
    told = httpx.get(f"{site.url}/api/v1/duty", params={"from": "RU", "to": "NO", "mode": "foot"})
    assert told.status_code == 400
    assert "mode: one of road" in told.json()["detail"]
    assert "mode: en av road" in told.json()["detail_nb"]


def test_the_api_is_described(site):  # noqa: F811
    """Every field is a parameter."""
    described = httpx.get(f"{site.url}/openapi.json").json()
    parameters = described["paths"]["/api/v1/duty"]["get"]["parameters"]
    assert [one["name"] for one in parameters] == [one.name for one in question.FIELDS]


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("Must it be prenotified?", "A prenotification is due", "An hour before".lower())),
    ("nb", ("Må det forhåndsvarsles?", "Forhåndsvarsel kreves", "en time før grensepassering")),
])
def test_the_page(site, language, words):  # noqa: F811
    """The form and the answer under it, without a log-in; times without a zone are local."""
    asked = ASKED | {"arrival": "2022-06-01T14:00:00"}
    shown = httpx.get(f"{site.url}/duty", params=asked, headers={"Accept-Language": language})
    assert shown.status_code == 200
    assert all(one in shown.text for one in (*words, "2022-06-01T11:00:00Z", "NO324001"))


def test_the_page_before_and_after_a_mistake(site):  # noqa: F811
    """Empty it is a form; a mistake is told at its field, and what was written is not lost."""
    assert 'role="status"' not in httpx.get(f"{site.url}/duty").text
    shown = httpx.get(f"{site.url}/duty", params=ASKED | {"via": "<b>"}).text
    assert 'id="via-wrong"' in shown and "&lt;b&gt;" in shown and "<b>" not in shown
