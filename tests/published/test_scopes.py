"""The list of scopes: today's names, parents, and nothing left out."""

from datetime import date

import polars as pl

from assets.published.scopes import SCHEMA, scopes_of


def _rows(columns: str, *rows: tuple) -> pl.DataFrame:
    names = [*columns.split(), "valid_from"]
    types = dict.fromkeys(names, pl.String) | {"valid_from": pl.Date}
    return pl.DataFrame(rows, schema=types, orient="row")


def _scopes(on: date = date(2026, 7, 1), used: tuple = (), **reference: pl.DataFrame):
    parts = {
        "segments": _rows(
            "id name stance", ("startup", "Start-up", "flexibility", date(2024, 1, 1))
        ),
        "customers": _rows("id name segment stance"),
        "services": _rows("id name"),
        "offerings": _rows("id name"),
        **reference,
    }
    scopes = pl.DataFrame(
        list(used), schema={"scope_kind": pl.String, "scope": pl.String}, orient="row"
    )
    return scopes_of("Example Ltd", **parts, used=scopes, on=on)


def test_every_kind_of_scope_is_listed_with_its_parent():
    found = _scopes(
        customers=_rows("id name segment stance", ("a", "A", "startup", None, date(2024, 1, 1))),
        services=_rows("id name", ("api", "API", date(2024, 1, 1))),
    )
    assert found.select("scope_kind", "scope", "name", "parent_kind", "parent").rows() == [
        ("organisation", "organisation", "Example Ltd", None, None),
        ("segment", "startup", "Start-up", "organisation", "organisation"),
        ("segment", "unassigned", "Unassigned", "organisation", "organisation"),
        ("customer", "a", "A", "segment", "startup"),
        ("customer", "unassigned", "Unassigned", "organisation", "organisation"),
        ("service", "api", "API", "organisation", "organisation"),
        ("service", "unassigned", "Unassigned", "organisation", "organisation"),
    ]
    assert found.schema == SCHEMA


def test_a_customer_without_stance_has_its_segments():
    rows = [("a", "A", "startup", None), ("b", "B", "startup", "stability"), ("c", "C", "x", None)]
    customers = _rows("id name segment stance", *((*row, date(2024, 1, 1)) for row in rows))
    found = _scopes(customers=customers).filter(pl.col("scope").is_in(["a", "b", "c"]))
    assert dict(found.select("scope", "stance").iter_rows()) == {
        "a": "flexibility",
        "b": "stability",
        "c": None,
    }


def test_of_dated_rows_the_one_of_the_day_counts():
    services = _rows(
        "id name",
        ("api", "Old", date(2024, 1, 1)),
        ("api", "New", date(2026, 1, 1)),
        ("api", "Next", date(2027, 1, 1)),
        ("web", "To come", date(2027, 1, 1)),
        ("web", "Later", date(2028, 1, 1)),
    )
    found = _scopes(services=services).filter(pl.col("scope").is_in(["api", "web"]))
    assert found["name"].to_list() == ["New", "To come"]


def test_a_scope_that_only_cells_know_is_listed_under_its_id():
    found = _scopes(used=(("tool", "github-actions"), ("segment", "startup")))
    assert found.filter(pl.col("scope_kind") == "tool").rows() == [
        ("tool", "github-actions", "github-actions", "organisation", "organisation", None, None)
    ]
    assert found.filter(pl.col("scope") == "startup").height == 1
