"""The example company: its teams, services and repositories, and what is planted for each segment.

Holds plain facts and numbers only; what happens in this world is drawn by the other modules.
The company does not exist. Its people are logins, its addresses are on example.com.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zlib import crc32

import numpy as np
import numpy.typing as npt

SEED = 20260701
TIME_ZONE = "Europe/Berlin"
BEGINS_ON = date(2024, 7, 1)
DRAWN_UNTIL = date(2026, 8, 31)  # what is under way at AS_OF must have an end to be open before it
AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
BEGIN_S = int(datetime(2024, 6, 30, 22, tzinfo=UTC).timestamp())  # local midnight
AS_OF_S = int(AS_OF.timestamp())
QUARTERS = tuple(f"{n // 4}-Q{n % 4 + 1}" for n in range(2024 * 4 + 2, 2026 * 4 + 3))
HOSTING = "https://github.example.com"

MINUTE, HOUR, DAY = 60, 3_600, 86_400

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Segment:
    """What is planted for one segment; durations are medians of lognormal distributions."""

    id: str
    name: str
    calendar: str
    stance: str
    importance: dict[str, int]
    lead_hours: float
    releases_per_week: float  # and service
    fail_ratio: float  # of planned releases at an even pace
    speed_costs: float  # added to the log odds of failure per unit of pace
    restore_minutes: float
    review_ratio: float
    resolution_hours: float  # business hours from the first reply, of the segment's own calendar
    ci_minutes: float
    postmortem_ratio: float  # of severe incidents
    tickets: float  # share
    lead_spread: float = 1.0  # sigma of the logarithm, as all spreads
    restore_spread: float = 0.9


SEGMENTS = (
    Segment("startup", "Start-up-like teams", "support", "flexibility",
            {"flexibility": 5, "feedback": 5, "support": 4, "reliability": 3,
             "stability": 2, "security": 2, "accountability": 1, "cost": 3},
            lead_hours=20, releases_per_week=2.0, fail_ratio=0.13, speed_costs=0.0,
            restore_minutes=75, review_ratio=0.60, resolution_hours=9,
            ci_minutes=7, postmortem_ratio=0.55, tickets=0.32),
    Segment("core", "Core product teams", "support", "balanced",
            {"flexibility": 4, "feedback": 4, "support": 3, "reliability": 4,
             "stability": 4, "security": 3, "accountability": 3, "cost": 4},
            lead_hours=55, releases_per_week=1.15, fail_ratio=0.09, speed_costs=1.8,
            restore_minutes=90, review_ratio=0.80, resolution_hours=6,
            ci_minutes=13, postmortem_ratio=0.8, tickets=0.38),
    Segment("regulated", "Regulated teams", "extended", "stability",
            {"flexibility": 2, "feedback": 3, "support": 5, "reliability": 5,
             "stability": 5, "security": 5, "accountability": 5, "cost": 2},
            lead_hours=150, releases_per_week=1.0, fail_ratio=0.05, speed_costs=0.0,
            restore_minutes=40, review_ratio=0.97, resolution_hours=26,
            ci_minutes=22, postmortem_ratio=0.97, tickets=0.30),
)  # fmt: skip


@dataclass(frozen=True)
class Customer:
    """A team, its segment and, for the one that moved, its segment before `moved_on`."""

    id: str
    name: str
    segment: str
    was: str | None = None


MOVED_ON = date(2025, 7, 1)
CUSTOMERS = (
    Customer("discovery", "Discovery team", "startup"),
    Customer("growth", "Growth team", "startup"),
    Customer("mobile", "Mobile team", "startup"),
    Customer("insights", "Insights team", "startup"),
    Customer("checkout", "Checkout team", "core"),
    Customer("catalogue", "Catalogue team", "core"),
    Customer("accounts", "Accounts team", "core"),
    Customer("logistics", "Logistics team", "core", was="startup"),
    Customer("payments", "Payments team", "regulated"),
    Customer("lending", "Lending team", "regulated"),
    Customer("identity", "Identity team", "regulated"),
    Customer("ledger", "Ledger team", "regulated"),
)
NOBODY = len(CUSTOMERS)  # the index of what belongs to no customer


@dataclass(frozen=True)
class Unit:
    """What is released together: its repositories and the services they feed."""

    customer: str
    services: tuple[str, ...]
    repos: tuple[str, ...]
    is_deployable: bool = True
    also_for: str | None = None  # a second customer


def _own(customer: str, *services: str) -> tuple[Unit, ...]:
    return tuple(Unit(customer, (name,), (f"example/{name}",)) for name in services)


UNITS = (
    *_own("discovery", "search-api", "recommendations"),
    Unit("discovery", ("web-shell",), ("example/web-shell",), also_for="growth"),
    *_own("growth", "campaigns", "experiments"),
    Unit("mobile", ("mobile-gateway", "push-notifications"), ("example/mobile-backend",)),
    *_own("insights", "event-collector", "report-builder"),
    *_own("checkout", "checkout-api", "basket"),
    Unit("checkout", ("checkout-web",), ("example/checkout-web", "example/checkout-ui")),
    *_own("catalogue", "catalogue-api", "product-images", "price-engine"),
    *_own("accounts", "accounts-api", "profile", "loyalty"),
    *_own("logistics", "shipping-api", "parcel-tracking"),
    Unit("payments", ("payments-api",), ("example/payments-api", "example/payments-adapters")),
    *_own("payments", "card-vault", "payouts"),
    *_own("lending", "credit-scoring", "loan-origination"),
    *_own("identity", "identity-provider", "consent", "fraud-screening"),
    Unit("ledger", ("ledger-core", "statements"), ("example/ledger",)),
    Unit("", ("legacy-batch",), ("example/legacy-batch",)),
    Unit("", (), ("example/hackday-tools",), is_deployable=False),
    Unit("insights", (), ("example/handbook",), is_deployable=False),
)
SERVICES = tuple(name for unit in UNITS for name in unit.services)
REPOS = tuple(name for unit in UNITS for name in unit.repos)


@dataclass(frozen=True)
class Offering:
    """Something the DevOps team supports: share of tickets, minutes a ticket needs, tools.

    `one_off_hours` is what moving its users elsewhere would take.
    """

    id: str
    name: str
    tools: tuple[str, ...]
    ticket_share: float
    handle_minutes: float
    is_mandated: bool = False
    level: str = "standard"
    one_off_hours: float = 0.0


OFFERINGS = (
    Offering("pipeline-templates", "Pipeline templates", ("github-actions",), 0.24, 30.0),
    Offering("legacy-jenkins", "Legacy Jenkins", ("jenkins",), 0.12, 55.0, one_off_hours=80.0),
    Offering("browser-grid", "Browser test grid", ("browser-grid",), 0.12, 30.0),
    Offering("deployment-service", "Deployment service", ("deployment-service",), 0.18, 30.0),
    Offering("observability", "Observability", ("observability",), 0.14, 30.0),
    Offering("secrets-and-access", "Secrets and access", ("vault",), 0.20, 30.0, is_mandated=True),
)


def rng(name: str) -> np.random.Generator:
    """A stream of its own for each part, so that a change in one leaves the others' draws alone."""
    return np.random.default_rng([SEED, crc32(name.encode())])


