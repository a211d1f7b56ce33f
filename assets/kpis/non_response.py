"""What satisfaction would be if all who were asked had answered: at the worst, and at the best.

`counted_as_bad` takes everybody who did not answer for dissatisfied, `counted_as_good` for
satisfied. Both are made of what is shown anyway: a cell's value and n, and how many were asked, as
the response rate tells. So they give nothing away, and of a withheld cell there is none.
"""

import polars as pl

from assets.kpis.definition import Slice
from assets.methods.intervals import wilson

ASKED = "csat_response_rate"
BY_NO_ANSWER = Slice("no_answer", periods=("quarter",))
GOOD_SHARE = {"counted_as_bad": 0, "counted_as_good": 1}
_CELL = ("scope_kind", "scope", "period_kind", "period_start_on")


def with_bounds(cells: pl.DataFrame, response: pl.DataFrame) -> pl.DataFrame:
    """Cells of satisfaction, and two slices of `no_answer` for each that has answers.

    `response` has the cells of the KPI `ASKED`. The slices' n is the number of those asked, their
    interval that of a ratio of so many.
    """
    asked = response.filter(slice_kind="").select(*_CELL, asked="n")
    whole = cells.filter(pl.col("n") > 0, slice_kind="").join(asked, on=list(_CELL))
    bounds = [_bound(whole, name, share) for name, share in GOOD_SHARE.items()]
    return pl.concat([cells, *(bound.select(cells.columns) for bound in bounds)])


def _bound(whole: pl.DataFrame, name: str, share: int) -> pl.DataFrame:
    silent = pl.col("asked").cast(pl.Float64) - pl.col("n")
    counted = whole.with_columns(
        good=(pl.col("value") * pl.col("n")).round() + share * silent,
        n=pl.col("asked").cast(whole.schema["n"]),
        slice_kind=pl.lit(BY_NO_ANSWER.kind),
        slice=pl.lit(name),
    )
    # A withheld cell has no value, so that neither have these.
    low, high = wilson(
        counted.get_column("good").fill_null(0).to_numpy(), counted.get_column("n").to_numpy()
    )
    is_shown = pl.col("value").is_not_null()
    return counted.with_columns(
        value=pl.col("good") / pl.col("n"),
        low=pl.when(is_shown).then(pl.Series(low)),
        high=pl.when(is_shown).then(pl.Series(high)),
    )
