"""The sample edition's `kpi_stage_shares`: who waits for what in one quarter, as cells."""

from datetime import date

import polars as pl
from sample_cells import AS_OF, CUSTOMERS

from assets.kpis.cells import CELL
from assets.kpis.stage_shares import STAGES, WHOLE

DAY = 86_400.0
# Days in each stage: coding, waiting for a review, review, merge, deployment.
SPENT = {
    ("organisation", "organisation"): (1.0, 1.1, 0.4, 0.3, 0.6),
    ("segment", "core"): (1.0, 1.0, 0.4, 0.2, 0.6),
    ("segment", "regulated"): (1.0, 4.0, 1.0, 1.0, 1.0),
    ("segment", "startup"): (0.5, 0.1, 0.1, 0.0, 0.1),
    **{("customer", customer): (1.0, 1.0, 0.4, 0.2, 0.6) for customer in CUSTOMERS},
}
WAITING = "regulated"  # in the newest quarter, in which none was merged a month ago
QUARTERS = {date(2026, 1, 1): date(2026, 3, 31), date(2026, 4, 1): date(2026, 6, 30)}


def stages(segments: list[str]) -> pl.DataFrame:
    """Every scope of these segments; the newest quarter of the regulated is not reached."""
    rows = [
        row
        for (kind, scope), days in SPENT.items()
        if kind != "segment" or scope in segments
        for begin in QUARTERS
        for row in _rows(kind, scope, days, begin)
    ]
    return pl.DataFrame(rows, schema=CELL)


def _rows(kind: str, scope: str, days: tuple[float, ...], begin: date) -> list[dict[str, object]]:
    means = {kpi.id: DAY * one for kpi, one in zip(STAGES, days, strict=True)}
    whole = sum(means.values())
    cells = [(kpi, "mean", one) for kpi, one in means.items()] + [(WHOLE.id, "mean", whole)]
    cells += [(kpi, "share", one / whole) for kpi, one in means.items()]
    is_told = scope != WAITING or begin != max(QUARTERS)
    return [
        {
            **{"kpi": kpi, "statistic": statistic, "slice_kind": "", "slice": ""},
            **{"promise": "flexibility", "scope_kind": kind, "scope": scope},
            **{"period_kind": "quarter", "period_start_on": begin},
            "period_end_on": QUARTERS[begin],
            "value_state": "ok" if is_told else "not_reached",
            "value": value if is_told else None,
            "unit": "ratio" if statistic == "share" else "seconds",
            "low": 0.9 * value if is_told else None,
            "high": 1.1 * value if is_told else None,
            **{"n": 312, "n_open": 0 if is_told else 40, "n_excluded": 3},
            **{"is_complete": True, "is_low_n": False, "is_immature": False, "is_stale": False},
            **{"definition_version": 1, "as_of": AS_OF},
        }
        for kpi, statistic, value in cells
    ]
