"""Finding and reading editions."""

import pytest

from app.edition import EditionError, current_id, ids, open_edition

ID = "20260701T000000Z-0a1b2c3d"


def test_an_edition_knows_whose_and_as_of_when_it_is(sample_home):
    edition = open_edition(sample_home, ID)
    assert (edition.id, edition.organisation, edition.is_example) == (ID, "Example Ltd", True)
    assert edition.as_of.isoformat() == "2026-07-01T00:00:00+00:00"


def test_only_complete_editions_are_listed_the_newest_first(tmp_path):
    for name in (ID, "20260801T000000Z-00000001", ".making-1234", "20260901T000000Z-00000002"):
        (tmp_path / "editions" / name).mkdir(parents=True)
    for name in (ID, "20260801T000000Z-00000001", ".making-1234"):
        (tmp_path / "editions" / name / "manifest.json").write_text("{}")
    assert ids(tmp_path) == ["20260801T000000Z-00000001", ID]


def test_a_home_without_editions_is_named(tmp_path):
    with pytest.raises(EditionError, match=f"{tmp_path} has no edition yet"):
        current_id(tmp_path)


def test_a_path_is_no_edition_id(sample_home):
    with pytest.raises(EditionError, match="is not in"):
        open_edition(sample_home, "../editions")


def test_a_damaged_manifest_says_what_to_do(tmp_path):
    folder = tmp_path / "editions" / ID
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(EditionError, match=r"cannot be read .* Choose another edition"):
        open_edition(tmp_path, ID)


def test_a_table_that_an_older_edition_lacks_is_named_with_the_next_step(sample_home):
    with pytest.raises(EditionError, match=r"holds no table tradeoff_of_tomorrow.*plumbline run"):
        open_edition(sample_home, ID).scan("tradeoff_of_tomorrow")


def test_a_table_in_a_folder_is_read_as_one(sample_home):
    edition = open_edition(sample_home, ID)
    assert edition.has("evidence_fact_change_lead_time")
    assert edition.table("evidence_fact_change_lead_time").height == 200
