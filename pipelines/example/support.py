"""Tickets, answers and ratings.

Planted: tickets wait for each other (see `desk`), and the first human reply comes while one is in
work; a rating is good with log odds that fall with the logarithm of the business time until then;
one offering takes a fifth of the handling time.
"""

from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.example import clock, desk, promised
from pipelines.example.world import (
    AS_OF_S,
    BEGINS_ON,
    CUSTOMERS,
    DAY,
    HOUR,
    MINUTE,
    NOBODY,
    OFFERINGS,
    SEGMENTS,
    Bools,
    Floats,
    Ints,
    planted,
    rng,
    segment_of,
)

TICKETS = 5_000
NOBODYS_SHARE, SPAM_SHARE, REOPENED_SHARE, NOTED_SHARE, GREETED_SHARE = 0.03, 0.02, 0.08, 0.3, 0.4
GOOD_LOG_ODDS_AT_ONE_HOUR, GOOD_PER_LOG_HOUR = 2.0, -0.6
OFFERED_SHARE, ANSWERED_SHARE = 0.9, 0.425
RESOLUTION_SPREAD, HANDLE_SPREAD = 1.0, 0.7
# Since a knowledge base was opened to the start-up-like teams, their tickets are solved sooner.
SOLVED_SOONER_ON = datetime(2026, 3, 31, 22, tzinfo=UTC)  # local midnight of 1 April
SOLVED_SOONER_SEGMENT, SOLVED_SOONER_FACTOR = "startup", 0.25
CLOSED_AFTER = 4 * DAY  # Zendesk's automation
SHORTEST_WORK, REOPENED_AFTER, AGAIN_AFTER = 300.0, (2 * HOUR, 3 * DAY), 4 * HOUR
PRIORITIES, PRIORITY_SHARES = ("low", "normal", "high", "urgent"), (0.2, 0.55, 0.2, 0.05)
CHANNELS, CHANNEL_SHARES = ("web", "email", "api", "chat"), (0.5, 0.3, 0.1, 0.1)
KINDS, KIND_SHARES = ("question", "incident", "problem", "task"), (0.5, 0.25, 0.1, 0.15)
UNTIL_AS_OF = (
    "greeted_s", "noted_s", "replied_s", "followed_s", "solved_s", "reopened_s", "solved_again_s",
    "closed_s", "offered_s", "answered_s",
)  # fmt: skip


@lru_cache(maxsize=1)
def tickets() -> pl.DataFrame:
    """All tickets created before AS_OF, by creation; instants after AS_OF are null.

    `customer, segment, offering, created_s`, `due_s` (which may lie ahead) and UNTIL_AS_OF;
    `replied_s` is the first public reply of a human, at `reply_share` of the work on a ticket that
    was `taken` at so many business seconds of the desk; `good` (null without an answer) and
    `good_chance` are what the rating says.
    """
    generator = rng("tickets")
    frame = _created(generator)
    frame = _rated(_answered(frame, generator), rng("ratings"))
    frame = frame.filter(pl.col("created_s") < AS_OF_S).with_columns(
        pl.when(pl.col(name) < AS_OF_S).then(name) for name in UNTIL_AS_OF
    )
    return frame.sort("created_s", "customer", "minutes", maintain_order=True).with_row_index(
        "id", offset=1
    )


def _created(generator: np.random.Generator) -> pl.DataFrame:
    """When tickets are opened, by whom and about what; most within working hours."""
    days, weight = ticket_days()
    day = generator.choice(np.arange(len(days)) + clock.day_index(BEGINS_ON), TICKETS, p=weight)
    created = clock.at(
        day, clock.working_hours(generator, TICKETS) + generator.uniform(-0.5, 3, TICKETS)
    )
    customer = _customers(generator, created)
    offering = generator.choice(
        len(OFFERINGS), TICKETS, p=[offering.ticket_share for offering in OFFERINGS]
    )
    minutes = np.array([offering.handle_minutes for offering in OFFERINGS])[offering]
    drawn = np.exp(HANDLE_SPREAD * generator.normal(size=TICKETS) - HANDLE_SPREAD**2 / 2)
    return pl.DataFrame(
        {
            "created_s": created,
            "customer": customer,
            "segment": segment_of(customer, created),
            "offering": offering,
            "minutes": np.maximum(1, np.rint(minutes * drawn)).astype(np.int64),
            "priority": generator.choice(PRIORITIES, TICKETS, p=PRIORITY_SHARES),
            "channel": generator.choice(CHANNELS, TICKETS, p=CHANNEL_SHARES),
            "kind": generator.choice(KINDS, TICKETS, p=KIND_SHARES),
            "requester": generator.integers(0, 9, TICKETS),
            "is_spam": generator.random(TICKETS) < SPAM_SHARE,
        }
    )


def ticket_days() -> tuple[list[date], Floats]:
    """The days on which tickets are opened, and the share of each."""
    span = np.arange(730) + clock.day_index(BEGINS_ON)
    weight = np.where(clock.is_working_day()[span], 1.0, 0.08) * clock.season()[span]
    return [clock.days()[day] for day in span], weight / weight.sum()


