"""Feedback, promised to software teams: actionable, quickly and constantly."""

from assets.kpis.definition import ALL_SCOPES, Example, Exclusion, Kpi, Slice, minutes
from assets.kpis.phrases import MINUTE
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
)

kpi_feedback = kpi_asset(PROMISE, KPIS)
