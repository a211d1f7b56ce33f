"""Where does the time of a change go? The shares of its stages in words and rows."""

from dataclasses import dataclass

import polars as pl

from app.cells import Row, name_of
from app.edition import Edition
from app.sentences import remark
from app.words import (
    STATE_REASONS,
    Unit,
    counted,
    first_large,
    interval,
    listed,
    number,
    period,
    quantity,
    shared_unit,
)

TABLE = "kpi_stage_shares"
WHOLE = "change_lead_time"
ORGANISATION = "organisation"
LEVELS = {"segment": "Segments", "customer": "Customers", "service": "Services"}


@dataclass(frozen=True)
class Stage:
    """A stage by the name that charts have for it, and what time in it is called in a sentence."""

    name: str
    verb: str


STAGES = {
    "coding_time": Stage("Coding", "coding"),
    "pickup_time": Stage("Waiting for a review", "waiting for a first review"),
    "review_time": Stage("In review", "review"),
    "merge_wait": Stage("Waiting for the merge", "waiting for the merge after the approval"),
    "deploy_wait": Stage("Waiting for production", "waiting for a deployment to production"),
}


@dataclass(frozen=True)
class Way:
    """How the time of one scope's changes divides in a quarter: its cells by stage."""

    name: str
    whole: Row
    means: dict[str, Row]
    shares: dict[str, Row]

    @property
    def largest(self) -> list[str]:
        """The stages that may be the one that takes most: the largest, and who may be as large.

        Of shares of one whole whose intervals do not meet the difference is sure.
        """
        falling = sorted(STAGES, key=lambda stage: -self.shares[stage]["value"])
        least = self.shares[falling[0]]["low"]
        rivals = (stage for stage in falling[1:] if self.shares[stage]["high"] >= least)
        return [falling[0], *rivals]


def quarters(edition: Edition) -> dict[str, str]:
    """First day → name of each quarter, the newest first."""
    rows = edition.table(TABLE).select("period_kind", "period_start_on", "period_end_on").unique()
    newest_first = rows.sort("period_start_on", descending=True).rows()
    return {start.isoformat(): period(kind, start, end) for kind, start, end in newest_first}


def told_quarter(edition: Edition) -> str:
    """The newest whole quarter that can be told of the organisation, else the newest of all."""
    own = edition.table(TABLE).filter(scope_kind=ORGANISATION, kpi=WHOLE, value_state="ok")
    whole = own.filter("is_complete")
    starts = (whole if whole.height else own)["period_start_on"]
    return str(starts.max()) if len(starts) else next(iter(quarters(edition)))


def ways(edition: Edition, level: str, quarter: str) -> list[Way]:
    """The organisation, then each scope of a level that has changes, the longest way first."""
    rows = edition.table(TABLE).filter(
        pl.col("period_start_on").cast(pl.String) == quarter,
        (pl.col("scope_kind") == ORGANISATION)
        | ((pl.col("scope_kind") == level) & (pl.col("n") > 0)),
    )
    found = []
    for (kind, scope), mine in rows.group_by("scope_kind", "scope", maintain_order=True):
        by = {(row["kpi"], row["statistic"]): row for row in mine.to_dicts()}
        found.append(
            Way(
                name_of(edition, str(kind), str(scope)),
                by[WHOLE, "mean"],
                {stage: by[stage, "mean"] for stage in STAGES},
                {stage: by[stage, "share"] for stage in STAGES},
            )
        )
    is_part = {way.name: way.whole["scope_kind"] != ORGANISATION for way in found}
    return sorted(found, key=lambda way: (is_part[way.name], -(way.whole["value"] or 0), way.name))


def sentence(way: Way) -> str:
    """Which stage takes most of the way; two of them where it cannot be told; or why none can."""
    row = way.whole
    when = period(row["period_kind"], row["period_start_on"], row["period_end_on"])
    if row["value_state"] == "not_reached":
        return (
            f"Where the time goes cannot be told yet of {when}: {number(row['n_open'])} of "
            f"{counted(row['n'], 'change')} wait for production, and none was merged 30 days ago."
        )
    if row["value_state"] != "ok":
        reason = STATE_REASONS[row["value_state"]]
        return f"Where the time goes in {when} is not known: {reason}."
    first, *others = (f"{_share(way.shares[one])} is {STAGES[one].verb}" for one in way.largest)
    tail = ", more than any other stage takes"
    if others:
        tail = f", {listed(others)}; which of these is most cannot be told"
    return (
        f"Of the {_told(row, 'seconds')} on average from first commit to production, {first}"
        f"{tail} ({when}, n = {counted(row['n'], 'change')}{_but(row)})."
    )


def _but(row: Row) -> str:
    return f"; {remark(row)}" if remark(row) else ""


def _share(row: Row) -> str:
    """`41 % (36–46 %)`."""
    return _told(row, "ratio")


def _told(row: Row, unit: str, shared: Unit | None = None) -> str:
    if row["value"] is None:
        return quantity(None, unit)
    bounds = interval(row["low"], row["high"], row["value"], unit, shared)
    return f"{quantity(row['value'], unit, shared)} ({bounds})"


def bars(found: list[Way]) -> pl.DataFrame:
    """A row per scope and stage that is known, as the chart draws them one after the other."""
    shared, rows = _shared(found), []
    for way in (way for way in found if way.whole["value"] is not None):
        begin = 0.0
        for stage, words in STAGES.items():
            share = way.shares[stage]
            rows.append(
                {
                    "name": way.name,
                    "label": f"{way.name}: {quantity(way.whole['value'], 'seconds', shared)}",
                    "stage": words.name,
                    "begin": begin,
                    "end": begin + share["value"],
                    "share_text": _share(share),
                    "mean_text": _told(way.means[stage], "seconds"),
                    "n_text": counted(share["n"], "change"),
                }
            )
            begin += share["value"]
    return pl.DataFrame(rows, infer_schema_length=None)


def _shared(found: list[Way]) -> Unit:
    return shared_unit([way.whole["value"] for way in found], "seconds")


def table(found: list[Way]) -> pl.DataFrame:
    """A row per scope: the whole, each stage's share with its interval, n and remark."""
    shared = _shared(found)
    return pl.DataFrame(
        [
            {
                "Whose changes": way.name,
                "First commit to production": _told(way.whole, "seconds", shared),
                **{words.name: _share(way.shares[stage]) for stage, words in STAGES.items()},
                "n": way.whole["n"],
                "Remark": first_large(remark(way.whole)),
            }
            for way in found
        ],
        infer_schema_length=None,
    )


def exported(edition: Edition) -> dict[str, pl.DataFrame]:
    """The table for a download, by its file's name; editions from before it was made have none."""
    return {"stages": edition.table(TABLE)} if edition.has(TABLE) else {}
