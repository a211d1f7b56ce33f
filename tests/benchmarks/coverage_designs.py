"""How often the intervals of cells hold the truth, by design of the worlds.

Each design draws cells, has them measured as the product does and counts. Not here:
what is promised and how it is told (`coverage`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import worlds
from scipy import stats

from assets.kpis.definition import Kpi
from assets.kpis.measures import Rows, measure

TEXTS = dict.fromkeys(("name", "promise", "definition", "null_means", "definition_source"), "-")
LEAST = {"p50": 30, "p90": 50}
QUANTILES = {"p50": 0.5, "p90": 0.9}
GRID_N = (20, 30, 50, 100, 200, 500)
GRID_P = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
EXPECTED_COUNTS = (0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Line:
    """What was found about one statistic in one design, as shares of cells.

    `missed_below`: the truth lies below the interval. `closed`: both ends are known. `bias`: the
    median of value ÷ truth - 1 over cells with a value.
    """

    design: str
    statistic: str
    cells: int
    coverage: float
    missed_below: float
    missed_above: float
    closed: float
    bias: float
    is_exact: bool = False

    @property
    def error(self) -> float:
        """Half-width of the 95 % interval of a coverage counted over so many cells."""
        spread = self.coverage * (1 - self.coverage) / self.cells
        return 0.0 if self.is_exact else 1.96 * float(np.sqrt(spread))


@dataclass(frozen=True)
class Worlds:
    """How many worlds and months, and the seed; every design draws from its own stream."""

    worlds: int
    months: int
    seed: int

    @property
    def cells(self) -> int:
        """One cell per world and month."""
        return self.worlds * self.months

    def stream(self, *design: int) -> np.random.Generator:
        """Random numbers of one design, the same whatever else is drawn."""
        return np.random.default_rng((self.seed, *design))


def definition(*statistics: str, **other: object) -> Kpi:
    """An entry of the catalogue with nothing but what the measures read."""
    usual = {"id": "k", "audience": "business", "unit": "seconds", "direction": "lower"}
    places = {"fact": "f", "entered_at": "entered_at", "requires": (), "statistics": statistics}
    return Kpi(**(TEXTS | usual | places | other))


def line(
    design: str, statistic: str, found: pl.DataFrame, truth: np.ndarray, weight: object = 1.0
) -> Line:
    """Counts the cells whose interval holds the truth; an open end holds all beyond it."""
    found = found.sort("cell")
    columns = (found.get_column(c).fill_null(np.nan).to_numpy() for c in ("value", "low", "high"))
    value, low, high = columns
    true = truth[found.get_column("cell").to_numpy()]
    weights = np.broadcast_to(weight, true.shape) / np.broadcast_to(weight, true.shape).sum()
    below, above, closed = (
        float((weights * flags).sum())
        for flags in (low > true, high < true, np.isfinite(low) & np.isfinite(high))
    )
    bias = float(np.nanmedian(value / true)) - 1 if np.isfinite(value).any() else float("nan")
    is_exact = np.ndim(weight) > 0
    coverage = 1 - below - above
    return Line(design, statistic, len(true), coverage, below, above, closed, bias, is_exact)


def measured(kpi: Kpi, rows: Rows, statistic: str, weeks: float = 1.0) -> pl.DataFrame:
    """Cells of one statistic, as the product measures them."""
    every = measure(kpi, rows, np.full(rows.grid.shape, weeks))
    [one] = [each for each in every if each.statistic == statistic]
    return worlds.found(one)


def clocked(
    statistic: str, cells: int, owner: np.ndarray, seconds: np.ndarray, exit: np.ndarray, **other
) -> pl.DataFrame:
    """Cells of a duration, as the product measures them."""
    nothing = np.zeros_like(owner)
    rows = worlds.rows(cells, owner, nothing, measured=seconds, exit=exit.astype(np.int8))
    return measured(definition(*QUANTILES, clock="c", **other), rows, statistic)


def closed(size: Worlds) -> Iterator[Line]:
    """Members that are alike only in belonging to a customer, all of them over."""
    for stream, (statistic, least) in enumerate(LEAST.items()):
        random = size.stream(1, stream)
        people = worlds.customers(random, size.worlds, size.months)
        owner = np.repeat(np.arange(size.cells), worlds.sizes(random, size.cells, least))
        customer = worlds.assigned(random, owner, people.share)
        seconds = worlds.durations(random, people, owner, customer)
        found = clocked(statistic, size.cells, owner, seconds, np.ones_like(owner))
        truth = people.quantile(QUANTILES[statistic])
        yield line(f"all over, n ≥ {least}", statistic, found, truth)


def with_open(
    size: Worlds, statistic: str, open_share: float, left: float = 0.0
) -> tuple[Line, Line]:
    """Some members still open at `as_of`, some gone by a competing exit; ours and closed-only.

    The oldest member has been seen for ten times as long as the newest, and so long that the
    expected share of open ones is the one asked for, per world.
    """
    random = size.stream(2, *statistic.encode(), int(open_share * 100), int(left * 100))
    people = worlds.customers(random, size.worlds, size.months, left)
    sizes = worlds.sizes(random, size.cells, LEAST[statistic])
    owner = np.repeat(np.arange(size.cells), sizes)
    customer = worlds.assigned(random, owner, people.share)
    seconds = worlds.durations(random, people, owner, customer)
    is_left = random.random(len(owner)) < people.left[owner, customer]
    everybody = worlds.Customers(people.share, people.location, people.spread, 0 * people.left)
    ages = np.linspace(0.3, 3, 10)
    unit = worlds.crossing(
        lambda s: np.mean([everybody.happened(age * s) for age in ages], axis=0),
        1 - open_share,
        size.cells,
    )
    seen = unit[owner] * random.uniform(0.3, 3, len(owner))
    exit = np.where(seen < seconds, 0, np.where(is_left, 2, 1))
    how = {"exit_without_event": "competing" if left else "never"}
    found = clocked(statistic, size.cells, owner, np.minimum(seconds, seen), exit, **how)
    truth = people.quantile(QUANTILES[statistic])
    name = f"{open_share:.0%} open" + (f", {left:.0%} left otherwise" if left else "")
    is_over = exit == 1
    naive = clocked(statistic, size.cells, owner[is_over], seconds[is_over], exit[is_over])
    return line(name, statistic, found, truth), line(name, statistic, naive, truth)


def in_bursts(size: Worlds, statistic: str, members: int, shared: float) -> Line:
    """Members that come in bursts and share part of their luck; the truth is the long run's."""
    random = size.stream(3, *statistic.encode(), members, int(shared * 100))
    people = worlds.customers(random, size.worlds, size.months)
    sizes = worlds.sizes(random, size.cells, LEAST[statistic])
    owner = np.repeat(np.arange(size.cells), sizes)
    customer = worlds.assigned(random, owner, people.share)
    burst = worlds.bursts(random, owner, members)
    seconds = worlds.durations(random, people, owner, customer, burst, shared)
    found = clocked(statistic, size.cells, owner, seconds, np.ones_like(owner))
    truth = people.quantile(QUANTILES[statistic])
    return line(f"bursts of {members} share {shared:.0%}", statistic, found, truth)


