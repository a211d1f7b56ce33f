"""The example company's home, written once; its records read without Plumbline; its edition."""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.example.home import write

Record = dict[str, Any]
Records = Callable[[str, str], list[Record]]


@pytest.fixture(scope="session")
def example_home(made_once: Callable[..., Path]) -> Path:
    """A home with the example company in it."""
    return made_once("example", write)


@pytest.fixture(scope="session")
def example_truths(example_home: Path) -> dict[str, Record]:
    """What was planted, by id."""
    planted = json.loads((example_home / "truths.json").read_text())
    return {truth["id"]: truth for truth in planted["truths"]}


@pytest.fixture(scope="session")
def example_edition(example_home: Path, made_once: Callable[..., Path]) -> Path:
    """The edition that `plumbline run` publishes of it, from a copy of the home."""

    def publish(home: Path) -> None:
        shutil.copytree(example_home, home)
        command = [str(Path(sys.executable).with_name("plumbline")), "run", "--home", str(home)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    home = made_once("published", publish)
    return home / "editions" / (home / "editions" / "current").read_text().strip()


@pytest.fixture(scope="session")
def delivered(example_home: Path) -> Records:
    """All records of a feed as they were delivered, without the lines that are no JSON."""

    def read(system: str, entity: str) -> list[Record]:
        return list(_readable(example_home / "inbox" / system / entity))

    return read


def _readable(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.iterdir()):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue
