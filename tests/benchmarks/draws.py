"""How the workload's columns are drawn: seeded streams, skewed services, words, instants."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import company
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.schema import INSTANT

SEED = 20260701
MINUTE, HOUR, DAY = 60, 3_600, 86_400
SERVICE_NUMBERS = np.arange(len(company.SERVICES))
POPULARITY = 1 / (SERVICE_NUMBERS + 10)


class Rows:
    """Rows of one table in one piece of the workload, with the stream that draws their columns.

    They have `n`, unlike in all pieces, `begun` (in order) and `service`, a number.
    """

    def __init__(self, table: str, piece: int, size: int) -> None:
        self.generator = np.random.default_rng([SEED, piece, crc32(table.encode())])
        self.size = size
        days = np.arange(company.DAYS + 1)
        weight = np.where(days % 7 < 5, 1.0, 0.25)  # the first day is a Monday
        day = self.generator.choice(days, size, p=weight / weight.sum())
        second = np.clip(self.generator.normal(13 * HOUR, 4 * HOUR, size), 0, DAY - 1)
        service = self.generator.choice(SERVICE_NUMBERS, size, p=POPULARITY / POPULARITY.sum())
        begun = int(company.BEGIN.timestamp()) + np.sort(day * DAY + second.astype(np.int64))
        self.frame = pl.DataFrame(
            {
                "n": np.arange(size) + piece * 10_000_000,
                "service": service,
                "begun": pl.Series(begun * 1_000_000).cast(INSTANT),
            }
        )

    def chance(self, share: float) -> pl.Expr:
        """True in so many rows."""
        return pl.lit(pl.Series(self.generator.random(self.size) < share))

    def after(self, column: str, median_s: float, spread: float = 1.0) -> pl.Expr:
        """The instant a lognormal time after another."""
        seconds = self.generator.lognormal(np.log(median_s), spread, self.size)
        micros = pl.Series((seconds * 1_000_000).astype(np.int64))
        return pl.col(column) + pl.lit(micros).cast(pl.Duration("us"))

    def word(self, shares: Mapping[str, float]) -> pl.Expr:
        """One of some words, in these shares."""
        return named(list(shares), self.numbers(len(shares), list(shares.values())))

    def numbers(self, below: int, shares: Sequence[float] | None = None) -> pl.Expr:
        """Whole numbers from 0."""
        return pl.lit(pl.Series(self.generator.choice(below, self.size, p=shares)))

    def amounts(self, median: float, spread: float = 1.0) -> NDArray[np.float64]:
        """Lognormal amounts."""
        return self.generator.lognormal(np.log(median), spread, self.size)


def named(names: Sequence[str], number: pl.Expr) -> pl.Expr:
    """Words by their numbers."""
    return number.replace_strict(list(range(len(names))), list(names), return_dtype=pl.String)


def repo_of_service() -> pl.Expr:
    """The repository of a row's service."""
    return named([company.repo_of(int(n)) for n in SERVICE_NUMBERS], pl.col("service"))


def sha(kind: str) -> pl.Expr:
    """Forty signs that no two rows share."""
    number = (pl.col("n") * 2_654_435_761).cast(pl.String).str.zfill(24)
    return pl.concat_str(number, pl.lit(f"{crc32(kind.encode()):016}"))
