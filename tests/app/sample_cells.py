"""Synthetic KPI tables of the sample edition: catalogue, cells, signals, reconciliation.

Seeded; no statistics are computed here, the numbers only have plausible shapes. The awkward states
(not covered, withheld, not reached, nothing to measure, flags) are planted at fixed places.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
SEGMENTS = {"core": "Core product", "regulated": "Regulated", "startup": "Start-up-like"}
CUSTOMERS = {
    "checkout": ("Checkout team", "core"),
    "search": ("Search team", "core"),
    "ledger": ("Ledger team", "regulated"),
    "claims": ("Claims team", "regulated"),
    "labs": ("Labs team", "startup"),
    "spark": ("Spark team", "startup"),
}
SERVICES = {"checkout-api": "Checkout API", "ledger-core": "Ledger core", "labs-web": "Labs web"}

# id: name, promise, unit, direction, statistics, fact, typical value, entry column, is_headline
KPIS: dict[str, tuple[str, str, str, str, list[str], str, float, str, bool]] = {
    "change_lead_time": (
        *("Change lead time", "flexibility", "seconds", "lower", ["p50", "p90"]),
        *("fact_change_lead_time", 180_000.0, "merged_at", True),
    ),
    "deployment_frequency": (
        *("Deployment frequency", "flexibility", "per_week", "higher", ["rate"]),
        *("fact_deployments", 14.0, "finished_at", True),
    ),
    "ci_feedback_time": (
        *("CI feedback time", "feedback", "seconds", "lower", ["p50", "p90"]),
        *("fact_pipeline_runs", 660.0, "queued_at", True),
    ),
    "ci_success_rate": (
        *("CI success rate", "feedback", "ratio", "higher", ["ratio"]),
        *("fact_pipeline_runs", 0.87, "queued_at", True),
    ),
    "first_response_time": (
        *("First response time", "support", "seconds", "lower", ["p50", "p90"]),
        *("fact_tickets", 9_000.0, "created_at", True),
    ),
    "csat": (
        *("CSAT", "support", "ratio", "higher", ["ratio"]),
        *("fact_ticket_ratings", 0.82, "offered_at", True),
    ),
    "time_to_restore": (
        *("Time to restore", "reliability", "seconds", "lower", ["p50", "p90"]),
        *("fact_incidents", 5_400.0, "opened_at", True),
    ),
    "change_fail_rate": (
        *("Change fail rate", "stability", "ratio", "lower", ["ratio"]),
        *("fact_deployments", 0.12, "finished_at", True),
    ),
    "independent_review_rate": (
        *("Independent review rate", "accountability", "ratio", "higher", ["ratio"]),
        *("fact_change_lead_time", 0.93, "merged_at", True),
    ),
}
SLICES = ["explicit", "rollback", "hotfix", "service_window"]


def catalogue() -> pl.DataFrame:
    """One row per KPI, every column of kpi_catalogue."""
    rows = [_catalogue_row(kpi, *entry) for kpi, entry in KPIS.items()]
    return pl.DataFrame(rows, infer_schema_length=None)


def _catalogue_row(kpi, name, promise, unit, direction, statistics, fact, _value, entered, head):
    is_duration = unit == "seconds"
    members = [] if is_duration else ["is_eligible"]
    return {
        **{"id": kpi, "name": name, "promise": promise, "audience": "software teams"},
        **{"unit": unit, "direction": direction, "statistics": statistics},
        **{"headline_statistic": statistics[0], "is_headline": head, "fact": fact},
        **{"entered_at": entered, "clock_start": f"{name}: the clock starts when work enters."},
        **{"clock_stop": "The clock stops at the first finish.", "members": members},
        "duration": "change_lead_time_seconds" if is_duration else None,
        "numerator": "is_success" if unit == "ratio" else None,
        "exit_without_event": "never",
        "requires": ["changes", "deployments"],
        "exclusions": [{"column": "is_bot", "sentence": "Changes made by bots do not count."}],
        "slices": ["link_rule"] if kpi == "change_fail_rate" else [],
        "slice_numerators": [
            {"slice_kind": "link_rule", "slice": rule, "column": f"is_success_{rule}"}
            for rule in (SLICES if kpi == "change_fail_rate" else [])
        ],
        "look_ahead_hours": 72 if kpi == "change_fail_rate" else 0,
        **{"minimum_n": 20, "definition": f"{name} is measured per cohort that entered."},
        "null_means": "Nothing is known, which is not the same as zero.",
        **{"definition_source": "https://dora.dev/guides/dora-metrics", "version": 2},
        "changelog": "1: first definition. 2: bots excluded.",
        "benchmark": "" if kpi != "change_fail_rate" else "5 % (the best fifth)",
    }


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def periods() -> pl.DataFrame:
    """Twelve months (the last not over), four quarters, eight weeks, six trailing windows."""
    first = 2025 * 12 + 7
    rows = [("month", _month(m), _month(m + 1) - timedelta(1)) for m in range(first, first + 12)]
    rows += [
        ("quarter", _month(m), _month(m + 3) - timedelta(1)) for m in range(first - 1, first + 9, 3)
    ]
    for week in range(8):
        monday = date(2026, 5, 4) + timedelta(weeks=week)
        rows.append(("week", monday, monday + timedelta(6)))
        rows.append(("trailing_28d", monday - timedelta(28), monday - timedelta(1)))
    columns = ["period_kind", "period_start_on", "period_end_on"]
    return pl.DataFrame(rows, schema=columns, orient="row")


OFFERINGS = {"templates": "Pipeline templates", "jenkins": "Old Jenkins", "vault": "Secrets"}


def scopes(segments: list[str]) -> pl.DataFrame:
    """scope_kind, scope, name, parent_kind, parent, stance, valid_from."""
    stance = {"core": "balanced", "regulated": "stability", "startup": "flexibility"}
    rows = [("organisation", "organisation", "Example Ltd", None, None, None)]
    rows += [
        ("segment", s, SEGMENTS[s], "organisation", "organisation", stance[s]) for s in segments
    ]
    rows += [
        ("customer", c, name, "segment", s, stance[s])
        for c, (name, s) in CUSTOMERS.items()
        if s in segments
    ]
    rows += [("customer", "unassigned", "Unassigned", None, None, None)]
    rows += [("service", s, name, None, None, None) for s, name in SERVICES.items()]
    rows += [("offering", o, name, None, None, None) for o, name in OFFERINGS.items()]
    schema = ["scope_kind", "scope", "name", "parent_kind", "parent", "stance"]
    frame = pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None)
    return frame.with_columns(valid_from=pl.lit(date(2024, 7, 1)))


def cells(segments: list[str]) -> pl.DataFrame:
    """kpi_values: every KPI, statistic and slice for every scope and period."""
    heads = [
        (kpi, statistic, slice_kind, one, promise, unit, value * (3 if statistic == "p90" else 1))
        for kpi, (_n, promise, unit, _d, statistics, _f, value, _e, _h) in KPIS.items()
        for statistic in statistics
        for slice_kind, one in [
            ("", ""),
            *([("link_rule", s) for s in SLICES] if kpi == "change_fail_rate" else []),
        ]
    ]
    columns = ["kpi", "statistic", "slice_kind", "slice", "promise", "unit", "typical"]
    frame = (
        pl.DataFrame(heads, schema=columns, orient="row")
        .join(scopes(segments).select("scope_kind", "scope"), how="cross")
        .join(periods(), how="cross")
    )
    noise = np.exp(np.random.default_rng(7).normal(0, 0.12, frame.height))
    return _with_states(frame.with_columns(noise=noise))


def _with_states(frame: pl.DataFrame) -> pl.DataFrame:
    start, scope, kpi = pl.col("period_start_on"), pl.col("scope"), pl.col("kpi")
    state = (
        pl.when((kpi == "csat") & (pl.col("scope_kind") == "customer"))
        .then(pl.lit("withheld"))
        .when((kpi == "time_to_restore") & (scope == "startup") & (start >= date(2026, 4, 1)))
        .then(pl.lit("no_events"))
        .when((kpi == "first_response_time") & (start < date(2025, 10, 1)))
        .then(pl.lit("not_covered"))
        .when((pl.col("statistic") == "p90") & (scope == "regulated"))
        .then(pl.lit("not_reached"))
        .otherwise(pl.lit("ok"))
    )
    known = pl.col("value_state") == "ok"
    value = pl.col("typical") * pl.col("noise")
    size = pl.when(scope == "unassigned").then(4).otherwise(90)
    n = (
        pl.when(known | (pl.col("value_state") == "not_reached"))
        .then((pl.col("noise") * size).cast(pl.UInt32))
        .otherwise(0)
    )
    low = pl.when(known | (pl.col("value_state") == "not_reached")).then(value * 0.9)
    return frame.with_columns(value_state=state).select(
        *("kpi", "statistic", "slice_kind", "slice", "promise", "scope_kind", "scope"),
        *("period_kind", "period_start_on", "period_end_on", "value_state"),
        value=pl.when(known).then(_bounded(value)),
        unit="unit",
        low=_bounded(low),
        high=pl.when(known).then(_bounded(value * 1.12)),
        n=n.cast(pl.UInt32),
        n_open=pl.lit(3, pl.UInt32),
        n_excluded=pl.lit(5, pl.UInt32),
        is_complete=pl.col("period_end_on") < date(2026, 7, 1),
        is_low_n=n < 80,
        is_immature=(kpi == "change_fail_rate") & (pl.col("period_end_on") >= date(2026, 6, 29)),
        is_stale=(kpi == "ci_success_rate") & (start == date(2026, 6, 1)),
        definition_version=pl.lit(2, pl.UInt16),
        as_of=pl.lit(AS_OF).cast(pl.Datetime("us", "UTC")),
    )


def _bounded(value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("unit") == "ratio").then(value.clip(0, 1)).otherwise(value)


def reconciliation(frame: pl.DataFrame) -> pl.DataFrame:
    """Per cell how many records were measured, are still open, or were left out by which rule."""
    keys = ["kpi", "scope_kind", "scope", "period_kind", "period_start_on", "period_end_on"]
    base = frame.filter(pl.col("slice") == "").unique(keys, keep="first", maintain_order=True)
    fates = pl.DataFrame({"fate": ["measured", "still_open", "is_bot"], "left": [0, 3, 5]})
    records = pl.when(pl.col("fate") == "measured").then("n").otherwise("left").cast(pl.UInt32)
    return base.join(fates, how="cross").select(*keys, "fate", records=records)


def signals(frame: pl.DataFrame) -> pl.DataFrame:
    """The newest complete month of every headline, with one of each kind of signal planted."""
    newest = frame.filter(
        *(pl.col("period_kind") == "month", pl.col("period_start_on") == date(2026, 6, 1)),
        pl.col("scope_kind").is_in(["organisation", "segment"]),
        *(pl.col("slice") == "", pl.col("statistic") != "p90"),
    )
    signal = (
        pl.when((pl.col("scope") == "regulated") & (pl.col("kpi") == "change_fail_rate"))
        .then(pl.lit("worse"))
        .when((pl.col("scope") == "core") & (pl.col("kpi") == "change_lead_time"))
        .then(pl.lit("better"))
        .when(pl.col("value_state") != "ok")
        .then(pl.lit("too_early"))
        .otherwise(pl.lit("noise"))
    )
    center = pl.col("value")
    numbers = {
        **{"previous_value": center * 1.2, "baseline_center": center * 1.3},
        **{"baseline_low": center * 0.8, "baseline_high": center * 1.8},
        **{"n_baseline": pl.lit(20), "p_value": pl.lit(0.01), "q_value": pl.lit(0.04)},
        **{"change_low": center * -0.4, "change_high": center * -0.1},
    }
    kept = ["kpi", "statistic", "scope_kind", "scope", "period_kind", "period_start_on", "value"]
    sentence = pl.format("{} of {} moved beyond its usual range.", "kpi", "scope")
    return newest.select(*kept, signal=signal, sentence=sentence, **numbers)
