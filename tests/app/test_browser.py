"""Every page in a real browser: drawn, read, and used with the keyboard alone.

Each page is opened twice: as it is, wide and light; and by the address of the view that a walk with
the keyboard leads to, narrow and dark.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from keyboard import IN_THE_PAGE, KEYS, controls, walk
from playwright.sync_api import sync_playwright

from app.saved_plans import SavedPlan, save

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCRIPT = Path(__file__).parents[2] / "app" / "streamlit_app.py"
PAGES = re.findall(r'"app_pages/(\w+)\.py"', SCRIPT.read_text("utf-8"))
# One key before a KPI of two statistics, before one that has parts, and before a lane of its own.
OF_STATISTICS, OF_PARTS = "explore?kpi=CSAT", "explore?kpi=Time+to+restore"
VIEWS = {page: page for page in PAGES}
VIEWS |= {"brief": "", "explore": OF_STATISTICS, "staffing": "staffing?policy=one+segment+first"}
SENTENCES = {
    "brief": "Of the 11 promises that count, we surely keep 9 and surely miss 2.",
    "whom_we_serve": "promises count most.",
    "speed_and_stability": "5 of 6 customers stood where they said they would in the year to",
    "what_to_stop": "Stop old Jenkins.",
    "staffing": "Of these ways, one more engineer does most for Regulated.",
    "room_to_move": "2 teams of 4 surely have room to move, 1 of them chose stability",
    "explore": "Core product’s CSAT was",
    OF_PARTS: "Core product’s time to restore was",
    "data_quality": "1 check of 2 failed.",
    "definitions": "Change lead time is measured per cohort that entered.",
    "rival_definitions": "2 of 4 numbers lie outside our intervals.",
}
CHARTS = {
    "whom_we_serve": 3,
    "speed_and_stability": 2,
    "what_to_stop": 1,
    "staffing": 7,
    "room_to_move": 1,
    "explore": 1,
    OF_PARTS: 1,
    "data_quality": 1,
    "rival_definitions": 4,
}
CONTRAST = {"runOnly": ["color-contrast"]}
# What cannot be used may be pale (WCAG 1.4.3); axe does not know the label of it.
NOT_USABLE = {"exclude": [[".stSelectbox:has(input[disabled])"]]}
VALUES = KEYS.keys() - {"stExpander"}  # what is open is no part of a view
NOT_LINKED = [("stTextInput", "Name")]  # of a plan, before it is kept
LAST_YEAR = SavedPlan("Last year", date(2025, 9, 1), "20250901T000000Z-0a1b2c3d", 60.0, {}, {}, {})
OLDER = "20260601T000000Z-00000001"  # an edition beside the sample's
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def address(sample_home, tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    home = shutil.copytree(sample_home, elsewhere / "home")
    save(home, LAST_YEAR)
    [edition] = (home / "editions").glob("2*")
    shutil.copytree(edition, edition.with_name(OLDER))
    with (elsewhere / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(SCRIPT), *options],
            cwd=elsewhere,
            env={**os.environ, "PLUMBLINE_HOME": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(url):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.read() == b"ok":
                return
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within 60 s")


@pytest.fixture(scope="module")
def chromium():
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture(scope="module", params=[*PAGES, OF_PARTS])
def path(request):
    return request.param


@contextmanager
def window(chromium, width, scheme):
    """A page of a browser's window, far from UTC."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, timezone_id="America/Lima"
    )
    context.add_init_script(IN_THE_PAGE)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def visit(page, url, words):
    page.goto(url)
    main = page.locator("[data-testid=stMain]")
    main.get_by_text(words).first.wait_for()
    page.wait_for_function("isDrawn()")
    return main


@pytest.fixture(scope="module")
def wide(address, chromium, path):
    """The page as it opens, in a wide and light window."""
    with window(chromium, 1280, "light") as page:
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        visit(page, f"{address}/{VIEWS.get(path, path)}", SENTENCES[path])
        yield page


@pytest.fixture(scope="module")
def walked(wide):
    """Which controls of the page changed when the keyboard came to them."""
    return walk(wide)


@pytest.fixture(scope="module")
def narrow(chromium, wide, walked):
    """The view that the walk led to, opened by its address in a narrow and dark window."""
    with window(chromium, 400, "dark") as page:
        visit(page, wide.url, wide.locator("[data-testid=stMain] h1").inner_text())
        yield page


def assert_fits(page):
    assert page.locator("[data-testid=stException]").count() == 0
    room = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert room <= page.viewport_size["width"]


def assert_stands_out(page):
    """No text is too pale for its ground."""
    found = Axe().run(page, context=NOT_USABLE, options=CONTRAST).response["violations"]
    texts = [node["html"] + node["any"][0]["message"] for one in found for node in one["nodes"]]
    assert texts == []


@pytest.mark.parametrize("path", ["explore"], indirect=True, scope="module")
def test_months_are_drawn_as_they_are_in_any_time_zone(wide):
    axis = wide.locator("[data-testid=stMain] [data-testid=stVegaLiteChart] svg").first
    axis.get_by_text("Aug 2025").wait_for()
    assert axis.get_by_text("Jul 2025").count() == 0


def test_a_page_draws_its_charts_within_the_window(wide, path):
    if path in CHARTS:
        charts = wide.locator("[data-testid=stVegaLiteChart] svg")
        charts.nth(CHARTS[path] - 1).wait_for()
    assert_fits(wide)


def test_nothing_is_fetched_from_elsewhere(wide, address):
    foreign = [url for url in wide.asked if not url.startswith((address, "data:", "blob:"))]
    assert foreign == []


def test_every_text_of_a_page_stands_out_from_its_ground(wide):
    assert_stands_out(wide)


def test_the_keyboard_alone_reaches_and_changes_every_control(wide, walked):
    assert [control for control, has_changed in walked.items() if not has_changed] == []
    assert controls(wide).keys() - walked.keys() == set()
    assert_fits(wide)


def tab_to(page, focused):
    """Presses Tab until what has the focus matches; fails after a screenful of stops."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("which => document.activeElement.matches(which)", focused):
            return
    raise AssertionError(f"Tab does not come to {focused}")


def test_the_keyboard_alone_leads_to_another_page(address, chromium):
    with window(chromium, 1280, "light") as page:
        visit(page, address, SENTENCES["brief"])
        tab_to(page, "[data-testid=stTopNavSection]")
        page.keyboard.press("Enter")
        page.locator("[data-testid=stTopNavDropdownLink]:focus").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_text(SENTENCES["speed_and_stability"]).first.wait_for()


def test_the_keyboard_alone_opens_another_edition(address, chromium):
    with window(chromium, 1280, "light") as page:
        visit(page, address, SENTENCES["brief"])
        tab_to(page, "[data-testid=stSidebar] [data-testid=stSelectbox] input")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**edition={OLDER}**")
        assert_fits(page)


def test_links_lead_to_pages(address, walked):
    urls = [url for kind, url in walked if kind == "stLink" and url.startswith(address)]
    assert {urlsplit(url).path.strip("/") for url in urls} <= {*PAGES}


def test_the_address_opens_the_same_view_in_another_window(wide, narrow):
    def view(page):
        of_page = controls(page).items()
        return {key: holds for key, holds in of_page if key[0] in VALUES and key not in NOT_LINKED}

    # Only what is outside of an expander is seen at once.
    assert view(narrow) == {key: view(wide)[key] for key in view(narrow)}


def test_a_narrow_and_dark_page_fits_and_stands_out_from_its_ground(narrow):
    assert_fits(narrow)
    assert_stands_out(narrow)
