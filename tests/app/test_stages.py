"""Where the time of a change goes: what is said, drawn and listed, and what an address opens."""

import shutil

import polars as pl
import pytest
from sample_edition import EDITION_ID
from sample_stages import stages as cells

from app import stages
from app.edition import open_edition


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def texts(at):
    return [plain(one.value) for one in at.markdown]


@pytest.fixture
def way(sample_home):
    """`way(level, scope)`: how the time of one scope divides in the second quarter."""
    edition = open_edition(sample_home, EDITION_ID)

    def found(level, name, quarter="2026-04-01"):
        return next(one for one in stages.ways(edition, level, quarter) if one.name == name)

    return found


def test_the_stage_that_surely_takes_most_is_named_alone(way):
    said = plain(stages.sentence(way("segment", "Start-up-like")))
    assert said == (
        "Of the 19.2 h (17.3–21.1 h) on average from first commit to production, 62.5 % "
        "(56.2–68.8 %) is coding, more than any other stage takes (2026 Q2, n = 312 changes)."
    )


def test_stages_that_may_take_as_much_are_named_with_it(way):
    said = plain(stages.sentence(way("segment", "Core product")))
    assert (
        "31.2 % (28.1–34.4 %) is coding, 31.2 % (28.1–34.4 %) is waiting for a first review; which "
        "of these is most cannot be told (2026 Q2" in said
    )


def test_a_quarter_in_which_too_few_are_deployed_says_so(way):
    said = plain(stages.sentence(way("segment", "Regulated")))
    assert said == (
        "Where the time goes cannot be told yet of 2026 Q2: 40 of 312 changes wait for production, "
        "and none was merged 30 days ago."
    )


@pytest.mark.parametrize("state", ["no_events", "not_covered"])
def test_a_quarter_of_which_nothing_is_known_says_why(way, state):
    known = way("organisation", "Example Ltd")
    said = stages.sentence(stages.Way("x", known.whole | {"value_state": state}, {}, {}))
    assert said.startswith("Where the time goes in 2026 Q2 is not known: ")


def test_every_stage_has_its_name_in_the_app():
    assert {*stages.STAGES, stages.WHOLE} == set(cells(["core"])["kpi"])


def test_the_page_says_draws_and_lists_where_the_time_goes(sample_home, run_page):
    at = run_page(sample_home, "speed_and_stability")
    assert any(one.startswith("**Of the 3.4 days (") for one in texts(at))
    table = next(one.value for one in at.dataframe if "Whose changes" in one.value)
    assert table["Whose changes"].to_list() == [
        *("Example Ltd", "Core product", "Start-up-like", "Regulated"),
    ]
    assert plain(table["Coding"][1]) == "31.2 % (28.1–34.4 %)"
    assert table["Remark"][3] == "Not reached yet"


def test_an_address_opens_another_level_and_quarter(sample_home, run_page):
    at = run_page(sample_home, "speed_and_stability", stages_of="Customers", stages_in="2026 Q1")
    assert at.segmented_control(key="stages_of").value == "customer"
    assert at.selectbox(key="stages_in").value == "2026-01-01"
    table = next(one.value for one in at.dataframe if "Whose changes" in one.value)
    assert "Ledger team" in table["Whose changes"].to_list()
    assert any("(2026 Q1, n = 312 changes)" in one for one in texts(at))


def test_an_edition_from_before_says_what_to_run(sample_home, run_page, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    (home / "editions" / EDITION_ID / "kpi_stage_shares.parquet").unlink()
    at = run_page(home, "speed_and_stability")
    assert any("before stages were compared" in one.value for one in at.info)


def test_pieces_of_a_bar_begin_where_the_one_before_ends(way):
    rows = stages.bars([way("segment", "Core product"), way("segment", "Regulated")])
    assert rows["name"].unique().to_list() == ["Core product"]  # of the other nothing is known
    ends, begins = rows["end"], rows["begin"]
    assert begins.to_list() == pytest.approx([0.0, *ends.to_list()[:-1]])
    assert ends[-1] == pytest.approx(1)
    assert rows.schema["begin"] == pl.Float64
