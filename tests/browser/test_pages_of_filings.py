"""ICS2 in a real browser: filings by form, questions answered with a file, the officer's page."""
import itertools
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ics2_house import CARRIER, DESCRIPTION, FILER, ics2_house
from test_pages import LIVE_MS, browser, page  # noqa: F401

from tollbod.play import specimen_ics2
from tollbod.spec.tables import ICS2
from tollbod.wire import forms
from tollbod.wire.message import Message

NOT_ASKED = re.compile("sequenceNumber|goodsItemNumber|documentIssueDate|LRN|^Specific")
NUMBERS = itertools.count(1)
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


def fill(page, message: Message):  # noqa: F811
    """Write a message into the form; groups that it has more than the form are added."""
    for name, text in values(message.plain()):
        if NOT_ASKED.search(name):
            continue
        field = page.locator(f'[name="{name}"]')
        assert field.count(), f"the form has no {name}"
        write(field, text)


def write(field, text):
    """Write a value as a person would."""
    match field.evaluate("one => one.tagName + one.type"):
        case "SELECTselect-one":
            field.select_option(text)
        case "INPUTdatetime-local":
            field.evaluate("(one, text) => one.value = text", local(text))
        case _:
            field.fill(text)


def local(text):
    """A moment in the zone of the page, as its field wants it."""
    moment = datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Oslo"))
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def values(plain, name=""):
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
    n = next(NUMBERS)
    begin(page, url, "F50")
    for name in ADDED:
        add(page, name)
    fill(page, road())
    page.locator(f'[name="{HOUSE}/goodsItem[1]/commodity/descriptionOfGoods"]').fill(goods)
    page.locator(f'[name="{HOUSE}/transportDocumentHouseLevel/documentNumber"]').fill(
        f"H{n}")
    page.locator('[name="consignmentMasterLevel/transportDocumentMasterLevel/documentNumber"]'
                 ).fill(f"M{n}")
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


def test_a_question_is_answered_with_a_file(page, url, tmp_path: Path):  # noqa: F811
    mrn = file_road(page, url, "Precursor chemicals in drums")
    page.get_by_text("an officer assesses the filing").first.wait_for(timeout=LIVE_MS)
    page.goto(f"{url}/filings/{mrn}")
    assert "CR1" in page.get_by_label("Why it is here").inner_text()
    page.get_by_text("Ask for information", exact=True).first.click()
    asking = page.locator("form", has=page.get_by_role("button", name="Ask for information"))
    asking.locator("textarea").fill("Which chemicals? Send the invoice.")
    asking.get_by_role("button").click()
    page.get_by_text("a question is open").first.wait_for()
    page.goto(url + MINE)
    assert "1 filing(s) wait for your answer" in page.locator(".asked").inner_text()
    page.locator(".asked").get_by_role("link", name=mrn).click()
    told = page.locator(".asked").inner_text()
    assert "Which chemicals? Send the invoice." in told and "left" not in told[:40]
    assert "The time of the analysis ends in" in told and "CR1" not in page.content()
    page.get_by_role("button", name="Answer", exact=True).click()
    page.locator("textarea").first.fill("Acetone for laboratories; the invoice is beside this.")
    (tmp_path / "invoice.pdf").write_bytes(PDF)
    (tmp_path / "picture.gif").write_bytes(b"GIF89a")
    page.get_by_label("Choose files").set_input_files(tmp_path / "picture.gif")
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("a file is a PDF or a JPEG").first.wait_for()
    page.get_by_label("Choose files").set_input_files(tmp_path / "invoice.pdf")
    page.get_by_role("button", name="Attach").click()
    page.get_by_role("button", name="Remove: invoice.pdf").wait_for()
    assert page.locator("textarea").first.input_value().startswith("Acetone"), "what was written"
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("an officer assesses the filing").first.wait_for(timeout=LIVE_MS)
    page.goto(f"{url}/filings/{mrn}")
    with page.expect_download() as got:
        page.get_by_role("link", name="invoice.pdf").click()
    assert Path(got.value.path()).read_bytes() == PDF
    assert got.value.suggested_filename == "invoice.pdf"
    page.get_by_role("button", name="No risk").click()
    page.get_by_text("the goods are to be presented").first.wait_for()


