"""What `plumbline.toml` may say, and how each mistake is answered."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assets.configuration import load
from assets.errors import ConfigurationError

WHOLE = """
[organisation]
name = "Example Ltd"
time_zone = "Europe/Berlin"
as_of = 2026-07-01T00:00:00Z
default_calendar = "support"
[rules]
hotfix_window_hours = 48
[[segments]]
id = "startup"
name = "Start-up-like"
valid_from = 2024-07-01
stance = "flexibility"
importance = { flexibility = 5, cost = 3 }
[[customers]]
id = "checkout"
name = "Checkout team"
segment = "startup"
[[services]]
id = "checkout-api"
name = "Checkout API"
repos = ["acme/checkout-api"]
[[repos]]
id = "acme/checkout-api"
[[offerings]]
id = "templates"
name = "Pipeline templates"
[[ownership]]
customer = "checkout"
kind = "path"
match = "acme/mono:checkout/"
valid_from = 2024-07-01
valid_to = 2025-06-30
[[calendars]]
id = "support"
time_zone = "Europe/Berlin"
weekly = { mon = ["13:00-17:00", "09:00-12:00"], sat = [] }
holidays = { country = "DE", subdivision = "BE" }
exceptions = [{ on = 2025-12-24, hours = ["09:00-12:00"] }]
[[targets]]
kpi = "change_lead_time"
statistic = "p50"
poor = 604800
target = 172800
excellent = 86400
[[objectives]]
service = "checkout-api"
indicator = "availability"
objective = 0.999
[[support_objectives]]
segment = "startup"
objective = 0.9
[[support_objectives]]
customer = 'checkout'
objective = 0.95
[staffing]
agents = 3
calendar = "support"
order = ["startup"]
[[staffing.scenarios]]
name = "A lane"
own_lane = "startup"
[[bad_on_purpose]]
segment = "startup"
promise = "accountability"
since = 2025-01-01
why = "They audit themselves."
owner_role = "Head of platform"
[[files]]
name = "servicedesk"
entity = "tickets"
path = "inbox/files/servicedesk/*.csv.gz"
key = ["SR Number"]
columns = { ticket_id = "SR Number" }
[[coverage]]
source = "pagerduty"
entity = "incidents"
scope = "service:checkout-api"
from = 2024-07-01
to = 2026-07-01T02:00:00+02:00
"""


@pytest.fixture
def plumbline_toml(tmp_path: Path) -> Path:
    path = tmp_path / "plumbline.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_a_whole_file_is_read_as_it_says(plumbline_toml: Path):
    configuration = load(plumbline_toml)

    assert configuration.organisation.as_of == datetime(2026, 7, 1, tzinfo=UTC)
    assert configuration.rules.hotfix_window_hours == 48
    assert configuration.rules.service_window_hours == 24
    assert configuration.segments[0].importance == {"flexibility": 5, "cost": 3}
    assert configuration.customers[0].valid_from == date(1970, 1, 1)
    assert configuration.ownership[0].valid_to == date(2025, 6, 30)
    assert configuration.targets[0].segment == ""


def test_hours_of_a_day_are_put_in_order(plumbline_toml: Path):
    weekly = load(plumbline_toml).calendars[0].weekly

    assert weekly == {"mon": ("09:00-12:00", "13:00-17:00"), "sat": ()}


def test_the_span_of_coverage_is_in_utc(plumbline_toml: Path):
    [coverage] = load(plumbline_toml).coverage

    assert coverage.from_at == datetime(2024, 7, 1, tzinfo=UTC)
    assert coverage.to_at == datetime(2026, 7, 1, tzinfo=UTC)


def test_the_digest_follows_the_meaning_and_not_the_layout(plumbline_toml: Path):
    before = load(plumbline_toml).digest

    plumbline_toml.write_text("# A comment\n" + WHOLE, encoding="utf-8")
    assert load(plumbline_toml).digest == before
    plumbline_toml.write_text(WHOLE.replace("cost = 3", "cost = 4"), encoding="utf-8")
    assert load(plumbline_toml).digest != before


def test_a_later_row_of_the_same_id_is_allowed(plumbline_toml: Path):
    moved = '[[customers]]\nid = "checkout"\nname = "C"\nsegment = "startup"\n'
    plumbline_toml.write_text(WHOLE + moved + "valid_from = 2025-01-01\n", encoding="utf-8")

    assert len(load(plumbline_toml).customers) == 2


MISTAKES = {
    "a level below the lowest": (
        ('name = "Pipeline templates"', 'name = "T"\nlevel = "stop"\nlowest = "standard"'),
        "[[offerings]] number 1 (templates) level = 'stop' is not allowed. "
        "Allowed: 'standard' (its lowest) or better.",
    ),
    "levels whose hours do not rise": (
        ("[[offerings]]", "[portfolio]\nlevel_hours = { excellent = 0.9 }\n[[offerings]]"),
        "Allowed: hours above 0 that rise over stop, best_effort, standard, excellent.",
    ),
    "the weight of a segment that is not there": (
        ("[[offerings]]", "[portfolio]\nsegment_weights = { lab = 2 }\n[[offerings]]"),
        "[portfolio] segment_weights = 'lab' is not configured. Allowed: 'startup'.",
    ),
    "an unknown key": (
        ("[rules]\n", "[rules]\nwindow = 1\n"),
        "[rules] window is not a known key. Correct its name or remove it.",
    ),
    "a missing key": (
        ('name = "Start-up-like"\n', ""),
        "[[segments]] number 1 (startup) name is missing. Add it.",
    ),
    "a missing table": (
        (WHOLE, ""),
        "[organisation] is missing. Add it.",
    ),
    "a lane for a segment that is not there": (
        ('own_lane = "startup"', 'own_lane = "startups"'),
        "[[staffing.scenarios]] (A lane) own_lane = 'startups' is not configured. "
        "Allowed: 'startup'.",
    ),
    "an order that names a segment twice": (
        ('order = ["startup"]', 'order = ["startup", "startup"]'),
        "[staffing] order = ['startup', 'startup'] is not allowed. Allowed: each segment once.",
    ),
    "hours of a desk by a calendar that is not there": (
        ('agents = 3\ncalendar = "support"', 'agents = 3\ncalendar = "night"'),
        "[staffing] calendar = 'night' is not configured. Allowed: 'support'.",
    ),
    "more agents reserved than there are": (
        ('own_lane = "startup"', 'own_lane = "startup"\nreserved = 3'),
        "[[staffing.scenarios]] (A lane) reserved = 3 is not allowed. Allowed: fewer than its 3",
    ),
    "no agent at all": (
        ("agents = 3", "agents = 0"),
        "[staffing] agents = 0 is not allowed. Allowed: greater than or equal to 1.",
    ),
    "a number out of range": (
        ("hotfix_window_hours = 48", "hotfix_window_hours = 0"),
        "[rules] hotfix_window_hours = 0 is not allowed. Allowed: greater than or equal to 1.",
    ),
    "a time zone that does not exist": (
        ('name = "Example Ltd"\ntime_zone = "Europe/Berlin"', 'name = "E"\ntime_zone = "Mars/X"'),
        "[organisation] time_zone = 'Mars/X' is not allowed. Allowed: an IANA time zone",
    ),
    "an instant without its offset": (
        ("as_of = 2026-07-01T00:00:00Z", "as_of = 2026-07-01T00:00:00"),
        "[organisation] as_of = 2026-07-01 00:00:00 is not allowed. Allowed: an instant with its",
    ),
    "a calendar that is not there": (
        ('default_calendar = "support"', 'default_calendar = "office"'),
        "[organisation] default_calendar = 'office' is not configured. Allowed: 'support'.",
    ),
    "a segment that is not there": (
        ('segment = "startup"\n[[services]]', 'segment = "core"\n[[services]]'),
        "[[customers]] number 1 (checkout) segment = 'core' is not configured. Allowed: 'startup'.",
    ),
    "an importance of no promise": (
        ("flexibility = 5", "speed = 5"),
        "importance.speed = 'speed' is not allowed. Allowed: 'flexibility', 'feedback',",
    ),
    "an importance above five": (
        ("flexibility = 5", "flexibility = 6"),
        "importance.flexibility = 6 is not allowed. Allowed: less than or equal to 5.",
    ),
    "an unknown stance": (
        ('stance = "flexibility"', 'stance = "fast"'),
        "stance = 'fast' is not allowed. Allowed: 'flexibility', 'balanced' or 'stability'.",
    ),
    "a name that Plumbline gives itself": (
        ('[[customers]]\nid = "checkout"', '[[customers]]\nid = "unassigned"'),
        "id = 'unassigned' is not allowed. Allowed: any name but organisation and unassigned.",
    ),
    "an ownership of nobody": (
        ('customer = "checkout"', 'customer = "nobody"'),
        "[[ownership]] number 1 customer = 'nobody' is not configured. Allowed: 'checkout'.",
    ),
    "a path that names no repo": (
        ('match = "acme/mono:checkout/"', 'match = "checkout/"'),
        "[[ownership]] number 1 match = 'checkout/' is not allowed. Allowed for a path: \"repo:",
    ),
    "an ownership that ends before it begins": (
        ("valid_to = 2025-06-30", "valid_to = 2024-06-30"),
        "[[ownership]] number 1 valid_to = 2024-06-30 is not allowed. Allowed: 2024-07-01",
    ),
    "hours that end before they begin": (
        ('"09:00-12:00"], sat', '"12:00-09:00"], sat'),
        "weekly.mon.2 = '12:00-09:00' is not allowed. Allowed: hours such as \"09:00-17:00\"",
    ),
    "hours that overlap": (
        ('"09:00-12:00"], sat', '"09:00-14:00"], sat'),
        "is not allowed. Allowed: hours of one day that do not overlap.",
    ),
    "a country without holidays": (
        ('country = "DE"', 'country = "ZZ"'),
        "holidays.country = 'ZZ' is not allowed. Allowed: an ISO code",
    ),
    "a part that a country does not have": (
        ('subdivision = "BE"', 'subdivision = "QQ"'),
        "holidays.subdivision = 'QQ' is not configured. Allowed: 'Augsburg', 'BB',",
    ),
    "targets that do not rise or fall": (
        ("target = 172800", "target = 700000"),
        "(change_lead_time) poor, target, excellent = 604800, 700000, 86400 is not allowed.",
    ),
    "an objective that leaves no error budget": (
        ("objective = 0.999", "objective = 1.0"),
        "[[objectives]] number 1 objective = 1.0 is not allowed. Allowed: a share above 0",
    ),
    "an objective in per cent": (
        ("objective = 0.95", "objective = 95"),
        "[[support_objectives]] number 2 objective = 95 is not allowed. Allowed: a share above 0",
    ),
    "an objective of a service that is not there": (
        ('service = "checkout-api"', 'service = "billing"'),
        "[[objectives]] number 1 service = 'billing' is not configured. Allowed: 'checkout-api'.",
    ),
    "an objective of a service twice": (
        (
            "[[support_objectives]]\nsegment",
            '[[objectives]]\nservice = "checkout-api"\n'
            'indicator = "availability"\nobjective = 0.9\n[[support_objectives]]\nsegment',
        ),
        "[[objectives]] has 2 rows with service = checkout-api, indicator = availability. Allowed:",
    ),
    "a support objective for a customer that is not there": (
        ("customer = 'checkout'", 'customer = "billing"'),
        "[[support_objectives]] number 2 customer = 'billing' is not configured. Allowed: '', 'che",
    ),
    "a support objective for a segment and a customer": (
        ("customer = 'checkout'", 'customer = "checkout"\nsegment = "startup"'),
        "segment = 'startup', customer = 'checkout' is not allowed. Allowed: exactly one",
    ),
    "days to fix a severity that none is": (
        ("hotfix_window_hours = 48", "security_fix_days = { severe = 3 }"),
        "security_fix_days.severe = 'severe' is not allowed. Allowed: 'critical', 'high', 'medium'",
    ),
    "no day to fix a finding": (
        ("hotfix_window_hours = 48", "security_fix_days = { high = 0 }"),
        "security_fix_days.high = 0 is not allowed. Allowed: greater than or equal to 1.",
    ),
    "a promise declared bad that is none": (
        ('promise = "accountability"', 'promise = "speed"'),
        "[[bad_on_purpose]] number 1 promise = 'speed' is not allowed. Allowed: 'flexibility',",
    ),
    "a file of an entity that is not known": (
        ('entity = "tickets"', 'entity = "emails"'),
        "[[files]] number 1 (servicedesk) entity = 'emails' is not allowed. Allowed: 'pipeline_",
    ),
    "a path that no reader can read": (
        ("*.csv.gz", "*.xls"),
        "path = 'inbox/files/servicedesk/*.xls' is not allowed. Allowed: a path or glob below",
    ),
    "a path that leaves the home": (
        ("inbox/files/servicedesk", "../elsewhere"),
        "path = '../elsewhere/*.csv.gz' is not allowed. Allowed: a path or glob below the home",
    ),
    "a coverage of a scope that is not there": (
        ("service:checkout-api", "service:billing"),
        "scope = 'service:billing' is not configured. Allowed: '', 'customer:checkout', 'service:",
    ),
    "the same row twice": (
        ("[[offerings]]", '[[repos]]\nid = "acme/checkout-api"\n[[offerings]]'),
        "[[repos]] has 2 rows with id = acme/checkout-api. Allowed: one; give the later one a",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_with_file_key_value_and_what_is_allowed(
    plumbline_toml: Path, mistake: str
):
    (before, after), answer = MISTAKES[mistake]
    assert WHOLE.count(before) == 1
    plumbline_toml.write_text(WHOLE.replace(before, after), encoding="utf-8")

    with pytest.raises(ConfigurationError) as raised:
        load(plumbline_toml)

    assert f"{plumbline_toml}: " in str(raised.value)
    assert answer in str(raised.value)


def test_all_mistakes_are_answered_at_once(plumbline_toml: Path):
    wrong = WHOLE.replace("cost = 3", "cost = 9").replace("poor =", "bad =")
    plumbline_toml.write_text(wrong, encoding="utf-8")

    with pytest.raises(ConfigurationError) as raised:
        load(plumbline_toml)

    assert len(str(raised.value).splitlines()) == 3


def test_a_file_that_is_no_toml_is_answered_with_the_line(plumbline_toml: Path):
    plumbline_toml.write_text("[organisation\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"is not readable as TOML: .*line 1"):
        load(plumbline_toml)


def test_a_missing_file_is_answered_with_what_to_do(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"does not exist\. Name another home"):
        load(tmp_path / "plumbline.toml")
