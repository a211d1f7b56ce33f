"""What Great Expectations says of a frame, in sentences."""

import polars as pl

from pipelines.expectations import Outcome, validate

FRAME = pl.LazyFrame(
    {"ticket_id": ["a", "a", "b"], "status": ["new", "lost", None], "n": [1, 2, 3]}
)


def _outcome(kind: str, severity: str = "error", **kwargs: object) -> Outcome:
    expectation = {"type": kind, "kwargs": kwargs, "severity": severity}
    [outcome] = validate("conformed_tickets", FRAME, [expectation], {"max_reject_ratio": 2})
    return outcome


def test_an_expectation_that_holds_says_so():
    outcome = _outcome("expect_column_values_to_not_be_null", column="ticket_id")

    assert outcome.is_ok
    assert outcome.check == "expect_column_values_to_not_be_null(ticket_id)"
    assert outcome.expected == "ticket_id is never empty"
    assert outcome.sentence == "conformed_tickets: ticket_id is never empty."


def test_one_that_does_not_hold_says_how_many_rows_and_which_values():
    outcome = _outcome(
        "expect_column_values_to_be_in_set", "warning", column="status", value_set=["new", "open"]
    )

    assert not outcome.is_ok
    assert outcome.severity == "warning"
    assert outcome.observed == "1 of 3 rows are otherwise, such as lost"
    assert outcome.expected == "status is one of new, open"
    assert outcome.sentence == (
        "conformed_tickets: it does not hold that status is one of new, open: "
        "1 of 3 rows are otherwise, such as lost."
    )


def test_a_number_of_the_rules_takes_its_place():
    limit = {"$PARAMETER": "max_reject_ratio"}
    outcome = _outcome("expect_column_max_to_be_between", column="n", max_value=limit)

    assert not outcome.is_ok
    assert outcome.observed == "3"
    assert outcome.expected == "the highest n is at most 2"


def test_one_over_several_columns_names_them():
    outcome = _outcome("expect_compound_columns_to_be_unique", column_list=["ticket_id", "n"])

    assert outcome.is_ok
    assert outcome.check == "expect_compound_columns_to_be_unique(ticket_id, n)"


def test_a_column_that_is_not_there_is_a_failure_with_its_reason():
    outcome = _outcome("expect_column_values_to_be_unique", column="id")

    assert not outcome.is_ok
    assert '"id"' in outcome.observed
    assert "does not exist" in outcome.observed


def test_two_of_a_kind_on_one_column_have_two_names():
    kind = "expect_column_values_to_be_between"
    outcomes = validate(
        "t",
        FRAME,
        [
            {"type": kind, "kwargs": {"column": "n", "min_value": 1}, "severity": "error"},
            {"type": kind, "kwargs": {"column": "n", "max_value": 2}, "severity": "error"},
        ],
        {},
    )

    assert [outcome.check for outcome in outcomes] == [f"{kind}(n)", f"{kind}(n) (2)"]
    assert [outcome.is_ok for outcome in outcomes] == [True, False]


def test_rows_can_be_counted_without_naming_a_column():
    outcome = _outcome("expect_table_row_count_to_be_between", min_value=4)

    assert not outcome.is_ok
    assert outcome.observed == "3"
