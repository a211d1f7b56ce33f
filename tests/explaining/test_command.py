"""What `plumbline explain` prints: the sections, in plain lines that fit the terminal."""

from datetime import timedelta

import pytest
from small_edition import AS_OF, at, release
from typer.testing import CliRunner

from pipelines.cli import app


@pytest.fixture
def say(tmp_path):
    """`say(words…, columns)` runs the command and gives its output and exit code."""

    def run(*words: str, columns: int = 100) -> tuple[str, int]:
        words = ("explain", *words, "--home", str(tmp_path))
        done = CliRunner().invoke(app, words, env={"COLUMNS": str(columns)})
        return done.output, done.exit_code

    return run


@pytest.fixture
def of_june(publish, june, say):
    """The same for June, of the edition in which everything of June happened."""
    publish(june)

    def run(kpi: str, *words: str, scope: str = "core", period: str = "2026-06") -> str:
        text, code = say(kpi, "--scope", scope, "--period", period, *words)
        assert code == 0, text
        return text

    return run


def section(text: str, title: str) -> list[str]:
    """The lines under a title."""
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    [found] = [lines for lines in blocks if lines[0].startswith(title)]
    return [line.strip() for line in found[1:]]


def test_the_number_is_said_first_with_interval_n_flags_and_edition(of_june):
    head = of_june("change_fail_rate").splitlines()
    assert head[0] == "Change fail rate · Core teams (segment core) · June 2026"
    assert " ".join(line.strip() for line in head[1:3]) == (
        "Core teams’ change fail rate was 33.3 % in June 2026 (6.1–79.2 %, n = 3); not final yet, "
        "outcomes can still come in."
    )
    assert head[3].startswith("  Flag: few events;")
    assert head[4].startswith("  Flag: outcomes can still come in;")
    assert head[5].startswith("  As of 1 July 2026, 08:00, edition 20260701T060000Z-")


def test_the_sum_is_told_with_each_rule_in_its_sentence(of_june):
    assert section(of_june("change_fail_rate"), "Where it comes from") == [
        "5  came in",
        "− 1  left out: It was deployed to mend another release.",
        "− 1  too young: less than 72 hours old, outcomes can come in",
        "= 3  in the number, of which 1 counts (failed)",
        "It adds up: what is left is the n of the cell, and the records give the same number.",
    ]


def test_open_ones_are_told_apart(of_june):
    lines = section(of_june("time_to_restore"), "Where it comes from")
    assert lines[2] == "= 3  in the number, 2 ended, 1 is still open, with the time so far"
    assert "still open, 10.4 days so far" in of_june("time_to_restore")


def test_a_rate_says_over_how_many_weeks(of_june):
    lines = section(of_june("deployment_frequency"), "Where it comes from")
    assert lines[1] == "= 5  in the number, in 30 covered days (4.29 weeks)"


def test_a_sum_that_does_not_add_up_says_so(of_june, monkeypatch):
    monkeypatch.setattr("app.explained.explanation._sums_that_differ", lambda *_: ["1 is not 2"])
    lines = section(of_june("change_fail_rate"), "Where it comes from")
    assert lines[-1] == "This does not add up: 1 is not 2."


def test_definition_and_version_are_told(of_june):
    text = of_june("change_fail_rate")
    assert "Definition: change_fail_rate, version 1" in text
    assert "A record is counted when it is 72 hours old." in text


def test_link_rules_are_told_in_words(of_june):
    lines = section(of_june("change_fail_rate"), "By which rule its records are linked")
    assert lines == [
        "1  hotfix: an unplanned or reverting release followed soon (all count)",
        "2  not linked",
    ]


def test_news_is_told_with_its_limits_where_it_is_judged(of_june):
    lines = section(of_june("change_fail_rate", period="2026-05"), "Is it news?")
    assert lines == [
        "Change fail rate, Core teams, May 2026: 50 %, worse than ever.",
        "XmR limits 2–18 % around 10 %, from 20 months; p = 0.001, q = 0.01 over all headlines.",
    ]
    [first, second] = section(of_june("change_fail_rate"), "Is it news?")
    assert first == "Not judged: only the newest complete month, May 2026, is. There:"
    assert second == lines[0]
    [nothing] = section(of_june("change_fail_rate", scope="data"), "Is it news?")
    assert nothing.startswith("Not judged: only the headline KPIs")


def test_the_records_stand_with_state_and_link_those_that_count_first(of_june):
    lines = section(of_june("change_fail_rate"), "Records")
    assert [line.split()[-1] for line in lines] == [
        text for name in ("bad", "ok-2", "ok-1", "young", "mends") for text in (name, _url(name))
    ]
    assert lines[0] == "2026-06-05 14:00  failed (hotfix)         checkout  bad"


def _url(name: str) -> str:
    return f"https://example.com/{name}"


def test_ten_records_are_shown_and_all_if_asked_for(publish, say):
    publish({"fact_deployments": [release(f"r{n:02}", 1 + n % 20) for n in range(14)]})
    words = ("deployment_frequency", "--scope", "core", "--period", "2026-06")
    text, _ = say(*words)
    assert text.count("https://") == 10
    assert "… and 4 more: --all lists them." in text
    text, _ = say(*words, "--all")
    assert text.count("https://") == 14


