"""The synthetic workload of DESIGN.md, section 9, as conformed tables in Parquet.

What `drawn` gives goes through the real contracts, which also leave of it what was known at an
as-of. Drawn in pieces of a million CI runs: S=10 is ten pieces. Nothing here is measured.
"""

import hashlib
from datetime import datetime
from importlib import import_module
from pathlib import Path

import company
import drawn
import polars as pl

from assets import schema
from assets.configuration import Configuration, load
from assets.conformed.conform import Given, conform
from assets.conformed.entity import Entity
from assets.schema import COMMON, INSTANT, SHAPES

GIT = "https://git.example.com"
SOURCE = "benchmark"
NO_LATE_VERSIONS = pl.LazyFrame(
    schema={
        **dict.fromkeys(("source", "feed", "record_key"), pl.String),
        "version_ingested_at": INSTANT,
    }
)


def workload(folder: Path, scale: float, as_of: datetime) -> Path:
    """The folder with `<entity>/<piece>.parquet` as known at `as_of`; drawn unless it is there.

    A scale below 1 gives one piece of fewer rows. What the tables or the drawing look like now is
    in the folder's name, so that nothing older is taken for it.
    """
    place = folder / f"S{scale:g}-{as_of:%Y%m%dT%H%M}-{_digest()}"
    if (place / "complete").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    (place / "plumbline.toml").write_text(company.as_toml(), encoding="utf-8")
    configuration = load(place / "plumbline.toml")
    for piece in range(max(1, round(scale))):
        for name, frame in drawn.tables(piece, min(scale, 1.0)).items():
            (place / name).mkdir(exist_ok=True)
            rows = conformed(name, frame, configuration, as_of)
            rows.write_parquet(place / name / f"{piece}.parquet")
    (place / "source_coverage").mkdir(exist_ok=True)
    coverage(as_of).write_parquet(place / "source_coverage" / "0.parquet")
    (place / "complete").touch()
    return place


def _digest() -> str:
    sources = [*Path(__file__).parent.glob("draw*.py"), company.__file__, schema.__file__]
    texts = [Path(str(source)).read_bytes() for source in sorted(map(str, sources))]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:8]


def conformed(
    name: str, rows: pl.DataFrame, configuration: Configuration, as_of: datetime
) -> pl.DataFrame:
    """The rows as the contract of their entity lets them through, as known at `as_of`.

    Raises ValueError if it refuses any, as the workload would then not be what it says.
    """
    entity: Entity = import_module(f"assets.conformed.{name}").ENTITY
    key = [pl.col(name).cast(pl.String).fill_null("") for name in entity.shape.key]
    identity = pl.concat_str(key, separator="/")
    instants = [name for name, kind in rows.schema.items() if kind == INSTANT]
    told = rows.with_columns(
        source_id=identity,
        url=pl.concat_str(pl.lit(f"{GIT}/{name}/"), identity),
        updated_at=pl.max_horizontal(instants) if instants else pl.lit(None, INSTANT),
        ingested_at=pl.max_horizontal(instants) if instants else pl.lit(as_of),
    )
    given = [Given(SOURCE, told.lazy())]
    result = conform(entity, given, configuration, as_of, NO_LATE_VERSIONS)
    refused = result.left_out.filter(pl.col("fate") == "quarantined")
    if refused.height:
        raise ValueError(f"{refused.height} drawn {name} break their contract: {refused.head(3)}")
    return result.rows


def coverage(as_of: datetime) -> pl.DataFrame:
    """`conformed_source_coverage`: everything is known from the beginning until `as_of`."""
    rows = pl.DataFrame({"entity": sorted(company.ENTITIES)}).with_columns(
        source=pl.lit(SOURCE),
        scope=pl.lit(""),
        from_at=pl.lit(company.BEGIN),
        to_at=pl.lit(as_of),
        is_complete=pl.lit(True),
    )
    wanted = {**SHAPES["source_coverage"].columns, **COMMON}
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in wanted.items()
    )
