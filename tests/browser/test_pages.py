"""The pages in a real browser: headless Chromium. Skipped where it, or playwright, is missing."""
import shutil

import pytest
from web_house import (
    GRN, NODE, WORLD, Trader, answering, declaration, own_database, working,
)

from tollbod.play import specimen
from tollbod.store.streams import Store
from tollbod.web import testbench
from tollbod.web.house import House

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ("--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync").split()
LIVE_MS = 20_000                # a change is on the page within so long


@pytest.fixture(scope="module")
def browser():
    """The machine's own Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not shutil.which(CHROMIUM):
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A window that fails the test on any error in a script or against the content policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    window, errors = context.new_page(), []
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield window
    context.close()
    assert errors == []


class Stage:
    """A house whose world the pages show, and who acts in it."""

    def __init__(self, url):
        self.url = url
        self.holder, self.consignee, self.officer = map(
            self._client, (specimen.HOLDER, specimen.CONSIGNEE, "officer"))
        self.count = 0

    def _client(self, id):
        form = {"grant_type": "client_credentials", "client_id": id, "client_secret": "demo"}
        return Trader(self.url, Trader(self.url).post("/token", data=form).json()["access_token"])

    def released(self):
        """Bring a new movement to its release; the MRN."""
        self.count += 1
        after = self.holder.get("/messages?limit=1000").json()["next"]
        self.holder.lodge(declaration(f"LRN{self.count}", f"M{self.count}"))
        return self.holder.mail("IE029", after)["mrn"]


@pytest.fixture(scope="module")
def stage(conninfo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    with own_database(conninfo) as own, working(own), Store(own) as store:
        store.create_world(WORLD)
        with answering(own, folder) as url:
            house = House(own, NODE, WORLD, folder=folder)
            testbench.furnish(store, house, WORLD, specimen.PARTIES, [testbench.GuaranteeBody(
                GRN, "1", specimen.HOLDER, 5_000_000, ["AC01"])])
            yield Stage(url)


def order(page):
    """The messages of the picture, from the top."""
    return [text.split()[0] for text in page.locator("a.msg b").all_inner_texts()]


def test_nothing_yet_then_a_movement_appears(page, stage):
    page.goto(stage.url)
    page.get_by_text("No movements yet").wait_for()
    mrn = stage.released()
    page.get_by_role("link", name=mrn).wait_for(timeout=LIVE_MS)
    row = page.locator("tbody tr").first
    told = row.inner_text()
    assert "Oslo → Strömstad → Hamburg" in " ".join(told.split()) and "the carrier" in told
    page.get_by_role("link", name=mrn).click()
    page.get_by_role("heading", name=mrn).wait_for()


def test_the_picture(page, stage):
    mrn = stage.released()
    page.goto(f"{stage.url}/movements/{mrn}")
    began = "IE015 IE928 IE028 IE200 IE201 IE203 IE205 IE029".split()
    assert order(page)[:8] == began and sorted(order(page)[8:]) == ["IE001", "IE050"]
    lanes = [text.split("\n")[0] for text in page.locator(".heads li").all_inner_texts()]
    assert lanes == ["Holder", "Departure", "Guarantee", "Transit", "Destination"]
    page.evaluate("window.notReloaded = true")
    answer = stage.officer.post("/test/officer",
                                json={"office": "SE603340", "case": mrn, "do": "crossing"})
    assert answer.json()["state"] == "passed"
    stage.consignee.lodge(specimen.arrival(mrn, f"A{mrn}"))
    page.locator("a.msg", has_text="IE043").wait_for(timeout=LIVE_MS)
    assert page.evaluate("window.notReloaded")
    assert page.locator(".heads li").last.inner_text().startswith("Consignee")
    assert "Waiting for the trader at destination." in page.locator(".wait").inner_text()
    stage.consignee.lodge(specimen.remarks(mrn, f"B{mrn}"))
    page.get_by_text("this movement is over").wait_for(timeout=LIVE_MS)
    assert {"IE118", "IE007", "IE006", "IE044", "IE018", "IE025", "IE045"} <= set(order(page))


def test_every_arrow_points_from_its_sender_to_its_receiver(page, stage):
    mrn = stage.released()
    page.goto(f"{stage.url}/movements/{mrn}")
    middles = page.locator(".heads li").evaluate_all(
        "all => all.map(one => { const r = one.getBoundingClientRect(); "
        "return [one.querySelector('b').textContent, (r.left + r.right) / 2] })")
    middle = dict(middles)
    for arrow in page.locator("a.msg").all():
        way = arrow.locator(".way").inner_text().split()
        sender, to = way[1], way[way.index("to") + 1]
        box = arrow.bounding_box()
        ends = sorted((middle[sender], middle[to]))
        assert abs(box["x"] - ends[0]) < 3 and abs(box["x"] + box["width"] - ends[1]) < 3
        towards = "r" if middle[to] > middle[sender] else "l"
        assert towards in arrow.get_attribute("class").split()


def test_a_message_opens_as_xml(page, stage):
    mrn = stage.released()
    page.goto(f"{stage.url}/movements/{mrn}")
    page.locator("a.msg", has_text="IE015").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "<LRN>LRN" in dialog.inner_text() and "CC015C" in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.textContent").startswith("IE015")
    page.goto(stage.url + page.locator("a.msg", has_text="IE029").get_attribute("href"))
    assert "CC029C" in page.locator("pre").inner_text()


def test_what_a_trader_writes_is_never_run(page, stage):
    stage.count += 1
    bad = declaration(f"LRN{stage.count}", f"M{stage.count}").replace(
        b"Frozen salmon fillets",
        b"&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=x&gt;")
    id = stage.holder.lodge(bad)["id"]
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    page.goto(f"{stage.url}/messages/{id}.xml")
    assert "<script>alert(1)</script>" in page.locator("pre").inner_text()
    assert page.locator("pre script, pre img").count() == 0


def test_languages(page, stage):
    mrn = stage.released()
    page.goto(f"{stage.url}/movements/{mrn}")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="Norsk").click()
    page.get_by_text("Venter på transportøren.").wait_for()
    assert page.locator("html").get_attribute("lang") == "nb"
    assert page.url == f"{stage.url}/movements/{mrn}"
    page.goto(stage.url)
    assert page.get_by_role("heading", name="Forsendelser").is_visible()
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="Movements").wait_for()


@pytest.mark.parametrize("width", [400, 800, 1280])
def test_no_page_is_wider_than_the_window(page, stage, width):
    mrn = stage.released()
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", f"/movements/{mrn}"):
        page.goto(stage.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_by_keyboard_and_landmarks(page, stage):
    mrn = stage.released()
    page.goto(f"{stage.url}/movements/{mrn}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    for role in ("banner", "main", "navigation", "contentinfo", "complementary"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.locator("a:not([href]), img:not([alt])").count() == 0


def test_without_scripts(browser, stage):
    mrn = stage.released()
    context = browser.new_context(java_script_enabled=False)
    window = context.new_page()
    window.goto(f"{stage.url}/movements/{mrn}")
    window.locator("a.msg").first.click()
    window.locator("pre").wait_for()
    assert "CC015C" in window.locator("pre").inner_text()
    context.close()
