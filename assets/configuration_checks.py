"""What can be wrong in `plumbline.toml` beyond its shape, and the sentences that say so.

Works on plain values, so that it needs none of the models in `assets.configuration`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

LEVELS = ("stop", "best_effort", "standard", "excellent")
RESERVED = ("organisation", "unassigned")
READABLE = re.compile(r"\.(ndjson|jsonl|json|csv|parquet)(\.(gz|zst))?$")
HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)$")
DATED = ("segments", "customers", "services", "repos", "offerings", "calendars")
UNIQUE = {
    **dict.fromkeys(DATED, ("id", "valid_from")),
    "targets": ("segment", "kpi", "statistic", "valid_from"),
    "objectives": ("service", "indicator", "valid_from"),
    "support_objectives": ("segment", "customer", "valid_from"),
    "bad_on_purpose": ("segment", "promise"),
    "files": ("name", "entity"),
}

Content = Mapping[str, Any]


def not_reserved(name: str) -> str:
    """Pass a row's id on, unless it is a name that Plumbline gives itself."""
    if name in RESERVED:
        raise ValueError(f"any name but {' and '.join(RESERVED)}")
    return name


def known_zone(name: str) -> str:
    """Pass the name of an IANA time zone on."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError('an IANA time zone such as "Europe/Berlin" or "UTC"') from None
    return name


def readable_hours(hours: str) -> str:
    """Pass hours such as "09:00-17:00" on."""
    if not HOURS.match(hours) or hours[:5] >= hours[6:]:
        raise ValueError('hours such as "09:00-17:00", ending later than they begin, up to 24:00')
    return hours


def disjoint_hours(hours: tuple[str, ...]) -> tuple[str, ...]:
    """Pass the hours of a day on in their order, unless they overlap."""
    ordered = tuple(sorted(hours))
    if any(later[:5] < earlier[6:] for earlier, later in pairwise(ordered)):
        raise ValueError("hours of one day that do not overlap")
    return ordered


def utc_instant(value: object) -> object:
    """Turn a date into its UTC midnight, and an instant with any offset into UTC."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant with its offset, such as 2026-07-01T00:00:00Z")
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise ValueError("a date or an instant, without quotes, such as 2026-07-01T00:00:00Z")


def open_share(value: float) -> float:
    """Pass an objective on; one of 1 leaves no budget, so that nothing could be spent of it."""
    if not 0 < value < 1:
        raise ValueError("a share above 0 and below 1, such as 0.999 for 99.9 %")
    return value


def rising(hours: dict[Any, float]) -> dict[Any, float]:
    """Pass the hours of the levels on: a better one that took no more would always be chosen."""
    ordered = [0.0, *(hours[level] for level in LEVELS)]
    if not all(low < high for low, high in pairwise(ordered)):
        raise ValueError(f"hours above 0 that rise over {', '.join(LEVELS)}")
    return hours


def readable_pattern(path: str) -> str:
    """Pass the glob of a foreign file on."""
    if not READABLE.search(path) or ".." in Path(path).parts:
        raise ValueError(
            "a path or glob below the home, or an absolute one, that ends in "
            ".csv, .jsonl, .ndjson, .json or .parquet, with or without .gz or .zst"
        )
    return path


def as_message(path: Path, mistakes: list[str]) -> str:
    """One sentence per mistake, each beginning with the file."""
    return "\n".join(f"{path}: {mistake}" for mistake in mistakes)


def mistakes_of(error: ValidationError, content: Content) -> list[str]:
    """Say in words what pydantic found: table, key, value, what is allowed."""
    return [
        _mistake(content, problem["loc"], problem["type"], problem["msg"], problem["input"])
        for problem in error.errors(include_url=False)
    ]