def test_late_records_are_named_with_what_they_were_and_are(publish, say):
    before = [release("a", 3), release("b", 4)]
    after = [release("a", 3, is_failed=True), release("b", 4), release("late", 5)]
    publish({"fact_deployments": before}, as_of=AS_OF - timedelta(hours=1))
    publish({"fact_deployments": after}, configuration_digest="d2")
    text, _ = say("change_fail_rate", "--scope", "core", "--period", "2026-06")
    lines = section(text, "Since the last edition")
    assert lines[0].startswith("Then: 0 %")
    assert lines[1].startswith("Now: 33.3 % (95 % interval ")
    assert lines[2:] == [
        "The configuration has changed in between.",
        "1  came in late (their day was over, and that edition did not know them)",
        "1  read differently now",
        "Came in late (their day was over, and that edition did not know them):",
        "2026-06-05 14:00  not failed           checkout  late",
        _url("late"),
        "Read differently now:",
        "2026-06-03 14:00  not failed → failed  checkout  a",
        _url("a"),
    ]


def test_a_record_that_is_gone_is_named_with_its_link(publish, say):
    rows = [release("a", 3), release("gone", 4)]
    publish({"fact_deployments": rows}, as_of=AS_OF - timedelta(hours=1))
    publish({"fact_deployments": rows[:1]})
    text, _ = say("change_fail_rate", "--scope", "core", "--period", "2026-06")
    assert section(text, "Since the last edition")[-3:] == [
        "No longer known:",
        "2026-06-04 14:00  not failed → not in it  checkout  gone",
        _url("gone"),
    ]


def test_satisfaction_tells_counts_only(publish, june, say):
    publish(june, as_of=AS_OF - timedelta(hours=1))
    publish(june)
    text, _ = say("csat", "--scope", "core", "--period", "2026-Q2")
    assert "90 %" in text
    [origin] = [" ".join(section(text, "Where it comes from"))]
    assert origin.startswith("20 in the number, 0 left out by rule. More is not told:")
    assert section(text, "Since") == ["Not told: the difference could tell what one person said."]
    assert "https://" not in text


def test_what_is_not_known_says_why_and_who_tells(publish, june, say):
    publish(june)
    text, _ = say("change_fail_rate", "--scope", "core", "--period", "2026-04")
    assert "change fail rate in April 2026 is not known: no source tells" in text
    assert "Leave it out, and do not say 0. Connect a source" in text
    assert "For this KPI no value means: No planned release is mature" in text
    assert "s tells about incidents from 2026-05-20 to 2026-07-01." in text


@pytest.mark.parametrize(("columns", "widest"), [(80, 80), (100, 100), (200, 100)])
def test_no_line_is_wider_than_the_terminal_or_a_hundred_columns(
    publish, june, say, columns, widest
):
    publish(june)
    for kpi in ("change_fail_rate", "time_to_restore", "deployment_frequency"):
        asked = (kpi, "--scope", "core", "--period", "2026-06")
        text, _ = say(*asked, columns=columns)
        assert max(map(len, text.splitlines())) <= widest


def test_a_question_that_fits_nothing_ends_with_the_code_of_a_wrong_call(publish, june, say):
    publish(june)
    text, code = say("change_fail_rate", "--scope", "checkout", "--period", "2026-06")
    assert code == 2
    assert "names several: customer and service" in text


def test_a_home_without_an_edition_says_how_to_make_one(say):
    text, code = say("change_fail_rate", "--scope", "core", "--period", "2026-06")
    assert code == 1
    assert "has no edition yet. Make one: plumbline run." in " ".join(text.split())


def test_an_edition_of_the_past_is_explained_as_it_was(publish, say):
    old = publish({"fact_deployments": [release("a", 3)]}, as_of=at(12))
    publish({"fact_deployments": [release("b", 3)]})
    words = ("deployment_frequency", "--scope", "core", "--period", "2026-06")
    text, _ = say(*words, "--edition", old)
    assert _url("a") in text
    assert _url("b") not in text


def test_what_to_do_follows_from_flags_and_history(publish, say):
    publish({"fact_deployments": [release("a", 3)]}, as_of=AS_OF - timedelta(hours=1))
    publish({"fact_deployments": [release("a", 3, is_failed=True)]})
    text, _ = say("change_fail_rate", "--scope", "core", "--period", "2026-06")
    told = " ".join(section(text, "What to do with it"))
    assert "Say “so far”: it is final with an edition of 4 July 2026 or later." in told
    assert "Read the interval and not the value" in told
    assert "Quote it with its interval and its edition: 100 % (95 % interval 20.7–100 %" in told
    assert told.endswith(
        "It was restated since the last edition: who quoted it then should hear of it."
    )


def test_a_value_that_its_records_do_not_give_is_said_not_to_be_used(of_june, monkeypatch):
    monkeypatch.setattr("app.explained.explanation.value_of", lambda *_: 0.5)
    text = of_june("change_fail_rate")
    says = "its records give 50 %, the cell says 33.3 %."
    assert section(text, "Where it comes from")[-1] == f"This does not add up: {says}"
    assert section(text, "What to do with it")[0].startswith(f"Do not use it: {says}")


def test_every_record_that_differs_is_listed_if_asked_for(publish, say):
    rows = [release(f"r{n}", 1 + n) for n in range(9)]
    publish({"fact_deployments": rows[:2]}, as_of=AS_OF - timedelta(hours=1))
    publish({"fact_deployments": rows})
    words = ("deployment_frequency", "--scope", "core", "--period", "2026-06")
    lines = section(say(*words)[0], "Since the last edition")
    assert lines[-1] == "… and 4 more: --all lists them."
    assert section(say(*words, "--all")[0], "Since the last edition")[-1] == _url("r8")
