"""What the Trade-offs page says about fit, places and assumptions."""

import polars as pl
import pytest
from sample_edition import EDITION_ID

from app import choices
from app.assumptions import assumptions, in_words
from app.edition import open_edition
from app.theme import LIGHT
from app.tradeoff_charts import NAME_STEP, with_room


@pytest.fixture(scope="module")
def edition(sample_home):
    return open_edition(sample_home, EDITION_ID)


def fit_of(monkeypatch, edition, **row):
    frame = pl.DataFrame([{"segment": "core", **row}])
    monkeypatch.setattr(type(edition), "table", lambda _self, _name: frame)
    monkeypatch.setattr(choices, "name_of", lambda *_: "Core")
    return choices.fit(edition, "core")


@pytest.mark.parametrize(
    ("low", "high", "count", "words", "is_more"),
    [
        (0.1, 0.8, 9, "Core: on the whole, what matters more is served better.", False),
        (-0.8, -0.1, 9, "Core: what matters more is not served better.", False),
        (
            -0.2,
            0.5,
            9,
            "Core: it cannot be told whether what matters more is served better.",
            False,
        ),
        (0.1, 0.8, 6, "Core: on the whole, what matters more is served better.", True),
        (0.4, 0.4, 9, "Core: on the whole, what matters more is served better.", True),
    ],
)
def test_fit_is_said_in_words_and_its_figure_beside_it(
    monkeypatch, edition, low, high, count, words, is_more
):
    title, figure = fit_of(monkeypatch, edition, tau_b=0.4, low=low, high=high, n_promises=count)
    assert title == words
    ends = f"{low:.2f} to {high:.2f}".replace("-", "\u2212")
    assert figure.startswith(f"Rank correlation τ-b 0.40 ({ends}, n {count}).")
    assert figure.endswith(f"The order of {count} promises cannot tell more.") == is_more


def test_fit_without_a_figure_says_that_it_cannot_be_told(monkeypatch, edition):
    title, figure = fit_of(monkeypatch, edition, tau_b=None, low=None, high=None, n_promises=3)
    assert "too few promises" in title
    assert figure == ""


def test_every_customer_is_counted_also_those_of_whom_nothing_can_be_told(edition):
    places = choices.paths(edition, (), LIGHT)
    unknown = pl.when(pl.col("customer") == "claims").then(pl.lit("unknown")).otherwise("verdict")
    assert choices.plane_sentence(places.with_columns(verdict=unknown)) == (
        "4 of 6 customers stood where they said they would in the year to 2026 Q1, 1 stood "
        "elsewhere, of 1 it cannot be told."
    )


def test_names_of_neighbours_do_not_stand_on_each_other():
    chosen = pl.DataFrame(
        {
            "number": [1, 2, 3, 4],
            "name": list("abcd"),
            "flexibility": [3.8, 3.9, 3.7, 1.2],
            "stability": [3.2, 3.21, 4.5, 3.2],
        }
    )
    placed = with_room(chosen)
    right = placed.filter(align="right").sort("name_at")["name_at"]
    assert right.diff().drop_nulls().min() >= NAME_STEP - 1e-9
    assert placed.filter(name="d").select("align", "name_at").row(0) == ("left", 3.2)
    assert placed.filter(name="c")["name_at"].item() == 4.5


@pytest.mark.parametrize(
    ("assumption", "value", "words"),
    [
        (
            "change_lead_time p50 for core",
            "poor 604800.0, target 216000.0, excellent 86400.0, weight 1.0",
            (
                "Change lead time in the median, Core product",
                "Poor 7 days, target 2.5 days, excellent 24 h",
            ),
        ),
        (
            "ci_success_rate ratio for all segments (common scale)",
            "poor 0.8, target 0.9, excellent 0.98, weight 2.0",
            (
                "CI success rate, all segments (common scale)",
                "Poor 80 %, target 90 %, excellent 98 %, counts 2-fold",
            ),
        ),
        ("importance of cost to core", "3 of 5", ("Cost for Core product counts", "3 of 5")),
        (
            "accountability is bad on purpose for startup",
            "since 2025-01-01: speed",
            ("Accountability for Start-up-like is bad on purpose", "since 2025-01-01: speed"),
        ),
        (
            "stance of core unless a customer has its own",
            "balanced",
            ("Stance of Core product, unless a customer has its own", "balanced"),
        ),
        (
            "measures of flexibility",
            "change_lead_time p50, deployment_frequency rate",
            ("Measures of flexibility", "change lead time in the median, deployment frequency"),
        ),
        (
            "period",
            "newest complete quarter; without one trailing_28d",
            ("Period", "newest complete quarter; without one the last 28 days"),
        ),
    ],
)
def test_an_assumption_is_said_in_names_and_humane_units(edition, assumption, value, words):
    said = in_words(edition, assumption, value)
    assert tuple(text.replace("\u00a0", " ") for text in said) == words


def test_assumptions_stand_under_the_question_that_they_answer(edition):
    assert list(assumptions(edition)) == [
        "Are we good at what counts?",
        "Flexibility against stability",
        "Error budgets",
    ]
