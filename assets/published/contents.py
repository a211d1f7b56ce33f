"""What an edition holds, taken from the warehouse one table at a time.

Holds which warehouse table becomes which edition table, and in which order of rows: one that
depends on the rows alone, so that equal contents make equal editions.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.kpis.tables import KPI_TABLES
from assets.published.quality import LINKS, Link, file_ledger, links_by_rule, quarantine_summary
from assets.published.scopes import scopes_of
from assets.raw import ledger
from assets.raw.people import NOBODY, People
from assets.warehouse import Warehouse

# Made in their order; sorting millions of cells again would take longer than writing them.
IN_ORDER = ("kpi_catalogue", "kpi_reconciliation")
REFERENCES = ("segments", "customers", "services", "offerings")
# What an edition takes from the first two stages; of kpis and tradeoffs it takes all.
TAKEN = (
    ledger.TABLE,
    *(f"conformed_{name}" for name in REFERENCES),
    "conformed_quarantine",
    "conformed_record_fates",
    "conformed_source_coverage",
)

Content = pl.DataFrame | pl.LazyFrame


@dataclass(frozen=True)
class Source:
    """Where the contents come from: a warehouse, and the tables of it that are published."""

    store: Warehouse
    tables: Collection[str]
    organisation: str
    on: date
    people: People = NOBODY

    def frame(self, table: str) -> pl.DataFrame:
        """A whole table of the warehouse."""
        return self.store.read(table).collect()

    @property
    def cells(self) -> list[str]:
        """The tables that together are `kpi_values`."""
        return [table for table in KPI_TABLES if table in self.tables]

    @property
    def unchanged(self) -> list[str]:
        """The tables that go into an edition under their own names."""
        stages = ("kpi_", "tradeoff_")
        return sorted(t for t in self.tables if t.startswith(stages) and t not in KPI_TABLES)


def contents(source: Source, checks: pl.DataFrame) -> Iterator[tuple[str, Content]]:
    """Name and frame of each table of the edition but the evidence, one after the other."""
    yield "kpi_values", kpi_values(source)
    for table in source.unchanged:
        as_it_is = source.store.read(table)
        yield table, as_it_is if table in IN_ORDER else ordered(as_it_is.collect())
    for fact in exposures(source.frame("kpi_catalogue")):
        yield f"exposure_{fact}", ordered(source.frame(fact))
    makers: dict[str, Callable[[], pl.DataFrame]] = {
        "scopes": lambda: _scopes(source),
        "scope_sets": lambda: ordered(source.frame("fact_scope_sets")),
        "checks": lambda: checks,
        "coverage": lambda: ordered(source.frame("conformed_source_coverage")),
        "quarantine": lambda: quarantine_summary(source.frame("conformed_quarantine")),
        "record_fates": lambda: ordered(source.frame("conformed_record_fates")),
        "files": lambda: file_ledger(_ledger(source), source.people),
        "links": lambda: links_by_rule({link.name: _linked(source, link) for link in LINKS}),
    }
    for name, make in makers.items():
        yield name, make()


def exposures(catalogue: pl.DataFrame) -> list[str]:
    """The facts by whose active customers rates are divided."""
    return catalogue.get_column("exposure").drop_nulls().unique().sort().to_list()


def kpi_values(source: Source) -> pl.LazyFrame:
    """All cells, those of a promise together, in the order in which they were made."""
    return pl.concat([source.store.read(table) for table in source.cells])


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows sorted by all columns that have an order, the leftmost first."""
    return frame.sort([name for name, dtype in frame.schema.items() if not dtype.is_nested()])


def _scopes(source: Source) -> pl.DataFrame:
    segments, customers, services, offerings = (
        source.frame(f"conformed_{name}") for name in REFERENCES
    )
    used = [
        source.store.read(table).select("scope_kind", "scope").unique().collect()
        for table in source.cells
    ]
    return scopes_of(
        source.organisation,
        segments,
        customers,
        services,
        offerings,
        used=pl.concat(used),
        on=source.on,
    )


def _linked(source: Source, link: Link) -> pl.DataFrame:
    return source.store.read(link.fact).filter(link.candidates).select("link_rule").collect()


def _ledger(source: Source) -> pl.DataFrame:
    """The ledger; a home into which nothing was delivered has none."""
    if not source.store.has(ledger.TABLE):
        return pl.DataFrame(schema=ledger.SCHEMA)
    return source.frame(ledger.TABLE)
