"""Of which feeds too many records were refused, in words that say what to do about it.

Reads the fates and the quarantine of a home; what counts as refused is decided there.
"""

import polars as pl

from assets.home import Home
from assets.redaction import PRIVATE, redacted

SHOWN_VALUES = 5
# A kind of refusal: whose, by which rule, how often, and one of them.
BY_RULE: dict[str, pl.DataType] = {
    "source": pl.String(),
    "entity": pl.String(),
    "rule": pl.String(),
    "records": pl.UInt32(),
    "example": pl.String(),
}


def by_rule(quarantine: pl.DataFrame) -> pl.DataFrame:
    """The quarantine by source, feed and rule (BY_RULE), the most frequent first.

    The example is the first record: its key, and the place or the values that broke the rule,
    redacted. What a rule about a rating saw is left out: it would be somebody's single score.
    """
    seen = pl.when(~pl.col("rule").str.contains_any(sorted(PRIVATE))).then("detail")
    example = pl.concat_str("record_key", seen.replace("", None), separator=": ")
    return (
        quarantine.with_columns(example=redacted(pl.coalesce(example, "record_key", seen)))
        .group_by("source", "entity", "rule", maintain_order=True)
        .agg(records=pl.len(), example=pl.col("example").first())
        .sort("records", "source", "entity", "rule", descending=[True, False, False, False])
        .select(pl.col(name).cast(dtype) for name, dtype in BY_RULE.items())
    )


def sentence(column: str, home: Home) -> str:
    """Which feeds have a ratio in `column` of the fates above the limit, why, and what to do."""
    limit = home.configuration.rules.max_reject_ratio
    fates = home.store.read("conformed_record_fates").collect()
    quarantine = home.store.read("conformed_quarantine").collect()
    mapped = {file.name for file in home.configuration.files}
    over = fates.filter(pl.col(column) > limit)
    return " ".join(
        _of_feed(source, rows, quarantine, limit, source in mapped)
        for (source, _), rows in over.group_by("source", "feed", maintain_order=True)
    )


def _of_feed(
    source: object, rows: pl.DataFrame, quarantine: pl.DataFrame, limit: float, is_mapped: bool
) -> str:
    feed = rows["feed"][0]
    refused = rows.filter(pl.col("rejected") > 0).sort("rejected", "rule", descending=[True, False])
    n_refused = int(refused["rejected"].sum())
    conformed = rows.filter(pl.col("fate") == "conformed")["records"].sum()
    own = quarantine.filter(
        pl.col("source") == source, pl.col("entity") == feed, pl.col("rule").is_in(refused["rule"])
    )
    kinds = by_rule(own)
    first = f"; the first: {kinds['example'][0]}" if kinds.height else ""
    return (
        f"{source}/{feed}: {n_refused:,} of {n_refused + int(conformed):,} records refused "
        f"({_rules(refused)}){first}. The limit max_reject_ratio is {100 * limit:g} %. "
        f"{_next_step(own, is_mapped)}"
    )


def _rules(refused: pl.DataFrame) -> str:
    rules = refused.select("rule", "rejected").rows()
    if len(rules) == 1:
        return str(rules[0][0])
    return ", ".join(f"{rule} {records:,}" for rule, records in rules)


def _next_step(refused: pl.DataFrame, is_mapped: bool) -> str:
    """Correct the words where words are the matter, else the file."""
    again = "correct the file and deliver it again under its name."
    is_word = pl.col("rule").str.starts_with("unknown_") & (pl.col("rule") != "unknown_parent")
    words = refused.filter(is_word)["detail"].unique().sort()
    if words.is_empty():
        return again.capitalize()
    shown = ", ".join(pl.select(redacted(pl.lit(words.head(SHOWN_VALUES)))).to_series())
    if is_mapped:
        return f"Unknown words: {shown}. Add them to `words` under [[files]], or {again}"
    mapped = "or bring such files in with `words` under [[files]]"
    return f"Unknown words: {shown}. {again.capitalize().rstrip('.')}, {mapped}."
