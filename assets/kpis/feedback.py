"""Feedback, promised to software teams: actionable, quickly and constantly."""

from assets.kpis.definition import ALL_SCOPES, Example, Exclusion, Kpi, Slice, hours, minutes
from assets.kpis.phrases import HOUR, MINUTE
from assets.kpis.promise import kpi_asset

PROMISE = "feedback"
RUN_SCOPES = (*ALL_SCOPES, "tool", "offering")
NO_VERDICT = Exclusion("is_without_verdict", "It was cancelled or skipped and gave no verdict.")

KPIS = (
    Kpi(
        id="ci_feedback_time",
        name="CI feedback time",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_pipeline_runs",
        entered_at="entered_at",
        members=("is_change_triggered",),
        clock="feedback",
        clock_start="The run is queued.",
        clock_stop="It finishes with a verdict: success, failure or timed out.",
        exit_without_event="exclude",
        exclusions=(
            NO_VERDICT,
            Exclusion("is_finish_unknown", "It ended, but its source does not say when."),
        ),
        scopes=RUN_SCOPES,
        requires=("pipeline_runs",),
        definition="Time from queueing a CI run that a change started to its verdict.",
        null_means="No change started a run in the period, or nothing tells about runs.",
        definition_source="Plumbline; run duration plus the wait before it.",
        example=Example(
            records="runs that a change started",
            happened=minutes(6, 8, 10, 14, 40),
            excluded=("is_without_verdict",),
            value=10 * MINUTE,
        ),
    ),
    Kpi(
        id="ci_queue_time",
        name="CI queue time",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_pipeline_runs",
        entered_at="entered_at",
        clock="queue",
        clock_start="The run is queued.",
        clock_stop="It starts.",
        exit_without_event="exclude",
        exclusions=(
            NO_VERDICT,
            Exclusion("is_start_unknown", "It started, but its source does not say when."),
        ),
        scopes=RUN_SCOPES,
        requires=("pipeline_runs",),
        definition="Time that a CI run waits for a runner.",
        null_means="No run was queued in the period, or nothing tells about runs.",
        definition_source="Plumbline; GitHub's job queue time.",
        example=Example(
            records="runs",
            happened=minutes(0.1, 0.2, 0.5, 1, 15),
            value=30.0,
        ),
    ),
    Kpi(
        id="ci_success_rate",
        name="CI success rate",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        is_headline=True,
        fact="fact_pipeline_runs",
        entered_at="entered_at",
        members=("is_on_default_branch",),
        exclusions=(
            NO_VERDICT,
            Exclusion("is_unfinished", "It was not finished yet."),
        ),
        numerator="is_success",
        clusters=("workflow",),
        slices=(Slice("actor_kind", column="actor_kind"),),
        minimum_n=20,
        scopes=RUN_SCOPES,
        requires=("pipeline_runs",),
        definition=(
            "Successful runs ÷ runs with a verdict, on the default branch. The interval allows "
            "for runs of one workflow and day failing together."
        ),
        null_means="No run on a default branch gave a verdict, or nothing tells about runs.",
        definition_source="CircleCI, State of Software Delivery: default branch success rate.",
        example=Example(
            records="runs on default branches",
            n=40,
            hits=34,
            hit="were successful",
            excluded=("is_without_verdict", "is_without_verdict", "is_unfinished"),
            value=34 / 40,
        ),
    ),
    Kpi(
        id="ci_flake_rate",
        name="CI flake rate",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="lower",
        statistics=("ratio",),
        fact="fact_commit_checks",
        entered_at="entered_at",
        exclusions=(
            Exclusion("is_commit_unknown", "Its run does not name the commit."),
            Exclusion("is_finish_unknown", "It ended, but its source does not say when."),
        ),
        numerator="is_flaky",
        clusters=("workflow",),
        slices=(Slice("branch_kind", column="branch_kind"),),
        look_ahead_hours=72,
        minimum_n=20,
        scopes=RUN_SCOPES,
        requires=("pipeline_runs",),
        definition=(
            "Checks that failed or timed out and later passed on the same commit ÷ checks with a "
            "verdict. A check is what one workflow said of one commit, in all its attempts and "
            "runs; it counts at its first verdict, and has passed in time within 72 hours of it. "
            "Attempts that were never delivered hide flakes; a pull request that is run again "
            "after its base has moved looks like one."
        ),
        null_means="No check gave a verdict in the period, or no run names its commit.",
        definition_source="Micco, Flaky Tests at Google (2016): passes and fails on the same code.",
        benchmark="Google reported in 2016 that about 1.5 % of its test runs were flaky.",
        example=Example(
            records="checks",
            n=50,
            hits=3,
            hit="failed and then passed",
            excluded=("is_commit_unknown",) * 4,
            too_young=2,
            value=3 / 50,
        ),
    ),
    Kpi(
        id="ci_red_time",
        name="CI red time",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_red_spells",
        entered_at="entered_at",
        clock="red",
        clock_start="The first failing run after a successful one finishes.",
        clock_stop="The next successful run finishes.",
        exit_without_event="competing",
        exclusions=(
            Exclusion("is_begin_unknown", "The first run known failed: since when is unknown."),
        ),
        scopes=RUN_SCOPES,
        requires=("pipeline_runs",),
        definition=(
            "Time that a workflow is red on a default branch. Cancelled and skipped runs tell "
            "nothing; neither does a run of code older than what has been judged already. A "
            "workflow that gave no verdict for 35 days was given up: it left by another exit."
        ),
        null_means="No workflow turned red on a default branch, or nothing tells about runs.",
        definition_source="CircleCI, State of Software Delivery: time to recovery.",
        benchmark="CircleCI recommends that a default branch recovers within 60 minutes.",
        example=Example(
            records="spells of red",
            happened=hours(0.5, 1, 3, 20),
            left=hours(840),
            excluded=("is_begin_unknown",),
            value=3 * HOUR,
        ),
    ),
)

kpi_feedback = kpi_asset(PROMISE, KPIS)
