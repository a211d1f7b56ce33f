"""Support, promised to software teams: there when it is asked for."""

from assets.kpis.definition import ALL_SCOPES, Example, Exclusion, Kpi, Slice, hours
from assets.kpis.phrases import HOUR
from assets.kpis.promise import kpi_asset

PROMISE = "support"
TICKET_SCOPES = (*ALL_SCOPES, "tool", "offering")
NOT_SUPPORT = (
    Exclusion("is_spam", "It is spam."),
    Exclusion("is_deleted", "It was deleted at its source."),
)
BY_PRIORITY = Slice("priority", column="priority")
PRIVATE_SCOPES = ("organisation", "segment", "customer")
QUARTERS = ("quarter",)

KPIS = (
    Kpi(
        id="first_response_time",
        name="First response time",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_tickets",
        entered_at="entered_at",
        clock="first_response_business",
        clock_start="The ticket is created.",
        clock_stop="A human agent's first public reply; internal notes and bots do not count.",
        exit_without_event="competing",
        exclusions=(
            *NOT_SUPPORT,
            Exclusion("is_without_events", "Its source tells of no replies at all."),
        ),
        slices=(BY_PRIORITY,),
        scopes=TICKET_SCOPES,
        requires=("tickets", "ticket_events"),
        definition=(
            "Business time from a ticket's creation to the first public reply by a human, by the "
            "support hours of the customer's segment. Solved without a reply, it left by another "
            "exit."
        ),
        null_means="No ticket was created in the period, or nothing tells about replies.",
        definition_source="Zendesk: first reply time, business hours.",
        example=Example(
            records="tickets",
            happened=hours(0.5, 1, 3, 6),
            left=hours(2),
            excluded=("is_spam",),
            value=3 * HOUR,
        ),
    ),
    Kpi(
        id="resolution_time",
        name="Resolution time",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_tickets",
        entered_at="entered_at",
        clock="resolution_business",
        clock_start="The ticket is created.",
        clock_stop="It is solved for the last time.",
        exclusions=(
            *NOT_SUPPORT,
            Exclusion("is_solved_at_unknown_time", "It is solved, but nothing says when."),
        ),
        slices=(BY_PRIORITY,),
        scopes=TICKET_SCOPES,
        requires=("tickets",),
        definition=(
            "Business time from a ticket's creation to when it was last solved, by the support "
            "hours of the customer's segment. A reopened ticket is open until it is solved again."
        ),
        null_means="No ticket was created in the period, or nothing tells about tickets.",
        definition_source="Zendesk: full resolution time, business hours.",
        example=Example(
            records="tickets",
            happened=hours(2, 5, 9, 16),
            still_open=hours(20),
            excluded=("is_spam", "is_solved_at_unknown_time"),
            value=9 * HOUR,
        ),
    ),
    Kpi(
        id="csat",
        name="Customer satisfaction (CSAT)",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        is_headline=True,
        is_private=True,
        fact="fact_ticket_ratings",
        entered_at="entered_at",
        members=("is_answered",),
        exclusions=(
            Exclusion("is_spam", "Its ticket is spam."),
            Exclusion("is_verdict_unknown", "It was answered, but nothing says how."),
        ),
        numerator="is_good",
        minimum_n=20,
        scopes=PRIVATE_SCOPES,
        periods=QUARTERS,
        requires=("ticket_ratings",),
        definition=(
            "Good answers ÷ answers, of the surveys offered in the period; on a five-point scale "
            "the top two are good. An offer without an answer is no answer: read it with the "
            "response rate. Withheld under five answers, and where it could be had by subtraction."
        ),
        null_means="Nobody answered, nothing tells about surveys, or it is withheld.",
        definition_source="Zendesk: satisfaction score, good ÷ (good + bad).",
        example=Example(
            records="answers to surveys",
            n=20,
            hits=17,
            hit="were good",
            excluded=("is_spam",),
            value=17 / 20,
        ),
    ),
    Kpi(
        id="csat_response_rate",
        name="CSAT response rate",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_ticket_ratings",
        entered_at="entered_at",
        exclusions=(Exclusion("is_spam", "Its ticket is spam."),),
        numerator="is_answered",
        minimum_n=20,
        scopes=PRIVATE_SCOPES,
        periods=("month", "quarter"),
        requires=("ticket_ratings",),
        definition="Answered surveys ÷ surveys offered in the period.",
        null_means="No survey was offered in the period, or nothing tells about surveys.",
        definition_source="Zendesk: satisfaction ratings, percentage surveyed that responded.",
        example=Example(
            records="offered surveys",
            n=50,
            hits=20,
            hit="were answered",
            excluded=("is_spam",),
            value=20 / 50,
        ),
    ),
)

kpi_support = kpi_asset(PROMISE, KPIS)
