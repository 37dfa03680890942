"""What pages and API do not tell the parties of a filing (UCC-DA art. 24(2)).

A control before it is announced; and what a filing says, to the carrier that did not file it.
"""
import re
import time

import httpx
import pytest
from ics2_house import CARRIER, FILER, ics2_house
from web_house import Trader

from tollbod.play import specimen_ics2


@pytest.fixture(scope="module")
def house(conninfo, tmp_path_factory):
    """A house in the test environment."""
    with ics2_house(conninfo, tmp_path_factory.mktemp("house")) as site:
        yield site


@pytest.fixture
def web(house):
    """A browser without scripts."""
    with httpx.Client(base_url=house.url, trust_env=False, follow_redirects=True,
                      timeout=60) as client:
        yield client


@pytest.fixture
def filer(house):
    """The filer over the API."""
    return caller(house, FILER)


@pytest.fixture
def officer(house):
    """An officer of the house."""
    return caller(house, "officer")


def caller(house, name):
    """Somebody over the API."""
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": "demo"}
    return Trader(house.url, Trader(house.url).post("/token", data=form).json()["access_token"])


def seen(web, path, text):
    """Look at a page until it says something."""
    for _ in range(100):
        page = web.get(path)
        if text.lower() in page.text.lower():
            return page
        time.sleep(0.1)
    raise AssertionError(f"{path} never said {text!r}")


def test_a_control_that_is_not_announced_is_told_nobody(web, filer, officer):
    """Neither the pages nor the API tell the parties what only the officer knows."""
    after = filer.get("/messages?limit=1000").json()["next"]
    filer.lodge(specimen_ics2.road("SECRET1").replace(
        b"Brake discs for passenger cars", b"Precursor"))
    mrn = filer.mail("IE3R01", after)["mrn"]
    path = f"/filers/{FILER}/filings/{mrn}"
    seen(web, path, "an officer assesses the filing")
    done = officer.post("/test/officer", json={
        "office": "NO324001", "case": mrn, "do": "control", "endangered": "yes", "place": "Hall 9"})
    assert done.json()["state"] == "control recommended", done.text
    page, told = seen(web, path, "the goods are to be presented"), filer.get(f"/movements/{mrn}")
    assert "control recommended" in web.get(f"/filings/{mrn}").text
    for text in (page.text, told.text, web.get(f"/filers/{FILER}").text):
        assert mrn in text
        assert "control recommended" not in text and "for a control" not in text
        assert "Hall 9" not in text and "announce" not in text
    assert told.json()["state"] == "assessed"


def test_a_carrier_sees_how_a_filing_stands_and_not_what_it_says(web, filer):
    data = specimen_ics2.road("CARRIED1")
    data = re.sub(rb"(<carrier>.*?<identificationNumber>)\w+", rb"\g<1>" + CARRIER.encode(), data,
                  count=1, flags=re.DOTALL)
    after = filer.get("/messages?limit=1000").json()["next"]
    filer.lodge(data)
    mrn = filer.mail("IE3R01", after)["mrn"]
    assert "Brake discs" in web.get(f"/filers/{FILER}/filings/{mrn}").text
    page = web.get(f"/filers/{CARRIER}/filings/{mrn}")
    assert mrn in page.text and "Brake discs" not in page.text
    for do in ("like", "amend"):
        told = web.post(f"/filers/{CARRIER}/drafts", data={"filing": mrn, "do": do})
        assert told.status_code == 404
