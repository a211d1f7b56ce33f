"""Reliability, promised to the business: what runs keeps running, and is soon back."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice, hours, minutes
from assets.kpis.phrases import HOUR, MINUTE
from assets.kpis.promise import kpi_asset

PROMISE = "reliability"
DUPLICATE = Exclusion("is_duplicate", "It is a duplicate of another incident.")
BY_SEVERITY = Slice("severity", column="severity")

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
)

kpi_reliability = kpi_asset(PROMISE, KPIS)
