"""Where one number of an edition comes from: everything about its cell, from the edition only.

Holds what is known; how it is said is `pipelines.explaining`'s business.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.kpis.reconciliation import MEASURED, STILL_OPEN
from assets.published.asked import Asked, Question, Row, find
from assets.published.members import evidence_of, records
from assets.published.reading import Edition, edition_before, open_edition
from assets.published.restated import Restated, restated

TABLES = (
    *("kpi_values", "kpi_catalogue", "kpi_reconciliation", "kpi_signals"),
    *("coverage", "scopes", "scope_sets"),
)
IN_THE_NUMBER = (MEASURED, STILL_OPEN)


@dataclass(frozen=True)
class Explanation:
    """One cell, explained.

    `fates`: `fate, records` of the whole cohort, of a slice those of its own records; None where
    the edition keeps neither reconciliation nor records. `records` as in `members.RECORD`, or None.
    `links`: `link_rule, records, hits` of the records in the number. `signal` is the row of
    `kpi_signals` on the same KPI, statistic and scope, whichever month it judges. `coverage` has
    the spans of the tables that the KPI requires. `problems` says what does not add up.
    """

    edition: Edition
    asked: Asked
    fates: pl.DataFrame | None
    records: pl.DataFrame | None
    links: pl.DataFrame
    signal: Row | None
    coverage: pl.DataFrame
    restated: Restated | None
    problems: list[str]


def explain(home_folder: Path, question: Question, edition: str | None = None) -> Explanation:
    """Everything about the cell that is asked for.

    Raises UsageError for a question that fits no cell, EditionError if the edition is not there or
    damaged.
    """
    chosen = open_edition(home_folder, edition).verified(TABLES)
    asked = find(chosen, question)
    before = edition_before(home_folder, chosen)
    chosen.verified([evidence_of(asked)])
    if before is not None:
        before.verified([*TABLES, evidence_of(asked)])
    found = records(chosen, asked)
    reconciled = _reconciliation(chosen, asked)
    fates = reconciled if reconciled is not None else _counted(found)
    return Explanation(
        edition=chosen,
        asked=asked,
        fates=fates,
        records=found,
        links=_links(asked, found),
        signal=_signal(chosen, asked),
        coverage=_coverage(chosen, asked),
        restated=restated(chosen, asked, before),
        problems=_problems(asked, fates, _counted(found)),
    )


def _reconciliation(edition: Edition, asked: Asked) -> pl.DataFrame | None:
    """What the edition says of the whole; None for slices by value and for private KPIs."""
    keys = ("kpi", "scope_kind", "scope", "period_kind", "period_start_on", "period_end_on")
    rows = edition.scan("kpi_reconciliation").filter(pl.col("kpi") == asked.kpi["id"]).collect()
    if asked.slice_column or rows.is_empty():
        return None
    here = [pl.col(name) == asked.cell[name] for name in keys]
    return rows.filter(*here).select("fate", pl.col("records").cast(pl.Int64)).sort("fate")


def _counted(found: pl.DataFrame | None) -> pl.DataFrame | None:
    if found is None:
        return None
    return found.group_by("fate").agg(records=pl.len().cast(pl.Int64)).sort("fate")


def _problems(asked: Asked, fates: pl.DataFrame | None, counted: pl.DataFrame | None) -> list[str]:
    """Where the reconciliation, the cell and the records do not say the same."""
    if fates is None:
        return []
    number = pl.col("fate").is_in(IN_THE_NUMBER)
    in_number = fates.filter(number)["records"].sum()
    left_out = fates.filter(~number & (pl.col("fate") != "is_immature"))["records"].sum()
    cell, problems = asked.cell, []
    if in_number != cell["n"]:
        problems.append(f"{in_number} records are left, but the cell's n is {cell['n']}")
    if not asked.slice_column and left_out != cell["n_excluded"]:
        problems.append(f"{left_out} are left out by rule, the cell says {cell['n_excluded']}")
    if counted is not None and not counted.equals(fates):
        said, seen = fates["records"].sum(), counted["records"].sum()
        problems.append(f"the reconciliation tells of {said} records, the evidence shows {seen}")
    return problems


def in_number(found: pl.DataFrame) -> pl.DataFrame:
    """The records that the number is made of: measured or still open."""
    return found.filter(pl.col("fate").is_in(IN_THE_NUMBER))


def _links(asked: Asked, found: pl.DataFrame | None) -> pl.DataFrame:
    """By which rules records of other tables were joined; empty for KPIs of one table."""
    empty = pl.DataFrame(schema={"link_rule": pl.String, "records": pl.Int64, "hits": pl.Int64})
    if found is None or len(asked.kpi["requires"] or []) < 2:
        return empty
    rules = (
        in_number(found)
        .group_by("link_rule")
        .agg(records=pl.len().cast(pl.Int64), hits=pl.col("is_hit").sum().cast(pl.Int64))
        .sort(pl.col("link_rule").is_null(), -pl.col("records"), "link_rule")
    )
    return rules if rules["link_rule"].null_count() < rules.height else empty


def _signal(edition: Edition, asked: Asked) -> Row | None:
    keys = ("kpi", "statistic", "scope_kind", "scope")
    if asked.cell["slice_kind"]:
        return None
    here = [pl.col(name) == asked.cell[name] for name in keys]
    found = edition.scan("kpi_signals").filter(*here).collect()
    return found.row(0, named=True) if found.height else None


def _coverage(edition: Edition, asked: Asked) -> pl.DataFrame:
    requires = asked.kpi["requires"] or []
    return edition.scan("coverage").filter(pl.col("entity").is_in(requires)).collect()
