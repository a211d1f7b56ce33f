"""Charts are valid Vega-Lite, leave gaps where nothing is known, and do not need colour."""

import base64
import re

import polars as pl
import pytest

from app import quality
from app.briefing import attribute_rows
from app.cells import Series, catalogue, series
from app.charts import axis_title, highest, is_cut, over_time, prepared
from app.choices import paths
from app.coverage_chart import timeline
from app.edition import open_edition
from app.sparkline import sparkline
from app.theme import DARK, LIGHT
from app.tradeoff_charts import attribute_map, plane
from app.verdicts import PATHS, SIGNALS, VERDICTS

SCOPES = ("core", "regulated", "startup")


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, "20260701T000000Z-0a1b2c3d")


def shown_of(edition, kpi, statistic):
    cells = series(edition, Series(kpi, statistic, "segment", SCOPES, "month"))
    return prepared(cells, catalogue(edition)[kpi], {"core": "Core product"})


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_every_chart_is_valid_vega_lite(edition, colors):
    shown = shown_of(edition, "first_response_time", "p90")
    charts = [
        over_time(shown, "hours", colors),
        attribute_map(attribute_rows(edition).filter(segment="core"), colors),
        plane(paths(edition, ["search"], colors), ["search"], colors),
        timeline(quality.coverage(edition), edition.as_of, colors),
    ]
    for chart in charts:
        assert chart.to_dict(validate=True)["layer"]


def test_a_period_without_a_value_breaks_the_line_and_its_band(edition):
    shown = shown_of(edition, "first_response_time", "p50")
    unknown = shown.filter(value_state="not_covered")
    assert unknown.height == 6
    assert unknown["y"].null_count() == unknown["y_low"].null_count() == 6


def test_values_are_drawn_in_the_unit_of_the_axis(edition):
    shown = shown_of(edition, "change_lead_time", "p50")
    assert axis_title(shown, catalogue(edition)["change_lead_time"]) == "days"
    assert (shown["y"] * 86_400 - shown["value"]).abs().max() < 1e-6


def test_a_scope_without_a_name_is_shown_by_its_id(edition):
    names = shown_of(edition, "csat", "ratio")["name"].unique().sort().to_list()
    assert names == ["Core product", "regulated", "startup"]


@pytest.mark.parametrize("marks", [VERDICTS, SIGNALS, PATHS])
def test_no_two_marks_share_symbol_and_word(marks):
    assert len({mark.label for mark in marks.values()}) == len(marks)
    assert all(mark.symbol and mark.word and mark.meaning for mark in marks.values())


def drawn(values, finals=None):
    image = sparkline(values, finals or [True] * len(values), "Lead time [12 months]")
    return base64.b64decode(re.search(r"base64,(.*)\)$", image)[1]).decode()


def test_a_sparkline_leaves_a_gap_where_nothing_is_known():
    assert drawn([1.0, 2.0, 3.0]).count("<polyline") == 1
    assert drawn([1.0, 2.0, None, 2.0, 3.0]).count("<polyline") == 2


def test_a_sparkline_shows_a_lonely_value_as_a_point():
    assert drawn([1.0, None, 2.0]).count("<circle") == 3


def test_a_sparkline_leaves_what_is_not_final_as_a_hollow_point_off_the_line():
    picture = drawn([1.0, 2.0, 3.0, 9.0], [True, True, True, False])
    assert picture.count("<polyline") == 1
    assert re.search(r'<circle cx="92.0" cy="[\d.]+" r="2.6" fill="none"', picture)
    assert 'cx="62.7"' in picture  # the dot of the last final month


def test_quarters_are_labelled_each_at_its_first_day(edition):
    cells = series(edition, Series("change_lead_time", "p50", "segment", SCOPES, "quarter"))
    shown = prepared(cells, catalogue(edition)["change_lead_time"], {})
    spec = over_time(shown, "days", LIGHT).to_dict(validate=True)
    axis = spec["layer"][0]["encoding"]["x"]["axis"]
    assert [(v["year"], v["month"]) for v in axis["values"]] == [
        (2025, 7),
        (2025, 10),
        (2026, 1),
        (2026, 4),
    ]
    assert "' Q'" in axis["labelExpr"]


def test_a_sparkline_of_nothing_is_nothing():
    assert sparkline([None, None], [True, True], "x") == ""


def test_a_sparklines_words_cannot_end_its_image():
    assert sparkline([1.0], [True], "a](b)").startswith("![a)(b)](data:image/svg+xml")


def test_the_plane_stands_on_the_newest_quarter_that_has_places(edition):
    newest = paths(edition, (), LIGHT).filter("is_newest")
    assert newest["quarter"].unique().to_list() == ["2026 Q1"]


def test_a_few_wide_intervals_do_not_press_the_values_down(edition):
    shown = shown_of(edition, "change_lead_time", "p50")
    assert not is_cut(shown)
    wide = shown.with_columns(
        y_high=pl.when(pl.int_range(pl.len()) == 0).then(1_000.0).otherwise("y_high")
    )
    assert is_cut(wide)
    assert highest(wide) < 2 * highest(shown)
