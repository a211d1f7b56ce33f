"""Lines without a key: replaced when their path is delivered again, and known as versions are."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assets.conformed.incidents import ENTITY as INCIDENTS
from assets.home import Home
from assets.raw import redelivered
from assets.raw.canonical import SYSTEM

FIRST = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2026, 7, 2, tzinfo=UTC)
PATH = "canonical/incidents/a.ndjson"
[FEED] = [feed for feed in SYSTEM.feeds if feed.entity == "incidents"]


def incident(identifier: str | None, **more: object) -> dict[str, object]:
    row = {"incident_id": identifier, "opened_at": "2026-03-01", "status": "open"}
    return row | {"updated_at": "2026-03-01"} | more


KEYLESS = [incident(None, note=number) for number in range(3)]
WHOLE = [incident(str(number)) for number in range(3)]


def fates(site) -> dict[tuple[str, str], int]:
    rows = site.fates().select("fate", "rule", "records").rows()
    return {(fate, rule): records for fate, rule, records in rows}


def refused(site, as_of: datetime = LATER) -> list[tuple[str, str, str]]:
    home: Home = site.home()
    with home.store.connect() as connection:
        found = connection.execute(redelivered.refused_lines(FEED, as_of)).pl()
    return found.sort("file", "line").select("fate", "rule", "detail").rows()


def test_a_corrected_file_replaces_the_refused_lines_of_its_path(site):
    site.put(PATH, [*KEYLESS, "{broken"])
    site.run(INCIDENTS, now=FIRST)
    assert fates(site) == {("quarantined", "missing_key"): 3, ("quarantined", "malformed"): 1}
    site.put(PATH, WHOLE)
    [result] = site.run(INCIDENTS, now=LATER)
    assert result.rows.height == 3
    assert fates(site) == {("conformed", ""): 3, ("superseded", "redelivered"): 4}
    assert site.fates()["reject_ratio_of_few"].to_list() == [0.0, 0.0]


def test_what_a_path_still_holds_stays_refused_where_it_is_now(site):
    site.put(PATH, KEYLESS)
    site.run(INCIDENTS, now=FIRST)
    site.put(PATH, [WHOLE[0], WHOLE[1], KEYLESS[2]])
    site.run(INCIDENTS, now=LATER)
    standing = [row for row in refused(site) if row[0] == "quarantined"]
    detail = f"no incident_id in inbox/{PATH}, line 3"
    assert standing == [("quarantined", "missing_key", detail)]


def test_a_line_that_another_file_holds_too_stays_refused(site):
    site.put(PATH, KEYLESS[:1])
    site.put("canonical/incidents/b.ndjson", KEYLESS[:1])
    site.run(INCIDENTS, now=FIRST)
    site.put(PATH, WHOLE)
    site.run(INCIDENTS, now=LATER)
    [(fate, _, detail)] = refused(site)
    assert fate == "quarantined"
    assert "b.ndjson, line 1" in detail


def test_a_path_that_holds_its_earlier_content_again_is_judged_by_it(site):
    for content in (KEYLESS, WHOLE, KEYLESS):
        site.put(PATH, content)
        site.run(INCIDENTS, now=FIRST)
    assert {fate for fate, _, _ in refused(site)} == {"quarantined"}
    assert sum(fates(site).values()) == 9


def test_a_broken_delivery_replaces_nothing(site):
    site.put(f"{PATH}.gz", KEYLESS)
    site.run(INCIDENTS, now=FIRST)
    (site.folder / "inbox" / f"{PATH}.gz").write_bytes(b"\x1f\x8b no gzip")
    site.run(INCIDENTS, now=LATER)
    assert {fate for fate, _, _ in refused(site)} == {"quarantined"}


def test_an_as_of_sees_the_lines_that_stood_then(site):
    site.put(PATH, [*KEYLESS, WHOLE[0]])
    site.run(INCIDENTS, now=FIRST)
    site.put(PATH, WHOLE)
    site.run(INCIDENTS, now=LATER)
    assert {fate for fate, _, _ in refused(site, as_of=FIRST)} == {"quarantined"}
    assert {fate for fate, _, _ in refused(site, as_of=LATER)} == {"superseded"}


@pytest.mark.parametrize(("month", "fate"), [(2, "masked"), (4, "quarantined")])
def test_of_a_first_delivery_a_refused_line_is_known_from_its_instant_on(site, month, fate):
    site.put(PATH, [*KEYLESS, WHOLE[0]])
    site.run(INCIDENTS, now=FIRST)
    as_of = datetime(2026, month, 1, tzinfo=UTC)
    assert {fate for fate, _, _ in refused(site, as_of)} == {fate}


def test_a_line_without_an_instant_is_known_when_it_came_in(site):
    site.put(PATH, ["{broken", WHOLE[0]])
    site.run(INCIDENTS, now=FIRST)
    assert [row[:2] for row in refused(site, datetime(2026, 6, 1, tzinfo=UTC))] == [
        ("masked", "known_later")
    ]


def test_a_delivery_of_which_all_was_refused_is_no_first_one(site):
    site.put(PATH, KEYLESS)
    site.run(INCIDENTS, now=FIRST)
    site.put(PATH, WHOLE)
    site.run(INCIDENTS, now=LATER)
    versions = site.home().store.read(FEED.table).collect()
    assert versions.filter(pl.col("record_key").is_not_null())["is_backfill"].all()


def test_lines_that_came_in_before_places_were_kept_stand_until_their_path_comes_again(site):
    site.put(PATH, KEYLESS)
    site.run(INCIDENTS, now=FIRST)
    with site.home().store.connect() as connection:
        connection.execute(f"DELETE FROM {redelivered.TABLE}")
    assert {fate for fate, _, _ in refused(site)} == {"quarantined"}
    site.put(PATH, WHOLE)
    site.run(INCIDENTS, now=LATER)
    assert {fate for fate, _, _ in refused(site)} == {"superseded"}
