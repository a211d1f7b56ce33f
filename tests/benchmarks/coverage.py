"""Writes docs/coverage.md: do the intervals of cells keep their promise, and where not?

`python tests/benchmarks/coverage.py`, two minutes on one core. What is measured, and how, is in
`coverage_designs`; how the worlds are drawn is in `worlds`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import coverage_designs as designs
from coverage_designs import Line, Worlds

SIZE = Worlds(worlds=1_000, months=8, seed=20260701)
DOCUMENT = Path(__file__).parents[2] / "docs" / "coverage.md"
OPEN_SHARES = (0.10, 0.15, 0.20, 0.25)
LEFT_SHARES = ((0.10, 0.15), (0.25, 0.15))
BURSTS = ((3, 0.05), (3, 0.2), (3, 0.4), (10, 0.05), (10, 0.2), (10, 0.4))
CLUSTERS = (
    (10, 3, 0.05),
    (10, 10, 0.2),
    (20, 3, 0.2),
    (20, 10, 0.05),
    (60, 10, 0.2),
    (150, 3, 0.2),
)
RATES = ((2, 1.5), (2, 3), (10, 1.5), (10, 3), (50, 1.5), (50, 3))
# What issue and design promise: lowest and highest coverage.
P50, P90, RATIO, RATE = (0.93, 0.97), (0.93, 1.0), (0.92, 0.98), (0.95, 1.0)
BIAS = 0.03

INTRODUCTION = """# Do the intervals hold the truth?

An interval of 95 % should hold the truth in 95 of 100 cells. Whether it does is measured here on
{worlds:,} synthetic worlds of {months} months each, {cells:,} cells per line, whose truth is known.
The product's own function measures the cells (`measure` in `assets/kpis/measures.py`). Made by
`python tests/benchmarks/coverage.py` on {day}, seed {seed}; ± is the Monte-Carlo error of 95 %.
Lines without ± are exact: every possible count weighted with its chance. `make test-slow` holds a
smaller form against the same promises.

**A world** is an organisation with 4 to 12 customers. They differ in share, in speed (their medians
spread by a factor of 1.65, one standard deviation) and in spread (log standard deviation 0.7 to
1.4); a twentieth of all members is stuck and takes eight times as long. The number of members of a
month is overdispersed: at least 30 for P50 and 50 for P90, and on average 40 more with 21 times the
variance of a Poisson count. The truth of a cell is the quantile of the mixture of its customers.
"""
DURATIONS = """
## Durations: members that have only their customer in common

Promised: P50 93–97 % (n ≥ 30), P90 at least 93 % (n ≥ 50).

{closed}

With open ones. Seen for very different times, as in a period: the oldest ten times as long as the
newest. "Both ends" is the share of cells whose interval is closed: a P90 with a quarter of the
members open mostly has a lower bound only, and says so. An open end holds all that lies beyond it.

{open}

The middle of the P50, against the median of only those that are over. Promised: within 3 % of the
truth, where the closed-only median is 9–44 % low.

{bias}

With a competing exit (abandoned changes), by Aalen–Johansen; on average 15 % of the members leave.

{left}
"""
TOGETHER = """
## Durations: members that share their luck

Greenwood's interval takes members as independent draws. It does **not** keep the promise where
they are not: incidents of one storm, changes of one release, CI runs of one slow day. Here members
come in bursts, and a part of the variance of their logarithm is common to a burst. The truth is
what the process does in the long run.

{bursts}

