"""What all KPIs of a run share: the clock, the zone, the scopes and what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import polars as pl

from assets.kpis.definition import SCOPE_COLUMNS, Kpi
from assets.kpis.fates import OF_THE_COHORT, fates
from assets.kpis.grid import Grid, Placed, ways
from assets.kpis.known import days_told, doubts, known_from, spans
from assets.kpis.periods import end_of_day, last_full_day, local_day, periods
from assets.methods.distributions import Floats

AGE_SECONDS = "age_seconds"  # of what is in a stock, at the end of a period
Fact = pl.DataFrame | pl.LazyFrame
Facts = Mapping[str, Fact]  # by name


@dataclass(frozen=True)
class Terms:
    """The terms of one run. Frames are small: they grow with scopes and sources, not events.

    `scope_sets`: `scope_set, scope_kind, scope`; `declared`: `scope_kind, scope` of the reference
    rows, which have cells even where nothing ever happened; `coverage` as conformed; `told` as
    `fact_told_scopes`.
    """

    as_of: datetime
    zone: str
    scope_sets: pl.DataFrame
    declared: pl.DataFrame
    coverage: pl.DataFrame
    told: pl.DataFrame

    @cached_property
    def spans(self) -> pl.DataFrame:
        """Coverage by local day."""
        return spans(self.coverage, self.as_of, self.zone)

    def periods(self, kpi: Kpi) -> pl.DataFrame:
        """The periods of a KPI since the first day about which anything is known."""
        if self.spans.is_empty():
            return periods(self.as_of.date(), self.as_of, timedelta(0), self.zone).clear()
        first_on: date = self.spans.select(pl.col("from_on").min()).item()
        look_ahead = timedelta(hours=kpi.look_ahead_hours)
        every = periods(first_on, self.as_of, look_ahead, self.zone, at_end=kpi.is_stock)
        asked = every.drop("period_id").filter(pl.col("period_kind").is_in(kpi.periods))
        return asked.with_row_index("period_id")

    def fates(self, kpi: Kpi) -> dict[str, pl.Expr]:
        """When a record with `day` has each fate, as `assets.kpis.fates` says."""
        return fates(kpi, self.as_of, known_from(self.spans, kpi.requires))

    def dated(self, kpi: Kpi, fact: Fact) -> pl.LazyFrame:
        """Rows of a fact that have entered, with the local `day`; whether they are members or not.

        Today's rows are not in it: a day counts when it is over, with its events and its hours.
        A stock has a row for each `day` at whose end it is measured, with `age_seconds`.
        """
        rows = fact.lazy().filter(pl.col(kpi.entered_at).is_not_null())
        entered = local_day(pl.col(kpi.entered_at), self.zone)
        dated = self._in_stock(kpi, rows) if kpi.is_stock else rows.with_columns(entered)
        return dated.filter(pl.col("day") <= last_full_day(self.as_of, self.zone))

    def measured(
        self, kpis: Sequence[Kpi], fact: Fact, also: Sequence[str] = ()
    ) -> Mapping[str, pl.DataFrame]:
        """By KPI: the members of its cohorts that are measured or still open, row by row.

        With the columns that its cells are made of, and those that are `also` asked for. The KPIs
        are of one `entry`, and the fact is read once for all of them.
        """
        if not kpis:
            return {}
        columns = {kpi.id: list(dict.fromkeys((*kpi.columns, *also))) for kpi in kpis}
        ages = [AGE_SECONDS] if kpis[0].is_stock else []
        clusters = {name for kpi in kpis for name in kpi.clusters}
        rows = (
            self.dated(kpis[0], fact)
            .select(
                "scope_set",
                "day",
                *ages,
                # Grouping by words is done by their numbers.
                *(
                    pl.col(name).cast(pl.Categorical) if name in clusters else name
                    for name in dict.fromkeys(name for own in columns.values() for name in own)
                ),
                *(self._is_measured(kpi).alias(f"{kpi.id}/") for kpi in kpis),
                records=pl.lit(1),
            )
            .filter(pl.any_horizontal(f"{kpi.id}/" for kpi in kpis))
            .collect()
        )
        return {
            id: rows.filter(pl.col(f"{id}/")).select("scope_set", "day", *ages, *own, "records")
            for id, own in columns.items()
        }

    def _is_measured(self, kpi: Kpi) -> pl.Expr:
        left_out = [is_so for fate, is_so in self.fates(kpi).items() if fate not in OF_THE_COHORT]
        return pl.all_horizontal(*kpi.members, ~pl.any_horizontal(left_out))

    def _in_stock(self, kpi: Kpi, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Each row once per `day` at whose end it is in the stock, with its `age_seconds` then."""
        ends = self.periods(kpi).get_column("to_on").unique().sort()
        entered = local_day(pl.col(kpi.entered_at), self.zone)
        left = local_day(pl.col(str(kpi.left_at)), self.zone)
        days = ends.to_frame("day").with_row_index("end").lazy()
        until = pl.when(left.is_null()).then(len(ends)).otherwise(_first_at(ends, left))
        age = end_of_day(pl.col("day"), self.zone) - pl.col(kpi.aged_from or kpi.entered_at)
        return (
            rows.with_columns(end=pl.int_ranges(_first_at(ends, entered), until))
            .explode("end")
            .drop_nulls("end")
            .join(days.with_columns(pl.col("end").cast(pl.Int64)), on="end")
            .with_columns((age.dt.total_microseconds() / 1e6).alias(AGE_SECONDS))
        )

    def grid(self, kpi: Kpi, rows: pl.DataFrame) -> Grid:
        """The cells of a KPI, and how rows that came in (its tally) find theirs."""
        scopes = self.scopes(kpi, rows)
        kinds = [kind for kind in kpi.scopes if kind not in SCOPE_COLUMNS]
        columns = [kind for kind in kpi.scopes if kind in SCOPE_COLUMNS]
        return Grid(scopes, self.periods(kpi), ways(scopes, self.scope_sets, kinds, columns))

    def exposure(self, kpi: Kpi, customers: Fact, grid: Grid) -> Floats:
        """Per cell how many customers are active on its days that are known of, added up.

        `customers` is the KPI's `exposure`: `scope_kind, scope, on, customers`.
        """
        told = pl.LazyFrame({"day": days_told(self.spans, kpi.requires)})
        active = (
            customers.lazy()
            .join(grid.scopes.lazy(), on=["scope_kind", "scope"])
            .select("scope_id", "customers", day="on")
            .join(told, on="day", how="semi")
            .collect()
        )
        day = pl.col("day").cast(pl.Int32) - grid.first_on
        place, number = grid.inside(active).select(
            (pl.col("scope_id").cast(pl.Int32) * grid.n_days + day).alias("place"),
            pl.col("customers").cast(pl.Float64),
        )
        return grid.sums([Placed(place.to_numpy(), slice(None))], number.to_numpy())

    def scopes(self, kpi: Kpi, rows: pl.DataFrame) -> pl.DataFrame:
        """`scope_id, scope_kind, scope`: declared ones and those that the rows name.

        Services, tools and offerings have cells only for facts that tell them apart.
        """
        named = rows.select("scope_set").unique().join(self.scope_sets, on="scope_set")
        of_columns = [
            rows.select(scope_kind=pl.lit(kind), scope=kind).drop_nulls().unique()
            for kind in SCOPE_COLUMNS
            if kind in kpi.scopes
        ]
        seen = pl.concat([named.select("scope_kind", "scope").unique(), *of_columns])
        telling = (
            seen.filter(pl.col("scope") != "unassigned").get_column("scope_kind").unique().to_list()
        )
        kinds = {"organisation", "segment", "customer", *telling} & set(kpi.scopes)
        return (
            pl.concat([seen, self.declared])
            .filter(pl.col("scope_kind").is_in(list(kinds)))
            .unique()
            .sort("scope_kind", "scope")
            .with_row_index("scope_id")
        )

    def doubts(self, kpi: Kpi, scopes: pl.DataFrame) -> pl.DataFrame:
        """`scope_id, doubt_from, doubt_to`: which cells late or incomplete sources touch."""
        return self.members(scopes, doubts(self.spans, kpi.requires, self.told, self.scope_sets))

    def members(self, scopes: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` once per scope that they count for, with `scope_id`.

        `rows` has `scope_set` and, for scopes that are columns, `tool` and `offering`.
        """
        by_set = scopes.join(self.scope_sets, on=["scope_kind", "scope"]).select(
            "scope_set", "scope_id"
        )
        by_column = [
            rows.join(scopes.filter(scope_kind=kind).select("scope_id", **{kind: "scope"}), on=kind)
            for kind in SCOPE_COLUMNS
            if kind in rows.columns
        ]
        return pl.concat([rows.join(by_set, on="scope_set"), *by_column], how="diagonal").drop(
            "scope_set", *SCOPE_COLUMNS, strict=False
        )


def _first_at(ends: pl.Series, day: pl.Expr) -> pl.Expr:
    """The number of the first end of a period on that day or later."""
    return pl.lit(ends).search_sorted(day, "left").cast(pl.Int64)
