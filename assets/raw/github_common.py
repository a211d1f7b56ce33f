"""What the maps of GitHub share: whose repository, which change, which kind of account."""

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import is_bot, matches_glob

# api.github.com/repos/o/r/…, github.com/o/r/…, and the same on an own server (…/api/v3/repos/o/r)
_REPO_IN_URL = r"^https?://[^/]+/(?:api/v3/)?(?:repos/)?([^/]+/[^/]+)"
_NUMBER_IN_URL = r"/pulls?/(\d+)"


def repo_in(named: pl.Expr, *urls: pl.Expr) -> pl.Expr:
    """`owner/name` as the payload names it, else as it stands in the first URL that has one."""
    name = pl.when(named.str.contains(r"^[^/{}\s]+/[^/{}\s]+$")).then(named)
    return pl.coalesce(name, *(url.str.extract(_REPO_IN_URL) for url in urls))


def change_id(repo: pl.Expr, number: pl.Expr) -> pl.Expr:
    """`owner/name#number`, the id of a pull request everywhere in Plumbline."""
    return repo + "#" + number


def change_in(url: pl.Expr) -> pl.Expr:
    """The change that a URL of a pull request, its API record or one of its reviews is about."""
    return change_id(url.str.extract(_REPO_IN_URL), url.str.extract(_NUMBER_IN_URL))


def account_kind(login: pl.Expr, account: pl.Expr, configuration: Configuration) -> pl.Expr:
    """`bot` or `human`; null where the payload tells nothing of the account."""
    bot = is_bot(login, account, configuration)
    return pl.when(bot).then(pl.lit("bot")).when(~bot).then(pl.lit("human"))


def is_default_branch(repo: pl.Expr, branch: pl.Expr, configuration: Configuration) -> pl.Expr:
    """Whether it is the repository's default branch: its configured one, else one of the rules'."""
    own_default = {
        repo.id: repo.default_branch
        for repo in sorted(configuration.repos, key=lambda repo: repo.valid_from)
        if repo.default_branch is not None
    }
    is_own = branch == repo.replace_strict(own_default, default=None, return_dtype=pl.String)
    return is_own.fill_null(matches_glob(branch, configuration.rules.default_branches))
