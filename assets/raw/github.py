"""GitHub: repositories' runs, pull requests, commits, deployments and security alerts.

REST and GraphQL shapes, of alerts the REST one. Holds the list of feeds and of maps; what each map
does is in the modules `github_*`.
"""

from assets.raw.feed import System, assets_of
from assets.raw.github_changes import PULL_REQUESTS, REVIEWS, changes
from assets.raw.github_commits import COMMITS, PULL_REQUEST_COMMITS, commits
from assets.raw.github_deployments import (
    COMPARE,
    DEPLOYMENTS,
    STATUSES,
    deployment_changes,
    deployments,
)
from assets.raw.github_runs import JOBS, RUNS, pipeline_jobs, pipeline_runs
from assets.raw.github_security import (
    CODE_SCANNING_ALERTS,
    DEPENDABOT_ALERTS,
    security_findings,
)

SYSTEM = System(
    name="github",
    feeds=(
        RUNS,
        JOBS,
        PULL_REQUESTS,
        REVIEWS,
        PULL_REQUEST_COMMITS,
        COMMITS,
        DEPLOYMENTS,
        STATUSES,
        COMPARE,
        DEPENDABOT_ALERTS,
        CODE_SCANNING_ALERTS,
    ),
    maps={
        "pipeline_runs": pipeline_runs,
        "pipeline_jobs": pipeline_jobs,
        "changes": changes,
        "commits": commits,
        "deployments": deployments,
        "deployment_changes": deployment_changes,
        "security_findings": security_findings,
    },
)
raw_assets = assets_of(SYSTEM)
