"""The edition's tables about its own trustworthiness: checks, quarantine, files, links.

Each function turns a warehouse table into what an edition shows of it: payloads never, other
texts redacted. Coverage and the fates of records are shown as they are.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from assets.errors import EditionError
from assets.raw.people import NOBODY, People
from assets.redaction import PRIVATE, redacted

CHECK_COLUMNS = ("table", "check", "is_ok", "severity", "observed", "expected", "sentence")
NOT_LINKED = "none"


@dataclass(frozen=True)
class Link:
    """What the `link_rule` of a fact is about, and which of its rows could be linked at all."""

    name: str
    fact: str
    candidates: pl.Expr


LINKS = (
    Link("change_to_deployment", "fact_change_lead_time", pl.col("is_merged")),
    Link("failure_to_deployment", "fact_failed_deployments", pl.lit(True)),
    Link("incident_to_deployment", "fact_incidents", ~pl.col("is_duplicate")),
)


def checks_of(results: pl.DataFrame, runs: Collection[str]) -> pl.DataFrame:
    """What the checks of these runs said, the newest per check: `CHECK_COLUMNS`.

    Raises EditionError if there is none, or if one failed that blocks.
    """
    run_names = ", ".join(sorted(runs))
    checks = (
        results.filter(pl.col("run_id").is_in(list(runs)))
        .sort("at")
        .unique(["table", "check"], keep="last")
        .sort("table", "check")
    )
    if checks.is_empty():
        raise EditionError(
            f"Run {run_names} has no check results, so nothing says that its tables are sound. "
            "No edition was published; run everything: plumbline run."
        )
    failed = checks.filter(~pl.col("is_ok") & (pl.col("severity") == "error"))
    if failed.height:
        what = ", ".join(failed.select(pl.format("{} of {}", "check", "table")).to_series().head(5))
        raise EditionError(
            f"{failed.height} checks of run {run_names} failed: {what}. No edition was published; "
            "the data-quality part of the run's log says what was expected."
        )
    texts = [
        redacted(pl.col(name).cast(pl.String)).alias(name)
        for name in ("observed", "expected", "sentence")
    ]
    return checks.with_columns(texts).select(CHECK_COLUMNS)


def quarantine_summary(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Per source, entity and rule: how many records, since when, and one example, redacted.

    What a rule about a rating saw is left out, as it would be somebody's single score.
    """
    is_private = pl.col("rule").str.contains_any(sorted(PRIVATE))
    return (
        quarantine.sort("first_seen_at", "record_key", "detail")
        .group_by("source", "entity", "rule")
        .agg(
            pl.len().cast(pl.UInt32).alias("records"),
            pl.col("first_seen_at").min(),
            pl.col("record_key").first().alias("sample_key"),
            pl.col("detail").first(),
        )
        .with_columns(redacted(pl.col("sample_key")), redacted(pl.col("detail")))
        .with_columns(pl.when(~is_private).then("detail").alias("detail"))
        .sort("source", "entity", "rule")
    )


def file_ledger(files: pl.DataFrame, people: People = NOBODY) -> pl.DataFrame:
    """Every delivered file and what came of it; problems redacted, nobody named by a path."""
    nameless = [people.without(files.get_column(name)) for name in ("path", "problem")]
    return (
        files.with_columns(nameless)
        .with_columns(redacted(pl.col("problem")))
        .sort("path", "read_at")
    )


def links_by_rule(linked: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """`link, link_rule, records, share`: by which rule links were made, share within a link.

    `linked` holds `link_rule` of all candidates by the name of the link; null is `NOT_LINKED`.
    """
    counts = [
        frame.group_by("link_rule")
        .agg(pl.len().cast(pl.UInt32).alias("records"))
        .select(pl.lit(name).alias("link"), pl.col("link_rule").fill_null(NOT_LINKED), "records")
        for name, frame in linked.items()
    ]
    empty = pl.DataFrame(schema={"link": pl.String, "link_rule": pl.String, "records": pl.UInt32})
    return (
        pl.concat([empty, *counts])
        .with_columns((pl.col("records") / pl.col("records").sum().over("link")).alias("share"))
        .sort("link", "records", "link_rule", descending=[False, True, False])
    )
