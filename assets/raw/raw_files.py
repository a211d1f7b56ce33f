"""The asset `raw_files`: the ledger, complete when every source has taken in its files.

Adds the folders and files that no source claims, so that none is ignored in silence.
"""

import dagster as dg
import polars as pl

from assets.home import Home
from assets.raw import ledger, systems


@dg.asset(deps=systems.raw_tables())
def raw_files(home: Home) -> dg.MaterializeResult[None]:
    """Every file of the inbox with what became of its lines; folders that nobody claims too."""
    ledger.forget_problems(home, "unknown")
    feeds = [feed for system in systems.systems(home.configuration) for feed in system.feeds]
    problems = [
        {
            "path": place.relative_to(home.folder).as_posix(),
            "status": "unknown",
            "problem": ledger.why_unclaimed(home, place, feeds),
            "read_at": home.now,
        }
        for place in ledger.unclaimed(home, feeds)
    ]
    home.store.append({ledger.TABLE: pl.DataFrame(problems, schema=ledger.SCHEMA)})
    return dg.MaterializeResult(metadata={"unknown": len(problems)})
