"""The frames of a workbook's sheets: columns in words, values in the sheet's units.

Holds what stands on a sheet, not how it looks (`assets.published.workbook`).
"""

from dataclasses import dataclass, field
from typing import get_args

import polars as pl
from polars import selectors as cs

from assets.configuration import Promise
from assets.published import words
from assets.published.plain_text import flat
from assets.published.selection import Selection

PROMISES: tuple[str, ...] = get_args(Promise)
LEVELS = ("organisation", "segment", "customer", "service", "offering", "tool")
LONGEST_CELL = 32_767  # characters; Excel's own limit
DATE_TIME, DATE = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
DEFINITIONS = {  # column of the catalogue -> header
    "name": "KPI",
    "id": "KPI id",
    "promise": "Promise",
    "definition": "Definition",
    "worked_example": "Worked example",
    "unit": "Unit",
    "direction": "Better when",
    "statistics": "Statistics",
    "headline_statistic": "Headline",
    "clock_start": "Clock starts",
    "clock_stop": "Clock stops",
    "exclusions": "Left out",
    "look_ahead_hours": "Look-ahead, hours",
    "minimum_n": "Minimum n",
    "null_means": "No value means",
    "definition_source": "Source of the definition",
    "benchmark": "Benchmark",
    "version": "Version",
    "changelog": "Changes",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its frame, and Excel number formats by column where the type does not say it."""

    name: str
    frame: pl.DataFrame
    formats: dict[str, str] = field(default_factory=dict)


def promise_sheets(chosen: Selection) -> list[Sheet]:
    """One sheet per promise that has cells in the period, in the order of the promises."""
    cells = _named(chosen)
    present = set(cells["promise"])
    return [
        _promise_sheet(promise, cells.filter(pl.col("promise") == promise))
        for promise in [*PROMISES, *sorted(present - set(PROMISES))]
        if promise in present
    ]


def definitions(chosen: Selection) -> Sheet:
    """The catalogue in words."""
    frame = flat(chosen.catalogue).select(
        pl.col("direction").replace(words.DIRECTIONS), cs.all().exclude("direction")
    )
    present = {name: header for name, header in DEFINITIONS.items() if name in frame.columns}
    return Sheet("Definitions", excel_types(frame.select(present.keys()).rename(present)))


def quality_blocks(chosen: Selection) -> list[Sheet]:
    """The edition's quality tables, of the files only those with a problem."""
    quality = dict(chosen.quality)
    quality["files"] = quality["files"].filter(pl.col("status") != "read")
    quality["checks"] = quality["checks"].sort("is_ok", maintain_order=True)
    failed = quality["checks"].filter(~pl.col("is_ok")).height
    titles = {
        "coverage": "What the sources tell about",
        "quarantine": "Records set aside, by rule",
        "links": "Links between records, by rule",
        "files": "Files with a problem",
        "record_fates": "What became of each record",
        "checks": f"Checks of this edition: {quality['checks'].height}, of which {failed} failed",
    }
    shares = {"Share": "0.0%", "Reject ratio": "0.0%"}
    return [Sheet(title, _with_headers(quality[name]), shares) for name, title in titles.items()]


def headline_rows(chosen: Selection) -> pl.DataFrame:
    """The headline KPIs of the organisation and the segments, one row each, values in their unit.

    Columns: promise, kpi, statistic, scope, value, low, high, n, state, remarks, unit.
    """
    headline = chosen.catalogue.filter("is_headline").select(
        kpi="id", statistic="headline_statistic"
    )
    rows = (
        _named(chosen)
        .join(headline, on=["kpi", "statistic"], how="semi")
        .filter(
            (pl.col("slice_kind") == "") & pl.col("scope_kind").is_in(["organisation", "segment"])
        )
        .select(
            "promise",
            pl.col("kpi_name").alias("kpi"),
            pl.col("statistic").replace(words.STATISTICS),
            pl.col("scope_name").alias("scope"),
            "value",
            "low",
            "high",
            "n",
            pl.col("value_state").replace(words.STATES).alias("state"),
            _remarks().alias("remarks"),
            "unit",
        )
    )
    return excel_types(rows)


def excel_types(frame: pl.DataFrame) -> pl.DataFrame:
    """Types that Excel knows: instants without zone (UTC), finite numbers, texts that fit."""
    return frame.with_columns(
        cs.datetime(time_zone="*").dt.convert_time_zone("UTC").dt.replace_time_zone(None),
        pl.when(cs.float().is_finite()).then(cs.float()).name.keep(),
        cs.string().str.slice(0, LONGEST_CELL),
    )


def _named(chosen: Selection) -> pl.DataFrame:
    """Cells and shares of stages with names, in the order of the catalogue and of the levels."""
    is_business = pl.col("duration").fill_null("").str.contains("business").alias("is_business")
    kpis = chosen.catalogue.with_row_index("kpi_order").select(
        "kpi_order", is_business, kpi="id", kpi_name="name"
    )
    scopes = chosen.scopes.select("scope_kind", "scope", scope_name="name")
    promise, level = pl.Enum(PROMISES), pl.Enum(LEVELS)
    return (
        pl.concat([chosen.cells, chosen.stage_shares])
        .join(kpis, on="kpi", how="left")
        .join(scopes, on=["scope_kind", "scope"], how="left")
        .with_columns(
            pl.col("kpi_name").fill_null(pl.col("kpi")),
            pl.col("scope_name").fill_null(pl.col("scope")),
            pl.when("is_business", pl.col("unit") == "seconds")
            .then(pl.lit(words.BUSINESS_SECONDS))
            .otherwise("unit")
            .alias("unit"),
        )
        .sort(
            pl.col("promise").cast(promise, strict=False),
            "kpi_order",
            pl.col("slice_kind"),
            "slice",
            pl.col("scope_kind").cast(level, strict=False),
            "scope_name",
            "statistic",
            nulls_last=True,
        )
    )


def _promise_sheet(promise: str, cells: pl.DataFrame) -> Sheet:
    shown = {unit: words.shown(unit, promise) for unit in cells["unit"].unique(maintain_order=True)}
    formats = {
        f"{name}, {how.label}": how.format
        for how in shown.values()
        for name in ("Value", "Low", "High")
    }
    values = [
        pl.when(pl.col("unit") == unit)
        .then(pl.col(name.lower()) / how.divisor)
        .alias(f"{name}, {how.label}")
        for unit, how in shown.items()
        for name in ("Value", "Low", "High")
    ]
    is_all = pl.col("slice_kind") == ""
    frame = cells.select(
        pl.col("kpi_name").alias("KPI"),
        pl.col("statistic").replace(words.STATISTICS).alias("Statistic"),
        pl.when(is_all).then(pl.lit("all")).otherwise("slice").alias("Slice"),
        pl.col("scope_kind").alias("Level"),
        pl.col("scope_name").alias("Scope"),
        pl.col("period_start_on").alias("From"),
        pl.col("period_end_on").alias("To"),
        *values,
        "n",
        pl.col("n_open").alias("Still open"),
        pl.col("n_excluded").alias("Left out"),
        pl.col("value_state").replace(words.STATES).alias("State"),
        _remarks().alias("Remarks"),
        *(pl.col(flag).alias(words.titled(flag.removeprefix("is_"))) for flag in words.FLAGS),
        pl.col("kpi").alias("KPI id"),
        pl.col("slice_kind").alias("Slice by"),
        pl.col("scope").alias("Scope id"),
        pl.col("definition_version").alias("Definition"),
        pl.col("as_of").alias("As of (UTC)"),
    )
    return Sheet(words.titled(promise), excel_types(frame), formats)


def _remarks() -> pl.Expr:
    """Open ends of the interval and the flags, in words; an empty text for none."""
    is_known = pl.col("value").is_not_null()
    said = [
        *(
            pl.when(is_known & pl.col(end).is_null()).then(pl.lit(text))
            for end, text in words.OPEN_ENDS.items()
        ),
        *(
            pl.when(~pl.col(flag) if flag == "is_complete" else pl.col(flag)).then(pl.lit(text))
            for flag, text in words.FLAGS.items()
        ),
    ]
    return pl.concat_str(said, separator="; ", ignore_nulls=True)


def _with_headers(frame: pl.DataFrame) -> pl.DataFrame:
    named = {
        name: words.titled(name.removeprefix("is_").removesuffix("_at"))
        + (" (UTC)" if isinstance(dtype, pl.Datetime) else "")
        for name, dtype in frame.schema.items()
    }
    return excel_types(flat(frame).rename(named))
