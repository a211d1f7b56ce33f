"""Which editions are kept, and that the others go."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assets.published import manifest, retention
from assets.published.manifest import About, Manifest


def _about(as_of: date, made_at: date | None = None) -> About:
    instants = [datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (as_of, made_at or as_of)]
    return About(*instants, "1", "d", "Example Ltd", True, "UTC")


def _daily(first: date, days: int) -> dict[str, About]:
    return {f"{day:%Y-%m-%d}": _about(day) for day in (first + timedelta(i) for i in range(days))}


def test_of_three_years_of_days_the_newest_and_each_months_and_quarters_last_are_kept():
    kept = retention.kept(_daily(date(2023, 7, 1), 3 * 365), set())
    assert {i for i in kept if i >= "2026-06"} == {f"2026-06-{day:02}" for day in range(1, 30)}
    assert {i for i in kept if "2026-02" <= i < "2026-05-31"} == {
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    }
    # Two years ago months end: from there on only quarters are left.
    assert {i for i in kept if "2024-01" <= i < "2024-10"} == {
        "2024-03-31",
        "2024-06-30",
        "2024-07-31",
        "2024-08-31",
        "2024-09-30",
    }


def test_pinned_editions_are_kept():
    about = _daily(date(2026, 1, 1), 100)
    assert "2026-01-05" not in retention.kept(about, set())
    assert "2026-01-05" in retention.kept(about, {"2026-01-05", "gone"})


def test_the_newest_are_those_made_last_whatever_they_are_as_of():
    past = {f"past-{i}": _about(date(2020, 1, 1), date(2026, 1, 1)) for i in range(30)}
    assert past.keys() <= retention.kept(past | _daily(date(2025, 1, 1), 100), set())


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2026, 12, 31)), min_size=1, max_size=120),
    st.integers(0, 119),
)
def test_keeping_twice_keeps_the_same(days, pinned):
    about = {f"{i}": _about(day) for i, day in enumerate(days)}
    pins = {str(pinned)}
    kept = retention.kept(about, pins)
    assert retention.kept({i: about[i] for i in kept}, pins) == kept
    assert len(kept) >= min(retention.NEWEST, len(days))


def _edition(home, name: str, made_at: date) -> None:
    folder = home / "editions" / name
    folder.mkdir(parents=True)
    as_of = datetime.strptime(name[:8], "%Y%m%d").date()  # noqa: DTZ007
    manifest.write(folder, Manifest(name, _about(as_of, made_at), {}))


def test_old_editions_are_removed_but_never_the_current_pinned_or_damaged_one(tmp_path):
    names = [f"202601{day:02}T000000Z-0000000{n}" for day in range(1, 6) for n in range(9)]
    for position, name in enumerate(names):
        _edition(tmp_path, name, date(2026, 2, 1) + timedelta(position))
    editions = tmp_path / "editions"
    (editions / "current").write_text(names[0] + "\n")
    (editions / "pins.txt").write_text(f"# for the audit\n{names[1]}  # first of January\n\n")
    (editions / names[2] / "manifest.json").write_text("{")
    assert retention.remove_old(tmp_path) == names[3:15]
    assert manifest.editions(tmp_path) == sorted([*names[:3], *names[15:]], reverse=True)