def quarter_of(seconds: Ints) -> Ints:
    """Index into QUARTERS of UTC instants; earlier and later ones count to the first and last."""
    starts = [
        datetime(int(name[:4]), 3 * int(name[-1]) - 2, 1, tzinfo=UTC).timestamp()
        for name in QUARTERS
    ]
    found = np.searchsorted(np.array(starts), seconds, side="right") - 1
    return np.clip(found, 0, len(QUARTERS) - 1).astype(np.int64)


def segment_of(customer: Ints, seconds: Ints) -> Ints:
    """Index into SEGMENTS of customers at UTC instants; nobody's things behave like core's."""
    index = {segment.id: number for number, segment in enumerate(SEGMENTS)}
    now = np.array([index[c.segment] for c in CUSTOMERS] + [index["core"]])
    before = np.array([index[c.was or c.segment] for c in CUSTOMERS] + [index["core"]])
    moved_s = datetime(2025, 6, 30, 22, tzinfo=UTC).timestamp()  # local midnight of MOVED_ON
    return np.where(seconds < moved_s, before[customer], now[customer]).astype(np.int64)


def pace() -> Floats:
    """Pace of each customer (and nobody) in each quarter: 0 even, positive faster.

    The same values in another order for each: a segment's mix stays alike over the quarters. The
    checkout team's rise from slow to fast is the story that the dashboard can tell.
    """
    values = np.array([-0.6, -0.35, -0.15, 0.0, 0.0, 0.15, 0.35, 0.6])
    drawn = rng("pace").permuted(np.tile(values, (len(CUSTOMERS) + 1, 1)), axis=1)
    drawn[[c.id for c in CUSTOMERS].index("checkout")] = values
    drawn[NOBODY] = 0.0
    return np.column_stack([drawn, drawn[:, -1]])


def planted(field: str) -> Floats:
    """One planted number per segment."""
    return np.array([getattr(segment, field) for segment in SEGMENTS], dtype=np.float64)