def test_a_filing_is_amended_and_ended(page, url):  # noqa: F811
    mrn = file_road(page, url, "Wooden furniture")
    page.get_by_role("button", name="Amend the filing").wait_for(timeout=LIVE_MS)
    page.get_by_role("button", name="Amend the filing").click()
    page.get_by_role("heading", name="Amendment of").wait_for()
    page.locator(f'[name="{HOUSE}/goodsItem[1]/commodity/descriptionOfGoods"]').fill("Goods")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#faults").wait_for()
    assert "write what a stranger would recognise" in page.locator(".entry.bad").inner_text()
    page.locator(f'[name="{HOUSE}/goodsItem[1]/commodity/descriptionOfGoods"]').fill("Oak chairs")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("a.msg", has_text="IE3N10").wait_for(timeout=LIVE_MS)
    assert "Oak chairs" in page.locator("aside").inner_text()
    page.get_by_label("I want it ended").check()
    page.get_by_role("button", name="Invalidate the filing").click()
    page.get_by_text("Ended: it was invalidated.").wait_for(timeout=LIVE_MS)
    page.goto(url + MINE)
    assert "invalidated" in page.locator("tr", has_text=mrn).inner_text()


def test_what_is_rejected_is_mended(page, url, tmp_path: Path):  # noqa: F811
    bad = specimen_ics2.road("LRNBAD").replace(b"SpecificCircumstanceIndicator>F50",
                                               b"SpecificCircumstanceIndicator>F51")
    (tmp_path / "filing.xml").write_bytes(bad)
    page.goto(url + MINE)
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "filing.xml")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("tr", has_text="LRNBAD").get_by_role("link").click()
    page.get_by_text("Rejected. Nothing was kept of it").wait_for(timeout=LIVE_MS)
    assert "F51 is not the kind of this filing" in page.locator(".note").inner_text()
    page.get_by_role("button", name="Mend and file again").click()
    page.locator("form.filing").wait_for()
    lrn = page.locator('[name="LRN"]')
    assert lrn.input_value() != "LRNBAD"
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Nothing is wrong with it").wait_for()


def test_what_is_wrong_is_said_when_a_field_is_left(page, url):  # noqa: F811
    begin(page, url, "F50")
    name = f"{HOUSE}/goodsItem[1]/commodity/descriptionOfGoods"
    goods = page.locator(f'[name="{name}"]')
    goods.fill("PARTS")
    goods.blur()
    said = page.locator(f'[id="{name}-wrong"]')
    said.wait_for()
    assert "write what a stranger would recognise" in said.inner_text()
    assert goods.get_attribute("aria-invalid") == "true"
    assert page.locator(".entry.bad").count() == 1, "what is still empty is not told yet"
    goods.fill("Brake discs")
    goods.blur()
    page.locator('.entry.bad').wait_for(state="detached")
    assert goods.get_attribute("aria-invalid") is None
    page.get_by_role("button", name="Check").click()
    page.get_by_role("link", name="Active border transport means: Identification number").click()
    assert "activeBorderTransportMeans" in page.evaluate("decodeURIComponent(location.hash)")


def test_express_and_post_have_their_forms(page, url):  # noqa: F811
    begin(page, url, "F32")
    add(page, f"{HOUSE}/referenceNumberUCR") if page.locator(
        f'button[value="add:{HOUSE}/referenceNumberUCR"]').count() else None
    fill(page, forms.read(specimen_ics2.express("EXP1", 1), ICS2))
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name=re.compile("^[0-9]{2}NO")).wait_for(timeout=LIVE_MS)
    assert "before the goods are loaded" in page.locator("main").inner_text()
    begin(page, url, "F43")
    page.get_by_role("button", name="Check").click()
    page.locator("#faults").wait_for()
    assert page.get_by_role("heading", level=1).inner_text().startswith("F43 Post")


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_filings_fit_the_window(page, url, width):  # noqa: F811
    mrn = file_road(page, url, f"Steel bolts, box {width}")
    begin(page, url, "F50")
    form = page.url.removeprefix(url)
    page.set_viewport_size({"width": width, "height": 844})
    for path in (MINE, f"{MINE}/filings/{mrn}", form, f"{form}?check", "/filings",
                 f"/filings/{mrn}", "/help"):
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        unnamed = page.locator("input:not([type=hidden]), select, textarea").evaluate_all(
            "all => all.filter(one => !one.labels.length).length")
        assert unnamed == 0 and page.get_by_role("heading", level=1).count() == 1, path


def test_in_norwegian_and_to_the_carrier(page, url):  # noqa: F811
    begin(page, url, "F50")
    page.get_by_role("link", name="Norsk").click()
    page.get_by_text("Mottaker").first.wait_for()
    page.get_by_role("button", name="Kontroller").click()
    page.get_by_text("Fyll ut dette").first.wait_for()
    page.goto(f"{url}/filers/{CARRIER}")
    page.get_by_text("Ingen deklarasjoner ennå").wait_for()
    page.goto(f"{url}/help")
    page.get_by_role("heading", name="Hvem du kan spørre").wait_for()
    assert DESCRIPTION not in page.content()
