"""What an as-of does to deliveries, in SQL."""

from datetime import UTC, datetime


def is_usable(as_of: datetime) -> str:
    """SQL that holds for versions which an as-of does not hide."""
    return f"(is_backfill OR ingested_at <= {at(as_of)})"


def at(instant: datetime) -> str:
    """An instant as an SQL literal."""
    return f"TIMESTAMPTZ '{instant.astimezone(UTC).isoformat(sep=' ')}'"
