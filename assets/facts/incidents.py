"""`fact_incidents`: one row per incident, with its clocks and the release it is linked to."""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg
import polars as pl

from assets.configuration import POSTMORTEM_SEVERITIES
from assets.facts.clocks import clock
from assets.facts.ownership import identified
from assets.facts.scope_sets import with_scope_set
from assets.home import Home
from assets.raw.feed import matches_glob


def restored() -> pl.Expr:
    """When the service was back: mitigated, else resolved."""
    return pl.coalesce("mitigated_at", "resolved_at")


def incidents(
    located: pl.LazyFrame,
    signs: pl.LazyFrame,
    as_of: datetime,
    severe: Sequence[str] = POSTMORTEM_SEVERITIES,
) -> pl.LazyFrame:
    """One row per incident; duplicates of others are kept, to be counted as excluded.

    An incident that was restored before anybody acknowledged it left the acknowledgement clock
    by another exit. `is_unlinked`: no rule links it to a release. `is_severe`: its severity is one
    of the globs `severe`. `is_cause_untold` and `is_postmortem_untold`: see `untold`.
    """
    is_severe = matches_glob(pl.col("severity"), severe).fill_null(False)
    linked = signs.select("link_rule", incident_id="shown_by").unique("incident_id")
    return located.join(linked, on="incident_id", how="left").select(
        "source",
        "url",
        "scope_set",
        "service",
        "link_rule",
        pl.col("has_postmortem").fill_null(False),
        *clock("restore", "opened_at", restored(), as_of),
        *clock("acknowledge", "opened_at", pl.col("acknowledged_at"), as_of, restored()),
        event_id=pl.concat_str("source", "incident_id", separator="/"),
        entered_at="opened_at",
        restored_at=restored(),
        severity=pl.col("severity").fill_null("unknown"),
        cause=pl.col("cause").fill_null("unknown"),
        is_duplicate=pl.col("duplicate_of").is_not_null(),
        is_unlinked=pl.col("link_rule").is_null(),
        is_severe=is_severe,
        is_still_open=restored().is_null(),
        is_cause_known=(pl.col("cause") != "unknown").fill_null(False),
        **untold(is_severe),
    )


def untold(is_severe: pl.Expr) -> dict[str, pl.Expr]:
    """Where nothing was told, so that silence is no verdict.

    A cause is untold where its source tells of none at all. A post-mortem is untold where the row
    says nothing, and for a source that says of some severe incidents that they have one, of none
    that it has not, and nothing of the rest: it tells of what exists, never of what is missing.
    """
    told = pl.col("has_postmortem")
    says_no = told.not_().fill_null(False).any().over("source")
    says_all = (told.is_not_null() | ~is_severe).all().over("source")
    return {
        "is_cause_untold": pl.col("cause").is_not_null().any().over("source").not_(),
        "is_postmortem_untold": told.is_null() | ~(says_no | says_all),
    }


@dg.asset
def fact_incidents(
    home: Home,
    conformed_incidents: pl.LazyFrame,
    conformed_services: pl.LazyFrame,
    conformed_ownership: pl.LazyFrame,
    fact_scope_sets: pl.LazyFrame,
    fact_failure_signs: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every incident: how long until it was acknowledged and restored, and what it is linked to."""
    located = with_scope_set(
        identified(conformed_incidents, conformed_services, conformed_ownership),
        "opened_at",
        fact_scope_sets,
    )
    severe = home.configuration.rules.postmortem_severities
    return incidents(located, fact_failure_signs, home.as_of_instant, severe)
