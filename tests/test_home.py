"""Where things of a home are, and what time it is for a run."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.errors import UsageError
from assets.home import Home, parse_instant


def _home(folder: Path, organisation: str = "", **terms: str) -> Home:
    text = f'[organisation]\nname = "Example Ltd"\n{organisation}\n'
    (folder / "plumbline.toml").write_text(text, encoding="utf-8")
    return Home(path=str(folder), **terms)


def test_the_clock_is_the_runs_then_the_configurations_then_the_start(tmp_path: Path):
    frozen = "as_of = 2026-07-01T00:00:00Z"

    asked = _home(tmp_path, frozen, as_of="2026-01-01T01:00:00+01:00")
    assert asked.as_of_instant == datetime(2026, 1, 1, tzinfo=UTC)
    assert _home(tmp_path, frozen).as_of_instant == datetime(2026, 7, 1, tzinfo=UTC)
    free = _home(tmp_path)
    assert free.as_of_instant == free.now == free.as_of_instant


def test_an_instant_without_offset_is_utc():
    assert parse_instant("2026-07-01") == datetime(2026, 7, 1, tzinfo=UTC)


def test_an_instant_that_cannot_be_read_is_answered_with_an_example():
    with pytest.raises(UsageError, match=r"--as-of yesterday is not an instant\. Write"):
        parse_instant("yesterday")


def test_a_changed_configuration_is_read_again(tmp_path: Path):
    home = _home(tmp_path)
    assert not home.configuration.organisation.is_example

    _home(tmp_path, "is_example = true")

    assert home.configuration.organisation.is_example


def test_all_assets_of_a_run_have_the_same_now(tmp_path: Path):
    seen: list[datetime] = []

    @dg.asset
    def first(home: Home) -> None:
        seen.append(home.now)

    @dg.asset(deps=[first])
    def second(home: Home) -> None:
        seen.append(home.now)

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [first, second], resources={"home": _home(tmp_path)}, instance=instance
        )
        record = instance.get_run_record_by_id(result.run_id)

    assert record is not None
    assert seen == [record.create_timestamp.astimezone(UTC)] * 2