def with_swinging_shares(size: Worlds) -> Iterator[Line]:
    """Customers whose share swings from month to month, against two truths."""
    random = size.stream(4)
    people = worlds.customers(random, size.worlds, size.months)
    owner = np.repeat(np.arange(size.cells), worlds.sizes(random, size.cells, LEAST["p50"]))
    swung = random.gamma(8 * people.share + 1e-9)
    customer = worlds.assigned(random, owner, swung)
    seconds = worlds.durations(random, people, owner, customer)
    found = clocked("p50", size.cells, owner, seconds, np.ones_like(owner))
    came = np.zeros_like(swung)
    np.add.at(came, (owner, customer), 1)
    came /= came.sum(axis=1, keepdims=True)
    those, long_run = people.quantile(0.5, came), people.quantile(0.5)
    yield line("shares swing, truth of those who came", "p50", found, those)
    yield line("shares swing, truth of the long run", "p50", found, long_run)


def told(cells: int, owner: np.ndarray, is_hit: np.ndarray, weight: np.ndarray) -> pl.DataFrame:
    """Cells of a ratio with Wilson's interval, as the product measures them."""
    owner, is_hit = np.repeat(owner, weight), np.repeat(is_hit, weight)
    rows = worlds.rows(cells, owner, np.zeros_like(owner), is_hit=is_hit)
    return measured(definition("ratio", numerator="is_hit"), rows, "ratio")


