"""Accountability, promised to the business: who changed what, and who looked at it."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice
from assets.kpis.promise import kpi_asset

PROMISE = "accountability"
TIME_TO_LEARN_HOURS = 14 * 24  # a cause and a post-mortem are written down after the restoration
CAUSE_UNTOLD = "Its source never tells of causes."
POSTMORTEM_UNTOLD = "Nothing tells whether it has a post-mortem."
CLOSED_INCIDENTS = (
    Exclusion("is_duplicate", "It is a duplicate of another incident."),
    Exclusion("is_still_open", "It is still open."),
)
BY_SEVERITY = Slice("severity", column="severity")

KPIS = (
    Kpi(
        id="independent_review_rate",
        name="Independent review rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        is_headline=True,
        fact="fact_change_lead_time",
        entered_at="merged_at",
        members=("is_merged",),
        exclusions=(Exclusion("is_review_unknown", "Nothing tells whether it was reviewed."),),
        numerator="is_reviewed_independently",
        slices=(
            Slice("author_kind", column="author_kind"),
            Slice("origin", column="origin"),
        ),
        minimum_n=20,
        requires=("changes",),
        definition=(
            "Merged changes that somebody other than their author approved before the merge ÷ "
            "merged changes. A bot's review is no review. A commit pushed to the default branch "
            "without a pull request is a change that nobody reviewed."
        ),
        version=2,
        changelog="2: commits pushed to the default branch count. 1: first definition.",
        null_means="No change was merged in the period, or nothing tells about reviews.",
        definition_source="OpenSSF Scorecard: Code-Review check, counted per change.",
        example=Example(
            records="merged changes",
            n=60,
            hits=54,
            hit="were approved by somebody else",
            excluded=("is_review_unknown",) * 2,
            value=54 / 60,
        ),
    ),
    Kpi(
        id="traceable_deployment_rate",
        name="Traceable deployment rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_release_contents",
        entered_at="entered_at",
        exclusions=(
            Exclusion("is_redeploy", "It redeploys what was released before: it brings no change."),
            Exclusion(
                "is_first_known", "What was there before it, nothing tells: it is the first."
            ),
            Exclusion("is_review_unknown", "Nothing tells whether a change in it was reviewed."),
        ),
        numerator="is_traceable",
        minimum_n=20,
        requires=("deployments", "changes"),
        definition=(
            "Successful production releases of which every change was approved by somebody other "
            "than its author before the merge ÷ successful production releases that brought "
            "something. A release brings the changes that its source names, else everything merged "
            "since the last release of its service up to the commit deployed. One whose commit is "
            "nobody's change (a build of unknown origin) is not traceable, nor one that brings a "
            "commit pushed past review."
        ),
        null_means="No release brought anything, or deployments or changes are not told of.",
        definition_source=(
            "OpenSSF SLSA, source track (two-party review of every change) and Scorecard's "
            "Code-Review check, counted per production release."
        ),
        example=Example(
            records="successful production releases",
            n=40,
            hits=33,
            hit="had all their changes reviewed",
            excluded=("is_redeploy",) * 3,
            value=33 / 40,
        ),
    ),
    Kpi(
        id="incident_cause_known_rate",
        name="Incident cause known rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_incidents",
        entered_at="entered_at",
        exclusions=(*CLOSED_INCIDENTS, Exclusion("is_cause_untold", CAUSE_UNTOLD)),
        numerator="is_cause_known",
        slices=(BY_SEVERITY,),
        look_ahead_hours=TIME_TO_LEARN_HOURS,
        requires=("incidents",),
        definition=(
            "Restored incidents, at least 14 days old, whose cause is recorded (a change, the "
            "infrastructure, a third party, a person) ÷ restored incidents. “Unknown” is no cause."
        ),
        null_means="No restored incident is old enough, or no source tells of causes.",
        definition_source="NIST Cybersecurity Framework 2.0, RS.AN-03: the root cause is found.",
        example=Example(
            records="restored incidents",
            n=16,
            hits=12,
            hit="have a known cause",
            excluded=("is_duplicate", "is_still_open"),
            too_young=1,
            value=12 / 16,
        ),
    ),
    Kpi(
        id="postmortem_rate",
        name="Post-mortem rate",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_incidents",
        entered_at="entered_at",
        members=("is_severe",),
        exclusions=(*CLOSED_INCIDENTS, Exclusion("is_postmortem_untold", POSTMORTEM_UNTOLD)),
        numerator="has_postmortem",
        look_ahead_hours=TIME_TO_LEARN_HOURS,
        requires=("incidents",),
        definition=(
            "Severe incidents, restored and at least 14 days old, that have a post-mortem ÷ severe "
            "incidents. Which severities are severe says `postmortem_severities` in "
            "plumbline.toml. Silence is not a missing post-mortem: incidents of which nothing is "
            "told are left out, and so is a source that only ever tells of those that exist."
        ),
        null_means="No severe incident is old enough, or no source tells of post-mortems.",
        definition_source=(
            "Google, Site Reliability Engineering (2016), chapter 15: a post-mortem for each "
            "incident that meets criteria set beforehand."
        ),
        example=Example(
            records="severe incidents",
            n=10,
            hits=8,
            hit="have a post-mortem",
            excluded=("is_postmortem_untold",) * 2,
            too_young=1,
            value=8 / 10,
        ),
    ),
)

kpi_accountability = kpi_asset(PROMISE, KPIS)
