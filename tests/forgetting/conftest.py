"""The home of `people_home.py`, run, forgotten in and run again."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# The modules beside this file; tests are no packages.
sys.path.insert(0, str(Path(__file__).parent))

from people_home import ALPHA, build
from people_search import call, edition_of, naming, texts_of_tables


@dataclass(frozen=True)
class Story:
    """A home after its first run, and what the commands said until its last."""

    home: Path
    edition_before: str
    tables_before: dict[str, set[str]]
    dry: str
    is_unchanged_by_dry_run: bool
    bytes_before: bytes
    forgetting: str
    bytes_after: bytes
    raw_after: dict[str, set[str]]
    edition_after: str
    again: str


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after one run; nobody is forgotten in it."""
    home = tmp_path_factory.mktemp("people")
    build(home)
    said = call("run", "--home", home, exit_codes=(0, 3))
    (home / "dagster" / "said.txt").write_text(said, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def story(ran: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """ALPHA is forgotten in a copy of the home, which is run again then."""
    home = tmp_path_factory.mktemp("forgotten") / "home"
    shutil.copytree(ran, home)
    warehouse = home / "warehouse.duckdb"
    before = edition_of(home), naming(texts_of_tables(home, is_raw=True), ALPHA)
    bytes_before = warehouse.read_bytes()
    kept = (home / "forgotten.json").read_bytes()  # a key, because records are named by people
    dry = call("forget", *ALPHA, "--dry-run", "--home", home)
    tables_after_dry = naming(texts_of_tables(home, is_raw=True), ALPHA)
    is_unchanged = tables_after_dry == before[1] and (home / "forgotten.json").read_bytes() == kept
    forgetting = call("forget", *ALPHA, "--home", home)
    bytes_after = b"".join(path.read_bytes() for path in home.glob("warehouse*") if path.is_file())
    raw_after = naming(texts_of_tables(home, is_raw=True), ALPHA)
    call("run", "--home", home, exit_codes=(0, 3))
    return Story(
        home, *before, dry, is_unchanged, bytes_before, forgetting, bytes_after, raw_after,
        edition_of(home), call("forget", *ALPHA, "--home", home),
    )  # fmt: skip
