"""Which version of a record counts, on a system of two feeds."""

from datetime import UTC, datetime

import polars as pl

from assets.conformed.conform import LEFT_OUT
from assets.conformed.quarantine import _quarantined_of
from assets.raw import versions
from assets.raw.deliver import take_in
from assets.raw.feed import Feed, System
from assets.raw.newest import Records
from assets.raw.people import NOBODY
from assets.raw.versions import parents_first, refresh

RUNS = Feed(
    system="ci",
    entity="runs",
    fields={"id": ("id",), "status": ("status",), "at": ("at",), "gone": ("gone",)},
    key=("id",),
    updated_at=("at",),
    state="status",
    state_ranks={"queued": 0, "running": 1, "done": 2},
    deleted="gone",
)
JOBS = Feed(
    system="ci",
    entity="jobs",
    fields={"id": ("id",), "run": ("run",)},
    key=("id",),
    updated_at=(),
    parent=("runs", ("run",)),
)
CI = System(name="ci", feeds=(JOBS, RUNS), maps={})


def newest(site, feed=RUNS, **terms):
    home = site.home(**terms)
    refresh(home.store, feed, home.as_of_instant)
    return Records(home.store, CI)[feed.entity].collect().sort("record_key")


def run(identifier, at, status="done", **more):
    return {"id": identifier, "at": f"2026-0{at}T00:00:00Z", "status": status, **more}


def delivered(site, records, feed=RUNS, now=datetime(2026, 7, 1, tzinfo=UTC), name="a"):
    site.put(f"ci/{feed.entity}/{name}.ndjson", records)
    take_in(site.home(now), feed)


def test_the_version_updated_last_counts_whatever_the_order_of_lines(site):
    delivered(site, [run(1, "3-02"), run(1, "3-01", "running"), run(2, "1-01", "queued")])
    assert newest(site)["status"].to_list() == ["done", "queued"]


def test_of_versions_of_one_instant_the_higher_state_counts(site):
    delivered(site, [run(1, "3-01", "done"), run(1, "3-01", "queued"), run(1, "3-01", "running")])
    assert newest(site)["status"].to_list() == ["done"]


def test_ties_of_instant_and_state_are_broken_by_the_hash_of_the_payload(make_site):
    rows = [run(1, "3-01", note="a"), run(1, "3-01", note="b")]
    chosen = []
    for order in (rows, rows[::-1]):
        site = make_site()
        delivered(site, order)
        with site.home().store.connect() as connection:
            versions.refresh(site.home().store, RUNS, site.home().as_of_instant)
            [(payload,)] = connection.execute(
                "SELECT _payload_hash FROM raw_newest_ci__runs"
            ).fetchall()
        chosen.append(payload)
    assert chosen[0] == chosen[1]


def test_a_tombstone_takes_the_record_away_and_a_later_version_brings_it_back(site):
    delivered(site, [run(1, "3-01"), run(1, "3-02", gone=True)])
    assert newest(site).is_empty()
    delivered(site, [run(1, "3-03")], name="b")
    assert newest(site)["record_key"].to_list() == ["1"]


def test_a_tombstone_without_an_instant_is_final(site):
    delivered(site, [{"id": 1, "gone": True}, run(1, "3-01")])
    assert newest(site).is_empty()


def test_a_child_without_parent_is_left_out_and_comes_in_when_the_parent_does(site):
    delivered(site, [{"id": 10, "run": 1}, {"id": 11, "run": 2}], JOBS)
    delivered(site, [run(1, "3-01")])
    newest(site)
    assert newest(site, JOBS)["record_key"].to_list() == ["10"]
    delivered(site, [run(2, "3-01")], name="b")
    newest(site)
    assert newest(site, JOBS)["record_key"].to_list() == ["10", "11"]


def test_a_child_goes_with_its_deleted_parent_and_counts_as_superseded(site):
    delivered(site, [{"id": 10, "run": 1}], JOBS)
    delivered(site, [run(1, "3-01", gone=True)])
    newest(site)
    home = site.home()
    fates = refresh(home.store, JOBS, home.as_of_instant).filter(pl.col("records") > 0)
    assert fates.rows() == [("ci", "jobs", "superseded", "parent_deleted", 1)]


def test_parents_stand_before_their_children():
    assert [feed.entity for feed in parents_first(CI.feeds)] == ["runs", "jobs"]


def test_the_first_time_a_record_was_seen_stays_when_a_later_version_comes(site):
    delivered(site, [run(1, "3-01")], now=datetime(2026, 3, 2, tzinfo=UTC))
    delivered(site, [run(1, "3-05")], now=datetime(2026, 3, 6, tzinfo=UTC), name="b")
    assert newest(site)["ingested_at"].to_list() == [datetime(2026, 3, 2, tzinfo=UTC)]


def test_an_as_of_hides_what_was_delivered_later(site):
    delivered(site, [run(1, "3-01", "running")], now=datetime(2026, 3, 2, tzinfo=UTC))
    delivered(
        site,
        [run(1, "3-05", "done"), run(2, "3-01", "done")],
        now=datetime(2026, 3, 6, tzinfo=UTC),
        name="b",
    )
    then = newest(site, as_of=datetime(2026, 3, 4, tzinfo=UTC))
    assert then.select("record_key", "status").rows() == [("1", "running")]


def test_of_a_first_delivery_the_version_known_by_the_as_of_counts(site):
    delivered(site, [run(1, "3-01", "running"), run(1, "3-05", "done"), run(2, "3-09", "done")])
    then = newest(site, as_of=datetime(2026, 3, 4, tzinfo=UTC))
    assert then.select("record_key", "status").rows() == [("1", "running"), ("2", "done")]


def test_a_feed_that_never_delivered_gives_an_empty_frame_with_its_columns(site):
    empty = Records(site.home().store, CI)["runs"].collect()
    assert empty.is_empty()
    assert set(RUNS.fields) < set(empty.columns)


def test_a_record_in_quarantine_for_its_parent_names_it(site):
    delivered(site, [run(1, "3-01")])
    delivered(site, [{"id": "a", "run": "9"}, {"id": "b"}], JOBS)
    newest(site)
    newest(site, JOBS)
    home = site.home()
    none = pl.DataFrame(schema=LEFT_OUT)
    with home.store.connect() as connection:
        found = _quarantined_of(connection, JOBS, none, home.as_of_instant, NOBODY)
    assert found.select("record_key", "detail").rows() == [("a", "no runs 9"), ("b", "no run")]
