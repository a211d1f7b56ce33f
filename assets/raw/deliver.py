"""From the inbox into a feed's raw table: every record version once, and the ledger with it.

Holds what makes a version (key, instant, rank, hash) and the one transaction in which
versions and ledger rows are written. Which version counts is the conformed stage's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import polars as pl

from assets.errors import UnreadableFile
from assets.home import Home
from assets.raw import forgotten, inbox, ledger, people, redelivered
from assets.raw.decode import decoded
from assets.raw.erasing import Eraser
from assets.raw.feed import Feed, stamp
from assets.raw.remembered import without_forgotten
from assets.schema import INSTANT

# Files are written together until they hold this much, so that thousands of small files
# do not take a transaction each; one larger file is a batch of its own.
BATCH_BYTES = 256 * 2**20


@dataclass
class Taken:
    """What a run took in from one feed."""

    files: int = 0
    new_versions: int = 0
    repeated: int = 0
    malformed: int = 0
    problems: list[str] = field(default_factory=list)

    def as_metadata(self) -> dict[str, int | str]:
        """For the run's event log."""
        counts: dict[str, int | str] = {
            "files": self.files,
            "new_versions": self.new_versions,
            "repeated": self.repeated,
            "malformed": self.malformed,
        }
        return counts | ({"problems": "\n".join(self.problems)} if self.problems else {})


def take_in(home: Home, feed: Feed) -> Taken:
    """Read the feed's files that are new or changed; unreadable ones are named and left there."""
    taken = Taken()
    if home.only not in (None, feed.system):
        return taken
    entries = ledger.known_files(home).filter(
        pl.col("system") == feed.system, pl.col("entity") == feed.entity
    )
    read_before = entries.filter(pl.col("status") == "read")
    if read_before.height < entries.height:
        ledger.forget_problems(home, "unreadable", feed)
    # What a path held last is known; what it held before that is read again if it returns.
    held = read_before.unique("path", keep="last", maintain_order=True)
    known = set(held.select("path", "size_bytes", "sha256").iter_rows())
    files = [
        file
        for file in inbox.delivered(home, feed)
        if (file.path, file.size_bytes, file.sha256) not in known
    ]
    if not files:
        return taken
    refused_before = entries.filter(pl.col("status") == "unreadable")
    is_backfill = not _has_records(home, feed)
    clock = home.configuration.organisation.as_of or home.now
    for batch in _batches(files, feed):
        versions = _without_forgotten(home, feed, batch.records).with_columns(
            pl.lit(clock, INSTANT).alias("ingested_at"), is_backfill=pl.lit(is_backfill)
        )
        new = _unseen(home, feed, versions)
        entries = ledger.entries_of(batch.files, batch.problems, feed, versions, new, home.now)
        entries = ledger.since_first_refused(entries, refused_before)
        refused = redelivered.refused_in(batch.read_paths, versions, feed, clock, is_backfill)
        named = people.unknown_people(home, new.get_column("payload"), feed)
        home.store.append(
            {
                feed.table: new,
                ledger.TABLE: entries,
                redelivered.TABLE: refused,
                people.TABLE: named,
            }
        )
        _count(taken, entries)
    return taken


def _without_forgotten(home: Home, feed: Feed, records: pl.DataFrame) -> pl.DataFrame:
    """The records as versions, without the people whom the home has forgotten."""
    memory = forgotten.load(home.folder)
    eraser = Eraser(memory, home.configuration.rules.bots, feed.system)
    erased = without_forgotten(records, memory, eraser, feed.is_of_accounts)
    own_hash = pl.coalesce(erased.get_column("forgotten_hash"), "payload_hash")
    return versions_of(erased, feed).with_columns(payload_hash=own_hash)


def _has_records(home: Home, feed: Feed) -> bool:
    """Whether a delivery had records; one of which all lines were refused was no first one."""
    if not home.store.has(feed.table):
        return False
    query = f"SELECT count(record_key) FROM {feed.table}"
    with home.store.connect() as connection:
        [(records,)] = connection.execute(query).fetchall()
    return bool(records)


@dataclass
class _Batch:
    """Files that are written together, their records (`file line payload`), and problems."""

    files: list[inbox.Delivered] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def records(self) -> pl.DataFrame:
        schema = {"file": pl.String, "line": pl.UInt32, "payload": pl.String}
        return pl.concat([pl.DataFrame(schema=schema), *self.frames])

    @property
    def read_paths(self) -> list[str]:
        return [file.path for file in self.files if file.path not in self.problems]

    @property
    def size_bytes(self) -> int:
        return sum(int(frame.estimated_size()) for frame in self.frames)


