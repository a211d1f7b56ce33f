"""The app in a real browser: every page draws, without an exception, wide, narrow and dark."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCRIPT = Path(__file__).parents[2] / "app" / "streamlit_app.py"
PAGES = {
    "": "Of the 11 promises that count, we surely keep 9 and surely miss 2.",
    "whom_we_serve": "promises count most.",
    "speed_and_stability": "5 of 6 customers stood where they said they would in the year to",
    "what_to_stop": "the best plan is to stop",
    "staffing": "One more engineer: it does more for Regulated than a lane of its own.",
    "room_to_move": "1 team of 4 could surely ship faster, 1 should surely hold.",
    "explore": "Core product’s change lead time was",
    "data_quality": "1 check of 2 failed.",
    "definitions": "Change lead time is measured per cohort that entered.",
}
CHARTS = {
    "whom_we_serve": 3,
    "speed_and_stability": 1,
    "what_to_stop": 1,
    "staffing": 7,
    "room_to_move": 1,
    "explore": 1,
    "data_quality": 1,
}
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
    with (elsewhere / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(SCRIPT), *options],
            cwd=elsewhere,
            env={**os.environ, "PLUMBLINE_HOME": str(sample_home)},
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
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture(params=[(1280, "light"), (400, "dark")], ids=["wide-light", "narrow-dark"])
def page(request, chromium):
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, timezone_id="America/Lima"
    )
    yield context.new_page()
    context.close()


def visit(page, url, words):
    page.goto(url)
    main = page.locator("[data-testid=stMain]")
    main.get_by_text(words).first.wait_for(timeout=30_000)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    assert page.locator("[data-testid=stException]").count() == 0
    return main


@pytest.mark.parametrize("path", PAGES)
def test_a_page_draws_its_main_sentence_and_charts_within_the_window(address, page, path):
    main = visit(page, f"{address}/{path}", PAGES[path])
    if path in CHARTS:
        charts = main.locator("[data-testid=stVegaLiteChart] svg")
        charts.nth(CHARTS[path] - 1).wait_for(timeout=30_000)
    room = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert room <= page.viewport_size["width"]


def test_nothing_is_fetched_from_elsewhere(address, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, address, PAGES[""])
    foreign = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert foreign == []


def test_months_are_drawn_as_they_are_in_any_time_zone(address, page):
    main = visit(page, f"{address}/explore", PAGES["explore"])
    axis = main.locator("[data-testid=stVegaLiteChart] svg").first
    axis.get_by_text("Aug 2025").wait_for(timeout=30_000)
    assert axis.get_by_text("Jul 2025").count() == 0


def test_the_address_of_a_view_opens_the_same_view(address, page):
    query = "kpi=First+response+time&level=Customers&customer_scopes=Labs+team&periods=Quarters"
    visit(page, f"{address}/explore?{query}", "Labs team’s first response time was")
    assert "kpi=First" in page.url
