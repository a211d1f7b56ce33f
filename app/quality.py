"""What can be believed: checks, coverage, files, quarantine, unassigned, links, fates of records.

Turns the edition's tables about itself into tables and sentences for the Data quality page.
"""

import polars as pl
import streamlit as st

from app.cells import catalogue
from app.edition import Edition, key_of
from app.verdicts import FAILED_CHECK, PASSED_CHECK
from app.words import counted, instant, listed, number, quantity, spaced

UNASSIGNED = {"KPI": pl.String, "Unassigned": pl.Int64, "All": pl.Int64, "Share": pl.Float64}
FATES = ("conformed", "superseded", "quarantined", "masked")


def checks(edition: Edition) -> pl.DataFrame:
    """All checks, the failed ones first."""
    rows = edition.table("checks").sort("is_ok", "table", "check")
    result = pl.when("is_ok").then(pl.lit(PASSED_CHECK.label)).otherwise(pl.lit(FAILED_CHECK.label))
    return rows.select(
        result.alias("Result"),
        pl.col("sentence").alias("In words"),
        pl.col("observed").alias("Observed"),
        pl.col("expected").alias("Expected"),
        pl.when(pl.col("severity") == "error")
        .then(pl.lit("blocks"))
        .otherwise(pl.lit("warns"))
        .alias("If it fails"),
        _spaced("table").alias("Table"),
        _spaced("check").alias("Check"),
    )


def summary(edition: Edition) -> tuple[str, str]:
    """The headline of the page and what stands behind it."""
    rows = edition.table("checks")
    failed = rows.filter(~pl.col("is_ok")).height
    gaps = edition.table("coverage").filter(~pl.col("is_complete")).height
    files = edition.table("files")
    broken = files.filter(pl.col("status") != "read").height
    headline = (
        f"All {counted(rows.height, 'check')} passed."
        if not failed and rows.height
        else f"{counted(failed, 'check')} of {number(rows.height)} failed."
    )
    rejected = edition.table("quarantine")["records"].sum()
    parts = [
        f"{counted(gaps, 'source span')} incomplete" if gaps else "every source span complete",
        f"{broken} of {counted(files.height, 'file')} unreadable" if broken else "every file read",
        f"{counted(int(rejected), 'record')} in quarantine",
    ]
    return headline, (
        f"Beside the checks: {listed(parts)}. Cells that a late or incomplete source touches carry "
        "a flag."
    )


def has_failed(edition: Edition) -> bool:
    """Whether any check failed."""
    return not edition.table("checks")["is_ok"].all()


def coverage(edition: Edition) -> pl.DataFrame:
    """From when to when each source tells about each entity, for the timeline."""
    zone = edition.time_zone
    rows = edition.table("coverage").sort("source", "entity", "scope")
    texts = [
        (
            f"{row['source']} · {spaced(row['entity']).lower()}"
            + (f" · {row['scope']}" if row["scope"] else ""),
            "complete" if row["is_complete"] else "incomplete",
            instant(row["from_at"], zone),
            instant(row["to_at"], zone),
            _missing(row["announced"], row["received"], row["reason"]),
        )
        for row in rows.to_dicts()
    ]
    columns = ["name", "state", "from_text", "to_text", "why"]
    schema = dict.fromkeys(columns, pl.String)
    return rows.hstack(pl.DataFrame(texts, schema=schema, orient="row"))


def _missing(announced: int | None, received: int | None, reason: str | None) -> str:
    parts = [reason] if reason else []
    if announced is not None and received is not None and announced != received:
        parts.append(f"{number(received)} of {number(announced)} announced records came")
    return "; ".join(parts)


def coverage_sentences(rows: pl.DataFrame) -> list[str]:
    """One sentence per span that is incomplete."""
    broken = rows.filter(pl.col("state") == "incomplete")
    return [f"{name}: {why or 'incomplete'}." for name, why in broken.select("name", "why").rows()]


def files(edition: Edition) -> pl.DataFrame:
    """The delivered files, those with a problem first."""
    rows = edition.table("files").with_columns(is_read=pl.col("status") == "read")
    kept = rows.sort("is_read", "path")
    return kept.select(
        pl.when("is_read")
        .then(pl.lit("✓ read"))
        .otherwise(pl.format("✗ {}", "status"))
        .alias("State"),
        pl.col("path").alias("File"),
        pl.col("problem").fill_null("").alias("Problem"),
        pl.col("lines").alias("Lines"),
        pl.col("size_bytes").alias("Size"),
        pl.col("read_at").dt.replace_time_zone(None).alias("Read at (UTC)"),
    )


