"""How often the tests of speed against stability claim what is not there, and find what is.

Synthetic worlds, release by release, through the same functions that link failures: customers whose
pace differs tenfold and moves from quarter to quarter, failures that cluster, incidents that have
nothing to do with releases. Run `python tests/benchmarks/speed_against_stability.py`; the bounds
are tested in test_speed_against_stability.py.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from assets.facts.deployments import deployments
from assets.facts.failed_deployments import failed_deployments
from assets.facts.failures import signs
from assets.methods.panel import step_down, webb_weights
from assets.tradeoffs.speed_tests import ALPHA, DRAWS, fits

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
QUARTER_STARTS = [date(2024 + q // 4, 3 * (q % 4) + 1, 1) for q in range(8)]
QUARTER_DAYS = 91
DAY = timedelta(days=1)
FEWEST, MOST_A_QUARTER = 12, 120  # planned releases of the slowest and the fastest customer


@dataclass(frozen=True)
class World:
    """`cost`: what twice the pace adds to the log odds that a release fails; 0 plants nothing."""

    seed: int
    cost: float = 0.0
    customers: int = 12
    unrelated_a_week: float = 1.0  # incidents of each customer that no release caused


def releases_of(world: World, random: np.random.Generator) -> pl.DataFrame:
    """One row per planned release: `line, quarter, at, speed, fails, mode`."""
    shape = (world.customers, len(QUARTER_STARTS))
    base = np.geomspace(FEWEST, MOST_A_QUARTER, world.customers)
    speed = random.normal(0, 0.5, shape)  # in doublings
    common = random.normal(0, 0.3, shape[1])
    own = random.normal(0, 0.3, shape)
    odds = random.uniform(-3.2, -1.8, world.customers)[:, None] + common + own + world.cost * speed
    counts = random.poisson(base[:, None] * 2**speed)
    customer, quarter = (np.repeat(side.ravel(), counts.ravel()) for side in np.indices(shape))
    size = len(customer)
    return pl.DataFrame(
        {
            "line": customer,
            "quarter": quarter,
            "day": quarter * QUARTER_DAYS + random.uniform(0, QUARTER_DAYS - 4, size),
            "speed": speed[customer, quarter],
            "fails": random.random(size) < 1 / (1 + np.exp(-odds[customer, quarter])),
            "is_named": random.random(size) < 0.5,  # by its incident; else a hotfix follows
            "recovery": random.lognormal(np.log(2 / 24), 1.0, size),
            "lead": random.lognormal(np.log(40) - 0.7 * speed[customer, quarter], 1.0),
            "lines": random.lognormal(4 - 0.3 * speed[customer, quarter], 1.2),
            "is_good": random.random(size) < random.beta(17, 3, shape)[customer, quarter],
        }
    )


def tables_of(world: World, random: np.random.Generator, planned: pl.DataFrame) -> tuple:
    """Releases and incidents as the facts know them: hotfixes, named incidents, unrelated ones."""
    numbered = planned.with_row_index("number")
    failed = numbered.filter("fails")
    hotfix = failed.filter(~pl.col("is_named")).select(
        "line", day=pl.col("day") + pl.col("recovery"), unplanned=True, number=pl.lit(None)
    )
    both = pl.concat(
        [numbered.select("line", "day", "number", unplanned=False), hotfix], how="diagonal_relaxed"
    ).with_row_index("release")
    at = pl.lit(BEGIN) + pl.duration(microseconds=(pl.col("day") * 86_400e6).cast(pl.Int64))
    text = pl.format("r{}", "release")
    releases = both.select(
        event_id=text,
        line=pl.format("s{}", "line"),
        service=pl.format("s{}", "line"),
        source=pl.lit("s"),
        url=pl.lit(None, dtype=pl.String),
        repo=pl.lit(None, dtype=pl.String),
        scope_set=pl.lit(1, dtype=pl.UInt32),
        deployment_ids=pl.concat_list(text),
        commit_sha=pl.format("c{}", "release"),
        created_at=at,
        finished_at=at,
        entered_at=at,
        fixes_deployment_id=pl.lit(None, dtype=pl.String),
        is_success=True,
        is_running=False,
        is_cancelled=False,
        is_flagged_rollback=False,
        is_flagged_unplanned="unplanned",
    )
    named = failed.filter("is_named").join(both.drop_nulls("number"), on="number")
    unrelated = random.poisson(
        world.unrelated_a_week * QUARTER_DAYS / 7 * len(QUARTER_STARTS), world.customers
    )
    apart = pl.DataFrame({"line": np.repeat(np.arange(world.customers), unrelated)}).with_columns(
        day=pl.Series(random.uniform(0, QUARTER_DAYS * len(QUARTER_STARTS), unrelated.sum())),
        recovery=pl.Series(random.lognormal(np.log(2 / 24), 1.0, unrelated.sum())),
        caused_by=pl.lit(None, dtype=pl.String),
    )
    opened = named.select("line", "day", "recovery", caused_by=pl.format("r{}", "release"))
    incidents = (
        pl.concat([opened, apart])
        .with_row_index("incident")
        .select(
            incident_id=pl.format("i{}", "incident"),
            service=pl.format("s{}", "line"),
            opened_at=at,
            restored_at=at
            + pl.duration(microseconds=(pl.col("recovery") * 86_400e6).cast(pl.Int64)),
            caused_by_deployment_id="caused_by",
            duplicate_of=pl.lit(None, dtype=pl.String),
        )
    )
    return releases.lazy(), incidents.lazy()


def cells_of(world: World) -> pl.DataFrame:
    """The customers' quarters, as `speed_tests.certain_cells` gives them."""
    random = np.random.default_rng([world.seed, 7])
    planned = releases_of(world, random)
    releases, incidents = tables_of(world, random, planned)
    nothing = pl.LazyFrame(schema={"event_id": pl.String, "reverted_event_id": pl.String})
    shown = signs(releases, incidents, nothing, 3 * DAY, DAY)
    failed = failed_deployments(shown, releases, BEGIN + 800 * DAY)
    judged = deployments(releases, shown, failed, releases.select("event_id").clear())
    quarter = ((pl.col("entered_at") - BEGIN).dt.total_days() // QUARTER_DAYS).alias("quarter")
    by = [pl.col("service").alias("customer"), quarter]
    ratio = judged.group_by(by).agg(
        n=(~pl.col("is_remediating")).sum(),
        first_three=pl.col("is_failed_first_three").filter(~pl.col("is_remediating")).mean(),
        rework=pl.col("is_remediating").mean(),
        all=pl.len(),
    )
    recovery = (
        failed.filter("is_shown_by_first_three")
        .group_by(by)
        .agg(value=pl.col("recovery_seconds").median(), n=pl.len())
    )
    own = planned.lazy().group_by(pl.format("s{}", "line").alias("customer"), "quarter")
    of_changes = own.agg(pl.col("lead", "lines").median(), pl.col("is_good").mean(), n=pl.len())
    parts = [
        cells(ratio.select("customer", "quarter", "n", value="first_three"), "change_fail_rate"),
        cells(ratio.select("customer", "quarter", "n", value="first_three"), "change_fail_rate",
              "first_three"),
        cells(ratio.select("customer", "quarter", n="all", value="rework"),
              "deployment_rework_rate"),
        cells(recovery, "failed_deployment_recovery_time", statistic="p50"),
        cells(of_changes.rename({"lead": "value"}), "change_lead_time", statistic="p50"),
        cells(of_changes.rename({"lines": "value"}), "change_size", statistic="p50"),
        cells(of_changes.rename({"is_good": "value"}), "csat"),
    ]  # fmt: skip
    return pl.concat(parts).collect()


def cells(frame: pl.LazyFrame, kpi: str, slice: str = "", statistic: str = "ratio") -> pl.LazyFrame:
    """Cells of one KPI from `customer, quarter, value, n`."""
    starts = pl.Series(QUARTER_STARTS, dtype=pl.Date)
    return frame.filter(pl.col("quarter") < len(QUARTER_STARTS)).select(
        "customer",
        kpi=pl.lit(kpi),
        statistic=pl.lit(statistic),
        slice=pl.lit(slice),
        period_start_on=pl.lit(starts).gather(pl.col("quarter")),
        value=pl.col("value").cast(pl.Float64),
        n=pl.col("n").cast(pl.UInt32),
    )


def claims(world: World) -> dict[tuple[str, str], str]:
    """The pairs of the same quarter or the next about which the tests claim anything, and what."""
    found = cells_of(world)
    one_each = pl.col("customer").rank("dense").cast(pl.Int64) - 1
    units = found.select("customer", "period_start_on", unit=one_each).unique()
    pairs = [(about, fit) for about, fit in fits(found, units) if fit]
    weights = webb_weights(DRAWS, world.customers, world.seed)
    known = [fit for _, fit in pairs]
    adjusted = step_down(known, [fit.drawn(weights) for fit in known])
    return {
        (about["speed"], about["outcome"]): (
            "trade_off" if fit.slope * about["sign"] > 0 else "go_together"
        )
        for (about, fit), q in zip(pairs, adjusted, strict=True)
        if q <= ALPHA
    }


def main() -> None:
    """Print the share of worlds with any claim, without and with a planted effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--costs", type=float, nargs="*", default=[0.0, 0.5, 0.7, 1.0])
    parser.add_argument("--customers", type=int, default=12)
    asked = parser.parse_args()
    for cost in asked.costs:
        told = [claims(World(seed, cost, asked.customers)) for seed in range(asked.worlds)]
        of_failures = [
            any(pair[1] in ("failed_releases", "rework") and what == "trade_off"
                for pair, what in one.items())
            for one in told
        ]  # fmt: skip
        print(
            f"cost {cost:g}: {sum(map(bool, told))} of {asked.worlds} worlds with a claim, "
            f"{sum(of_failures)} with failures as a trade-off"
        )


if __name__ == "__main__":
    main()
