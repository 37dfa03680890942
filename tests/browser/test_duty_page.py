"""The page on the duty to prenotify, in a real browser: asked by form, answered under it."""
import pytest
from test_pages import browser, page  # noqa: F401
from web_house import site  # noqa: F401


def test_asked_and_answered(page, site):  # noqa: F811
    """Without a log-in: fill in, ask, read; nothing of the form is lost."""
    page.goto(f"{site.url}/duty")
    page.fill("#from", "RU")
    page.fill("#to", "NO")
    page.select_option("#mode", "road")
    page.fill("#arrival", "2022-06-01T14:00:00")
    page.click("main form button")
    assert "A prenotification is due" in page.inner_text("[role=status]")
    assert "NO324001" in page.inner_text(".duty") and "2022-06-01T11:00:00Z" in page.inner_text(
        ".duty")
    assert page.input_value("#arrival").startswith("2022-06-01T14:00")


def test_a_mistake_is_told_at_its_field(page, site):  # noqa: F811
    """In Norwegian too, with the further fields open."""
    page.goto(f"{site.url}/language/nb?to=/duty")
    page.goto(f"{site.url}/duty?from=Russland&to=NO&mode=road")
    assert page.inner_text("#from-wrong").startswith("et land er to bokstaver")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_window(page, site, width):  # noqa: F811
    """Nothing lies beside the window, broad or narrow."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site.url}/duty?from=NO&via=SE,DE&to=US&mode=sea&departure=2022-06-01T12:00")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
