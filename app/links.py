"""Addresses of the Explore page: the one that shows where a number comes from."""

from urllib.parse import quote, urlencode

from app.cells import Kpi, Row, name_of
from app.edition import Edition
from app.words import LEVELS, PERIOD_KINDS, STATISTICS, period


def to_explore(edition: Edition, kpi: Kpi, row: Row) -> str:
    """The address that explains this cell, relative to the dashboard's root; of a whole, no slice.

    `row` has the cell's columns of `kpi_values`.
    """
    kind, scope = row["scope_kind"], row["scope"]
    name = name_of(edition, kind, scope)
    when = period(row["period_kind"], row["period_start_on"], row["period_end_on"])
    chosen = {
        "kpi": kpi.name,
        "statistic": STATISTICS[row["statistic"]],
        "level": LEVELS[kind],
        f"{kind}_scopes": name,
        "periods": PERIOD_KINDS[row["period_kind"]],
        "cell": f"{name} · {when}",
        "edition": edition.id,
    }
    return f"explore?{urlencode(chosen, quote_via=quote)}"
