"""ICS2 in a real browser: filings by form, questions answered with a file, the officer's page."""
import re
from pathlib import Path

import pytest
from ics2_house import CARRIER, DESCRIPTION, FILER, ics2_house
from test_pages import LIVE_MS, browser, page  # noqa: F401

from tollbod.play import specimen_ics2
from tollbod.spec.tables import ICS2
from tollbod.wire import forms
from tollbod.wire.message import Message

MINE = f"/filers/{FILER}"
PDF = b"%PDF-1.7 fictional invoice"


@pytest.fixture(scope="module")
def url(conninfo, tmp_path_factory):
    """Where a house answers."""
    with ics2_house(conninfo, tmp_path_factory.mktemp("house")) as site:
        yield site.url


def begin(page, url, kind):  # noqa: F811
    """Begin a filing in the portal."""
    page.goto(url + MINE)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.get_by_role("button", name=kind).click()
    page.locator("form.filing").wait_for()


def add(page, name):  # noqa: F811
    """Add a group of the form."""
    page.locator(f'button[value="add:{name}"]').click()
    page.locator(f'[name^="{name}"]').first.wait_for(state="attached")


def fill(page, message: Message, without=()):  # noqa: F811
    """Write a message into the form; groups that it has more than the form are added."""
    for name, text in values(message.plain()):
        if name in without or re.search("sequenceNumber|goodsItemNumber|documentIssueDate", name):
            continue
        field = page.locator(f'[name="{name}"]')
        if not field.count() and not name.startswith(("LRN", "Specific")):
            raise AssertionError(f"the form has no {name}")
        if field.count():
            write(field, text)


def write(field, text):
    """Write a value as a person would."""
    match field.evaluate("one => one.tagName + one.type"):
        case "SELECTselect-one":
            field.select_option(text)
        case "INPUTdatetime-local":
            field.evaluate("(one, text) => one.value = text", local(field, text))
        case _:
            field.fill(text)


def local(field, text):
    """A moment in the zone of the page, as its field wants it."""
    from datetime import datetime
    from zoneinfo import ZoneInfo
    moment = datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Oslo"))
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def values(plain, name="", many=False):
    """Every value of a message with its name in the form."""
    for key, value in plain.items():
        here = f"{name}{key}"
        if isinstance(value, dict):
            yield from values(value, f"{here}/")
        elif isinstance(value, list):
            for n, one in enumerate(value, 1):
                yield from values(one, f"{here}[{n}]/")
        else:
            yield here, value


def road():
    """A filing by road as the specimen has it."""
    return forms.read(specimen_ics2.road("X"), ICS2)


HOUSE = "consignmentMasterLevel/consignmentHouseLevel[1]"
ADDED = (f"{HOUSE}/goodsShipment", f"{HOUSE}/goodsItem[1]/commodity/commodityCode")


def file_road(page, url, goods):  # noqa: F811
    """File by road in the portal; the MRN."""
    begin(page, url, "F50")
    for name in ADDED:
        add(page, name)
    fill(page, road())
    page.locator(f'[name="{HOUSE}/goodsItem[1]/commodity/descriptionOfGoods"]').fill(goods)
    page.locator(f'[name="{HOUSE}/transportDocumentHouseLevel/documentNumber"]').fill(
        f"H{abs(hash(goods)) % 10**9}")
    page.locator('[name="consignmentMasterLevel/transportDocumentMasterLevel/documentNumber"]'
                 ).fill(f"M{abs(hash(goods)) % 10**9}")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name=re.compile("^[0-9]{2}NO")).wait_for(timeout=LIVE_MS)
    return page.get_by_role("heading", level=1).inner_text()


def test_a_filing_by_road_from_form_to_mrn(page, url):  # noqa: F811
    begin(page, url, "F50")
    page.get_by_role("button", name="Check").click()
    alert = page.locator("#faults")
    alert.wait_for()
    assert "to mend" in alert.inner_text()
    field = page.locator('[name="activeBorderTransportMeans/identificationNumber"]')
    assert field.get_attribute("aria-invalid") == "true"
    said = page.locator('[id="activeBorderTransportMeans/identificationNumber-wrong"]')
    assert said.inner_text() == "Fill this in"
    mrn = file_road(page, url, "Brake discs for passenger cars")
    page.get_by_text("the goods are to be presented").first.wait_for(timeout=LIVE_MS)
    assert "Filed in time." in page.locator("main").inner_text()
    page.goto(url + MINE)
    assert page.get_by_role("link", name=mrn).is_visible()
