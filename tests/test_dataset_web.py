"""One data set over HTTP: made without a token, lodged together or not at all, and a page for it.

PRENOTIF-04, PRE-HOW-01, PRE-WHO-06.
"""
import html
import re
from datetime import UTC, datetime

import httpx
from web_house import site, world  # noqa: F401

from tollbod.office import filings
from tollbod.wire import forms

def test_the_api_makes_without_a_token(site):  # noqa: F811
    api = f"{site.url}/api/v1/datasets"
    data = httpx.get(f"{api}/example").json()
    assert set(httpx.get(f"{api}/fields").json()) == set(filings.fields())
    for kind in filings.KINDS:
        told = httpx.post(f"{api}/{kind}", json=data).json()
        assert (told["missing"], told["findings"]) == ([], []), kind
        assert forms.read(told["xml"].encode()).kind == told["message"]
    told = httpx.post(f"{api}/due", json=data).json()
    assert told["duty"]["due"] and told["wanted"]
    lacks = httpx.post(f"{api}/ens", json=data | {"charges": ""}).json()
    assert lacks["missing"] == ["charges"]
    assert httpx.post(f"{api}/due", json={}).json() == {"wanted": [], "duty": None}
    for path, body in (("letter", data), ("ens", {"colour": "red"}), ("due", {"items": 5})):
        assert httpx.post(f"{api}/{path}", json=body).status_code == 400


def test_what_is_made_is_lodged_together_or_not_at_all(world):  # noqa: F811
    trader = world.holder
    data = trader.get("/datasets/example").json() | {
        "flow": "EXIT", "from": "NO", "to": "RU", "routing": ["NO", "RU"],
        "prepared": f"{datetime.now(UTC):%FT%TZ}"}
    lacks = trader.post("/datasets", json={"kinds": ["prenotification", "ens"],
                                          "data": data | {"charges": ""}})
    assert lacks.status_code == 422
    assert [one["path"] for one in lacks.json()["findings"]] == ["charges"]
    assert trader.get("/received").json()["messages"] == []
    sent = trader.post("/datasets", json={"kinds": ["prenotification"], "data": data})
    assert sent.status_code == 202, sent.text
    again = trader.post("/datasets", json={"kinds": ["prenotification"], "data": data}).json()
    assert again == [one | {"verdict": "again"} for one in sent.json()]


def test_the_page(site):  # noqa: F811
    """The form by example, what the law asks for, each message, and lodging as the filer."""
    assert 'name="filer.number" value=""' in httpx.get(f"{site.url}/dataset").text
    page = httpx.get(f"{site.url}/dataset?example=1", headers={"Accept-Language": "nb"}).text
    form = dict(re.findall(r'name="([a-z_.0-9]+)" value="([^"]*)"', page))
    assert form["items.0.description"] == "Sawn timber" and "Varebeskrivelse" in page
    sent = {name: html.unescape(text) for name, text in form.items()
            if name not in ("kind", "do")}
    shown = httpx.post(f"{site.url}/dataset", data=sent).text
    assert shown.count('class="card made"') == 2 and "IE3F50 ics2" in shown      # ENS and transit
    one = httpx.post(f"{site.url}/dataset", data=sent | {"kind": "ens", "charges": ""}).text
    assert "<code>charges</code>" in one
    done = httpx.post(f"{site.url}/dataset", data=sent | {
        "kind": "prenotification", "do": "lodge"}, headers={"Accept-Language": "en"}).text
    assert "Lodged." in done
    refused = httpx.post(f"{site.url}/dataset", data=sent | {"do": "lodge"},
                         headers={"origin": "https://elsewhere.example"})
    assert refused.status_code == 403