Customers whose share swings from month to month (each month's shares are drawn from a gamma
distribution around the usual ones, 8 customers' worth of information) are covered as long as the
question is about those who came. As a statement about the long run the interval is too narrow.

{swinging}

Read an interval of a duration as "what these members tell", not as "what next month will bring".
Whether a month differs from the months before is told by the limits of its own series (XmR), which
contain the bursts. Explore and `plumbline explain` say of each number whether its records come in
bursts, and how much wider its interval would be with them: docs/decisions/0055.
"""
RATIOS = """
## Ratios

Promised: 92–98 % on this grid of n and p, Wilson, independent members. Exact.

{grid}

Outside of the grid it is lower for rare events: {outside}.
Customers that differ change nothing: members drawn from a mixture are independent.

CI runs of one workflow and day succeed or fail together (p = 90 %, beta-binomial, number of runs
overdispersed). Promised: 92–98 % with the interval that is robust to it, which CI ratios have.
Wilson's interval in its place, as a warning about ratios whose members hang together:

{clustered}
"""
RATES_PART = """
## Rates

Promised: at least 95 % with the exact Poisson interval, over four covered weeks. Exact.

{rates}

Where events come in bursts the variance of a count is larger than its mean, and the interval is too
narrow as a statement about the long run:

{bursting}
"""


def percent(share: float) -> str:
    """97.4 %."""
    return f"{share:.1%}".replace("%", " %")


def verdict(line: Line, promised: tuple[float, float]) -> str:
    """Whether the coverage that was found lies within what is promised."""
    low, high = promised
    return "holds" if low <= line.coverage <= high else "**does not hold**"


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; `head` is its first line without the outer bars."""
    ruled = "|".join("---" for _ in head.split("|"))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([f"| {head} |", f"|{ruled}|", *lines])


def found(line: Line) -> list[str]:
    """Coverage with its error, and on which side the truth was missed."""
    error = f" ± {line.error:.1%}".replace("%", "") if line.error else ""
    return [
        percent(line.coverage) + error,
        percent(line.missed_below),
        percent(line.missed_above),
    ]


COLUMNS = "worlds | statistic | held | truth below | truth above | both ends | promise"


def durations(lines: Iterable[Line]) -> str:
    """The table of some designs of durations."""
    return table(
        COLUMNS,
        (
            [line.design, line.statistic, *found(line), percent(line.closed), judged(line)]
            for line in lines
        ),
    )


def judged(line: Line) -> str:
    """The promise of a duration's statistic, kept or not."""
    return verdict(line, P50 if line.statistic == "p50" else P90)


def part_durations(size: Worlds) -> str:
    """Independent members: all over, with open ones, with competing exits."""
    medians = [designs.with_open(size, "p50", share) for share in OPEN_SHARES]
    p90s = [designs.with_open(size, "p90", share)[0] for share in OPEN_SHARES]
    left = [designs.with_open(size, "p50", *shares)[0] for shares in LEFT_SHARES]
    bias = table(
        "worlds | ours | promise | closed-only | its interval holds",
        (
            [
                ours.design,
                f"{ours.bias:+.1%}",
                "holds" if abs(ours.bias) <= BIAS else "**does not hold**",
                f"{naive.bias:+.1%}",
                percent(naive.coverage),
            ]
            for ours, naive in medians
        ),
    )
    return DURATIONS.format(
        closed=durations(designs.closed(size)),
        open=durations([*(ours for ours, _ in medians), *p90s]),
        bias=bias,
        left=durations(left),
    )


def part_together(size: Worlds) -> str:
    """Members that are not independent."""
    lines = [designs.in_bursts(size, s, *burst) for s in ("p50", "p90") for burst in BURSTS]
    return TOGETHER.format(
        bursts=durations(lines), swinging=durations(designs.with_swinging_shares(size))
    )


def part_ratios(size: Worlds) -> str:
    """Wilson on its grid, and ratios whose members hang together."""
    cells = designs.wilson_grid()
    grid = table(
        "n \\ p | " + " | ".join(f"{p:.0%}" for p in designs.GRID_P),
        (
            [str(n), *(f"{cells[n, p].coverage:.1%}".rstrip("%") for p in designs.GRID_P)]
            for n in designs.GRID_N
        ),
    )
    worst = min(cells.values(), key=lambda line: line.coverage)
    best = max(cells.values(), key=lambda line: line.coverage)
    extremes = f"{percent(worst.coverage)} to {percent(best.coverage)}: "
    holds = max(verdict(worst, RATIO), verdict(best, RATIO), key=len)
    clustered = [designs.clustered_ratios(size, *cluster) for cluster in CLUSTERS]
    rows = (
        [ours.design, *found(ours), verdict(ours, RATIO), percent(plain.coverage)]
        for ours, plain in clustered
    )
    head = "worlds | held | truth below | truth above | promise | Wilson would hold"
    rare = designs.wilson_grid((10, 50), (0.01,)).items()
    outside = "; ".join(
        f"{percent(line.coverage)} at n = {n}, p = {p:.0%}" for (n, p), line in rare
    )
    return RATIOS.format(
        grid=f"{grid}\n\n{extremes}{holds}.", outside=outside, clustered=table(head, rows)
    )


def part_rates(size: Worlds) -> str:
    """Exact Poisson, and counts in bursts."""
    exact = table(
        "expected events | held | truth below | truth above | promise",
        (
            [f"{mean:g}", *found(line), verdict(line, RATE)]
            for mean, line in designs.poisson_rates().items()
        ),
    )
    bursting = table(
        "worlds | held | truth below | truth above | promise",
        (
            [line.design, *found(line), verdict(line, RATE)]
            for line in (designs.bursting_rates(size, *rate) for rate in RATES)
        ),
    )
    return RATES_PART.format(rates=exact, bursting=bursting)


def document(size: Worlds, day: str) -> str:
    """The whole text."""
    head = INTRODUCTION.format(
        worlds=size.worlds, months=size.months, cells=size.cells, seed=size.seed, day=day
    )
    parts = (part_durations, part_together, part_ratios, part_rates)
    return head + "".join(part(size) for part in parts)


if __name__ == "__main__":
    DOCUMENT.write_text(document(SIZE, f"{datetime.now(UTC):%Y-%m-%d}"), encoding="utf-8")
