"""Accountability, promised to the business: who changed what, and who looked at it."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice
from assets.kpis.promise import kpi_asset

PROMISE = "accountability"

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
        slices=(Slice("author_kind", column="author_kind"),),
        minimum_n=20,
        requires=("changes",),
        definition=(
            "Merged changes that somebody other than their author approved before the merge ÷ "
            "merged changes. A bot's review is no review."
        ),
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
)

kpi_accountability = kpi_asset(PROMISE, KPIS)
