"""Takes forgotten people out of all that a warehouse keeps of deliveries.

Holds the search for their names and the one transaction that rewrites versions, the ledger, the
quarantine and what checks said. Whom to forget is remembered in `assets.raw.forgotten`; what
becomes of one payload is in `assets.raw.erasing`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb
import polars as pl

from assets.home import Home
from assets.raw import people, redelivered, systems
from assets.raw.decode import literal, quoted
from assets.raw.deliver import versions_of
from assets.raw.erasing import Eraser
from assets.raw.feed import Feed
from assets.raw.forgotten import Forgotten
from assets.raw.names import words_of
from assets.raw.newest import AS_OF
from assets.raw.versions import parents_first, refresh

# Tables that quote deliveries in words; the others hold what was decoded, and are made anew.
_QUOTING = ("raw_files", redelivered.TABLE, "conformed_quarantine", "check_results")


@dataclass
class Erased:
    """What was erased, or would be: rows by table, and what stands beside the names."""

    versions: dict[str, int] = field(default_factory=dict)
    quoting: dict[str, int] = field(default_factory=dict)
    beside: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.versions or self.quoting)


def accounts_of(home: Home, memory: Forgotten, names: Sequence[str]) -> dict[str, list[str]]:
    """By system, the ids of accounts that bear a forgotten name in what was delivered."""
    found: dict[str, set[str]] = {}
    with home.store.connect() as connection:
        for feed in delivered_feeds(home):
            eraser = Eraser(memory, home.configuration.rules.bots, feed.system)
            for payload in _candidates(connection, feed, names).get_column("payload"):
                eraser.payload(payload, feed.is_of_accounts)
            found.setdefault(feed.system, set()).update(eraser.accounts)
    return {system: sorted(numbers) for system, numbers in found.items()}


def erase(home: Home, memory: Forgotten, needles: Sequence[str], is_dry: bool) -> Erased:
    """Erase the forgotten; `needles` are their names and ids, by which they are looked for.

    The file still holds the old bytes then: `Warehouse.rewrite` comes last.
    """
    done = Erased()
    with home.store.connect() as connection:
        connection.execute("BEGIN")
        for feed in delivered_feeds(home):
            _erase_versions(connection, home, feed, memory, needles, done)
        eraser = Eraser(memory, home.configuration.rules.bots)
        for table in home.store.tables():
            if not (table in _QUOTING or table.endswith("__left_out")):
                continue
            if home.store.file(table).is_file():
                _erase_file(home, table, eraser, done, is_dry)
            else:
                _erase_words(connection, table, eraser, done)
        if not is_dry:
            _erase_names(connection, home, memory, done.beside)
        connection.execute("ROLLBACK" if is_dry else "COMMIT")
    if not is_dry:
        _decode_anew(home)
    return done


def delivered_feeds(home: Home) -> list[Feed]:
    """The feeds that delivered anything, parents first."""
    tables = set(home.store.tables())
    every = [parents_first(system.feeds) for system in systems.systems(home.configuration)]
    return [feed for feeds in every for feed in feeds if feed.table in tables]


def _candidates(
    connection: duckdb.DuckDBPyConnection, feed: Feed, needles: Iterable[str]
) -> pl.DataFrame:
    """Versions in which all words of a needle stand; an escaped letter may be one of theirs."""
    ways = [" AND ".join(_stands(word) for word in words_of(needle)) for needle in needles]
    return connection.execute(
        f"SELECT rowid AS place, payload, payload_hash, file, line FROM {quoted(feed.table)} "
        f"WHERE {' OR '.join(f'({way})' for way in ways) or 'false'} ORDER BY place"
    ).pl()


def _stands(word: str) -> str:
    found = f"contains(lower(payload), {literal(word)})"
    return found if word.isascii() else f"({found} OR contains(payload, '\\u'))"


def _erase_versions(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    feed: Feed,
    memory: Forgotten,
    needles: Sequence[str],
    done: Erased,
) -> None:
    eraser = Eraser(memory, home.configuration.rules.bots, feed.system)
    found = _candidates(connection, feed, needles)
    old = found.get_column("payload")
    new = pl.Series([eraser.payload(text, feed.is_of_accounts) for text in old], dtype=pl.String)
    changed = found.with_columns(payload=new).filter(new != old)
    done.beside |= eraser.beside
    if changed.height:
        done.versions[feed.table] = changed.height
        _replace(connection, feed, changed, memory)
    _erase_column(connection, feed.table, "file", eraser)


def _replace(
    connection: duckdb.DuckDBPyConnection, feed: Feed, changed: pl.DataFrame, memory: Forgotten
) -> None:
    """Put payloads in the place of others; hashes of lines without a key stand elsewhere, too."""
    hashes = {old: memory.hash_of(old) for old in changed.get_column("payload_hash").unique()}
    keyed = versions_of(changed, feed).get_column("record_key")
    connection.register(
        "changed",
        changed.with_columns(
            record_key=keyed, payload_hash=pl.col("payload_hash").replace_strict(hashes)
        ),
    )
    columns = ("payload", "payload_hash", "record_key")
    connection.execute(
        f"UPDATE {quoted(feed.table)} AS kept "
        f"SET {', '.join(f'{name} = changed.{name}' for name in columns)} "
        "FROM changed WHERE kept.rowid = changed.place"
    )
    connection.unregister("changed")
    connection.execute(redelivered.MAKE_TABLE)
    renamed = f"MAP {{{', '.join(f'{literal(a)}: {literal(b)}' for a, b in hashes.items())}}}"
    line = f"coalesce({renamed}[one.payload_hash], one.payload_hash)"
    connection.execute(
        f"UPDATE {redelivered.TABLE} SET refused = list_transform(refused, lambda one: "
        f"struct_pack(payload_hash := {line}, line := one.line)) "
        f"WHERE system = {literal(feed.system)} AND entity = {literal(feed.entity)} "
        "AND len(refused) > 0"
    )


def _erase_names(
    connection: duckdb.DuckDBPyConnection, home: Home, memory: Forgotten, beside: set[str]
) -> None:
    """Take the names, and the others of their accounts, out of the list of everybody."""
    if not home.store.has(people.TABLE):
        return
    eraser = Eraser(memory, ())
    known = connection.execute(f"SELECT name FROM {people.TABLE}").pl().get_column("name")
    gone = [name for name in known if eraser.is_named(name) or name in beside]
    connection.register("gone", pl.DataFrame({"name": gone}, schema=people.SCHEMA))
    connection.execute(f"DELETE FROM {people.TABLE} WHERE name IN (SELECT name FROM gone)")
    connection.unregister("gone")


def _erase_words(
    connection: duckdb.DuckDBPyConnection, table: str, eraser: Eraser, done: Erased
) -> None:
    columns = connection.execute(f"SELECT * FROM {quoted(table)} LIMIT 0").pl().schema
    rows = [
        _erase_column(connection, table, name, eraser)
        for name, dtype in columns.items()
        if dtype == pl.String
    ]
    if any(rows):
        done.quoting[table] = max(rows)


def _erase_file(home: Home, table: str, eraser: Eraser, done: Erased, is_dry: bool) -> None:
    """As `_erase_words`, of a table that each run makes anew."""
    frame = home.store.read(table).collect()
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    erased = frame.with_columns(
        pl.Series(name, [text and eraser.text(text) for text in frame.get_column(name)], pl.String)
        for name in texts
    )
    if rows := int((erased.hash_rows() != frame.hash_rows()).sum()):
        done.quoting[table] = rows
        if not is_dry:
            home.store.replace(table, erased)


def _erase_column(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, eraser: Eraser
) -> int:
    """Rewrite the texts of one column; returns how many rows."""
    name = quoted(column)
    query = f"SELECT {name} AS old, count(*) AS n FROM {quoted(table)} GROUP BY 1"
    texts = connection.execute(query).pl().drop_nulls()
    erased = texts.with_columns(
        new=pl.Series([eraser.text(text) for text in texts.get_column("old")], dtype=pl.String)
    ).filter(pl.col("new") != pl.col("old"))
    if erased.is_empty():
        return 0
    connection.register("erased", erased)
    connection.execute(
        f"UPDATE {quoted(table)} SET {name} = erased.new FROM erased WHERE {name} = erased.old"
    )
    connection.unregister("erased")
    return int(erased.get_column("n").sum())


def _decode_anew(home: Home) -> None:
    """The newest versions once more, as of when they were made last."""
    if not home.store.has(AS_OF):
        return
    [(as_of, _)] = home.store.read(AS_OF).collect().rows()
    with home.store.connect():
        for feed in delivered_feeds(home):
            if home.store.has(feed.newest_table):
                refresh(home.store, feed, as_of)
