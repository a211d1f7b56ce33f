"""What the answers on staffing take for granted, as rows of `tradeoff_assumptions`."""

from collections.abc import Iterator

from assets.configuration import Configuration
from assets.methods import lane_replay
from assets.tradeoffs import lane_arrivals as arrivals
from assets.tradeoffs import lane_calibration as calibration
from assets.tradeoffs import lane_fit as fit

TABLES = SUPPORT, RUNNERS = ("tradeoff_support_lanes", "tradeoff_runner_lanes")
DESIGN, DECIDED = "DESIGN §5.4", "decision 0081"
Row = tuple[str, str, str, str]


def rows() -> Iterator[Row]:
    """The constants and the model."""
    interval = (
        f"middle 95 % of {lane_replay.DRAWS} draws of whole weeks (of days, with fewer than "
        f"{arrivals.FEWEST_WEEKS} weeks) and of the fits, seed {lane_replay.SEED}"
    )
    alike = (
        f"P50 and P90 differ by no more than {calibration.TOLERANCE:.0%}, of {fit.FEWEST} or more"
    )
    for table, most in ((SUPPORT, arrivals.MOST_TICKETS), (RUNNERS, arrivals.MOST_RUNS)):
        recent = f"the newest whole weeks, {arrivals.WEEKS} at most, with no more than {most:,}"
        yield table, "what is replayed", recent, DECIDED
        yield table, "is fitted on", "the first half of these weeks", DECIDED
        yield table, "gives a prediction if, in the other half,", alike, DESIGN
        yield table, "interval", interval, DECIDED
        yield table, "arrivals under another staffing", "those that came", DESIGN
    yield from _of_people()
    yield (
        RUNNERS,
        "one piece of work",
        "a run, from start to end, however many jobs it has",
        DECIDED,
    )
    yield RUNNERS, "runners of a tool", "serve no other tool; first come, first served", DECIDED
    yield RUNNERS, "their number, if not stated", "as ran at once, at most or nearly", DECIDED
    yield RUNNERS, "a start takes", "the median wait of runs that found one idle", DECIDED


def _of_people() -> Iterator[Row]:
    effort = "in proportion to its handled minutes, in one go; the factor is fitted"
    drawn = "those of another ticket of the same offering and priority, drawn"
    yield SUPPORT, "a ticket keeps one engineer busy", effort, DECIDED
    yield SUPPORT, "the reply is sent", "when a part of that is done; the part is fitted", DECIDED
    yield SUPPORT, "handled minutes that are not known", drawn, DECIDED
    yield SUPPORT, "engineers", "all can answer everything, and stay with a ticket", DECIDED
    yield SUPPORT, "taken first, if not stated", "what came first", DECIDED
    yield SUPPORT, "hours of the desk, if not stated", "the default calendar", DECIDED
    yield SUPPORT, "spam and deleted tickets", "take no time", DECIDED
    yield SUPPORT, "solved without a reply", "takes its time and is not measured", DECIDED
    yield SUPPORT, "still open", "has waited longer than all that were answered", DECIDED


def configured(configuration: Configuration) -> Iterator[Row]:
    """What `[staffing]` says."""
    staffing, source = configuration.staffing, "plumbline.toml [staffing]"
    if staffing.agents is not None:
        yield SUPPORT, "engineers at the desk", f"{staffing.agents}", source
    if staffing.calendar is not None:
        yield SUPPORT, "hours of the desk", staffing.calendar, source
    if staffing.order:
        yield SUPPORT, "taken first", ", then ".join(staffing.order), source
    for tool, count in staffing.runners.items():
        yield RUNNERS, f"runners of {tool}", f"{count}", source
