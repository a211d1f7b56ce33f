"""What other tools would say of the sample: two scopes, two quarters, four rules."""

from datetime import date

import polars as pl

SCOPES = [("organisation", "organisation"), ("segment", "core")]
RULES = [
    ("GitLab", "Ultimate", "lead_time", "seconds", "change_lead_time", "other_start"),
    ("Faros CE", "dashboard", "change_fail_rate", "ratio", "change_fail_rate", "staging_counted"),
    ("Four Keys", "dashboard", "recovery_time", "seconds", "time_to_restore", "whole_hours"),
    (
        "Apache DevLake",
        "2023",
        "deployment_frequency",
        "days_per_week",
        "deployment_frequency",
        "days_counted",
    ),
]
# Per unit: theirs, ours, low, high; theirs of 0.25 and 5 days lie outside.
NUMBERS = {
    "seconds": (7_200.0, 7_500.0, 7_000.0, None),
    "ratio": (0.25, 0.10, 0.05, 0.15),
    "days_per_week": (5.0, 20.0, 18.0, 22.0),
}


def rivals():
    """`tradeoff_rival_definitions` of two scopes and two quarters."""
    rows = []
    for kind, scope in SCOPES:
        for start in (date(2026, 1, 1), date(2026, 4, 1)):
            for tool, version, metric, unit, ours, effect in RULES:
                value, our, low, high = NUMBERS[unit]
                is_known = scope == "organisation" or metric != "recovery_time"
                rows.append(
                    {
                        **{"tool": tool, "version": version, "metric": metric, "unit": unit},
                        **{"scope_kind": kind, "scope": scope, "period_kind": "quarter"},
                        **{"period_start_on": start, "period_end_on": start, "n": 12},
                        **{"value": value if is_known else None, "ours_kpi": ours},
                        "ours_value": our if is_known else None,
                        "ours_low": low if is_known else None,
                        "ours_high": high if is_known else None,
                        "difference_ratio": value / our - 1 if is_known else None,
                        "is_outside": unit != "seconds" if is_known else None,
                        "effect": effect if is_known else "nothing_measured",
                        "sentence": f"{tool} says so; ours is so. It asks another question.",
                        "source": f"{tool}.sql",
                    }
                )
    return pl.DataFrame(rows, infer_schema_length=None)
