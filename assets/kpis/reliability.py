"""Reliability, promised to the business: what runs keeps running, and is soon back."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice, hours, minutes
from assets.kpis.phrases import HOUR, MINUTE
from assets.kpis.promise import kpi_asset

PROMISE = "reliability"
DUPLICATE = Exclusion("is_duplicate", "It is a duplicate of another incident.")
NO_EVENTS = Exclusion("is_without_events", "Nothing was asked of the service in the span.")
BY_SEVERITY = Slice("severity", column="severity")
BY_INDICATOR = Slice("indicator", column="indicator")

KPIS = (
    Kpi(
        id="time_to_restore",
        name="Time to restore",
        promise=PROMISE,
        audience="business",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_incidents",
        entered_at="entered_at",
        clock="restore",
        clock_start="The incident is opened.",
        clock_stop="It is mitigated, else resolved.",
        exclusions=(DUPLICATE,),
        slices=(BY_SEVERITY, Slice("cause", column="cause")),
        requires=("incidents",),
        definition=(
            "Time from the opening of an incident, whatever its cause, to its mitigation, or to "
            "its resolution where no mitigation is recorded. Open incidents count as still open."
        ),
        null_means="No incident was opened in the period, or nothing tells about incidents.",
        definition_source="DORA 2018–2022: time to restore service.",
        example=Example(
            records="incidents",
            happened=minutes(20, 50, 120, 300),
            still_open=hours(9),
            excluded=("is_duplicate",),
            value=2 * HOUR,
        ),
    ),
    Kpi(
        id="time_to_acknowledge",
        name="Time to acknowledge",
        promise=PROMISE,
        audience="business",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        fact="fact_incidents",
        entered_at="entered_at",
        clock="acknowledge",
        clock_start="The incident is opened.",
        clock_stop="Somebody acknowledges it for the first time.",
        exit_without_event="competing",
        exclusions=(DUPLICATE,),
        slices=(BY_SEVERITY,),
        requires=("incidents",),
        definition=(
            "Time from the opening of an incident to its first acknowledgement. Restored before "
            "that, it left by another exit."
        ),
        null_means="No incident was opened in the period, or nothing tells about incidents.",
        definition_source="PagerDuty: mean time to acknowledge, here as a median.",
        example=Example(
            records="incidents",
            happened=minutes(2, 4, 9, 15),
            left=minutes(6),
            excluded=("is_duplicate",),
            value=9 * MINUTE,
        ),
    ),
    Kpi(
        id="incident_frequency",
        name="Incident frequency",
        promise=PROMISE,
        audience="business",
        unit="per_week",
        direction="lower",
        statistics=("rate",),
        is_headline=True,
        fact="fact_incidents",
        entered_at="entered_at",
        exclusions=(DUPLICATE,),
        slices=(BY_SEVERITY,),
        requires=("incidents",),
        definition="Incidents opened per covered week. A covered period without any is 0.",
        null_means="No source tells about incidents in the period.",
        definition_source="Plumbline.",
        example=Example(
            records="incidents",
            n=6,
            excluded=("is_duplicate",),
            value=6 * 7 / 30,
        ),
    ),
    Kpi(
        id="availability",
        name="Availability",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_service_levels",
        entered_at="entered_at",
        exclusions=(NO_EVENTS,),
        numerator="good",
        denominator="total",
        slices=(BY_INDICATOR,),
        clusters=("service",),
        requires=("service_levels",),
        definition=(
            "Good events ÷ all events of the service-level indicators, as monitoring counted them, "
            "added up over indicators and services: a busy service weighs more. A span of "
            "monitoring belongs to the day on which it ends. A service without indicators has no "
            "availability; see the incident-free time."
        ),
        null_means="Monitoring counted no event in the period, or nothing tells of indicators.",
        definition_source=(
            "Google, Site Reliability Engineering (2016), chapter 3: aggregate availability."
        ),
        example=Example(
            records="spans of monitoring",
            parts=((9_990, 10_000), (19_970, 20_000), (9_980, 10_000)),
            excluded=("is_without_events",),
            value=39_940 / 40_000,
        ),
    ),
    Kpi(
        id="incident_free_time_ratio",
        name="Incident-free time",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_service_days",
        entered_at="entered_at",
        numerator="incident_free_seconds",
        denominator="service_seconds",
        clusters=("service",),
        requires=("incidents",),
        definition=(
            "Share of service time in which no incident of the service was open: from opening to "
            "mitigation, else resolution. Incidents of one service that are open at once count "
            "once. For a team, a segment and the organisation the time of their services is added "
            "up. It is not availability: an incident need not stop a service, and a service can "
            "fail without one. Incidents that name no service count for none."
        ),
        null_means="No service is configured, or nothing tells about incidents in the period.",
        definition_source=(
            "Google, Site Reliability Engineering (2016), chapter 3: time-based availability, here "
            "with incidents in place of measured downtime."
        ),
        example=Example(
            records="days of services",
            parts=((86_400, 86_400), (82_800, 86_400), (43_200, 86_400)),
            value=212_400 / 259_200,
        ),
    ),
    Kpi(
        id="error_budget_left",
        name="Error budget left",
        promise=PROMISE,
        audience="business",
        unit="ratio",
        direction="higher",
        statistics=("ratio",),
        fact="fact_service_levels",
        entered_at="entered_at",
        exclusions=(
            NO_EVENTS,
            Exclusion("is_without_objective", "Its service has no objective for the indicator."),
        ),
        numerator="budget_left",
        denominator="allowed",
        is_share=False,
        slices=(BY_INDICATOR,),
        clusters=("service",),
        requires=("service_levels",),
        definition=(
            "Allowed less bad events ÷ allowed events of the service-level indicators, added up "
            "over the period. Allowed is what the objective of the day leaves: all events × (1 − "
            "objective). 100 % is untouched, 0 % is spent, below 0 % the objective was missed."
        ),
        null_means=(
            "No indicator of the period has an objective in plumbline.toml, or nothing tells of "
            "indicators."
        ),
        definition_source=(
            "Google, The Site Reliability Workbook (2018), chapter 2 (Implementing SLOs) and "
            "appendix B (Example Error Budget Policy)."
        ),
        example=Example(
            records="spans of monitoring, each of 10,000 events with an objective of 99.9 %,",
            parts=((8, 10), (5, 10), (-4, 10)),
            excluded=("is_without_objective",),
            value=9 / 30,
        ),
    ),
)

kpi_reliability = kpi_asset(PROMISE, KPIS)
