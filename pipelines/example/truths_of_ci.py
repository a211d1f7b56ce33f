"""Planted truths of CI: flakes per tool, and how long default branches were red."""

from pipelines.example import realised_ci
from pipelines.example.realised import by_quarter
from pipelines.example.truths_of_stories import Truth

EXACT = "The KPI's cell of a quarter has the realised value."
IN_INTERVAL = f"{EXACT} Its interval holds the theoretical value in about 19 of 20 quarters."


def ci() -> list[Truth]:
    """All of them."""
    return [make(tool) for make in (_flakes, _red_time) for tool in realised_ci.TOOLS]


def _flakes(tool: str) -> Truth:
    drawn, expected = realised_ci.flakes(tool)
    return _of_tool("ci_flake_rate", tool, "ratio", "ratio") | {
        "how": "Runs that would have passed fail for no reason and pass on the same commit later; "
               "see flaky_tool. Of all runs with a verdict that is a little less.",
        "theoretical": by_quarter(expected),
        "realised": by_quarter(drawn),
        "compare": IN_INTERVAL,
    }  # fmt: skip


def _red_time(tool: str) -> Truth:
    return _of_tool("ci_red_time", tool, "p50", "seconds") | {
        "how": "Genuine failures and flakes of runs on default branches, until a run of newer code "
               "or a further attempt passes.",
        "realised": by_quarter(realised_ci.red_time(tool)),
        "compare": EXACT,
    }  # fmt: skip


def _of_tool(kpi: str, tool: str, statistic: str, unit: str) -> Truth:
    return {
        "id": f"{kpi}.{tool}", "kpi": kpi, "statistic": statistic, "scope_kind": "tool",
        "scope": tool, "period_kind": "quarter", "unit": unit,
    }  # fmt: skip
