"""Does a replay give what happened? First the question, then any answer to “what if”.

Each desk's habits are fitted on the first half of the recent blocks. On the other half, which the
fit has not seen, replayed and actual P50 and P90 of every lane stand side by side; where one
differs by more than `TOLERANCE`, the lane gets no prediction. Nor does it where those that waited
long are not those that wait long in the replay: two free numbers can fit two quantiles of anything.
"""

from collections.abc import Iterator

import dagster as dg
import numpy as np
import polars as pl

from assets.configuration import Configuration
from assets.facts.scope_sets import UNASSIGNED
from assets.facts.support_hours import EVERY_HOUR
from assets.home import Home
from assets.methods.block_bootstrap import Ints, quantiles
from assets.methods.distributions import Floats
from assets.methods.lane_replay import Desk, waits
from assets.methods.lane_tables import desk_of, fitted, in_order
from assets.methods.queue_replay import Staffing
from assets.tradeoffs.lane_arrivals import RUNNERS, SUPPORT, calendar_of_lanes, desk_calendar
from assets.tradeoffs.lane_fit import FEWEST, LEVELS, Goal, fit_machines, fit_people, until_block

TOLERANCE = 0.2
FOLLOWS = 0.3  # rank correlation of replayed and actual waits; in a queue it is near 1
RESOLUTION_SECONDS = 1.0  # of stamps: what differs by no more does not differ
LEAST = {SUPPORT: 60.0, RUNNERS: 1.0}
FITTED, TESTED = "fitted", "tested"
DESKS: dict[str, pl.DataType] = {
    "desk": pl.String(),
    "desk_kind": pl.String(),
    "place": pl.Int64(),
    "calendar": pl.String(),
    "lanes": pl.List(pl.String()),
    "calendars": pl.List(pl.String()),
    "order": pl.List(pl.String()),
    "lane_for": pl.String(),
    "servers": pl.Int64(),
    "is_servers_stated": pl.Boolean(),
    "effort": pl.Float64(),
    "reply_share": pl.Float64(),
    "start_seconds": pl.Float64(),
    "weight": pl.Float64(),
    "split_block": pl.Int64(),
    "blocks": pl.Int64(),
    "from_at": pl.Datetime("us", "UTC"),
    "to_at": pl.Datetime("us", "UTC"),
    "n": pl.Int64(),
    "n_work_drawn": pl.Int64(),
}
CALIBRATION: dict[str, pl.DataType] = {
    "desk": pl.String(),
    "desk_kind": pl.String(),
    "lane": pl.String(),
    "half": pl.String(),
    "statistic": pl.String(),
    "n": pl.Int64(),
    "n_open": pl.Int64(),
    "actual": pl.Float64(),
    "replayed": pl.Float64(),
    "differs_by": pl.Float64(),
    "is_alike": pl.Boolean(),
    "rank_correlation": pl.Float64(),
    "is_predicted": pl.Boolean(),
}


def desks(
    arrivals: pl.DataFrame, hours: pl.DataFrame, configuration: Configuration
) -> pl.DataFrame:
    """One row per desk and habits that were fitted.

    None of a desk with too little to fit on, and of support while nobody says how many answer.
    """
    found = [
        row
        for one in arrivals.partition_by("desk", maintain_order=True)
        for row in _desk_rows(one, hours, configuration)
    ]
    return pl.DataFrame(found, schema=DESKS, orient="row")


