"""The inbox starts a run when a file arrives or changes, and not otherwise."""

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from assets.home import Home
from pipelines.sensors import inbox

FOREIGN = """
[organisation]
name = "Example Ltd"
[[files]]
name = "desk"
entity = "tickets"
path = "elsewhere/*.csv"
key = ["id"]
columns = { ticket_id = "id" }
"""
LONG_AGO = 1_700_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "plumbline.toml").write_text(FOREIGN, encoding="utf-8")
    return tmp_path


def _deliver(path: Path, text: str, modified: int = LONG_AGO) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (modified, modified))


@pytest.fixture
def tick(home: Path) -> Callable[[], dg.RunRequest | None]:
    """Evaluates the sensor as Dagster does, keeping its cursor between ticks."""
    cursor: list[str | None] = [None]

    def evaluate() -> dg.RunRequest | None:
        resources = {"home": Home(path=str(home))}
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_sensor_context(instance, cursor[0], resources=resources) as context,
        ):
            answer = inbox(context)
        cursor[0] = context.cursor
        return answer if isinstance(answer, dg.RunRequest) else None

    return evaluate


def test_a_new_file_starts_one_run(home: Path, tick: Callable[[], dg.RunRequest | None]):
    _deliver(home / "inbox/github/workflow_runs/1.ndjson", "{}")

    assert tick() is not None
    assert tick() is None


def test_a_changed_file_starts_another_run(home: Path, tick: Callable[[], dg.RunRequest | None]):
    file = home / "inbox/github/workflow_runs/1.ndjson"
    _deliver(file, "{}")
    first = tick()
    _deliver(file, "[]", modified=LONG_AGO + 1)
    second = tick()

    assert first is not None
    assert second is not None
    assert first.run_key != second.run_key


def test_a_deleted_file_starts_nothing(home: Path, tick: Callable[[], dg.RunRequest | None]):
    file = home / "inbox/github/workflow_runs/1.ndjson"
    _deliver(file, "{}")
    tick()
    file.unlink()

    assert tick() is None


def test_a_file_that_is_still_being_written_is_waited_for(
    home: Path, tick: Callable[[], dg.RunRequest | None]
):
    file = home / "inbox/github/workflow_runs/1.ndjson"
    file.parent.mkdir(parents=True)
    file.write_text("{", encoding="utf-8")
    assert tick() is None

    os.utime(file, (LONG_AGO, LONG_AGO))
    assert tick() is not None


def test_a_foreign_file_outside_the_inbox_starts_a_run(
    home: Path, tick: Callable[[], dg.RunRequest | None]
):
    _deliver(home / "elsewhere/tickets.csv", "id\n1\n")

    assert tick() is not None


def test_an_empty_home_starts_nothing(tick: Callable[[], dg.RunRequest | None]):
    assert tick() is None


def test_the_sensor_is_off_until_it_is_switched_on():
    assert inbox.default_status == dg.DefaultSensorStatus.STOPPED
