"""What an edition says about itself, and how damage is noticed."""

import json

import pytest

from assets.errors import EditionError
from assets.published import manifest


def test_a_manifest_is_read_as_it_was_written(tmp_path, make):
    made = make()
    assert manifest.read(tmp_path / "editions" / made.id) == made


def test_a_manifest_says_what_the_edition_is(tmp_path, make):
    made = make()
    content = json.loads((tmp_path / "editions" / made.id / "manifest.json").read_text())
    tables = content.pop("tables")
    assert content == {
        "id": made.id,
        "as_of": "2026-07-01T06:30:00+00:00",
        "made_at": "2026-07-01T06:30:00+00:00",
        "code_version": "1.0+abc",
        "configuration_digest": "d1",
        "organisation": "Example Ltd",
        "is_example": True,
        "time_zone": "Europe/Berlin",
    }
    assert tables["kpi_values"]["rows"] == 60
    assert list(tables["kpi_values"]["files"]) == ["kpi_values.parquet"]


def test_a_sound_edition_is_verified(tmp_path, make):
    made = make()
    assert manifest.verify(tmp_path / "editions" / made.id) == made


@pytest.mark.parametrize("file", ["kpi_values.parquet", "evidence_fact_tickets/2026-06.parquet"])
def test_a_damaged_file_is_named_with_the_next_step(tmp_path, make, file):
    folder = tmp_path / "editions" / make().id
    with (folder / file).open("ab") as damaged:
        damaged.write(b"!")
    with pytest.raises(EditionError, match=rf"{file} is not what was published.*run again"):
        manifest.verify(folder)


def test_a_missing_file_is_named(tmp_path, make):
    folder = tmp_path / "editions" / make().id
    (folder / "checks.parquet").unlink()
    with pytest.raises(EditionError, match=r"checks\.parquet is missing"):
        manifest.verify(folder)


def test_only_the_tables_that_are_needed_are_verified(tmp_path, make):
    folder = tmp_path / "editions" / make().id
    (folder / "checks.parquet").unlink()
    manifest.verify(folder, ["kpi_values"])


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"id": 3, "tables": {"a": {}}}', "\xff"])
def test_a_manifest_that_cannot_be_read_is_said_to_be_damaged(tmp_path, make, text):
    folder = tmp_path / "editions" / make().id
    (folder / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(EditionError, match=r"damaged: manifest\.json cannot be read"):
        manifest.verify(folder)


def test_an_edition_under_another_name_is_refused(tmp_path, make):
    folder = tmp_path / "editions" / make().id
    with pytest.raises(EditionError, match="is that of edition"):
        manifest.verify(folder.rename(folder.with_name("20200101T000000Z-00000000")))


def test_a_home_without_edition_says_what_makes_one(tmp_path):
    with pytest.raises(EditionError, match=r"has no edition yet\. Make one: plumbline run"):
        manifest.folder_of(tmp_path)


@pytest.mark.parametrize("wanted", ["20200101T000000Z-00000000", "../..", "current"])
def test_an_edition_that_is_not_there_is_answered_with_those_that_are(tmp_path, make, wanted):
    made = make()
    with pytest.raises(EditionError, match=f"The newest there: {made.id}"):
        manifest.folder_of(tmp_path, wanted)
