"""In worlds release by release: nothing is claimed where nothing is, and what is there is found."""

import pytest
from speed_against_stability import World, claims

WORLDS = 500
MOST_CLAIMS = 38  # the 99 % bound of a true 5 % of 500
PLANTED, PLANTED_WORLDS = 1.0, 100  # log odds of a failed release per doubling of the pace
FEWEST_FOUND = 0.8


@pytest.mark.slow
def test_without_an_effect_a_claim_is_made_in_at_most_38_of_500_worlds():
    """Paces differ tenfold between customers; in half of the worlds unrelated incidents abound."""
    told = [claims(World(seed, unrelated_a_week=1 + 2 * (seed % 2))) for seed in range(WORLDS)]
    assert sum(map(bool, told)) <= MOST_CLAIMS


@pytest.mark.slow
def test_a_planted_effect_of_the_documented_size_is_found_in_at_least_80_percent():
    told = [claims(World(10_000 + seed, cost=PLANTED)) for seed in range(PLANTED_WORLDS)]
    found = [
        any(
            pair[1] in ("failed_releases", "rework") and what == "trade_off"
            for pair, what in one.items()
        )
        for one in told
    ]
    assert sum(found) >= FEWEST_FOUND * PLANTED_WORLDS


def test_a_world_with_a_strong_effect_is_a_trade_off_and_its_mirror_goes_together():
    for cost, verdict in ((1.5, "trade_off"), (-1.5, "go_together")):
        told = claims(World(3, cost))
        assert {what for pair, what in told.items() if pair[1] == "failed_releases"} == {verdict}
