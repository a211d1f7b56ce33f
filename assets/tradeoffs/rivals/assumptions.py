"""What was chosen where a tool's rule leaves something open, or where our data has no equal."""

from collections.abc import Iterator

from assets.tradeoffs.rivals import datadog

TRADEOFF = "tradeoff_rival_definitions"
CHOSEN, DESIGN = "decision 0030", "DESIGN §4"

ROWS = (
    ("period", "every ended quarter, cut in the organisation's time zone", DESIGN),
    (
        "data",
        "the same for all tools; what their connectors would have lost is not imitated",
        CHOSEN,
    ),
    ("change to deployment", "our link, where theirs reads git", CHOSEN),
    ("project, environment, application", "one service; for changes one repo", CHOSEN),
    ("team of Middleware", "the scope that is shown", CHOSEN),
    ("deployment", "one record of a source; for Datadog one release", CHOSEN),
    ("incident of a tool", "every incident, duplicates too", CHOSEN),
    ("root cause in Four Keys", "the deployment that an incident names", CHOSEN),
    ("commit in Four Keys", "every commit, not only the head of each push", CHOSEN),
    ("resolution", "the instant of resolution, not of mitigation", CHOSEN),
    ("deployment in Middleware's lead time", "its finish, where theirs is its start", CHOSEN),
    ("hotfix label of Datadog", "a deployment that is flagged unplanned", CHOSEN),
    ("longest gap of Datadog", f"{datadog.LONGEST_GAP_DAYS} days", datadog.CALCULATION),
    ("restore or recovery", "compared with our KPI of the same clock", CHOSEN),
)


def rows() -> Iterator[tuple[str, str, str, str]]:
    """`tradeoff, assumption, value, source`, as `tradeoff_assumptions` has them."""
    for assumption, value, source in ROWS:
        yield TRADEOFF, assumption, value, source
