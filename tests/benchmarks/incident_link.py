"""How long linking incidents to releases takes: 200,000 deployments, 5,000 incidents.

    python tests/benchmarks/incident_link.py [--deployments N] [--incidents N]

Measures `position_of` and `incident_in_window` of assets/facts, the as-of joins that link an
incident to the latest release of its service, on releases that are drawn first.
"""

import argparse
import time
from datetime import timedelta

import company
import polars as pl
from draws import Rows, named

from assets.facts.failures import incident_in_window
from assets.facts.releases import in_sequence

WINDOW = timedelta(hours=24)


def main() -> None:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--deployments", type=int, default=200_000)
    parser.add_argument("--incidents", type=int, default=5_000)
    asked = parser.parse_args()
    releases, incidents = drawn_releases(asked.deployments), drawn_incidents(asked.incidents)
    began = time.perf_counter()
    links = incident_in_window(in_sequence(releases.lazy()), incidents.lazy(), WINDOW).collect()
    seconds = time.perf_counter() - began
    print(
        f"incident_link deployments={releases.height} incidents={incidents.height} "
        f"links={links.height} seconds={seconds:.3f}"
    )


def drawn_releases(size: int) -> pl.DataFrame:
    """Successful production releases of 200 services in 24 months."""
    rows = Rows("releases", 0, size)
    return rows.frame.select(
        line=named(company.SERVICES, pl.col("service")),
        event_id=pl.format("release-{}", "n"),
        commit_sha=pl.format("commit-{}", pl.col("n") // 2),
        entered_at="begun",
        created_at="begun",
        is_success=pl.lit(True),
    )


def drawn_incidents(size: int) -> pl.DataFrame:
    """Incidents of the same services, none of which names its deployment."""
    rows = Rows("incidents", 0, size)
    return rows.frame.select(
        incident_id=pl.format("incident-{}", "n"),
        service=named(company.SERVICES, pl.col("service")),
        opened_at="begun",
        restored_at=rows.after("begun", 3_600),
        caused_by_deployment_id=pl.lit(None, pl.String),
    )


if __name__ == "__main__":
    main()
