"""Contrast of every page by axe, light and dark; and a page used with the keyboard alone."""

import pytest
from test_browser import PAGES, address, chromium, pytestmark, visit

__all__ = ["address", "chromium", "pytestmark"]
CONTRAST = {"runOnly": ["color-contrast"]}
# What cannot be used may be pale (WCAG 1.4.3); axe does not know the label of it.
NOT_USABLE = {"exclude": [[".stSelectbox:has(input[disabled])"]]}


@pytest.fixture(params=["light", "dark"])
def page(request, chromium):
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=request.param
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_text_of_a_page_stands_out_from_its_ground(address, page, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    visit(page, f"{address}/{path}", PAGES[path])
    found = axe.run(page, context=NOT_USABLE, options=CONTRAST).response["violations"]
    texts = [node["html"] + node["any"][0]["message"] for one in found for node in one["nodes"]]
    assert texts == []


def test_a_plan_is_found_with_the_keyboard_alone_and_its_address_opens_it_again(address, page):
    main = visit(page, f"{address}/what_to_stop", PAGES["what_to_stop"])
    slider = main.get_by_role("slider").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if slider.evaluate("one => one === document.activeElement"):
            break
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    main.get_by_text("With 30 hours a week").wait_for(timeout=30_000)
    assert "capacity=60" in page.url
    visit(page, page.url, "With 30 hours a week")
