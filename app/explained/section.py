"""What both the dashboard and `plumbline explain` tell: a title, sentences, a sum, records.

Holds the shape only. How it looks is `app.explained_view`'s and `pipelines.explaining`'s business.
"""

from dataclasses import dataclass

import polars as pl

# A record to show. `group` says how it differs from the last edition; else it is empty.
SHOWN = {
    "group": pl.String,
    "entered": pl.String,
    "said": pl.String,
    "place": pl.String,
    "event_id": pl.String,
    "url": pl.String,
}


@dataclass(frozen=True)
class Section:
    """One part of an explanation, in the order in which it is read; `name` never changes.

    `sums` are figures with what they count, as in a sum on paper; `closing` follows them.
    `records` (in `SHOWN`) are the first of `n_records`.
    """

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    sums: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    records: pl.DataFrame | None = None
    n_records: int = 0
