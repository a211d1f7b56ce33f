"""Another staffing against today's, lane by lane: values, differences, and what they say.

Both are replays of the same arrivals, so that what differs is the staffing alone. Holds which
staffings are looked at and the rows that come of one; the tables are in `support_lanes` and
`runner_lanes`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from assets.configuration import Configuration, StaffingScenario
from assets.kpis import phrases
from assets.methods.lane_replay import Outcome, change, outcome
from assets.methods.lane_tables import Fitted
from assets.methods.queue_replay import Staffing
from assets.tradeoffs.lane_fit import LEVELS

TODAY, ONE_MORE, OWN_LANE, OWN_LANE_HELPING, FIRST = (
    "today",
    "one_more",
    "own_lane",
    "own_lane_helping",
    "first",
)
OK, NO_PREDICTION, GROWS, IMPOSSIBLE = "ok", "no_prediction", "grows_without_end", "impossible"
ROW: dict[str, pl.DataType] = {
    "desk": pl.String(),
    "scenario": pl.String(),
    "name": pl.String(),
    "lane": pl.String(),
    "statistic": pl.String(),
    "servers": pl.Int64(),
    "order": pl.List(pl.String()),
    "own_lane": pl.String(),
    "reserved": pl.Int64(),
    "is_helping": pl.Boolean(),
    "state": pl.String(),
    "n": pl.Int64(),
    "load": pl.Float64(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "difference": pl.Float64(),
    "difference_low": pl.Float64(),
    "difference_high": pl.Float64(),
}


@dataclass(frozen=True)
class Scenario:
    """One staffing with its name; `staffing` is None where there are too few servers for it."""

    id: str
    name: str
    staffing: Staffing | None


def people_scenarios(
    fitted: Fitted, lane_for: str | None, configuration: Configuration
) -> Iterator[Scenario]:
    """Today, one more, a lane of its own for `lane_for`, that one first, and what is configured."""
    today, lanes = fitted.today, fitted.desk.lanes
    yield Scenario(TODAY, "Today", today)
    yield Scenario(ONE_MORE, "One more engineer", replace(today, servers=today.servers + 1))
    if lane_for is not None:
        number = lanes.index(lane_for)
        who = next(s.name for s in configuration.segments if s.id == lane_for)
        alone = _with_lane(today, number, 1)
        helping = None if alone is None else replace(alone, is_helping=True)
        yield Scenario(OWN_LANE, f"A lane of its own for {who}", alone)
        yield Scenario(OWN_LANE_HELPING, f"A lane for {who}, all help each other", helping)
        rest = [lane for lane in today.order or range(len(lanes)) if lane != number]
        yield Scenario(FIRST, f"{who} first", replace(today, order=(number, *rest)))
    for row in configuration.staffing.scenarios:
        yield Scenario(row.name, row.name, _configured(row, today, lanes))


def machine_scenarios(fitted: Fitted) -> Iterator[Scenario]:
    """Today, one runner more, one fewer."""
    today = fitted.today
    fewer = replace(today, servers=today.servers - 1) if today.servers > 1 else None
    yield Scenario(TODAY, "Today", today)
    yield Scenario(ONE_MORE, "One more runner", replace(today, servers=today.servers + 1))
    yield Scenario("one_fewer", "One runner fewer", fewer)


def _with_lane(today: Staffing, number: int, reserved: int) -> Staffing | None:
    if reserved >= today.servers:
        return None
    return replace(today, own_lane=number, reserved=reserved)


def _configured(row: StaffingScenario, today: Staffing, lanes: tuple[str, ...]) -> Staffing | None:
    servers = row.agents or today.servers
    order = today.order
    if row.order is not None:
        named = [lanes.index(one) for one in row.order if one in lanes]
        order = (*named, *(n for n in range(len(lanes)) if n not in named)) if named else None
    staffing = replace(today, servers=servers, order=order)
    if row.own_lane is None:
        return staffing
    if row.own_lane not in lanes:
        return None
    found = _with_lane(staffing, lanes.index(row.own_lane), row.reserved)
    return None if found is None else replace(found, is_helping=row.is_helping)


def compared(
    name: str, fitted: Fitted, scenarios: Iterator[Scenario], predicted: frozenset[str]
) -> pl.DataFrame:
    """One row per scenario, lane and statistic of one desk; the first scenario is today's.

    `predicted` are the lanes whose replay is like what happened; the others get no value.
    """
    rows: list[dict[str, object]] = []
    base: Outcome | None = None
    for one in scenarios:
        found = None
        if one.staffing is not None:
            found = outcome(fitted.desk, one.staffing, fitted.habits)
        base = base or found
        in_words = _in_words(one.staffing, fitted.desk.lanes)
        for lane, lane_name in enumerate(fitted.desk.lanes):
            about = {
                "desk": name,
                "scenario": one.id,
                "name": one.name,
                "lane": lane_name,
            } | in_words
            for level in LEVELS:
                measured = _measured(found, base, lane, level, lane_name in predicted)
                rows.append(about | {"statistic": f"p{level * 100:.0f}"} | measured)
    return pl.DataFrame(rows, schema=ROW, orient="row")


def _in_words(staffing: Staffing | None, lanes: tuple[str, ...]) -> dict[str, object]:
    if staffing is None:
        return {}
    own = staffing.own_lane
    return {
        "servers": staffing.servers,
        "order": None if staffing.order is None else [lanes[n] for n in staffing.order],
        "own_lane": None if own is None else lanes[own],
        "reserved": staffing.reserved,
        "is_helping": staffing.is_helping,
    }


def _measured(
    found: Outcome | None, base: Outcome | None, lane: int, level: float, is_predicted: bool
) -> dict[str, object]:
    if found is None or base is None:
        return {"state": IMPOSSIBLE}
    mine = found.desk.lane == lane
    about = {"n": int((found.desk.block[mine] >= 0).sum()), "load": float(found.load[lane])}
    if not is_predicted:
        return about | {"state": NO_PREDICTION}
    measured = change(found, base, lane, level)
    if measured.is_growing:
        return about | {"state": GROWS}
    numbers = ("value", "low", "high", "difference", "difference_low", "difference_high")
    return about | {"state": OK} | {name: getattr(measured, name) for name in numbers}


def with_sentence(rows: pl.DataFrame, unit: str, what: str) -> pl.DataFrame:
    """Adds `sentence`; `lane_name` says whose, `unit` is one of `phrases`, `what` is measured."""
    statistic = pl.col("statistic").replace_strict(
        {"p50": "in the median", "p90": "for nine of ten"}
    )
    head = pl.format("{}, {}, {} {}: ", "name", "lane_name", pl.lit(what), statistic)

    value, spoken = pl.col("value"), pl.lit(unit)
    interval = phrases.interval(pl.col("low"), pl.col("high"), value, spoken)
    change, least, most = (pl.col(f"difference{end}") for end in ("", "_low", "_high"))
    is_sure = ((least > 0) | (most < 0)).fill_null(False)
    way = pl.when(change < 0).then(pl.lit("shorter")).otherwise(pl.lit("longer"))
    # Of a shorter wait the ends are turned: from less to more.
    nearer, farther = (
        pl.when(change < 0).then(-end).otherwise(other)
        for end, other in ((most, least), (least, most))
    )
    by = pl.format(
        "; {} {} than today ({}).",
        phrases.amount(change.abs(), spoken, beside=value),
        way,
        phrases.interval(nearer, farther, value, spoken),
    )
    no_change = pl.lit("; no difference from today that can be told.")
    predicted = pl.concat_str(
        head,
        phrases.amount(value, spoken),
        pl.format(" ({})", interval),
        pl.when(pl.col("scenario") == TODAY).then(pl.lit(".")).when(is_sure).then(by)
        .otherwise(no_change),
    )  # fmt: skip
    others = {
        NO_PREDICTION: "no prediction, because the replay of today is not like what happened.",
        GROWS: "grows without end: more comes in than they can do.",
        IMPOSSIBLE: "not possible with so few.",
    }
    return rows.with_columns(
        sentence=pl.when(pl.col("state") == OK)
        .then(predicted)
        .otherwise(head + pl.col("state").replace_strict(others, default=""))
    )
