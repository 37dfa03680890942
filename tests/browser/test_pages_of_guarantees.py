"""The guarantees' pages in a real browser: register, import, bind, forecast, lock and unlock."""
from pathlib import Path

from test_pages import GRN, browser, page, stage  # noqa: F401

from tollbod.play import specimen

NEW = "26NO3650010000505"
LIST = f"grn;type;holder;amount\n26NO3650010000602;0;{specimen.HOLDER};1.00\n12;1;;x\n"


def test_an_officer_registers_by_form_and_by_file(page, stage, tmp_path: Path):  # noqa: F811
    page.goto(f"{stage.url}/guarantees")
    assert page.get_by_role("link", name=GRN).is_visible()
    page.get_by_label("GRN", exact=True).fill(NEW)
    page.get_by_label("Type", exact=True).fill("1")
    page.get_by_label("Holder (EORI number)").fill(specimen.HOLDER)
    page.get_by_label("Reference amount", exact=True).fill("500.00")
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_role("heading", name=NEW).wait_for()
    assert "€500.00" in page.locator("dl").first.inner_text()
    change = page.locator("form", has=page.get_by_role("button", name="Change"))
    change.get_by_label("Reference amount", exact=True).fill("-1")
    change.get_by_role("button").click()
    assert "cannot be negative" in page.get_by_role("alert").inner_text()
    page.goto(f"{stage.url}/guarantees")
    (tmp_path / "list.csv").write_text(LIST)
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "list.csv")
    page.get_by_role("button", name="Import a list").click()
    page.get_by_role("heading", name="1 of 2 lines registered").wait_for()
    assert "It has 2 characters" in page.get_by_role("table").last.inner_text()


def test_the_holder_sees_what_binds_the_money(page, stage):  # noqa: F811
    mrn = stage.released()
    page.goto(f"{stage.url}/holders/{specimen.HOLDER}/guarantees")
    page.get_by_role("link", name=GRN).click()
    page.get_by_role("heading", name="What binds it, longest first").wait_for()
    row = page.locator("tr", has=page.get_by_role("link", name=mrn))
    assert "reserved" in row.inner_text()
    told = page.locator("aside").inner_text()
    assert "Available at the end of the day" in told and "Used" in told and "master" in told
    assert page.get_by_role("button").count() == 0, "the holder changes nothing here"
    statement = page.get_by_role("table").last.inner_text()
    assert "available → bound" in statement and "reference amount → available" in statement
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
