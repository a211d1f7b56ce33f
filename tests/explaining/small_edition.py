"""Small editions made by the cells' own engine: two teams, four KPIs, June and May 2026."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from assets.kpis.catalogue import CATALOGUE, as_frame
from assets.kpis.cells import cells
from assets.kpis.definition import Kpi
from assets.kpis.reconciliation import reconciliation
from assets.kpis.terms import Terms
from assets.published import manifest
from assets.published.evidence import SHOWN_OF_RATINGS
from assets.published.manifest import About, Manifest, Table

AS_OF = datetime(2026, 7, 1, 6, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")
KPIS = tuple(
    kpi
    for kpi in CATALOGUE
    if kpi.id in ("change_fail_rate", "time_to_restore", "deployment_frequency", "csat")
)
SCOPES = {  # scope set: what it counts for; "checkout" is a customer and a service
    1: ("organisation:organisation", "segment:core", "customer:checkout", "service:checkout"),
    2: ("organisation:organisation", "segment:lab", "customer:data", "service:lake"),
}
NAMES = {"core": "Core teams", "lab": "Lab teams", "checkout": "Checkout", "data": "Data"}
Rows = dict[str, list[dict]]


def fact(kpis: list[Kpi], rows: list[dict]) -> pl.DataFrame:
    """Rows of a fact with all columns of its KPIs; what a row does not name is usual."""
    usual = {"source": "s", "url": None, "scope_set": 1, "service": "checkout", "link_rule": None}
    types: dict = {"scope_set": pl.UInt32, "entered_at": INSTANT, "url": pl.String}
    types |= {"link_rule": pl.String, "service": pl.String}
    for kpi in kpis:
        amounts = [n for n in (kpi.amount, kpi.denominator) if n]
        amounts += [kpi.numerator] if kpi.denominator and kpi.numerator else []
        types |= dict.fromkeys(amounts, pl.Float64)
        types |= dict.fromkeys([kpi.entered_at, *([kpi.left_at] if kpi.left_at else [])], INSTANT)
        flags = [name for name in kpi.columns if name.startswith("is_")]
        flags += [exclusion.column for exclusion in kpi.exclusions]
        usual |= dict.fromkeys(flags, False) | dict.fromkeys(kpi.members, True)
        texts = [cut.column for cut in kpi.slices if cut.column]
        usual |= dict.fromkeys(texts, "x")
        types |= dict.fromkeys(texts, pl.String)
        if kpi.clock:
            types |= {f"{kpi.clock}_seconds": pl.Float64, f"{kpi.clock}_exit": pl.Int8}
    shown = [usual | row | {"url": f"https://example.com/{row['event_id']}"} for row in rows]
    names = dict.fromkeys(["event_id", *usual, *types])
    schema = {name: types.get(name, pl.Boolean) for name in names} | {
        "event_id": pl.String,
        "source": pl.String,
    }
    return pl.DataFrame(shown, schema=schema)


def terms(as_of: datetime, kpis: tuple[Kpi, ...]) -> Terms:
    pairs = [(number, *text.split(":")) for number, texts in SCOPES.items() for text in texts]
    needed = {entity for kpi in kpis for entity in kpi.requires}
    begin = {entity: datetime(2026, 4, 30, tzinfo=UTC) for entity in sorted(needed)}
    begin["incidents"] = datetime(2026, 5, 20, tzinfo=UTC)  # before, they are not known
    spans = [("s", entity, "", from_at, as_of, True) for entity, from_at in begin.items()]
    keys = ["source", "entity", "scope", "from_at", "to_at", "is_complete"]
    told = {"entity": pl.String, "source": pl.String, "scope_set": pl.UInt32}
    types = {"scope_set": pl.UInt32, "scope_kind": pl.String, "scope": pl.String}
    sets = pl.DataFrame(pairs, schema=types, orient="row")
    return Terms(
        as_of=as_of,
        zone="Europe/Berlin",
        scope_sets=sets,
        declared=sets.select("scope_kind", "scope").unique(),
        coverage=pl.DataFrame(spans, schema=keys, orient="row").cast(
            {"from_at": INSTANT, "to_at": INSTANT}
        ),
        told=pl.DataFrame(schema=told | {"tool": pl.String, "offering": pl.String}),
    )


def tables(rows: Rows, as_of: datetime, kpis: tuple[Kpi, ...]) -> dict[str, pl.DataFrame]:
    world = terms(as_of, kpis)
    names = sorted({kpi.fact for kpi in kpis})
    facts = {
        name: fact([kpi for kpi in kpis if kpi.fact == name], rows.get(name, [])) for name in names
    }
    exposed = {kpi.exposure: active_customers(as_of) for kpi in kpis if kpi.exposure}
    facts |= exposed
    scopes = world.scope_sets.select("scope_kind", "scope").unique()
    shown = [kpi for kpi in kpis if not kpi.is_private]
    evidence = {f"evidence_{name}": facts[name] for name in names}
    if "evidence_fact_ticket_ratings" in evidence:
        ratings = evidence["evidence_fact_ticket_ratings"]
        evidence["evidence_fact_ticket_ratings"] = ratings.select(
            name for name in ratings.columns if name in SHOWN_OF_RATINGS
        )
    return {
        "kpi_values": cells(kpis, facts, world),
        "kpi_catalogue": as_frame(kpis),
        "kpi_reconciliation": reconciliation(shown, facts, world),
        "kpi_signals": signals(),
        "scopes": scopes.with_columns(
            name=pl.col("scope").replace(NAMES), valid_from=pl.lit(date(2026, 1, 1))
        ),
        "scope_sets": world.scope_sets,
        "coverage": world.coverage,
        **evidence,
        **{f"exposure_{name}": frame for name, frame in exposed.items()},
    }


def active_customers(as_of: datetime) -> pl.DataFrame:
    """Two customers are active on every day, one in each segment."""
    days = pl.date_range(date(2026, 4, 30), as_of.date() - timedelta(days=1), eager=True)
    counts = {"organisation:organisation": 2, "segment:core": 1, "segment:lab": 1}
    rows = [(*scope.split(":"), day, n) for scope, n in counts.items() for day in days]
    return pl.DataFrame(rows, schema=["scope_kind", "scope", "on", "customers"], orient="row")


def signals() -> pl.DataFrame:
    """The judgement of one cell: change fail rate of the core teams in May."""
    row = {
        "kpi": "change_fail_rate",
        "statistic": "ratio",
        "scope_kind": "segment",
        "scope": "core",
        "period_kind": "month",
        "period_start_on": date(2026, 5, 1),
        "baseline_center": 0.1,
        "baseline_low": 0.02,
        "baseline_high": 0.18,
        "n_baseline": 20,
        "signal": "worse",
        "p_value": 0.001,
        "q_value": 0.01,
        "sentence": "Change fail rate, Core teams, May 2026: 50 %, worse than ever.",
    }
    return pl.DataFrame([row])


def write(home: Path, rows: Rows, as_of: datetime, kpis: tuple[Kpi, ...], **about) -> str:
    """Write an edition of these facts into the home, and make it the current one; gives its id."""
    folders = home / "editions"
    count = len(list(folders.glob("*Z-*"))) if folders.exists() else 0
    name = f"{as_of:%Y%m%dT%H%M%SZ}-{count:08x}"
    usual = About(as_of, as_of, "1.0", "d1", "Example Ltd", True, "Europe/Berlin")
    found = {}
    for table, frame in tables(rows, as_of, kpis).items():
        file = f"{table}/all.parquet" if table.startswith("evidence_") else f"{table}.parquet"
        path = folders / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path)
        found[table] = Table(frame.height, {file: manifest.sha256(path)})
    manifest.write(folders / name, Manifest(name, About(**(usual.__dict__ | about)), found))
    (folders / "current").write_text(f"{name}\n", encoding="utf-8")
    return name


def at(day: int) -> datetime:
    """Noon UTC of a day of June; 0 is the last of May."""
    return datetime(2026, 5, 31, 12, tzinfo=UTC) + timedelta(days=day)


def release(event_id: str, day: int, **other: object) -> dict:
    return {"event_id": event_id, "entered_at": at(day), "is_success": True} | other


def incident(event_id: str, day: int, seconds: float, **other: object) -> dict:
    base = {"event_id": event_id, "entered_at": at(day), "cause": "human"}
    return base | {"restore_seconds": seconds, "restore_exit": 1} | other


def rating(event_id: str, day: int, **other: object) -> dict:
    return {"event_id": event_id, "entered_at": at(day), "is_answered": True} | other
