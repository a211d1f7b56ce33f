"""What was drawn, of the KPIs of support and cost: as `realised`, by their definitions."""

from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.example import canonical
from pipelines.example.realised import QUARTER_STARTS, asked, per_quarter
from pipelines.example.world import AS_OF, AS_OF_S, CUSTOMERS, DAY, MOVED_ON, SEGMENTS, Floats

REOPEN_LOOK_AHEAD = 14 * DAY
WEEK_DAYS = 7
QUARTER_WEEKS = np.array(
    [(end - start).days / WEEK_DAYS for start, end in zip(
        QUARTER_STARTS, [*QUARTER_STARTS[1:], AS_OF.date()], strict=True)]
)  # fmt: skip


def sla_attainment(segment: int) -> Floats:
    """Share of tickets that were solved when they were due, by the due time."""
    due = asked(segment).filter(pl.col("due_s") < AS_OF_S)
    return per_quarter(due, "due_s", is_solved_when_due().mean())


def is_solved_when_due() -> pl.Expr:
    """Solved until then, and if reopened until then, solved again until then."""
    due = pl.col("due_s")
    is_open_again = (pl.col("reopened_s") <= due) & ~(pl.col("solved_again_s") <= due).fill_null(
        False
    )
    return ((pl.col("solved_s") <= due) & ~is_open_again.fill_null(False)).fill_null(False)


def reopen_rate(segment: int) -> Floats:
    """Share of tickets reopened within 14 days, of those first solved so long ago."""
    mature = asked(segment).filter(pl.col("solved_s") <= AS_OF_S - REOPEN_LOOK_AHEAD)
    return per_quarter(mature, "solved_s", pl.col("reopened_s").is_not_null().mean())


def one_touch_rate(segment: int) -> Floats:
    """Share with one reply of an agent, by the last solution; solving again is replying again."""
    is_open_again = pl.col("reopened_s").is_not_null() & pl.col("solved_again_s").is_null()
    solved = asked(segment).filter(pl.col("solved_s").is_not_null() & ~is_open_again)
    last = solved.with_columns(last_s=pl.coalesce("solved_again_s", "solved_s"))
    is_touched_once = pl.col("followed_s").is_null() & pl.col("solved_again_s").is_null()
    return per_quarter(last, "last_s", is_touched_once.mean())


def contact_rate(segment: int) -> Floats:
    """Tickets per team and week: every team does something within any 28 days."""
    return per_quarter(asked(segment), "created_s", pl.len()) / team_weeks(segment)


def team_weeks(segment: int) -> Floats:
    """Teams of a segment times weeks of each quarter; one team moves at the start of one."""
    name = SEGMENTS[segment].id
    moved = np.array([start >= MOVED_ON for start in QUARTER_STARTS])
    before = sum((team.was or team.segment) == name for team in CUSTOMERS)
    since = sum(team.segment == name for team in CUSTOMERS)
    weeks: Floats = np.where(moved, since, before) * QUARTER_WEEKS
    return weeks


def support_hours(segment: int) -> Floats:
    """Hours of support per week that name a team of the segment."""
    return _hours_of_quarters(_of_segment(segment).filter(pl.col("kind") == "support"))


def toil_ratio() -> Floats:
    """Hours of toil through all hours."""
    hours = _pieces()
    return _hours_of_quarters(hours.filter(pl.col("kind") == "toil")) / _hours_of_quarters(hours)


def _of_segment(segment: int) -> pl.DataFrame:
    name = SEGMENTS[segment].id
    now = [team.id for team in CUSTOMERS if team.segment == name]
    before = [team.id for team in CUSTOMERS if (team.was or team.segment) == name]
    has_moved = pl.col("quarter") >= MOVED_ON
    return _pieces().filter(
        pl.when(has_moved).then(pl.col("customer").is_in(now)).otherwise(
            pl.col("customer").is_in(before)
        )
    )  # fmt: skip


def _pieces() -> pl.DataFrame:
    """Effort by local quarter; a week across two is cut by its days."""
    weeks = canonical.effort().with_columns(pl.col("week_on").str.to_date())
    days = pl.concat(
        weeks.with_columns(on=pl.col("week_on") + timedelta(days=n)) for n in range(WEEK_DAYS)
    )
    return days.with_columns(
        hours=pl.col("hours") / WEEK_DAYS, quarter=pl.col("on").dt.truncate("1q")
    )


def _hours_of_quarters(hours: pl.DataFrame) -> Floats:
    sums = hours.group_by("quarter").agg(pl.col("hours").sum())
    quarters = pl.DataFrame({"quarter": QUARTER_STARTS})
    joined = quarters.join(sums, on="quarter", how="left", maintain_order="left")
    a_week: Floats = joined["hours"].to_numpy() / QUARTER_WEEKS
    return a_week
