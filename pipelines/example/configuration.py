"""The example company's `plumbline.toml`: whom it serves, what it promised and how it decided.

Written from the same rows that the world is drawn from, so the two cannot contradict each other.
"""

from pipelines.example.clock import CALENDARS, HALF_DAY_ENDS, HALF_DAYS
from pipelines.example.desk import AGENTS, CALENDAR, ORDER
from pipelines.example.reliability import (
    LATENCY_OBJECTIVE,
    OBJECTIVES,
    TIMED,
    WITHOUT_OBJECTIVE,
)
from pipelines.example.targets import target_tables
from pipelines.example.world import (
    AS_OF,
    BEGINS_ON,
    CUSTOMERS,
    MOVED_ON,
    OFFERINGS,
    SEGMENTS,
    TIME_ZONE,
    UNITS,
    Customer,
    Segment,
    Unit,
)

SUPPORT_OBJECTIVES = {"startup": 0.85, "core": 0.9, "regulated": 0.85}
# source -> the tables it fills; all were read until AS_OF
COVERED = {
    "github": ("pipeline_runs", "pipeline_jobs", "changes", "commits", "deployments"),
    "jenkins": ("pipeline_runs",),
    "pagerduty": ("incidents",),
    "statuspage": ("incidents",),
    "zendesk": ("tickets", "ticket_events", "ticket_ratings"),
    "scanner": ("security_findings",),
    "monitoring": ("service_levels",),
    "timesheets": ("effort",),
}

HEADER = f"""\
# The example company. It does not exist: `plumbline demo` drew it from a fixed seed, and
# truths.json beside this file says what was planted. Copy this file to begin your own.
#
# Every row is dated: a later row of the same id with a later valid_from supersedes it, so a
# reorganisation does not rewrite history.

[organisation]
name = "Example company"
time_zone = "{TIME_ZONE}"        # days, weeks and quarters are cut in this zone
is_example = true                  # every page then says that this is an example
as_of = {AS_OF:%Y-%m-%dT%H:%M:%SZ}       # freezes the clock of this home; leave it out in yours
default_calendar = "support"

[rules]
service_window_hours = 24          # an incident so soon after a release counts against it
hotfix_window_hours = 72
bots = ["*[bot]", "dependabot*", "renovate*", "*-bot"]
production_environments = ["production", "prod", "prod-*", "live"]
staging_environments = ["staging", "stage", "preprod*", "uat"]
max_reject_ratio = 0.05            # more rejected records than this block the edition
"""

PORTFOLIO = """\
# Next year's support team is a tenth smaller: what should it stop doing?

[portfolio]
capacity_hours = 120.0             # a week; today's offerings take more

"""

STAFFING = f"""\
# Who answers tickets: what is planted. How long a ticket keeps them busy is found out.

[staffing]
agents = {AGENTS}
calendar = "{CALENDAR}"
order = {list(ORDER)}
lane_for = "regulated"
"""

BAD_ON_PURPOSE = """\
# What the company decided to be bad at, so as to be excellent where it counts.

[[bad_on_purpose]]
segment = "startup"
promise = "accountability"
since = 2025-01-01
why = "Small teams ship experiments behind flags; a second pair of eyes is optional there."
owner_role = "Head of platform"
"""


def as_toml() -> str:
    """The whole file."""
    parts = [
        HEADER,
        STAFFING.replace("'", '"'),
        "# Whom we serve, and how much each promise matters to them (1 to 5).\n",
        *(_segment(segment) for segment in SEGMENTS),
        "# The teams. One was reorganised: it has two rows.\n",
        *(_customer(customer) for customer in CUSTOMERS),
        "# What they run, and what belongs to whom.\n",
        *(_unit(unit) for unit in UNITS),
        "# What the DevOps team offers.\n",
        *(_offering(number) for number in range(len(OFFERINGS))),
        "# When support is there. Reply and resolution times count these hours only.\n",
        *(_calendar(name) for name in CALENDARS),
        "# What is poor, on target, excellent: 1, 3 and 5 on the scale. Segment \"\" is the scale\n"
        "# common to all, by which segments are compared; the others are each segment's own.\n",
        target_tables(tuple(segment.id for segment in SEGMENTS)),
        "# What share of requests shall be good; what is left to 1 is the error budget.\n",
        *(_objectives(unit) for unit in UNITS if unit.customer and unit.services),
        "# And what share of tickets shall be solved by their due time; one team has its own.\n",
        *(
            _table("support_objectives", segment=name, objective=share, valid_from=BEGINS_ON)
            for name, share in SUPPORT_OBJECTIVES.items()
        ),
        _table("support_objectives", customer="ledger", objective=0.9, valid_from=MOVED_ON),
        PORTFOLIO,
        BAD_ON_PURPOSE,
        "# All sources were read until the clock of this home; without these rows a source that\n"
        "# has had nothing to tell for three days would count as late.\n",
        *(_coverage(source, entity) for source, tables in COVERED.items() for entity in tables),
    ]  # fmt: skip
    return "\n".join(parts)


