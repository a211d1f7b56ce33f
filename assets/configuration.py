"""What `plumbline.toml` says: its models and `load`.

Holds the shape of the file and what one row alone can get wrong. What rows can get wrong
together (a customer of a segment that is not there) is in `assets.configuration_checks`.
Every row is dated: a later row with the same id and a later `valid_from` supersedes it.
"""

import hashlib
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assets import configuration_checks as checks
from assets.errors import ConfigurationError

Promise = Literal[
    "flexibility",
    "feedback",
    "support",
    "reliability",
    "stability",
    "security",
    "accountability",
    "cost",
]
Entity = Literal[
    "pipeline_runs",
    "pipeline_jobs",
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
]
Stance = Literal["flexibility", "balanced", "stability"]
Statistic = Literal["p50", "p90", "ratio", "rate", "count", "sum"]
OwnershipKind = Literal["repo", "service", "environment", "ticket_group", "organisation", "path"]
FindingSeverity = Literal["critical", "high", "medium", "low"]
Level = Literal["stop", "best_effort", "standard", "excellent"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

ALWAYS = date(1970, 1, 1)  # a row without valid_from has been valid from the beginning
# CISA BOD 19-02 (2019) allows 15 and 30 days, FedRAMP's continuous monitoring 90 and 180.
SECURITY_FIX_DAYS: dict[FindingSeverity, int] = {
    "critical": 15,
    "high": 30,
    "medium": 90,
    "low": 180,
}
POSTMORTEM_SEVERITIES = ("critical", "major", "high", "p1", "p2", "sev1", "sev2")
LEVELS: tuple[Level, ...] = get_args(Level)
# What a level takes, relative to standard: a stopped offering leaves questions and migrations.
LEVEL_HOURS: dict[Level, float] = {
    "stop": 0.1,
    "best_effort": 0.5,
    "standard": 1.0,
    "excellent": 1.6,
}
SERVED_BY_LEVEL: dict[Level, float] = {"best_effort": 0.6, "standard": 0.8, "excellent": 0.92}

Id = Annotated[str, Field(min_length=1), AfterValidator(checks.not_reserved)]
Zone = Annotated[str, AfterValidator(checks.known_zone)]
Hours = Annotated[str, AfterValidator(checks.readable_hours)]
HoursOfDay = Annotated[tuple[Hours, ...], AfterValidator(checks.disjoint_hours)]
Instant = Annotated[datetime, BeforeValidator(checks.utc_instant)]
Globs = tuple[str, ...]
Share = Annotated[float, AfterValidator(checks.open_share)]
# Levels that a home does not name have the defaults.
LevelHours = Annotated[
    dict[Level, float], AfterValidator(lambda hours: checks.rising({**LEVEL_HOURS, **hours}))
]
ServedByLevel = Annotated[
    dict[Level, Share], AfterValidator(lambda served: {**SERVED_BY_LEVEL, **served})
]


class Row(BaseModel):
    """Base of all tables of the file: no unknown keys, no changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Organisation(Row):
    """`[organisation]`: whose numbers these are, and by which clock days are cut."""

    name: str = Field(min_length=1)
    time_zone: Zone = "UTC"
    is_example: bool = False
    as_of: Instant | None = None
    default_calendar: str | None = None


class Rules(Row):
    """`[rules]`: what the facts take for a deployment to production, a bot, a link …"""

    service_window_hours: int = Field(default=24, ge=1)
    hotfix_window_hours: int = Field(default=72, ge=1)
    raw_retention_days: int = Field(default=0, ge=0)
    bots: Globs = ("*[bot]", "dependabot*", "renovate*", "*-bot")
    production_environments: Globs = ("production", "prod", "prod-*", "live")
    staging_environments: Globs = ("staging", "stage", "preprod*", "uat")
    test_environments: Globs = ("test*", "dev*", "qa")
    default_branches: Globs = ("main", "master", "trunk")
    release_branches: Globs = ("release/*", "release-*")
    security_fix_days: dict[FindingSeverity, Annotated[int, Field(ge=1)]] = SECURITY_FIX_DAYS
    postmortem_severities: Globs = POSTMORTEM_SEVERITIES
    max_reject_ratio: float = Field(default=0.05, ge=0, le=1)


class Segment(Row):
    """A kind of customer, what it is promised and how much each promise matters to it (1..5)."""

    id: Id
    name: str
    valid_from: date = ALWAYS
    calendar: str | None = None
    stance: Stance = "balanced"
    importance: dict[Promise, Annotated[int, Field(ge=1, le=5)]] = {}


class Customer(Row):
    """A team or business unit that uses the service; without a stance it has its segment's."""

    id: Id
    name: str
    segment: str
    valid_from: date = ALWAYS
    stance: Stance | None = None


class Service(Row):
    """Something that is deployed and can have an incident."""

    id: Id
    name: str
    repos: tuple[str, ...] = ()
    valid_from: date = ALWAYS


class Repo(Row):
    """What is special about one repository; unlisted ones have the defaults."""

    id: Id
    default_branch: str | None = None
    is_deployable: bool = True
    valid_from: date = ALWAYS


class Offering(Row):
    """Something the team supports, and the tools whose runs and tickets belong to it.

    `level` is how it is supported today and `lowest` how little it may be; a mandated one is never
    stopped. `one_off_hours` is what stopping it would take once; `served` is how well its users are
    served today (0..1), where the answers of customers do not tell.
    """

    id: Id
    name: str
    tools: tuple[str, ...] = ()
    is_mandated: bool = False
    level: Level = "standard"
    lowest: Level = "stop"
    one_off_hours: float = Field(default=0.0, ge=0)
    served: float | None = Field(default=None, gt=0, lt=1)
    valid_from: date = ALWAYS


class Portfolio(Row):
    """`[portfolio]`: what levels of support take and give, and under which capacity plans are made.

    `level_hours` are relative to `standard`; `served_by_level` is how well users are served at a
    level of which nothing else tells; `segment_weights` say how much each segment counts (1).
    """

    capacity_hours: float | None = Field(default=None, gt=0)
    level_hours: LevelHours = LEVEL_HOURS
    served_by_level: ServedByLevel = SERVED_BY_LEVEL
    horizon_weeks: int = Field(default=26, ge=1)
    segment_weights: dict[str, Annotated[float, Field(ge=0)]] = {}


class Ownership(Row):
    """What belongs to a customer, by exact name, glob or (kind path) `repo:prefix/`."""

    customer: str
    kind: OwnershipKind
    match: str = Field(min_length=1)
    valid_from: date = ALWAYS
    valid_to: date | None = None


class Holidays(Row):
    """A country, and part of it, as the `holidays` package names them."""

    country: str
    subdivision: str | None = None


class CalendarException(Row):
    """The hours of one day that differ from its weekday; none closes it."""

    on: date
    hours: HoursOfDay


class Calendar(Row):
    """Opening hours, local to a time zone: `"09:00-17:00"`, several a day, end up to 24:00."""

    id: Id
    time_zone: Zone
    weekly: dict[Weekday, HoursOfDay]
    holidays: Holidays | None = None
    exceptions: tuple[CalendarException, ...] = ()
    valid_from: date = ALWAYS


class Target(Row):
    """What of a KPI is poor, on target, excellent; segment "" is the scale common to all."""

    segment: str = ""
    kpi: str
    statistic: Statistic
    poor: float
    target: float
    excellent: float
    weight: float = Field(default=1.0, gt=0)
    valid_from: date = ALWAYS


class Objective(Row):
    """What share of a service's events an indicator wants good; the rest is its error budget."""

    service: str
    indicator: str = Field(min_length=1)
    objective: Share
    valid_from: date = ALWAYS


class SupportObjective(Row):
    """What share of tickets is solved in time; a customer's own goes before its segment's."""

    segment: str = ""
    customer: str = ""
    objective: Share
    valid_from: date = ALWAYS


class BadOnPurpose(Row):
    """A promise that is not kept to a segment, because somebody decided so."""

    segment: str
    promise: Promise
    since: date
    why: str = Field(min_length=1)
    owner_role: str = Field(min_length=1)


class StaffingScenario(Row):
    """`[[staffing.scenarios]]`: another staffing to look at; what is not said stays as today."""

    name: Id
    agents: int | None = Field(default=None, ge=1)
    order: tuple[str, ...] | None = None
    own_lane: str | None = None
    reserved: int = Field(default=1, ge=1)
    is_helping: bool = False


class Staffing(Row):
    """`[staffing]`: how many answer tickets today, when, and whom they take first.

    Without an `order` of segments tickets are answered as they come; without a number of `runners`
    as many are taken as ran at once.
    """

    agents: int | None = Field(default=None, ge=1)
    calendar: str | None = None
    order: tuple[str, ...] = ()
    lane_for: str | None = None
    runners: dict[str, Annotated[int, Field(ge=1)]] = {}
    scenarios: tuple[StaffingScenario, ...] = ()


class ForeignFile(Row):
    """A CSV, JSONL or parquet export of any system, mapped to a conformed table."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    entity: Entity
    path: Annotated[str, AfterValidator(checks.readable_pattern)]
    key: tuple[str, ...] = Field(min_length=1)
    columns: dict[str, str]
    constants: dict[str, str | bool | int | float] = {}
    words: dict[str, dict[str, str]] = {}
    first_by: dict[str, str] = {}
    latest_by: str | None = None
    people: tuple[str, ...] = ()  # their columns that name people, mapped or not
    timestamp_format: str | None = None
    timezone: Zone = "UTC"
    null_values: tuple[str, ...] = ("",)


class Coverage(Row):
    """A span that is known (or known to have holes), instead of what deliveries suggest.

    `from` and `to` bound a half-open span; a bare date is its midnight in UTC.
    """

    source: str
    entity: Entity
    scope: str = ""
    from_at: Instant = Field(alias="from")
    to_at: Instant = Field(alias="to")
    is_complete: bool = True
    reason: str | None = None


class Configuration(Row):
    """All of `plumbline.toml`."""

    organisation: Organisation
    rules: Rules = Rules()
    staffing: Staffing = Staffing()
    segments: tuple[Segment, ...] = ()
    customers: tuple[Customer, ...] = ()
    services: tuple[Service, ...] = ()
    repos: tuple[Repo, ...] = ()
    offerings: tuple[Offering, ...] = ()
    portfolio: Portfolio = Portfolio()
    ownership: tuple[Ownership, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    targets: tuple[Target, ...] = ()
    objectives: tuple[Objective, ...] = ()
    support_objectives: tuple[SupportObjective, ...] = ()
    bad_on_purpose: tuple[BadOnPurpose, ...] = ()
    files: tuple[ForeignFile, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what the file means: comments and layout do not change it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load(path: Path) -> Configuration:
    """Read `plumbline.toml`; ConfigurationError names each mistake, and what is allowed there."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path} does not exist. Name another home with --home, copy "
            "data/reference/plumbline.toml there to begin your own, or make the example: plumbline "
            "demo."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not readable as TOML: {error}.") from None
    try:
        configuration = Configuration.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(
            checks.as_message(path, checks.mistakes_of(error, content))
        ) from None
    if mistakes := checks.contradictions(content):
        raise ConfigurationError(checks.as_message(path, mistakes))
    return configuration
