"""Security, promised to the business: what scanners find is fixed, and in time."""

from assets.kpis.definition import Example, Exclusion, Kpi, Slice, hours
from assets.kpis.phrases import DAY
from assets.kpis.promise import kpi_asset

PROMISE = "security"
END_UNKNOWN = Exclusion("is_end_unknown", "It was fixed or dismissed, but nothing tells when.")
BY_SEVERITY = Slice("severity", column="severity")

KPIS = (
    Kpi(
        id="security_fix_time",
        name="Security fix time",
        promise=PROMISE,
        audience="business",
        unit="seconds",
        direction="lower",
        statistics=("p50", "p90"),
        is_headline=True,
        fact="fact_security_findings",
        entered_at="entered_at",
        clock="fix",
        clock_start="A scanner reports the finding.",
        clock_stop="It is fixed: the scanner no longer finds it.",
        exit_without_event="competing",
        exclusions=(END_UNKNOWN,),
        slices=(BY_SEVERITY,),
        requires=("security_findings",),
        definition=(
            "Time from the report of a security finding to its fix. A finding that was dismissed "
            "(accepted risk, false alarm, by a person or a rule) was not fixed: it left by another "
            "exit. Open findings count as still open. Severities differ in how fast they have to "
            "be: read them one by one."
        ),
        null_means="No finding was reported in the period, or nothing tells about findings.",
        definition_source=(
            "FedRAMP Continuous Monitoring (Rev. 5) and CISA BOD 19-02 count from detection to "
            "remediation; mean time to remediate, here as a median."
        ),
        example=Example(
            records="security findings",
            happened=hours(3 * 24, 8 * 24, 20 * 24, 45 * 24, 70 * 24),
            still_open=hours(60 * 24),
            left=hours(12 * 24),
            excluded=("is_end_unknown",),
            value=45 * DAY,
        ),
    ),
    Kpi(
        id="overdue_findings",
        name="Overdue findings",
        promise=PROMISE,
        audience="business",
        unit="findings",
        direction="lower",
        statistics=("count",),
        fact="fact_security_findings",
        entered_at="due_at",
        left_at="ended_at",
        exclusions=(
            Exclusion("is_without_deadline", "No deadline is set for its severity."),
            END_UNKNOWN,
        ),
        slices=(BY_SEVERITY,),
        requires=("security_findings",),
        definition=(
            "Security findings that are open at the end of the period although the days allowed "
            "for their severity are over: 15 for critical, 30 for high, 90 for medium and 180 for "
            "low, unless `security_fix_days` in plumbline.toml says otherwise."
        ),
        null_means="Nothing tells about findings in the period.",
        definition_source=(
            "CISA BOD 19-02 (critical 15 days, high 30) and FedRAMP Continuous Monitoring Rev. 5 "
            "(moderate 90, low 180). What is known to be exploited has shorter terms of its own "
            "(CISA BOD 22-01)."
        ),
        example=Example(
            records="open security findings past their deadline",
            n=7,
            excluded=("is_without_deadline",),
            value=7,
        ),
    ),
)

kpi_security = kpi_asset(PROMISE, KPIS)
