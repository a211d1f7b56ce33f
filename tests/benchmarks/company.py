"""The company of the benchmark: 50 customers in 4 segments, 200 services, and its plumbline.toml.

Holds who there is and what belongs to whom; what happens is in `workload`.
"""

from datetime import UTC, datetime

TIME_ZONE = "Europe/Berlin"
DAYS = 730
AS_OF = datetime(2026, 7, 1, 4, tzinfo=UTC)
BEGIN = datetime(2024, 6, 30, 22, tzinfo=UTC)  # local midnight
SEGMENTS = ("product", "core", "regulated", "internal")
CUSTOMERS = tuple(f"team-{n:02}" for n in range(50))
SERVICES = tuple(f"service-{n:03}" for n in range(200))
OFFERINGS = tuple(f"offering-{n:02}" for n in range(12))
TOOLS = tuple(f"tool-{n:02}" for n in range(15))
SHARED_REPO = "example/monorepo"
ENTITIES = (
    "pipeline_runs",
    "changes",
    "commits",
    "deployments",
    "deployment_changes",
    "incidents",
    "tickets",
    "ticket_events",
    "ticket_ratings",
    "security_findings",
    "service_levels",
    "effort",
)

# KPI, statistic, then poor / target / excellent, for all segments and for each.
TARGETS = (
    ("change_lead_time", "p50", 1_209_600, 259_200, 43_200),
    ("deployment_frequency", "rate", 1, 4, 12),
    ("ci_feedback_time", "p50", 3_600, 1_200, 420),
    ("first_response_time", "p50", 28_800, 7_200, 1_800),
    ("csat", "ratio", 0.7, 0.85, 0.95),
    ("time_to_restore", "p50", 18_000, 4_800, 1_800),
    ("change_fail_rate", "ratio", 0.3, 0.15, 0.03),
    ("independent_review_rate", "ratio", 0.5, 0.85, 0.98),
)


def repo_of(service: int) -> str:
    """A service's own repository; every twentieth service lives in the shared one."""
    return f"example/{owner_of(service)}-{SERVICES[service]}" if service % 20 else SHARED_REPO


def owner_of(service: int) -> str:
    """The customer that a service belongs to."""
    return CUSTOMERS[service % len(CUSTOMERS)]


def as_toml() -> str:
    """The whole `plumbline.toml`."""
    return "\n".join(
        [
            f'[organisation]\nname = "Benchmark"\ntime_zone = "{TIME_ZONE}"\n'
            'is_example = true\ndefault_calendar = "office"\n',
            *(_segment(name) for name in SEGMENTS),
            *(_customer(number, name) for number, name in enumerate(CUSTOMERS)),
            *(_service(number, name) for number, name in enumerate(SERVICES)),
            *(_offering(number, name) for number, name in enumerate(OFFERINGS)),
            _calendar("office", "09:00-17:00"),
            _calendar("extended", "07:00-20:00"),
            *(_target(*row) for row in TARGETS),
        ]
    )


def _segment(name: str) -> str:
    calendar = "extended" if name == "regulated" else "office"
    importance = ", ".join(
        f"{promise} = {1 + (len(promise) + len(name)) % 5}"
        for promise in ("flexibility", "feedback", "support", "reliability", "stability")
    )
    return (
        f'[[segments]]\nid = "{name}"\nname = "{name}"\ncalendar = "{calendar}"\n'
        f'stance = "balanced"\nimportance = {{ {importance} }}\n'
    )


def _customer(number: int, name: str) -> str:
    row = f'[[customers]]\nid = "{name}"\nname = "{name}"\n'
    text = row + f'segment = "{SEGMENTS[number % len(SEGMENTS)]}"\n'
    if number % 25 == 0:  # a reorganisation in the middle, so that there are two eras
        text += row + f'segment = "{SEGMENTS[(number + 1) % 4]}"\nvalid_from = 2025-07-01\n'
    owned = [("repo", f"example/{name}-*"), ("organisation", f"Organisation {name}")]
    owned += [("path", f"{SHARED_REPO}:{name}/")] if number < 10 else []
    return text + "".join(_owns(name, kind, match) for kind, match in owned)


def _service(number: int, name: str) -> str:
    text = f'[[services]]\nid = "{name}"\nname = "{name}"\nrepos = ["{repo_of(number)}"]\n'
    owners = [owner_of(number)] + ([CUSTOMERS[0]] if number % 10 == 3 else [])
    return text + "".join(_owns(owner, "service", name) for owner in owners)


def _owns(customer: str, kind: str, match: str) -> str:
    return f'[[ownership]]\ncustomer = "{customer}"\nkind = "{kind}"\nmatch = "{match}"\n'


def _offering(number: int, name: str) -> str:
    tools = ", ".join(f'"{tool}"' for tool in TOOLS[number :: len(OFFERINGS)])
    return f'[[offerings]]\nid = "{name}"\nname = "{name}"\ntools = [{tools}]\n'


def _calendar(name: str, hours: str) -> str:
    days = ", ".join(f'{day} = ["{hours}"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    return (
        f'[[calendars]]\nid = "{name}"\ntime_zone = "{TIME_ZONE}"\nweekly = {{ {days} }}\n'
        'holidays = { country = "DE", subdivision = "BE" }\n'
    )


def _target(kpi: str, statistic: str, poor: float, target: float, excellent: float) -> str:
    scale = f"poor = {poor}\ntarget = {target}\nexcellent = {excellent}\n"
    return "".join(
        f'[[targets]]\nsegment = "{segment}"\nkpi = "{kpi}"\nstatistic = "{statistic}"\n{scale}'
        for segment in ("", *SEGMENTS)
    )
