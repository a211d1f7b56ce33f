"""The gate of refused records: what it says, that a correction opens it, and few records."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

TERMS = """
[organisation]
name = "Example Ltd"
[[files]]
name = "desk"
entity = "tickets"
path = "inbox/files/desk/*.ndjson"
key = ["id"]
columns = { ticket_id = "id", created_at = "made", status = "state" }
"""


def _pull_request(number: int, **more: object) -> dict[str, object]:
    return {
        "number": number,
        "base": {"repo": {"full_name": "acme/api"}},
        "created_at": "2026-06-01T00:00:00Z",
        "updated_at": "2026-06-01T00:00:00Z",
    } | more


def _put(home: Path, path: str, records: list[dict[str, object]]) -> None:
    place = home / "inbox" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")


def _call(command: str, home: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [command, "--home", str(home)], env={"COLUMNS": "250"})
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "plumbline.toml").write_text(TERMS, encoding="utf-8")
    return tmp_path


def test_the_gate_says_what_is_missing_and_a_correction_of_the_file_opens_it(home: Path):
    path = "github/pull_requests/2026-06.jsonl"
    _put(home, path, [_pull_request(number) for number in range(120)])

    exit_code, said = _call("run", home)

    assert exit_code == 1
    assert (
        "github/pull_requests: 120 of 120 records refused (missing_key); the first: no html_url "
        f"or url in inbox/{path}, line 1. The limit max_reject_ratio is 5 %. Correct the file "
        "and deliver it again under its name."
    ) in said
    exit_code, said = _call("check", home)
    assert exit_code == 1
    assert "failed, begun" in said
    assert "120 of github/pull_requests: missing_key, such as no html_url or url in" in said

    link = "https://github.com/acme/api/pull/"
    _put(home, path, [_pull_request(n, html_url=f"{link}{n}") for n in range(120)])
    exit_code, said = _call("run", home)
    assert exit_code == 0, said


def test_of_few_records_too_many_refused_are_a_warning_with_their_words(home: Path):
    tickets = [
        {"id": n, "made": "2026-06-01T00:00:00Z", "state": "On Hold" if n < 12 else "open"}
        for n in range(50)
    ]
    _put(home, "files/desk/1.ndjson", tickets)

    exit_code, said = _call("run", home)

    assert exit_code == 3
    assert "desk/tickets: 12 of 50 records refused (unknown_status)" in said
    assert "Unknown words: status=On Hold. Add them to `words` under [[files]]" in said
