"""What payloads of all systems share: stamps, logins, accounts, addresses.

A payload frame has the columns of the vendor's JSON object, objects and lists nested, and KNOWN_AT:
the instant (UTC seconds) since when this version exists, which decides what file it comes in.
"""

import polars as pl

from pipelines.example import names
from pipelines.example.world import HOSTING, REPOS

KNOWN_AT = "_known_s"
API = f"{HOSTING}/api/v3"
USER_IDS_FROM, BOT_ID, REPO_IDS_FROM = 10_000, 9_001, 700_001


def iso(name: str) -> pl.Expr:
    """UTC seconds as GitHub writes an instant; null stays null."""
    return pl.from_epoch(name, time_unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(prefix: str, number: pl.Expr) -> pl.Expr:
    """`dev-017`: the name of a person is a number."""
    return pl.lit(f"{prefix}-") + number.cast(pl.String).str.zfill(3)


def developer(name: str) -> pl.Expr:
    """GitHub's account object of the developer whose number is in the column `name`."""
    login = numbered("dev", pl.col(name))
    return account(login, pl.col(name) + USER_IDS_FROM, pl.lit("User"))


def bot(login: str) -> pl.Expr:
    """GitHub's account object of an app."""
    return account(pl.lit(login), pl.lit(BOT_ID, dtype=pl.Int64), pl.lit("Bot"))


def account(login: pl.Expr, number: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """GitHub's account object."""
    return pl.struct(
        login.alias("login"),
        number.cast(pl.Int64).alias("id"),
        kind.alias("type"),
        (pl.lit(f"{HOSTING}/") + login).alias("html_url"),
    )


def author(number: str = "author", is_bot: str = "is_bot") -> pl.Expr:
    """The account of a change's author, who may be the bot that updates dependencies."""
    return pl.when(is_bot).then(bot(names.UPDATE_BOT)).otherwise(developer(number))


def repository(number: str = "repo") -> pl.Expr:
    """GitHub's repository object of the index in REPOS in a column."""
    full = full_name(number)
    return pl.struct(
        id=pl.col(number) + REPO_IDS_FROM,
        name=full.str.strip_prefix("example/"),
        full_name=full,
        private=pl.lit(True),
        html_url=pl.lit(f"{HOSTING}/") + full,
    )


def full_name(number: str = "repo") -> pl.Expr:
    """`owner/name` of the index in REPOS in a column."""
    return pl.col(number).replace_strict(dict(enumerate(REPOS)), return_dtype=pl.String)


def list_of(element: pl.Expr, *, where: pl.Expr) -> pl.Expr:
    """A list of the one element, empty where the condition does not hold."""
    one = pl.concat_list(element)
    return pl.when(where).then(one).otherwise(one.list.head(0))


def with_ids(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Ids in the frame's order, in its first column."""
    return frame.select(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("id"), pl.all())