def quarantine(edition: Edition) -> pl.DataFrame:
    """Records that broke a rule, by rule; the most frequent first."""
    rows = edition.table("quarantine").sort("records", descending=True)
    return rows.select(
        pl.col("source").alias("Source"),
        _spaced("entity").alias("Entity"),
        _spaced("rule").alias("Rule"),
        pl.col("records").alias("Records"),
        pl.col("first_seen_at").dt.replace_time_zone(None).alias("First seen (UTC)"),
        pl.col("sample_key").alias("One of them"),
        pl.col("detail").alias("Detail"),
    )


def fates(edition: Edition) -> pl.DataFrame:
    """What became of every delivered record, per source and feed; rows add up to what came in."""
    rows = edition.table("record_fates")
    if not rows.height:
        return pl.DataFrame(schema={"Source": pl.String, "Feed": pl.String})
    wide = rows.pivot("fate", index=["source", "feed"], values="records", aggregate_function="sum")
    present = [fate for fate in FATES if fate in wide.columns]
    return (
        wide.with_columns(pl.col(present).fill_null(0))
        .sort("source", "feed")
        .select(
            pl.col("source").alias("Source"),
            _spaced("feed").alias("Feed"),
            pl.sum_horizontal(present).alias("Came in"),
            *(pl.col(fate).alias(spaced(fate)) for fate in present),
        )
    )


def links(edition: Edition) -> dict[str, list[str]]:
    """By which rule records were joined, as the columns of a table in Markdown."""
    rows = edition.table("links").select("link", "link_rule", "records", "share").rows()
    return {
        "Link, rule": [
            f"{spaced(link)}  \n:small[{spaced(rule).lower()}]" for link, rule, *_ in rows
        ],
        "Records": [number(records) for *_, records, _share in rows],
        "Share": [quantity(share, "ratio") for *_, share in rows],
    }


def unassigned_table(rows: pl.DataFrame) -> dict[str, list[str]]:
    """`unassigned` as the columns of a table, as narrow as a phone."""
    lines = rows.select("KPI", "Unassigned", "All", "Share").rows()
    return {
        "KPI": [kpi for kpi, *_ in lines],
        "Unassigned": [f"{number(nobody)} of {number(every)}" for _, nobody, every, _ in lines],
        "Share": [quantity(share, "ratio") for *_, share in lines],
    }


@st.cache_resource(max_entries=20, show_spinner=False, hash_funcs={Edition: key_of})
def unassigned(edition: Edition) -> pl.DataFrame:
    """Per headline KPI: which share of the newest complete quarter's events belongs to nobody."""
    kpis = catalogue(edition)
    cells = edition.scan("kpi_values").filter(
        pl.col("period_kind") == "quarter",
        pl.col("is_complete"),
        pl.col("slice") == "",
        (pl.col("scope_kind") == "organisation")
        | ((pl.col("scope_kind") == "customer") & (pl.col("scope") == "unassigned")),
    )
    newest = cells.filter(pl.col("period_start_on") == pl.col("period_start_on").max())
    columns = ["kpi", "statistic", "scope_kind", "n"]
    rows = newest.select(columns).collect().pivot("scope_kind", index=["kpi", "statistic"])
    if not {"organisation", "customer"} <= set(rows.columns):
        return pl.DataFrame(schema=UNASSIGNED)
    heads = {
        (kpi.id, kpi.headline_statistic): kpi.name
        for kpi in kpis.values()
        if kpi.row["is_headline"]
    }
    kept = [
        {"KPI": heads[kpi, statistic], "Unassigned": nobody, "All": everything}
        for kpi, statistic, everything, nobody in rows.select(
            "kpi", "statistic", "organisation", pl.col("customer").fill_null(0)
        ).rows()
        if (kpi, statistic) in heads and everything
    ]
    counts = dict(list(UNASSIGNED.items())[:3])
    return (
        pl.DataFrame(kept, schema=counts)
        .with_columns(Share=pl.col("Unassigned") / pl.col("All"))
        .sort("Share", descending=True)
    )


def unassigned_sentence(rows: pl.DataFrame) -> str:
    """Where most is unassigned, or that nothing is."""
    some = rows.filter(pl.col("Unassigned") > 0)
    if not some.height:
        return "Every event of the newest complete quarter belongs to a customer."
    worst = some.head(2).select("KPI", "Share").rows()
    parts = [f"{quantity(share, 'ratio')} of what {name} counts" for name, share in worst]
    return (
        "What matches no customer is shown as unassigned, in the newest complete quarter: "
        f"{listed(parts)}."
    )


def _spaced(column: str) -> pl.Expr:
    return pl.col(column).map_elements(spaced, pl.String)
