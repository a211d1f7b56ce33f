"""The edition's list of scopes: everything that a cell can be about, with its name and parent.

Holds today's names; what belonged to whom at which time is in `scope_sets`.
"""

from datetime import date

import polars as pl

UNASSIGNED = "unassigned"
SCHEMA = {
    "scope_kind": pl.String,
    "scope": pl.String,
    "name": pl.String,
    "parent_kind": pl.String,
    "parent": pl.String,
    "stance": pl.String,
    "valid_from": pl.Date,
}
KINDS = ("organisation", "segment", "customer", "service", "offering", "tool")


def scopes_of(
    organisation: str,
    segments: pl.DataFrame,
    customers: pl.DataFrame,
    services: pl.DataFrame,
    offerings: pl.DataFrame,
    used: pl.DataFrame,
    on: date,
) -> pl.DataFrame:
    """One row per scope, in the columns of `SCHEMA`.

    The reference frames have `id`, `name`, `valid_from` (and `segment`, `stance`); of several rows
    for an id the one valid on the date `on` counts, else the first to come. `used` (`scope_kind,
    scope`) are the scopes that cells have: those that no reference row names are listed under
    their own id. A customer without stance has its segment's.
    """
    now = {
        "segment": _valid(segments, on),
        "customer": _valid(customers, on),
        "service": _valid(services, on),
        "offering": _valid(offerings, on),
    }
    of_segment = now["segment"].select(segment="id", stance_of_segment="stance")
    now["customer"] = (
        now["customer"]
        .join(of_segment, on="segment", how="left")
        .with_columns(stance=pl.coalesce("stance", "stance_of_segment"))
    )
    rows = [_row("organisation", "organisation", organisation, parent=None)]
    rows += [_rows(kind, frame) for kind, frame in now.items()]
    rows += [_row(kind, UNASSIGNED, "Unassigned") for kind in ("segment", "customer", "service")]
    named = pl.concat(rows, how="diagonal")
    unnamed = used.unique().join(named, on=["scope_kind", "scope"], how="anti")
    unnamed = unnamed.select(
        "scope_kind", "scope", name="scope", parent_kind=_ORGANISATION, parent=_ORGANISATION
    )
    order = pl.col("scope_kind").cast(pl.Enum(KINDS))
    return (
        pl.concat([named, unnamed], how="diagonal")
        .select(SCHEMA.keys())
        .sort(order, "name", "scope")
    )


_ORGANISATION = pl.lit("organisation")


def _valid(rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """Per id the latest row that has begun, else the one that begins first."""
    has_begun = pl.col("valid_from") <= on
    return (
        rows.with_columns(has_begun=has_begun, distance=(pl.col("valid_from") - on).abs())
        .sort("has_begun", "distance", descending=[True, False])
        .unique("id", keep="first", maintain_order=True)
    )


def _rows(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    is_customer = kind == "customer"
    return frame.select(
        pl.lit(kind).alias("scope_kind"),
        pl.col("id").alias("scope"),
        "name",
        (pl.lit("segment") if is_customer else _ORGANISATION).alias("parent_kind"),
        (pl.col("segment") if is_customer else _ORGANISATION).alias("parent"),
        (pl.col("stance") if "stance" in frame.columns else pl.lit(None, pl.String)).alias(
            "stance"
        ),
        "valid_from",
    )


def _row(kind: str, scope: str, name: str, parent: str | None = "organisation") -> pl.DataFrame:
    row = {
        "scope_kind": kind,
        "scope": scope,
        "name": name,
        "parent_kind": parent,
        "parent": parent,
    }
    return pl.DataFrame([row], schema=SCHEMA)
