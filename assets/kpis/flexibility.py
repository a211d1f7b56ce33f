"""Flexibility, promised to software teams: ship often, ship soon."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice, hours, minutes
from assets.kpis.phrases import HOUR, MINUTE
from assets.kpis.promise import kpi_asset

PROMISE = "flexibility"
DORA = "DORA, Accelerate State of DevOps (dora.dev/guides/dora-metrics)"
BY_AUTHOR = Slice("author_kind", column="author_kind")
WITH_TRUNK = "2: commits pushed to the default branch count. 1: first definition."
NOT_DEPLOYED = (
    Exclusion("is_in_repo_never_deployed", "Its repo is not deployed to production."),
    Exclusion(
        "is_before_first_deployment",
        "It was merged before the first deployment known of its repo: when it shipped is unknown.",
    ),
)


def stage(
    id: str,
    name: str,
    clock: str,
    start: str,
    starts: str,
    stops: str,
    definition: str,
    example: Example,
) -> Kpi:
    """A stage of the lead time: its cohort enters when its own clock starts."""
    return Kpi(
        id=id,
        name=name,
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_change_lead_time",
        entered_at=start,
        clock=clock,
        clock_start=starts,
        clock_stop=stops,
        exit_without_event="competing",
        slices=(BY_AUTHOR,),
        requires=("changes",),
        definition=definition,
        null_means="No change entered this stage in the period, or nothing tells about it.",
        definition_source="Plumbline; stages as in LinearB's and GitLab's value stream analytics.",
        example=example,
    )


KPIS = (
    Kpi(
        id="change_lead_time",
        name="Change lead time",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_change_lead_time",
        entered_at="merged_at",
        members=("is_merged",),
        clock="lead",
        clock_start="The first commit of the change is authored.",
        clock_stop="The first successful production deployment that contains it finishes.",
        exclusions=(
            *NOT_DEPLOYED,
            Exclusion("is_without_commits", "None of its commits was delivered."),
        ),
        slices=(BY_AUTHOR,),
        requires=("changes", "commits", "deployments"),
        definition=(
            "Time from the first commit of a merged change to the finish of the first successful "
            "production deployment that contains it. A change counts in the period of its merge; "
            "one that is not deployed yet counts as still open. A commit pushed to the default "
            "branch without a pull request is a change of its own."
        ),
        version=2,
        changelog=WITH_TRUNK,
        null_means="No change was merged in the period, or nothing tells about it.",
        definition_source=DORA,
        benchmark=(
            "DORA's 2025 survey asks people for it, in six answers from “less than one hour” to "
            "“more than six months”. Self-reported: context, and no target."
        ),
        example=Example(
            records="merged changes",
            happened=hours(4, 20, 48, 216),
            still_open=hours(120),
            excluded=("is_in_repo_never_deployed",),
            value=48 * HOUR,
        ),
    ),
    stage(
        "coding_time",
        "Coding time",
        "coding",
        "first_commit_at",
        "The first commit is authored.",
        "The change is ready for review.",
        "Time from the first commit to the moment the change is offered for review.",
        Example(
            records="begun changes", happened=hours(1, 5, 9, 30), left=hours(50), value=9 * HOUR
        ),
    ),
    stage(
        "pickup_time",
        "Pickup time",
        "pickup",
        "ready_at",
        "The change is ready for review.",
        "Somebody other than the author, no bot, reviews it.",
        "Time that a change waits for its first review. Merged or closed without one, it left "
        "by another exit.",
        Example(
            records="changes ready for review",
            happened=hours(1, 3, 5),
            still_open=hours(6),
            left=hours(2),
            value=5 * HOUR,
        ),
    ),
    stage(
        "review_time",
        "Review time",
        "review",
        "first_review_at",
        "The first review.",
        "The approval, or the merge where nobody approved.",
        "Time from the first review to the approval.",
        Example(
            records="reviewed changes", happened=hours(0.5, 2, 4, 8), left=hours(3), value=4 * HOUR
        ),
    ),
    stage(
        "merge_wait",
        "Merge wait",
        "merge_wait",
        "approved_at",
        "The approval.",
        "The merge.",
        "Time that an approved change waits for its merge.",
        Example(
            records="approved changes",
            happened=minutes(10, 20, 40, 120),
            left=minutes(60),
            value=40 * MINUTE,
        ),
    ),
    Kpi(
        id="deploy_wait",
        name="Deploy wait",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_change_lead_time",
        entered_at="merged_at",
        members=("is_merged",),
        clock="deploy_wait",
        clock_start="The merge.",
        clock_stop="The first successful production deployment that contains it finishes.",
        exclusions=NOT_DEPLOYED,
        slices=(BY_AUTHOR,),
        requires=("changes", "deployments"),
        definition=(
            "Time from the merge of a change to its first successful production deployment. A "
            "commit pushed to the default branch was merged when it was committed."
        ),
        version=2,
        changelog=WITH_TRUNK,
        null_means="No change was merged in the period, or nothing tells about it.",
        definition_source="Lead time for changes as Four Keys counts it from the merge.",
        example=Example(
            records="merged changes",
            happened=hours(2, 5, 20),
            still_open=hours(26, 96),
            excluded=("is_before_first_deployment",),
            value=20 * HOUR,
        ),
    ),
    stage(
        "open_to_merge_time",
        "Open to merge",
        "open_to_merge",
        "opened_at",
        "The change is opened.",
        "It is merged.",
        "Time from opening a change to its merge. A change that was abandoned never merges: it "
        "is another exit, not a fast merge.",
        Example(
            records="opened changes",
            happened=hours(3, 24, 48),
            still_open=hours(240),
            left=hours(30),
            value=48 * HOUR,
        ),
    ),
    Kpi(
        id="deployment_frequency",
        name="Deployment frequency",
        promise=PROMISE,
        audience="software_teams",
        unit="per_week",
        direction="higher",
        statistics=("rate",),
        is_headline=True,
        fact="fact_deployments",
        entered_at="entered_at",
        members=("is_success",),
        requires=("deployments",),
        definition=(
            "Releases successfully deployed to production per covered week. Replicas of one "
            "release are one."
        ),
        null_means="No source tells about deployments in the period.",
        definition_source=DORA,
        benchmark=(
            "DORA's 2025 survey asks people for it, in six answers from “on demand (multiple "
            "deploys per day)” to “fewer than once per six months”. Self-reported: context, and no "
            "target."
        ),
        example=Example(
            records="successful production releases",
            n=29,
            value=29 * 7 / 30,
        ),
    ),
    Kpi(
        id="change_size",
        name="Change size",
        promise=PROMISE,
        audience="software_teams",
        unit="lines",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_change_lead_time",
        entered_at="merged_at",
        members=("is_merged",),
        amount="lines_changed",
        exclusions=(Exclusion("is_size_unknown", "Nothing tells how many lines it changed."),),
        slices=(BY_AUTHOR,),
        requires=("changes",),
        definition=(
            "Lines added plus lines deleted by a merged change, in the period of its merge. A "
            "line that was changed counts twice, as the source counts it."
        ),
        null_means="No change was merged in the period, or nothing tells how large they were.",
        definition_source="GitHub: additions plus deletions; DORA asks for small batches.",
        example=Example(
            records="merged changes",
            happened=(5, 12, 40, 90, 600),
            excluded=("is_size_unknown",),
            value=40.0,
        ),
    ),
    Kpi(
        id="open_change_age",
        name="Open change age",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_change_lead_time",
        entered_at="opened_at",
        left_at="left_at",
        slices=(BY_AUTHOR,),
        requires=("changes",),
        definition=(
            "How long the changes that are open at the end of the period have been open: neither "
            "merged nor closed. Drafts are among them, as their work has begun."
        ),
        null_means="No change was open at the end of the period, or nothing tells about it.",
        definition_source="The Kanban Guide: work item age.",
        example=Example(
            records="changes open at the end",
            happened=hours(6, 30, 400),
            value=30 * HOUR,
        ),
    ),
)

kpi_flexibility = kpi_asset(PROMISE, KPIS)
