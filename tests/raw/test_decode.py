"""Paths and the SQL that decodes them."""

import duckdb
import polars as pl
import pytest

from assets.raw.decode import decoded, exact_key, first_names, json_path
from assets.raw.feed import Feed, Foreign


def decode(feed: Feed, *payloads: str | None) -> list[dict[str, str | None]]:
    expression, columns = decoded(feed)
    given = pl.DataFrame({"payload": payloads}, schema={"payload": pl.String})
    with duckdb.connect() as connection:
        connection.register("given", given)
        inner = f"SELECT {expression} AS decoded FROM given"
        return connection.execute(f"SELECT {', '.join(columns)} FROM ({inner})").pl().to_dicts()


def feed(fields: dict[str, tuple[str, ...]], **more: object) -> Feed:
    return Feed("ci", "runs", fields, ("id",), (), **more)


@pytest.mark.parametrize(
    ("path", "in_sql"),
    [
        ("id", '$."id"'),
        ("repo.full_name", '$."repo"."full_name"'),
        ("labels[0].name", '$."labels"[0]."name"'),
        ("$", "$"),
        ('$."a.b"', '$."a.b"'),
    ],
)
def test_a_dotted_path_becomes_one_that_duckdb_reads(path, in_sql):
    assert json_path(path) == in_sql


def test_the_first_path_that_is_not_null_wins():
    rows = decode(
        feed({"id": ("databaseId", "id"), "who": ("actor.login",)}),
        '{"id": 1, "actor": {"login": "ann"}}',
        '{"databaseId": 2, "id": "node", "actor": null}',
        '{"databaseId": null, "id": 3, "actor": "ann"}',
    )
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["who"] for row in rows] == ["ann", None, None]


def test_values_arrive_as_text_and_empty_text_as_null():
    fields = {name: (name,) for name in "abcdef"}
    payload = '{"a": true, "b": 1.50, "c": "", "d": [1, "x"], "e": {"k": null}, "f": null}'
    [row] = decode(feed(fields), payload)
    assert row == {"a": "true", "b": "1.5", "c": None, "d": '[1,"x"]', "e": '{"k":null}', "f": None}


def test_a_path_that_leads_nowhere_or_a_missing_payload_gives_null():
    assert decode(feed({"id": ("a.b[3].c",)}), '{"a": 1}', None) == [{"id": None}, {"id": None}]


def test_quotes_in_names_are_no_way_into_the_query():
    [row] = decode(feed({"id": (exact_key("it's"),), 'odd "name"': ("x",)}), '{"it\'s": 1, "x": 2}')
    assert row == {"id": "1", 'odd "name"': "2"}


def test_words_for_unknown_become_null():
    mapped = feed({"id": ("id",)}, foreign=Foreign("*.csv", null_values=("?", "n/a")))
    assert [row["id"] for row in decode(mapped, '{"id": "?"}', '{"id": "n/a"}', '{"id": "a"}')] == [
        None,
        None,
        "a",
    ]


def test_the_columns_that_a_field_needs_are_known():
    described = feed({"id": (exact_key("SR Number"), "number", "key.id")})
    assert first_names(described, "id") == {"SR Number", "number", "key"}
