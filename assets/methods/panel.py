"""Does one thing move with another within the same customers? Slopes of a panel, few clusters.

Two-way fixed effects: each customer is compared with itself (a unit: while it was in one segment),
after what all customers had in common in a period is taken off. With a dozen customers the usual
errors are too small, so that p-values and intervals come from the wild cluster bootstrap with the
null imposed (Cameron, Gelbach and Miller 2008), with Webb's six-point weights (Webb 2023). Many
slopes are judged together by the step-down of Romano and Wolf (2005). Not here: which pairs are
tested, and what a slope means.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.methods.distributions import Floats

Integers = NDArray[np.int64]
WEBB = np.sqrt([0.5, 1.0, 1.5])
# Of a panel with fewer customers or rows nothing is said.
FEWEST_CLUSTERS, FEWEST_ROWS = 5, 20
FLAT = 1e-9  # what is left of a regressor that does not vary within customers, by its size
MOST_ERRORS = 64.0  # how far from the slope, in standard errors, an end of its interval is sought
HALVINGS = 40


def webb_weights(draws: int, clusters: int, seed: int) -> Floats:
    """`draws` × `clusters` weights of mean 0 and variance 1 on six points; the same for a seed."""
    generator = np.random.default_rng(seed)
    points = np.concatenate([-WEBB, WEBB])
    return points[generator.integers(0, len(points), (draws, clusters))]


@dataclass(frozen=True)
class Fit:
    """A slope within customers; the sums by cluster that its bootstrap needs.

    `own` and `own_x` are what each cluster adds to Σ x·y and Σ x·x; `cross` and `cross_x` (clusters
    × clusters) what a cluster's residuals add to another's through the fixed effects.
    """

    slope: float
    error: float
    n: int
    clusters: Integers
    own: Floats
    own_x: Floats
    cross: Floats
    cross_x: Floats

    def t(self, null: float = 0.0) -> float:
        """Distance of the slope from `null`, in standard errors."""
        return (self.slope - null) / self.error

    def drawn(self, weights: Floats) -> "Drawn":
        """The worlds of the bootstrap; `weights` are draws × all clusters."""
        mine = weights[:, self.clusters]
        scores, scores_x = mine @ self.cross.T, mine @ self.cross_x.T
        return Drawn(
            slope=mine @ self.own,
            slope_x=mine @ self.own_x,
            total=float(self.own_x.sum()),
            clusters=len(self.clusters),
            squares=(scores**2).sum(axis=1),
            product=(scores * scores_x).sum(axis=1),
            squares_x=(scores_x**2).sum(axis=1),
            with_own=scores @ self.own_x,
            with_own_x=scores_x @ self.own_x,
            own_squares=float(self.own_x @ self.own_x),
        )

    def p_value(self, drawn: "Drawn", null: float = 0.0) -> float:
        """How often a world with the slope `null` shows one at least this far from it."""
        beyond = np.sum(drawn.t(null) >= abs(self.t(null)))
        return float((1 + beyond) / (1 + len(drawn.slope)))

    def interval(self, drawn: "Drawn", level: float = 0.95) -> tuple[float, float]:
        """The slopes that no test at `1 - level` rejects; an end out of reach is infinite."""
        return self._end(drawn, 1 - level, -1), self._end(drawn, 1 - level, 1)

    def _end(self, drawn: "Drawn", alpha: float, side: int) -> float:
        inside, outside = 0.0, 1.0
        while self.p_value(drawn, self.slope + side * outside * self.error) >= alpha:
            inside, outside = outside, 2 * outside
            if outside > MOST_ERRORS:
                return side * np.inf
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            is_inside = self.p_value(drawn, self.slope + side * middle * self.error) >= alpha
            inside, outside = (middle, outside) if is_inside else (inside, middle)
        return self.slope + side * inside * self.error


@dataclass(frozen=True)
class Drawn:
    """Sums of each draw, from which |t| follows for any slope that is taken to be true.

    `slope` and `slope_x` are Σ x·residual of outcome and regressor; the others are sums over
    clusters of squares and products of the scores of both, and of each cluster's own Σ x·x.
    """

    slope: Floats
    slope_x: Floats
    total: float
    clusters: int
    squares: Floats
    product: Floats
    squares_x: Floats
    with_own: Floats
    with_own_x: Floats
    own_squares: float

    def t(self, null: float = 0.0) -> Floats:
        """|t| of each draw where the slope is `null`."""
        slope = (self.slope - null * self.slope_x) / self.total
        squares = self.squares - 2 * null * self.product + null**2 * self.squares_x
        squares += slope**2 * self.own_squares - 2 * slope * (
            self.with_own - null * self.with_own_x
        )
        error = np.sqrt(self.clusters / (self.clusters - 1) * squares) / self.total
        return np.asarray(np.abs(slope) / error)


def fit(
    y: ArrayLike,
    x: ArrayLike,
    cluster: ArrayLike,
    period: ArrayLike,
    weight: ArrayLike,
    unit: ArrayLike | None = None,
) -> Fit | None:
    """The slope of `y` on `x` with an effect for each unit and each period; rows weighted.

    `cluster`, `period` and `unit` hold integers from 0. A unit is a cluster, or a part of one that
    must not be compared with the rest of it. Rows with NaN, and units of one row, are left out.
    None where fewer than `FEWEST_CLUSTERS` clusters or `FEWEST_ROWS` rows tell anything, or where
    `x` does not vary in them.
    """
    columns = [np.asarray(side, dtype=np.float64) for side in (y, x, weight)]
    units = cluster if unit is None else unit
    labels = [np.asarray(side, dtype=np.int64) for side in (cluster, period, units)]
    is_known = ~np.isnan(np.sum(columns, axis=0)) & (columns[2] > 0)
    is_known &= _is_repeated(labels[2], is_known)
    (left, right, weights), (group, time, part) = (
        [side[is_known] for side in sides] for sides in (columns, labels)
    )
    found, code = np.unique(group, return_inverse=True)
    if len(found) < FEWEST_CLUSTERS or len(left) < FEWEST_ROWS:
        return None
    root = np.sqrt(weights)
    effects = root[:, None] * np.hstack([_dummies(part), _dummies(time)])
    basis = _basis(effects)
    ys, xs = (_within(root * side, basis) for side in (left, right))
    if xs @ xs <= FLAT * (root * right) @ (root * right):
        return None
    slope = float(xs @ ys / (xs @ xs))
    of = _dummies(code)
    total = float(xs @ xs)
    scores = of.T @ (xs * (ys - slope * xs))
    error = float(np.sqrt(len(found) / (len(found) - 1) * (scores @ scores)) / total)
    if error <= FLAT * abs(slope):
        return None
    return Fit(
        slope=slope,
        error=error,
        n=len(left),
        clusters=found,
        own=of.T @ (xs * ys),
        own_x=of.T @ (xs * xs),
        cross=(of * xs[:, None]).T @ _within(of * ys[:, None], basis),
        cross_x=(of * xs[:, None]).T @ _within(of * xs[:, None], basis),
    )


def step_down(fits: Sequence[Fit], drawn: Sequence[Drawn]) -> Floats:
    """p-values of slopes judged together: the odds of any claim where nothing is, for each.

    `drawn` are the fits' worlds, made with the same weights.

    The largest |t| is held against the largest of all, the next against the largest of the rest.
    """
    if not fits:
        return np.zeros(0)
    observed = np.array([abs(one.t()) for one in fits])
    worlds = np.stack([one.t() for one in drawn])
    order = np.argsort(-observed)
    largest_of_rest = np.maximum.accumulate(worlds[order[::-1]], axis=0)[::-1]
    beyond = (largest_of_rest >= observed[order][:, None]).sum(axis=1)
    adjusted = np.empty(len(fits))
    adjusted[order] = np.maximum.accumulate((1 + beyond) / (1 + worlds.shape[1]))
    return adjusted


def critical_t(drawn: Sequence[Drawn], level: float = 0.95) -> float:
    """The |t| that none of the slopes together exceeds, in `level` of the worlds without any."""
    return float(np.quantile(np.stack([one.t() for one in drawn]).max(axis=0), level))


def _is_repeated(unit: Integers, is_known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A unit with one row has no row to be compared with."""
    counts = np.bincount(unit[is_known], minlength=int(unit.max(initial=0)) + 1)
    return np.asarray(counts[unit] > 1)


def _dummies(code: Integers) -> Floats:
    return np.asarray(code[:, None] == np.unique(code)[None, :], dtype=np.float64)


def _basis(effects: Floats) -> Floats:
    left, sizes, _ = np.linalg.svd(effects, full_matrices=False)
    return np.asarray(left[:, sizes > sizes[0] * 1e-10])


def _within(values: Floats, basis: Floats) -> Floats:
    """What the effects do not explain, column by column."""
    return np.asarray(values - basis @ (basis.T @ values))
