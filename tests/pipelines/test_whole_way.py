"""`plumbline run` from the inbox to an edition: when it publishes, and what it does when not."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from app.edition import current_id, open_edition
from pipelines.cli import app

TERMS = """
[organisation]
name = "Example Ltd"
as_of = 2026-07-01T00:00:00Z
[[segments]]
id = "core"
name = "Core"
[[customers]]
id = "checkout"
name = "Checkout team"
segment = "core"
"""


@dataclass(frozen=True)
class Told:
    """What one run said, and which edition was current after it."""

    exit_code: int
    output: str
    edition: str | None


def _tickets(first: int, count: int, status: str = "open") -> str:
    return "\n".join(
        json.dumps(
            {
                "source": "desk",
                "ticket_id": str(number),
                "created_at": f"2026-06-{number % 28 + 1:02}T09:00:00Z",
                "updated_at": "2026-06-30T12:00:00Z",
                "status": status,
                "customer": "checkout",
            }
        )
        for number in range(first, first + count)
    )


def _run(home: Path, *options: str, command: str = "run") -> Told:
    wide = {"COLUMNS": "200"}
    result = CliRunner().invoke(app, [command, "--home", str(home), *options], env=wide)
    current = home / "editions" / "current"
    edition = current.read_text(encoding="utf-8").strip() if current.exists() else None
    return Told(result.exit_code, " ".join(result.output.split()), edition)


@pytest.fixture(scope="module")
def told(home: Path) -> dict[str, Told]:
    """Runs on one home: whole, repeated, with a damaged file, with too many bad records."""
    (home / "plumbline.toml").write_text(TERMS, encoding="utf-8")
    tickets = home / "inbox" / "canonical" / "tickets"
    tickets.mkdir(parents=True)
    (tickets / "1.ndjson").write_text(_tickets(1, 100), encoding="utf-8")
    told = {"whole": _run(home), "repeated": _run(home)}

    damaged = tickets / "2.ndjson.gz"
    damaged.write_bytes(b"\x1f\x8b this is no gzip")
    (tickets / "3.ndjson").write_text(_tickets(101, 100), encoding="utf-8")
    told["damaged"] = _run(home)
    damaged.unlink()

    (tickets / "4.ndjson").write_text(_tickets(201, 100, status="lost"), encoding="utf-8")
    told["rejected"] = _run(home)
    told["exported"] = _run(home, "--period", "2026-06", "--out", str(home), command="export")
    return told


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_records_become_an_edition(told: dict[str, Told]):
    assert told["whole"].exit_code == 0
    assert "canonical, 1 new or changed files with 100 records" in told["whole"].output
    assert told["whole"].edition
    assert told["whole"].edition in told["whole"].output


def test_the_same_records_make_the_same_edition(told: dict[str, Told]):
    assert told["repeated"].exit_code == 0
    assert "no new or changed files" in told["repeated"].output
    assert told["repeated"].edition == told["whole"].edition


def test_a_damaged_file_is_named_and_the_others_go_in(told: dict[str, Told]):
    assert told["damaged"].exit_code == 3
    assert "inbox/canonical/tickets/2.ndjson.gz" in told["damaged"].output
    assert "published with warnings" in told["damaged"].output
    assert told["damaged"].edition != told["whole"].edition


def test_too_many_bad_records_block_and_the_last_edition_stays(told: dict[str, Told]):
    assert told["rejected"].exit_code == 1
    assert "reject_ratio" in told["rejected"].output
    assert f"none published; {told['damaged'].edition} stays current" in told["rejected"].output
    assert told["rejected"].edition == told["damaged"].edition


def test_a_failed_refresh_leaves_the_last_edition_readable(home: Path, told: dict[str, Told]):
    assert told["rejected"].exit_code == 1
    shown = open_edition(home, current_id(home))
    assert shown.id == told["damaged"].edition
    tables = [path.stem for path in shown.folder.glob("*.parquet")]
    assert all(shown.scan(table).collect().width for table in tables)
    opened = shown.table("kpi_values").filter(
        pl.col("kpi") == "resolution_time",
        pl.col("scope_kind") == "organisation",
        pl.col("period_start_on") == pl.date(2026, 6, 1),
        pl.col("period_kind") == "month",
        pl.col("slice_kind") == "",
    )
    assert set(opened["n"]) == {200}
    assert told["exported"].exit_code == 0, told["exported"].output
    assert f"plumbline-2026-06-{shown.id}" in told["exported"].output.replace(" ", "")
