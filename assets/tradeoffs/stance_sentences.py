"""Where a customer stands in a quarter, and where it leans over a year, in a sentence.

Holds words only; the lead and the verdict are in the row.
"""

import polars as pl

from assets.kpis import phrases
from assets.tradeoffs.scoring import spoken
from assets.tradeoffs.stance import CLEAR_LEAD

LEANS = {
    "flexibility": "It leans to flexibility",
    "stability": "It leans to stability",
    "balanced": "It is balanced",
}
DECLARED = {
    "flexibility": "leaning to flexibility",
    "stability": "leaning to stability",
    "balanced": "balanced",
}


def sentence() -> pl.Expr:
    """`Checkout team, 2026 Q2 (52 releases): flexibility …, stability …. It leans …`"""
    return pl.format(
        "{}, {} ({} releases): {}, {}. {}{}",
        "name",
        phrases.quarter(pl.col("period_start_on")),
        pl.col("n_releases").fill_null(0),
        *(
            pl.format("{} {}", pl.lit(axis), spoken(axis).fill_null("not known"))
            for axis in ("flexibility", "stability")
        ),
        _leaning(),
        _place(),
    )


def _leaning() -> pl.Expr:
    declared = pl.col("stance_declared").replace_strict(DECLARED, return_dtype=pl.String)
    observed = pl.col("stance_observed").replace_strict(
        LEANS, default=pl.format("It is not {}", declared), return_dtype=pl.String
    )
    one, more = pl.lit("in this quarter"), pl.format("over {} quarters", "n_quarters")
    lead = pl.format(
        "{}, flexibility minus stability is {} ({} to {})",
        pl.when(pl.col("n_quarters") == 1).then(one).otherwise(more),
        *(phrases.number(pl.col(name).round(1)) for name in ("lead", "lead_low", "lead_high")),
    )
    not_placed = pl.format(
        "Where it leans cannot be told{}", pl.format(" ({})", "doubts").fill_null("")
    )
    return (
        pl.when(pl.col("lead").is_null())
        .then(pl.format("{}; declared: {}.", not_placed, declared))
        .when(pl.col("verdict") == "unknown")
        .then(
            pl.format(
                "Whether it is {}, as declared, cannot be told: {}, and a clear lead begins at {}.",
                declared,
                lead,
                pl.lit(f"{CLEAR_LEAD:g}"),
            )
        )
        .when(pl.col("verdict") == "as_declared")
        .then(pl.format("{}, as declared: {}.", observed, lead))
        .otherwise(pl.format("{}; declared: {}. {}.", observed, declared, _capital(lead)))
    )


def _capital(text: pl.Expr) -> pl.Expr:
    return text.str.slice(0, 1).str.to_uppercase() + text.str.slice(1)


def _place() -> pl.Expr:
    return (
        pl.when(pl.col("is_on_frontier").is_null())
        .then(pl.lit(""))
        .when("is_on_frontier")
        .then(pl.lit(" No other customer beats it on both."))
        .otherwise(pl.lit(" Another customer is as good on both and better on one."))
    )
