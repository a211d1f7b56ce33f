"""Ratings: offered, answered, good."""

import pytest

from assets.facts.ticket_ratings import ticket_ratings


@pytest.fixture(scope="session")
def fact(conformed, at):
    def build(*ratings, tickets=()):
        usual = {"ticket_id": "t", "offered_at": at(0), "scale_low": 1.0, "scale_high": 5.0}
        asked = conformed("tickets", *tickets)
        rated = conformed("ticket_ratings", *(usual | rating for rating in ratings)).drop(
            "scope_set"
        )
        rows = ticket_ratings(rated, asked).collect().to_dicts()
        assert len(rows) == len({row["event_id"] for row in rows}) == len(ratings)
        return rows

    return build


@pytest.mark.parametrize(("score", "is_good"), [(1, False), (3, False), (4, True), (5, True)])
def test_the_top_two_of_five_are_good(fact, at, score, is_good):
    row = fact({"score": float(score), "answered_at": at(1)})[0]
    assert (row["is_answered"], row["is_good"]) == (True, is_good)


def test_the_word_of_the_source_goes_before_the_scale(fact, at):
    assert fact({"score": 1.0, "is_good": True, "answered_at": at(1)})[0]["is_good"]


def test_an_offer_without_an_answer_is_no_answer(fact):
    row = fact({"score": None})[0]
    assert (row["is_answered"], row["is_good"], row["is_verdict_unknown"]) == (False, False, False)


def test_an_answer_that_says_nothing_is_unknown_and_not_bad(fact, at):
    row = fact({"answered_at": at(1), "scale_low": None})[0]
    assert (row["is_answered"], row["is_verdict_unknown"]) == (True, True)


def test_a_rating_of_spam_is_marked_and_one_of_an_unknown_ticket_is_kept(fact, at):
    spam = {"ticket_id": "spam", "created_at": at(0), "is_spam": True, "customer": "core"}
    rows = fact({"ticket_id": "spam"}, {"ticket_id": "lost"}, tickets=[spam])
    found = {row["ticket_id"]: (row["is_spam"], row["customer"]) for row in rows}
    assert found == {"spam": (True, "core"), "lost": (False, None)}