def _customers(generator: np.random.Generator, created: Ints) -> Ints:
    """By the tickets' share of each segment at the time; a few come from nobody known."""
    shares = planted("tickets")
    candidates = np.arange(len(CUSTOMERS))
    segment = segment_of(candidates[None, :], created[:, None])
    of_segment = np.stack([(segment == s).sum(axis=1) for s in range(len(SEGMENTS))], axis=1)
    weight = shares[segment] / np.take_along_axis(of_segment, segment, axis=1)
    reached = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    drawn = (generator.random((created.size, 1)) > reached).sum(axis=1)
    return np.where(generator.random(created.size) < NOBODYS_SHARE, NOBODY, drawn)


def _answered(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """Adds greetings, notes, the first reply, the solution, reopenings and the closing."""
    size, segment = frame.height, frame["segment"].to_numpy()
    created = frame["created_s"].to_numpy()
    is_ham = ~frame["is_spam"].to_numpy()
    taken = desk.picked_up(frame, is_ham)
    share = desk.reply_share(generator.normal(size=size))
    replied = desk.replied_s(frame, taken, share)
    more = (
        planted("resolution_hours")[segment]
        * solved_sooner(segment, created)
        * HOUR
        * np.exp(RESOLUTION_SPREAD * generator.normal(size=size))
    )
    solved = promised.after(frame, replied, np.maximum(SHORTEST_WORK, more))
    noted = created + (generator.random(size) * (replied - created)).astype(np.int64)
    reopened = solved + generator.integers(*REOPENED_AFTER, size)
    again = promised.after(frame, reopened, generator.exponential(AGAIN_AFTER, size) + 600)
    is_reopened = is_ham & (generator.random(size) < REOPENED_SHARE)
    columns = {
        "greeted_s": (created + 30, generator.random(size) < GREETED_SHARE),
        "noted_s": (noted, is_ham & (generator.random(size) < NOTED_SHARE)),
        "replied_s": (replied, is_ham),
        "solved_s": (np.where(is_ham, solved, created + 40 * MINUTE), np.full(size, True)),
        "reopened_s": (reopened, is_reopened),
        "solved_again_s": (again, is_reopened),
        "closed_s": (np.where(is_reopened, again, solved) + CLOSED_AFTER, is_ham),
    }
    follow_up = promised.followed_s(replied, solved)
    return frame.with_columns(
        promised.due_s(frame),
        pl.when(pl.Series(is_ham)).then(follow_up).alias("followed_s"),
        pl.Series("taken", taken),
        pl.Series("reply_share", share),
        pl.Series(hours_between(frame, replied)).alias("first_response_hours"),
        *(pl.when(pl.Series(there)).then(pl.Series(at)).alias(name)
          for name, (at, there) in columns.items()),
    )  # fmt: skip


def solved_sooner(segment: Ints, created: Ints) -> Floats:
    """What the usual time is multiplied by."""
    is_helped = np.array([s.id == SOLVED_SOONER_SEGMENT for s in SEGMENTS])[segment]
    is_since = created >= SOLVED_SOONER_ON.timestamp()
    return np.where(is_helped & is_since, SOLVED_SOONER_FACTOR, 1.0)


def hours_between(frame: pl.DataFrame, replied: Ints) -> Floats:
    """Business hours from creation to `replied` by each ticket's calendar."""
    calendar = np.array([segment.calendar for segment in SEGMENTS])[frame["segment"].to_numpy()]
    created = frame["created_s"].to_numpy()
    passed = [clock.business_hours(c).between(created, replied) for c in clock.CALENDARS]
    return np.select([calendar == c for c in clock.CALENDARS], passed) / HOUR


def good_chance(first_response_hours: Floats) -> Floats:
    """The planted probability of a good rating."""
    log_odds = GOOD_LOG_ODDS_AT_ONE_HOUR + GOOD_PER_LOG_HOUR * np.log(first_response_hours)
    return 1 / (1 + np.exp(-log_odds))


def _rated(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """A rating is offered to teams a day after the solution; less than half are answered."""
    size = frame.height
    offered = frame["solved_s"].to_numpy() + DAY
    chance = good_chance(np.maximum(1 / 60, frame["first_response_hours"].to_numpy()))
    is_asked = ~frame["is_spam"].to_numpy() & (frame["customer"].to_numpy() != NOBODY)
    is_offered = is_asked & (generator.random(size) < OFFERED_SHARE)
    is_answered: Bools = is_offered & (generator.random(size) < ANSWERED_SHARE)
    later = generator.lognormal(np.log(5 * HOUR), 1.2, size).astype(np.int64) + 60
    is_good = generator.random(size) < chance
    answered = pl.Series(offered + later)
    return frame.with_columns(
        good_chance=pl.Series(chance),
        offered_s=pl.when(pl.Series(is_offered)).then(pl.Series(offered)),
        answered_s=pl.when(pl.Series(is_answered)).then(answered),
        is_good=pl.when(pl.Series(is_answered) & (answered < AS_OF_S)).then(pl.Series(is_good)),
    )
