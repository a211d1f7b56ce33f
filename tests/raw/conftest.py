"""Records as their source gives them -> what the maps of that source make of them."""

import csv
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.configuration import Configuration, Organisation
from assets.raw.decode import decoded
from assets.raw.feed import Feed, System, instant
from assets.schema import INSTANT

SEEN_AT = datetime(2026, 7, 1, tzinfo=UTC)
SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data"


def _newest(feed: Feed, records: Iterable[object]) -> pl.LazyFrame:
    """The newest version of each record, decoded, as the conformed stage hands it to maps."""
    payloads = [json.dumps(record) for record in records]
    expression, columns = decoded(feed)
    with duckdb.connect() as connection:
        given = pl.DataFrame({"payload": payloads}, schema={"payload": pl.String})
        connection.register("given", given)
        query = f"FROM (SELECT {expression} AS decoded FROM given)"
        fields = connection.execute(f"SELECT {', '.join(columns)} {query}").pl()
    key = [pl.col(name).fill_null("") if name in feed.optional_key else name for name in feed.key]
    state = pl.col(feed.state).str.to_lowercase() if feed.state else pl.lit(None, pl.String)
    frame = fields.with_columns(
        record_key=pl.concat_str(key, separator="/"),
        updated_at=pl.coalesce(*(instant(pl.col(name)) for name in feed.updated_at)),
        ingested_at=pl.lit(SEEN_AT, INSTANT),
        feed=pl.lit(feed.entity),
        rank=state.replace_strict(dict(feed.state_ranks), default=0, return_dtype=pl.Int16),
    )
    if feed.deleted:
        frame = frame.filter(pl.col(feed.deleted).ne_missing("true"))
    return (
        frame.filter(pl.col("record_key").is_not_null())
        .sort("updated_at", "rank", descending=True, nulls_last=True)
        .unique("record_key", keep="first")
        .drop("rank")
        .lazy()
    )


@pytest.fixture
def configuration():
    return Configuration(organisation=Organisation(name="Example"))


@pytest.fixture
def mapped(configuration):
    """mapped(system, entity, feed=[records], …) -> the rows of the map, as dictionaries."""

    def rows(
        system: System,
        entity: str,
        settings: Configuration = configuration,
        **delivered: Iterable[Mapping[str, object]],
    ) -> list[dict[str, object]]:
        frames = {
            feed.entity: _newest(feed, delivered.get(feed.entity, ())) for feed in system.feeds
        }
        unknown = delivered.keys() - frames.keys()
        assert not unknown, f"{system.name} has no feed {unknown}"
        frame = system.maps[entity](frames, settings).collect()
        assert {"updated_at", "ingested_at", "feed", "record_key", "source_id"} <= set(
            frame.columns
        )
        return frame.sort("source_id").to_dicts()

    return rows


@pytest.fixture(scope="session")
def recorded():
    """recorded("github/runs.jsonl") -> the records of a real file; skips where there is none."""
    folder = Path(os.environ.get("PLUMBLINE_REAL_DATA", SAMPLES)) / "recorded"
    if not folder.is_dir():
        pytest.skip("no real records here: set PLUMBLINE_REAL_DATA to have them")

    def records(name: str) -> list[dict[str, object]]:
        text = (folder / name).read_text(encoding="utf-8")
        if name.endswith(".csv"):
            return list(csv.DictReader(text.splitlines()))
        if name.endswith(".json"):
            return json.loads(text)
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    return records