def _mistake(content: Content, loc: tuple[int | str, ...], kind: str, says: str, got: Any) -> str:  # noqa: ANN401
    place = _place(content, loc)
    if kind == "missing":
        return f"{place} is missing. Add it."
    if kind == "extra_forbidden":
        return f"{place} is not a known key. Correct its name or remove it."
    allowed = says.removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{place} = {_shown(got)} is not allowed. Allowed: {allowed}."


def _place(content: Content, loc: tuple[int | str, ...]) -> str:
    """`segments[2] ("startup") importance.speed`: counted from 1, as a reader does."""
    table, *rest = [part for part in loc if part != "[key]"]
    if not rest:
        return f"[{table}]"
    if isinstance(rest[0], int):
        position, *rest = rest
        row = content[str(table)][position]
        name = row.get("id", row.get("name")) if isinstance(row, dict) else None
        title = f"[[{table}]] number {int(position) + 1}{f' ({name})' if name else ''}"
    else:
        title = f"[{table}]"
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in rest)
    return f"{title} {key}".strip()


def _shown(value: object) -> str:
    return str(value) if isinstance(value, date) else repr(value)


def contradictions(content: Content) -> list[str]:
    """What rows say against each other; `content` already has the right shape."""
    return [
        *_duplicates(content),
        *_unknown_references(content),
        *_unordered_targets(content),
        *_unplaced_support_objectives(content),
        *_unreachable_levels(content),
        *_unusable_ownership(content),
        *_unknown_holidays(content),
        *_impossible_staffing(content),
    ]


def _rows(content: Content, table: str) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    for position, row in enumerate(content.get(table, ())):
        yield (table, position), row


def _duplicates(content: Content) -> Iterator[str]:
    for table, keys in UNIQUE.items():
        seen = Counter(tuple(str(row.get(key)) for key in keys) for _, row in _rows(content, table))
        for values, count in seen.items():
            if count > 1:
                same = ", ".join(
                    f"{k} = {v}" for k, v in zip(keys, values, strict=True) if v != "None"
                )
                later = "; give the later one a later valid_from" if "valid_from" in keys else ""
                yield f"[[{table}]] has {count} rows with {same}. Allowed: one{later}."


def _unknown_references(content: Content) -> Iterator[str]:
    ids = {table: {row["id"] for _, row in _rows(content, table)} for table in DATED}
    calendar = content["organisation"].get("default_calendar")
    if calendar is not None and calendar not in ids["calendars"]:
        yield _unknown("[organisation] default_calendar", calendar, ids["calendars"])
    references = {
        ("segments", "calendar"): ids["calendars"],
        ("customers", "segment"): ids["segments"],
        ("ownership", "customer"): ids["customers"],
        ("targets", "segment"): ids["segments"] | {""},
        ("objectives", "service"): ids["services"],
        ("support_objectives", "segment"): ids["segments"] | {""},
        ("support_objectives", "customer"): ids["customers"] | {""},
        ("bad_on_purpose", "segment"): ids["segments"],
        ("coverage", "scope"): {""}
        | {f"customer:{name}" for name in ids["customers"]}
        | {f"service:{name}" for name in ids["services"]},
    }
    for segment in content.get("portfolio", {}).get("segment_weights", {}):
        if segment not in ids["segments"]:
            yield _unknown("[portfolio] segment_weights", segment, ids["segments"])
    for (table, key), allowed in references.items():
        for loc, row in _rows(content, table):
            value = row.get(key)
            if value is not None and value not in allowed:
                yield _unknown(_place(content, (*loc, key)), value, allowed)


def _unknown(place: str, value: str, allowed: set[str]) -> str:
    listed = ", ".join(repr(name) for name in sorted(allowed)) or "nothing, as none is configured"
    return f"{place} = {value!r} is not configured. Allowed: {listed}."


def _unordered_targets(content: Content) -> Iterator[str]:
    for loc, row in _rows(content, "targets"):
        poor, target, excellent = row["poor"], row["target"], row["excellent"]
        if not (poor < target < excellent or poor > target > excellent):
            yield (
                f"{_place(content, loc)} ({row['kpi']}) poor, target, excellent = "
                f"{poor}, {target}, {excellent} is not allowed. "
                "Allowed: three different values, all rising or all falling."
            )


