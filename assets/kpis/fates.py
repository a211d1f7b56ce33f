"""What becomes of a record that a KPI is about: it is measured, or left out and why.

Every record of a cohort has one fate, so that what came in is the sum of what went where.
"""

from datetime import date, datetime, timedelta

import polars as pl

from assets.kpis.definition import Kpi

MEASURED, STILL_OPEN = "measured", "still_open"
TOO_YOUNG, NOT_TOLD = "is_immature", "not_told"
BEFORE_COVERAGE = "is_before_coverage"  # its sources do not tell of the time when it entered
OF_THE_COHORT = (MEASURED, STILL_OPEN)
NOT_EXCLUDED = (*OF_THE_COHORT, TOO_YOUNG, NOT_TOLD)  # all others are a rule's exclusion


def fates(kpi: Kpi, as_of: datetime, known_from: date | None) -> dict[str, pl.Expr]:
    """When a record with `day` has each fate; of several it has the first.

    An exclusion's fate is the name of its column. What entered before `known_from` is excluded:
    only what lasted is known of it.
    """
    found = {one.column: pl.col(one.column).fill_null(False) for one in kpi.exclusions}
    if known_from is not None:
        found[BEFORE_COVERAGE] = pl.col("day") < known_from
    found[TOO_YOUNG] = pl.col(kpi.entered_at) > as_of - timedelta(hours=kpi.look_ahead_hours)
    sums = (kpi.numerator, kpi.denominator) if kpi.denominator else ()
    lacks = [pl.col(name).is_null() for name in (kpi.duration, kpi.amount, *sums) if name]
    if lacks:
        found[NOT_TOLD] = pl.any_horizontal(lacks)
    if kpi.clock:
        found[STILL_OPEN] = pl.col(f"{kpi.clock}_exit") == 0
    return found | {MEASURED: pl.lit(True)}
