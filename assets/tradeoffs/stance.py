"""Does a customer lean where it said it would? By the lead of one score over a year of quarters.

One quarter has too few failures to tell: its interval is wider than the scale between two stances.
Holds the lead with its interval, the stance that it shows, and the verdict.
"""

from collections.abc import Mapping

import polars as pl

# A customer leans to one side if its score there is so much higher.
CLEAR_LEAD = 1.0
YEAR = "12mo"
# Stance → the leads (flexibility over stability) that it stands for; the ends of a side are open.
FARTHEST = 4.0  # between two scores from 1 to 5
LEADS: Mapping[str, tuple[float, float]] = {
    "flexibility": (CLEAR_LEAD, FARTHEST),
    "balanced": (-CLEAR_LEAD, CLEAR_LEAD),
    "stability": (-FARTHEST, -CLEAR_LEAD),
}


def with_stance(points: pl.DataFrame) -> pl.DataFrame:
    """Adds `lead, lead_low, lead_high, n_quarters, stance_observed, verdict` to each quarter.

    `points` holds both scores with their ends and `stance_declared`. A quarter whose own place is
    not known has no lead and the verdict `unknown`.
    """
    places = ["customer", "period_start_on"]
    year = _leads(points).rolling(
        "period_start_on", period=YEAR, group_by=["customer", "stance_declared"]
    )
    mean = pl.col("lead").mean()
    leads = year.agg(
        lead=mean,
        lead_low=(mean - _joint(pl.col("down"))).clip(-FARTHEST),
        lead_high=(mean + _joint(pl.col("up"))).clip(upper_bound=FARTHEST),
        n_quarters=pl.len(),
    )
    return points.join(
        leads.drop("stance_declared"), on=places, how="left", maintain_order="left"
    ).with_columns(stance_observed=_observed(), verdict=_verdict())


def _leads(points: pl.DataFrame) -> pl.DataFrame:
    """Each known quarter's lead, with how far it may lie below and above.

    The half-widths of both scores add as root of the sum of squares, as if they erred
    independently.
    """
    known = points.drop_nulls(["flexibility", "stability"]).sort("period_start_on")
    faster, stabler = pl.col("flexibility"), pl.col("stability")
    return known.select(
        "customer",
        "stance_declared",
        "period_start_on",
        lead=faster - stabler,
        down=_both(faster - pl.col("flexibility_low"), pl.col("stability_high") - stabler),
        up=_both(pl.col("flexibility_high") - faster, stabler - pl.col("stability_low")),
    )


def _both(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return (one.pow(2) + other.pow(2)).sqrt()


def _joint(half_width: pl.Expr) -> pl.Expr:
    """The half-width of a mean of quarters, as if they erred independently."""
    return half_width.pow(2).sum().sqrt() / pl.len()


def _is_within(least: pl.Expr, most: pl.Expr) -> pl.Expr:
    return (pl.col("lead_low") >= least) & (pl.col("lead_high") <= most)


def _observed() -> pl.Expr:
    """The stance that the whole interval of the lead stands for, else `unknown`."""
    return pl.coalesce(
        *(
            pl.when(_is_within(pl.lit(least), pl.lit(most))).then(pl.lit(stance))
            for stance, (least, most) in LEADS.items()
        ),
        pl.lit("unknown"),
    )


def _verdict() -> pl.Expr:
    """`as_declared`: the whole interval stands for it; `otherwise`: none of it; else `unknown`."""
    least, most = (
        pl.col("stance_declared").replace_strict(
            {stance: ends[end] for stance, ends in LEADS.items()}, return_dtype=pl.Float64
        )
        for end in (0, 1)
    )
    is_apart = (pl.col("lead_high") < least) | (pl.col("lead_low") > most)
    return (
        pl.when(_is_within(least, most))
        .then(pl.lit("as_declared"))
        .when(is_apart)
        .then(pl.lit("otherwise"))
        .otherwise(pl.lit("unknown"))
    )
