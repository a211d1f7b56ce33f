"""Which services and customers an event belongs to, by the dated rules of the configuration.

What an event says about itself is its *key*: organisation, ticket group, path, environment,
service, repo (each may be missing). Of the kinds of rule that match a key the most specific one
decides (`KINDS`, first wins): a rule for a path of a shared repo takes that path away from the
repo's owners. Holds the matching; `assets.facts.scope_sets` makes sets of what it finds.
"""

import polars as pl

from assets.raw.feed import matches_glob

KINDS = ("organisation", "ticket_group", "path", "environment", "service", "repo")
UNIT_SEPARATOR = "\x1f"  # ASCII's own separator: no name contains it


def identified(
    events: pl.LazyFrame, services: pl.LazyFrame, ownership: pl.LazyFrame
) -> pl.LazyFrame:
    """Adds `key` to events; a service that is given by its name gets its id.

    Reads those of `customer, requester_group, paths, environment, service, repo` that are there.
    """
    present = events.collect_schema().names()
    if "service" in present:
        ids = services.select(service="id")
        names = (
            services.sort("name", "id")
            .select(service="name", service_id="id")
            .unique("service", keep="first")
            .join(ids, on="service", how="anti")
        )
        events = events.join(names, on="service", how="left").with_columns(
            service=pl.coalesce("service_id", "service")
        )
    rules = ownership.filter(kind="path").select("match").unique().collect().get_column("match")
    parts = {
        "organisation": text_of("customer", present),
        "ticket_group": text_of("requester_group", present),
        "path": owned_paths(sorted(rules)) if "paths" in present else pl.lit(""),
        **{name: text_of(name, present) for name in ("environment", "service", "repo")},
    }
    key = pl.concat_str([parts[kind] for kind in KINDS], separator=UNIT_SEPARATOR)
    return events.with_columns(key=key).drop("service_id", strict=False)


def fields_of(keys: pl.DataFrame) -> pl.DataFrame:
    """Adds one column per kind to `key`, empty where the event did not say."""
    fields = pl.col("key").str.split_exact(UNIT_SEPARATOR, len(KINDS) - 1)
    return keys.with_columns(fields.struct.rename_fields(KINDS).alias("fields")).unnest("fields")


def text_of(column: str, present: list[str]) -> pl.Expr:
    """The column as text, empty where it is missing or null."""
    return pl.col(column).fill_null("") if column in present else pl.lit("")


def owned_paths(rules: list[str]) -> pl.Expr:
    """The path rules (`repo:prefix/`) that the files of a change fall under, comma-separated."""
    touched = [
        pl.when(
            (pl.col("repo") == repo)
            & pl.col("paths").list.eval(pl.element().str.starts_with(prefix)).list.any()
        ).then(pl.lit(f"{repo}:{prefix}"))
        for repo, prefix in (rule.split(":", 1) for rule in rules)
    ]
    return pl.concat_str(touched, separator=",", ignore_nulls=True) if touched else pl.lit("")


def valid_rows(rows: pl.DataFrame, eras: pl.DataFrame) -> pl.DataFrame:
    """Per era the row of each id that holds on its first day: the latest `valid_from` so far."""
    return (
        rows.join(eras, how="cross")
        .filter(pl.col("valid_from") <= pl.col("era_on"))
        .sort("valid_from", maintain_order=True)
        .unique(["id", "era_on"], keep="last", maintain_order=True)
    )


def services_of(keys: pl.DataFrame, services: pl.DataFrame, eras: pl.DataFrame) -> pl.DataFrame:
    """`key, era_on, service`: the service that the event names, else those of its repo."""
    of_repo = (
        valid_rows(services, eras)
        .select("era_on", found="id", repo="repos")
        .explode("repo")
        .drop_nulls("repo")
    )
    named = keys.filter(pl.col("service") != "").join(eras.select("era_on"), how="cross")
    by_repo = keys.filter(pl.col("service") == "").join(of_repo, on="repo")
    return pl.concat(
        [
            named.select("key", "era_on", "service"),
            by_repo.select("key", "era_on", service="found"),
        ]
    ).unique()


def customers_of(
    keys: pl.DataFrame,
    served: pl.DataFrame,
    ownership: pl.DataFrame,
    customers: pl.DataFrame,
    eras: pl.DataFrame,
) -> pl.DataFrame:
    """`key, era_on, customer, segment` by the most specific kind of rule that matches."""
    valid = valid_rows(customers, eras).select("era_on", "segment", "name", customer="id")
    named = keys.filter(pl.col("organisation") != "")
    itself = pl.concat(
        [
            named.join(valid, left_on="organisation", right_on="customer", coalesce=False),
            named.join(valid, left_on="organisation", right_on="name", coalesce=False),
        ],
        how="diagonal",
    ).select("key", "era_on", "customer", rank=pl.lit(0, dtype=pl.Int64))
    found = pl.concat([itself, rule_hits(keys, served, ownership, eras)])
    return (
        found.join(valid, on=["customer", "era_on"])
        .filter(pl.col("rank") == pl.col("rank").min().over("key", "era_on"))
        .select("key", "era_on", "customer", "segment")
        .unique()
    )


def rule_hits(
    keys: pl.DataFrame, served: pl.DataFrame, ownership: pl.DataFrame, eras: pl.DataFrame
) -> pl.DataFrame:
    """`key, era_on, customer, rank` for each rule that matches each key while it is valid.

    A rule for a service matches the repos of that service, too. The loop is over the rules of
    the configuration, never over events.
    """
    with_services = keys.drop("service").join(served, on="key")
    in_all_eras = keys.join(eras.select("era_on"), how="cross")
    hits = [
        (with_services if rule["kind"] == "service" else in_all_eras)
        .filter(
            rule_matches(rule["kind"], rule["match"])
            & pl.col("era_on").is_between(
                rule["valid_from"], rule["valid_to"] or pl.date(9999, 1, 1)
            )
        )
        .select(
            "key",
            "era_on",
            customer=pl.lit(rule["customer"]),
            rank=pl.lit(KINDS.index(rule["kind"]), dtype=pl.Int64),
        )
        for rule in ownership.iter_rows(named=True)
    ]
    nothing = in_all_eras.clear().select(
        "key",
        "era_on",
        customer=pl.lit(""),
        rank=pl.lit(0, dtype=pl.Int64),
    )
    return pl.concat([nothing, *hits])


def rule_matches(kind: str, match: str) -> pl.Expr:
    """True where a key matches a rule: an exact name, a glob, or for paths the touched rule."""
    if kind == "path":
        return pl.col("path").str.split(",").list.contains(match)
    if any(sign in match for sign in "*?"):
        return matches_glob(pl.col(kind), [match]) & (pl.col(kind) != "")
    return pl.col(kind) == match