def _batches(files: list[inbox.Delivered], feed: Feed) -> Iterator[_Batch]:
    batch = _Batch()
    for file in files:
        batch.files.append(file)
        try:
            records = inbox.read(file, feed)
        except UnreadableFile as error:
            batch.problems[file.path] = str(error)
        else:
            batch.frames.append(records.select(pl.lit(file.path).alias("file"), "line", "payload"))
        if batch.size_bytes > BATCH_BYTES:
            yield batch
            batch = _Batch()
    if batch.files:
        yield batch


def versions_of(records: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Records → versions, as in the raw table but for the two columns of the delivery.

    In: `file, line, payload`. Out: `record_key, updated_at, state_rank, is_deleted,
    is_readable, payload, payload_hash, file, line`, one row per line, repeated ones too.
    """
    wanted = dict.fromkeys([*feed.key, *feed.identity, *feed.updated_at])
    wanted |= dict.fromkeys(name for name in (feed.state, feed.deleted) if name)
    expression, columns = decoded(feed, {name: f"field_{name}" for name in wanted})
    with duckdb.connect() as connection:
        connection.register("records", records.select("payload"))
        found = connection.execute(
            f"""
            SELECT payload_hash, is_readable, {", ".join(columns)}
            FROM (
                SELECT payload_hash, is_readable, {expression} AS decoded
                FROM (
                    SELECT payload_hash, is_readable,
                        CASE WHEN is_readable THEN delivered END AS payload
                    FROM ({_READABLE})
                )
            )
            """
        ).pl()
    # DuckDB keeps the order of what it is given, so payloads need not go through it and back.
    return found.select(
        _record_key(feed).alias("record_key"),
        _updated_at(feed).alias("updated_at"),
        _state_rank(feed).alias("state_rank"),
        _is_deleted(feed).alias("is_deleted"),
        "is_readable",
        "payload_hash",
    ).hstack(records.select("payload", "file", "line"))


_READABLE = """
    SELECT payload AS delivered, md5(payload) AS payload_hash, CASE WHEN json_valid(payload)
        THEN json_type(payload) = 'OBJECT' ELSE false END AS is_readable
    FROM records
"""


def _record_key(feed: Feed) -> pl.Expr:
    """The fields that identify a record, joined; null where one of them is not there."""
    ways = [names for names in (feed.identity, feed.key) if names]
    return pl.coalesce(
        pl.concat_str(
            [
                pl.col(f"field_{name}").fill_null("")
                if name in feed.optional_key
                else pl.col(f"field_{name}")
                for name in names
            ],
            separator="/",
        ).str.strip_prefix("/")
        for names in ways
    )


def _updated_at(feed: Feed) -> pl.Expr:
    stamps = [stamp(pl.col(f"field_{name}"), feed) for name in feed.updated_at]
    return pl.coalesce(*stamps, pl.lit(None, INSTANT))


def _state_rank(feed: Feed) -> pl.Expr:
    if feed.state is None:
        return pl.lit(0, pl.Int16)
    state = pl.col(f"field_{feed.state}").str.to_lowercase()
    return state.replace_strict(dict(feed.state_ranks), default=0, return_dtype=pl.Int16)


def _is_deleted(feed: Feed) -> pl.Expr:
    if feed.deleted is None:
        return pl.lit(False)
    return (pl.col(f"field_{feed.deleted}").str.to_lowercase() == "true").fill_null(False)


def _unseen(home: Home, feed: Feed, versions: pl.DataFrame) -> pl.DataFrame:
    """The versions that the raw table does not have yet, each once."""
    first = versions.unique("payload_hash", keep="first", maintain_order=True)
    if not home.store.has(feed.table):
        return first
    with home.store.connect() as connection:
        connection.register("incoming", first.select("payload_hash"))
        unseen = connection.execute(
            f"SELECT payload_hash FROM incoming ANTI JOIN {feed.table} USING (payload_hash)"
        ).pl()
    return first.join(unseen, on="payload_hash", how="semi", maintain_order="left")


def _count(taken: Taken, entries: pl.DataFrame) -> None:
    taken.files += entries.height
    taken.new_versions += int(entries["new_versions"].sum())
    taken.repeated += int(entries["repeated"].sum())
    taken.malformed += int(entries["malformed"].sum())
    taken.problems += entries["problem"].drop_nulls().to_list()