def _desk_rows(
    arrivals: pl.DataFrame, hours: pl.DataFrame, configuration: Configuration
) -> Iterator[dict[str, object]]:
    measured = arrivals.filter(pl.col("block") >= 0)
    desk, kind = arrivals.select("desk", "desk_kind").row(0)
    is_support, staffing = kind == SUPPORT, configuration.staffing
    stated = staffing.agents if is_support else staffing.runners.get(desk)
    if is_support and stated is None:
        return
    there = set(arrivals["lane"])
    lanes = {desk: EVERY_HOUR}
    if is_support:
        lanes = {lane: c for lane, c in calendar_of_lanes(configuration).items() if lane in there}
    order = order_of(configuration, list(lanes)) if is_support and staffing.order else None
    calendar = desk_calendar(configuration) if is_support else EVERY_HOUR
    blocks = int(np.max(measured["block"].to_numpy(), initial=-1)) + 1
    if measured.filter(pl.col("block") < blocks // 2).height < FEWEST:
        return
    whole = desk_of(arrivals, hours, lanes, calendar)
    first = until_block(whole, blocks // 2)
    goal = Goal(first, happened(arrivals)[: len(first.at)], LEAST[kind])
    if not goal.lanes:
        return
    if is_support and stated is not None:
        servers = stated
        habits = fit_people(
            goal, Staffing(stated, None if order is None else _numbers(order, lanes))
        )
    else:
        servers, only = fit_machines(goal, stated)
        habits = (only,)
    for place, one in enumerate(habits):
        yield {
            "desk": desk, "desk_kind": kind, "place": place, "calendar": calendar,
            "lanes": list(lanes), "calendars": list(lanes.values()), "order": order,
            "lane_for": lane_for(configuration, list(lanes)) if is_support else None,
            "servers": servers, "is_servers_stated": stated is not None,
            "effort": one.effort, "reply_share": one.reply_share,
            "start_seconds": one.start_seconds, "weight": one.weight,
            "split_block": blocks // 2, "blocks": blocks,
            "from_at": measured["arrived_at"].min(), "to_at": measured["arrived_at"].max(),
            "n": measured.height, "n_work_drawn": measured["is_work_drawn"].sum(),
        }  # fmt: skip


def happened(arrivals: pl.DataFrame) -> Floats:
    """The waits that happened, in the order of arrival; inf for what is still open."""
    return in_order(arrivals)["wait_seconds"].fill_null(float("inf")).to_numpy()


def order_of(configuration: Configuration, lanes: list[str]) -> list[str]:
    """All lanes: first those that are named, then the others by name, nobody's last."""
    named = [lane for lane in configuration.staffing.order if lane in lanes]
    return named + sorted(set(lanes) - set(named), key=lambda lane: (lane == UNASSIGNED, lane))


def _numbers(order: list[str], lanes: dict[str, str]) -> tuple[int, ...]:
    return tuple(list(lanes).index(lane) for lane in order)


def lane_for(configuration: Configuration, lanes: list[str]) -> str | None:
    """The segment for which a lane is considered: as stated, else to whom support matters most."""
    chosen = configuration.staffing.lane_for
    if chosen in lanes:
        return chosen
    newest = {row.id: row for row in sorted(configuration.segments, key=lambda r: r.valid_from)}
    known = [lane for lane in lanes if lane in newest]
    return min(known, key=lambda s: (-newest[s].importance.get("support", 0), s), default=None)


def calibration(desks: pl.DataFrame, arrivals: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Per desk, lane, half and statistic what happened, and a replay of today's staffing.

    `rank_correlation` tells whether those waited long that wait long in the replay. `is_predicted`
    is one answer per lane: in the tested half both statistics are alike, and it is enough.
    """
    rows = []
    for name in desks["desk"].unique(maintain_order=True):
        found = fitted(desks, arrivals, hours, name)
        about = desks.row(
            by_predicate=(pl.col("desk") == name) & (pl.col("place") == 0), named=True
        )
        if found is None:
            continue
        actual = happened(arrivals.filter(pl.col("desk") == name))
        replayed = waits(found.desk, found.today, found.habits[0])
        for lane in range(len(found.desk.lanes)):
            rows += _lane_rows(about, found.desk, lane, actual, replayed)
    return pl.DataFrame(rows, schema=CALIBRATION, orient="row")


def _lane_rows(
    about: dict[str, object], desk: Desk, lane: int, actual: Floats, replayed: Floats
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    split = int(str(about["split_block"]))
    for half, chosen in ((FITTED, desk.block < split), (TESTED, desk.block >= split)):
        mine = chosen & (desk.block >= 0) & (desk.lane == lane)
        follows = _rank_correlation(actual[mine], replayed[mine])
        for level in LEVELS:
            was, is_now = (_quantile(values[mine], level) for values in (actual, replayed))
            differs = None if not was or is_now is None else is_now / was - 1
            is_alike = (
                was is not None
                and is_now is not None
                and (abs(is_now - was) <= max(RESOLUTION_SECONDS, TOLERANCE * was))
            )
            rows.append({
                "desk": about["desk"], "desk_kind": about["desk_kind"], "lane": desk.lanes[lane],
                "half": half, "statistic": f"p{level * 100:.0f}", "n": int(mine.sum()),
                "n_open": int(np.isinf(actual[mine]).sum()), "actual": was, "replayed": is_now,
                "differs_by": differs, "is_alike": bool(is_alike and mine.sum() >= FEWEST),
                "rank_correlation": follows,
            })  # fmt: skip
    is_predicted = follows is not None and follows >= FOLLOWS and all(
        bool(row["is_alike"]) for row in rows if row["half"] == TESTED
    )  # fmt: skip
    return [row | {"is_predicted": is_predicted} for row in rows]


def _rank_correlation(actual: Floats, replayed: Floats) -> float | None:
    """Spearman's; None where all are the same or none is there."""
    both = pl.DataFrame({"actual": actual, "replayed": replayed})
    found = both.select(pl.corr("actual", "replayed", method="spearman")).item()
    return None if found is None or np.isnan(found) else float(found)


def _quantile(values: Floats, level: float) -> float | None:
    """None without values, and where it falls on what is still open."""
    once: Ints = np.ones((1, 1), dtype=np.int64)
    found = float(quantiles(values, np.zeros(len(values), dtype=np.int64), once, level)[0])
    return found if np.isfinite(found) else None


@dg.asset
def tradeoff_lane_desks(
    home: Home, tradeoff_lane_arrivals: pl.LazyFrame, tradeoff_lane_hours: pl.LazyFrame
) -> pl.DataFrame:
    """How the support desk and each tool's runners work, as fitted on the first half."""
    return desks(
        tradeoff_lane_arrivals.collect(), tradeoff_lane_hours.collect(), home.configuration
    )


@dg.asset
def tradeoff_lane_calibration(
    tradeoff_lane_desks: pl.LazyFrame,
    tradeoff_lane_arrivals: pl.LazyFrame,
    tradeoff_lane_hours: pl.LazyFrame,
) -> pl.DataFrame:
    """Replayed against actual waits, on the half that was fitted and on the one that was not."""
    return calibration(
        tradeoff_lane_desks.collect(),
        tradeoff_lane_arrivals.collect(),
        tradeoff_lane_hours.collect(),
    )
