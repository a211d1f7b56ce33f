"""How a source system is described: its feeds, its maps, and the helpers that maps share.

Holds no reading of files (`assets.raw.inbox`, `assets.raw.deliver`) and no system of its own:
those are the other modules of this package, each of which ends with `SYSTEM = System(...)`
and `raw_assets = assets_of(SYSTEM)`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from assets.configuration import Configuration
from assets.home import Home
from assets.raw.forgotten import BOT_PSEUDONYM, PSEUDONYM
from assets.schema import INSTANT

# Earlier stamps mean "not yet": Squadcast writes 0001-01-01, CircleCI 1970-01-01.
EARLIEST_INSTANT = datetime(1980, 1, 1, tzinfo=UTC)
_PARTS_OF_AN_INSTANT = (
    r"^\s*(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?([.,]\d{1,9})?\d*)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?\s*$"
)
_ENDS_WITH_ZONE = r"(?i)(?:Z|UTC|GMT|:\d\d(?:[.,]\d+)?\s*[+-]\d\d(?::?\d\d)?)\s*$"

Map = Callable[[Mapping[str, pl.LazyFrame], Configuration], pl.LazyFrame]


@dataclass(frozen=True)
class Foreign:
    """What only files of `[[files]]` have: a place, stamps and nulls of their own.

    `gathered` fields are given to the map as JSON lists of their values over all versions of
    a record, in no order. Without an `updated_at` the last line delivered wins.
    """

    pattern: str
    timestamp_format: str | None = None
    timezone: str = "UTC"
    null_values: tuple[str, ...] = ()
    gathered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """One kind of record that a system delivers into `inbox/<system>/<entity>/`.

    A path in `fields` is dotted (`head_commit.author.email`, `labels[0].name`); one that
    begins with `$` goes to DuckDB as it is (`$."a key.with dots"`; `$` alone is the whole
    record). The first that is not null wins. Objects and lists arrive as JSON text, numbers
    and booleans as JSON writes them, empty strings as null.
    """

    system: str
    entity: str
    fields: Mapping[str, tuple[str, ...]]
    key: tuple[str, ...]  # fields, joined "/"; a record that lacks one goes to quarantine
    updated_at: tuple[str, ...]  # fields with instants, the first that is not null wins
    state: str | None = None  # field that decides between versions of the same instant …
    state_ranks: Mapping[str, int] = field(default_factory=dict)  # … the higher rank wins
    parent: tuple[str, tuple[str, ...]] | None = None  # (feed entity, fields of its key)
    deleted: str | None = None  # field that is "true" on a tombstone
    optional_key: tuple[str, ...] = ()  # key fields that may be missing
    identity: tuple[str, ...] = ()  # fields that identify a record where given, instead of key
    texts: Mapping[str, str] = field(default_factory=dict)  # fields of free text -> what is read
    people: tuple[str, ...] = ()  # keys of payloads under which a person is named
    is_of_accounts: bool = False  # each record is somebody's account
    foreign: Foreign | None = None

    @property
    def table(self) -> str:
        """Table of all versions that were delivered."""
        return f"raw_{self.system}__{self.entity}"

    @property
    def newest_table(self) -> str:
        """Table of the newest version of each record, decoded."""
        return f"raw_newest_{self.system}__{self.entity}"

    def names_of(self, field: str) -> list[str]:
        """What the source calls a field, in the order in which it is looked for."""
        names = (re.sub(r'^\$\."(.*)"$', r"\1", path) for path in self.fields[field])
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class System:
    """A source: its feeds, and per conformed entity the map from feeds to its columns.

    A map is given, per feed entity, a lazy frame of the newest version of every record: the
    feed's `fields` as String, plus `record_key`, `updated_at`, `ingested_at`, `feed`. It
    returns the conformed columns it knows (as String or already cast) plus `source_id`,
    `url`, `updated_at`, `ingested_at`, `feed`, `record_key`; the others become null. A column
    `reject` names the rule by which a row is no row of the entity, and is null otherwise.
    """

    name: str
    feeds: tuple[Feed, ...]
    maps: Mapping[str, Map]


def assets_of(system: System) -> list[dg.AssetsDefinition]:
    """One asset per feed, `raw_<system>__<entity>`, that takes in what is new in the inbox."""
    return [_asset_of(feed) for feed in system.feeds]


def _asset_of(feed: Feed) -> dg.AssetsDefinition:
    @dg.asset(
        name=feed.table,
        description=f"Every version of {feed.entity} that {feed.system} delivered.",
    )
    def raw(home: Home) -> dg.MaterializeResult[None]:
        from assets.raw.deliver import take_in  # it needs the classes of this module

        return dg.MaterializeResult(metadata=take_in(home, feed).as_metadata())

    return raw


def instant(text: pl.Expr) -> pl.Expr:
    """ISO 8601 text → instant in UTC: Z or any offset, T or space, 0–9 digits of fraction.

    Without a zone it is UTC. What is no such text, or before 1980 ("not yet"), becomes null.
    Epoch numbers are the map's business.
    """
    parsed = parsed_instant(text)
    return pl.when(parsed >= EARLIEST_INSTANT).then(parsed)


def parsed_instant(text: pl.Expr) -> pl.Expr:
    """As `instant`, but keeps the stamps that mean "not yet"."""
    return text.map_batches(_instants, return_dtype=INSTANT, is_elementwise=True)


def _instants(text: pl.Series) -> pl.Series:
    """RFC 3339 first (0.2 µs a value), the rest rewritten to it (2 µs a value)."""
    parsed = text.str.to_datetime("%+", time_unit="us", strict=False)
    missed = parsed.is_null() & text.is_not_null()
    if not missed.any():
        return parsed
    parts = text.filter(missed).str.extract_groups(_PARTS_OF_AN_INSTANT).struct.unnest()
    date, minute, second, fraction, zone = (pl.col(name) for name in parts.columns)
    hours_only = zone.str.len_chars() == len("+00")
    rewritten = pl.concat_str(
        date,
        pl.lit("T"),
        minute.fill_null("00:00"),
        second.fill_null(":00"),
        fraction.str.replace(",", ".").fill_null(""),
        pl.when(zone.is_null() | zone.str.contains("(?i)^[a-z]"))
        .then(pl.lit("+00:00"))
        .when(hours_only & zone.str.contains(r"^[+-]"))
        .then(zone + ":00")
        .otherwise(zone),
    )
    found = parts.select(rewritten.str.to_datetime("%+", time_unit="us", strict=False)).to_series()
    return parsed.scatter(missed.arg_true(), found)


def stamp(text: pl.Expr, feed: Feed) -> pl.Expr:
    """Text → instant, as the feed writes instants: `[[files]]` may have a format and a zone."""
    foreign = feed.foreign
    if foreign is None or (foreign.timestamp_format is None and foreign.timezone == "UTC"):
        return instant(text)
    layout = foreign.timestamp_format
    if layout is None:
        parsed = parsed_instant(text)
        parsed = (
            pl.when(text.str.contains(_ENDS_WITH_ZONE))
            .then(parsed)
            .otherwise(_in_zone(parsed.dt.replace_time_zone(None), foreign.timezone))
        )
    elif re.search("%[:#]*z", layout):
        parsed = text.str.to_datetime(layout, time_unit="us", strict=False)
        parsed = parsed.dt.convert_time_zone("UTC")
    else:
        local = text.str.to_datetime(layout, time_unit="us", strict=False)
        parsed = _in_zone(local, foreign.timezone)
    return pl.when(parsed >= EARLIEST_INSTANT).then(parsed)


def _in_zone(local: pl.Expr, zone: str) -> pl.Expr:
    """Wall-clock time → instant; the earlier one in the hour that is repeated in autumn."""
    placed = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC")


def word(text: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """A vendor's word → ours, whatever its case; unknown words pass, for the contract to name."""
    return text.str.strip_chars().str.to_lowercase().replace(dict(words))


def is_bot(login: pl.Expr, kind: pl.Expr, configuration: Configuration) -> pl.Expr:
    """Whether an account is a bot: by the source's own type, else by `rules.bots`.

    Null where neither a login nor a type is known.
    """
    by_kind = kind.str.to_lowercase() == "bot"
    by_login = is_name_of_bot(login, configuration)
    return pl.coalesce(by_kind.replace(False, None), by_login, by_kind)


def is_name_of_bot(name: pl.Expr, configuration: Configuration) -> pl.Expr:
    """Whether `rules.bots` say so; of somebody who was forgotten the pseudonym tells."""
    return (
        pl.when(name.str.starts_with(PSEUDONYM))
        .then(name.str.starts_with(BOT_PSEUDONYM))
        .otherwise(matches_glob(name, configuration.rules.bots))
    )


def matches_glob(text: pl.Expr, globs: Iterable[str]) -> pl.Expr:
    """Whether the text matches one of the globs, whatever its case; null stays null.

    `*` is any run of characters, `?` one; brackets are literal, because bots are called
    `dependabot[bot]`.
    """
    alternatives = "|".join(
        re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".") for glob in globs
    )
    return text.str.contains(f"(?is)^(?:{alternatives})$" if alternatives else r"[^\s\S]")
