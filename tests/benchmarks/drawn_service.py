"""What happens in operation and support in the benchmark's company: one function per table."""

import company
import numpy as np
import polars as pl
from draws import DAY, HOUR, MINUTE, Rows, named, repo_of_service

WEEKS = company.DAYS // 7


def incidents(rows: Rows) -> pl.DataFrame:
    frame = rows.frame.with_columns(mitigated_at=rows.after("begun", 80 * MINUTE))
    return frame.select(
        "mitigated_at",
        incident_id=pl.format("incident-{}", "n"),
        opened_at="begun",
        status=pl.lit("resolved"),
        service=named(company.SERVICES, pl.col("service")),
        severity=rows.word({"sev1": 0.1, "sev2": 0.3, "sev3": 0.6}),
        detected_at="begun",
        acknowledged_at=rows.after("begun", 6 * MINUTE),
        resolved_at=rows.after("mitigated_at", 2 * HOUR),
        cause=rows.word({"change": 0.5, "infrastructure": 0.3, "third_party": 0.2}),
        has_postmortem=rows.chance(0.5),
    )


def tickets(rows: Rows) -> pl.DataFrame:
    """Each with `n`, `first_reply_at` and `solved_at`, of which the events tell."""
    frame = rows.frame.with_columns(
        first_reply_at=rows.after("begun", 2 * HOUR), due_at=rows.after("begun", 3 * DAY, 0.3)
    )
    names = [f"Organisation {name}" for name in company.CUSTOMERS]
    return frame.select(
        "n",
        "first_reply_at",
        "due_at",
        ticket_id=pl.format("ticket-{}", "n"),
        created_at="begun",
        status=pl.lit("solved"),
        customer=named(names, rows.numbers(len(names))),
        service=pl.when(rows.chance(0.5)).then(named(company.SERVICES, pl.col("service"))),
        requester_group=rows.word({"developers": 0.8, "operators": 0.2}),
        channel=rows.word({"web": 0.5, "email": 0.3, "chat": 0.2}),
        kind=rows.word({"question": 0.5, "incident": 0.3, "task": 0.2}),
        priority=rows.word({"low": 0.3, "normal": 0.5, "high": 0.15, "urgent": 0.05}),
        tool=named(company.TOOLS, rows.numbers(len(company.TOOLS))),
        handle_minutes=pl.lit(pl.Series(rows.amounts(25))),
        is_spam=rows.chance(0.01),
        solved_at=rows.after("first_reply_at", 9 * HOUR),
    ).with_columns(updated_at="solved_at")


def ticket_events(tickets: pl.DataFrame) -> pl.DataFrame:
    """Five per ticket: created, a bot's note, the reply, solved, and for one in ten reopened."""

    def event(kind: str, actor: str, at: str, value: str | None, delay_s: int) -> pl.DataFrame:
        return tickets.select(
            "n",
            "ticket_id",
            at=pl.col(at) + pl.duration(seconds=delay_s),
            kind=pl.lit(kind),
            actor_kind=pl.lit(actor),
            value=pl.lit(value, pl.String),
        )

    again = event("status", "customer", "solved_at", "open", DAY)
    return pl.concat(
        [
            event("status", "customer", "created_at", "new", 0),
            event("internal_note", "bot", "created_at", None, 5),
            event("public_reply", "agent", "first_reply_at", None, 0),
            event("status", "agent", "solved_at", "solved", 0),
            again.filter(pl.col("n") % 10 == 0),
            event("status", "agent", "solved_at", "solved", 2 * DAY).filter(pl.col("n") % 10 == 0),
        ]
    ).drop("n")


def ticket_ratings(tickets: pl.DataFrame) -> pl.DataFrame:
    """Six in ten are asked, one in four of them answers."""
    at = pl.col("solved_at") + pl.duration(hours=1)
    is_answered = pl.col("n") % 4 == 0
    return tickets.filter(pl.col("n") % 5 < 3).select(
        "ticket_id",
        offered_at=at,
        answered_at=pl.when(is_answered).then(at + pl.duration(hours=3)),
        score=pl.when(is_answered).then((pl.col("n") // 7 % 5 + 1).cast(pl.Float64)),
        scale_low=pl.lit(1.0),
        scale_high=pl.lit(5.0),
    )


def security_findings(rows: Rows) -> pl.DataFrame:
    shares = {"critical": 0.05, "high": 0.25, "medium": 0.45, "low": 0.25}
    return rows.frame.select(
        finding_id=pl.format("finding-{}", "n"),
        severity=rows.word(shares),
        status=pl.lit("fixed"),
        repo=repo_of_service(),
        service=named(company.SERVICES, pl.col("service")),
        opened_at="begun",
        fixed_at=rows.after("begun", 30 * DAY),
    )


def service_levels() -> pl.DataFrame:
    """Good and all requests of each service and day."""
    generator = np.random.default_rng(1)
    services = pl.DataFrame({"service": company.SERVICES})
    days = pl.DataFrame({"day": range(company.DAYS + 1)})
    grid = services.join(days, how="cross")
    total = np.rint(generator.lognormal(np.log(50_000), 0.6, grid.height))
    from_at = pl.lit(company.BEGIN).cast(pl.Datetime("us", "UTC")) + pl.duration(days="day")
    return grid.select(
        "service",
        indicator=pl.lit("availability"),
        from_at=from_at,
        to_at=from_at + pl.duration(days=1),
        good=pl.Series(total - generator.poisson(total * 5e-4)),
        total=pl.Series(total),
    )


def effort() -> pl.DataFrame:
    """Hours of each offering, customer and week; toil and projects are for nobody."""
    generator = np.random.default_rng(2)
    weeks = pl.DataFrame({"week": range(WEEKS)})
    offerings = pl.DataFrame({"offering": company.OFFERINGS})
    kinds = [
        pl.DataFrame({"kind": "support", "customer": company.CUSTOMERS}),
        pl.DataFrame({"kind": ["toil", "project"], "customer": [None, None]}),
    ]
    grid = weeks.join(offerings, how="cross").join(
        pl.concat(kinds, how="diagonal_relaxed"), how="cross"
    )
    begin_on = company.BEGIN.date()
    return grid.select(
        "offering",
        "customer",
        "kind",
        week_on=pl.lit(begin_on) + pl.duration(days=1 + 7 * pl.col("week")),
        hours=pl.Series(generator.lognormal(0.0, 0.7, grid.height)).round(2),
    )
