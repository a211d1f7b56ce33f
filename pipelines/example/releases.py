"""Planned production releases: when each service released, and which releases fail and how.

A *train* is one planned release of a unit (`world.UNITS`); it becomes one release per service the
unit feeds. Failures are planted here, in one of MODES each; the deployments that remedy them and
the incidents that show them are made from the columns of this frame.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import clock
from pipelines.example.world import (
    BEGINS_ON,
    CUSTOMERS,
    DRAWN_UNTIL,
    HOUR,
    MINUTE,
    NOBODY,
    REPOS,
    SERVICES,
    UNITS,
    Bools,
    Floats,
    Ints,
    pace,
    planted,
    quarter_of,
    rng,
    segment_of,
)

# How a planted failure shows, in the order of the link rules, and how often each way.
MODES = ("incident_names_it", "fix_names_it", "rollback", "hotfix", "incident_only")
MODE_SHARES = (0.28, 0.14, 0.20, 0.18, 0.20)
INCIDENT_SHARES = (1.0, 0.4, 0.5, 0.4, 1.0)  # failures of each mode that anybody is paged for
SECOND_SERVICE_AFTER = 12 * MINUTE
LAST_GAP = 14 * 24 * HOUR


def unit_customers() -> Ints:
    """Per unit the index of its (first) customer."""
    index = {customer.id: number for number, customer in enumerate(CUSTOMERS)}
    return np.array([index.get(unit.customer, NOBODY) for unit in UNITS])


@lru_cache(maxsize=1)
def trains() -> pl.DataFrame:
    """`train, unit, repo, customer, segment, pace, finish_s`, by unit and time.

    A unit leaves at most once a day, so that releases of a service are some 15 hours apart.
    """
    generator = rng("trains")
    span = np.arange(clock.day_index(BEGINS_ON), clock.day_index(DRAWN_UNTIL))
    noon_s = clock.at(span, np.full(span.size, 12.0))
    customer = unit_customers()
    pace_now = pace()[customer][:, quarter_of(noon_s)]
    segment = segment_of(customer[:, None], noon_s[None, :])
    releasing = np.where(clock.is_working_day()[span], 1.0, 0.03) * clock.season()[span]
    chance = planted("releases_per_week")[segment] / 5 * np.exp(0.5 * pace_now) * releasing
    chance *= np.where(customer == NOBODY, 0.3, 1.0)[:, None]
    unit, day = np.nonzero(generator.random(chance.shape) < chance)
    finish_s = clock.at(span[day], clock.working_hours(generator, day.size))
    return pl.DataFrame(
        {
            "train": np.arange(unit.size),
            "unit": unit,
            "repo": _repos(unit, generator),
            "customer": customer[unit],
            "segment": segment[unit, day],
            "pace": pace_now[unit, day],
            "finish_s": finish_s,
        }
    )


def _repos(unit: Ints, generator: np.random.Generator) -> Ints:
    """The repository of `world.REPOS` that each train is cut from."""
    counts = np.array([len(u.repos) for u in UNITS])
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    nth: Ints = (generator.random(unit.size) * counts[unit]).astype(np.int64)
    return np.asarray(first[unit] + nth)


@lru_cache(maxsize=1)
def releases() -> pl.DataFrame:
    """One row per planned release of a service, with its planted failure.

    Adds to the train's columns `release, service, service_name, repo_name, gap_s` (to the next
    one of the service), `mode` (-1 sound, else index into MODES), `is_rolled_back`, `shows_s`
    (when the failure is noticed), `restore_s` (seconds until restored), `remedied_s` (when the
    remediating deployment finished, if there is one) and `has_incident`.
    """
    left = trains()
    counts = np.array([len(u.services) for u in UNITS])
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    unit = left["unit"].to_numpy()
    fed = [
        left.with_columns(
            service=pl.Series(first[unit] + nth),
            finish_s=pl.col("finish_s") + nth * SECOND_SERVICE_AFTER,
        ).filter(counts[unit] > nth)
        for nth in range(counts.max())
    ]
    frame = (
        pl.concat(fed).sort("service", "finish_s", maintain_order=True).with_row_index("release")
    )
    frame = frame.with_columns(
        service_name=pl.col("service").replace_strict(dict(enumerate(SERVICES))),
        repo_name=pl.col("repo").replace_strict(dict(enumerate(REPOS))),
        gap_s=(pl.col("finish_s").shift(-1) - pl.col("finish_s"))
        .over("service")
        .fill_null(LAST_GAP),
    )
    return _with_failures(frame)


def fail_ratio(segment: Ints, pace: Floats) -> Floats:
    """The planted probability that a release fails."""
    even = planted("fail_ratio")[segment]
    log_odds = np.log(even / (1 - even)) + planted("speed_costs")[segment] * pace
    return 1 / (1 + np.exp(-log_odds))


def _with_failures(frame: pl.DataFrame) -> pl.DataFrame:
    generator = rng("failures")
    size = frame.height
    segment = frame["segment"].to_numpy()
    fails = generator.random(size) < fail_ratio(segment, frame["pace"].to_numpy())
    mode = np.where(fails, generator.choice(len(MODES), size, p=MODE_SHARES), -1)
    can_go_back = _can_go_back(frame, fails)
    mode = np.where((mode == MODES.index("rollback")) & ~can_go_back, MODES.index("hotfix"), mode)
    named = mode == MODES.index("incident_names_it")
    too = can_go_back & named & (generator.random(size) < 0.3)
    paged = fails & (generator.random(size) < np.array([*INCIDENT_SHARES, 0.0])[mode])
    noticed_after = np.minimum(
        generator.lognormal(np.log(40 * MINUTE), 1.0, size),
        np.minimum(20 * HOUR, 0.35 * frame["gap_s"].to_numpy()),
    )
    restore = np.maximum(60.0, generator.lognormal(
        np.log(planted("restore_minutes")[segment] * MINUTE), planted("restore_spread")[segment]
    ))  # fmt: skip
    is_redeployed = np.isin(mode, [1, 2, 3]) | too
    latest = np.minimum(60 * HOUR, 0.8 * frame["gap_s"].to_numpy())
    remedied_after = np.minimum(noticed_after + np.maximum(10 * MINUTE, 0.9 * restore), latest)
    finish = frame["finish_s"].to_numpy()
    return frame.with_columns(
        mode=pl.Series(mode),
        is_rolled_back=pl.Series((mode == MODES.index("rollback")) | too),
        has_incident=pl.Series(paged),
        shows_s=pl.when(pl.Series(fails)).then(pl.Series(finish + noticed_after.astype(np.int64))),
        restore_s=pl.when(pl.Series(fails)).then(pl.Series(restore.astype(np.int64))),
        remedied_s=pl.when(pl.Series(is_redeployed)).then(
            pl.Series(finish + remedied_after.astype(np.int64))
        ),
    )


def _can_go_back(frame: pl.DataFrame, fails: Bools) -> Bools:
    """Only to a sound release of the same repository that came just before.

    Then the first release after the restored one is the failed one, whoever counts.
    """
    before = pl.DataFrame({"service": frame["service"], "repo": frame["repo"], "fails": fails})
    return (
        before.select(
            is_sound=(~pl.col("fails").shift(1).over("service")).fill_null(False)
            & (pl.col("repo").n_unique().over("service") == 1)
        )
        .to_series()
        .to_numpy()
    )
