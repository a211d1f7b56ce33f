"""What a run came to, and with which exit code it says so."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from assets.warehouse import Warehouse
from pipelines.run import Ending
from pipelines.summary import Summary, as_table, summarise

BEGAN_AT = datetime(2026, 7, 1, tzinfo=UTC)


def _files(*rows: tuple[str, str, int, int, str, str | None, int]) -> pl.DataFrame:
    schema = {
        "path": pl.String,
        "system": pl.String,
        "lines": pl.UInt32,
        "new_versions": pl.UInt32,
        "status": pl.String,
        "problem": pl.String,
        "minutes": pl.Int64,
    }
    return pl.DataFrame(rows, schema, orient="row").select(
        pl.exclude("minutes"),
        read_at=pl.lit(BEGAN_AT) + pl.duration(minutes="minutes"),
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = Warehouse(tmp_path / "warehouse.duckdb")
    store.append(
        {
            "raw_files": _files(
                ("inbox/github/runs/old.ndjson", "github", 9, 9, "read", None, -1),
                ("inbox/github/runs/1.ndjson", "github", 5, 4, "read", None, 1),
                ("inbox/github/runs/2.ndjson", "github", 5, 3, "read", None, 1),
            ),
            "conformed_quarantine": pl.DataFrame(
                {
                    "source": ["github"] * 3,
                    "entity": ["runs"] * 3,
                    "record_key": [None, "7", "8"],
                    "rule": ["missing_key", "order", "order"],
                    "detail": ["no id in inbox/github/runs/1.ndjson, line 1", "at=1", "at=2"],
                }
            ),
            "check_results": pl.DataFrame(
                {
                    "is_ok": [True, False],
                    "severity": ["error", "error"],
                    "sentence": ["It holds.", "It did not hold."],
                    "run_id": ["this", "another"],
                }
            ),
        }
    )
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions/current").write_text("20260701T000000Z-0a1b2c3d", encoding="utf-8")
    return tmp_path


def _text(summary: Summary, home: Path) -> str:
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(as_table(summary, home))
    return console.export_text()


def test_a_run_tells_what_came_in_was_kept_out_and_came_out(home: Path):
    summary = summarise(home, Ending("this", ()), BEGAN_AT)

    assert summary.exit_code == 0
    text = _text(summary, home)
    assert "github, 2 new or changed files with 10 records" in text
    assert "7 new" in text
    assert text.index("github/runs: order, such as 7: at=1") < text.index("missing_key")
    assert "missing_key, such as no id in inbox/github/runs/1.ndjson, line 1" in text
    assert "all hold" in text
    assert "20260701T000000Z-0a1b2c3d" in text


def test_a_file_that_could_not_be_read_makes_the_exit_code_three(home: Path):
    path = "inbox/github/runs/3.ndjson.gz"
    problem = "It ends in the middle. Deliver it again."
    unreadable = _files((path, "github", 0, 0, "unreadable", problem, 2))
    Warehouse(home / "warehouse.duckdb").append({"raw_files": unreadable})

    summary = summarise(home, Ending("this", ()), BEGAN_AT)

    assert summary.exit_code == 3
    assert summary.warnings == (f"{path}: {problem}",)
    assert "published with warnings" in _text(summary, home)


def test_an_expectation_that_only_warns_makes_the_exit_code_three(home: Path):
    warned = pl.DataFrame(
        {"is_ok": [False], "severity": ["warning"], "sentence": ["Odd."], "run_id": ["this"]}
    )
    Warehouse(home / "warehouse.duckdb").append({"check_results": warned})

    summary = summarise(home, Ending("this", ()), BEGAN_AT)

    assert summary.exit_code == 3
    assert summary.warnings == ("Odd.",)


def test_a_failed_run_says_which_edition_stays(home: Path):
    summary = summarise(home, Ending("this", ("It failed.",)), BEGAN_AT)

    assert summary.exit_code == 1
    assert "none published; 20260701T000000Z-0a1b2c3d stays current" in _text(summary, home)


def test_a_run_that_failed_before_anything_was_written_can_be_told_too(tmp_path: Path):
    summary = summarise(tmp_path, Ending("this", ("It failed.",)), BEGAN_AT + timedelta(hours=1))

    assert summary.exit_code == 1
    assert "no new or changed files" in _text(summary, tmp_path)
    assert "not reached" in _text(summary, tmp_path)


def test_a_file_refused_before_is_refused_again_and_its_path_is_told_once(home: Path):
    path = "inbox/github/runs/3.ndjson.gz"
    unreadable = _files((path, "github", 0, 0, "unreadable", f"{path} breaks off.", -60))
    Warehouse(home / "warehouse.duckdb").append({"raw_files": unreadable})

    summary = summarise(home, Ending("this", ()), BEGAN_AT)

    assert summary.warnings == (f"{path} breaks off.",)
    assert "github, unreadable files refused again: 1" in _text(summary, home)


def test_a_folder_that_no_source_reads_delivered_nothing(home: Path):
    stranger = _files(("inbox/x/y", None, 0, 0, "unknown", "No source reads inbox/x/y.", 1))
    Warehouse(home / "warehouse.duckdb").append({"raw_files": stranger})

    assert "None" not in _text(summarise(home, Ending("this", ()), BEGAN_AT), home)


def test_no_kind_of_quarantined_record_is_hidden_but_beyond_twenty(home: Path):
    kinds = pl.DataFrame(
        {
            "source": ["desk"] * 22,
            "entity": ["tickets"] * 22,
            "record_key": ["1"] * 22,
            "rule": [f"rule_{number:02}" for number in range(22)],
            "detail": ["[bold]"] * 22,
        }
    )
    Warehouse(home / "warehouse.duckdb").replace("conformed_quarantine", kinds)

    text = _text(summarise(home, Ending("this", ()), BEGAN_AT), home)

    assert "rule_19, such as 1: [bold]" in text
    assert "rule_20" not in text
    assert "2 more kinds" in text


def test_an_empty_inbox_is_a_warning(tmp_path: Path):
    summary = summarise(tmp_path, Ending("this", ()), BEGAN_AT)

    assert summary.exit_code == 3
    assert "The inbox holds no file" in summary.warnings[0]
