"""Where one number of an edition comes from: everything about its cell, from editions only.

Holds what is known; how it is said is in the modules beside it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from app.cells import Cell, Row
from app.edition import Edition
from app.explained.members import (
    HAPPENED,
    IN_THE_NUMBER,
    NOT_TOLD,
    TOO_YOUNG,
    in_number,
    records,
)
from app.explained.restated import Restated, restated
from app.words import quantity
from assets.methods.kaplan_meier import quantiles

QUANTILES = {"p50": 0.5, "p90": 0.9}
DAYS_PER_WEEK = 7
SAME = 1e-9
NO_LINKS = pl.DataFrame(schema={"link_rule": pl.String, "records": pl.Int64, "hits": pl.Int64})


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
    cell: Cell
    fates: pl.DataFrame | None
    records: pl.DataFrame | None
    links: pl.DataFrame
    signal: Row | None
    coverage: pl.DataFrame
    restated: Restated | None
    problems: list[str]


def explain(edition: Edition, cell: Cell, before: Edition | None) -> Explanation:
    """Everything about the cell; `before` is the edition to say the difference from."""
    found = records(edition, cell)
    reconciled = _reconciliation(edition, cell)
    fates = reconciled if reconciled is not None else _counted(found)
    return Explanation(
        edition=edition,
        cell=cell,
        fates=fates,
        records=found,
        links=_links(cell, found),
        signal=_signal(edition, cell),
        coverage=edition.table("coverage").filter(
            pl.col("entity").is_in(cell.kpi.row["requires"] or [])
        ),
        restated=restated(edition, cell, found, before),
        problems=[
            *_sums_that_differ(cell, fates, _counted(found)),
            *_another_value(edition, cell, found),
        ],
    )


def _reconciliation(edition: Edition, cell: Cell) -> pl.DataFrame | None:
    """What the edition says of the whole; None for slices by value and for private KPIs."""
    keys = ("kpi", "scope_kind", "scope", "period_kind", "period_start_on", "period_end_on")
    if cell.slice_column or cell.kpi.is_private:
        return None
    here = [pl.col(name) == cell.row[name] for name in keys]
    rows = edition.scan("kpi_reconciliation").filter(*here)
    return rows.select("fate", pl.col("records").cast(pl.Int64)).sort("fate").collect()


def _counted(found: pl.DataFrame | None) -> pl.DataFrame | None:
    if found is None:
        return None
    return found.group_by("fate").agg(records=pl.len().cast(pl.Int64)).sort("fate")


def _sums_that_differ(
    cell: Cell, fates: pl.DataFrame | None, counted: pl.DataFrame | None
) -> list[str]:
    """Where the reconciliation, the cell and the records do not count the same."""
    if fates is None:
        return []
    number = pl.col("fate").is_in(IN_THE_NUMBER)
    counted_in = fates.filter(number)["records"].sum()
    left_out = fates.filter(~number & ~pl.col("fate").is_in([TOO_YOUNG, NOT_TOLD]))["records"].sum()
    row, problems = cell.row, []
    if counted_in != row["n"] and not lacks_a_base(cell):
        problems.append(f"{counted_in} records are left, but the cell's n is {row['n']}")
    if not cell.slice_column and left_out != row["n_excluded"]:
        problems.append(f"{left_out} are left out by rule, the cell says {row['n_excluded']}")
    if counted is not None and not counted.equals(fates):
        said, seen = fates["records"].sum(), counted["records"].sum()
        problems.append(f"the reconciliation tells of {said} records, the evidence shows {seen}")
    return problems


def lacks_a_base(cell: Cell) -> bool:
    """Whether there is no number although records may be: no covered week, no customer, ÷ 0."""
    is_divided = cell.row["statistic"] in ("rate", "count") or cell.kpi.denominator is not None
    return is_divided and cell.row["value"] is None


def _another_value(edition: Edition, cell: Cell, found: pl.DataFrame | None) -> list[str]:
    """The value is reckoned once more from the records that are shown."""
    if found is None or cell.row["value_state"] not in ("ok", "not_reached"):
        return []
    again, said = value_of(edition, cell, in_number(found)), cell.row["value"]
    if again is None or said is None:
        is_same = again is said
    else:
        is_same = abs(again - said) <= SAME * max(1.0, abs(said))
    if is_same:
        return []
    unit = cell.kpi.unit
    return [f"its records give {quantity(again, unit)}, the cell says {quantity(said, unit)}"]


def value_of(edition: Edition, cell: Cell, counted: pl.DataFrame) -> float | None:
    """The statistic of the records in the number; None where it is not reached.

    Records do not tell which days are covered: a rate is divided by the whole days, or whole
    customer-days, nearest to those that the cell's own value means.
    """
    statistic = cell.row["statistic"]
    if statistic in QUANTILES:
        return _quantile(cell, counted, QUANTILES[statistic])
    if cell.kpi.denominator:
        below = float(counted["whole"].sum())
        return float(counted["measured"].sum()) / below if below else None
    if cell.numerator:
        return float(counted["is_hit"].sum()) / counted.height if counted.height else None
    total = total_of(cell, counted)
    if statistic == "count":
        return total
    days = divided_by(cell, total)
    return total / (round(days) / DAYS_PER_WEEK) if round(days) else 0.0


def total_of(cell: Cell, counted: pl.DataFrame) -> float:
    """What a rate or a count is made of: how many records, or their amounts together."""
    return float(counted["measured"].sum() if cell.kpi.amount else counted.height)


def divided_by(cell: Cell, total: float) -> float:
    """The days, of a rate per customer the customer-days, that the cell's value means."""
    return total / cell.row["value"] * DAYS_PER_WEEK if cell.row["value"] else 0.0


def _quantile(cell: Cell, counted: pl.DataFrame, probability: float) -> float | None:
    exits = counted["exit"] if cell.kpi.row["duration"] else counted["exit"].fill_null(HAPPENED)
    found = quantiles(
        np.zeros(counted.height, dtype=np.int64),
        counted["measured"].to_numpy(),
        exits.to_numpy(),
        [probability],
        competing=cell.kpi.row["exit_without_event"] == "competing",
    )
    value: float | None = found.item(0, "value") if found.height else None
    return value


def _links(cell: Cell, found: pl.DataFrame | None) -> pl.DataFrame:
    """By which rules records of other tables were joined; empty for KPIs of one table."""
    if found is None or len(cell.kpi.row["requires"] or []) < 2:
        return NO_LINKS
    rules = (
        in_number(found)
        .group_by("link_rule")
        .agg(records=pl.len().cast(pl.Int64), hits=pl.col("is_hit").sum().cast(pl.Int64))
        .sort(pl.col("link_rule").is_null(), -pl.col("records"), "link_rule")
    )
    return rules if rules["link_rule"].null_count() < rules.height else NO_LINKS


def _signal(edition: Edition, cell: Cell) -> Row | None:
    keys = ("kpi", "statistic", "scope_kind", "scope")
    if cell.row["slice_kind"]:
        return None
    here = [pl.col(name) == cell.row[name] for name in keys]
    found = edition.table("kpi_signals").filter(*here)
    return found.row(0, named=True) if found.height else None
