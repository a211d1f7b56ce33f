"""A number's link leads to where that very number comes from."""

from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from sample_edition import EDITION_ID

from app.cells import KEPT_COLUMNS, Cell, catalogue, name_of
from app.edition import open_edition
from app.explained_view import command
from app.links import to_explore


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, EDITION_ID)


def cells(edition):
    """One cell of each kind of scope and period, in whichever state."""
    return (
        edition.table("kpi_values")
        .filter(slice="", kpi="change_lead_time", statistic="p90")
        .unique(["scope_kind", "period_kind"], keep="last", maintain_order=True)
        .select(KEPT_COLUMNS)
        .to_dicts()
    )


def test_the_address_of_a_cell_opens_it(edition, sample_home, run_page):
    kpi = catalogue(edition)["change_lead_time"]
    for row in cells(edition):
        asked = {
            k: v[0] for k, v in parse_qs(urlsplit(to_explore(edition, kpi, row)).query).items()
        }
        at = run_page(sample_home, "explore", **asked)
        who = name_of(edition, row["scope_kind"], row["scope"])
        assert at.code[0].value == command(edition, Cell(kpi, row, who))


def test_every_state_of_a_cell_is_explained(edition, sample_home, run_page):
    kpis = catalogue(edition)
    found = edition.table("kpi_values").filter(slice="", scope_kind="segment", period_kind="month")
    of_each = found.unique("value_state", keep="first", maintain_order=True)
    flagged = [
        found.filter(pl.col(flag)).head(1) for flag in ("is_stale", "is_immature", "is_low_n")
    ]
    for row in pl.concat([of_each, *flagged]).select(KEPT_COLUMNS).to_dicts():
        address = to_explore(edition, kpis[row["kpi"]], row)
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        at = run_page(sample_home, "explore", **asked)
        said = " ".join(one.value for one in at.markdown)
        for title in ("What to do with it", "Where it comes from", "Is it news?", "Records"):
            assert f"**{title}" in said, (row["value_state"], title)


def test_the_brief_links_each_number_to_where_it_comes_from(sample_home, run_page):
    at = run_page(sample_home, "brief")
    trends = [text for table in at.table for text in table.value.get("Newest final month", [])]
    linked = [text for text in trends if "](explore?kpi=" in text]
    assert len(linked) > len(trends) / 2
    assert all("cell=" in text and f"edition={EDITION_ID}" in text for text in linked)
