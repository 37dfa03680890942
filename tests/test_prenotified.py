"""Has somebody prenotified a transport? GET /prenotifications, and the national edition on HTTP."""
from pathlib import Path

import httpx
from web_house import Trader, site, world  # noqa: F401

from tollbod.numbers import mrn
from tollbod.play import specimen
from tollbod.prenotification.case import Prenotified
from tollbod.web import picture
from tollbod.wire import forms

TEMPLATE = Path(__file__).parents[1] / "scenarios" / "messages" / "prenotification.xml"
OUT = {"declarationType>ENTRY": "declarationType>EXIT", "Departure>RU": "Departure>NO",
       "Destination>NO<": "Destination>RU<",
       "arrivalDateAndTime>2022-06-01T12:00:00</arrival":
       "departureDateAndTime>2030-06-01T12:00:00</departure"}


def prenotification(identification, carrier):
    """A pure prenotification of an exit, filed by the holder of the specimen world."""
    text = TEMPLATE.read_text("utf-8")
    filled = {"{sender}": specimen.HOLDER, "{now}": "2026-05-04T08:00:00", "{id}": identification,
              "{LRN}": identification, "NO310000027": carrier}
    for old, new in (OUT | filled).items():
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def test_the_transporter_sees_whether_somebody_has_filed(world):  # noqa: F811
    """PRE-WHO-03: whoever carries it, or filed it, and customs; nobody else learns of it."""
    asks = {"transport": "CMR-1001"}
    assert world.consignee.get("/prenotifications", params=asks).json() == {"notified": False}
    world.holder.lodge(prenotification("P1", specimen.CONSIGNEE))
    given = world.holder.mail("IE028")["mrn"]
    assert mrn.prenotified(given)
    for who in (world.holder, world.consignee, world.officer):
        told = who.get("/prenotifications", params=asks).json()
        assert told["notified"] and told["mrn"] == given
        assert (told["office"], told["flow"], told["state"]) == ("NO324001", "exit", "clear")
        assert told["filer"] == specimen.HOLDER and "late" not in told
    world.act("NO324001", given, "present", shown="slip")
    assert world.officer.get("/prenotifications", params=asks).json()["state"] == "closed"
    world.holder.lodge(prenotification("P2", "SE200000009").replace(b"CMR-1001", b"CMR-1002"))
    world.holder.mail("IE028", after=2)
    told = world.consignee.get("/prenotifications", params={"transport": "CMR-1002"})
    assert told.json() == {"notified": False}
    # Somebody else names the same document: that changes nothing for this one.
    world.consignee.lodge(prenotification("P3", "SE200000009").replace(
        specimen.HOLDER.encode(), specimen.CONSIGNEE.encode()))
    world.consignee.mail("IE028")
    assert world.holder.get("/prenotifications", params=asks).json()["mrn"] == given
    # The next journey under the same document is the one that is asked about.
    marker = world.holder.get("/messages").json()["next"]
    world.holder.lodge(prenotification("P4", specimen.CONSIGNEE))
    new = world.holder.mail("IE028", after=marker)["mrn"]
    assert world.consignee.get("/prenotifications", params=asks).json()["mrn"] == new


def test_a_trader_sees_it_on_a_page(site):  # noqa: F811
    """Nobody has; then somebody has, and it is seen by the transporter that is named."""
    path = f"{site.url}/holders/{specimen.CONSIGNEE}/prenotified"
    assert 'role="status"' not in httpx.get(path).text
    assert "Nobody has" in httpx.get(path, params={"transport": "CMR-1001"}).text
    holder = Trader(site.url, httpx.post(f"{site.url}/api/v1/token", data={
        "grant_type": "client_credentials", "client_id": specimen.HOLDER,
        "client_secret": "demo"}).json()["access_token"])
    holder.lodge(prenotification("P1", specimen.CONSIGNEE))
    given = holder.mail("IE028")["mrn"]
    told = httpx.get(path, params={"transport": "CMR-1001"}, headers={"Accept-Language": "nb"})
    assert "Ja." in told.text and given in told.text and specimen.HOLDER in told.text


def test_a_question_needs_a_token_and_a_document(world, site):  # noqa: F811
    """401 without a token, 400 without a document."""
    assert world.holder.get("/prenotifications").status_code == 400
    assert world.holder.http.get(f"{site.url}/api/v1/prenotifications?transport=X",
                                 headers={"Authorization": ""}).status_code == 401


def test_json_is_the_same_message(world):  # noqa: F811
    """The national edition is read as JSON too; the same content is the same message."""
    lodged = world.holder.lodge(prenotification("P3", specimen.CONSIGNEE))
    shown = world.officer.get(f"/messages/{lodged['id']}",
                              headers={"Accept": "application/json"}).json()
    again = world.holder.post("/messages", json=shown)
    assert again.status_code == 200 and again.json()["id"] == lodged["id"]


def test_it_stands_in_the_list_and_has_a_page_with_its_picture(world):  # noqa: F811
    """It is found like a movement, by MRN and LRN, by its filer and customs alone."""
    world.holder.lodge(prenotification("P4", specimen.CONSIGNEE).replace(b"CMR-1001", b"CMR-1004"))
    given = next(row["mrn"] for row in iter(lambda: _newest(world.holder), None)
                 if row and row["lrn"] == "P4" and row["mrn"])
    told = world.holder.get(f"/movements/{given}").json()
    assert told["lrn"] == "P4" and told["offices"][0]["role"] == "prenotification"
    assert world.officer.get("/movements/P4").json()["mrn"] == given
    assert world.consignee.get(f"/movements/{given}").status_code == 404


def _newest(who):
    """The newest line of the list that somebody sees."""
    return (who.get("/movements").json()["movements"] or [{}])[0]


def test_its_route_is_from_country_over_the_office_to_country():
    """The one office stands once, not three times as in the message."""
    plain = forms.read(prenotification("P5", specimen.CONSIGNEE)).plain()
    assert picture.route(Prenotified(declaration=plain)) == ["NO", "Jarfjord", "RU"]
