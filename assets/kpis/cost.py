"""Cost: what keeping the other promises takes, in hours, and whom it is spent on."""

from assets.kpis.definition import ALL_SCOPES, Example, Exclusion, Kpi, Slice
from assets.kpis.promise import kpi_asset

PROMISE = "cost"
CUSTOMER_SCOPES = ("organisation", "segment", "customer")
EFFORT_SCOPES = (*CUSTOMER_SCOPES, "offering")
KIND_UNKNOWN = Exclusion("is_kind_unknown", "Nothing says what kind of work it was.")
BY_KIND = Slice("kind", column="kind")
WEEK_HOURS = 7 * 24  # a week of effort is known when it is over
BY_WEEKS = (
    "Hours are recorded by week; of a week across two months each gets the share of its days."
)

KPIS = (
    Kpi(
        id="support_hours",
        name="Support hours",
        promise=PROMISE,
        audience="business",
        unit="hours_per_week",
        direction="neutral",
        statistics=("rate",),
        fact="fact_effort",
        entered_at="entered_at",
        members=("may_be_support",),
        amount="hours",
        exclusions=(KIND_UNKNOWN,),
        look_ahead_hours=WEEK_HOURS,
        scopes=EFFORT_SCOPES,
        requires=("effort",),
        definition=(
            "Hours of the kind support per covered week, for whom the record says; shared hours "
            f"stand under unassigned. {BY_WEEKS}"
        ),
        null_means="No source tells about effort in the period.",
        definition_source="Plumbline.",
        example=Example(
            records="records of effort",
            amounts=(12.0, 7.5, 20.5, 8.0),
            excluded=("is_kind_unknown",),
            value=48 * 7 / 30,
        ),
    ),
    Kpi(
        id="toil_ratio",
        name="Toil ratio",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="lower",
        statistics=("ratio",),
        fact="fact_effort",
        entered_at="entered_at",
        numerator="toil_hours",
        denominator="hours",
        clusters=("recorded_for",),
        exclusions=(KIND_UNKNOWN,),
        look_ahead_hours=WEEK_HOURS,
        scopes=("organisation", "offering"),
        requires=("effort",),
        definition=(
            "Hours of the kind toil ÷ hours of all kinds. Toil is manual, repetitive work that "
            "could be automated, leaves nothing of lasting value and grows with the service. "
            f"{BY_WEEKS}"
        ),
        null_means="No hours were recorded in the period, or no source tells about effort.",
        definition_source=(
            "Google, Site Reliability Engineering (2016), chapter 5: toil, kept below half of each "
            "engineer's time."
        ),
        benchmark=(
            "Google's goal is to keep toil below 50 % of each engineer's time; its own surveys, "
            "says the book, found 33 % on average."
        ),
        example=Example(
            records="records of effort",
            parts=((0, 20), (6, 6), (0, 10), (4, 4)),
            excluded=("is_kind_unknown",),
            value=10 / 40,
        ),
        minimum_n=4,
    ),
    Kpi(
        id="off_hours_interrupts",
        name="Off-hours interrupts",
        promise=PROMISE,
        audience="business",
        unit="per_week",
        direction="lower",
        statistics=("rate",),
        fact="fact_interrupts",
        entered_at="entered_at",
        exclusions=(Exclusion("is_duplicate", "It is a duplicate of another incident."),),
        slices=(Slice("severity", column="severity"),),
        scopes=ALL_SCOPES,
        requires=("incidents",),
        definition=(
            "Incidents opened outside the support hours of the segment of the service's customer, "
            "per covered week: nights, weekends, holidays. Of several segments' calendars the "
            "alphabetically first counts. Tickets, urgent ones too, are none: they wait for the "
            "hours in which their answer is promised. A covered period without any is 0."
        ),
        null_means="No source tells about incidents in the period.",
        definition_source=(
            "PagerDuty Analytics tells interruptions in business, off and sleep hours apart, by "
            "fixed hours; here by the calendar that was promised."
        ),
        example=Example(
            records="incidents outside support hours",
            n=9,
            excluded=("is_duplicate",),
            value=9 * 7 / 30,
        ),
    ),
    Kpi(
        id="cost_per_ticket",
        name="Cost per ticket",
        promise=PROMISE,
        audience="business",
        unit="hours_per_ticket",
        direction="lower",
        statistics=("ratio",),
        fact="fact_ticket_cost",
        entered_at="entered_at",
        numerator="hours",
        denominator="tickets",
        is_share=False,
        exclusions=(
            KIND_UNKNOWN,
            Exclusion("is_spam", "It is a ticket, but spam."),
            Exclusion("is_deleted", "It is a ticket, but was deleted at its source."),
            Exclusion("is_merged", "It is a ticket, but was merged into another, which counts."),
        ),
        look_ahead_hours=WEEK_HOURS,
        scopes=EFFORT_SCOPES,
        requires=("effort", "tickets"),
        definition=(
            "Hours of support ÷ tickets created, in the same period; a mean, so a few long ones "
            "weigh. n counts records of hours and tickets together. Below the organisation only "
            f"hours count whose record names the customer or offering. {BY_WEEKS}"
        ),
        null_means="No ticket was created in the period, or nothing tells about effort or tickets.",
        definition_source=(
            "MetricNet and HDI: cost per ticket, operating expense ÷ ticket volume; here in hours."
        ),
        example=Example(
            records="records of hours and tickets",
            parts=((9, 0), (6, 0), *((0, 1),) * 12),
            excluded=("is_spam",),
            value=15 / 12,
        ),
    ),
    Kpi(
        id="cost_to_serve",
        name="Cost to serve",
        promise=PROMISE,
        audience="business",
        unit="hours_per_customer_week",
        direction="lower",
        statistics=("rate",),
        is_headline=True,
        fact="fact_served_hours",
        entered_at="entered_at",
        amount="hours",
        exposure="fact_customer_activity",
        slices=(BY_KIND, Slice("attribution_rule", column="attribution_rule")),
        look_ahead_hours=WEEK_HOURS,
        scopes=CUSTOMER_SCOPES,
        requires=("effort",),
        definition=(
            "Hours of all kinds per active customer and week. Each hour is attributed by one rule: "
            "named (the record names its customer), by_tickets (shared hours of an offering, split "
            "by its customers' tickets in the 28 days up to the end of the week) or unassigned "
            "(nobody had any); the organisation has them all. A customer is active on a day if it "
            "had a change, a CI run, a production release or a ticket in the 28 days up to it. "
            f"{BY_WEEKS}"
        ),
        null_means="No customer was active in the period, or no source tells about effort.",
        definition_source=(
            "Kaplan and Cooper, Cost & Effect (1998): activity-based cost to serve; here in hours, "
            "with tickets as the driver of what is shared."
        ),
        example=Example(
            records="attributed records of effort",
            amounts=(14.0, 6.0, 21.0, 4.0),
            customers=3,
            value=45 / (3 * 30 / 7),
        ),
    ),
)

kpi_cost = kpi_asset(PROMISE, KPIS)
