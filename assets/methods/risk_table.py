"""Who was at risk when: the table that every survival estimate is read from.

One row per distinct (group, seconds), sorted, with the number at risk just before that time and
the exits at it. Also the running products and sums within each group. Not here: estimates.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from assets.methods.distributions import Floats

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RiskTable:
    """Rows in order of group and seconds; `first` and `last` are each group's row numbers."""

    groups: Integers
    n: Integers
    n_open: Integers
    first: Integers
    last: Integers
    owner: Integers
    seconds: Floats
    at_risk: Floats
    events: Floats
    competing: Floats

    def running(self, ufunc: np.ufunc, values: Floats) -> Floats:
        """Accumulate within each group, `np.add` or `np.multiply`.

        A global cumsum minus each group's offset would lose 1e-7 at 1 M rows; this keeps 1e-13.
        """
        value = pl.col("value")
        rows = pl.DataFrame({"owner": self.owner, "value": values})
        running = (
            rows.with_columns(pl.col("owner").set_sorted())
            .group_by("owner", maintain_order=True)
            .agg(value.cum_sum() if ufunc is np.add else value.cum_prod())
        )
        return running.get_column("value").explode(empty_as_null=False).to_numpy()

    def before(self, values: Floats, start: float) -> Floats:
        """Each row's value just before its time: the previous row's, or `start` in the first."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.first] = start
        return shifted

    def first_where(self, is_met: NDArray[np.bool_]) -> tuple[Integers, NDArray[np.bool_]]:
        """Per group the first row that meets a condition (0 if none), and whether one does."""
        if not len(self.groups):
            return self.first, np.zeros(0, dtype=np.bool_)
        nowhere = len(is_met)
        rows = np.minimum.reduceat(np.where(is_met, np.arange(nowhere), nowhere), self.first)
        return np.where(rows < nowhere, rows, 0), rows < nowhere

    def last_where(self, is_met: NDArray[np.bool_]) -> tuple[Integers, NDArray[np.bool_]]:
        """Per group the last row that meets a condition (0 if none), and whether one does."""
        if not len(self.groups):
            return self.first, np.zeros(0, dtype=np.bool_)
        rows = np.maximum.reduceat(np.where(is_met, np.arange(len(is_met)), -1), self.first)
        return np.maximum(rows, 0), rows >= 0


def risk_table(
    group: ArrayLike, seconds: ArrayLike, exit: ArrayLike, entry: ArrayLike | None = None
) -> RiskTable:
    """Build the table from one row per member: its group, its time until exit, how it left.

    `exit` is 0 (still open: censored), 1 (happened) or 2 (competing). A member with an `entry`
    above 0 was seen only from then on and is at risk in (entry, seconds], as in R's `Surv`;
    NaN means seen from the start. Members without a finite time, or never seen, are left out.
    Raises ValueError for columns of unequal length and for other exits.
    """
    members = _members(group, seconds, exit, entry)
    order = members.sort("group", "seconds")
    code, time, how = (order[name].to_numpy() for name in ("group", "seconds", "exit"))
    is_new_group = np.ones(len(code), dtype=np.bool_)
    is_new_group[1:] = code[1:] != code[:-1]
    is_new_row = is_new_group.copy()
    is_new_row[1:] |= time[1:] != time[:-1]
    heads, rows = np.flatnonzero(is_new_group), np.flatnonzero(is_new_row)
    ends = np.append(heads, len(code))
    owner = np.cumsum(is_new_group)[rows] - 1
    gone = rows - heads[owner]
    if entry is None:
        came = ends[owner + 1] - heads[owner]
    else:
        came = _entered_before(members, code[rows], time[rows]) - heads[owner]
    first = np.flatnonzero(is_new_group[rows])
    return RiskTable(
        groups=code[heads],
        n=np.diff(ends),
        n_open=_sums(how == 0, heads),
        first=first,
        last=np.append(first, len(rows))[1:] - 1,
        owner=owner,
        seconds=time[rows],
        at_risk=(came - gone).astype(np.float64),
        events=_sums(how == 1, rows).astype(np.float64),
        competing=_sums(how == 2, rows).astype(np.float64),
    )


def _members(
    group: ArrayLike, seconds: ArrayLike, exit: ArrayLike, entry: ArrayLike | None
) -> pl.DataFrame:
    how = np.asarray(exit, dtype=np.int8)
    columns: dict[str, np.ndarray] = {
        "group": np.asarray(group, dtype=np.int64),
        "seconds": np.asarray(seconds, dtype=np.float64),
        "exit": how,
    }
    if entry is not None:
        columns["entry"] = np.asarray(entry, dtype=np.float64)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length: {lengths}; give one element per member")
    odd = np.setdiff1d(how, np.arange(3)).tolist()
    if odd:
        raise ValueError(f"exit holds {odd}; use 0 still open, 1 happened, 2 competing exit")
    members = pl.DataFrame(columns).filter(pl.col("seconds").is_finite())
    if entry is None:
        return members
    since = pl.col("entry")
    since = pl.when(since > 0).then(since.fill_nan(-np.inf)).otherwise(-np.inf)
    return members.with_columns(since.alias("entry")).filter(pl.col("entry") < pl.col("seconds"))


def _entered_before(members: pl.DataFrame, group: Integers, seconds: Floats) -> Integers:
    """Members of this or an earlier group who entered strictly before a group's time.

    All members of earlier groups count, which the caller takes off by where the group begins.
    """
    times = pl.concat([members["entry"], pl.Series("entry", seconds)]).rank("dense")
    rank = times.cast(pl.Int64).to_numpy()
    codes = np.concatenate([members["group"].to_numpy(), group])
    code = pl.Series(codes).rank("dense").cast(pl.Int64).to_numpy()
    key = code * (int(rank.max(initial=0)) + 1) + rank
    entries: Integers = np.sort(key[: members.height])
    earlier: Integers = np.searchsorted(entries, key[members.height :]).astype(np.int64)
    return earlier


def _sums(flags: NDArray[np.bool_], starts: Integers) -> Integers:
    counts = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=counts[1:])
    sums: Integers = np.diff(counts[np.append(starts, len(flags))])
    return sums
