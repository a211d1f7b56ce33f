"""Stability, promised to the business: a change does not break what worked."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice, hours
from assets.kpis.phrases import HOUR
from assets.kpis.promise import kpi_asset

PROMISE = "stability"
DORA = "DORA, Accelerate State of DevOps 2023 (dora.dev/guides/dora-metrics)"
LINK_RULES = ("explicit", "rollback", "hotfix", "service_window", "first_three", "placebo")

KPIS = (
    Kpi(
        id="change_fail_rate",
        name="Change fail rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="lower",
        statistics=("ratio",),
        is_headline=True,
        fact="fact_deployments",
        entered_at="entered_at",
        members=("is_success",),
        exclusions=(Exclusion("is_remediating", "It was deployed to mend another release."),),
        numerator="is_failed",
        slices=(Slice("link_rule", numerators={rule: f"is_failed_{rule}" for rule in LINK_RULES}),),
        look_ahead_hours=72,
        minimum_n=20,
        requires=("deployments", "incidents"),
        definition=(
            "Planned production releases that needed remediation within 72 hours ÷ planned, "
            "successful production releases that are at least 72 hours old. The headline takes "
            "the first rule that shows a failure: an incident or a later deployment names the "
            "release (explicit); an earlier commit is redeployed (rollback); an unplanned or "
            "reverting release follows within 72 hours (hotfix); an incident of the service "
            "opens within 24 hours (service window). Each rule alone, the first three together "
            "and the chance rate of the service window (placebo: incidents moved by a week) "
            "stand beside it."
        ),
        null_means="No planned release is mature, or deployments or incidents are not told of.",
        definition_source=DORA,
        benchmark=(
            "DORA's 2025 survey asks people to guess it, as “a value between 0% and 100%”. "
            "Self-reported: context, and no target."
        ),
        example=Example(
            records="successful production releases",
            n=40,
            hits=5,
            hit="needed remediation",
            excluded=("is_remediating",) * 4,
            too_young=2,
            value=5 / 40,
        ),
    ),
    Kpi(
        id="unlinked_incident_share",
        name="Unlinked incidents",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="neutral",
        statistics=("ratio",),
        fact="fact_incidents",
        entered_at="entered_at",
        exclusions=(Exclusion("is_duplicate", "It is a duplicate of another incident."),),
        numerator="is_unlinked",
        minimum_n=20,
        requires=("deployments", "incidents"),
        definition=(
            "Incidents that no rule links to a production release ÷ incidents. The more there "
            "are, the less the change fail rate can see."
        ),
        null_means="No incident was opened in the period, or nothing tells about incidents.",
        definition_source="Plumbline.",
        example=Example(
            records="incidents",
            n=20,
            hits=6,
            hit="are linked to no release",
            excluded=("is_duplicate",),
            value=6 / 20,
        ),
    ),
    Kpi(
        id="failed_deployment_recovery_time",
        name="Failed deployment recovery time",
        promise=PROMISE,
        audience="business",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_failed_deployments",
        entered_at="entered_at",
        members=("is_within_look_ahead",),
        clock="recovery",
        clock_start="The deployment that failed finishes.",
        clock_stop="Its incident is mitigated or a release that mends it finishes, what is first.",
        slices=(Slice("link_rule", column="link_rule"),),
        requires=("deployments", "incidents"),
        definition=(
            "Time from the finish of a production release that failed to the first of: its "
            "incident mitigated, a remediating release finished. Failures that are not mended "
            "count as still open."
        ),
        null_means="No release failed in the period, or deployments or incidents are not told of.",
        definition_source=DORA,
        benchmark=(
            "DORA's 2025 survey asks people for it, in six answers from “less than one hour” to "
            "“more than six months”. Self-reported: context, and no target."
        ),
        example=Example(
            records="failed production releases",
            happened=hours(0.5, 1, 4, 9),
            still_open=hours(30),
            value=4 * HOUR,
        ),
    ),
    Kpi(
        id="deployment_success_rate",
        name="Deployment success rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_deployments",
        entered_at="entered_at",
        members=("is_finished",),
        numerator="is_success",
        minimum_n=20,
        requires=("deployments",),
        definition=(
            "Production releases whose pipeline succeeded ÷ production releases whose pipeline "
            "ended in success or failure. A pipeline that failed changed nothing for users: it "
            "counts here and not in the change fail rate."
        ),
        null_means="No deployment ended in the period, or nothing tells about deployments.",
        definition_source="GitLab and Apache DevLake call it deployment success rate.",
        example=Example(
            records="finished production releases",
            n=50,
            hits=47,
            hit="were successful",
            value=47 / 50,
        ),
    ),
    Kpi(
        id="deployment_rework_rate",
        name="Deployment rework rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="lower",
        statistics=("ratio",),
        fact="fact_deployments",
        entered_at="entered_at",
        members=("is_success",),
        numerator="is_remediating",
        minimum_n=20,
        requires=("deployments",),
        definition=(
            "Successful production releases that were not planned but mend an incident or another "
            "release ÷ all successful production releases. A release counts as one if its source "
            "says so, if it says which deployment it fixes, if it redeploys an earlier commit, or "
            "if it ships the revert of a change."
        ),
        null_means="No release was successful in the period, or nothing tells about deployments.",
        definition_source=(
            "DORA, Accelerate State of DevOps 2024 and 2025 (dora.dev/guides/dora-metrics): "
            "deployment rework rate."
        ),
        benchmark=(
            "DORA's 2025 survey asks people to guess it, as “a value between 0% and 100%”. "
            "Self-reported: context, and no target."
        ),
        example=Example(
            records="successful production releases",
            n=50,
            hits=6,
            hit="were deployed to mend something",
            value=6 / 50,
        ),
    ),
)

kpi_stability = kpi_asset(PROMISE, KPIS)
