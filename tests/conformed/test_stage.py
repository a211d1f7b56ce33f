"""The two stages as Dagster runs them: every asset, from files in the inbox to the tables."""

import dagster as dg
import polars as pl
import pytest

from assets import conformed, raw
from assets.schema import SHAPES
from pipelines.io_managers import WarehouseIOManager

RUN = {
    "run_id": "1",
    "repo": "a/b",
    "workflow": "ci",
    "queued_at": "2026-03-01",
    "status": "success",
}
TOML = """
[organisation]
name = "Example"
[[segments]]
id = "core"
name = "Core"
importance = { flexibility = 5 }
[[customers]]
id = "checkout"
name = "Checkout"
segment = "core"
valid_from = 2024-07-01
[[services]]
id = "api"
name = "API"
repos = ["a/b"]
[[ownership]]
customer = "checkout"
kind = "repo"
match = "a/*"
[[calendars]]
id = "support"
time_zone = "Europe/Berlin"
weekly = { mon = ["09:00-17:00"] }
holidays = { country = "DE" }
exceptions = [{ on = 2025-12-24, hours = [] }]
"""


@pytest.fixture
def store(site):
    (site.folder / "plumbline.toml").write_text(TOML)
    site.put(
        "canonical/pipeline_runs/a.ndjson",
        [
            RUN,
            RUN | {"run_id": "2", "status": "exploded"},
            RUN | {"run_id": "3", "queued_at": "2026-08-01"},
            RUN | {"run_id": "4", "is_deleted": True},
            {"repo": "a/b"},
            "{broken",
            RUN,
        ],
    )
    site.put("elsewhere/runs/a.ndjson", [RUN])
    home = site.home()
    assets = [
        asset
        for package in (raw, conformed)
        for asset in dg.load_assets_from_package_module(package)
    ]
    resources = {"home": home, "io_manager": WarehouseIOManager(path=str(home.warehouse))}
    assert dg.materialize(assets, resources=resources).success
    return home.store


def test_every_table_of_the_stage_is_written_and_what_broke_a_rule_is_found_again(store):
    tables = set(store.tables())
    assert {f"conformed_{name}" for name in SHAPES} <= tables
    reference = "segments customers services repos offerings ownership calendars targets"
    assert {f"conformed_{name}" for name in reference.split()} <= tables

    quarantine = store.read("conformed_quarantine").collect()
    assert quarantine.select("source", "entity", "record_key", "rule").rows() == [
        ("canonical", "pipeline_runs", None, "malformed"),
        ("canonical", "pipeline_runs", None, "missing_key"),
        ("canonical", "pipeline_runs", "2", "unknown_status"),
    ]
    versions = store.read("raw_canonical__pipeline_runs").collect()
    found = quarantine.join(versions, on="payload_hash", maintain_order="left")
    payloads = dict(found.select("rule", "payload").rows())
    assert payloads["malformed"] == "{broken"
    assert '"exploded"' in payloads["unknown_status"]
    assert quarantine["first_seen_at"].null_count() == 0

    fates = store.read("conformed_record_fates").collect()
    assert fates.select("fate", "rule", "records").rows() == [
        ("conformed", "", 2),
        ("quarantined", "malformed", 1),
        ("quarantined", "missing_key", 1),
        ("quarantined", "unknown_status", 1),
        ("superseded", "deleted", 1),
        ("superseded", "repeated", 1),
    ]
    assert fates["records"].sum() == store.read("raw_files").collect()["lines"].sum()

    ledger = store.read("raw_files").filter(pl.col("status") == "unknown").collect()
    assert ledger["path"].to_list() == ["inbox/elsewhere/runs"]

    customers = store.read("conformed_customers").collect().to_dicts()
    assert [row["segment"] for row in customers] == ["core"]
    assert store.read("conformed_services").collect()["repos"].to_list() == [["a/b"]]
    [calendar] = store.read("conformed_calendars").collect().to_dicts()
    assert calendar["exceptions"] == '[{"on": "2025-12-24", "hours": []}]'