def wilson_grid(
    ns: Sequence[int] = GRID_N, ps: Sequence[float] = GRID_P
) -> dict[tuple[int, float], Line]:
    """Exact coverage of ratios of independent members: every possible count, by its chance."""
    found = {}
    for n in ns:
        hits = np.arange(n + 1)
        owner = np.repeat(hits, 2)
        weight = np.stack([hits, n - hits], axis=1).ravel()
        cells = told(n + 1, owner, np.tile([True, False], n + 1), weight)
        for p in ps:
            chance = stats.binom.pmf(hits, n, p)
            found[n, p] = line("", "ratio", cells, np.full(n + 1, p), chance)
    return found


def clustered_ratios(size: Worlds, clusters: int, members: int, shared: float) -> tuple[Line, Line]:
    """CI runs that succeed or fail together by workflow and day; ours, and Wilson's if it were.

    Each day of each workflow has its own chance, drawn from a beta distribution with intraclass
    correlation `shared` around 0.9, and an overdispersed number of runs.
    """
    random = size.stream(5, clusters, members, int(shared * 100))
    owner = np.repeat(np.arange(size.cells), clusters)
    runs = 1 + random.negative_binomial(2, 2 / (2 + members - 1), len(owner))
    strength = 1 / shared - 1
    chance = random.beta(0.9 * strength, 0.1 * strength, len(owner))
    hits = random.binomial(runs, chance)
    number = np.tile(np.arange(clusters), size.cells)
    number, owner = np.repeat(number, runs), np.repeat(owner, runs)
    place = np.arange(runs.sum()) - np.repeat(np.cumsum(runs) - runs, runs)
    rows = worlds.rows(
        size.cells,
        owner,
        number % 30,
        workflow=(number // 30).astype(str),
        is_hit=place < np.repeat(hits, runs),
    )
    truth = np.full(size.cells, 0.9)
    name = f"{clusters} workflow-days of {members} runs, correlation {shared:g}"
    kpi = definition("ratio", numerator="is_hit", clusters=("workflow",))
    robust, plain = (
        line(name, "ratio", measured(k, rows, "ratio"), truth)
        for k in (kpi, definition("ratio", numerator="is_hit"))
    )
    return robust, plain


def counted(counts: np.ndarray) -> pl.DataFrame:
    """Cells of a rate over four covered weeks, as the product measures them."""
    owner = np.repeat(np.arange(len(counts)), counts)
    rows = worlds.rows(len(counts), owner, np.zeros_like(owner))
    return measured(definition("rate"), rows, "rate", weeks=4.0)


def poisson_rates() -> dict[float, Line]:
    """Exact coverage of rates of independent events: every possible count, by its chance."""
    counts = np.arange(1_000)
    cells = counted(counts)
    return {
        mean: line("", "rate", cells, np.full(1_000, mean / 4), stats.poisson.pmf(counts, mean))
        for mean in EXPECTED_COUNTS
    }


def bursting_rates(size: Worlds, mean: float, ratio: float) -> Line:
    """Counts whose variance is a multiple of their mean (negative binomial)."""
    random = size.stream(6, int(mean), int(ratio * 10))
    counts = random.negative_binomial(mean / (ratio - 1), 1 / ratio, size.cells)
    name = f"{mean:g} expected, variance {ratio:g} × mean"
    return line(name, "rate", counted(counts), np.full(size.cells, mean / 4))