def _segment(segment: Segment) -> str:
    importance = ", ".join(f"{promise} = {n}" for promise, n in segment.importance.items())
    return _table(
        "segments",
        id=segment.id,
        name=segment.name,
        valid_from=BEGINS_ON,
        calendar=segment.calendar,
        stance=segment.stance,
        importance=_Verbatim(f"{{ {importance} }}"),
    )


def _customer(customer: Customer) -> str:
    first = _table(
        "customers",
        id=customer.id,
        name=customer.name,
        segment=customer.was or customer.segment,
        valid_from=BEGINS_ON,
    )
    if customer.was is None:
        return first
    moved = _table(
        "customers",
        id=customer.id,
        name=customer.name,
        segment=customer.segment,
        valid_from=MOVED_ON,
    )
    return f"{first}\n{moved}"


def _unit(unit: Unit) -> str:
    """Services with their repositories, and whom these belong to; nothing for what nobody owns."""
    if not unit.customer:
        return f"# {', '.join(unit.repos)} belongs to nobody on purpose: see what is unassigned.\n"
    tables = [
        _table("services", id=name, name=_title(name), repos=list(unit.repos), valid_from=BEGINS_ON)
        for name in unit.services
    ]
    tables += [
        _table("repos", id=name, is_deployable=False, valid_from=BEGINS_ON)
        for name in unit.repos
        if not unit.is_deployable
    ]
    for customer in filter(None, (unit.customer, unit.also_for)):
        owned = [("service", name) for name in unit.services] + [("repo", r) for r in unit.repos]
        tables += [
            _table("ownership", customer=customer, kind=kind, match=name, valid_from=BEGINS_ON)
            for kind, name in owned
        ]
    return "\n".join(tables)


def _objectives(unit: Unit) -> str:
    """Of all services but the one that has none, by what its team is promised now."""
    [customer] = [c for c in CUSTOMERS if c.id == unit.customer]
    share = OBJECTIVES[customer.segment]
    named = [name for name in unit.services if name != WITHOUT_OBJECTIVE]
    stated = [
        *((name, "availability", share) for name in named),
        *((name, "latency", LATENCY_OBJECTIVE) for name in named if name in TIMED),
    ]
    return "\n".join(
        _table("objectives", service=name, indicator=what, objective=share, valid_from=BEGINS_ON)
        for name, what, share in stated
    )


def _title(name: str) -> str:
    words = [{"api": "API"}.get(word, word) for word in name.split("-")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def _offering(number: int) -> str:
    offering = OFFERINGS[number]
    return _table(
        "offerings",
        id=offering.id,
        name=offering.name,
        tools=list(offering.tools),
        is_mandated=offering.is_mandated,
        level=offering.level,
        one_off_hours=offering.one_off_hours,
        valid_from=BEGINS_ON,
    )


def _calendar(name: str) -> str:
    opens, closes = CALENDARS[name]
    week = ", ".join(
        f'{day} = ["{opens:02}:00-{closes:02}:00"]' for day in ("mon", "tue", "wed", "thu", "fri")
    )
    half = ", ".join(
        f'{{ on = {day}, hours = ["{opens:02}:00-{HALF_DAY_ENDS}:00"] }}' for day in HALF_DAYS
    )
    return _table(
        "calendars",
        id=name,
        time_zone=TIME_ZONE,
        weekly=_Verbatim(f"{{ {week} }}"),
        holidays=_Verbatim('{ country = "DE", subdivision = "BE" }'),
        exceptions=_Verbatim(f"[{half}]"),
        valid_from=BEGINS_ON,
    )


def _coverage(source: str, entity: str) -> str:
    until = _Verbatim(f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}")
    return _table("coverage", source=source, entity=entity, **{"from": BEGINS_ON, "to": until})


class _Verbatim(str):
    """TOML as it stands."""

    __slots__ = ()


def _table(table: str, /, **values: object) -> str:
    return f"[[{table}]]\n" + "".join(f"{key} = {_value(v)}\n" for key, v in values.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, str) and not isinstance(value, _Verbatim):
        return f'"{value}"'
    return str(value)
