"""What all KPIs of a run share: the clock, the zone, the scopes and what is known."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import polars as pl

from assets.kpis.definition import SCOPE_COLUMNS, Kpi
from assets.kpis.known import doubts, spans
from assets.kpis.periods import last_full_day, local_day, periods


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
        every = periods(first_on, self.as_of, timedelta(hours=kpi.look_ahead_hours), self.zone)
        return every.filter(pl.col("period_kind").is_in(kpi.periods))

    def cohort(self, kpi: Kpi, fact: pl.DataFrame) -> pl.DataFrame:
        """The rows that a KPI is about, with `day`, `excluded_by`, `is_immature` and what it reads.

        Today's rows are not in it: a day counts when it is over, with its events and its hours.
        """
        excluded = [
            pl.when(pl.col(exclusion.column).fill_null(False)).then(pl.lit(exclusion.column))
            for exclusion in kpi.exclusions
        ]
        look_ahead = timedelta(hours=kpi.look_ahead_hours)
        return (
            fact.lazy()
            .filter(pl.all_horizontal(pl.col(m) for m in kpi.members) if kpi.members else True)
            .filter(pl.col(kpi.entered_at).is_not_null())
            .select(
                "scope_set",
                # Grouping by words is done by their numbers.
                *(pl.col(c).cast(pl.Categorical) if c in kpi.clusters else c for c in kpi.columns),
                local_day(pl.col(kpi.entered_at), self.zone),
                excluded_by=pl.coalesce(*excluded, pl.lit(None, dtype=pl.String)),
                is_immature=pl.col(kpi.entered_at) > self.as_of - look_ahead,
            )
            .filter(pl.col("day") <= last_full_day(self.as_of, self.zone))
            .collect()
        )

    def scopes(self, kpi: Kpi, cohort: pl.DataFrame) -> pl.DataFrame:
        """`scope_id, scope_kind, scope`: declared ones and those that the cohort names.

        Services, tools and offerings have cells only for facts that tell them apart.
        """
        named = cohort.select("scope_set").unique().join(self.scope_sets, on="scope_set")
        of_columns = [
            cohort.select(scope_kind=pl.lit(kind), scope=kind).drop_nulls().unique()
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
