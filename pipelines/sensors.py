"""When runs start by themselves: on files that arrive. Off until switched on in Dagster's UI."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from assets.home import Home
from pipelines.jobs import refresh

SETTLE_SECONDS = 10  # a file younger than this may still be being written


@dg.sensor(
    name="inbox",
    job=refresh,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="A run as soon as a file of the inbox, or a foreign file, is new or changed.",
)
def inbox(context: dg.SensorEvaluationContext, home: Home) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run if a file was not there, or was another, at the last run asked for.

    The cursor is the sorted list of the files' marks, so that a deleted file starts nothing.
    """
    marks = {path: _mark(path) for path in _watched(home)}
    if any(home.now.timestamp() - path.stat().st_mtime < SETTLE_SECONDS for path in marks):
        return dg.SkipReason("A file is still being written.")
    seen = set(json.loads(context.cursor or "[]"))
    new = sorted(set(marks.values()) - seen)
    context.update_cursor(json.dumps(sorted(marks.values())))
    if not new:
        return dg.SkipReason("No new or changed file.")
    return dg.RunRequest(run_key=hashlib.sha256("".join(new).encode()).hexdigest()[:16])


def _watched(home: Home) -> Iterator[Path]:
    """Every file below the inbox, and what the patterns of `[[files]]` find elsewhere."""
    yield from (path for path in home.inbox.rglob("*") if path.is_file())
    for file in home.configuration.files:
        pattern = Path(file.path)
        root = Path(pattern.anchor) if pattern.is_absolute() else home.folder
        for path in root.glob(str(pattern.relative_to(pattern.anchor))):
            if not path.is_relative_to(home.inbox):
                yield path


def _mark(path: Path) -> str:
    status = path.stat()
    text = f"{path}:{status.st_size}:{status.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
