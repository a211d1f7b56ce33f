"""What was delivered again, without the people whom the home has forgotten.

Holds the quick search that finds the few payloads worth a closer look by digests alone, as no
name of them is known any more. What is done to such a payload is in `assets.raw.erasing`.
"""

import hashlib
from collections.abc import Iterator

import polars as pl

from assets.raw.erasing import Eraser
from assets.raw.forgotten import Forgotten

_ROWS_AT_ONCE = 20_000
_ESCAPED = r'\\[bfnrt"/\\]'
_WORD = r"[\p{L}\p{N}]+"


def without_forgotten(
    records: pl.DataFrame, forgotten: Forgotten, eraser: Eraser, is_of_accounts: bool
) -> pl.DataFrame:
    """Records (`payload`, and others) with `forgotten_hash`, null where nothing was erased.

    The hash stands for the payload as it was delivered, so that it is known when it comes again.
    """
    if not forgotten:
        return records.with_columns(forgotten_hash=pl.lit(None, pl.String))
    payloads: list[str] = records.get_column("payload").to_list()
    hashes: list[str | None] = [None] * len(payloads)
    for place in _suspects(records.get_column("payload"), forgotten):
        erased = eraser.payload(payloads[place], is_of_accounts)
        if erased != payloads[place]:
            hashes[place] = forgotten.hash_of(hash_of(payloads[place]))
            payloads[place] = erased
    return records.with_columns(
        pl.Series("payload", payloads, pl.String), pl.Series("forgotten_hash", hashes, pl.String)
    )


def hash_of(payload: str) -> str:
    """The hash of a payload, as DuckDB's md5 gives it."""
    return hashlib.md5(payload.encode(), usedforsecurity=False).hexdigest()


def _suspects(payloads: pl.Series, forgotten: Forgotten) -> Iterator[int]:
    """The places of payloads with a word that may be the first one of a forgotten name."""
    hints = {one.hint for one in forgotten.by_digest.values()}
    for start in range(0, payloads.len(), _ROWS_AT_ONCE):
        part = payloads.slice(start, _ROWS_AT_ONCE)
        text = part.str.to_lowercase().str.replace_all(_ESCAPED, " ")
        words = pl.DataFrame(
            {"place": pl.int_range(start, start + part.len(), eager=True), "payload": part}
        ).with_columns(word=text.str.extract_all(_WORD))
        unique = words.get_column("word").explode().drop_nulls().unique()
        hits = unique.filter([forgotten.hint(word) in hints for word in unique])
        is_suspect = pl.col("word").list.eval(pl.element().is_in(hits.implode())).list.any()
        # An escaped letter may stand inside a name.
        is_escaped = pl.col("payload").str.contains("\\u", literal=True)
        yield from words.filter(is_suspect | is_escaped).get_column("place")
