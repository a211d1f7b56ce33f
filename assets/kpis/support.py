"""Support, promised to software teams: there when it is asked for."""

from assets.kpis.definition import ALL_SCOPES, Example, Exclusion, Kpi, Slice, hours
from assets.kpis.non_response import ASKED, BY_NO_ANSWER
from assets.kpis.phrases import DAY, HOUR
from assets.kpis.promise import kpi_asset

PROMISE = "support"
TICKET_SCOPES = (*ALL_SCOPES, "tool", "offering")
NOT_SUPPORT = (
    Exclusion("is_spam", "It is spam."),
    Exclusion("is_deleted", "It was deleted at its source."),
    Exclusion("is_merged", "It was merged into another ticket, which counts."),
)
HISTORY_UNTOLD = Exclusion("is_history_untold", "Not all of its changes of status are told.")
MERGED_SINCE_2 = "1: first definition. 2: a ticket merged into another is excluded."
BY_PRIORITY = Slice("priority", column="priority")
CUSTOMER_SCOPES = ("organisation", "segment", "customer")
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
        version=2,
        changelog=MERGED_SINCE_2,
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
        version=2,
        changelog=MERGED_SINCE_2,
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
        slices=(BY_NO_ANSWER,),
        scopes=CUSTOMER_SCOPES,
        periods=QUARTERS,
        requires=("ticket_ratings",),
        definition=(
            "Good answers ÷ answers, of the surveys offered in the period; on a five-point scale "
            "the top two are good. An offer without an answer is no answer: read it with the "
            "response rate, and with the bounds if all who did not answer were dissatisfied, or "
            "satisfied. Withheld under five answers, and where it could be had by subtraction."
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
        id=ASKED,
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
        scopes=CUSTOMER_SCOPES,
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
    Kpi(
        id="sla_attainment",
        name="SLA attainment",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        is_headline=True,
        fact="fact_tickets",
        entered_at="due_at",
        numerator="is_solved_when_due",
        exclusions=(*NOT_SUPPORT, HISTORY_UNTOLD),
        slices=(BY_PRIORITY,),
        scopes=TICKET_SCOPES,
        requires=("tickets", "ticket_events"),
        definition=(
            "Tickets that were solved or closed at their due time ÷ tickets that fell due in the "
            "period. The status at that instant decides, for ever: one that was solved in time, "
            "reopened and late is late, one that was reopened afterwards was in time. The newest "
            "due time counts; waiting for the customer is not taken out unless the source moves "
            "it. A ticket without a due time is in no cohort."
        ),
        null_means="No ticket fell due in the period, or nothing tells when tickets are due.",
        definition_source=(
            "Zendesk Explore: % achieved SLA tickets, achieved ÷ (achieved + breached). There a "
            "target belongs to the day it was met or missed; here to the day it was due, so that "
            "a period has all its tickets from its end on."
        ),
        example=Example(
            records="tickets that fell due",
            n=40,
            hits=34,
            hit="were solved then",
            excluded=("is_spam", "is_history_untold"),
            value=34 / 40,
        ),
    ),
    Kpi(
        id="reopen_rate",
        name="Reopen rate",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="lower",
        statistics=("ratio",),
        fact="fact_tickets",
        entered_at="first_solved_at",
        numerator="is_reopened",
        exclusions=(*NOT_SUPPORT, HISTORY_UNTOLD),
        slices=(BY_PRIORITY,),
        look_ahead_hours=14 * 24,
        scopes=TICKET_SCOPES,
        requires=("tickets", "ticket_events"),
        definition=(
            "Tickets that were reopened within 14 days of their first solution ÷ tickets that were "
            "first solved in the period, bots' solutions among them. Whoever reopens it and why, a "
            "word of thanks included; closing after solving is no reopening. Tickets solved less "
            "than 14 days ago are not counted yet."
        ),
        null_means="No ticket of the period has been solved for 14 days, or nothing tells.",
        definition_source=(
            "Zendesk: reopens, the number of times a solved ticket changed to another status; here "
            "tickets with any within 14 days."
        ),
        example=Example(
            records="tickets that were solved",
            n=50,
            hits=4,
            hit="were reopened within 14 days",
            excluded=("is_merged",),
            too_young=3,
            value=4 / 50,
        ),
    ),
    Kpi(
        id="one_touch_rate",
        name="One-touch rate",
        promise=PROMISE,
        audience="software_teams",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_tickets",
        entered_at="solved_at",
        numerator="is_one_touch",
        exclusions=(
            *NOT_SUPPORT,
            Exclusion("is_replies_untold", "Not all of its replies, or not who wrote, is told."),
        ),
        slices=(
            Slice(
                "public_replies",
                numerators={
                    "none": "is_without_reply",
                    "one": "is_one_touch",
                    "several": "is_several_touches",
                },
            ),
        ),
        scopes=TICKET_SCOPES,
        requires=("tickets", "ticket_events"),
        definition=(
            "Tickets with exactly one public reply by a human agent ÷ tickets that are solved, by "
            "when they were last solved. Bots and internal notes are no touch; solved by a bot or "
            "without any reply, a ticket is divided by, but is not one-touch. The slices say how "
            "many replies the others had."
        ),
        null_means="No ticket was solved in the period, or nothing tells about replies.",
        definition_source=(
            "Zendesk Explore: one-touch tickets, solved or closed with exactly one agent reply (by "
            "an earlier formula with fewer than two, which takes silence for a touch)."
        ),
        example=Example(
            records="solved tickets",
            n=50,
            hits=18,
            hit="had exactly one reply",
            excluded=("is_spam",),
            value=18 / 50,
        ),
    ),
    Kpi(
        id="backlog_age",
        name="Backlog age",
        promise=PROMISE,
        audience="software_teams",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_ticket_spells",
        entered_at="entered_at",
        left_at="left_at",
        aged_from="created_at",
        exclusions=(
            *NOT_SUPPORT,
            Exclusion("is_solved_at_unknown_time", "It is solved, but nothing says when."),
        ),
        slices=(BY_PRIORITY,),
        scopes=TICKET_SCOPES,
        requires=("tickets",),
        definition=(
            "Calendar time since its creation of each ticket that is unsolved (new, open, pending "
            "or on hold) at the end of the period; n says how many there are. What was solved then "
            "and reopened later was not in it."
        ),
        null_means="No ticket was unsolved at the end of the period, or nothing tells.",
        definition_source="Zendesk Explore: unsolved tickets, and their age since creation.",
        example=Example(
            records="unsolved tickets",
            happened=hours(20, 3 * 24, 4 * 24, 9 * 24, 40 * 24),
            excluded=("is_spam",),
            value=4 * DAY,
        ),
    ),
    Kpi(
        id="contact_rate",
        name="Contact rate",
        promise=PROMISE,
        audience="software_teams",
        unit="tickets_per_customer_week",
        direction="neutral",
        statistics=("rate",),
        fact="fact_tickets",
        entered_at="entered_at",
        exposure="fact_customer_activity",
        exclusions=NOT_SUPPORT,
        slices=(Slice("kind", column="kind"),),
        scopes=CUSTOMER_SCOPES,
        requires=("tickets",),
        definition=(
            "Tickets created per active customer and week. A customer is active on a day if it had "
            "a change, a CI run, a production release or a ticket in the 28 days up to it; it "
            "counts in the segment that it belongs to on the day. Few contacts may mean a good "
            "service or customers who have given up: read it with satisfaction."
        ),
        null_means="No customer was active in the period, or nothing tells about tickets.",
        definition_source=(
            "MetricNet and HDI: tickets per user per month; here per team that uses the service."
        ),
        example=Example(
            records="tickets",
            n=60,
            customers=7,
            excluded=("is_spam",),
            value=60 / (7 * 30 / 7),
        ),
    ),
)

kpi_support = kpi_asset(PROMISE, KPIS)
