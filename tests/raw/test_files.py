"""Foreign files: a CSV of another system comes in by configuration alone."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assets.configuration import Configuration, ForeignFile, Organisation
from assets.errors import ConfigurationError
from assets.home import Home
from assets.raw import files, ledger, systems
from assets.raw.deliver import take_in

TOML = """
[organisation]
name = "Example"
[[files]]
name = "servicedesk"
entity = "tickets"
path = "inbox/files/servicedesk/*.csv"
key = ["SR Number"]
columns = { ticket_id = "SR Number", status = "Status", requester_group = "Org. unit" }
constants = { channel = "web", is_spam = false }
words = { status = { "Completed" = "closed" } }
first_by = { created_at = "Change Date+Time" }
latest_by = "Change Date+Time"
timestamp_format = "%d/%m/%Y %H:%M"
timezone = "Europe/Berlin"
null_values = ["", "?"]
"""
LOG = """SR Number,Change Date+Time,Status,Org. unit
1,1/3/2026 11:00,Open,A
1,15/2/2026 11:00,New,A
1,2/3/2026 11:00,Completed,?
2,3/3/2026 11:00,Open,B
?,3/3/2026 11:00,Open,B
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "plumbline.toml").write_text(TOML)
    return Home(path=str(tmp_path))


def put(home, name, text):
    place = home.inbox / "files" / "servicedesk" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def rows(home):
    """The map's rows, by way of the newest versions."""
    from assets.raw.newest import Records, refreshed

    [system] = files.systems_of(home.configuration)
    for feed in system.feeds:
        take_in(home, feed)
    refreshed(home)
    records = Records(home.store, system)
    return system.maps["tickets"](records, home.configuration).sort("source_id").collect()


def test_an_event_log_becomes_tickets_by_the_last_row_and_the_first_instant(home):
    put(home, "log.csv", LOG)
    first, second = rows(home).to_dicts()
    assert (first["ticket_id"], first["status"], first["requester_group"]) == ("1", "closed", None)
    assert first["created_at"] == "2026-02-15T10:00:00.000000Z"
    assert first["updated_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (first["channel"], first["is_spam"]) == ("web", "False")
    assert (second["ticket_id"], second["status"], second["requester_group"]) == ("2", "Open", "B")


def test_rows_of_a_later_file_count_as_well(home):
    put(home, "log.csv", LOG)
    rows(home)
    put(home, "more.csv", "SR Number,Change Date+Time,Status,Org. unit\n2,1/1/2026 11:00,New,B\n")
    second = rows(home).row(1, named=True)
    assert (second["status"], second["created_at"]) == ("Open", "2026-01-01T10:00:00.000000Z")


def test_without_latest_by_the_last_line_wins(home):
    toml = TOML.replace('latest_by = "Change Date+Time"\n', "")
    (home.folder / "plumbline.toml").write_text(toml)
    put(home, "log.csv", LOG.replace("15/2/2026", "15/9/2026"))
    assert rows(home).row(0, named=True)["status"] == "closed"


def test_a_stamp_that_does_not_follow_the_format_is_handed_on_to_the_contract(home):
    toml = TOML.replace("first_by = { created_at", "first_by = { due_at").replace(
        "columns = {", 'columns = { created_at = "Change Date+Time",'
    )
    (home.folder / "plumbline.toml").write_text(toml)
    put(home, "log.csv", "SR Number,Change Date+Time,Status,Org. unit\n1,March,Open,A\n")
    assert rows(home)["created_at"].to_list() == ["March"]


def test_a_file_without_the_key_is_unreadable(home):
    put(home, "log.csv", "Number,Status\n1,Open\n")
    [system] = files.systems_of(home.configuration)
    taken = take_in(home, system.feeds[0])
    assert "has no column SR Number" in taken.problems[0]


def test_mapped_files_are_claimed(home):
    put(home, "log.csv", LOG)
    put(home, "log.txt", LOG)
    feeds = [feed for system in systems.systems(home.configuration) for feed in system.feeds]
    assert ledger.unclaimed(home, feeds) == [home.inbox / "files" / "servicedesk"]


def test_nested_json_is_reached_by_dotted_paths(home):
    toml = TOML.replace("*.csv", "*.jsonl").replace('"Org. unit"', '"fields.unit.name"')
    (home.folder / "plumbline.toml").write_text(toml)
    put(
        home,
        "log.jsonl",
        '{"SR Number": 1, "Change Date+Time": "1/3/2026 11:00", "Status": "Open", '
        '"fields": {"unit": {"name": "A"}}}',
    )
    assert rows(home)["requester_group"].to_list() == ["A"]


def configured(**changes: object) -> Configuration:
    values = {"name": "desk", "entity": "tickets", "path": "a.csv", "key": ["id"], "columns": {}}
    file = ForeignFile.model_validate(values | changes)
    return Configuration(organisation=Organisation(name="Example"), files=(file,))


def test_a_column_that_the_table_lacks_is_refused_with_those_it_has():
    with pytest.raises(ConfigurationError, match=r"tickets\.state, which does not exist.*status"):
        files.systems_of(configured(columns={"state": "Status"}))


def test_the_name_of_a_built_in_source_is_taken():
    with pytest.raises(ConfigurationError, match="is the name of a built-in source"):
        systems.systems(configured(name="canonical"))


def test_the_registry_knows_every_module_with_a_system_and_every_mapped_name():
    names = [system.name for system in systems.systems(configured())]
    assert names == sorted(names)
    assert {"canonical", "desk", "github"} <= set(names)


def test_every_feed_of_a_described_source_has_an_asset_of_its_own():
    tables = systems.raw_tables()
    assert "raw_canonical__tickets" in tables
    assert "raw_mapped_files" in tables
    assert len(tables) == len(set(tables))


def test_every_map_and_every_parent_names_something_that_is_there():
    from assets.schema import SHAPES

    for system in systems.described():
        feeds = {feed.entity: feed for feed in system.feeds}
        assert set(system.maps) <= set(SHAPES)
        for feed in system.feeds:
            assert feed.system == system.name
            named = [*feed.key, *feed.identity, *feed.updated_at]
            assert set(named) <= set(feed.fields), f"{feed.table}: {named}"
            if feed.parent is not None:
                assert feed.parent[0] in feeds
                assert set(feed.parent[1]) <= set(feed.fields)


def test_a_mapped_file_does_not_change_what_a_frame_of_records_looks_like():
    [system] = files.systems_of(configured(columns={"status": "Status"}))
    empty = {feed.entity: pl.LazyFrame(schema=_schema(feed)) for feed in system.feeds}
    frame = system.maps["tickets"](empty, configured()).collect()
    assert frame.columns == [
        "source_id",
        "status",
        "updated_at",
        "ingested_at",
        "feed",
        "record_key",
    ]


def _schema(feed):
    own = {"record_key": pl.String, "updated_at": pl.Datetime("us", "UTC")}
    own |= {"ingested_at": pl.Datetime("us", "UTC"), "feed": pl.String}
    return dict.fromkeys(feed.fields, pl.String) | own
