"""Error budgets of the sample edition: one spent, one burning, one with room, one not known."""

from datetime import date, timedelta

import polars as pl

LAST_ON = date(2026, 6, 30)
FIRST_ON = date(2026, 6, 3)
# whose, budget: state, left, low, high, burn, since, whether it may be older, why unknown
BUDGETS = {
    ("service", "checkout-api", "availability"): (
        *("hold", -0.4, -1.1, -0.1, 2.4, date(2026, 6, 21), False, None),
    ),
    ("service", "checkout-api", "latency"): (
        *("spend", 0.7, 0.5, 0.9, 0.3, date(2026, 1, 5), True, None),
    ),
    ("service", "ledger-core", "availability"): (
        *("watch", 0.35, -0.1, 0.6, 3.0, date(2026, 6, 29), False, None),
    ),
    ("service", "labs-web", "availability"): (
        *("spend", 0.92, 0.85, 0.96, 0.1, date(2026, 1, 5), True, None),
    ),
    ("customer", "checkout", "support"): (
        *("unknown", None, None, None, None, date(2026, 1, 5), True, "only 12 of 28 days"),
    ),
    ("customer", "labs", "support"): (
        *("spend", 0.5, -0.8, 0.9, None, date(2026, 5, 2), False, None),
    ),
}
WHY = {
    "hold": "Checkout API availability is surely spent",
    "watch": "Ledger core availability surely burns faster than it can last (3× over 3 days)",
}
# customer: segment, stance, advice, since, spent budgets, deployments a week
TEAMS = {
    "checkout": ("core", "balanced", "hold", date(2026, 6, 21), ["checkout-api/availability"], 3.0),
    "ledger": ("regulated", "stability", "watch", date(2026, 6, 29), [], 1.5),
    "labs": ("startup", "flexibility", "ship_faster", date(2026, 1, 5), [], 4.0),
    "claims": ("regulated", "stability", "room_kept", date(2026, 2, 1), [], None),
}


def budgets() -> pl.DataFrame:
    """`tradeoff_error_budgets`."""
    rows = [
        dict(zip(("scope_kind", "scope", "budget"), key, strict=True))
        | {"window_start_on": FIRST_ON, "window_end_on": LAST_ON, "state": state}
        | {"bad": 100.0 * (1 - (left or 0.0)), "allowed": 100.0, "total": 1e4, "left_ratio": left}
        | {"low": low, "high": high, "burn_long": burn, "burn_short": burn, "burn_low": burn}
        | {"is_burning": state == "watch", "is_sure": _is_sure(state, low, high)}
        | {"why_unknown": why, "since_on": since, "is_open_start": is_open}
        | {"sentence": f"{key[1]}, {key[2]}: {state}."}
        for key, (state, left, low, high, burn, since, is_open, why) in BUDGETS.items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _is_sure(state: str, low: float | None, high: float | None) -> bool:
    end = high if state == "hold" else low
    return end is not None and (end < 0 if state == "hold" else end > 0)


def days() -> pl.DataFrame:
    """`tradeoff_error_budget_days`: four weeks of each budget, sinking to where it is."""
    rows = [
        dict(zip(("scope_kind", "scope", "budget"), key, strict=True))
        | {"on": LAST_ON - timedelta(days=back), "state": state if back == 0 else "spend"}
        | {"left_ratio": None if left is None else left + (1 - left) * back / 28}
        for key, (state, left, *_) in BUDGETS.items()
        for back in range(28)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def teams() -> pl.DataFrame:
    """`tradeoff_room_to_move`."""
    rows = [
        {"customer": customer, "segment": segment, "stance": stance, "advice": advice}
        | {"since_on": since, "is_open_start": False, "on_hold": spent}
        | {
            "deployments_per_week": rate,
            "deployments_low": None if rate is None else rate - 1,
            "deployments_high": None if rate is None else rate + 2,
            "is_sure": True,
            "why": WHY.get(advice),
            "sentence": f"{customer}: {advice} in the edition's words.",
        }
        for customer, (segment, stance, advice, since, spent, rate) in TEAMS.items()
    ]
    return pl.DataFrame(
        rows, infer_schema_length=None, schema_overrides={"on_hold": pl.List(pl.String)}
    )


def tables() -> dict[str, pl.DataFrame]:
    """The three tables by name."""
    return {
        "tradeoff_error_budgets": budgets(),
        "tradeoff_error_budget_days": days(),
        "tradeoff_room_to_move": teams(),
    }
