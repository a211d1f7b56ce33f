"""What adds up, counted for all KPIs of a fact in one pass over it.

Per place and day: how many records have each fate, and the sums of numerators. Cells are then
sums over days of these few rows, however many KPIs a fact has.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from assets.kpis.definition import SCOPE_COLUMNS, Kpi
from assets.kpis.fates import MEASURED
from assets.kpis.terms import Fact, Facts, Terms


def tallies(kpis: Sequence[Kpi], facts: Facts, terms: Terms) -> Mapping[str, pl.DataFrame]:
    """By KPI: `scope_set, day`, tool and offering where it has such scopes, a column per fate.

    Only rows in which a record came in. KPIs of a fact that enter at the same instant share a pass.
    """
    return _tallied(kpis, facts, terms, {kpi.id: [] for kpi in kpis})


def tallies_with_cuts(
    kpis: Sequence[Kpi], facts: Facts, terms: Terms
) -> Mapping[str, pl.DataFrame]:
    """The same; where a KPI adds up, also by what its slices and clusters are told by.

    Such a KPI has `records`, how many are measured, and its numerators, how many of those are hits.
    """
    return _tallied(kpis, facts, terms, {kpi.id: _cuts(kpi) for kpi in kpis})


def _tallied(
    kpis: Sequence[Kpi], facts: Facts, terms: Terms, cuts: Mapping[str, list[str]]
) -> Mapping[str, pl.DataFrame]:
    together: dict[object, list[Kpi]] = {}
    for kpi in kpis:
        # Clusters are so many that only those who need them tell them apart.
        is_fine = bool(kpi.clusters and cuts[kpi.id])
        together.setdefault((kpi.entry, is_fine), []).append(kpi)
    found = {}
    for group in together.values():
        keys = list(dict.fromkeys(name for kpi in group for name in _keys(kpi, cuts)))
        counted = _counted(group, facts[group[0].fact], terms, keys)
        for kpi in group:
            own, own_keys = _own(kpi, counted, keys, terms), _keys(kpi, cuts)
            added_up = own.select(*own_keys, pl.exclude(keys)).group_by(own_keys).sum()
            found[kpi.id] = (own if own_keys == keys else added_up).collect()
    return found


def _counted(kpis: Sequence[Kpi], fact: Fact, terms: Terms, keys: list[str]) -> pl.LazyFrame:
    """The one pass: a column `<kpi>/<fate>` and `<kpi>/<numerator>` for each KPI."""
    numerators = list(dict.fromkeys(name for kpi in kpis for name in _numerators(kpi)))
    fates = {kpi.id: list(terms.fates(kpi)) for kpi in kpis}
    counts = [
        (pl.col(kpi.id) == number).sum().alias(f"{kpi.id}/{fate}")
        for kpi in kpis
        for number, fate in enumerate(fates[kpi.id])
    ]
    hits = [
        (pl.col(name) & (pl.col(kpi.id) == fates[kpi.id].index(MEASURED)))
        .sum()
        .alias(f"{kpi.id}/{name}")
        for kpi in kpis
        for name in _numerators(kpi)
    ]
    return (
        terms.dated(kpis[0], fact)
        .select(
            "scope_set",
            "day",
            # Grouping by words is done by their numbers.
            *(pl.col(name).cast(pl.Categorical) for name in keys[2:]),
            *numerators,
            *(_fate(kpi, terms).alias(kpi.id) for kpi in kpis),
        )
        .filter(pl.any_horizontal(pl.col(kpi.id).is_not_null() for kpi in kpis))
        .group_by(keys)
        .agg(*counts, *hits)
        .collect()
        .lazy()
    )


def _fate(kpi: Kpi, terms: Terms) -> pl.Expr:
    """The number of a row's fate among `Terms.fates`; null for what is no member."""
    is_member = pl.all_horizontal(pl.lit(True), *kpi.members)
    return pl.coalesce(
        pl.when(is_member & is_so).then(pl.lit(number, dtype=pl.Int8))
        for number, is_so in enumerate(terms.fates(kpi).values())
    )


def _own(kpi: Kpi, counted: pl.LazyFrame, keys: list[str], terms: Terms) -> pl.LazyFrame:
    """The columns of one KPI."""
    fates = list(terms.fates(kpi))
    told = [pl.col(f"{kpi.id}/{name}").alias(name) for name in (*fates, *_numerators(kpi))]
    return (
        counted.select(*keys, *told)
        .filter(pl.sum_horizontal(fates) > 0)
        .with_columns(pl.col(_places(kpi)).cast(pl.String), records=MEASURED)
    )


def _keys(kpi: Kpi, cuts: Mapping[str, list[str]]) -> list[str]:
    return ["scope_set", "day", *_places(kpi), *cuts[kpi.id]]


def _places(kpi: Kpi) -> list[str]:
    return [kind for kind in SCOPE_COLUMNS if kind in kpi.scopes]


def _cuts(kpi: Kpi) -> list[str]:
    by_value = [cut.column for cut in kpi.slices if cut.column]
    return list(dict.fromkeys([*kpi.clusters, *by_value])) if kpi.adds_up else []


def _numerators(kpi: Kpi) -> list[str]:
    if not kpi.adds_up:
        return []
    by_slice = [name for cut in kpi.slices for name in cut.numerators.values()]
    return list(dict.fromkeys(filter(None, [kpi.numerator, *by_slice])))
