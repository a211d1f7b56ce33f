"""What one export is made of: the parts of one edition that are about one period.

Holds reading and choosing; what an export looks like is the exports' business. Reads the edition
only, and only files whose hash is the published one.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.errors import UsageError
from assets.published import manifest, periods
from assets.published.manifest import Manifest
from assets.published.periods import Period

STAGE_SHARES = "kpi_stage_shares"  # editions from before 2026-11 have none
QUALITY = ("checks", "coverage", "quarantine", "record_fates", "links", "files")


@dataclass(frozen=True)
class Selection:
    """One period of one edition; all frames as they stand in the edition."""

    manifest: Manifest
    period: Period
    cells: pl.DataFrame
    stage_shares: pl.DataFrame
    catalogue: pl.DataFrame
    scopes: pl.DataFrame
    tradeoffs: dict[str, pl.DataFrame]
    quality: dict[str, pl.DataFrame]

    @property
    def name(self) -> str:
        """The name of what is exported: period and edition, so that restated figures differ."""
        return f"plumbline-{self.period.text}-{self.manifest.id}"


def select(home_folder: Path, period: str, edition: str | None) -> Selection:
    """Read an edition's part for a period.

    Raises UsageError for a period that is none or has no cells, EditionError if the edition is not
    there or damaged.
    """
    wanted = periods.parse(period)
    folder = manifest.folder_of(home_folder, edition)
    needed = [t for t in manifest.read(folder).tables if not t.startswith("evidence_")]
    verified = manifest.verify(folder, needed)
    values = pl.scan_parquet(folder / "kpi_values.parquet")
    cells = wanted.cells(values).collect()
    if cells.is_empty():
        raise UsageError(
            f"Edition {verified.id} has no KPI values for {period}. {periods.that_exist(values)}"
        )
    frames = {name: folder / f"{name}.parquet" for name in needed}
    stages = pl.scan_parquet(frames[STAGE_SHARES]) if STAGE_SHARES in frames else values.clear()
    return Selection(
        manifest=verified,
        period=wanted,
        cells=cells,
        stage_shares=wanted.cells(stages).collect(),
        catalogue=pl.read_parquet(frames["kpi_catalogue"]),
        scopes=pl.read_parquet(frames["scopes"]),
        tradeoffs={
            name: pl.read_parquet(path)
            for name, path in frames.items()
            if name.startswith("tradeoff_")
        },
        quality={name: pl.read_parquet(frames[name]) for name in QUALITY},
    )
