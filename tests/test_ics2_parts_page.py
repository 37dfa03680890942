"""The officer's page of a declaration in parts: who supplied what, and who is awaited (PRE-WHO-06).

The filer's own page says nothing of the others.
"""
from pathlib import Path

import httpx
import pytest
from ics2_house import FILER, ics2_house
from web_house import WORLD, Trader

from tollbod.store.streams import Store
from tollbod.wire import forms

MESSAGES = Path(__file__).parents[1] / "scenarios" / "ics2" / "messages"
NAMED, CONSIGNEE = "NO310000027", "NO310000035"          # in the templates
NVOCC = "DE100000001"                                    # instead of the first: it has a client


@pytest.fixture(scope="module")
def house(conninfo, tmp_path_factory):
    with ics2_house(conninfo, tmp_path_factory.mktemp("house")) as site:
        yield site


def lodged(house, kind, lrn, sender, changes=None):
    """Lodge a filing from the scenarios' templates; its MRN."""
    text = (MESSAGES / f"IE3{kind}.xml").read_text("utf-8")
    said = {"LRN": lrn, "now": "2026-05-04T08:00:00", "today+1": "2026-05-05",
            "sender": sender}
    for name, value in said.items():
        text = text.replace("{" + name + "}", value)
    for old, new in ({NAMED: NVOCC} | (changes or {})).items():
        text = text.replace(old, new)
    form = {"grant_type": "client_credentials", "client_id": sender, "client_secret": "demo"}
    trader = Trader(house.url, Trader(house.url).post("/token", data=form).json()["access_token"])
    trader.lodge(text.encode())
    for _ in range(40):
        with Store(house.conninfo) as store:
            for row in store.mailbox(WORLD, sender, limit=1000):
                message = forms.read(row.body)
                if row.ie == "IE3R01" and message.get("LRN") == lrn:
                    return message.get("MRN")
            store.wait(0.25)
    raise AssertionError("no IE3R01 came")


def shown(house, path):
    """A page, in English."""
    answer = httpx.get(f"{house.url}{path}", trust_env=False, timeout=30,
                       headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def until(house, path, *words):
    """The page as soon as it says all of this: decisions take their time."""
    for _ in range(40):
        text = shown(house, path)
        if all(one in text for one in words):
            return text
        with Store(house.conninfo) as store:
            store.wait(0.25)
    raise AssertionError(f"{[one for one in words if one not in text]} not in {text[-3000:]}")


def test_parts_of_a_declaration_and_who_is_awaited(house):
    master = lodged(house, "F12", "A1", FILER)
    part = lodged(house, "F14", "B1", NVOCC)
    text = until(house, f"/filings/{master}", part, f"supplied by {NVOCC}", ">linked<", CONSIGNEE,
                 "awaited")
    assert f'href="/filings/{part}"' in text
    assert f'href="/filings/{master}"' in until(house, f"/filings/{part}", "Part of the")
    own = shown(house, f"/filers/{FILER}/filings/{master}")
    assert part not in own and CONSIGNEE not in own


def test_what_does_not_agree_is_shown(house):
    """A house that weighs a sixth of what its master says (ICS2-RISK-05)."""
    changes = {"M-1": "M-3", "120.5": "120.5"}
    master = lodged(house, "F12", "A3", FILER, changes)
    lodged(house, "F15", "B3", NVOCC, changes | {"120.5": "20"})
    until(house, f"/filings/{master}", "Gross mass 120.5 kg, its houses 20 kg together")


def test_receptacles_that_are_awaited(house):
    master = lodged(house, "F42", "A2", FILER)
    until(house, f"/filings/{master}", "RUMMKANOOSLAACA60001001001", "awaited")
    part = lodged(house, "F44", "B2", NVOCC)
    until(house, f"/filings/{master}", part, ">linked<")
