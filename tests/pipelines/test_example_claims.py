"""What the pages claim of the example, against what was planted: all of it, and nothing else.

Verdicts, weaknesses on purpose, next questions, the fit, the paragraphs, and load after releases.
Stances are in `test_example_stance`; drivers of satisfaction, speed and news in
`test_example_recovered`.
"""

import itertools
import math
import tomllib
from collections import defaultdict
from datetime import date

import polars as pl
import pytest

from app.briefing import promises, summary
from app.edition import open_edition
from app.importance import paragraph, questions
from assets.tradeoffs.release_load import DAYS_AFTER, days_of_services, release_load
from pipelines.example.incidents import incidents
from pipelines.example.releases import releases

SEGMENTS = ("startup", "core", "regulated")
ON_PURPOSE = {("startup", "accountability")}
DURATIONS = ("seconds",)


@pytest.fixture(scope="module")
def shown(example_edition):
    return open_edition(example_edition.parents[1], example_edition.name)


@pytest.fixture(scope="module")
def verdicts(shown):
    rows = shown.table("tradeoff_attribute_map").to_dicts()
    return {(row["segment"], row["promise"]): row for row in rows}


@pytest.fixture(scope="module")
def measures(shown):
    found = defaultdict(list)
    for row in shown.table("tradeoff_attribute_kpis").to_dicts():
        found[row["segment"], row["promise"]].append(row)
    return found


def score_of(value, row):
    """Where a value lies between poor (1), target (3) and excellent (5), in plain words."""
    points = [row["poor"], row["target"], row["excellent"], value]
    if row["unit"] in DURATIONS:
        points = [math.log(point) for point in points]
    poor, target, excellent, at = points
    is_short = (at - target) * (excellent - target) < 0
    score = (
        1 + 2 * (at - poor) / (target - poor)
        if is_short
        else 3 + 2 * (at - target) / (excellent - target)
    )
    return min(5.0, max(1.0, score))


def verdict_of(row, score):
    """The verdict that a score means for a promise, read off the borders."""
    if row["importance_stated"] >= 4:
        names = ("under_served", "serves", "excels_where_it_counts")
        return names[(score >= 3) + (score >= 4)]
    weak = "bad_on_purpose" if row["is_declared_bad"] else "weak_undeclared"
    return (weak, "fits", "over_served")[(score >= 2.5) + (score >= 4)]


def test_every_verdict_is_what_a_loop_over_its_measures_gives(verdicts, measures):
    for key, row in verdicts.items():
        counted = [one for one in measures[key] if one["score"] is not None]
        score = sum(score_of(one["value"], one) for one in counted) / len(counted)
        assert row["performance"] == pytest.approx(score)
        is_whole = len(counted) == len(measures[key])
        assert row["verdict"] == (verdict_of(row, score) if is_whole else "unknown")
        assert (row["missing"] is None) == is_whole


def planted_scores(measures, truths, start):
    """Measure → its score by what was planted, for those with a theory."""
    found = {}
    for row in itertools.chain.from_iterable(measures.values()):
        truth = truths.get(f"{row['kpi']}.{row['segment']}", {})
        if truth.get("statistic") == row["statistic"] and truth.get("theoretical"):
            found[row["segment"], row["kpi"]] = (row, score_of(truth["theoretical"][start], row))
    return found


def test_a_measure_that_surely_meets_or_misses_its_target_was_planted_to(
    measures, verdicts, example_truths
):
    start = verdicts["core", "support"]["period_start_on"].isoformat()
    planted = planted_scores(measures, example_truths, start)
    assert len(planted) >= 20
    sure = [pair for pair in planted.values() if pair[0]["score"] is not None]
    met = [(row, score) for row, score in sure if row["score_low"] >= 3]
    missed = [(row, score) for row, score in sure if row["score_high"] < 3]
    assert met
    assert missed
    assert not [row["kpi"] for row, score in met if score < 3]
    assert not [row["kpi"] for row, score in missed if score >= 3]


def test_what_was_planted_far_from_its_target_is_told_on_that_side(
    measures, verdicts, example_truths
):
    start = verdicts["core", "support"]["period_start_on"].isoformat()
    planted = planted_scores(measures, example_truths, start)
    clear = [(row, score) for row, score in planted.values() if abs(score - 3) > 1]
    assert len(clear) >= 6
    for row, score in clear:
        assert row["score"] is None or (row["score"] > 3) == (score > 3), row["kpi"]


def test_bad_on_purpose_is_said_of_what_was_declared_and_of_nothing_else(verdicts, example_home):
    stated = tomllib.loads((example_home / "plumbline.toml").read_text())["bad_on_purpose"]
    assert {(row["segment"], row["promise"]) for row in stated} == ON_PURPOSE
    told = {key for key, row in verdicts.items() if row["verdict"] == "bad_on_purpose"}
    assert told == ON_PURPOSE
    assert {key for key, row in verdicts.items() if row["is_declared_bad"]} == ON_PURPOSE


def test_the_next_question_is_asked_of_each_weakness_nobody_chose_and_of_nothing_else(
    verdicts, measures, shown
):
    weak = {
        key
        for key, row in verdicts.items()
        if row["verdict"] in ("under_served", "weak_undeclared")
    }
    assert weak
    assert {key for key, row in verdicts.items() if row["next_question"]} == weak
    for key in weak:
        worst = min(measures[key], key=lambda one: one["score"])
        name = shown.table("kpi_catalogue").filter(id=worst["kpi"])["name"][0]
        assert name[1:] in verdicts[key]["next_question"]
    for segment in SEGMENTS:
        assert len(questions(shown, segment)) == sum(of == segment for of, _ in weak)


