"""The pages of outages: a trader asks, an officer permits, papers are printed and come back.

BCP-01..03, PRE-BCP-01..06: the same acts as over the API, seen by those they are for.
"""
import html
import re
from datetime import UTC, datetime, timedelta

import httpx
import pypdfium2
from web_house import GRN, WORLD, Trader, site  # noqa: F401

from tollbod.play import specimen

TRADER = specimen.HOLDER


class Pages:
    """Somebody at a browser."""

    def __init__(self, url, language="en"):
        self.http = httpx.Client(base_url=url, headers={"Accept-Language": language},
                                 follow_redirects=True, timeout=30)

    def get(self, path, status=200, **query):
        told = self.http.get(path, params=query)
        assert told.status_code == status, told.text
        return html.unescape(told.text)

    def post(self, path, status=200, **form):
        told = self.http.post(path, data=form)
        assert told.status_code == status, told.text
        return html.unescape(told.text), told.url.path


def test_from_the_request_to_the_last_paper(site):  # noqa: F811
    """Asked, permitted for two papers, one begun and come back, closed."""
    pages, began = Pages(site.url), datetime.now(UTC) - timedelta(hours=2)
    mine = f"/holders/{TRADER}/outages"
    lacks, _ = pages.post(mine, 422, office="NO365001", cause="filer", began=began.isoformat())
    assert "justifies the request" in lacks and "expected back" in lacks
    shown, path = pages.post(mine, office="NO365001", cause="filer", began=began.isoformat(),
                             reason="server burnt", expected=datetime.now(UTC).isoformat())
    number = path.rpartition("/")[2]
    assert re.fullmatch(r"NO365001-\d\d-\d{4}", number) and path.startswith(mine)
    assert "Nothing may be begun on paper yet" in shown and "Four hours" in shown
    assert ".pdf" not in shown and "<button name=\"do\"" not in shown       # a trader does not act

    office = f"/outages/{number}"
    assert number in pages.get("/outages") and "permit-fallback" in pages.get(office)
    refused, _ = pages.post(office, 422, do="permit-fallback", forms="0")
    assert "1 to 200 papers" in refused
    at = (began + timedelta(minutes=1)).isoformat()
    shown, _ = pages.post(office, do="permit-fallback", at=at, forms="2")
    assert f"{number}-P-002" in shown and "register-paper" in shown
    _printed(pages, f"{mine}/{number}", f"{number}-P")

    begun = (began + timedelta(minutes=30)).isoformat()
    refused, _ = pages.post(office, 422, do="register-paper", number=f"{number}-P-009")
    assert "is no number of permission" in refused
    shown, _ = pages.post(office, do="register-paper", number=f"{number}-P-001", kind="transit",
                          holder=TRADER, begun=begun, lrn="ONPAPER1")
    assert "on its way" in shown and "ONPAPER1" in pages.get(f"{mine}/{number}")
    pages.post(office, do="end-outage")
    refused, _ = pages.post(office, 422, do="close-outage")
    assert "papers have not come back" in refused
    pages.post(office, do="close-paper", number=f"{number}-P-001")
    shown, _ = pages.post(office, do="close-outage")
    assert "register-paper" not in shown


def _printed(pages, path, permission):
    """Both forms of a free number are there, with number and permission on them."""
    links = re.findall(r'href="([^"]+\.pdf)"', pages.get(path))
    assert len(links) == 4
    for link in links:
        pdf = pages.http.get(link)
        assert pdf.headers["content-type"] == "application/pdf"
        text = pypdfium2.PdfDocument(pdf.content)[0].get_textpage().get_text_range()
        assert link.split("/")[-2] in text and permission in text
    assert pages.http.get(links[0].replace("-P-001", "-P-777")).status_code == 404


def test_another_trader_sees_nothing_of_it(site):  # noqa: F811
    pages, began = Pages(site.url), datetime.now(UTC) - timedelta(hours=1)
    _, path = pages.post(f"/holders/{TRADER}/outages", office="NO371001", cause="customs",
                         began=began.isoformat())
    number = path.rpartition("/")[2]
    assert "not yours" in pages.get(f"/holders/{specimen.CONSIGNEE}/outages/{number}", 404)
    assert number not in pages.get(f"/holders/{specimen.CONSIGNEE}/outages")


def test_an_officer_registers_what_was_asked_by_telephone(site):  # noqa: F811
    """In Norwegian; what is wrong is told in the form, and what was written is not lost."""
    pages = Pages(site.url, "nb")
    wrong, _ = pages.post("/outages", 422, office="NO365001", asked_by="Elv Spedisjon (oppdiktet)",
                          cause="customs", began="now")
    assert "oppgi når den begynte" in wrong and 'value="now"' in wrong
    nowhere, _ = pages.post("/outages", 422, office="XX", asked_by="A", cause="customs",
                            began="2026-05-04T07:00Z")
    assert 'role="alert"' in nowhere
    shown, path = pages.post("/outages", office="NO365001", asked_by="Elv Spedisjon (oppdiktet)",
                             cause="customs", began="2026-05-04T07:00Z")
    assert "Den ordinære" in shown and path.startswith("/outages/NO365001-")


def test_a_trader_sees_what_became_of_what_it_sent(site):  # noqa: F811
    """Answered, or never received: that one may be sent now; no other need be."""
    token = httpx.post(f"{site.url}/api/v1/token", data={
        "grant_type": "client_credentials", "client_id": TRADER, "client_secret": "demo"}).json()
    trader = Trader(site.url, token["access_token"])
    trader.lodge(specimen.declaration("OUT1", "OUT-1", GRN))
    trader.mail("IE928")
    pages = Pages(site.url)
    assert "OUT-1" in pages.get(f"/received/{TRADER}")
    shown = pages.get(f"/received/{TRADER}", sent="OUT-1\nOUT-2")
    assert "answered" in shown and "never received: send it now" in shown
    assert "aldri mottatt" in Pages(site.url, "nb").get(f"/received/{TRADER}", sent="OUT-2")


def test_asking_over_the_api(site):  # noqa: F811
    token = httpx.post(f"{site.url}/api/v1/token", data={
        "grant_type": "client_credentials", "client_id": TRADER, "client_secret": "demo",
        "world": WORLD}).json()
    trader = Trader(site.url, token["access_token"])
    asked = {"office": "NO365001", "cause": "network", "began": "2026-05-04T07:00Z"}
    lacks = trader.post("/outages", json=asked)
    assert lacks.status_code == 422 and "justifies" in lacks.json()["detail"]
    told = trader.post("/outages", json=asked | {"reason": "line cut",
                                                 "expected": "2026-05-04T17:00Z"})
    assert told.status_code == 202 and told.json()["state"] == "asked"
    mine = trader.get("/outages").json()["outages"]
    assert told.json()["number"] in [one["number"] for one in mine]
    assert {one["asked_by"] for one in mine} == {TRADER}
