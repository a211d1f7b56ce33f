"""Homes with a sample edition, and the app run in process on them."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

# The sample's modules stand beside this file; tests are no packages.
sys.path.insert(0, str(Path(__file__).parent))

from sample_edition import build

SCRIPT = Path(__file__).parents[2] / "app" / "streamlit_app.py"


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    build(home)
    return home


@pytest.fixture(scope="session")
def one_segment_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("one_segment")
    build(home, segments=("core",))
    return home


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("empty")
    build(home, is_empty=True)
    return home


@pytest.fixture
def run_page(monkeypatch) -> Callable[..., AppTest]:
    """Runs one page on a home, with query parameters; the result is checked for exceptions."""

    def run(home: Path, page: str, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv("PLUMBLINE_HOME", str(home))
        at = AppTest.from_file(str(SCRIPT), default_timeout=30)
        for name, value in parameters.items():
            at.query_params[name] = value
        at.run()
        if page != "brief":
            at.switch_page(f"app_pages/{page}.py").run()
        assert not at.exception, at.exception[0].value
        return at

    return run