def test_the_fit_is_that_of_comparing_every_two_promises(verdicts, shown):
    for row in shown.table("tradeoff_strategic_fit").to_dicts():
        mine = [one for (of, _), one in verdicts.items() if of == row["segment"]]
        agree, untied = 0, [0, 0]
        for one, other in itertools.combinations(mine, 2):
            signs = [
                (one[name] > other[name]) - (one[name] < other[name])
                for name in ("importance_stated", "performance")
            ]
            agree += signs[0] * signs[1]
            untied = [count + abs(sign) for count, sign in zip(untied, signs, strict=True)]
        assert row["tau_b"] == pytest.approx(agree / math.sqrt(untied[0] * untied[1]))
        says = {"is served better": row["low"] > 0, "is served worse": row["high"] < 0}
        told = {words: words in row["sentence"] for words in says}
        if "cannot be told" in row["sentence"]:
            assert not any(says.values())
        else:
            assert told == says


def test_the_brief_counts_every_promise_that_counts_once_and_names_those_that_are_missed(
    verdicts, shown
):
    counting = {key: row for key, row in verdicts.items() if row["importance_stated"] >= 4}
    number = dict.fromkeys(("surely keep", "probably keep", "surely miss", "probably miss"), 0)
    number["cannot tell about"] = 0
    for row in counting.values():
        if row["verdict"] == "unknown":
            number["cannot tell about"] += 1
        elif row["verdict"] == "under_served":
            number["surely miss" if row["performance_high"] < 3 else "probably miss"] += 1
        else:
            number["surely keep" if row["performance_low"] >= 3 else "probably keep"] += 1
    headline, rest = summary(shown, promises(shown))
    assert sum(number.values()) == len(counting) == 13
    for words, count in number.items():
        assert (f"{words} {count}" in headline) == (count > 0)
    named = rest.split("Under-served: ")[1].split(". ")[0]
    missed = [key for key, row in counting.items() if row["verdict"] == "under_served"]
    assert named.count(" for ") == len(missed)


def test_a_segments_paragraph_puts_each_promise_that_counts_under_its_grade(verdicts, shown):
    for segment in SEGMENTS:
        graded = paragraph(shown, segment).split("We ")[1].split(". ")[0].split("; ")
        for (of, promise), row in verdicts.items():
            if of == segment:
                here = [part for part in graded if promise in part]
                assert len(here) == (row["importance_stated"] >= 4)
                assert all(
                    ("miss" in part, "cannot tell" in part)
                    == (row["verdict"] == "under_served", row["verdict"] == "unknown")
                    for part in here
                )


def test_a_claim_on_load_is_made_of_services_whose_incidents_releases_caused(example_edition):
    """Each excess has its planted size in its interval, in nearly all services."""
    told = pl.read_parquet(example_edition / "tradeoff_release_load.parquet")
    known = told.filter(pl.col("event") == "incident", pl.col("verdict") != "too_little")
    finish = releases().select("release", "finish_s")
    caused = incidents().drop_nulls("release").join(finish, on="release")
    soon = caused.filter(pl.col("opened_s") - pl.col("finish_s") < DAYS_AFTER * 86_400)
    planted = dict(soon.group_by("service_name").len().rows())
    held = [
        row["low"] <= planted[row["service"]] / row["n_days_after"] <= row["high"]
        for row in known.to_dicts()
    ]
    assert len(held) >= 10
    assert sum(held) >= len(held) - 2
    for row in known.filter(verdict="goes_with").to_dicts():
        assert row["excess"] > 0
        assert planted[row["service"]] >= 5


def test_no_load_is_claimed_of_incidents_that_no_release_caused():
    day = pl.from_epoch("opened_s", time_unit="s").dt.replace_time_zone("UTC")
    local = day.dt.convert_time_zone("Europe/Berlin").dt.date().alias("day")
    finish = pl.from_epoch("finish_s", time_unit="s").dt.replace_time_zone("UTC")
    released = releases().filter(pl.col("finish_s") < incidents()["opened_s"].max())
    made = released.select(
        service="service_name", day=finish.dt.convert_time_zone("Europe/Berlin").dt.date()
    )
    # Four services together, so that there are events enough to look at.
    number = {name: f"four-{place // 4}" for place, name in enumerate(sorted(set(made["service"])))}
    grouped = pl.col("service").replace_strict(number)
    unrelated = (
        incidents()
        .filter(pl.col("release").is_null())
        .select(local, service="service_name", event=pl.lit("incident"))
    )
    rows = release_load(
        days_of_services(
            made.with_columns(grouped),
            unrelated.with_columns(grouped),
            date(2024, 7, 1),
            date(2026, 6, 30),
        )
    )
    compared = rows.filter(pl.col("verdict") != "too_little")
    assert compared.height >= 5
    assert "goes_with" not in compared["verdict"]


def test_the_numbers_of_what_changed_are_those_of_their_cells(example_edition):
    signals = pl.read_parquet(example_edition / "kpi_signals.parquet")
    key = ["kpi", "statistic", "scope_kind", "scope", "period_kind", "period_start_on"]
    cells = pl.read_parquet(example_edition / "kpi_values.parquet").filter(slice="")
    both = signals.drop_nulls("value").join(cells, on=key, suffix="_of_cell")
    assert both.height == signals["value"].count()
    for name in ("value", "low", "high", "n"):
        assert both[name].equals(both[f"{name}_of_cell"], null_equal=True)
    news = signals.filter(pl.col("signal").is_in(["better", "worse"]))
    assert news["sentence"].str.contains(r"\(.*, n \d+\)").all()
