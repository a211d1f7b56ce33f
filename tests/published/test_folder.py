"""An edition's folder: whole or not at all, whatever happens."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assets.published import folder, manifest

REPOSITORY = Path(__file__).parents[2]
EARLIER = "20260601T000000Z-00000000"


@pytest.fixture(params=["few", pytest.param("all", marks=pytest.mark.slow)])
def killed(request, tmp_path, make, store):
    """Homes in which publishing died, one per step, with the id that was current before."""
    first = make()
    store.replace("kpi_support", store.read("kpi_support").collect().head(5))
    store.replace("fact_tickets", store.read("fact_tickets").collect().head(0))
    with store.connect() as connection:
        connection.execute("CHECKPOINT")
    home, copies = tmp_path / "home", tmp_path / "copies"
    home.mkdir()
    copies.mkdir()
    (tmp_path / "editions").rename(home / "editions")
    (home / "warehouse.duckdb").write_bytes(store.path.read_bytes())
    shutil.copytree(tmp_path / "warehouse", home / "warehouse")
    script = Path(__file__).with_name("publish_and_die.py")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, script, home, copies, request.param]
    subprocess.run(command, check=True, env=environment, timeout=600)
    return first.id, copies


def test_wherever_publishing_dies_current_names_a_whole_edition_and_the_next_run_tidies_up(killed):
    first, copies = killed
    second = manifest.current_id(copies / "whole" / "editions")
    steps = [path for path in copies.iterdir() if path.name.isdigit()]
    assert len(steps) > 5
    outcomes = set()
    for home in steps:
        current = manifest.current_id(home / "editions")
        outcomes.add((current, len(manifest.editions(home))))
        for name in manifest.editions(home):
            manifest.verify(home / "editions" / name)
    # Nothing shown; shown but not current yet; done, and tidying up.
    assert outcomes == {(first, 1), (first, 2), (second, 2)}
    for home in steps:
        again = copies / f"{home.name}-again" / "editions"
        assert {path.name for path in again.iterdir()} == {first, second, "current"}
        assert manifest.current_id(again) == second


def test_a_folder_that_a_living_process_is_filling_is_left_alone(tmp_path):
    living, dead = (tmp_path / f"{folder.MAKING}{name}" for name in ("living", "dead"))
    living.mkdir()
    dead.mkdir()
    handle = os.open(living, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    folder.remove_leftovers(tmp_path)
    os.close(handle)
    assert list(tmp_path.iterdir()) == [living]


def test_a_folder_in_making_is_gone_after_an_error(tmp_path):
    def fail() -> None:
        with folder.in_making(tmp_path) as making:
            (making / "a.parquet").write_text("half")
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_edition_that_is_removed_disappears_as_a_whole_first(tmp_path, monkeypatch):
    (tmp_path / EARLIER).mkdir()
    monkeypatch.setattr(folder.shutil, "rmtree", lambda *_, **__: None)
    folder.remove(tmp_path, EARLIER)
    [left] = tmp_path.iterdir()
    assert left.name.startswith(folder.REMOVING)


def test_a_file_that_could_not_be_written_whole_leaves_the_earlier_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before")

    def fail() -> None:
        with folder.whole_file(path) as part:
            part.write_text("half")
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        fail()
    assert [p.read_text() for p in tmp_path.iterdir()] == ["before"]
