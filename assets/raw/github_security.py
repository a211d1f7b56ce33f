"""GitHub's security alerts as findings: Dependabot's, and those of code scanning.

Alerts are of the default branch. What GitHub dismisses by a rule of its own (`auto_dismissed`) was
not fixed either. Shapes: REST, "List Dependabot alerts" and "List code scanning alerts".
"""

from collections.abc import Mapping

import polars as pl

from assets.configuration import Configuration
from assets.raw.feed import Feed, word
from assets.raw.github_common import repo_in
from assets.raw.rows import CARRIED

STATUS_WORDS = {"auto_dismissed": "dismissed"}
_STATE_RANKS = {"open": 0, "auto_dismissed": 1, "dismissed": 1, "fixed": 2}
_SHARED = {
    "link": ("html_url",),
    "number": ("number",),
    "repo_name": ("repository.full_name",),
    "state": ("state",),
    "created": ("created_at",),
    "changed": ("updated_at",),
    "fixed": ("fixed_at",),
}

DEPENDABOT_ALERTS = Feed(
    system="github",
    entity="dependabot_alerts",
    fields={
        **_SHARED,
        "dismissed": ("dismissed_at", "auto_dismissed_at"),
        "severity": ("security_vulnerability.severity", "security_advisory.severity"),
    },
    key=("link",),
    updated_at=("changed", "created"),
    state="state",
    state_ranks=_STATE_RANKS,
)

CODE_SCANNING_ALERTS = Feed(
    system="github",
    entity="code_scanning_alerts",
    fields={
        **_SHARED,
        "dismissed": ("dismissed_at",),
        "severity": ("rule.security_severity_level",),
    },
    key=("link",),
    updated_at=("changed", "created"),
    state="state",
    state_ranks=_STATE_RANKS,
)


def security_findings(
    frames: Mapping[str, pl.LazyFrame], configuration: Configuration
) -> pl.LazyFrame:
    """Findings, one row per alert; their service follows from the repository.

    Code scanning also tells of style and correctness: an alert whose rule has no security severity
    is set aside (`not_about_security`).
    """
    scanned = frames["code_scanning_alerts"].with_columns(
        reject=pl.when(pl.col("severity").is_null()).then(pl.lit("not_about_security"))
    )
    alerts = pl.concat([frames["dependabot_alerts"], scanned], how="diagonal")
    repo = repo_in(pl.col("repo_name"), pl.col("link"))
    kind = pl.col("feed").str.strip_suffix("_alerts")
    return alerts.select(
        *CARRIED,
        "severity",
        "reject",
        finding_id=pl.concat_str(repo, pl.lit("#"), kind, pl.lit("/"), "number"),
        repo=repo,
        status=word(pl.col("state"), STATUS_WORDS),
        opened_at="created",
        fixed_at="fixed",
        dismissed_at="dismissed",
        source_id="link",
        url="link",
    )
