"""Puts one frame before Great Expectations, and says in plain sentences what came of it.

Knows Great Expectations, and neither Dagster nor the warehouse. Importing it takes seconds,
so it is imported where it is used.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

SHOWN_VALUES = 5
SEVERITIES = {"error": "critical", "warning": "warning"}  # ours: theirs
COLUMN_KWARGS = ("column", "column_A", "column_B", "column_list")


@dataclass(frozen=True)
class Outcome:
    """What one expectation of a table came to."""

    check: str
    is_ok: bool
    severity: str
    observed: str
    expected: str
    sentence: str


def validate(
    table: str,
    frame: pl.LazyFrame,
    expectations: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
) -> list[Outcome]:
    """The outcome of each expectation on the frame, in their order.

    Only columns that an expectation names are decoded. An expectation that cannot be evaluated
    (its column is not there) counts as one that does not hold.
    """
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("warehouse")
        .add_dataframe_asset(table)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": _needed(frame, expectations).collect().to_pandas()})
    )
    suite = gx.ExpectationSuite(name=table)
    for position, expectation in enumerate(expectations):
        kind = getattr(gx.expectations, _class_name(expectation["type"]))
        severity = SEVERITIES[expectation["severity"]]
        meta = {"position": position}
        suite.add_expectation(kind(**expectation["kwargs"], severity=severity, meta=meta))
    results = batch.validate(suite, expectation_parameters=dict(parameters)).results
    results.sort(key=_position)
    return _numbered(
        _outcome(table, expectation, result.to_json_dict())
        for expectation, result in zip(expectations, results, strict=True)
    )


def _position(result: Any) -> int:  # noqa: ANN401
    return int(result.expectation_config.meta["position"])


def _numbered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Tell apart expectations of one kind on one column, so that each has a name of its own."""
    seen: Counter[str] = Counter()
    numbered = []
    for outcome in outcomes:
        seen[outcome.check] += 1
        count = seen[outcome.check]
        numbered.append(
            outcome if count == 1 else replace(outcome, check=f"{outcome.check} ({count})")
        )
    return numbered


def _class_name(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))


def _needed(frame: pl.LazyFrame, expectations: Sequence[Mapping[str, Any]]) -> pl.LazyFrame:
    """The columns that the expectations name; all of them if one is about the columns."""
    if any(one["type"].startswith("expect_table_column") for one in expectations):
        return frame
    named: set[str] = set()
    for expectation in expectations:
        for kwarg in COLUMN_KWARGS:
            value = expectation["kwargs"].get(kwarg, [])
            named.update([value] if isinstance(value, str) else value)
    there = frame.collect_schema().names()
    return frame.select([name for name in there if name in named] or there[:1])


def _outcome(table: str, expectation: Mapping[str, Any], result: Mapping[str, Any]) -> Outcome:
    used = result["expectation_config"]["kwargs"]  # where $PARAMETER has become its number
    given = {name: used.get(name, value) for name, value in expectation["kwargs"].items()}
    place = ", ".join(_shown(given[name]) for name in COLUMN_KWARGS if name in given)
    expected = _in_words(expectation["type"], given)
    observed = _observed(result)
    is_ok = bool(result["success"])
    return Outcome(
        check=f"{expectation['type']}({place})" if place else expectation["type"],
        is_ok=is_ok,
        severity=expectation["severity"],
        observed=observed,
        expected=expected,
        sentence=f"{table}: {expected}."
        if is_ok
        else f"{table}: it does not hold that {expected}: {observed}.",
    )


def _in_words(kind: str, kwargs: Mapping[str, Any]) -> str:
    """What is expected, as one would say it; theirs where it is none of those in use."""
    column = kwargs.get("column", "")
    words = {
        "expect_column_values_to_not_be_null": f"{column} is never empty",
        "expect_column_values_to_be_unique": f"no two rows have the same {column}",
        "expect_column_values_to_be_in_set": (
            f"{column} is one of {_shown(kwargs.get('value_set', []))}"
        ),
        "expect_compound_columns_to_be_unique": (
            f"no two rows have the same {' and '.join(kwargs.get('column_list', []))}"
        ),
        "expect_column_values_to_be_between": f"{column} is {_between(kwargs)}",
        "expect_column_max_to_be_between": f"the highest {column} is {_between(kwargs)}",
        "expect_column_min_to_be_between": f"the lowest {column} is {_between(kwargs)}",
        "expect_table_row_count_to_be_between": f"the number of rows is {_between(kwargs)}",
    }
    rest = ", ".join(f"{name.replace('_', ' ')} {_shown(v)}" for name, v in kwargs.items())
    return words.get(kind, f"{kind.removeprefix('expect_').replace('_', ' ')} ({rest})")


def _between(kwargs: Mapping[str, Any]) -> str:
    limits = {"min_value": "at least", "max_value": "at most"}
    given = [f"{word} {_shown(kwargs[name])}" for name, word in limits.items() if name in kwargs]
    return " and ".join(given)


def _observed(result: Mapping[str, Any]) -> str:
    """What was found: how many rows are otherwise and a few of them, or the value measured."""
    found = result["result"]
    if "unexpected_count" in found:
        rows = f"{found['unexpected_count']:,} of {found['element_count']:,} rows are otherwise"
        values = [v for v in found.get("partial_unexpected_list", []) if v is not None]
        return f"{rows}, such as {_shown(values[:SHOWN_VALUES])}" if values else rows
    if "observed_value" in found:
        return str(found["observed_value"])
    return f"it could not be evaluated ({_first_problem(result['exception_info'])})"


def _first_problem(exceptions: Mapping[str, Any]) -> str:
    """Great Expectations nests the exception below the metric that raised it, or does not."""
    nested = [value for value in exceptions.values() if isinstance(value, Mapping)]
    message = (nested[0] if nested else exceptions).get("exception_message") or "no reason given"
    return str(message).splitlines()[0]


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
