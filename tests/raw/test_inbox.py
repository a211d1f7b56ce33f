"""Files of every kind, good and bad, cut into records."""

import gzip
import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from assets.errors import UnreadableFile
from assets.raw import inbox
from assets.raw.feed import Feed

RUNS = Feed("ci", "runs", {"id": ("databaseId", "id")}, ("id",), ())
ROWS = [{"id": 1, "name": "ä\u2028b"}, {"id": 2, "name": "x"}]


@pytest.fixture
def read(tmp_path):
    def records(name: str, content: bytes) -> list[tuple[int, object]]:
        place = tmp_path / name
        place.write_bytes(content)
        frame = inbox.read(inbox.Delivered(place, name, len(content), ""), RUNS)
        assert frame.schema == {"line": pl.UInt32, "payload": pl.String}
        return frame.rows()

    return records


def zst(content: bytes) -> bytes:
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(content)
    return packed.getvalue().to_pybytes()


def ndjson() -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode()


def parsed(rows: list[tuple[int, str]]) -> list[object]:
    return [json.loads(payload) for _, payload in rows]


@pytest.mark.parametrize("suffix", [".ndjson", ".jsonl"])
@pytest.mark.parametrize(("end", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zst)])
def test_lines_of_json_are_records_however_they_are_packed(read, suffix, end, pack):
    rows = read(f"a{suffix}{end}", pack(ndjson()))
    assert parsed(rows) == ROWS
    assert [line for line, _ in rows] == [1, 2]


def test_blank_lines_and_windows_line_ends_and_a_byte_order_mark_are_no_content(read):
    rows = read("a.ndjson", b'\xef\xbb\xbf{"id": 1}\r\n\r\n  \n{"id": 2}\r\n')
    assert rows == [(1, '{"id": 1}'), (4, '{"id": 2}')]


@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
def test_an_empty_file_has_no_records(read, name):
    assert read(name, b"") == []


def test_lines_that_are_no_json_are_handed_on_as_they_are(read):
    rows = read("a.ndjson", b'{"id": 1}\n{"id": \nnot json\n[1]\n')
    assert [payload for _, payload in rows] == ['{"id": 1}', '{"id":', "not json", "[1]"]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"total_count": 2, "runs": ROWS}),
        "\n".join(json.dumps(row) for row in ROWS),
    ],
)
def test_a_json_file_is_a_list_or_holds_one_under_its_entity_or_is_lines(read, content):
    assert parsed(read("a.json", content.encode())) == ROWS


def test_a_json_file_may_be_one_record(read):
    assert parsed(read("a.json", json.dumps(ROWS[0], indent=1).encode())) == ROWS[:1]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_read_as_text_whatever_separates_it(read, separator):
    content = "\n".join(
        separator.join(row) for row in (["id", "when"], ["01", "1/2/2026"], ["2", ""])
    )
    assert parsed(read("a.csv", content.encode())) == [
        {"id": "01", "when": "1/2/2026"},
        {"id": "2", "when": None},
    ]


def test_csv_values_may_hold_line_breaks_and_quotes(read):
    rows = read("a.csv", b'\xef\xbb\xbfid,text\r\n1,"a ""b""\nc"\r\n')
    assert parsed(rows) == [{"id": "1", "text": 'a "b"\nc'}]


def test_csv_lines_with_too_many_or_too_few_values_are_handed_on(read):
    rows = read("a.csv", b"id,b,c\n1,2,3\n4,5,6,7\n8\n9,1,2\n")
    good, bad = rows[:2], rows[2:]
    assert parsed(good) == [{"id": "1", "b": "2", "c": "3"}, {"id": "9", "b": "1", "c": "2"}]
    assert [payload for _, payload in bad] == ["4,5,6,7", "8"]


def test_csv_columns_of_one_name_are_told_apart(read):
    assert parsed(read("a.csv", b"id,x,x\n1,2,3\n")) == [{"id": "1", "x": "2", "x_2": "3"}]


def test_parquet_rows_become_objects_with_instants_in_utc(read, tmp_path):
    frame = pl.DataFrame({"id": [1], "at": ["2026-03-01 10:00:00"], "tags": [["a"]]}).with_columns(
        pl.col("at").str.to_datetime(time_zone="Europe/Berlin")
    )
    frame.write_parquet(tmp_path / "source")
    rows = read("a.parquet", (tmp_path / "source").read_bytes())
    assert parsed(rows) == [{"id": 1, "at": "2026-03-01 09:00:00+00", "tags": ["a"]}]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.ndjson.gz", gzip.compress(ndjson() * 999)[:-9], "breaks off or is not gzip"),
        ("a.ndjson.zst", zst(ndjson() * 999)[:-3], "breaks off or is not zstd"),
        ("a.ndjson.gz", ndjson(), "breaks off or is not gzip"),
        ("a.ndjson", b'{"id": "\xe4"}', "byte 8 is 0xe4, so it is not UTF-8"),
        ("a.csv", "id,b\n1,ä".encode("latin-1"), "byte 7 is 0xe4"),
        ("a.json", json.dumps(ROWS).encode("utf-16"), "byte 0 is 0xff"),
        ("a.json", b'[{"id": 1}, {"id"', "is no valid JSON"),
        ("a.csv", b"number,b\n1,2\n", "has no column databaseId or id"),
        ("a.csv", b"", "it is empty"),
        ("a.parquet", b"PAR1 not really", "cannot be read"),
        ("a.xlsx", b"", "is of no known kind"),
        ("README", b"", "is of no known kind"),
    ],
)
def test_a_file_that_is_not_what_it_claims_to_be_is_named_with_the_reason(
    read, name, content, sentence
):
    with pytest.raises(UnreadableFile, match=sentence) as caught:
        read(name, content)
    assert str(caught.value).startswith(name)


def test_hidden_files_are_still_being_written(tmp_path: Path):
    for name in ("a.ndjson", ".b.ndjson.part"):
        (tmp_path / name).write_bytes(b"{}")
    assert [place.name for place in tmp_path.iterdir() if inbox.is_delivery(place)] == ["a.ndjson"]
