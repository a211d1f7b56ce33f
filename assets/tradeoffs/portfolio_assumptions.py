"""What the portfolio of offerings takes for granted, one row each."""

from collections.abc import Iterator

import polars as pl

from assets.configuration import Configuration
from assets.methods.portfolio import DRAWS, GAP, SEED, SERVED_DEVIATION
from assets.tradeoffs import offerings, portfolio, portfolio_doubts

OFFERINGS, PLANS = "tradeoff_offerings", "tradeoff_portfolio"
DESIGN, DECIDED, CHOSEN = "DESIGN §5.3", "decision 0086", "plumbline.toml [portfolio]"
COLUMNS = ("tradeoff", "assumption", "value", "source")


def rows() -> Iterator[tuple[str, str, str, str]]:
    """The assumptions that stand in the code."""
    shown = (
        f"of at least {offerings.FEWEST_ANSWERS} answers of {offerings.FEWEST_CUSTOMERS} "
        f"customers, in steps of {100 * offerings.STEP:.0f} points"
    )
    drawn = (
        f"{portfolio_doubts.DRAWS} draws, seed {SEED}: hours within their interval, service ± "
        f"{100 * SERVED_DEVIATION:.0f} points"
    )
    compared = (
        f"{DRAWS} draws, seed {SEED}, of both together: service ± {100 * SERVED_DEVIATION:.0f} "
        "points; how surely a plan fits its hours is not in it"
    )
    yield OFFERINGS, "time", f"the last {offerings.WEEKS} weeks", DESIGN
    yield OFFERINGS, "use", "weeks in which a customer had a run or a ticket of it", DECIDED
    yield OFFERINGS, "satisfaction", shown, DECIDED
    yield OFFERINGS, "how well it serves", "declared; else the answers; else by its level", DECIDED
    yield PLANS, "toil", "taken at every level, ends only with the offering", DECIDED
    yield PLANS, "other hours", "by the ratio of the levels", DECIDED
    yield PLANS, "what hours give", "each further hour mends the same share of the rest", DECIDED
    yield PLANS, "value", "weighted mean of how well each segment's use is served", DESIGN
    yield PLANS, "best plan", f"mixed-integer, HiGHS, within {GAP:.2%} of the best value", DESIGN
    yield PLANS, "well served from", f"{portfolio.WELL_SERVED:.0%}", DECIDED
    yield PLANS, "how sure a decision is", drawn, DECIDED
    yield PLANS, "how sure a difference of two plans is", compared, DECIDED


def choices(configuration: Configuration) -> pl.DataFrame:
    """What `[portfolio]` says, as rows; none where nothing is offered."""
    given = configuration.portfolio
    stated = [
        (PLANS, f"{what} of level {level}", f"{value:g}", CHOSEN)
        for what, values in (
            ("hours, relative to standard,", given.level_hours),
            ("service, where nothing else tells,", given.served_by_level),
        )
        for level, value in values.items()
    ]
    stated.append((PLANS, "one-off hours are spread over", f"{given.horizon_weeks} weeks", CHOSEN))
    schema = dict.fromkeys(COLUMNS, pl.String)
    return pl.DataFrame(stated if configuration.offerings else [], schema=schema, orient="row")