def _unplaced_support_objectives(content: Content) -> Iterator[str]:
    for loc, row in _rows(content, "support_objectives"):
        if bool(row.get("segment")) == bool(row.get("customer")):
            named = f"segment = {row.get('segment')!r}, customer = {row.get('customer')!r}"
            yield f"{_place(content, loc)} {named} is not allowed. Allowed: exactly one of the two."


def _unreachable_levels(content: Content) -> Iterator[str]:
    for loc, row in _rows(content, "offerings"):
        level, lowest = row.get("level", "standard"), row.get("lowest", "stop")
        if LEVELS.index(level) < LEVELS.index(lowest):
            yield (
                f"{_place(content, (*loc, 'level'))} = {level!r} is not allowed. "
                f"Allowed: {lowest!r} (its lowest) or better."
            )


def _unusable_ownership(content: Content) -> Iterator[str]:
    for loc, row in _rows(content, "ownership"):
        match, ends, begins = row["match"], row.get("valid_to"), row.get("valid_from")
        if row["kind"] == "path" and not re.match(r"^[^:]+:.+$", match):
            place = _place(content, (*loc, "match"))
            yield f'{place} = {match!r} is not allowed. Allowed for a path: "repo:prefix/".'
        if ends is not None and begins is not None and ends < begins:
            place = _place(content, (*loc, "valid_to"))
            yield f"{place} = {ends} is not allowed. Allowed: {begins} (its valid_from) or later."


def _unknown_holidays(content: Content) -> Iterator[str]:
    import holidays  # 60 ms that only a file with calendars pays

    supported = holidays.list_supported_countries()
    for loc, row in _rows(content, "calendars"):
        named = row.get("holidays")
        if named is None:
            continue
        country, subdivision = named["country"], named.get("subdivision")
        if country not in supported:
            place = _place(content, (*loc, "holidays", "country"))
            yield f'{place} = {country!r} is not allowed. Allowed: an ISO code such as "DE".'
        elif subdivision is not None and subdivision not in supported[country]:
            place = _place(content, (*loc, "holidays", "subdivision"))
            yield _unknown(place, subdivision, set(supported[country]))


def _impossible_staffing(content: Content) -> Iterator[str]:
    staffing = content.get("staffing", {})
    segments = {row["id"] for row in content.get("segments", ())}
    calendar = staffing.get("calendar")
    calendars = {row["id"] for row in content.get("calendars", ())}
    if calendar is not None and calendar not in calendars:
        yield _unknown("[staffing] calendar", calendar, calendars)
    tables = [("[staffing]", staffing, "lane_for")]
    for row in staffing.get("scenarios", ()):
        tables.append((f"[[staffing.scenarios]] ({row['name']})", row, "own_lane"))
        agents, reserved = row.get("agents", staffing.get("agents")), row.get("reserved", 1)
        if row.get("own_lane") is not None and agents is not None and reserved >= agents:
            place = f"[[staffing.scenarios]] ({row['name']}) reserved"
            yield f"{place} = {reserved} is not allowed. Allowed: fewer than its {agents} agents."
    for place, row, lane in tables:
        named = [(lane, row[lane])] if row.get(lane) is not None else []
        for key, segment in [*named, *(("order", one) for one in row.get("order", ()))]:
            if segment not in segments:
                yield _unknown(f"{place} {key}", segment, segments)
        if len(set(row.get("order", ()))) < len(row.get("order", ())):
            yield f"{place} order = {row['order']} is not allowed. Allowed: each segment once."
    names = Counter(row["name"] for row in staffing.get("scenarios", ()))
    for name, count in names.items():
        if count > 1:
            yield f"[[staffing.scenarios]] has {count} rows with name = {name}. Allowed: one."
