"""The contract of an entity as expressions: the first rule that a row breaks, and by what.

Holds the rules that hold for every entity (present, known words) before the entity's own.
Rules that need more than the row (duplicates, the future) are in
`assets.conformed.across_rows`.
"""

import polars as pl

from assets.conformed.entity import Entity


def first_rule(entity: Entity) -> pl.Expr:
    """Name of the first rule that the row breaks, else null; expects `reject` and `_unreadable`."""
    missing = [_named(f"missing_{name}", pl.col(name).is_null()) for name in entity.shape.required]
    unknown = [
        _named(f"unknown_{name}", ~pl.col(name).is_in(words))
        for name, words in entity.words.items()
    ]
    own = [_named(name, is_broken) for name, is_broken in entity.rules.items()]
    return pl.coalesce(
        pl.col("reject"),
        pl.col("_unreadable"),
        _named("missing_source_id", pl.col("source_id").is_null()),
        *missing,
        *unknown,
        *own,
    )


def detail(entity: Entity) -> pl.Expr:
    """The values that broke the row's rule: `started_at=…, finished_at=…`."""
    shown: dict[str, list[str]] = {
        **{f"unknown_{name}": [name] for name in entity.words},
        **{name: rule.meta.root_names() for name, rule in entity.rules.items()},
        **{f"future_{name}": [name] for name in entity.schema},
        "duplicate_source_id": ["source", "source_id"],
        "duplicate_key": list(entity.shape.key),
    }
    values = [
        pl.when(pl.col("_rule") == rule).then(_values(names)) for rule, names in shown.items()
    ]
    unread = pl.when(pl.col("_rule") == pl.col("_unreadable")).then("_unreadable_text")
    return pl.coalesce(unread, *values, pl.lit("")).alias("detail")


def _named(rule: str, is_broken: pl.Expr) -> pl.Expr:
    return pl.when(is_broken).then(pl.lit(rule))


def _values(names: list[str]) -> pl.Expr:
    return pl.concat_str(
        [
            pl.format("{}={}", pl.lit(name), pl.col(name).cast(pl.String).fill_null("nothing"))
            for name in dict.fromkeys(names)
        ],
        separator=", ",
    )
