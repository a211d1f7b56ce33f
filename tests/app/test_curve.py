"""The curve of what is still open, in words and as a picture."""

import polars as pl

from app.curve import SCHEMA, picture, sentence
from app.theme import LIGHT
from assets.methods.kaplan_meier import curve

HOUR = 3_600.0


def rows(hours, exits):
    return curve([HOUR * one for one in hours], exits).select(list(SCHEMA))


def test_it_is_said_how_many_are_open_after_moments_within_the_curve():
    said = sentence(rows(range(2, 42), [1] * 40), "seconds", "still open").replace("\u00a0", " ")
    assert said == "Still open: after 4 h 92.5 % (78.5–97.5 %) and after 24 h 42.5 % (27.1–57 %)."


def test_nothing_is_said_of_a_time_to_which_nobody_was_followed():
    assert sentence(rows([5, 6, 7, 8], [1, 0, 0, 0]), "seconds", "still open") == ""


def test_the_picture_ends_where_one_in_fifty_is_left():
    drawn = picture(rows([*[1] * 99, 5_000], [1] * 100), "seconds", "still open", LIGHT).to_dict()
    [data] = drawn["datasets"].values()
    assert [round(row["value"], 3) for row in data] == [1, 0.01]
    assert pl.DataFrame(data)["at"].to_list() == [0.0, 60.0]


def test_the_picture_ends_where_the_curve_falls_no_more():
    drawn = picture(rows([1, 2, 50, 90], [1, 1, 0, 0]), "seconds", "still open", LIGHT).to_dict()
    [data] = drawn["datasets"].values()
    assert [row["value"] for row in data] == [1.0, 0.75, 0.5]
