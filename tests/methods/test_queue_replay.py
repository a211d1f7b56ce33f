"""Replayed queues against queueing theory, a second-by-second simulation, and what must hold."""

from math import exp, factorial, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.methods.queue_replay import Pool, Staffing, begins, replay

UNIT = 1_000_000  # ticks per mean time between arrivals: theory knows no whole numbers
REPLICATIONS = 24


def erlang_c(servers, load):
    """Probability that an arrival waits in M/M/c; `load` in servers."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def poisson_stream(generator, size, draw_work):
    arrivals = np.cumsum(generator.exponential(UNIT, size)).astype(np.int64)
    return arrivals, np.rint(draw_work(generator, size) * UNIT).astype(np.int64)


def replicated(size, draw_work, measure):
    """Mean and standard error of what `measure` sees in independent streams."""
    seen = [
        measure(*poisson_stream(np.random.default_rng([7, n]), size, draw_work))
        for n in range(REPLICATIONS)
    ]
    return np.mean(seen, axis=0), np.std(seen, axis=0, ddof=1) / sqrt(REPLICATIONS)


@pytest.mark.parametrize(("servers", "busy"), [(1, 0.7), (3, 0.8), (8, 0.85), (20, 0.9)])
def test_mean_wait_and_wait_quantiles_agree_with_erlang_c(servers, busy):
    load, size, warm = servers * busy, 30_000, 3_000
    levels = (0.5, 0.9, 0.99)

    def measure(arrivals, work):
        begun = begins(arrivals, work, np.zeros(size, dtype=int), Staffing(servers), 1)
        wait = (begun - arrivals)[warm:] / UNIT
        return [(wait > 0).mean(), wait.mean(), *np.quantile(wait, levels)]

    found, error = replicated(size, lambda g, n: g.exponential(load, n), measure)
    waits = erlang_c(servers, load)
    rate = servers / load - 1  # at which the wait of those who wait ends, per unit
    quantiles = [max(0.0, log(waits / (1 - level)) / rate) for level in levels]
    assert (np.abs(found - [waits, waits / rate, *quantiles]) <= 3 * error + 1e-12).all()


@pytest.mark.parametrize("spread", [0.3, 1.0])
def test_waits_by_priority_agree_with_cobham(spread):
    """Non-preemptive M/G/1: Cobham, Operations Research 2 (1954), 70–76."""
    shares, busy, size, warm = np.array([0.2, 0.5, 0.3]), 0.8, 60_000, 6_000

    def measure(arrivals, work):
        lanes = np.random.default_rng(int(arrivals[-1])).choice(3, size, p=shares)
        begun = begins(arrivals, work, lanes, Staffing(1, order=(0, 1, 2)), 3)
        wait = (begun - arrivals) / UNIT
        return [wait[warm:][lanes[warm:] == lane].mean() for lane in range(3)]

    def lognormal(generator, n):
        return busy * np.exp(spread * generator.normal(size=n) - spread**2 / 2)

    found, error = replicated(size, lognormal, measure)
    residual = busy**2 * exp(spread**2) / 2
    reached = np.concatenate([[0.0], np.cumsum(shares * busy)])
    expected = residual / ((1 - reached[:-1]) * (1 - reached[1:]))
    assert (np.abs(found - expected) <= 3 * error).all()


def second_by_second(arrivals, work, lanes, pools):
    """The same queue, looked at once a second: knows neither events nor a heap."""
    free_at = [[0] * pool.servers for pool in pools]
    begun, waiting, now = {}, [], 0

    def begin(item, pool, server):
        waiting.remove(item)
        free_at[pool][server] = now + work[item]
        begun[item] = now

    def go_on():
        """Those who are idle take what waits, pool after pool."""
        for pool, servers in enumerate(free_at):
            for server in range(len(servers)):
                while servers[server] <= now:
                    mine = [(rank, n) for rank, lane in enumerate(pools[pool].lanes)
                            for n in waiting if lanes[n] == lane]  # fmt: skip
                    if not mine:
                        break
                    begin(min(mine)[1], pool, server)

    while len(begun) < len(arrivals):
        go_on()
        idle = {(p, n) for p, servers in enumerate(free_at)
                for n, at in enumerate(servers) if at <= now}  # fmt: skip
        waiting += [n for n, at in enumerate(arrivals) if at == now]
        for rank in range(max(len(pool.lanes) for pool in pools)):
            for pool, server in sorted(idle):
                mine = [n for n in waiting if pools[pool].lanes[rank : rank + 1] == (lanes[n],)]
                if mine:
                    begin(min(mine), pool, server)
                    idle.remove((pool, server))
        go_on()
        now += 1
    return [begun[n] for n in range(len(arrivals))]


@st.composite
def queues(draw):
    """Arrivals, work and lanes of up to 14 pieces of work in three lanes."""
    size = draw(st.integers(1, 14))
    times = st.lists(st.integers(0, 9), min_size=size, max_size=size)
    lanes = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    return np.cumsum(draw(times)), 3 * np.array(draw(times)), np.array(lanes)


@st.composite
def staffings(draw):
    order = draw(st.none() | st.permutations(range(3)).map(tuple))
    servers = draw(st.integers(1, 4))
    if servers == 1 or draw(st.booleans()):
        return Staffing(servers, order)
    reserved = draw(st.integers(1, servers - 1))
    return Staffing(servers, order, draw(st.integers(0, 2)), reserved, draw(st.booleans()))


@given(queues(), staffings())
def test_a_replay_equals_a_simulation_second_by_second(queue, staffing):
    arrivals, work, lanes = queue
    pools, queue_of = staffing.pools(3)
    expected = second_by_second(arrivals, work, queue_of[lanes].tolist(), pools)
    assert begins(arrivals, work, lanes, staffing, 3).tolist() == expected


@given(queues(), staffings())
def test_nothing_begins_before_it_came_and_no_more_at_once_than_there_are_servers(queue, staffing):
    arrivals, work, lanes = queue
    begun = begins(arrivals, work, lanes, staffing, 3)
    assert (begun >= arrivals).all()
    running = [((begun <= at) & (at < begun + work)).sum() for at in begun]
    assert max(running) <= staffing.servers


@given(queues(), staffings())
def test_within_a_lane_who_came_first_is_served_first(queue, staffing):
    arrivals, work, lanes = queue
    begun = begins(arrivals, work, lanes, staffing, 3)
    for lane in range(3):
        assert (np.diff(begun[lanes == lane]) >= 0).all()


@given(queues(), staffings().filter(lambda one: not one.reserved or one.is_helping))
def test_nobody_is_idle_while_somebody_waits(queue, staffing):
    """Unless servers are kept for a lane alone."""
    arrivals, work, lanes = queue
    begun = begins(arrivals, work, lanes, staffing, 3)
    for at in np.unique(np.concatenate([arrivals, begun + work])):
        waits = ((arrivals <= at) & (at < begun)).any()
        assert not waits or ((begun <= at) & (at < begun + work)).sum() == staffing.servers


@given(queues(), staffings(), st.integers(1, 1_000), st.integers(-(10**9), 10**9))
def test_another_unit_or_beginning_of_time_changes_nothing(queue, staffing, unit, start):
    arrivals, work, lanes = queue
    moved = begins(arrivals * unit + start, work * unit, lanes, staffing, 3)
    assert ((moved - start) == begins(arrivals, work, lanes, staffing, 3) * unit).all()


@given(queues(), st.integers(1, 4))
def test_first_come_first_served_one_more_server_lets_nobody_wait_longer(queue, servers):
    fewer, more = (begins(*queue, Staffing(count), 3) for count in (servers, servers + 1))
    assert (more <= fewer).all()


@given(queues(), staffings())
def test_what_comes_later_does_not_change_what_was_begun_before(queue, staffing):
    arrivals, work, lanes = queue
    begun = begins(arrivals, work, lanes, staffing, 3)
    before = begun[:-1] < arrivals[-1]
    shorter = begins(arrivals[:-1], work[:-1], lanes[:-1], staffing, 3)
    assert (shorter[before] == begun[:-1][before]).all()


def test_of_what_came_at_one_instant_the_first_lane_is_served_first():
    """As tickets of a night are, in the morning."""
    arrivals, work, lanes = np.array([0, 0, 0]), np.array([5, 5, 5]), np.array([2, 1, 0])
    assert begins(arrivals, work, lanes, Staffing(1, order=(0, 1, 2)), 3).tolist() == [10, 5, 0]


def test_work_in_progress_is_finished_before_the_first_lane_is_served():
    arrivals, work, lanes = np.array([0, 1, 2]), np.array([10, 5, 5]), np.array([2, 1, 0])
    assert begins(arrivals, work, lanes, Staffing(1, order=(0, 1, 2)), 3).tolist() == [0, 15, 10]


def test_a_lane_of_its_own_is_helped_only_where_that_was_agreed():
    arrivals, work, lanes = np.array([0, 1, 2]), np.array([10, 10, 10]), np.array([0, 0, 1])
    alone, helping = (
        begins(arrivals, work, lanes, Staffing(2, own_lane=1, reserved=1, is_helping=helps), 2)
        for helps in (False, True)
    )
    assert alone.tolist() == [0, 10, 2]
    assert helping.tolist() == [0, 1, 10]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: Staffing(0), "0 servers"),
        (lambda: Staffing(2, own_lane=1, reserved=2), "2 of 2"),
        (lambda: Staffing(2, reserved=1), "go together"),
        (lambda: Staffing(2, order=(0, 0)).pools(2), "each of 2 lanes once"),
        (lambda: replay(*np.array([[1, 0], [1, 1], [0, 0]]), [Pool(1, (0,))]), "arrival 1"),
        (lambda: replay(*np.array([[0], [-5], [0]]), [Pool(1, (0,))]), "-5"),
        (lambda: replay(*np.array([[0], [1], [3]]), [Pool(1, (0,))]), "lane 3"),
    ],
)
def test_what_nobody_could_work_by_is_refused_with_its_value(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()
