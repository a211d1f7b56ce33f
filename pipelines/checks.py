"""Turns each assets module's EXPECTATIONS into one blocking asset check per table.

Expectations are plain dicts in Great Expectations' own form, with a severity:
`{"type": "expect_column_values_to_be_unique", "kwargs": {"column": "run_id"}, "severity":
"error"}`. A kwarg `{"$PARAMETER": "max_reject_ratio"}` stands for a number of `[rules]`. An
error that does not hold stops everything to the right of the table; a warning is shown. A
`sentence` is a function of the home that says in its own words why one does not hold. What the
checks said is kept in the table `check_results`.
"""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import dagster as dg
import polars as pl

from assets.home import Home
from pipelines.expectations import Outcome, validate

CHECK_RESULTS = "check_results"
MOST_ROWS = 2_000_000  # 1 µs a row for six expectations: 2 s at most per table

Expectations = Sequence[Mapping[str, Any]]


def checks_of(package: ModuleType) -> list[dg.AssetChecksDefinition]:
    """The checks of all tables of a stage that have expectations."""
    return [
        _check(table, expectations)
        for module in _modules(package)
        for table, expectations in _expectations_by_table(module).items()
    ]


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)


def _expectations_by_table(module: ModuleType) -> dict[str, Expectations]:
    """EXPECTATIONS is a sequence in a module of one table, and a mapping by table otherwise."""
    declared = getattr(module, "EXPECTATIONS", ())
    if isinstance(declared, Mapping):
        return dict(declared)
    tables = [
        key.to_python_identifier()
        for value in vars(module).values()
        if isinstance(value, dg.AssetsDefinition)
        for key in value.keys
    ]
    if declared and len(tables) != 1:
        raise dg.DagsterInvalidDefinitionError(
            f"{module.__name__} has EXPECTATIONS for one table but makes {len(tables)}: "
            f"{', '.join(tables)}. Write them as a mapping by table."
        )
    return {table: declared for table in tables if declared}


def _check(table: str, expectations: Expectations) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(table),
        name="expectations",
        blocking=True,
        description=f"{len(expectations)} expectations of {table}.",
    )
    def expectations_hold(
        context: dg.AssetCheckExecutionContext, home: Home
    ) -> dg.AssetCheckResult:
        rules = home.configuration.rules.model_dump()
        frame = newest_rows(home.store.read(table))
        outcomes = in_own_words(validate(table, frame, expectations, rules), expectations, home)
        home.store.append(
            {CHECK_RESULTS: as_frame(table, outcomes, context.op_execution_context.run_id)}
        )
        return as_result(outcomes)

    return expectations_hold


def in_own_words(
    outcomes: Sequence[Outcome], expectations: Expectations, home: Home
) -> list[Outcome]:
    """The outcomes, where those that do not hold speak as their expectation says."""
    return [
        replace(outcome, sentence=expectation["sentence"](home))
        if not outcome.is_ok and "sentence" in expectation
        else outcome
        for outcome, expectation in zip(outcomes, expectations, strict=True)
    ]


def newest_rows(table: pl.LazyFrame, most: int = MOST_ROWS) -> pl.LazyFrame:
    """The table, or as many of its rows as a check may take: those seen last."""
    if table.select(pl.len()).collect().item() <= most:
        return table
    if "ingested_at" not in table.collect_schema():
        return table.tail(most)
    return table.top_k(most, by="ingested_at")


def as_frame(table: str, outcomes: Sequence[Outcome], run_id: str) -> pl.DataFrame:
    """One row per expectation, as an edition shows them, with the run and the time."""
    return pl.DataFrame(
        {
            "table": [table for _ in outcomes],
            "check": [outcome.check for outcome in outcomes],
            "is_ok": [outcome.is_ok for outcome in outcomes],
            "severity": [outcome.severity for outcome in outcomes],
            "observed": [outcome.observed for outcome in outcomes],
            "expected": [outcome.expected for outcome in outcomes],
            "sentence": [outcome.sentence for outcome in outcomes],
            "run_id": [run_id for _ in outcomes],
            "at": [datetime.now(UTC) for _ in outcomes],
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )


def as_result(outcomes: Sequence[Outcome]) -> dg.AssetCheckResult:
    """What Dagster is told: passed, failed with a warning, or failed and blocking."""
    missed = [outcome for outcome in outcomes if not outcome.is_ok]
    is_blocking = any(outcome.severity == "error" for outcome in missed)
    return dg.AssetCheckResult(
        passed=not missed,
        severity=dg.AssetCheckSeverity.ERROR if is_blocking else dg.AssetCheckSeverity.WARN,
        description=" ".join(outcome.sentence for outcome in missed) or "All hold.",
        metadata={outcome.check: outcome.sentence for outcome in outcomes},
    )
